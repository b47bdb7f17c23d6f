"""Electricity and sales of every metered firm, month beside month."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

import ibis.expr.types as ir
import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from xiaowei.portraits.moments import anchor_of, months_ago
from xiaowei.verification.chances import Floats
from xiaowei.verification.electricity.weather import degrees_of
from xiaowei.verification.finding import Case
from xiaowei.verification.months import SPAN, months_of

Flags = NDArray[np.bool_]

METERED: Final = ("A", "B", "C", "D")
"""Sections of GB/T 4754 whose output takes electricity; for others, shops, carriers and
offices, the meter says nothing of sales."""

_WH: Final = 1000.0
_READ_BY_DAY: Final = 4
"""A meter with as many readings in some month is read by day."""
_LEAST_DAYS: Final = 20
_LATE: Final = 2
"""A meter not read for so many months to the last may be read yet; a longer silence
means that it was taken away."""


@dataclass(frozen=True, slots=True)
class Panel:
    """What is known of firms that have both readings and sales.

    Args:
        firms: enterprises, in rising order.
        industries: of each, by GB/T 4754; empty where not known.
        sales: Shape: one row per firm, one column per month, the oldest first; fen.
        kwh: the same; missing for a month not read in full.
        kva: capacity of each firm's meters under contract, or missing.
        shared: whether a meter of the firm is shared with others.
        own_power: whether the firm has power that the meter does not see.
        degrees: Shape: (firms, months, 2); how hot and how cold each month was there,
            see `degrees_of`.
    """

    firms: tuple[str, ...]
    industries: tuple[str, ...]
    sales: Floats
    kwh: Floats
    kva: Floats
    shared: Flags
    own_power: Flags
    degrees: Floats

    @property
    def sections(self) -> list[str]:
        """The section of each firm."""
        return [industry[:1] for industry in self.industries]

    @property
    def divisions(self) -> list[str]:
        """The division of each firm, with the letter of its section."""
        return [industry[:3] for industry in self.industries]

    @property
    def metered(self) -> Flags:
        """Whether output of a firm's trade takes electricity; true if not known."""
        return np.array(
            [not one or one.startswith(METERED) for one in self.industries], np.bool_
        )

    def of(self, which: Flags) -> "Panel":
        """Return the panel of some firms."""
        places = np.flatnonzero(which)
        return Panel(
            firms=tuple(self.firms[place] for place in places),
            industries=tuple(self.industries[place] for place in places),
            sales=self.sales[places],
            kwh=self.kwh[places],
            kva=self.kva[places],
            shared=self.shared[places],
            own_power=self.own_power[places],
            degrees=self.degrees[places],
        )


def panel_of(case: Case) -> Panel:
    """Return the panel of a case, worked out for the first check that asks."""
    return case.held("power", lambda: _panel(case))


def _panel(case: Case) -> Panel:
    months = months_of(case)
    read = np.unique(_read(case)["enterprise_id"].to_numpy(zero_copy_only=False))
    sold = np.asarray(months.firms, dtype=object)
    sales = months.of("sales")
    known = ~np.isnan(sales).all(axis=1) & np.isin(sold, read)
    firms = tuple(str(firm) for firm in sold[known])
    kva, shared, own = meters_of(case, firms)
    return Panel(
        firms,
        tuple(case.industries.get(firm, "") for firm in firms),
        sales[known],
        power_of(_read(case), firms=firms, as_of=case.as_of),
        kva,
        shared,
        own,
        degrees_of(case, firms),
    )


def _read(case: Case) -> pa.Table:
    return case.held("readings", lambda: _by_meter(case).to_pyarrow())


def _by_meter(case: Case) -> ir.Table:
    """Return watt-hours of each meter and month, and on how many days it was read."""
    facts = case.current("electricity")
    rows = facts.select(
        "enterprise_id",
        "meter",
        "happened_on",
        ago=months_ago(facts.happened_on, as_of=case.as_of),
        wh=(facts.kwh * _WH).round().cast("int64"),
    )
    sums = rows.group_by(["enterprise_id", "meter", "ago"]).aggregate(
        days=rows.happened_on.nunique().cast("int64"),
        wh=rows.wh.sum().cast("int64"),
    )
    return sums.filter(sums.ago.between(0, SPAN - 1))


