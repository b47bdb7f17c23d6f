"""The facts known by a day in; what each enterprise's rights are worth to it out."""

from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final

import ibis.expr.types as ir
import numpy as np

from xiaowei.desk.knowledge import Portrayed
from xiaowei.industry.credibility import Floats
from xiaowei.industry.intellectual import Valuation, rights_rules, value_rights
from xiaowei.industry.rights import Event, Kind, rights_alive
from xiaowei.policy.book import Book
from xiaowei.portraits.standing import current

_FAMILY: Final = "intellectual_property"
_SEED: Final = 425


@dataclass(frozen=True, slots=True)
class Holding:
    """The rights of one enterprise.

    Args:
        kinds: kind to how many are alive.
        worth: a range, or the reason why there is none.
    """

    kinds: Mapping[Kind, int]
    worth: Valuation


def rights_of(
    told: Mapping[str, ir.Table], portrayed: Portrayed, *, book: Book, on: date
) -> dict[str, Holding]:
    """Return what the rights of each enterprise are worth.

    Every enterprise is valued by the same draws, so that which of two is worth more
    is no matter of chance, and one more enterprise changes no other's value.

    Args:
        told: the facts of each family known by the day.
        portrayed: the enterprises, with their sales.
        book: the bank's numbers.
        on: the day.
    """
    rules = rights_rules(book, on=on)
    events = _events(told)
    holdings = {}
    for firm in portrayed.sample.ids:
        alive = rights_alive(events.get(firm, ()), on=on)
        sales = portrayed.rows[firm]["sales_12m"]
        worth = value_rights(
            alive,
            sales_fen=None if sales is None else int(sales),
            rules=rules,
            on=on,
            generator=np.random.default_rng(_SEED),
        )
        kinds = Counter(right.kind for right in alive)
        holdings[firm] = Holding(dict(sorted(kinds.items())), worth)
    return holdings


def low_ends(holdings: Mapping[str, Holding], firms: tuple[str, ...]) -> Floats:
    """Return the low end of the value of each one's rights.

    Returns:
        Shape: fen, one per enterprise; NaN where there is no value.
    """
    lows = [holdings[firm].worth.low for firm in firms]
    return np.array([np.nan if low is None else float(low) for low in lows])


def _events(told: Mapping[str, ir.Table]) -> dict[str, list[Event]]:
    """Return what befell the rights of all enterprises, by one question."""
    if _FAMILY not in told:
        return {}
    rows = current(told[_FAMILY], family=_FAMILY).select(
        "enterprise_id", "right_no", "kind", "event", "happened_on", "amount_fen"
    )
    events: dict[str, list[Event]] = defaultdict(list)
    for row in rows.order_by(rows.columns).to_pyarrow().to_pylist():
        firm, day = row.pop("enterprise_id"), row.pop("happened_on")
        events[firm].append(Event(**row, day=day))
    return events
