"""Which firms stand and fall with a firm: its persons' others, and its guarantees."""

from collections.abc import Mapping
from datetime import date
from typing import Final

import ibis
import ibis.expr.types as ir

from xiaowei.portraits.moments import Moments
from xiaowei.portraits.traits.bureau import guarantees
from xiaowei.portraits.traits.links import kin

_OWNERS: Final = "owners"
_GIVEN: Final = "bureau_guarantees"


def fellows_of(
    facts: Mapping[str, ir.Table], enterprise_id: str, *, as_of: date
) -> set[str] | None:
    """Return the firms of a firm's group and circle of guarantees.

    Those its persons own, lead or control; then all whom guarantees join to it or to
    them, one after another and either way: where one of a circle (担保圈) falls, the
    next is called.

    Args:
        facts: a family's name to its facts known by the day, of those who agree.
        enterprise_id: whose.
        as_of: the day.

    Returns:
        Without the firm itself; None where nobody states its owners.
    """
    if _OWNERS not in facts:
        return None
    moments = Moments((as_of,))
    pairs = kin(facts, moments)
    mine = pairs.filter(pairs.enterprise_id == ibis.literal(enterprise_id))
    rows = mine.to_pyarrow().to_pylist()
    if not rows:
        return None
    linked = {row["other"] for row in rows if row["other"] is not None}
    return joined({enterprise_id, *linked}, bonds=_bonds(facts, moments)) - {
        enterprise_id
    }


def joined(firms: set[str], *, bonds: set[tuple[str, str]]) -> set[str]:
    """Return firms and all whom bonds join to them, however many steps away.

    Args:
        firms: from whom.
        bonds: who guarantees for whom.

    >>> sorted(joined({"a"}, bonds={("a", "b"), ("c", "b"), ("x", "y")}))
    ['a', 'b', 'c']
    """
    reached, fresh = set(firms), set(firms)
    while fresh:
        beside = {b for a, b in bonds if a in fresh} | {
            a for a, b in bonds if b in fresh
        }
        fresh = beside - reached
        reached |= fresh
    return reached


def _bonds(facts: Mapping[str, ir.Table], moments: Moments) -> set[tuple[str, str]]:
    if _GIVEN not in facts:
        return set()
    rows = guarantees(facts, moments)
    found = rows.filter(rows.live).to_pyarrow().to_pylist()
    return {(row["enterprise_id"], row["guaranteed_id"]) for row in found}
