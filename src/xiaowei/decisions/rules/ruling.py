"""One firm decided by rules: which one decided, and why not the others."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final, Literal, TypeAlias

from xiaowei.decisions.rules.fields import FIELDS
from xiaowei.decisions.rules.grammar import (
    Comparison,
    Condition,
    Outcome,
    Rule,
    Value,
    comparisons_of,
)
from xiaowei.decisions.rules.plain import number_text
from xiaowei.decisions.rules.reasons import reason_titles
from xiaowei.decisions.rules.rows import known
from xiaowei.decisions.rules.saying import (
    comparison_said,
    effect_said,
    outcome_said,
    value_said,
)
from xiaowei.decisions.rules.settled import Settled
from xiaowei.decisions.rules.truth import Truth, holds, truth_of
from xiaowei.money import Fen
from xiaowei.said import Said

Standing: TypeAlias = Literal[
    "decided", "decided, unknown", "holds, later", "unknown, later", "skipped", "false"
]

STANDINGS: Final[Mapping[Standing, Said]] = {
    "decided": Said("成立，据此决定", "holds and decides"),
    "decided, unknown": Said("未知，据此决定", "unknown, and so decides"),
    "holds, later": Said(
        "成立，但已由前面的规则决定", "holds, an earlier rule decides"
    ),
    "unknown, later": Said(
        "未知，但已由前面的规则决定", "unknown, an earlier one decides"
    ),
    "skipped": Said("未知，跳过", "unknown, passed over"),
    "false": Said("不成立", "does not hold"),
}


@dataclass(frozen=True, slots=True)
class Seen:
    """One comparison and the value that it met."""

    comparison: Comparison
    value: Value | None
    truth: Truth


@dataclass(frozen=True, slots=True)
class Step:
    """One rule and what became of it.

    Args:
        rule: which.
        truth: whether its condition holds; null where that is not known.
        standing: why it decided, or why not.
        seen: every comparison, in order.
        missing: fields for want of which it is not known whether it holds.
    """

    rule: Rule
    truth: Truth
    standing: Standing
    seen: tuple[Seen, ...]
    missing: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Ruling:
    """What rules say of one firm.

    Args:
        outcome: what is done; to refer where no rule decides and there is no default.
        rule: the rule that decided, or null for the default.
        unknown: whether it decided because it is not known whether it holds.
        missing: fields for want of which that is so.
        cap_fen: the most that may be lent, or null for no other cap.
        rate_add: what is added to the yearly rate.
        ask: papers or conditions to ask for.
        steps: the trace: every rule, in order.
        fingerprint: of the rules and numbers.
        names: what people call the numbers of the book.
    """

    outcome: Outcome
    rule: Rule | None
    unknown: bool
    missing: tuple[str, ...]
    cap_fen: Fen | None
    rate_add: Decimal
    ask: tuple[Said, ...]
    steps: tuple[Step, ...]
    fingerprint: str
    names: Mapping[str, Said]

    @property
    def reasons(self) -> tuple[str, ...]:
        """Families of reasons to tell a customer, the deciding rule's first.

        Of later rules those count that hold and come to the same; what is not known is
        the reason `incomplete`.
        """
        if self.rule is None:
            return ()
        first = ("incomplete",) if self.unknown else ()
        rules = [self.rule] + [
            step.rule
            for step in self.steps
            if step.standing == "holds, later" and step.rule.outcome == self.outcome
        ]
        return tuple(dict.fromkeys((*first, *(rule.reason for rule in rules))))

    @property
    def lines(self) -> tuple[Said, ...]:
        """The outcome and each rule with the values it met, for people."""
        return (self._head(), *(line for one in self.steps for line in self._step(one)))

    def as_plain(self) -> dict[str, Any]:
        """Return it as JSON holds it, with titles of reasons and the whole trace."""
        titles = reason_titles()
        return {
            "outcome": self.outcome,
            "rule": self.rule.code if self.rule else None,
            "unknown": self.unknown,
            "missing": list(self.missing),
            "cap_fen": self.cap_fen,
            "rate_add": number_text(self.rate_add),
            "ask": [_plain(one) for one in self.ask],
            "reasons": [{"code": r, **_plain(titles[r])} for r in self.reasons],
            "trace": [_step_plain(step, self.names) for step in self.steps],
            "fingerprint": self.fingerprint,
        }

    def _head(self) -> Said:
        done = outcome_said(self.outcome)
        if self.rule is None:
            return Said(f"{done.zh}：没有规则作出决定", f"{done.en}: no rule decides")
        title = self.rule.title
        if not self.unknown:
            return Said(f"{done.zh}：{title.zh}", f"{done.en}: {title.en}")
        labels = [FIELDS[name].label for name in self.missing]
        return Said(
            f"{done.zh}：{title.zh}无法判断，缺{'、'.join(one.zh for one in labels)}",
            f"{done.en}: {title.en} cannot be told for want of "
            + ", ".join(one.en for one in labels),
        )

    def _step(self, step: Step) -> list[Said]:
        title, stands = step.rule.title, STANDINGS[step.standing]
        head = Said(f"{title.zh}：{stands.zh}", f"{title.en}: {stands.en}")
        return [head, *(_seen_said(one, self.names) for one in step.seen)]


def decide(settled: Settled, row: Mapping[str, Any]) -> Ruling:
    """Return what rules say of one firm: the first that is not false decides.

    A rule that is neither true nor false does what its `when_unknown` says, which is
    never to approve.

    Args:
        settled: the rules of the day.
        row: every field of the rules to its value, money in fen, null where missing.

    Raises:
        RowError: a field is not spoken of, or its value is not of its kind.
    """
    values = known(row, fields=settled.rules.fields)
    steps: list[Step] = []
    decided: Step | None = None
    for rule in settled.rules.rules:
        step = _step(rule, values, later=decided is not None)
        steps.append(step)
        if step.standing in ("decided", "decided, unknown"):
            decided = step
    return _ruling(settled, decided, tuple(steps))


def missing_of(condition: Condition, row: Mapping[str, Value | None]) -> set[str]:
    """Return the fields for want of which a condition is unknown; none if it is not."""
    if truth_of(condition, row) is not None:
        return set()
    if isinstance(condition, Comparison):
        return {condition.field}
    return set().union(*(missing_of(part, row) for part in condition.parts))


def _ruling(settled: Settled, decided: Step | None, steps: tuple[Step, ...]) -> Ruling:
    rule = decided.rule if decided else None
    unknown = decided is not None and decided.truth is None
    fires = rule is not None and (not unknown or rule.when_unknown == "fire")
    outcome: Outcome = (settled.rules.default or "refer") if rule is None else "refer"
    if rule is not None and fires:
        outcome = rule.outcome
    # Where it is not known whether a rule holds, nothing comes of it but a referral.
    effect = rule if fires else None
    return Ruling(
        outcome=outcome,
        rule=rule,
        unknown=unknown,
        missing=decided.missing if decided else (),
        cap_fen=effect.cap_fen if effect else None,
        rate_add=effect.rate_add if effect else Decimal(0),
        ask=effect.ask if effect else (),
        steps=steps,
        fingerprint=settled.fingerprint,
        names=settled.titles,
    )


def _step(rule: Rule, values: Mapping[str, Value | None], *, later: bool) -> Step:
    truth = truth_of(rule.when, values)
    seen = tuple(
        Seen(one, values[one.field], holds(one, values[one.field]))
        for one in comparisons_of(rule.when)
    )
    missing = tuple(sorted(missing_of(rule.when, values)))
    return Step(rule, truth, _standing(rule, truth, later=later), seen, missing)


def _standing(rule: Rule, truth: Truth, *, later: bool) -> Standing:
    if truth is False:
        return "false"
    if truth is None and rule.when_unknown == "skip":
        return "skipped"
    if later:
        return "holds, later" if truth else "unknown, later"
    return "decided" if truth else "decided, unknown"


def _seen_said(seen: Seen, names: Mapping[str, Said]) -> Said:
    field = FIELDS[seen.comparison.field]
    value = value_said(seen.value, field=field)
    asked = comparison_said(seen.comparison, names=names)
    told = {
        True: Said("成立", "holds"),
        False: Said("不成立", "does not hold"),
        None: Said("未知", "unknown"),
    }[seen.truth]
    return Said(
        f"  {field.label.zh}：{value.zh}；“{asked.zh}”{told.zh}",
        f"  {field.label.en}: {value.en}; '{asked.en}' {told.en}",
    )


def _step_plain(step: Step, names: Mapping[str, Said]) -> dict[str, Any]:
    return {
        "rule": step.rule.code,
        "truth": step.truth,
        "standing": step.standing,
        "does": _plain(effect_said(step.rule)),
        "missing": list(step.missing),
        "seen": [
            {
                "trait": one.comparison.field,
                "value": _value_plain(one.value),
                "asked": _plain(comparison_said(one.comparison, names=names)),
                "truth": one.truth,
            }
            for one in step.seen
        ],
    }


def _value_plain(value: Value | None) -> str | None:
    if value is None or isinstance(value, str):
        return value
    return number_text(value) if isinstance(value, Decimal) else value.isoformat()


def _plain(said: Said) -> dict[str, str]:
    return {"zh": said.zh, "en": said.en}
