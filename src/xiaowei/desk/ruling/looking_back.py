"""Decisions on record in; what other rules would have decided on the same evidence."""

import json
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any, Final

import sqlalchemy as sa

from xiaowei.decisions.decision import Decision, Evidence, decide
from xiaowei.decisions.rules.grammar import OUTCOMES, Outcome
from xiaowei.decisions.rules.settled import Settled
from xiaowei.decisions.snapshot import evidence_of
from xiaowei.desk.home import Home
from xiaowei.records.applications import DECISIONS
from xiaowei.risk.measures import share_interval

GROUPS: Final = ("tier", "section", "region")
"""By what firms are told apart, as the evidence of the day has them."""
MOST: Final = 200
"""So many decisions that come out otherwise are named; more are counted."""
_CHUNK: Final = 500
_TOLD_EVERY: Final = 50


@dataclass(slots=True)
class Tally:
    """Decisions counted by what was decided then, and what would be now.

    Args:
        moves: outcome then and now to how many.
        then_fen: approved then.
        now_fen: would be approved.
    """

    moves: Counter[tuple[str, str]] = field(default_factory=Counter)
    then_fen: int = 0
    now_fen: int = 0

    def add(self, then: str, now: str, money: tuple[int, int]) -> None:
        """Count one decision."""
        self.moves[then, now] += 1
        self.then_fen += money[0]
        self.now_fen += money[1]

    def as_plain(self) -> dict[str, Any]:
        """Return it as JSON holds it, with shares approved and their 95% intervals."""
        count = self.moves.total()
        then, now = (
            sum(n for move, n in self.moves.items() if move[at] == "approve")
            for at in (0, 1)
        )
        return {
            "decisions": count,
            "swapped_in": now - self.moves["approve", "approve"],
            "swapped_out": then - self.moves["approve", "approve"],
            "approved_then": _share(then, count),
            "approved_now": _share(now, count),
            "then_fen": self.then_fen,
            "now_fen": self.now_fen,
            "moves": {
                f"{one}>{other}": self.moves[one, other]
                for one in OUTCOMES
                for other in OUTCOMES
            },
        }


def looked_back(
    home: Home, rules: Settled, *, tell: Callable[[int], None] | None = None
) -> dict[str, Any]:
    """Return what rules would have decided on all decisions on record.

    The evidence is that of each decision's snapshot, and the guards against deciding
    without a person stand as they stood; only rules and their numbers are others.

    Args:
        home: the workspace.
        rules: with the numbers of a day.
        tell: is told now and then how many decisions were looked at; null for nobody.

    Returns:
        all decisions counted, and by tier, section of trade and region; those that come
        out otherwise by number, at most 200.
    """
    overall = Tally()
    groups: dict[str, dict[str, Tally]] = {name: {} for name in GROUPS}
    changed: list[dict[str, Any]] = []
    others = 0
    for done, (number, snapshot) in enumerate(_snapshots(home)):
        if tell is not None and done % _TOLD_EVERY == 0:
            tell(done)
        evidence, then = evidence_of(snapshot["evidence"]), snapshot["decision"]
        now = decide(evidence, rules)
        money = _lent(then), now.loan.amount_fen if now.loan else 0
        for tally in (overall, *_of(groups, evidence)):
            tally.add(then["outcome"], now.outcome, money)
        if (then["outcome"], money[0]) != (now.outcome, money[1]):
            others += 1
            if len(changed) < MOST:
                changed.append(_changed(number, evidence, then, now))
    return {
        "overall": overall.as_plain(),
        "groups": {
            name: {value: one.as_plain() for value, one in sorted(tallies.items())}
            for name, tallies in groups.items()
        },
        "changed": changed,
        "changed_in_all": others,
    }


def _snapshots(home: Home) -> Iterator[tuple[int, dict[str, Any]]]:
    after = 0
    while True:
        asked = (
            sa.select(DECISIONS.c.number, DECISIONS.c.document)
            .where(DECISIONS.c.number > after)
            .order_by(DECISIONS.c.number)
            .limit(_CHUNK)
        )
        with home.journal.store.reading() as connection:
            rows = connection.execute(asked).all()
        for row in rows:
            yield row.number, json.loads(home.journal.document(row.document))
        if len(rows) < _CHUNK:
            return
        after = rows[-1].number


def _of(groups: dict[str, dict[str, Tally]], evidence: Evidence) -> list[Tally]:
    """Return the tally of each group of a firm; an empty text where it has none."""
    stated = evidence.standing
    facts = {} if stated is None else {**stated.facts, "tier": stated.tier}
    return [
        tallies.setdefault(facts.get(name) or "", Tally())
        for name, tallies in groups.items()
    ]


def _changed(
    number: int, evidence: Evidence, then: dict[str, Any], now: Decision
) -> dict[str, Any]:
    rule = now.ruling.rule
    return {
        "decision": number,
        "enterprise_id": evidence.application.enterprise_id,
        "then": _said(then["outcome"], then["ruling"]["rule"], _lent(then)),
        "now": _said(
            now.outcome,
            rule.code if rule else None,
            now.loan.amount_fen if now.loan else 0,
        ),
    }


def _said(outcome: Outcome, rule: str | None, limit_fen: int) -> dict[str, Any]:
    return {"outcome": outcome, "rule": rule, "limit_fen": limit_fen}


def _lent(decision: dict[str, Any]) -> int:
    loan = decision["loan"]
    return int(loan["amount_fen"]) if loan else 0


def _share(some: int, of: int) -> list[float] | None:
    if not of:
        return None
    return [round(one, 6) for one in (some / of, *share_interval(some, of))]
