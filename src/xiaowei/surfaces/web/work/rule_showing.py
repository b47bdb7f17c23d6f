"""What is proven, tested, changed and tried of rules, as their pages show it."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from xiaowei.decisions.rule_cases import Tried
from xiaowei.decisions.rules.difference import KINDS as CHANGES
from xiaowei.decisions.rules.grammar import OUTCOMES
from xiaowei.decisions.rules.proof import KINDS as REMARKS
from xiaowei.decisions.rules.proof import Proof, Remark, row_said
from xiaowei.desk.jobs import asking
from xiaowei.desk.ruling.proving import FaultyRulesError
from xiaowei.errors import XiaoweiError
from xiaowei.said import Said
from xiaowei.surfaces.web.refusals import Refusal, refusal_of
from xiaowei.surfaces.web.work.fields import FaultyFormError
from xiaowei.surfaces.web.work.notices import notices_of

ABOUT: Final = "rules"
"""Refusals of these pages have words of their own."""
_MOVED: Final = tuple((then, now) for then in OUTCOMES for now in OUTCOMES)


def refused(error: XiaoweiError | None) -> Refusal | None:
    """Return what was refused about rules, and what can be done; null for nothing."""
    return None if error is None else refusal_of(error, about=ABOUT)


def notices(error: XiaoweiError | None) -> dict[str, Any]:
    """Return what a page says of what was refused, in all or field by field."""
    told = notices_of(error, about=ABOUT)
    # A doubt is said in both languages beside the field of its reason.
    apart = isinstance(error, FaultyFormError | FaultyRulesError)
    return {**told, "listed": () if error is None or apart else error.faults}


def both(said: Said) -> dict[str, str]:
    """Return a line as templates say it."""
    return {"zh": said.zh, "en": said.en}


def proof_shown(proof: Proof) -> dict[str, Any]:
    """Return a proof: its faults, and other remarks, each with its example firms."""
    return {
        "sound": proof.sound,
        "asked": proof.asked,
        "faults": [_remark(one) for one in proof.faults],
        "remarks": [_remark(one) for one in proof.remarks if not one.fault],
        "unproven": [
            {"kind": both(REMARKS[kind]), "rules": rules}
            for kind, rules in proof.unproven
        ],
    }


def _remark(one: Remark) -> dict[str, Any]:
    rows = [row for row in (one.example, one.beside) if row is not None]
    return {
        "kind": both(REMARKS[one.kind]),
        "fault": one.fault,
        "text": both(one.text),
        "examples": [both(row_said(row)) for row in rows],
    }


def changes_shown(rows: Sequence[Mapping[str, str]]) -> list[dict[str, Any]]:
    """Return changes with the names of their kinds."""
    names = {kind: both(said) for kind, said in CHANGES.items()}
    return [{**row, "kind": names[row["kind"]]} for row in rows]  # type: ignore[index]


def cases_shown(tried: Sequence[Tried]) -> list[dict[str, Any]]:
    """Return test cases and what came of each."""
    return [
        {
            "name": one.case.name,
            "firm": one.case.as_plain()["firm"],
            "passed": one.passed,
            "due": (_outcome(one.case.outcome), one.case.rule),
            "came": (_outcome(one.outcome), one.rule),
            "fault": one.fault,
        }
        for one in tried
    ]


def back_test_shown(job: asking.Job | None) -> dict[str, Any] | None:
    """Return how far a back-test is, and what came of it; null for none."""
    if job is None:
        return None
    told: dict[str, Any] = {"job": job, "answer": job.answer, "moves": ()}
    if job.answer is None:
        return told
    moves = job.answer["overall"]["moves"]
    told["moves"] = [
        {
            "then": both(OUTCOMES[then]),
            "now": both(OUTCOMES[now]),
            "count": moves[f"{then}>{now}"],
            "same": then == now,
        }
        for then, now in _MOVED
        if moves[f"{then}>{now}"]
    ]
    return told


def outcome_shown(outcome: str) -> dict[str, str] | str:
    """Return what an outcome is called; `none` where there is no default."""
    return _outcome(outcome) or "none"


def _outcome(outcome: str | None) -> dict[str, str] | None:
    found = next((said for name, said in OUTCOMES.items() if name == outcome), None)
    return None if found is None else both(found)
