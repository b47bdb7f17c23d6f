"""What surrounds the county: regimes, shocks of a trade, base rate, and weather."""

from dataclasses import dataclass
from datetime import date
from typing import Final, Literal

import numpy as np

from xiaowei.simulate.arrays import Floats, Ints, wander
from xiaowei.simulate.firms import DAYS_A_YEAR
from xiaowei.simulate.seasons import Days
from xiaowei.simulate.trades import TRADES

Regime = Literal["expansion", "slowdown", "shock"]

REGIMES: Final[tuple[Regime, ...]] = ("expansion", "slowdown", "shock")
EPIDEMIC: Final = (date(2020, 2, 1), date(2020, 5, 1))
"""Months that are a shock in every county that lives through them."""

_STAYS: Final = (0.955, 0.93, 0.65)
_NEXT: Final = ((0.0, 0.85, 0.15), (0.8, 0.0, 0.2), (0.3, 0.7, 0.0))
_LEVEL: Final = (0.03, -0.07, -0.28)
_PACE: Final = 1 / 25
_SECTOR_SHOCKS_A_YEAR: Final = 0.12
_SECTOR_SHOCK: Final = (-0.4, 0.15)
_SECTOR_MONTHS: Final = (4, 12)
_EPIDEMIC_SHOPS: Final = -0.35
_MEAN_WARMTH: Final = 16.8
_WARMTH_SWING: Final = 12.3
_COLDEST_DAY: Final = 23
_WEATHER_SD: Final = 2.5
_WEATHER_DAYS: Final = 5
_BASE_RATES: Final = (
    (date(2010, 1, 1), 0.0556),
    (date(2012, 7, 6), 0.0575),
    (date(2014, 11, 22), 0.0535),
    (date(2015, 10, 24), 0.0435),
    (date(2019, 8, 20), 0.0425),
    (date(2020, 4, 20), 0.0385),
    (date(2022, 1, 20), 0.0370),
    (date(2022, 8, 22), 0.0365),
    (date(2023, 8, 21), 0.0345),
    (date(2024, 7, 22), 0.0335),
    (date(2024, 10, 21), 0.0310),
    (date(2025, 5, 20), 0.0300),
)
"""Day since which the rate of one-year loans stood so: LPR1Y, before it the benchmark.

Before 2019-08 the county keeps a simple path near the benchmark of those years.
"""


@dataclass(frozen=True, slots=True)
class Climate:
    """What is common to all firms.

    Args:
        regime: place in `REGIMES` of each month.
        common: log effect on orders of every day.
        trades: log effect on orders; one row per day, one column per trade.
        base_rate: yearly rate of a one-year loan of the best, day by day.
        warmth: mean temperature of each day, in degrees Celsius.
    """

    regime: Ints
    common: Floats
    trades: Floats
    base_rate: Floats
    warmth: Floats


def draw_climate(days: Days, *, rng: np.random.Generator) -> Climate:
    """Draw what the county lives through.

    Args:
        days: the days.
        rng: where chance comes from; all districts of a county share it.
    """
    starts = [days.date_of(days.month_start(month)) for month in range(days.months)]
    regime = _regimes(starts, rng=rng)
    level = np.array(_LEVEL)[regime][days.month]
    sectors = np.zeros((days.months, len(TRADES)))
    for place in range(len(TRADES)):
        for month in range(days.months):
            if rng.random() < _SECTOR_SHOCKS_A_YEAR / 12:
                until = month + int(rng.integers(*_SECTOR_MONTHS))
                sectors[month:until, place] += rng.uniform(*_SECTOR_SHOCK)
    shops = [trade.rhythm == "shop" for trade in TRADES]
    epidemic = [EPIDEMIC[0] <= start < EPIDEMIC[1] for start in starts]
    sectors[np.ix_(epidemic, shops)] += _EPIDEMIC_SHOPS
    return Climate(
        regime=regime,
        common=_followed(level[:, None])[:, 0],
        trades=_followed(sectors[days.month]),
        base_rate=_base_rates(days),
        warmth=_warmth(days, rng=rng),
    )


def _regimes(starts: list[date], *, rng: np.random.Generator) -> Ints:
    now = int(rng.integers(2))
    path = []
    for start in starts:
        if rng.random() >= _STAYS[now]:
            now = int(rng.choice(len(REGIMES), p=_NEXT[now]))
        if EPIDEMIC[0] <= start < EPIDEMIC[1]:
            now = REGIMES.index("shock")
        path.append(now)
    return np.array(path, dtype=np.int64)


def _followed(level: Floats) -> Floats:
    """Return a path that follows a level within weeks."""
    path = np.empty_like(level)
    now = level[0]
    for day in range(len(level)):
        now = now + (level[day] - now) * _PACE
        path[day] = now
    return path


def _warmth(days: Days, *, rng: np.random.Generator) -> Floats:
    year = np.array(
        [days.date_of(day).timetuple().tm_yday for day in range(days.count)]
    )
    usual = _WARMTH_SWING * np.cos(2 * np.pi * (year - _COLDEST_DAY) / DAYS_A_YEAR)
    swing = np.array([_WEATHER_SD])
    strays = wander((days.count, 1), memory=_WEATHER_DAYS, swing=swing, rng=rng)
    return np.asarray(_MEAN_WARMTH - usual + strays[:, 0], dtype=np.float64)


def _base_rates(days: Days) -> Floats:
    since = np.array([(day - days.first).days for day, _ in _BASE_RATES])
    held = np.searchsorted(since, np.arange(days.count), side="right") - 1
    return np.array([rate for _, rate in _BASE_RATES])[held]
