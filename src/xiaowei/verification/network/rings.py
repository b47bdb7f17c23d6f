"""The circles of a case by name, with their legs: for words and for a drawing."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

import ibis
import ibis.expr.types as ir
import numpy as np
import pyarrow as pa

from xiaowei.verification.finding import Case
from xiaowei.verification.network.circles import NONE, USUAL, Circles, circles
from xiaowei.verification.network.kinship import owner_groups
from xiaowei.verification.network.trade import Ints, Legs, Marks, legs, traded

_SEEN: Final = "circles of trade"
_COLUMNS: Final = pa.schema(
    {
        "circle": pa.int64(),
        "month": pa.int64(),
        "at": pa.int64(),
        "seller": pa.string(),
        "buyer": pa.string(),
        "happened_on": pa.date32(),
        "net_fen": pa.int64(),
        "tax_fen": pa.int64(),
        "one_group": pa.bool_(),
    }
)


@dataclass(frozen=True, slots=True)
class Leg:
    """One delivery of a circle.

    Args:
        seller: who sold.
        buyer: who bought.
        on: the first day of its invoices.
        net_fen: without tax.
        tax_fen: the tax.
    """

    seller: str
    buyer: str
    on: date
    net_fen: int
    tax_fen: int


@dataclass(frozen=True, slots=True)
class Circle:
    """A circle of firms, for words and for a drawing.

    Args:
        firms: in the order of trade, beginning with the first seller; the last sells to
            the first.
        legs: of the last month in which it went round, in the order of time.
        months: first days of the months in which it went round.
        first_fen: the first leg of each of these months, added up.
        one_group: whether all firms are of one group of owners.
    """

    firms: tuple[str, ...]
    legs: tuple[Leg, ...]
    months: tuple[date, ...]
    first_fen: int
    one_group: bool

    @property
    def kept(self) -> float:
        """Return the last leg as a share of the first."""
        return self.legs[-1].net_fen / self.legs[0].net_fen

    @property
    def days(self) -> int:
        """Return how many days lie between the first leg and the last."""
        return (self.legs[-1].on - self.legs[0].on).days


@dataclass(frozen=True, slots=True)
class Sought:
    """What the search for circles came to, by place.

    Args:
        legs: of trade among enterprises.
        found: the rounds.
        groups: of owners, a number for each enterprise.
    """

    legs: Legs
    found: Circles
    groups: Ints

    def one_group(self, members: Ints) -> Marks:
        """Return which circles lie within one group of owners: its treasury."""
        group = np.where(members == NONE, NONE, self.groups[members])
        same = (group == group[:, :1]) | (members == NONE)
        return np.asarray(same.all(axis=1), dtype=np.bool_)


def sought(case: Case) -> Sought:
    """Return what the search for circles comes to; its rounds are kept for words."""
    trade = legs(traded(case).to_pyarrow(), least_fen=USUAL.least_fen)
    found = Sought(trade, circles(trade), owner_groups(case, trade.names))
    case.once(_SEEN, lambda: ibis.memtable(_table(found)))
    return found


def circles_of(case: Case, enterprise_id: str) -> tuple[Circle, ...]:
    """Return the circles an enterprise is a member of, the most frequent first.

    Args:
        case: with `invoices`; `owners` and `enterprises` where they are held.
        enterprise_id: whose.
    """
    return circles_by(case, [enterprise_id]).get(enterprise_id, ())


def circles_by(case: Case, enterprises: list[str]) -> Mapping[str, tuple[Circle, ...]]:
    """Return the circles of some enterprises, the most frequent first of each.

    Args:
        case: as of `circles_of`.
        enterprises: whose; those in no circle are left out.
    """
    rows = _rows(case)
    mine = rows.filter(rows.seller.isin(enterprises)).select("circle").distinct()
    every = rows.semi_join(mine, "circle").order_by("circle", "month", "at")
    rounds: dict[int, list[dict[str, Any]]] = defaultdict(list)
    for row in every.to_pyarrow().to_pylist():
        rounds[row["circle"]].append(row)
    found = [_circle(legs_of) for legs_of in rounds.values()]
    found.sort(key=lambda one: (-len(one.months), -len(one.firms), one.firms))
    return {
        firm: mine
        for firm in enterprises
        if (mine := tuple(one for one in found if firm in one.firms))
    }


def _rows(case: Case) -> ir.Table:
    """Return the legs of all rounds."""

    def made() -> ir.Table:
        trade = legs(traded(case).to_pyarrow(), least_fen=USUAL.least_fen)
        groups = owner_groups(case, trade.names)
        return ibis.memtable(_table(Sought(trade, circles(trade), groups)))

    return case.once(_SEEN, made)


def _table(seen: Sought) -> pa.Table:
    """Return the legs of all rounds, one row each. Shape: see _COLUMNS."""
    found, trade = seen.found, seen.legs
    fresh = np.ones(len(found), dtype=np.int64)
    fresh[1:] = (found.members[1:] != found.members[:-1]).any(axis=1)
    steps = in_time(trade, found)
    row, at = np.nonzero(steps != NONE)
    step = steps[row, at]
    names = pa.array(trade.names, pa.string())
    return pa.table(
        {
            "circle": np.cumsum(fresh)[row],
            "month": found.month[row],
            "at": at,
            "seller": names.take(pa.array(trade.seller[step])),
            "buyer": names.take(pa.array(trade.buyer[step])),
            "happened_on": pa.array(trade.day[step].astype(np.int32)).cast(pa.date32()),
            "net_fen": trade.net[step].astype(np.int64),
            "tax_fen": trade.tax[step].astype(np.int64),
            "one_group": seen.one_group(found.members)[row],
        },
        schema=_COLUMNS,
    )


def in_time(trade: Legs, found: Circles) -> Ints:
    """Return the legs of each round in the order of time, NONE after the last."""
    steps = np.full_like(found.steps, NONE)
    for legs_of in np.unique(found.length).tolist():
        rows = np.flatnonzero(found.length == legs_of)
        mine = found.steps[rows, :legs_of]
        days = trade.day[mine]
        # Time goes back only between the last leg and the first.
        first = (days - np.roll(days, 1, axis=1)).argmin(axis=1)
        places = (first[:, np.newaxis] + np.arange(legs_of)) % legs_of
        steps[rows, :legs_of] = np.take_along_axis(mine, places, axis=1)
    return steps


def _circle(rows: list[dict[str, Any]]) -> Circle:
    """Return a circle of its rounds' legs, which are in the order of time."""
    last = [row for row in rows if row["month"] == rows[-1]["month"]]
    first = [row for row in rows if row["at"] == 0]
    return Circle(
        firms=tuple(row["seller"] for row in last),
        legs=tuple(
            Leg(
                seller=row["seller"],
                buyer=row["buyer"],
                on=row["happened_on"],
                net_fen=row["net_fen"],
                tax_fen=row["tax_fen"],
            )
            for row in last
        ),
        months=tuple(
            date(1970 + row["month"] // 12, row["month"] % 12 + 1, 1) for row in first
        ),
        first_fen=sum(row["net_fen"] for row in first),
        one_group=rows[0]["one_group"],
    )
