"""Long work: asked for here, done by workers beside, and told of here."""

from collections.abc import Iterator
from typing import Annotated, Any

import anyio.from_thread
from fastapi import APIRouter, Header, Path, Query, Request
from starlette.concurrency import run_in_threadpool

from xiaowei.desk.jobs import asking
from xiaowei.desk.jobs.uploads import keep_upload
from xiaowei.surfaces.api import shapes
from xiaowei.surfaces.api.paging import Cursor, Limit, next_of, number_in
from xiaowei.surfaces.api.served import Served, SignedIn
from xiaowei.surfaces.inputs import Key

router = APIRouter(tags=["jobs 任务"])
Number = Annotated[shapes.Number, Path(description="Of the job.")]
Sent = Annotated[
    Key | None,
    Header(
        alias="Idempotency-Key",
        description="The same each time that one job is asked for; kept 30 days.",
    ),
]
_BYTES: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "content": {
            "application/octet-stream": {
                "schema": {"type": "string", "format": "binary"}
            }
        },
    }
}


@router.put("/uploads/{name}", status_code=202, openapi_extra=_BYTES)
async def upload(
    request: Request,
    served: Served,
    signed: SignedIn,
    name: Annotated[
        str, Path(description="Of the file; it states the source.", max_length=200)
    ],
) -> shapes.Job:
    """Hand in a file of a source, as it is; a worker takes it in."""
    permit = signed.permit("uploads.add")
    stream = request.stream().__aiter__()

    async def next_chunk() -> bytes | None:
        return await anext(stream, None)

    def chunks() -> Iterator[bytes]:
        while (chunk := anyio.from_thread.run(next_chunk)) is not None:
            yield chunk

    def keep() -> asking.Job:
        token = keep_upload(served.home.root, name, chunks())
        return asking.ask_to_take(
            served.home, token, received_on=served.day(), by=permit.actor.login
        )

    return _shown(await run_in_threadpool(keep))


@router.post("/runs", status_code=202)
def run(
    served: Served, signed: SignedIn, asked: shapes.StartRun, key: Sent = None
) -> shapes.Job:
    """Ask for a run of the whole line over what is held; a worker makes it."""
    login = signed.permit("runs.start").actor.login
    job = asking.ask_to_run(
        served.home,
        budget_fen=asked.budget_fen,
        as_of=asked.as_of,
        model=asked.model,
        by=login,
        key=None if key is None else f"{login}:{key}",
    )
    return _shown(job)


@router.get("/jobs")
def jobs(
    served: Served,
    signed: SignedIn,
    state: Annotated[
        shapes.JobState | None, Query(description="Only those in it.")
    ] = None,
    limit: Limit = 50,
    cursor: Cursor = "",
) -> shapes.Page[shapes.Job]:
    """List jobs, the newest first."""
    signed.permit("jobs.read")
    found = asking.jobs(
        served.home, state=state, before=number_in(cursor) or None, most=limit + 1
    )
    return shapes.Page(
        items=[_shown(one) for one in found[:limit]],
        next=next_of(found, limit, lambda one: one.number),
    )


@router.get("/jobs/{number}")
def job(served: Served, signed: SignedIn, number: Number) -> shapes.Job:
    """Return a job: how far it is, or what came of it."""
    signed.permit("jobs.read")
    return _shown(asking.job(served.home, number))


@router.post("/jobs/{number}/cancellation", status_code=201)
def cancel(served: Served, signed: SignedIn, number: Number) -> shapes.Job:
    """Cancel a job: at once if it waits, else when its worker hears of it."""
    login = signed.permit("jobs.steer").actor.login
    return _shown(asking.cancel(served.home, number, by=login))


@router.post("/jobs/{number}/resumption", status_code=201)
def resume(served: Served, signed: SignedIn, number: Number) -> shapes.Job:
    """Let a job that is dead or cancelled be tried anew."""
    login = signed.permit("jobs.steer").actor.login
    return _shown(asking.resume(served.home, number, by=login))


def _shown(one: asking.Job) -> shapes.Job:
    return shapes.Job.model_validate(asking.plain(one))
