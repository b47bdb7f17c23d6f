"""One enterprise's sales and electricity, and the sales that its electricity allows."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

import numpy as np

from xiaowei.portraits.moments import anchor_of
from xiaowei.verification.chances import Floats
from xiaowei.verification.electricity.elasticity import FLOOR, logs, usual_month
from xiaowei.verification.electricity.gaps import Gaps, gaps
from xiaowei.verification.electricity.movement import own_movements
from xiaowei.verification.electricity.panel import Flags, Panel, panel_of
from xiaowei.verification.finding import Case

COVERS: Final = 0.90
"""Share of honest months that the band is to hold."""

_NORMAL: Final = 1.645
_YEAR: Final = 12
_DRAWN: Final = 24
"""Months that are drawn: the longest window of `gaps.WINDOWS`, and some before it."""


@dataclass(frozen=True, slots=True)
class Month:
    """One month of an enterprise.

    Args:
        first: its first day.
        sales_fen: valid sales invoiced, with tax; null if not known.
        kwh: electricity used; null if not read in full.
        expected_fen: sales that the electricity gives reason for, at the firm's usual
            level and with what its trade and the weather move; null without
            electricity.
        low_fen: lower end of the band that holds nine in ten honest months.
        high_fen: upper end.
        judged: whether the month is of the window that was judged; the others are what
            it was judged by.
    """

    first: date
    sales_fen: int | None
    kwh: float | None
    expected_fen: int | None
    low_fen: int | None
    high_fen: int | None
    judged: bool

    @property
    def outside(self) -> bool:
        """Whether sales are above or below the band."""
        if self.sales_fen is None or self.low_fen is None or self.high_fen is None:
            return False
        return not self.low_fen <= self.sales_fen <= self.high_fen


def band_of(case: Case, enterprise_id: str) -> tuple[Month, ...]:
    """Return the months of an enterprise with the band of sales; none if not judged.

    Args:
        case: the facts of all, for the trade is what one is judged by.
        enterprise_id: whose.
    """
    rows = _rows(case)
    if enterprise_id not in rows:
        return ()
    panel = case.held("power_metered", lambda: metered(case))
    told = case.held("power_gaps", lambda: gaps_of(panel))
    low, middle, high = case.held("power_bands", lambda: bands(panel, told))
    row = rows[enterprise_id]
    if not told.judged[row]:
        return ()
    return tuple(
        Month(
            first=first,
            sales_fen=_whole(panel.sales[row, at]),
            kwh=None if np.isnan(panel.kwh[row, at]) else float(panel.kwh[row, at]),
            expected_fen=_whole(middle[row, at]),
            low_fen=_whole(low[row, at]),
            high_fen=_whole(high[row, at]),
            judged=at >= panel.sales.shape[1] - int(told.months[row]),
        )
        for at, first in enumerate(_firsts(case.as_of, panel.sales.shape[1]))
    )


def power_bands(case: Case) -> dict[str, tuple[Month, ...]]:
    """Return the last months of each enterprise asked for that was judged.

    Args:
        case: the facts of all.
    """
    drawn = {
        firm: band_of(case, firm)[-_DRAWN:]
        for firm in _rows(case)
        if case.asks_for(firm)
    }
    return {firm: months for firm, months in drawn.items() if months}


def metered(case: Case) -> Panel:
    """Return the panel of firms in whose trades output takes electricity."""
    panel = panel_of(case)
    return panel.of(panel.metered)


def gaps_of(panel: Panel) -> Gaps:
    """Return how far sales of each firm of a panel outran its electricity."""
    return gaps(
        panel.sales,
        panel.kwh,
        sections=panel.sections,
        divisions=panel.divisions,
        degrees=panel.degrees,
    )


def bands(panel: Panel, told: Gaps) -> tuple[Floats, Floats, Floats]:
    """Return the lower end, the middle and the upper end of the sales expected.

    Args:
        panel: of all firms.
        told: of the same firms.

    Returns:
        Shape: each one row per firm, one column per month; fen, or missing.
    """
    levels = logs(panel.sales)
    sold, mixed = own_movements(
        panel.sales, panel.kwh, sections=panel.sections, degrees=panel.degrees
    )
    place = np.arange(sold.shape[1])
    before = place < (sold.shape[1] - told.months)[:, None]
    both = before & ~np.isnan(sold) & ~np.isnan(mixed)
    steady = told.slope[:, None] * (mixed - _mean(mixed, both)) + _mean(sold, both)
    expected = levels - sold + steady
    usual = usual_month(panel.sales)
    low, high = _ends(sold - steady, told, both)
    lower = usual * np.exp(expected + low)
    # So little of a usual month counts as none, see `logs`.
    lower = np.where(lower <= FLOOR * usual, 0.0, lower)
    return lower, usual * np.exp(expected), usual * np.exp(expected + high)


def _ends(left: Floats, told: Gaps, before: Flags) -> tuple[Floats, Floats]:
    """Return how far below and above the middle nine in ten months of all firms lie.

    In units of each firm's own spread, for some months of all firms are without sales.
    """
    spread = told.residual_sd[:, None]
    known = (left / spread)[before & told.judged[:, None]]
    if not len(known):
        return -_NORMAL * spread, _NORMAL * spread
    low, high = np.quantile(known, ((1 - COVERS) / 2, (1 + COVERS) / 2))
    return spread * low, spread * high


def _mean(values: Floats, where: Flags) -> Floats:
    count = np.maximum(where.sum(axis=1), 1)
    whole = np.where(where, values, 0.0).sum(axis=1)
    return np.asarray((whole / count)[:, None], dtype=np.float64)


def _rows(case: Case) -> Mapping[str, int]:
    """Return the row of each firm in the panel; none where a source is lacking."""
    if not {"invoices", "electricity"} <= set(case.facts):
        return {}
    panel = case.held("power_metered", lambda: metered(case))
    return case.held(
        "power_rows", lambda: {firm: row for row, firm in enumerate(panel.firms)}
    )


def _firsts(as_of: date, months: int) -> Sequence[date]:
    last = anchor_of(as_of) - 1
    return [
        date(month // _YEAR, month % _YEAR + 1, 1)
        for month in range(last - months + 1, last + 1)
    ]


def _whole(value: float) -> int | None:
    return None if np.isnan(value) else round(float(value))
