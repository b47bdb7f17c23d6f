"""What a calendar month does to money: month factors, and Chinese New Year by its day.

New Year wanders between January and February, so that its weeks are a column of their
own beside the twelve months: each month bears the share of it that falls into them.
"""

from datetime import date, timedelta
from typing import Final, TypeAlias

import numpy as np
from numpy.typing import NDArray

from xiaowei.errors import InputError
from xiaowei.lunar import NEW_YEARS

Floats: TypeAlias = NDArray[np.float64]

MONTHS: Final = 12
COLUMNS: Final = MONTHS + 1

_BEFORE: Final = timedelta(days=7)
_AFTER: Final = timedelta(days=21)


class NoNewYearError(InputError):
    """A month lies beyond the table of lunar years."""

    def __init__(self, month: date) -> None:
        """Name the month."""
        super().__init__(
            f"the lunar year of {month:%Y-%m} is not on the table",
            expected=f"months from {NEW_YEARS[0].year} to {NEW_YEARS[-1].year}",
            remedy="Ask for another day, or add the first days of the lunar years",
        )


def month_after(first: date, *, months: int) -> date:
    """Return the first day of a later calendar month, or of an earlier one.

    Args:
        first: any day of a month.
        months: how many months later; below 0 for earlier.

    >>> month_after(date(2024, 11, 30), months=3)
    datetime.date(2025, 2, 1)
    """
    year, month = divmod(first.year * MONTHS + first.month - 1 + months, MONTHS)
    return date(year, month + 1, 1)


def new_year_share(month: date) -> float:
    """Return the share of a month's days that New Year's weeks take, 0..1.

    Args:
        month: its first day.

    Raises:
        NoNewYearError: the year is not on the table.

    >>> new_year_share(date(2024, 6, 1))
    0.0
    """
    days = [day for day in NEW_YEARS if day.year == month.year]
    if not days:
        raise NoNewYearError(month)
    end = month_after(month, months=1)
    starts, ends = days[0] - _BEFORE, days[0] + _AFTER
    inside = (min(ends, end) - max(starts, month)).days
    return max(inside, 0) / (end - month).days


def columns(first: date, *, months: int) -> Floats:
    """Return the season's columns of consecutive months.

    Args:
        first: first day of the first of them.
        months: how many.

    Returns:
        Shape: (months, COLUMNS); 1 in the column of its calendar month, then the share
        that New Year's weeks take of it.
    """
    table = np.zeros((months, COLUMNS))
    for place in range(months):
        month = month_after(first, months=place)
        table[place, month.month - 1] = 1.0
        table[place, MONTHS] = new_year_share(month)
    return table


def fitted(table: Floats, values: Floats, *, years: float, centre: Floats) -> Floats:
    """Return the season of values, drawn towards another by how little they tell.

    Args:
        table: Shape: (months, COLUMNS).
        values: Shape: (months,); about their own mean.
        years: how many years of months count as much as the centre, above 0.
        centre: Shape: (COLUMNS,); the season that is believed without them.

    Returns:
        Shape: (COLUMNS,); ridge regression about the centre.
    """
    left = values - table @ centre
    gram = table.T @ table + years * np.eye(COLUMNS)
    return np.asarray(centre + np.linalg.solve(gram, table.T @ left))
