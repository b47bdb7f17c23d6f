"""What a firm's months tell of its level, season and noise, and what its trade's do."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from xiaowei.offers.limits.assumptions import Assumptions
from xiaowei.offers.limits.history import History
from xiaowei.offers.limits.season import COLUMNS, MONTHS, Floats, columns, fitted

_TWO_YEARS: Final = 24
_STEADIEST: Final = 0.8
_LEAST_FIRMS: Final = 3
_DUST: Final = 1e-12


@dataclass(frozen=True, slots=True, kw_only=True)
class Norms:
    """How money moves in a trade; what a short history is drawn towards.

    Args:
        firms: how many firms tell it; 0 where the policy's numbers stand in.
        season_in: Shape: (COLUMNS,); receipts over their year's mean, less 1.
        season_out: Shape: (COLUMNS,); payments over mean receipts, about their mean.
        growth: yearly growth of receipts, natural logarithm.
        growth_spread: its standard deviation among firms.
        noise: standard deviation of a month's net flow over mean receipts.
        persistence: its autocorrelation from month to month, 0..0.8.
        upkeep_high: upkeep over receipts of its dearer firms (three in four have
            less); NaN where unknown.
    """

    firms: int
    season_in: Floats
    season_out: Floats
    growth: float
    growth_spread: float
    noise: float
    persistence: float
    upkeep_high: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Habits:
    """How a firm's own money moves, apart from its season.

    Args:
        scale: mean monthly receipts of the last year, fen.
        outgo: payments over receipts, all but loans and the owner.
        varying: share of payments that follows sales.
        growth: growth of the last year over the one before, natural logarithm; NaN
            where fewer than two years are known.
        receipts: Shape: (months,); receipts over their year's mean, less 1.
        payments: Shape: (months,); payments over the year's mean receipts.
    """

    scale: float
    outgo: float
    varying: float
    growth: float
    receipts: Floats
    payments: Floats


def habits_of(history: History) -> Habits | None:
    """Return how a firm's money moves; null where nothing came in the last year.

    Args:
        history: its months.
    """
    level = _year_means(history.received)
    scale = float(level[-1]) if len(level) else 0.0
    if scale <= 0 or not (level > 0).all():
        return None
    payments = history.paid / level
    lately = slice(-_TWO_YEARS, None)
    spent = float(history.paid[lately].sum())
    return Habits(
        scale=scale,
        outgo=float(payments[lately].mean()),
        varying=float(history.varying[lately].sum()) / spent if spent else 1.0,
        growth=_growth(history.received),
        receipts=history.received / level - 1,
        payments=payments,
    )


def norms_of(peers: Sequence[History], *, assumed: Assumptions) -> Norms:
    """Return how money moves in a trade, by the accounts of its firms.

    Args:
        peers: firms of the trade; those told by invoices, too short or without
            receipts are passed over. Fewer than 3 tell nothing: the policy's numbers
            stand in.
        assumed: the policy's numbers.
    """
    told = [
        (history, habits)
        for history in peers
        if history.source == "bank" and history.months >= MONTHS
        if (habits := habits_of(history)) is not None
    ]
    if len(told) < _LEAST_FIRMS:
        return _assumed(assumed)
    tables = [columns(one.first, months=one.months) for one, _ in told]
    table, years = np.vstack(tables), assumed.twin_season_years
    flat = np.zeros(COLUMNS)
    season_in = fitted(
        table, np.concatenate([h.receipts for _, h in told]), years=years, centre=flat
    )
    season_out = fitted(
        table,
        np.concatenate([h.payments - h.outgo for _, h in told]),
        years=years,
        centre=flat,
    )
    left = [
        residuals(h, one_table, season_in=season_in, season_out=season_out)
        for (_, h), one_table in zip(told, tables, strict=True)
    ]
    growths = np.array([h.growth for _, h in told if not math.isnan(h.growth)])
    enough = len(growths) >= _LEAST_FIRMS
    upkeep = [float(h.upkeep.sum() / h.received.sum()) for h, _ in told]
    return Norms(
        firms=len(told),
        season_in=season_in,
        season_out=season_out,
        growth=float(np.median(growths)) if enough else assumed.twin_growth_usual,
        growth_spread=float(growths.std(ddof=1))
        if enough
        else assumed.twin_growth_spread,
        noise=math.sqrt(float(np.median([(one**2).mean() for one in left]))),
        persistence=float(np.mean([persistence(one) for one in left])),
        upkeep_high=float(np.quantile(upkeep, 0.75)),
    )


def residuals(
    habits: Habits, table: Floats, *, season_in: Floats, season_out: Floats
) -> Floats:
    """Return what of each month's net flow neither level nor season explains.

    Args:
        habits: of the firm.
        table: Shape: (months, COLUMNS); its months.
        season_in: of receipts.
        season_out: of payments.

    Returns:
        Shape: (months,); over the year's mean receipts.
    """
    net = 1 + habits.receipts - habits.payments
    expected = 1 - habits.outgo + table @ (season_in - season_out)
    return np.asarray(net - expected)


def persistence(left: Floats) -> float:
    """Return the autocorrelation of residuals from one month to the next, 0..0.8."""
    about = left - left.mean()
    whole = float((about**2).sum())
    # What rounding leaves of months that are all alike has a course, but no meaning.
    if len(left) < _LEAST_FIRMS or whole <= _DUST * len(left):
        return 0.0
    return min(max(float((about[1:] * about[:-1]).sum()) / whole, 0.0), _STEADIEST)


def _assumed(assumed: Assumptions) -> Norms:
    return Norms(
        firms=0,
        season_in=np.zeros(COLUMNS),
        season_out=np.zeros(COLUMNS),
        growth=assumed.twin_growth_usual,
        growth_spread=assumed.twin_growth_spread,
        noise=assumed.twin_noise_usual,
        persistence=assumed.twin_persistence_usual,
        upkeep_high=math.nan,
    )


def _year_means(received: Floats) -> Floats:
    """Return the mean of the year about each month.

    Near the ends it is that of the first or last whole year, so that no season is taken
    for a level.
    """
    count = len(received)
    wide = min(MONTHS, count)
    sums = np.concatenate([[0.0], np.cumsum(received)])
    starts = np.clip(np.arange(count) - wide // 2, 0, count - wide)
    return np.asarray((sums[starts + wide] - sums[starts]) / max(wide, 1))


def _growth(received: Floats) -> float:
    if len(received) < _TWO_YEARS:
        return math.nan
    now = float(received[-MONTHS:].sum())
    before = float(received[-_TWO_YEARS:-MONTHS].sum())
    return math.log(now / before) if now > 0 and before > 0 else math.nan
