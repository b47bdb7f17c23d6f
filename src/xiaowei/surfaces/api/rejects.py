"""Rows set aside at intake 未收下的行: of which file, in which line, and why."""

from typing import Annotated, Final

from fastapi import APIRouter, Path
from fastapi.responses import FileResponse

from xiaowei.desk import clock
from xiaowei.desk.access.looking import record_read
from xiaowei.desk.rejects import files_with_rejects, list_of_rejects, rejects_of
from xiaowei.surfaces.api import shapes
from xiaowei.surfaces.api.paging import Cursor, Limit, next_of, number_in
from xiaowei.surfaces.api.served import Served, SignedIn

router = APIRouter(prefix="/rejects", tags=["rejects 未收下的行"])
_READ: Final = "rejects.read"
_LONGEST: Final = 300
Name = Annotated[
    str,
    Path(
        min_length=1,
        max_length=_LONGEST,
        pattern=r"^[^\x00-\x1f\x7f]+$",
        description="Of the list, as GET /rejects and the file's job name it.",
    ),
]


class Csv(FileResponse):
    """A table as a file."""

    media_type = "text/csv"


@router.get("")
def files(
    served: Served, signed: SignedIn, limit: Limit = 50, cursor: Cursor = ""
) -> shapes.Page[shapes.RejectsListed]:
    """List files of which rows were set aside, in the order they came."""
    permit, after = signed.permit(_READ), number_in(cursor)
    told = list(enumerate(files_with_rejects(served.home, permit), start=1))
    found = [one for one in told if one[0] > after]
    return shapes.Page(
        items=[shapes.RejectsListed.model_validate(one) for _, one in found[:limit]],
        next=next_of(found, limit, lambda one: one[0]),
    )


@router.get("/{rejects}")
def rows(
    served: Served,
    signed: SignedIn,
    rejects: Name,
    limit: Limit = 50,
    cursor: Cursor = "",
) -> shapes.Page[shapes.Reject]:
    """List the rows of a file that were set aside, each with its line and reason."""
    permit, after = signed.permit(_READ), number_in(cursor)
    found = rejects_of(served.home, rejects, permit, after=after, most=limit + 1)
    return shapes.Page(
        items=[shapes.Reject.model_validate(one) for one in found[:limit]],
        next=next_of(found, limit, lambda _one: after + limit),
    )


@router.get("/{rejects}/file", response_class=Csv)
def file(served: Served, signed: SignedIn, rejects: Name) -> Csv:
    """Return the rows set aside as they were stated, to mend and to hand in again."""
    permit = signed.permit("exports.make")
    path = list_of_rejects(served.home, rejects, permit)
    record_read(
        served.house,
        permit,
        about=rejects,
        what="rows set aside, as a file",
        why="asked for by the service's API",
        at=clock.moment(),
    )
    return Csv(path, filename=path.name)
