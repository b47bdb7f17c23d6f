"""Whether a firm may gain by not saying something: the same firm, with and without it.

By Kleene's logic it may not, wherever rules do not ask whether a value is missing and
pass over none that is unknown: what is approved with a value missing is then approved
with any value. Where they do ask, each way is looked at.

Source: promise P11 of the house: data that is missing never makes a decision better.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from xiaowei.decisions.rules.grammar import Outcome, Rule, comparisons_of
from xiaowei.decisions.rules.questions import Questions, Row, copy_of
from xiaowei.decisions.rules.search import Formula


@dataclass(frozen=True, slots=True)
class Way:
    """One way in which a firm may be decided.

    Args:
        rule: the rule that decides; null where none does.
        outcome: what is done.
        effect: the rule that says how much and at what rate; null where none does.
        formulas: that it is so.
    """

    rule: Rule | None
    outcome: Outcome
    effect: Rule | None
    formulas: list[Formula]

    @property
    def code(self) -> str:
        """The rule's code; `default` where none decides."""
        return self.rule.code if self.rule else "default"


def hidden_fields(asked: Questions) -> tuple[str, ...]:
    """Return the fields by hiding which something might be gained."""
    names = {
        one.field
        for rule in asked.rules
        for one in comparisons_of(rule.when)
        if rule.when_unknown == "skip" or one.operator in ("missing", "known")
        if not asked.axes[one.field].field.always
    }
    return tuple(sorted(names))


def approvals(asked: Questions) -> Iterator[Way]:
    """Return every way to be approved."""
    return (way for way in ways(asked) if way.outcome == "approve")


def ways(asked: Questions, *, copied: str | None = None) -> Iterator[Way]:
    """Return every way to be decided, that of no rule last."""
    for place, rule in enumerate(asked.rules):
        yield Way(rule, rule.outcome, rule, asked.fires(place, copied=copied))
        if rule.when_unknown == "skip":
            continue
        fires = rule.when_unknown == "fire"
        outcome = rule.outcome if fires else "refer"
        halts = asked.halts(place, copied=copied)
        yield Way(rule, outcome, rule if fires else None, halts)
    default = asked.settled.rules.default or "refer"
    yield Way(None, default, None, asked.none_decides(copied=copied))


def worse(one: Way, *, than: Way) -> bool:
    """Say whether a way is worse for the firm than an approval.

    Args:
        one: any way.
        than: one that approves.
    """
    if one.outcome != "approve":
        return True
    ours, theirs = one.effect, than.effect
    caps = [rule.cap_fen if rule else None for rule in (ours, theirs)]
    adds = [rule.rate_add if rule else 0 for rule in (ours, theirs)]
    tighter = caps[0] is not None and (caps[1] is None or caps[0] < caps[1])
    return tighter or adds[0] > adds[1]


def gained_by_hiding(
    asked: Questions, name: str, hidden: Way
) -> tuple[Way, Row, Row] | None:
    """Return a firm that gains by not saying something, and what it gets if it says it.

    Args:
        asked: of the rules.
        name: the field.
        hidden: a way to be approved, with the field missing.

    Returns:
        the way it would be decided otherwise, the firm without and with the value; or
        null where there is no such firm.

    Raises:
        NotProvenError: a question takes more steps than it may.
    """
    full = asked.axes[name].full
    missing = 1 << (full.bit_length() - 1)
    domains = {**asked.domains, name: missing, copy_of(name): full & ~missing}
    for other in ways(asked, copied=name):
        if not worse(other, than=hidden):
            continue
        row = asked.row([*hidden.formulas, *other.formulas], domains=domains)
        if row is not None:
            said = row.pop(copy_of(name))
            return other, row, {**row, name: said}
    return None
