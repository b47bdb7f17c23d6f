"""True, false or unknown: Kleene's strong logic, so no value is made up for a missing.

Source: Kleene 1952, Introduction to Metamathematics, section 64.
"""

import operator
from collections.abc import Callable, Iterable, Mapping
from typing import Any, Final, TypeAlias

from xiaowei.decisions.rules.grammar import Comparison, Condition, Join, Value
from xiaowei.decisions.rules.settled import bounds

Truth: TypeAlias = bool | None
"""Whether something holds; null where that is not known."""

_TESTS: Final[Mapping[str, Callable[[Any, Any], bool]]] = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
    "=": operator.eq,
    "!=": operator.ne,
}


def truth_of(condition: Condition, row: Mapping[str, Value | None]) -> Truth:
    """Return whether a settled condition holds.

    Args:
        condition: every limit has its value.
        row: field to value, null where missing.
    """
    if isinstance(condition, Comparison):
        return holds(condition, row[condition.field])
    return joined(condition.join, (truth_of(part, row) for part in condition.parts))


def joined(join: Join, truths: Iterable[Truth]) -> Truth:
    """Return whether all or any hold.

    >>> joined("all", [True, None]), joined("all", [False, None])
    (None, False)
    >>> joined("any", [True, None]), joined("any", [False, None])
    (True, None)
    """
    deciding = join == "any"
    found = list(truths)
    if deciding in found:
        return deciding
    return None if None in found else not deciding


def holds(comparison: Comparison, value: Value | None) -> Truth:
    """Return whether a value meets a settled comparison.

    Args:
        comparison: every limit has its value.
        value: of its field, money in fen; null where missing.
    """
    if comparison.operator in ("missing", "known"):
        return (value is None) == (comparison.operator == "missing")
    if value is None:
        return None
    found = bounds(comparison)
    if comparison.operator in ("in", "not in"):
        return (value in found) == (comparison.operator == "in")
    if comparison.operator == "between":
        low, high = found
        return _TESTS["<="](low, value) and _TESTS["<="](value, high)
    return _TESTS[comparison.operator](value, found[0])
