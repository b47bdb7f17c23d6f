"""Which firms stand and fall with a firm: its persons' others, and its guarantees."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final

import ibis.expr.types as ir

from xiaowei.portraits.moments import Moments
from xiaowei.portraits.traits.bureau import guarantees
from xiaowei.portraits.traits.links import kin

_OWNERS: Final = "owners"
_GIVEN: Final = "bureau_guarantees"


@dataclass(frozen=True, slots=True)
class Ties:
    """Which firms stand and fall together, of all firms at once.

    Args:
        kin: firm to the others of its persons; one is there whose owners are stated.
        circles: firm to all whom guarantees join it to, itself among them.
    """

    kin: Mapping[str, frozenset[str]]
    circles: Mapping[str, frozenset[str]]

    def fellows(self, enterprise_id: str) -> frozenset[str] | None:
        """Return the firms of a firm's group and circle of guarantees.

        Those its persons own, lead or control; then all whom guarantees join to it or
        to them, one after another and either way: where one of a circle (担保圈)
        falls, the next is called.

        Args:
            enterprise_id: whose.

        Returns:
            Without the firm itself; None where nobody states its owners.
        """
        if enterprise_id not in self.kin:
            return None
        linked = {enterprise_id, *self.kin[enterprise_id]}
        reached = linked.union(*(self.circles.get(one, ()) for one in linked))
        return frozenset(reached - {enterprise_id})


def ties_of(facts: Mapping[str, ir.Table], *, as_of: date) -> Ties:
    """Return which firms stand and fall together on a day.

    Args:
        facts: a family's name to its facts known by the day, of those who agree.
        as_of: the day.
    """
    if _OWNERS not in facts:
        return Ties({}, {})
    moments, linked = Moments((as_of,)), defaultdict[str, set[str]](set)
    for row in kin(facts, moments).to_pyarrow().to_pylist():
        linked[row["enterprise_id"]] |= {row["other"]} - {None}
    return Ties(
        {firm: frozenset(others) for firm, others in linked.items()},
        joined(_bonds(facts, moments)),
    )


def joined(bonds: Iterable[tuple[str, str]]) -> dict[str, frozenset[str]]:
    """Return to whom bonds join each firm, however many steps away, itself among them.

    Args:
        bonds: who guarantees for whom.

    >>> found = joined([("a", "b"), ("c", "b"), ("x", "y")])
    >>> sorted(found["a"]), sorted(found["y"])
    (['a', 'b', 'c'], ['x', 'y'])
    """
    circles: dict[str, set[str]] = {}
    for one, other in bonds:
        here, there = (circles.setdefault(firm, {firm}) for firm in (one, other))
        if here is not there:
            # The smaller joins the larger, so that long chains stay cheap.
            small, large = sorted((here, there), key=len)
            large |= small
            circles |= dict.fromkeys(small, large)
    frozen = {id(circle): frozenset(circle) for circle in circles.values()}
    return {firm: frozen[id(circle)] for firm, circle in circles.items()}


def _bonds(facts: Mapping[str, ir.Table], moments: Moments) -> set[tuple[str, str]]:
    if _GIVEN not in facts:
        return set()
    rows = guarantees(facts, moments)
    found = rows.filter(rows.live).to_pyarrow().to_pylist()
    return {(row["enterprise_id"], row["guaranteed_id"]) for row in found}
