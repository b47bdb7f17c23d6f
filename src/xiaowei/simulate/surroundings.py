"""What surrounds firms: series with the days they were published, and parks."""

from typing import TYPE_CHECKING, Final

import numpy as np
import pyarrow as pa

from xiaowei.facts.sources import PARKS as PARK_SOURCE
from xiaowei.facts.sources import SERIES
from xiaowei.simulate.climate import Climate
from xiaowei.simulate.columns import counts, dates, numbers, picked
from xiaowei.simulate.firms import PARKS
from xiaowei.simulate.observed import Book
from xiaowei.simulate.places import COUNTY
from xiaowei.simulate.seasons import Days
from xiaowei.simulate.trades import TRADES

if TYPE_CHECKING:
    from xiaowei.simulate.arrays import Floats, Ints

LPR: Final = "LPR1Y"
PMI: Final = "PMI"
INDUSTRY: Final = "INDUSTRY"
TEMPERATURE: Final = "TEMPERATURE"
_PUBLISHED_AFTER: Final = (8, 18)
_REVISED_AFTER_MONTHS: Final = 3
_REVISED_BY: Final = 0.4
_LPR_DAY: Final = 20
_PARK_TRADES: Final = ("C34", "C33", "C13", "G54", "I65")
_PARK_TOWNS: Final = ("城关街道", "东湖镇", "青禾镇", "临港镇", "城关街道")


def surrounding_books(
    days: Days, climate: Climate, *, first_day: int, rng: np.random.Generator
) -> list[Book]:
    """Return the files of series and parks.

    Args:
        days: the days.
        climate: what was common to all.
        first_day: first day that is delivered.
        rng: where chance comes from.
    """
    return [
        _series(days, climate, rng=rng),
        _parks(days, first_day=first_day, rng=rng),
    ]


def _series(days: Days, climate: Climate, *, rng: np.random.Generator) -> Book:
    """Return each value when first published, and once more when revised.

    Rates and temperatures are never revised.
    """
    published = [LPR, PMI, *(f"{INDUSTRY}-{trade.code}" for trade in TRADES)]
    names = [*published, TEMPERATURE]
    starts = days.starts
    parts: list[tuple[Ints, Ints, Floats, Ints]] = []
    fixed = starts[:-1] + _LPR_DAY - 1
    rate = climate.base_rate[np.minimum(fixed, days.count - 1)]
    parts.append((0 * fixed, fixed, rate, fixed))
    ends = starts[1:] - 1
    for place in range(1, len(published)):
        level = climate.common
        if place > 1:
            level = level + climate.trades[:, place - 2]
        mean = np.add.reduceat(level, starts[:-1]) / np.diff(starts)
        final = 50 + 25 * mean + rng.normal(0, 0.6, days.months)
        early = final + rng.normal(0, _REVISED_BY, days.months)
        shown = ends + rng.integers(*_PUBLISHED_AFTER, days.months)
        later = shown + 30 * _REVISED_AFTER_MONTHS
        for value, when in ((early, shown), (final, later)):
            parts.append((np.full(days.months, place), ends, value, when))
    every = np.arange(days.count)
    parts.append((0 * every + len(published), every, climate.warmth, every + 1))
    series, end, value, known = (
        np.concatenate([part[column] for part in parts]) for column in range(4)
    )
    kept = np.flatnonzero(known < days.count)
    kept = kept[np.lexsort((series[kept], known[kept]))]
    table = pa.table(
        {
            "series": picked(names, series[kept]),
            "happened_on": dates(days, end[kept]),
            "value": numbers(value[kept], digits=4),
            "known_on": dates(days, known[kept]),
        }
    )
    return Book(SERIES, table)


def _parks(days: Days, *, first_day: int, rng: np.random.Generator) -> Book:
    count = len(PARKS) - 1
    since = np.array([-int(day) for day in rng.integers(900, 6000, count)])
    table = pa.table(
        {
            "park": pa.array(PARKS[1:]),
            "region": pa.array([COUNTY + town for town in _PARK_TOWNS]),
            "industry": pa.array(_PARK_TRADES),
            "area_m2": numbers(rng.uniform(2e5, 3e6, count), digits=0),
            "firms": counts(rng.integers(40, 400, count)),
            "happened_on": dates(days, since),
            "known_on": dates(days, np.full(count, first_day)),
        }
    )
    return Book(PARK_SOURCE, table)
