"""Rules are written on a page: proven as often as one likes, then drafted."""

from collections.abc import Mapping
from typing import Any, Final

from fastapi import Request
from fastapi.responses import HTMLResponse, Response

from xiaowei.decisions.rules.grammar import RuleSet
from xiaowei.decisions.rules.reading import read_rules
from xiaowei.desk.access.signing import Session
from xiaowei.desk.ruling import drafting, telling, versions, writing
from xiaowei.desk.ruling.proving import (
    Doubt,
    FaultyRulesError,
    doubts_of,
    proof_of,
)
from xiaowei.errors import XiaoweiError
from xiaowei.surfaces.inputs import Why
from xiaowei.surfaces.web.answers import go_on, work_answer
from xiaowei.surfaces.web.places import RULES
from xiaowei.surfaces.web.work.fields import FaultyFormError, filled
from xiaowei.surfaces.web.work.keys import key_in, new_key, with_good_key
from xiaowei.surfaces.web.work.rule_showing import (
    both,
    changes_shown,
    notices,
    proof_shown,
)
from xiaowei.surfaces.web.work.rule_texts import short
from xiaowei.surfaces.web.work.working import UnknownActError, Work, number_asked

_DRAFT: Final = "rules.draft"
_ACTS: Final = ("prove", "draft")
_ACCEPT: Final = "accept."
"""Before the name of a fault: the field of the reason why it may stand."""


def begin(work: Work, request: Request) -> HTMLResponse:
    """Answer with the form, holding the version that decides, or the one named.

    Raises:
        NotAllowedError: none of the account's roles may draft rules.
        UnknownRulesError: there is no such version.
        FilterError: the address names no number.
    """
    session = work.gate.worker(request)
    session.permit(_DRAFT)
    named = number_asked(request.query_params, "copy")
    number = _in_force(work) if named is None else named
    stated = {"set": writing.next_draft(work.home, number), "key": new_key()}
    return _form(work, request, stated)


def draft(work: Work, request: Request, sent: Mapping[str, str]) -> Response:
    """Prove what a form states, or put it on record and go on to it.

    What is refused keeps what was typed, and says what is wrong with it.

    Args:
        work: what pages of work share.
        request: of whoever sent it.
        sent: its fields; `act` says whether it is only to be proven.

    Raises:
        NotAllowedError: none of the account's roles may draft rules.
    """
    session = work.gate.worker(request)
    session.permit(_DRAFT)
    try:
        if sent.get("act") not in _ACTS:
            raise UnknownActError(sent.get("act", ""), _ACTS)
        rules = _read(work, sent)
        if sent["act"] == "prove":
            return _form(work, request, sent, rules=rules)
        number = _drafted(work, session, rules, sent)
    except XiaoweiError as error:
        return _form(work, request, with_good_key(sent, error), error=error)
    return go_on(request, f"{RULES.path}/{number}", did="draft")


def _read(work: Work, sent: Mapping[str, str]) -> RuleSet:
    return read_rules(short(sent.get("set", "")), file="set", book=work.home.book)


def _drafted(
    work: Work, session: Session, rules: RuleSet, sent: Mapping[str, str]
) -> int:
    hand, accepted = session.actor.hand, _reasons(sent)
    for name, why in accepted.items():
        try:
            filled(Why, {"why": why})
        except FaultyFormError:
            raise FaultyFormError([_ACCEPT + name]) from None
    asked = {"text": sent["set"], "accepted": accepted}
    once = drafting.Sent(f"{hand.login}:{key_in(sent)}", asked)
    made = drafting.draft(work.home, rules, by=hand, accepted=accepted, sent=once)
    return int(made["number"])


def _form(
    work: Work,
    request: Request,
    stated: Mapping[str, str],
    *,
    rules: RuleSet | None = None,
    error: XiaoweiError | None = None,
) -> HTMLResponse:
    against = _in_force(work)
    proof = None
    if rules is not None:
        try:
            proof = proof_of(work.home, rules)
        except XiaoweiError as fault:
            error = fault
    doubts = () if proof is None else doubts_of(proof)
    if isinstance(error, FaultyRulesError):
        doubts = error.doubts
    changes = None
    if rules is not None:
        changes = telling.changes_drafted(work.home, against, rules)
    content: dict[str, Any] = {
        "current": RULES.name,
        "stated": stated,
        "reasons": _asked_for(doubts, _reasons(stated)),
        "against": against,
        "proof": None if proof is None else proof_shown(proof),
        "changes": None if changes is None else changes_shown(changes),
        **notices(error),
    }
    status = 200 if error is None else error.status
    run = work.run()
    return work_answer(
        request, run, "rules_draft", content, title="rule_draft", status=status
    )


def _asked_for(
    doubts: tuple[Doubt, ...], reasons: Mapping[str, str]
) -> list[dict[str, Any]]:
    """Return a field for the reason of each doubt, and of each reason that came."""
    texts = {one.name: both(one.text) for one in doubts}
    return [
        {"name": name, "field": _ACCEPT + name, "text": texts.get(name)}
        for name in dict.fromkeys([*texts, *reasons])
    ]


def _reasons(sent: Mapping[str, str]) -> dict[str, str]:
    return {
        name.removeprefix(_ACCEPT): value.strip()
        for name, value in sent.items()
        if name.startswith(_ACCEPT) and value.strip()
    }


def _in_force(work: Work) -> int:
    return versions.in_force(work.home, on=work.office.day())
