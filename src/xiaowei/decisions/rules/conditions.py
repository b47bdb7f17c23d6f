"""Conditions from plain values; whatever is wrong is noted with what would be right."""

from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal
from typing import Final

from xiaowei.decisions.rules.fields import BOOK_UNITS, FIELDS, UNITS, Field, Kind, near
from xiaowei.decisions.rules.grammar import (
    DEEPEST,
    JOINS,
    MOST_DIGITS,
    MOST_MEMBERS,
    MOST_TESTS,
    OPERATORS,
    Comparison,
    Condition,
    Group,
    Join,
    Limit,
    Operator,
    Value,
    comparisons_of,
)
from xiaowei.money import FEN_PER_YUAN
from xiaowei.policy.book import Book
from xiaowei.policy.stated import Stated

FITTING: Final[Mapping[Kind, tuple[Operator, ...]]] = {
    "number": tuple(one for one in OPERATORS if one not in ("in", "not in")),
    "text": ("=", "!=", "in", "not in", "missing", "known"),
    "day": tuple(one for one in OPERATORS if one not in ("in", "not in")),
}
"""The operators that fit a kind of field."""

_WIDEST: Final = 20
_LONGEST_TEXT: Final = 60


def condition_of(stated: Stated, *, book: Book | None) -> Condition:
    """Return a condition; what is wrong with it is noted.

    Args:
        stated: a mapping with trait, operator, limit and unit, or with all or any.
        book: of which numbers may be named; null to let any name pass.
    """
    found = _condition(stated, book, 0)
    count = sum(1 for _ in comparisons_of(found))
    if count > MOST_TESTS:
        stated.fault(f"{count} tests are more than {MOST_TESTS}; make two rules of it")
    return found


def day_of(stated: Stated) -> date:
    """Return a day, as YAML gives it or as JSON writes it."""
    if isinstance(stated.value, str):
        try:
            return date.fromisoformat(stated.value)
        except ValueError:
            stated.fault(f"a day such as 2024-01-01 is due, not '{stated.value[:20]}'")
            return date.min
    return stated.day()


def _condition(stated: Stated, book: Book | None, depth: int) -> Condition:
    keys = stated.value if isinstance(stated.value, dict) else {}
    joins: list[Join] = [join for join in JOINS if join in keys]
    if not joins:
        return _comparison(stated, book)
    (part,) = stated.parts(joins[0]).values()
    if depth == DEEPEST:
        stated.fault(f"groups stand more than {DEEPEST} deep; make two rules of it")
        return Group(joins[0], ())
    items = part.items(least=1, most=_WIDEST)
    return Group(joins[0], tuple(_condition(one, book, depth + 1) for one in items))


def _comparison(stated: Stated, book: Book | None) -> Comparison:
    parts = stated.parts("trait", "operator", may=("limit", "unit"))
    name, operator = parts["trait"].text(), parts["operator"].one_of(OPERATORS)
    field = FIELDS.get(name)
    if field is None:
        if name:
            hint = near(name, FIELDS)
            parts["trait"].fault(f"there is no trait or fact '{name[:40]}'{hint}")
        return Comparison(name, operator)
    if operator not in FITTING[field.kind]:
        parts["operator"].fault(
            f"'{operator}' does not fit {name}, a {field.kind}; one of "
            + ", ".join(FITTING[field.kind])
        )
        return Comparison(name, operator)
    unit = _unit(stated, parts, field, bare=operator in ("missing", "known"))
    if operator in ("missing", "known"):
        return Comparison(name, operator)
    if "limit" not in parts:
        stated.fault(f"'limit' is missing; '{operator}' compares with one")
        return Comparison(name, operator)
    return Comparison(
        name, operator, _limits(parts["limit"], operator, field, book), unit
    )


