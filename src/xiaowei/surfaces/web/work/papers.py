"""Authorisations 授权 of an enterprise: on record, recorded with a file, withdrawn."""

import hashlib
from collections.abc import Mapping
from typing import Any, Final

from fastapi import Request
from fastapi.responses import HTMLResponse, Response
from pydantic import BaseModel

from xiaowei.decisions.authorisation import PURPOSES, Authorisation
from xiaowei.desk import clock
from xiaowei.desk.access.looking import record_read
from xiaowei.desk.access.signing import Session
from xiaowei.desk.deciding import seeing
from xiaowei.desk.deciding.papers import (
    Signed,
    paper,
    papers_of,
    record_paper,
    withdraw_paper,
    would_touch,
)
from xiaowei.errors import XiaoweiError
from xiaowei.policy.access.permissions import Permit
from xiaowei.portraits.consent import ASKING
from xiaowei.surfaces.inputs import Authorise, Code, Why
from xiaowei.surfaces.report.document import Firm
from xiaowei.surfaces.web.answers import go_on, work_answer
from xiaowei.surfaces.web.file_forms import MOST_MIB
from xiaowei.surfaces.web.parts import Filled
from xiaowei.surfaces.web.places import CUSTOMERS, place_of
from xiaowei.surfaces.web.work.families import NAMES
from xiaowei.surfaces.web.work.fields import FaultyFormError, filled
from xiaowei.surfaces.web.work.keys import key_in, new_key, with_good_key
from xiaowei.surfaces.web.work.notices import notices_of
from xiaowei.surfaces.web.work.working import Work, firms_of

PATH: Final = "/authorisations"
SEE: Final = "consents.read"
RECORD: Final = "consents.record"
WITHDRAW: Final = "consents.withdraw"
_DONE: Final = frozenset({"paper", "withdrawal"})
_ALL: Final = "family-all"


class _Named(BaseModel):
    enterprise_id: Code


def papers(work: Work, request: Request) -> HTMLResponse:
    """Answer with the authorisations of the enterprise that the address names.

    Raises:
        NotAllowedError: none of the account's roles may see authorisations.
    """
    session = work.gate.worker(request)
    session.permit(SEE)
    named = request.query_params.get("enterprise", "").strip()
    stated = {"enterprise_id": named, "key": new_key()}
    try:
        filled(_Named, {"enterprise_id": named or None})
    except FaultyFormError as error:
        return _page(work, request, session, stated, error=error if named else None)
    return _page(work, request, session, stated)


def record(work: Work, request: Request, sent: Filled) -> Response:
    """Put an authorisation on record, and show it among the others.

    Of a file that comes along its SHA-256 is taken, and nothing else is kept of it, as
    by the command line: the paper stays with whoever holds it.

    Args:
        work: what pages of work share.
        request: of whoever sent it.
        sent: its fields, and the file `paper`.

    Raises:
        NotAllowedError: none of the account's roles may record authorisations.
    """
    session, leave = work.gate.worker(request), may_record(work, request)
    evidence, faults = _evidence(sent)
    stated = {**sent.fields, "evidence": evidence}
    try:
        signed, key = _signed(stated, faults), key_in(stated)
        record_paper(work.home, leave, signed, on=work.office.day(), key=key)
    except XiaoweiError as error:
        again = with_good_key(stated, error)
        return _page(work, request, session, again, error=error)
    return go_on(request, PATH, enterprise=signed.enterprise_id, did="paper")


def confirm(
    work: Work,
    request: Request,
    number: int,
    *,
    stated: Mapping[str, str] | None = None,
    error: XiaoweiError | None = None,
) -> HTMLResponse:
    """Answer with what a withdrawal would touch, and the form that withdraws.

    Args:
        work: what pages of work share.
        request: of whoever would withdraw it.
        number: of the authorisation.
        stated: the form that was not taken.
        error: why.

    Raises:
        NotAllowedError: none of the account's roles may withdraw authorisations.
        UnknownAuthorisationError: there is none of that number in reach.
    """
    session = work.gate.worker(request)
    leave, day = session.permit(WITHDRAW), work.office.day()
    held = paper(work.home, leave, number)
    _on_record(work, leave, held.enterprise_id)
    told = would_touch(work.home, leave, number, on=day)
    content = {
        "title": f"{number} {held.enterprise_id}",
        "row": _row(held, work, withdrawable=held.withdrawn_on is None),
        "firm": _firm(work, held.enterprise_id, leave),
        "touched": told,
        "left_open": [NAMES[one]._asdict() for one in told["left_open"]],
        "seen": session.may("applications.read"),
        "stated": stated or {},
        **notices_of(error),
    }
    status = 200 if error is None else error.status
    return work_answer(request, work.run(), "withdrawal", content, status=status)


