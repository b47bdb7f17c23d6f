"""What people do about a version of rules by the forms of its page."""

from collections.abc import Callable, Mapping
from datetime import date
from typing import Final, TypeAlias

from fastapi import Request
from fastapi.responses import Response

from xiaowei.decisions.rule_cases import read_cases
from xiaowei.desk.access.signing import Session
from xiaowei.desk.jobs import asking
from xiaowei.desk.ruling import drafting, rolling_back, telling, testing
from xiaowei.errors import XiaoweiError
from xiaowei.policy.access.permissions import whole_bank
from xiaowei.surfaces.inputs import Why
from xiaowei.surfaces.web.answers import go_on
from xiaowei.surfaces.web.places import RULES
from xiaowei.surfaces.web.work.fields import FaultyFormError, filled
from xiaowei.surfaces.web.work.keys import key_in
from xiaowei.surfaces.web.work.notices import Untaken
from xiaowei.surfaces.web.work.rule_texts import short
from xiaowei.surfaces.web.work.rule_versions import version_page
from xiaowei.surfaces.web.work.working import UnknownActError, Work

Form: TypeAlias = Mapping[str, str]
_Does: TypeAlias = Callable[[Work, Session, int, Form], dict[str, str]]
"""Does it, and returns where to go on: `number` of a version, and what else of it."""


def act(work: Work, request: Request, number: int, sent: Form) -> Response:
    """Do what a form asks for, and show the version as it then stands.

    What is refused is said on the page of the version, with what was written.

    Args:
        work: what pages of work share.
        request: of whoever sent it.
        number: of the version.
        sent: its fields, of which `act` says what is done.

    Raises:
        NotAllowedError: none of the account's roles may see rules.
        UnknownRulesError: there is no such version.
    """
    session, named = work.gate.worker(request), sent.get("act", "")
    session.permit("rules.read")
    try:
        if named not in _ACTS:
            raise UnknownActError(named, _ACTS)
        done = _ACTS[named](work, session, number, sent)
    except XiaoweiError as error:
        return version_page(work, request, number, Untaken(sent, error))
    onto = done.pop("number", str(number))
    return go_on(request, f"{RULES.path}/{onto}", did=named, **done)


def _test(work: Work, session: Session, number: int, sent: Form) -> dict[str, str]:
    hand = session.permit("rules.draft").actor.hand
    cases = read_cases(short(sent.get("cases", "")), file="cases")
    check = telling.as_read(work.home, number, mark=sent.get("mark", ""))
    testing.try_draft(work.home, number, cases, by=hand, check=check)
    return {}


def _withdraw(work: Work, session: Session, number: int, sent: Form) -> dict[str, str]:
    hand = session.permit("rules.draft").actor.hand
    why = filled(Why, {"why": sent.get("why", "").strip()}).why
    check = telling.as_read(work.home, number, mark=sent.get("mark", ""))
    drafting.withdraw(work.home, number, by=hand, why=why, check=check)
    return {}


def _roll_back(work: Work, session: Session, number: int, sent: Form) -> dict[str, str]:
    hand = session.permit("rules.draft").actor.hand
    since = _day(sent.get("since", "").strip())
    made = rolling_back.roll_back(
        work.home,
        number,
        by=hand,
        since=since,
        key=f"{hand.login}:{key_in(sent)}",
    )
    return {"number": str(made["number"])}


def _back_test(work: Work, session: Session, number: int, sent: Form) -> dict[str, str]:
    login = whole_bank(session.permit("lab.run")).actor.login
    lines = [one.strip() for one in sent.get("limits", "").split("\n")]
    limits = [one for one in lines if one]
    job = asking.ask_to_back_test(
        work.home,
        number,
        limits=limits,
        by=login,
        key=f"{login}:{key_in(sent)}",
    )
    return {"job": str(job.number)}


def _day(stated: str) -> date | None:
    if not stated:
        return None
    try:
        return date.fromisoformat(stated)
    except ValueError:
        raise FaultyFormError(["since"]) from None


_ACTS: Final[dict[str, _Does]] = {
    "test": _test,
    "withdraw": _withdraw,
    "roll_back": _roll_back,
    "back_test": _back_test,
}
