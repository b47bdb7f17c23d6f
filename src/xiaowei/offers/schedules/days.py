"""Days between two days as the day counts of loans have it, months on, open days."""

from calendar import monthrange
from collections.abc import Iterable
from collections.abc import Set as AbstractSet
from datetime import date, timedelta
from itertools import pairwise
from typing import Final, Literal, TypeAlias

DayCount: TypeAlias = Literal["ACT/360", "ACT/365F", "30E/360"]
"""How days are counted over which year; 30E/360 is what is also called 30/360."""

YEAR_DAYS: Final[dict[DayCount, int]] = {
    "ACT/360": 360,
    "ACT/365F": 365,
    "30E/360": 360,
}
"""The days that a year is taken to have."""

_MONTHS: Final = 12
_MONTH_DAYS: Final = 30
_DAY: Final = timedelta(days=1)


def days_between(start: date, end: date, *, day_count: DayCount) -> int:
    """Return the days from one day to a later one, of which the first is not counted.

    Args:
        start: the earlier day.
        end: the later day.
        day_count: ACT/... for days of the calendar; 30E/360 for months of 30 days,
            where the 31st counts as the 30th.

    Source: ISDA 2006 Definitions, 4.16 (d), (e) and (g).

    >>> leap, end = date(2024, 1, 31), date(2024, 3, 31)
    >>> days_between(leap, end, day_count="ACT/360")
    60
    >>> days_between(date(2024, 2, 29), end, day_count="30E/360")
    31
    """
    if day_count != "30E/360":
        return (end - start).days
    months = _MONTHS * (end.year - start.year) + end.month - start.month
    return (
        _MONTH_DAYS * months + min(end.day, _MONTH_DAYS) - min(start.day, _MONTH_DAYS)
    )


def months_on(day: date, *, months: int, due_day: int) -> date:
    """Return the due day of the month that lies some months after a day's.

    Args:
        day: a day of the month counted from.
        months: how many months on, at least 0.
        due_day: 1..31; the last day of a month that has fewer.

    >>> months_on(date(2025, 1, 5), months=1, due_day=31).isoformat()
    '2025-02-28'
    """
    years, month = divmod(day.month - 1 + months, _MONTHS)
    year, month = day.year + years, month + 1
    return date(year, month, min(due_day, monthrange(year, month)[1]))


def open_day(day: date, *, closed_on: AbstractSet[date]) -> date:
    """Return a day, or the first open one after it where it is closed.

    Args:
        day: the day.
        closed_on: every day that is no working day, weekends among them.

    >>> new_year = {date(2025, 1, 1), date(2025, 1, 4), date(2025, 1, 5)}
    >>> open_day(date(2025, 1, 4), closed_on=new_year).isoformat()
    '2025-01-06'
    """
    while day in closed_on:
        day += _DAY
    return day


def longest_closed(closed_on: Iterable[date]) -> int:
    """Return the most closed days that follow one another.

    Args:
        closed_on: days that are no working days.
    """
    days = sorted(closed_on)
    longest = run = min(len(days), 1)
    for before, after in pairwise(days):
        run = run + 1 if after - before == _DAY else 1
        longest = max(longest, run)
    return longest


def years_between(start: date, end: date) -> float:
    """Return the years from one day to a later one, for a yearly rate of return.

    A whole month is a twelfth, a day beyond is 1/365, so that a month's interest weighs
    the same in February as in March.

    Args:
        start: the earlier day.
        end: the later day.

    Source: after Directive 2008/48/EC, annex I, remark (c).

    >>> years_between(date(2024, 1, 31), date(2025, 1, 31))
    1.0
    """
    months = _MONTHS * (end.year - start.year) + end.month - start.month
    if months_on(start, months=months, due_day=start.day) > end:
        months -= 1
    odd = end - months_on(start, months=months, due_day=start.day)
    return months / _MONTHS + odd.days / YEAR_DAYS["ACT/365F"]
