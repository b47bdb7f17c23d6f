"""Whether requirements are met, line by line: met, not met, or unknown.

What is unknown meets no limit, so that an enterprise of which less is known is never
eligible for more. A line says the value, the operator and the limit that it was tested
with.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Final, Literal, TypeAlias

from xiaowei.offers.asked import FACTS, rule_of, shown, written
from xiaowei.offers.rules import All, Any, Condition, Rule, Traits
from xiaowei.policy.products import product as policy
from xiaowei.said import Said

State: TypeAlias = Literal["met", "not_met", "unknown"]

STATES: Final[Mapping[State, Said]] = {
    "met": Said("符合", "met"),
    "not_met": Said("不符合", "not met"),
    "unknown": Said("无从认定", "unknown"),
}
"""What may come of a condition, and how it is said."""

_WORDS: Final[Mapping[str, Said]] = {
    "<": Said("低于", "below"),
    "<=": Said("不高于", "at most"),
    ">": Said("高于", "above"),
    ">=": Said("不低于", "at least"),
}
_ALL: Final = Said("以下各项均须符合", "all of the following")
_ANY: Final = Said("以下至少一项须符合", "at least one of the following")


@dataclass(frozen=True, slots=True)
class Line:
    """What came of one condition, or of several joined.

    Args:
        code: the rule's name, the group's, or the tier's.
        state: what came of it.
        asked: the rule, or what else was asked for in words.
        value: what was known of the rule's fact, or null.
        depth: 0 for what must be met itself, more for parts of a group above it.
    """

    code: str
    state: State
    asked: Rule | Said
    value: Decimal | None = None
    depth: int = 0

    @property
    def text(self) -> Said:
        """What was compared with what, and what came of it."""
        said = STATES[self.state]
        if not isinstance(self.asked, Rule):
            return Said(f"{self.asked.zh}：{said.zh}", f"{self.asked.en}: {said.en}")
        label, due = self.asked.label, asks(self.asked)
        if self.value is None:
            have = Said("未知", "unknown")
        else:
            value = shown(self.asked, self.value)
            have = Said(f"为 {value.zh}", value.en)
        return Said(
            f"{label.zh}{have.zh}，要求{due.zh}：{said.zh}",
            f"{label.en} is {have.en}, {due.en} is due: {said.en}",
        )


def compiled(requirement: policy.Requirement, *, code: str) -> All:
    """Return a requirement as rules.

    Args:
        requirement: of a product; its facts must exist, see `check_asked`.
        code: what its rules are called, each followed by its place.
    """
    if isinstance(requirement, policy.Group) and requirement.join == "all":
        return All(_parts(requirement, code))
    return All((_compiled(requirement, f"{code}.1"),))


def _compiled(requirement: policy.Requirement, code: str) -> Condition:
    if isinstance(requirement, policy.Condition):
        return rule_of(requirement, code=code)
    parts = _parts(requirement, code)
    return All(parts) if requirement.join == "all" else Any(parts)


def _parts(group: policy.Group, code: str) -> tuple[Condition, ...]:
    return tuple(
        _compiled(part, f"{code}.{place}")
        for place, part in enumerate(group.parts, start=1)
    )


def state_of(condition: Condition, traits: Traits) -> State:
    """Return what comes of a condition; "met" exactly where it holds.

    "not_met" says that no value of what is unknown could mend it.

    Args:
        condition: rules without "unknown" as comparison.
        traits: every fact asked for, null where unknown.
    """
    if isinstance(condition, Rule):
        if traits[condition.trait] is None:
            return "unknown"
        return "met" if condition.hit(traits) else "not_met"
    states = {state_of(part, traits) for part in condition.parts}
    order: tuple[State, ...] = ("not_met", "unknown", "met")
    for state in order if isinstance(condition, All) else reversed(order):
        if state in states:
            return state
    return "met" if isinstance(condition, All) else "not_met"


def lines_of(requirement: All, traits: Traits, *, code: str) -> tuple[Line, ...]:
    """Return a line for each condition, a group above its parts.

    Args:
        requirement: all that must be met.
        traits: every fact asked for, null where unknown.
        code: what the requirement is called.
    """
    return tuple(
        line
        for place, part in enumerate(requirement.parts, start=1)
        for line in _lines(part, traits, code=f"{code}.{place}", depth=0)
    )


def asks(rule: Rule) -> Said:
    """Say what a rule asks for, e.g. ('不低于 3', 'at least 3')."""
    word = _WORDS[rule.comparison]
    limit = written(rule.limit, FACTS[rule.trait].unit)
    return Said(f"{word.zh} {limit.zh}", f"{word.en} {limit.en}")


def _lines(
    condition: Condition, traits: Traits, *, code: str, depth: int
) -> Iterator[Line]:
    state = state_of(condition, traits)
    if isinstance(condition, Rule):
        yield Line(condition.code, state, condition, traits[condition.trait], depth)
        return
    head = _ALL if isinstance(condition, All) else _ANY
    yield Line(code, state, head, depth=depth)
    for place, part in enumerate(condition.parts, start=1):
        yield from _lines(part, traits, code=f"{code}.{place}", depth=depth + 1)
