"""When the county works and when it rests: days, weeks, months, Lunar New Year."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final, Literal

import numpy as np

from xiaowei.errors import InputError
from xiaowei.lunar import NEW_YEARS
from xiaowei.simulate.arrays import Floats, Ints

Rhythm = Literal["works", "office", "shop"]
"""Whose year it is: plants and sites, offices, or shops and restaurants."""

DECEMBER: Final = 12
SATURDAY: Final = 5
SUNDAY: Final = 6

_FAR: Final = 60
_WINDS_DOWN: Final = 3
_WINDS_UP: Final = 8
_MEAN_SEASON: Final = 0.98
# Orders over the days before and after the first day of the lunar year: buyers stock
# up, close, and come back at the pace at which the meters of Yangzhong came back.
_ORDERS: Final[dict[Rhythm, tuple[tuple[float, float], ...]]] = {
    "works": (
        (-32, 1.0), (-20, 1.15), (-8, 1.15), (-4, 0.8), (-1, 0.25), (0, 0.05),
        (4, 0.15), (6, 0.6), (9, 0.95), (12, 1.12), (20, 1.12), (32, 1.0),
    ),
    "office": (
        (-30, 1.0), (-12, 1.1), (-4, 0.5), (0, 0.02), (6, 0.05), (9, 0.6), (16, 0.95),
        (25, 1.0),
    ),
    "shop": (
        (-40, 1.0), (-20, 1.1), (-9, 1.15), (-2, 0.75), (0, 0.15), (4, 0.35), (8, 0.6),
        (16, 0.8), (25, 1.0),
    ),
}  # fmt: skip
_MONTHS: Final[dict[Rhythm, tuple[float, ...]]] = {
    "works": (
        0.98, 0.93, 1.02, 1.0, 1.0, 1.02, 0.97, 0.97, 1.03, 1.02, 1.06, 1.18,
    ),
    "office": (0.9, 0.85, 0.97, 0.97, 0.97, 1.03, 0.96, 0.96, 1.02, 0.98, 1.07, 1.32),
    "shop": (1.03, 0.9, 0.95, 0.97, 1.02, 1.02, 0.98, 0.98, 1.02, 1.04, 1.02, 1.12),
}  # fmt: skip
# Source: Yangzhong meters, National Day .78 and May Day .68 of the usual load.
_PUBLIC_HOLIDAYS: Final = ((10, 7, 0.74), (5, 5, 0.66))


@dataclass(frozen=True, slots=True)
class Days:
    """The days a county lives through, numbered from 0.

    Args:
        first: the first of them, the first of a month.
        count: how many there are.
        month: number of the month of each day, from 0.
        month_of_year: 1..12.
        day_of_month: 1..31.
        left_in_month: days after this one in its month.
        weekday: 0 for Monday.
        since_new_year: days from the nearest first day of a lunar year, negative
            before it, cut at 60.
    """

    first: date
    count: int
    month: Ints
    month_of_year: Ints
    day_of_month: Ints
    left_in_month: Ints
    weekday: Ints
    since_new_year: Ints

    @property
    def months(self) -> int:
        """Say how many months there are."""
        return int(self.month[-1]) + 1

    def date_of(self, day: int) -> date:
        """Return the date of a day's number."""
        return self.first + timedelta(days=day)

    @property
    def starts(self) -> Ints:
        """Return the first day of every month, and of the one after the last."""
        return np.searchsorted(self.month, np.arange(self.months + 1)).astype(np.int64)

    def month_start(self, month: int) -> int:
        """Return the first day of a month, both by number."""
        return int(np.searchsorted(self.month, month))


class UnknownYearError(InputError):
    """The first day of a lunar year is not on the table."""

    def __init__(self, first: date, until: date) -> None:
        """Name the days asked for and the days known."""
        super().__init__(
            f"the calendar does not reach from {first} to {until}",
            expected=f"days from {NEW_YEARS[0]} to {NEW_YEARS[-1]}",
            remedy="Simulate other years or add the first days of the lunar years",
        )


def days_between(first: date, until: date) -> Days:
    """Return the days from a first one to the day before another.

    Args:
        first: the first of a month.
        until: first day no longer counted.

    Raises:
        UnknownYearError: a lunar year that matters is not on the table.
    """
    if first < NEW_YEARS[0] or until > NEW_YEARS[-1]:
        raise UnknownYearError(first, until)
    dates = np.arange(np.datetime64(first), np.datetime64(until))
    months = dates.astype("datetime64[M]")
    month = months.astype(np.int64)
    ordinal = dates.astype(np.int64)
    next_month = (months + 1).astype("datetime64[D]").astype(np.int64)
    new_years = np.array(NEW_YEARS, dtype="datetime64[D]").astype(np.int64)
    apart = ordinal[:, None] - new_years[None, :]
    nearest = apart[np.arange(len(dates)), np.abs(apart).argmin(axis=1)]
    return Days(
        first=first,
        count=len(dates),
        month=month - month[0],
        month_of_year=month % 12 + 1,
        day_of_month=ordinal - months.astype("datetime64[D]").astype(np.int64) + 1,
        left_in_month=next_month - ordinal - 1,
        weekday=(ordinal + 3) % 7,
        since_new_year=np.clip(nearest, -_FAR, _FAR),
    )


def order_season(days: Days, rhythm: Rhythm) -> Floats:
    """Return the factor by which orders of each day differ from an average day's.

    Args:
        days: the days.
        rhythm: whose year it is.

    Returns:
        Shape: one factor per day, mean about 1.
    """
    offsets, levels = zip(*_ORDERS[rhythm], strict=True)
    holiday = np.interp(days.since_new_year, offsets, levels)
    month = np.array(_MONTHS[rhythm])[days.month_of_year - 1]
    weekend = np.where(days.weekday >= SATURDAY, 0.7, 1.12)
    if rhythm == "shop":
        weekend = np.where(days.weekday >= SATURDAY, 1.25, 0.9)
    factor = holiday * month * weekend / _MEAN_SEASON
    return np.asarray(factor, dtype=np.float64)


def work_share(days: Days, *, stops: Ints, resumes: Ints, sunday: Floats) -> Floats:
    """Return which share of its hands is at work in each firm on each day.

    Args:
        days: the days.
        stops: days before the lunar year's first on which a firm closes.
        resumes: days after it on which it opens again.
        sunday: share at work on Sundays, 0..1.

    Returns:
        Shape: one row per day, one column per firm; 0..1.
    """
    day = days.since_new_year[:, None]
    before = np.clip((-day - stops[None, :]) / _WINDS_DOWN, 0, 1)
    after = np.clip((day - resumes[None, :] + 1) / _WINDS_UP, 0, 1)
    share = np.where(day < 0, before, after)
    share = np.where(np.abs(day) >= _FAR, 1.0, share)
    share = np.where(days.weekday[:, None] == SUNDAY, share * sunday[None, :], share)
    off = np.ones(days.count)
    for month, last, level in _PUBLIC_HOLIDAYS:
        off[(days.month_of_year == month) & (days.day_of_month <= last)] = level
    return np.asarray(share * off[:, None], dtype=np.float64)
