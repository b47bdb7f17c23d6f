"""What products ask for beside the portrait, of one enterprise, from its facts."""

from collections.abc import Mapping
from datetime import date
from typing import Any

import ibis
import ibis.expr.types as ir

from xiaowei.desk.home import Home
from xiaowei.desk.knowledge import facts_held, known_facts
from xiaowei.money import Fen
from xiaowei.portraits.standing import current


def asked_of(home: Home, enterprise_id: str, *, as_of: date) -> dict[str, float | None]:
    """Return parks of the list that an enterprise sits in, and its orders in hand.

    Args:
        home: the workspace.
        enterprise_id: whose.
        as_of: the day.

    Returns:
        `listed_parks`: how many; null where nothing is known of its memberships, or no
        list of parks is held. `orders_in_hand`: fen of contracts signed by the day and
        not yet all delivered, the part of the time to come; null where it showed none.
    """
    told = known_facts(facts_held(home.lake), as_of=as_of)
    rows = {
        family: _rows(told[family], family, enterprise_id)
        for family in ("memberships", "order_claims")
        if family in told
    }
    return {
        "listed_parks": _listed(
            rows.get("memberships", []), _parks(home, as_of), as_of
        ),
        "orders_in_hand": _in_hand(rows.get("order_claims", []), as_of),
    }


def _rows(table: ir.Table, family: str, enterprise_id: str) -> list[dict[str, Any]]:
    mine = table.filter(table.enterprise_id == ibis.literal(enterprise_id))
    found: list[dict[str, Any]] = current(mine, family=family).to_pyarrow().to_pylist()
    return found


def _parks(home: Home, as_of: date) -> set[str] | None:
    if not home.lake.holds("parks"):
        return None
    parks = home.lake.facts("parks")
    known = parks.filter(parks.known_on <= ibis.literal(as_of)).park.to_pyarrow()
    return set(known.to_pylist())


def _listed(
    rows: list[dict[str, Any]], parks: set[str] | None, as_of: date
) -> float | None:
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


def _in_hand(rows: list[dict[str, Any]], as_of: date) -> float | None:
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
