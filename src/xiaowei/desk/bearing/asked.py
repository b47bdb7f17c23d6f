"""What products ask for beside the portrait, of many enterprises, from their facts."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final, TypeAlias

import ibis.expr.types as ir

from xiaowei.money import Fen
from xiaowei.portraits.plan import Rows, anew, of_firms
from xiaowei.portraits.standing import current

FAMILIES: Final = ("memberships", "order_claims", "parks")

_Told: TypeAlias = Sequence[Mapping[str, Any]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What is known of many enterprises for what products ask beside the portrait.

    Args:
        memberships: enterprise to its rows.
        orders: likewise.
        parks: of the region's list; None where none is held.
        as_of: the day.
    """

    memberships: Mapping[str, _Told]
    orders: Mapping[str, _Told]
    parks: frozenset[str] | None
    as_of: date

    def of(self, enterprise_id: str) -> dict[str, float | None]:
        """Return parks of the list that an enterprise sits in, and its orders in hand.

        Args:
            enterprise_id: whose.

        Returns:
            `listed_parks`: how many; null where nothing is known of its memberships,
            or no list of parks is held. `orders_in_hand`: fen of contracts signed by
            the day and not yet all delivered, the part of the time to come; null where
            it showed none.
        """
        member = self.memberships.get(enterprise_id, ())
        return {
            "listed_parks": _listed(member, self.parks, self.as_of),
            "orders_in_hand": _in_hand(self.orders.get(enterprise_id, ()), self.as_of),
        }


def asked_of(
    told: Mapping[str, ir.Table],
    enterprises: Sequence[str] | None,
    *,
    as_of: date,
    parks: frozenset[str] | None,
    rows: Rows = anew,
) -> Asked:
    """Return what products ask of enterprises beside the portrait.

    Args:
        told: a family's name to its facts known by the day, of those who agree.
        enterprises: whose; None for all that the facts are of.
        as_of: the day.
        parks: of the region's list, see `parks_in`.
        rows: by which facts are read.
    """

    def by_firm(family: str) -> dict[str, list[dict[str, Any]]]:
        found: dict[str, list[dict[str, Any]]] = defaultdict(list)
        if family in told:
            for row in rows(
                family,
                lambda: current(of_firms(told[family], enterprises), family=family),
            ):
                found[row["enterprise_id"]].append(row)
        return found

    return Asked(
        memberships=by_firm("memberships"),
        orders=by_firm("order_claims"),
        parks=parks,
        as_of=as_of,
    )


def parks_in(told: Mapping[str, ir.Table]) -> frozenset[str] | None:
    """Return the parks of the region's list; None where none is held.

    Args:
        told: a family's name to its facts known by the day.
    """
    if "parks" not in told:
        return None
    return frozenset(told["parks"].park.to_pyarrow().to_pylist())


def _listed(rows: _Told, parks: frozenset[str] | None, as_of: date) -> float | None:
    if parks is None or not rows:
        return None
    sits = {
        row["body"]
        for row in rows
        if row["kind"] == "park"
        and row["happened_on"] <= as_of
        and (row["until_on"] is None or row["until_on"] > as_of)
    }
    return float(len(sits & parks))


def _in_hand(rows: _Told, as_of: date) -> float | None:
    if not rows:
        return None
    return float(sum(_left(row, as_of) for row in rows))


def _left(row: Mapping[str, Any], as_of: date) -> Fen:
    """Return the part of an order that falls on days to come.

    What was delivered of one order is in no source, so the days of delivery are taken
    to be alike.
    """
    start, end = row["starts_on"] or row["happened_on"], row["due_on"]
    if end is None or end <= as_of:
        return 0
    days: int = max((end - start).days, 1)
    left: int = min((end - as_of).days, days)
    amount: Fen = row["amount_fen"]
    return amount * left // days
