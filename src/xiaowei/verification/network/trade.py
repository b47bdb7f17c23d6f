"""Invoices in; what enterprises sold to each other, pair by pair and day by day, out.

A counterparty is an enterprise if its code is one of those we hold, or if it was linked
to one (`facts.linkage`). The engine, DuckDB or Spark, adds invoices up into days; runs
of days become legs on one machine, in one order, so that both engines give the same.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, TypeAlias

import ibis
import ibis.expr.types as ir
import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from xiaowei.portraits.whole import added
from xiaowei.verification.finding import Case

Ints: TypeAlias = npt.NDArray[np.int64]
Floats: TypeAlias = npt.NDArray[np.float64]
Marks: TypeAlias = npt.NDArray[np.bool_]

LINKED: Final = "links"
"""The family of counterparties linked to enterprises, where there is one."""

GAP_DAYS: Final = 5
SPAN_DAYS: Final = 10
"""One delivery is invoiced over some days, for invoices have caps: days no further
apart than GAP_DAYS belong to one leg, and a leg lasts at most SPAN_DAYS."""

_EPOCH_DAYS: Final = 1 << 16
"""More than any day since 1970 that an invoice may bear."""

_SEEN: Final = "trade among enterprises"


@dataclass(frozen=True, slots=True)
class Legs:
    """Deliveries among enterprises, sorted by seller, first day and buyer.

    Args:
        names: of enterprises, sorted; all other columns hold places in it.
        seller: who sold.
        buyer: who bought.
        day: the first day, since 1970.
        net: fen without tax, above 0.
        tax: fen.
    """

    names: tuple[str, ...]
    seller: Ints
    buyer: Ints
    day: Ints
    net: Floats
    tax: Floats

    def __len__(self) -> int:
        """Count the legs."""
        return len(self.day)

    def taken(self, which: Ints | Marks) -> "Legs":
        """Return some of the legs."""
        return Legs(
            self.names,
            self.seller[which],
            self.buyer[which],
            self.day[which],
            self.net[which],
            self.tax[which],
        )


def traded(case: Case) -> ir.Table:
    """Return trade among enterprises, worked out once for all checks of a case.

    Returns:
        Shape: as of `trade`.
    """
    return case.once(_SEEN, lambda: trade(case.current("invoices"), case.facts))


def trade(invoices: ir.Table, facts: Mapping[str, ir.Table]) -> ir.Table:
    """Return what enterprises sold to each other per day.

    A day of a pair is what the seller's books tell of it or what the buyer's do,
    whichever is more. Voided invoices, red letters and what those reverse are left out,
    so that goods sent back are no trade in either direction.

    Args:
        invoices: as last stated.
        facts: by family; `enterprises` and `links` are looked at where they are held.

    Returns:
        Shape: one row per seller, buyer and day of trade; `happened_on`, `net_fen` and
        `tax_fen`.
    """
    ours = linked(invoices, facts)
    rows = _unreversed(ours.filter(ours.state == "valid"))
    sale = rows.direction == "sale"
    sided = rows.select(
        "happened_on",
        sale=sale,
        seller=ibis.ifelse(sale, rows.enterprise_id, rows.counterparty_id),
        buyer=ibis.ifelse(sale, rows.counterparty_id, rows.enterprise_id),
        net=rows.net_fen,
        tax=rows.tax_fen.fill_null(0),
    )
    keys = ["seller", "buyer", "happened_on"]
    books = sided.group_by([*keys, "sale"]).aggregate(
        net=added(sided.net), tax=added(sided.tax)
    )
    return books.group_by(keys).aggregate(
        net_fen=books.net.max(), tax_fen=books.tax.max()
    )


def linked(invoices: ir.Table, facts: Mapping[str, ir.Table]) -> ir.Table:
    """Return the invoices whose other side is another enterprise that we know.

    Returns:
        Shape: as `invoices`; `counterparty_id` is the enterprise's own code.
    """
    known = invoices.select("enterprise_id").distinct()
    if "enterprises" in facts:
        known = known.union(facts["enterprises"].select("enterprise_id"), distinct=True)
    they = known.view()
    if LINKED in facts:
        links = facts[LINKED]
        sure = links.filter(links.result == "linked").view()
        joined = invoices.left_join(
            sure, invoices.counterparty_id == sure.counterparty_id
        )
        invoices = joined.select(
            *[invoices[name] for name in invoices.columns if name != "counterparty_id"],
            counterparty_id=ibis.coalesce(sure.enterprise_id, invoices.counterparty_id),
        )
    other = invoices.filter(invoices.counterparty_id != invoices.enterprise_id)
    return other.semi_join(they, other.counterparty_id == they.enterprise_id)


def _unreversed(valid: ir.Table) -> ir.Table:
    """Return positive invoices that no red letter of the same size reverses.

    Of as many red letters as there are of a partner and amount, so many of the latest
    originals are taken off.
    """
    key = ["enterprise_id", "direction", "counterparty_id", "size"]
    sized = valid.mutate(size=valid.net_fen.abs())
    reds = sized.filter(sized.net_fen < 0).group_by(key).aggregate(reds=ibis._.count())
    blue = sized.filter(sized.net_fen > 0)
    other = reds.view()
    same = [blue[name] == other[name] for name in key]
    touched = blue.join(other, same).select(
        *[blue[name] for name in blue.columns], reds=other.reds
    )
    latest = [ibis.desc("happened_on"), "invoice_no", "file", "line"]
    place = ibis.row_number().over(ibis.window(group_by=key, order_by=latest))
    left = touched.mutate(place=place).filter(ibis._.place >= ibis._.reds)
    return blue.anti_join(other, same).union(left.select(*blue.columns))


def legs(days: pa.Table, *, least_fen: int) -> Legs:
    """Return trade as legs: days of a pair that belong to one delivery.

    Args:
        days: as of `trade`.
        least_fen: smaller legs are left out.
    """
    seller, buyer = (pc.cast(days[name], pa.string()) for name in ("seller", "buyer"))
    names = pc.unique(pa.chunked_array([*seller.chunks, *buyer.chunks], pa.string()))
    names = names.take(pc.sort_indices(names))
    s, b = (pc.index_in(side, names).to_numpy() for side in (seller, buyer))
    day = pc.cast(days["happened_on"], pa.int32()).to_numpy().astype(np.int64)
    s, b = s.astype(np.int64), b.astype(np.int64)
    order = np.lexsort((day, b, s))
    s, b, day = s[order], b[order], day[order]
    starts = _starts(s, b, day)
    net, tax = (
        np.add.reduceat(days[name].to_numpy()[order].astype(np.float64), starts)
        if len(starts)
        else np.zeros(0)
        for name in ("net_fen", "tax_fen")
    )
    found = Legs(
        tuple(names.to_pylist()), s[starts], b[starts], day[starts], net, tax
    ).taken(net >= least_fen)
    return found.taken(np.lexsort((found.buyer, found.day, found.seller)))


def _starts(s: Ints, b: Ints, day: Ints) -> Ints:
    """Return where each leg begins among days sorted by pair and day."""
    if not len(day):
        return np.zeros(0, dtype=np.int64)
    fresh = np.ones(len(day), dtype=np.bool_)
    fresh[1:] = (np.diff(s) != 0) | (np.diff(b) != 0) | (np.diff(day) > GAP_DAYS)
    run = np.flatnonzero(fresh)
    since = day - np.repeat(day[run], np.diff(np.append(run, len(day))))
    part = since // SPAN_DAYS
    fresh[1:] |= np.diff(part) != 0
    return np.flatnonzero(fresh)


def onward(legs: Legs) -> Ints:
    """Return keys that find what a firm sold from a day on, sorted as the legs are."""
    return legs.seller * _EPOCH_DAYS + legs.day


def key_of(firm: Ints, day: Ints) -> Ints:
    """Return keys of firms and days among those of `onward`."""
    return firm * _EPOCH_DAYS + day