def _unit(
    stated: Stated, parts: Mapping[str, Stated], field: Field, *, bare: bool
) -> str | None:
    due = None if bare else field.limit_unit
    if bare and "limit" in parts:
        parts["limit"].fault("no limit is due: nothing is compared with one")
    if due is None:
        if "unit" in parts:
            parts["unit"].fault(f"no unit is due for {field.name} here")
        return None
    if "unit" not in parts:
        stated.fault(f"'unit' is missing; {field.name} is counted in {due}")
    elif parts["unit"].value != due:
        parts["unit"].fault(f"{field.name} is counted in {due}; state 'unit: {due}'")
    return due


def _limits(
    stated: Stated, operator: Operator, field: Field, book: Book | None
) -> tuple[Limit, ...]:
    if operator == "between":
        ends = tuple(_limit(one, field, book) for one in stated.items(least=2, most=2))
        values = [one.value for one in ends]
        if len(values) == len(ends) == 2 and _reversed(*values):  # noqa: PLR2004
            stated.fault(f"{values[0]} is above {values[1]}; state the lower one first")
        return ends
    if operator in ("in", "not in"):
        found = [
            _limit(one, field, book) for one in stated.items(least=1, most=MOST_MEMBERS)
        ]
        if len(set(found)) < len(found):
            stated.fault("a value stands twice; state each once")
        # Order tells nothing: the same set is the same rule.
        return tuple(sorted(set(found), key=lambda one: str(one.value)))
    return (_limit(stated, field, book),)


def _reversed(low: Value | None, high: Value | None) -> bool:
    if isinstance(low, Decimal) and isinstance(high, Decimal):
        return low > high
    return isinstance(low, date) and isinstance(high, date) and low > high


def _limit(stated: Stated, field: Field, book: Book | None) -> Limit:
    if isinstance(stated.value, dict):
        return _named(stated, field, book)
    reading: Mapping[Kind, Callable[[Stated, Field], Value]] = {
        "number": _number,
        "text": _text,
        "day": lambda one, _field: day_of(one),
    }
    return Limit(reading[field.kind](stated, field))


def _named(stated: Stated, field: Field, book: Book | None) -> Limit:
    name = stated.parts("policy")["policy"].text()
    fits = BOOK_UNITS.get(field.limit_unit or "", frozenset())
    if field.kind != "number":
        stated.fault(f"the policy book holds numbers; {field.name} is a {field.kind}")
    elif book is not None and name and name not in book.entries:
        hint = near(name, book.entries)
        stated.fault(f"the policy book has no number '{name[:40]}'{hint}")
    elif book is not None and name and book.entries[name].unit not in fits:
        stated.fault(
            f"'{name}' is counted in {book.entries[name].unit}, "
            f"and {field.name} in {field.limit_unit}; name a number of that unit"
        )
    return Limit(policy=name)


def _number(stated: Stated, field: Field) -> Decimal:
    unit = field.limit_unit or ""
    number = stated.number(*UNITS[unit])
    if fault := number_fault(number, field):
        stated.fault(fault)
    return number


def number_fault(number: Decimal, field: Field) -> str:
    """Say why a number cannot be a limit of a field; empty if it can.

    Args:
        number: in the unit of limits.
        field: a number.
    """
    own = number * FEN_PER_YUAN if field.unit == "fen" else number
    if field.unit == "fen" and own % 1:
        return f"{number} yuan is no whole number of fen; round it"
    if len(own.normalize().as_tuple().digits) > MOST_DIGITS:
        return f"{number} has more than {MOST_DIGITS} digits; round it"
    return ""


def _text(stated: Stated, field: Field) -> str:
    text = stated.text()
    if len(text) > _LONGEST_TEXT:
        stated.fault(f"a text of {_LONGEST_TEXT} characters at most is due; shorten it")
    elif text and field.choices is not None and text not in field.choices:
        hint = near(text, field.choices)
        known = ", ".join(field.choices)
        stated.fault(f"'{text}' is no {field.name}; one of {known}{hint}")
    return text