def power_of(read: pa.Table, *, firms: Sequence[str], as_of: date) -> Floats:
    """Return what firms used each month; a month not read in full is missing.

    Days that a daily meter lacks are taken to be like the days it has, if it has most
    of them. A firm's month is known if every meter in use then was read.

    Args:
        read: Shape: one row per meter and month; `enterprise_id`, `meter`, `ago`,
            `days` with a reading, `wh`.
        firms: whose, in rising order.
        as_of: the day; month 0 is the last complete by then.

    Returns:
        Shape: one row per firm, one column per month, the oldest first; kWh.
    """
    matrix = np.full((len(firms), SPAN), np.nan)
    if not read.num_rows or not firms:
        return matrix
    firm = np.asarray(read["enterprise_id"].to_pylist(), dtype=np.str_)
    named = np.char.add(np.char.add(firm, "\n"), _texts(read["meter"]))
    meters, meter = np.unique(named, return_inverse=True)
    month = SPAN - 1 - np.asarray(read["ago"].to_numpy(), dtype=np.int64)
    days = np.zeros((len(meters), SPAN))
    used = np.full((len(meters), SPAN), np.nan)
    days[meter, month] = read["days"].to_numpy()
    used[meter, month] = read["wh"].to_numpy() / _WH
    daily = days.max(axis=1) >= _READ_BY_DAY
    lengths = _lengths(as_of)
    scaled = used * lengths / np.maximum(days, 1.0)
    enough = days >= np.minimum(_LEAST_DAYS, lengths)
    used = np.where(daily[:, None], np.where(enough, scaled, np.nan), used)
    owner = np.empty(len(meters), dtype=firm.dtype)
    owner[meter] = firm
    row = np.searchsorted(np.asarray(firms, dtype=np.str_), owner)
    row = np.minimum(row, len(firms) - 1)
    ours = np.asarray(firms, dtype=np.str_)[row] == owner
    return _summed(used[ours], _in_use(days[ours] > 0), row[ours], count=len(firms))


def _summed(
    used: Floats, in_use: Flags, row: NDArray[np.int64], *, count: int
) -> Floats:
    total, lacking, some = (np.zeros((count, SPAN)) for _ in range(3))
    np.add.at(total, row, np.where(in_use, np.nan_to_num(used), 0.0))
    np.add.at(lacking, row, in_use & np.isnan(used))
    np.add.at(some, row, in_use)
    return np.where((some > 0) & (lacking == 0), total, np.nan)


def _in_use(read: Flags) -> Flags:
    """Return in which months a meter was there: from its first reading to its last."""
    begun = np.maximum.accumulate(read, axis=1)
    going = np.maximum.accumulate(read[:, ::-1], axis=1)[:, ::-1]
    late = np.asarray(read[:, SPAN - 1 - _LATE :].any(axis=1), dtype=np.bool_)
    return np.asarray(begun & (going | late[:, None]), dtype=np.bool_)


def _lengths(as_of: date) -> Floats:
    """Return the days of each month."""
    last = np.datetime64("0000-01", "M") + (anchor_of(as_of) - 1)
    months = last - np.arange(SPAN)[::-1]
    days = (months + 1).astype("datetime64[D]") - months.astype("datetime64[D]")
    return np.asarray(days.astype(np.float64))


def _texts(column: pa.ChunkedArray) -> NDArray[np.str_]:
    return np.asarray(column.fill_null("").to_pylist(), dtype=np.str_)


def meters_of(case: Case, firms: Sequence[str]) -> tuple[Floats, Flags, Flags]:
    """Return the capacity of firms' meters, and whether any is shared or not alone.

    Args:
        case: the facts known by the day.
        firms: whose.

    Returns:
        kVA under contract, missing where not known or none; whether a meter is shared;
        whether there is power that no meter sees. Shape: one per firm each.
    """
    place = {firm: n for n, firm in enumerate(firms)}
    kva = np.full(len(firms), np.nan)
    shared, own = (np.zeros(len(firms), dtype=np.bool_) for _ in range(2))
    if "meters" not in case.facts:
        return kva, shared, own
    rows = case.current("meters")
    sums = rows.group_by("enterprise_id").aggregate(
        kva=rows.capacity_kva.sum(),
        shared=(rows.shared == "yes").any().fill_null(False),  # noqa: FBT003
        own=(rows.own_power == "yes").any().fill_null(False),  # noqa: FBT003
    )
    for row in sums.to_pyarrow().to_pylist():
        at = place.get(row["enterprise_id"])
        if at is not None:
            kva[at] = row["kva"] or np.nan
            shared[at], own[at] = row["shared"], row["own"]
    return kva, shared, own
