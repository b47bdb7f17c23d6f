"""Who stands behind an enterprise 关联人员: masked, and in full for a reason."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final, get_args
from urllib.parse import quote

from fastapi import Request
from fastapi.responses import HTMLResponse, Response

from xiaowei.desk import clock
from xiaowei.desk.access.looking import UNMASK, record_read
from xiaowei.desk.access.signing import Session
from xiaowei.desk.deciding.deciders import PATIENCE
from xiaowei.desk.deciding.seeing import check_reach
from xiaowei.desk.people import (
    People,
    PersonField,
    Wanted,
    people_of,
    show,
)
from xiaowei.errors import XiaoweiError
from xiaowei.policy.access.permissions import Permit
from xiaowei.surfaces.inputs import Why
from xiaowei.surfaces.web.answers import work_answer
from xiaowei.surfaces.web.proof import (
    asked_again,
    open_secrets,
    prove_again,
)
from xiaowei.surfaces.web.work.fields import FaultyFormError, filled
from xiaowei.surfaces.web.work.notices import notices_of
from xiaowei.surfaces.web.work.working import Work, firms_of

PATH: Final = "/people"
SEE: Final = "people.read"
_FIELDS: Final[tuple[PersonField, ...]] = get_args(PersonField)
_LONGEST: Final = 6
"""Digits of a place in the list."""


@dataclass(frozen=True, slots=True)
class Came:
    """What came of a form that asks for a value.

    Args:
        stated: its fields, where nothing was shown.
        error: why nothing was.
        shown: the value, with its field and the mask it stands under.
    """

    stated: Mapping[str, str] = field(default_factory=dict)
    error: XiaoweiError | None = None
    shown: Mapping[str, str] | None = None


def people(work: Work, request: Request, enterprise_id: str) -> HTMLResponse:
    """Answer with who stands behind an enterprise today, masked.

    Raises:
        NotAllowedError: none of the account's roles may see it.
        UnknownFirmError: the enterprise is not in reach.
    """
    leave = work.gate.worker(request).permit(SEE)
    return _page(work, request, _found(work, leave, enterprise_id), Came())


def show_value(
    work: Work, request: Request, enterprise_id: str, sent: Mapping[str, str]
) -> Response:
    """Answer with one value in full; who sees it, and why, is on record first.

    Args:
        work: what pages of work share.
        request: of whoever would see it.
        enterprise_id: whose.
        sent: `which` as `FIELD:NUMBER`, the masks that were shown each under its own
            `seen-FIELD:NUMBER`, `why`, and `password` where the session is not fresh.

    Raises:
        NotAllowedError: none of the account's roles may see the list.
        UnknownFirmError: the enterprise is not in reach.
    """
    found = _found(work, work.gate.worker(request).permit(SEE), enterprise_id)
    try:
        wanted, why = _wanted(sent), filled(Why, {"why": sent.get("why", "")}).why
        prove_again(work.gate, request, sent)
        leave = work.gate.worker(request).permit(UNMASK)
        check_reach(work.home, enterprise_id, leave)
        at = clock.moment()
        value = show(work.gate.house, leave, found, wanted, why=why, at=at)
    except XiaoweiError as error:
        came = Came(open_secrets(sent), error)
    else:
        mask = str(found.value(wanted.field, wanted.number))
        told = {"field": wanted.field, "seen": mask, "value": value}
        came = Came(shown=told)
    return _page(work, request, found, came)


def may_see(session: Session) -> bool:
    """Tell whether somebody may open the page of people."""
    return session.may(SEE)


def _found(work: Work, permit: Permit, enterprise_id: str) -> People:
    check_reach(work.home, enterprise_id, permit)
    with work.office.deciders.one(patience=PATIENCE, aside=True) as decider:
        found = people_of(decider.readable().lake, enterprise_id, on=work.office.day())
    record_read(
        work.gate.house,
        permit,
        about=enterprise_id,
        what=f"people behind it on {found.on}, masked",
        why="opened on the pages",
        at=clock.moment(),
    )
    return found


def _wanted(sent: Mapping[str, str]) -> Wanted:
    which = sent.get("which", "")
    named, _, place = which.partition(":")
    asked = next((one for one in _FIELDS if one == named), None)
    seen = sent.get(f"seen-{which}", "")
    number = int(place) if place.isascii() and place.isdigit() else None
    if asked is None or not seen or len(place) > _LONGEST:
        raise FaultyFormError(["which"])
    return Wanted(asked, number, seen)


def _page(work: Work, request: Request, found: People, came: Came) -> HTMLResponse:
    session, run = work.gate.worker(request), work.run()
    unmasks = session.may(UNMASK)
    error, whose = came.error, found.enterprise_id
    content = {
        "title": whose,
        "firm": firms_of(run).get(whose),
        "found": found,
        "shown": came.shown,
        "values": _values(found) if unmasks else [],
        **asked_again(work.gate, session, back=f"{PATH}/{quote(whose)}"),
        "stated": came.stated,
        **notices_of(error),
    }
    status = 200 if error is None else error.status
    return work_answer(request, run, "people", content, status=status)


def _values(found: People) -> list[dict[str, str]]:
    """Return what may be asked for, in the order of the list."""
    told: list[tuple[PersonField, int | None]] = []
    for one in found.persons:
        told += [("name", one.number)] if one.name else []
        told.append(("id_number", one.number))
    told += [("phone", None)] if found.phone else []
    return [
        {
            "which": f"{name}:{number or ''}",
            "field": name,
            "shown": str(found.value(name, number)),
            "seen": found.told_by(number),
        }
        for name, number in told
    ]
