"""Rules of a day: every number of the policy book that they name has its value."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from functools import cached_property

from xiaowei.decisions.rules.conditions import number_fault
from xiaowei.decisions.rules.fields import BOOK_UNITS, FIELDS, near
from xiaowei.decisions.rules.grammar import (
    Comparison,
    Condition,
    Group,
    Limit,
    RuleSet,
    Value,
)
from xiaowei.decisions.rules.plain import as_plain, digest, number_text
from xiaowei.decisions.rules.reading import RuleSetError
from xiaowei.errors import NotFoundError
from xiaowei.money import FEN_PER_YUAN
from xiaowei.policy.book import Book
from xiaowei.said import Said


class NotInForceError(NotFoundError):
    """A rule set does not hold on a day."""

    def __init__(self, rules: RuleSet, day: date) -> None:
        """Name the set, the day and the days it holds."""
        until = "" if rules.until is None else f" and before {rules.until}"
        super().__init__(
            f"rules '{rules.name}' version {rules.version} do not hold on {day}",
            expected=f"a day from {rules.since} on{until}",
            remedy="Ask for another day, or take the version that holds on it",
        )


@dataclass(frozen=True)
class Settled:
    """Rules whose every limit has its value.

    Args:
        rules: limits of the policy book hold their value beside their name.
        on: the day whose numbers they are.
        numbers: name to value, of the numbers named.
        titles: name to what people call the number.
    """

    rules: RuleSet
    on: date
    numbers: Mapping[str, Decimal]
    titles: Mapping[str, Said]

    @cached_property
    def fingerprint(self) -> str:
        """The SHA-256 of rules and numbers: what decides, and nothing else."""
        numbers = {name: number_text(one) for name, one in sorted(self.numbers.items())}
        return digest({"rules": as_plain(self.rules), "numbers": numbers})


def settle(rules: RuleSet, *, book: Book, on: date) -> Settled:
    """Return rules with the numbers of a day.

    Args:
        rules: any.
        book: of which they name numbers.
        on: the day.

    Raises:
        NotInForceError: they do not hold on the day.
        RuleSetError: a number that they name is not there, has no value yet, or is no
            limit for its field; every fault is named.
    """
    if on < rules.since or (rules.until is not None and on >= rules.until):
        raise NotInForceError(rules, on)
    faults = [
        f"rule '{rule.code}': {fault}"
        for rule in rules.rules
        for fault in _faults(rule.when, book, on)
    ]
    if faults:
        raise RuleSetError(rules.name, faults)
    return Settled(
        rules=replace(
            rules,
            rules=tuple(
                replace(rule, when=_with_values(rule.when, book, on))
                for rule in rules.rules
            ),
        ),
        on=on,
        numbers={name: book.number(name, on=on) for name in rules.policy},
        titles={name: Said(book.entry(name).zh, name) for name in rules.policy},
    )


def bounds(comparison: Comparison) -> tuple[Value, ...]:
    """Return the limits of a settled comparison as rows hold values: money in fen."""
    times = FEN_PER_YUAN if FIELDS[comparison.field].unit == "fen" else 1
    found = []
    for limit in comparison.limits:
        if limit.value is None:
            message = f"{comparison.field} is compared with a number not settled"
            raise AssertionError(message)
        value = limit.value
        found.append(value * times if isinstance(value, Decimal) else value)
    return tuple(found)


def _with_values(condition: Condition, book: Book, on: date) -> Condition:
    if isinstance(condition, Group):
        parts = tuple(_with_values(part, book, on) for part in condition.parts)
        return replace(condition, parts=parts)
    limits = tuple(
        one if one.policy is None else Limit(book.number(one.policy, on=on), one.policy)
        for one in condition.limits
    )
    return replace(condition, limits=limits)


def _faults(condition: Condition, book: Book, on: date) -> Iterator[str]:
    if isinstance(condition, Group):
        for part in condition.parts:
            yield from _faults(part, book, on)
        return
    named = [one for one in condition.limits if one.policy is not None]
    found = [
        fault for one in named for fault in _limit_faults(condition, one, book, on)
    ]
    yield from found
    if condition.operator == "between" and named and not found:
        low, high = (
            book.number(one.policy, on=on) if one.policy is not None else one.value
            for one in condition.limits
        )
        if isinstance(low, Decimal) and isinstance(high, Decimal) and low > high:
            yield f"on {on} {low} is above {high}; state the lower one first"


def _limit_faults(
    comparison: Comparison, limit: Limit, book: Book, on: date
) -> Iterator[str]:
    name, field = limit.policy or "", FIELDS[comparison.field]
    if name not in book.entries:
        hint = near(name, book.entries)
        yield f"the policy book has no number '{name}'{hint}"
        return
    entry = book.entries[name]
    value = entry.on(on)
    if entry.unit not in BOOK_UNITS.get(field.limit_unit or "", frozenset()):
        yield (
            f"'{name}' is counted in {entry.unit}, and {field.name} in "
            f"{field.limit_unit}; name a number of that unit"
        )
    elif value is None:
        yield f"'{name}' has no value on {on}; its first is of {entry.values[0][0]}"
    elif fault := number_fault(value, field):
        yield f"'{name}': {fault}"
