"""Windows and arithmetic for a second reckoning, in plain Python."""

import calendar
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from fractions import Fraction
from statistics import pstdev

from tests.factories import Row

Number = int | float | None
FOREVER = 1200


def back(day: date, months: int) -> date:
    """Return the last day before the `months` complete calendar months by a day."""
    ends_month = (day + timedelta(days=1)).month != day.month
    last = day.year * 12 + day.month - 1 - (0 if ends_month else 1)
    year, month = divmod(last - months, 12)
    if year < 1:
        return date.min
    return date(year, month + 1, calendar.monthrange(year, month + 1)[1])


def within(day: date, as_of: date, months: int, *, before: int = 0) -> bool:
    """Test whether a day lies in a window, `before` months earlier than the last."""
    if months == FOREVER:
        return day <= as_of
    return back(as_of, before + months) < day <= back(as_of, before)


def ago(day: date, as_of: date) -> int:
    return next(n for n in range(-1, FOREVER) if within(day, as_of, 1, before=n))


def last(rows: Iterable[Row], *named: str) -> list[Row]:
    kept: dict[tuple[object, ...], Row] = {}
    for row in rows:
        key = tuple(row[name] for name in named)
        order = [row[n] for n in ("known_on", "happened_on", "file", "line")]
        if key not in kept or order > [
            kept[key][n] for n in ("known_on", "happened_on", "file", "line")
        ]:
            kept[key] = row
    return list(kept.values())


def growth(now: Number, before: Number) -> Number:
    assert now is not None
    assert before is not None
    size = abs(now) + abs(before)
    return (now - before) / size if size else None


def share(part: float, whole: float) -> Number:
    return part / whole if whole > 0 else None


def monthly(amounts: Mapping[int, int], months: int, oldest: int) -> list[int]:
    return [amounts.get(n, 0) for n in range(min(oldest + 1, months))]


def spread(amounts: Sequence[int]) -> Number:
    whole = sum(amounts)
    if len(amounts) < 2 or whole <= 0:
        return None
    return pstdev([Fraction(x) for x in amounts]) / (whole / len(amounts))