def withdraw(
    work: Work, request: Request, number: int, sent: Mapping[str, str]
) -> Response:
    """Withdraw an authorisation, and show it among the others.

    Raises:
        NotAllowedError: none of the account's roles may withdraw authorisations.
        UnknownAuthorisationError: there is none of that number in reach.
    """
    leave = work.gate.worker(request).permit(WITHDRAW)
    day = work.office.day()
    try:
        why = filled(Why, {"why": sent.get("why", "")}).why
        told = withdraw_paper(work.home, leave, number, why=why, on=day)
    except XiaoweiError as error:
        return confirm(work, request, number, stated=sent, error=error)
    return go_on(request, PATH, enterprise=told["enterprise_id"], did="withdrawal")


def may_record(work: Work, request: Request) -> Permit:
    """Return leave to record authorisations, before a form is read.

    Raises:
        NotAllowedError: none of the account's roles may.
    """
    return work.gate.worker(request).permit(RECORD)


def may_see(session: Session) -> bool:
    """Tell whether somebody may open the page of authorisations."""
    return session.may(SEE)


def _evidence(sent: Filled) -> tuple[str, list[str]]:
    """Return the SHA-256 that a form states or whose file it brings, and its faults."""
    stated = "".join(sent.fields.get("evidence", "").split()).lower()
    file = sent.files.get("paper")
    if file is None:
        return stated, []
    if not file:
        return stated, ["paper_empty"]
    found = hashlib.sha256(file).hexdigest()
    return (stated, ["paper_differs"]) if stated not in {"", found} else (found, [])


def _signed(stated: Mapping[str, str], faults: list[str]) -> Signed:
    families = [one for one in ASKING if f"family-{one}" in stated or _ALL in stated]
    told = {
        "families": families,
        **{
            name: stated.get(name, "")
            for name in ("enterprise_id", "purpose", "until_on", "evidence")
        },
    }
    try:
        asked = filled(Authorise, told)
    except FaultyFormError as error:
        raise FaultyFormError((*faults, *error.faults)) from error
    if faults:
        raise FaultyFormError(faults)
    return Signed(**{**asked.model_dump(), "families": tuple(asked.families)})


def _page(
    work: Work,
    request: Request,
    session: Session,
    stated: Mapping[str, str],
    *,
    error: XiaoweiError | None = None,
) -> HTMLResponse:
    faults = error.faults if isinstance(error, FaultyFormError) else ()
    leave, named = session.permit(SEE), stated.get("enterprise_id", "")
    named = "" if "enterprise_id" in faults else named
    did = request.query_params.get("did", "")
    content: dict[str, Any] = {
        "whose": named,
        "firm": _firm(work, named, leave),
        "rows": _rows(work, session, leave, named) if named else [],
        "may_record": session.may(RECORD),
        "may_apply": session.may("applications.submit"),
        "back_to": place_of(session, CUSTOMERS.path),
        "stated": stated,
        **notices_of(error),
        "did": did if error is None and did in _DONE else "",
        "families": {one: NAMES[one]._asdict() for one in ASKING},
        "purposes": PURPOSES,
        "today": work.office.day(),
        "most": MOST_MIB,
    }
    status = 200 if error is None else error.status
    return work_answer(request, work.run(), "authorisations", content, status=status)


def _rows(
    work: Work, session: Session, leave: Permit, enterprise_id: str
) -> list[dict[str, Any]]:
    """Return what is on record of an enterprise; that somebody looks is so, too."""
    held = papers_of(work.home, leave, enterprise_id)
    if not held:
        return []
    _on_record(work, leave, enterprise_id)
    mine = set[int]()
    if session.may(WITHDRAW):
        closes = papers_of(work.home, session.permit(WITHDRAW), enterprise_id)
        mine = {one.number for one in closes if one.withdrawn_on is None}
    return [_row(one, work, withdrawable=one.number in mine) for one in held]


def _row(held: Authorisation, work: Work, *, withdrawable: bool) -> dict[str, Any]:
    return {
        "paper": held,
        "state": held.standing(work.office.day()),
        "families": [NAMES[one]._asdict() for one in held.families],
        "every": set(held.families) >= set(ASKING),
        "purpose": PURPOSES[held.purpose]._asdict(),
        "withdrawable": withdrawable,
    }


def _on_record(work: Work, leave: Permit, enterprise_id: str) -> None:
    record_read(
        work.gate.house,
        leave,
        about=enterprise_id,
        what="authorisations",
        why="opened on the pages",
        at=clock.moment(),
    )


def _firm(work: Work, enterprise_id: str, leave: Permit) -> Firm | None:
    firm = firms_of(work.run()).get(enterprise_id)
    if firm and seeing.in_reach(work.home, enterprise_id, leave):
        return firm
    return None
