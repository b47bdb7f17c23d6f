"""Requirements from YAML: a trait, an operator and a limit; all or any of several."""

from typing import Final

from xiaowei.money import FEN_PER_YUAN
from xiaowei.policy.products.product import (
    JOINS,
    OPERATORS,
    UNITS,
    Condition,
    Group,
    Join,
    Requirement,
    leaves,
)
from xiaowei.policy.stated import Stated

DEEPEST: Final = 3
"""How many groups may stand within each other."""
MOST: Final = 30
"""How many comparisons one requirement may make."""
_WIDEST: Final = 20


def requirement_of(stated: Stated) -> Requirement:
    """Return a requirement; what is wrong with it is noted.

    Args:
        stated: a mapping with trait, operator, limit and unit, or with all or any.
    """
    found = _requirement(stated, depth=0)
    count = sum(1 for _ in leaves(found))
    if count > MOST:
        stated.fault(f"{count} comparisons are more than {MOST}")
    return found


def _requirement(stated: Stated, *, depth: int) -> Requirement:
    joins: list[Join] = [join for join in JOINS if join in _keys(stated)]
    if not joins:
        return _condition(stated)
    (part,) = stated.parts(joins[0]).values()
    if depth == DEEPEST:
        stated.fault(f"groups stand more than {DEEPEST} deep")
        return Group(joins[0], ())
    parts = part.items(least=1, most=_WIDEST)
    return Group(joins[0], tuple(_requirement(one, depth=depth + 1) for one in parts))


def _condition(stated: Stated) -> Condition:
    parts = stated.parts("trait", "operator", "limit", "unit")
    unit = parts["unit"].one_of(UNITS)
    limit = parts["limit"].number(*UNITS[unit])
    if unit == "yuan" and limit * FEN_PER_YUAN % 1:
        parts["limit"].fault(f"{limit} yuan is no whole number of fen")
    return Condition(
        parts["trait"].text(), parts["operator"].one_of(OPERATORS), limit, unit
    )


def _keys(stated: Stated) -> frozenset[str]:
    return frozenset(stated.value if isinstance(stated.value, dict) else ())
