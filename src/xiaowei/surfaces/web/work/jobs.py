"""Long work 任务: what waits, what runs and how far, what came of it, what failed."""

from typing import Final, get_args

from fastapi import Request
from fastapi.responses import HTMLResponse, Response

from xiaowei.desk import clock
from xiaowei.desk.jobs import asking
from xiaowei.errors import XiaoweiError
from xiaowei.surfaces.report.listing import PAGE_ROWS
from xiaowei.surfaces.web.answers import go_on, work_answer
from xiaowei.surfaces.web.places import JOBS
from xiaowei.surfaces.web.refusals import refusal_of
from xiaowei.surfaces.web.work.times import elapsed
from xiaowei.surfaces.web.work.working import (
    FilterError,
    UnknownActError,
    Work,
    number_asked,
)

STATES: Final[tuple[asking.JobState, ...]] = get_args(asking.JobState)
_STEER: Final = "jobs.steer"
_ACTS: Final = {"cancel": asking.cancel, "resume": asking.resume}
_CANCELLED_FROM: Final = frozenset({"waiting", "running"})
_RESUMED_FROM: Final = frozenset({"dead", "cancelled"})


def jobs(
    work: Work, request: Request, *, error: XiaoweiError | None = None
) -> HTMLResponse:
    """Answer with the jobs, the newest first.

    Args:
        work: what pages of work share.
        request: of whoever looks.
        error: why what was just asked for was not done; null for nothing.

    Raises:
        NotAllowedError: none of the account's roles may see jobs.
        FilterError: the address asks for what does not exist.
    """
    session = work.gate.worker(request)
    session.permit("jobs.read")
    steers = session.may(_STEER)
    state, before = _asked(request)
    found = asking.jobs(work.home, state=state, before=before, most=PAGE_ROWS + 1)
    shown, now = found[:PAGE_ROWS], clock.moment()
    content = {
        "counts": asking.counts(work.home),
        "states": STATES,
        "state": state or "",
        "rows": [
            {
                "job": one,
                "age": elapsed(one.made_at, now),
                "act": _open_act(one) if steers else None,
            }
            for one in shown
        ],
        "older": shown[-1].number if len(found) > PAGE_ROWS else None,
        "newest": before is None,
        "refused": None if error is None else refusal_of(error),
    }
    status = 200 if error is None else error.status
    return work_answer(request, work.run(), JOBS.name, content, status=status)


def steer(work: Work, request: Request, number: int, sent: dict[str, str]) -> Response:
    """Cancel or resume a job by a form, and show the jobs as they then stand.

    Raises:
        NotAllowedError: none of the account's roles may.
    """
    session = work.gate.worker(request)
    login = session.permit(_STEER).actor.login
    named = sent.get("act", "")
    try:
        if named not in _ACTS:
            raise UnknownActError(named, _ACTS)
        _ACTS[named](work.home, number, by=login)
    except XiaoweiError as error:
        return jobs(work, request, error=error)
    return go_on(request, JOBS.path)


def _asked(request: Request) -> tuple[asking.JobState | None, int | None]:
    stated = request.query_params.get("state", "")
    state: asking.JobState | None = next((one for one in STATES if one == stated), None)
    if stated and state is None:
        raise FilterError("state", stated)
    return state, number_asked(request.query_params, "before")


def _open_act(job: asking.Job) -> str | None:
    """Return what may be done about a job; null for nothing."""
    if job.state in _CANCELLED_FROM and not job.stopping:
        return "cancel"
    return "resume" if job.state in _RESUMED_FROM else None
