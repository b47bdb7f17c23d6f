"""What people do about an application by the forms of its page."""

from collections.abc import Callable, Mapping
from typing import Any, Final, TypeAlias

from fastapi import Request
from fastapi.responses import Response

from xiaowei.desk.access.signing import Session
from xiaowei.desk.deciding import acting, referring
from xiaowei.desk.deciding.filing import decide_filed
from xiaowei.errors import XiaoweiError
from xiaowei.surfaces.inputs import Conclude, Why
from xiaowei.surfaces.web.answers import go_on
from xiaowei.surfaces.web.work.cases import case
from xiaowei.surfaces.web.work.fields import fen_in, filled
from xiaowei.surfaces.web.work.notices import Untaken
from xiaowei.surfaces.web.work.working import UnknownActError, Work

Form: TypeAlias = Mapping[str, str]
_Does: TypeAlias = Callable[[Work, Session, int, Form], Any]


def act(work: Work, request: Request, number: int, sent: Form) -> Response:
    """Do what a form asks for, and show the application as it then stands.

    What is refused is said on the page of the application, with what was written.

    Args:
        work: what pages of work share.
        request: of whoever sent it.
        number: of the application.
        sent: its fields, of which `act` says what is done.

    Raises:
        UnknownApplicationError: there is none of that number in reach.
    """
    session, named = work.gate.worker(request), sent.get("act", "")
    try:
        _done(work, session, number, sent)
    except XiaoweiError as error:
        return case(work, request, number, Untaken(sent, error))
    return go_on(request, f"/applications/{number}", did=named)


def _done(work: Work, session: Session, number: int, sent: Form) -> None:
    named = sent.get("act", "")
    if named not in _ACTS:
        raise UnknownActError(named, _ACTS)
    _ACTS[named](work, session, number, sent)


def _decide(work: Work, session: Session, number: int, _sent: Form) -> None:
    decide_filed(work.office, session.permit("applications.submit"), number)


def _claim(work: Work, session: Session, number: int, _sent: Form) -> None:
    acting.claim(work.home, session.permit("referrals.claim"), number)


def _conclude(work: Work, session: Session, number: int, sent: Form) -> None:
    leave = session.permit("referrals.decide")
    outcome = sent.get("outcome")
    approves = outcome == "approve"
    asked = filled(
        Conclude,
        {
            "outcome": outcome,
            "why": sent.get("why", ""),
            "amount_fen": fen_in(sent.get("amount", "")) if approves else None,
        },
    )
    concluded = referring.Conclusion(**asked.model_dump())
    acting.conclude(work.office, leave, number, concluded)


def _with_reason(one: referring.Act) -> _Does:
    def done(work: Work, session: Session, number: int, sent: Form) -> None:
        leave = session.permit(one.operation)
        why = filled(Why, {"why": sent.get("why", "")}).why
        acting.act_on(work.home, leave, number, one, why=why)

    return done


_ACTS: Final[dict[str, _Does]] = {
    acting.DECISION: _decide,
    acting.CLAIM: _claim,
    acting.CONCLUSION: _conclude,
    **{one.noun: _with_reason(one) for one in referring.ACTS},
}
