"""The grammar of rules: tests joined by all or any, each rule with its outcome.

It is held as data and has no way to run code: nothing is called, looked up by name or
parsed from text, and depth and number of everything are bounded, so that each rule set
ends on each row.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Final, Literal, TypeAlias, get_args

from xiaowei.money import Fen
from xiaowei.said import Said

Operator: TypeAlias = Literal[
    "<", "<=", ">", ">=", "=", "!=", "in", "not in", "between", "missing", "known"
]
Join: TypeAlias = Literal["all", "any"]
Outcome: TypeAlias = Literal["approve", "refer", "decline"]
WhenUnknown: TypeAlias = Literal["refer", "fire", "skip"]
Value: TypeAlias = Decimal | str | date

OPERATORS: Final[tuple[Operator, ...]] = get_args(Operator)
JOINS: Final[tuple[Join, ...]] = get_args(Join)
OUTCOMES: Final[Mapping[Outcome, Said]] = {
    "approve": Said("通过", "approve"),
    "refer": Said("转人工", "refer to a person"),
    "decline": Said("拒绝", "decline"),
}
"""What a rule may come to, from the most generous on."""
WHEN_UNKNOWN: Final[Mapping[WhenUnknown, Said]] = {
    "refer": Said("转人工", "refer to a person"),
    "fire": Said("视为触发", "count as met"),
    "skip": Said("跳过", "pass to the next rule"),
}
"""What may be done where it is not known whether a rule holds. `fire` is for rules that
refer or decline, `skip` for rules that approve, so that neither is ever generous."""

DEEPEST: Final = 3
"""How many groups may stand within each other."""
MOST_TESTS: Final = 30
"""How many tests one rule may make."""
MOST_RULES: Final = 200
"""How many rules a set may hold."""
MOST_MEMBERS: Final = 100
"""How many values a set of `in` may hold."""
MOST_DIGITS: Final = 15
"""How many digits a limit may have: as many as any float holds, so that comparing
floats and comparing decimals come to the same."""


@dataclass(frozen=True, slots=True)
class Limit:
    """What a value is compared with: stated, or a number of the policy book.

    Args:
        value: as stated, numbers in the unit of the comparison; null for a number of
            the book until the rules are settled for a day.
        policy: the name of a number of the book; null for one that is stated.
    """

    value: Value | None = None
    policy: str | None = None


@dataclass(frozen=True, slots=True)
class Comparison:
    """One comparison of a field with a limit.

    Args:
        field: one of FIELDS.
        operator: how it is compared. A value that is missing makes every one unknown
            but `missing` and `known`.
        limits: none for missing and known, two for between (both ends count), those of
            the set for in and not in, else one.
        unit: what numbers are counted in; null for texts and days.
    """

    field: str
    operator: Operator
    limits: tuple[Limit, ...] = ()
    unit: str | None = None


@dataclass(frozen=True, slots=True)
class Group:
    """Conditions of which all must hold, or any.

    Args:
        join: all or any.
        parts: at least one.
    """

    join: Join
    parts: tuple["Condition", ...]


Condition: TypeAlias = Comparison | Group


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """One line of the bank's credit policy.

    Args:
        code: its name in records, the same in each version.
        title: what people call it.
        when: the condition.
        outcome: what is done where it holds.
        reason: key of the family of reasons that a customer is told.
        cap_fen: the largest limit that is lent by it; null for no other than usual.
        rate_add: what it adds to the yearly rate, 0 or more.
        ask: papers or conditions to ask for.
        when_unknown: what is done where it is not known whether it holds.
        source: why the bank has it.
    """

    code: str
    title: Said
    when: Condition
    outcome: Outcome
    reason: str
    source: str
    cap_fen: Fen | None = None
    rate_add: Decimal = Decimal(0)
    ask: tuple[Said, ...] = ()
    when_unknown: WhenUnknown = "refer"


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleSet:
    """A version of the bank's rules: the first rule that is not false decides.

    Args:
        name: what it is called in records.
        version: which one, rising.
        since: first day it holds.
        until: first day it no longer holds; null for no end.
        title: what people call it.
        purpose: what it is for.
        default: what is done where no rule decides; null where the rules must.
        rules: in order, each code once.
        set_by: who set it.
    """

    name: str
    version: int
    since: date
    title: Said
    purpose: Said
    default: Outcome | None
    rules: tuple[Rule, ...]
    set_by: str
    until: date | None = None

    @property
    def fields(self) -> tuple[str, ...]:
        """The fields that its rules test, by name: what a row must speak of."""
        return tuple(sorted({one.field for one in self.comparisons}))

    @property
    def comparisons(self) -> tuple[Comparison, ...]:
        """Every comparison of every rule."""
        return tuple(one for rule in self.rules for one in comparisons_of(rule.when))

    @property
    def policy(self) -> tuple[str, ...]:
        """The numbers of the policy book that it names."""
        named = {limit.policy for one in self.comparisons for limit in one.limits}
        return tuple(sorted(name for name in named if name is not None))

    def rule(self, code: str) -> Rule | None:
        """Return the rule of a code, or null."""
        return next((rule for rule in self.rules if rule.code == code), None)


def comparisons_of(condition: Condition) -> Iterator[Comparison]:
    """Return every comparison of a condition, in order."""
    if isinstance(condition, Comparison):
        yield condition
        return
    for part in condition.parts:
        yield from comparisons_of(part)
