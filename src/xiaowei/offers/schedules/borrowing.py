"""What is lent, at which rate, when it falls due, and the interest of a period."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Final, NamedTuple

from xiaowei.errors import InputError
from xiaowei.money import FEN_PER_YUAN, Fen
from xiaowei.offers.schedules.days import (
    YEAR_DAYS,
    DayCount,
    days_between,
    longest_closed,
    months_on,
    open_day,
)

MOST_INSTALMENTS: Final = 600
"""Fifty years of months."""

_MOST_MONTHS: Final = 12
_LAST_YEAR: Final = 9_000
_MOST_DAY: Final = 31
_RATE_DECIMALS: Final = 8
_MONTH_AT_LEAST: Final = 28


class Due(NamedTuple):
    """A day on which an instalment falls due.

    Args:
        number: 1 for the first.
        month: 1..12, the calendar month agreed, wherever closed days move the day.
        on: the day, an open one.
    """

    number: int
    month: int
    on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class Borrowing:
    """What is lent, at which rate, and on which days instalments fall due.

    Args:
        amount_fen: what is lent, at least 1 yuan for each instalment.
        rate: yearly rate, 0..1, at most 8 decimals.
        drawn_on: the day on which it is paid out.
        instalments: due days, 1..600; the last of them ends the term.
        every_months: months from one due day to the next, 1..12.
        first_due_on: the first due day before it is moved, after `drawn_on`; None for
            `every_months` months later.
        due_day: 1..31, the last day of a month that has fewer; None for the day of
            `first_due_on`, or of `drawn_on`.
        day_count: how the days of a period count.
        closed_on: every day that is no working day, weekends among them: what falls due
            then falls due on the next open day, and bears interest until that day.

    Raises:
        BorrowingError: it cannot be; every fault is named.
    """

    amount_fen: Fen
    rate: Decimal
    drawn_on: date
    instalments: int
    every_months: int = 1
    first_due_on: date | None = None
    due_day: int | None = None
    day_count: DayCount = "ACT/360"
    closed_on: frozenset[date] = frozenset()

    def __post_init__(self) -> None:
        """Refuse what cannot be."""
        faults = list(_faults(self))
        if faults:
            raise BorrowingError(faults)

    @property
    def ends_on(self) -> date:
        """The last due day."""
        return self.due(self.instalments).on

    def due(self, number: int) -> Due:
        """Return the due day of an instalment, also of one beyond the last.

        Args:
            number: 1 for the first.
        """
        first = self.first_due_on
        months = self.every_months * (number if first is None else number - 1)
        agreed = months_on(
            first or self.drawn_on, months=months, due_day=_day_of_month(self)
        )
        return Due(number, agreed.month, open_day(agreed, closed_on=self.closed_on))

    def growth(self, since: date, until: date) -> tuple[int, int]:
        """Return the interest of one fen from one day to a later one, as a fraction.

        Args:
            since: the day from which.
            until: the day until which.

        Returns:
            Numerator and denominator, exact.
        """
        above, below = self.rate.as_integer_ratio()
        days = days_between(since, until, day_count=self.day_count)
        return above * days, below * YEAR_DAYS[self.day_count]

    def interest_fen(self, outstanding_fen: Fen, *, since: date, until: date) -> Fen:
        """Return principal x yearly rate x day count, rounded once.

        Args:
            outstanding_fen: principal owed all the while.
            since: the day from which.
            until: the day until which.
        """
        above, below = self.growth(since, until)
        return rounded(outstanding_fen * above, below)


class BorrowingError(InputError):
    """What is to be lent cannot be; all faults are named at once."""

    def __init__(self, faults: Sequence[str]) -> None:
        """Name each fault."""
        super().__init__(
            "the loan cannot be: " + "; ".join(faults),
            expected="at least 1 yuan lent for each of 1 to 600 instalments, a yearly "
            "rate from 0 to 1, due days after the drawdown, 1 to 12 months apart",
            remedy="Correct them and ask for the schedule again",
        )


def rounded(above: int, below: int) -> int:
    """Round a fraction as `money.round_fen` rounds, which no Decimal need hold exactly.

    Args:
        above: numerator, at least 0.
        below: denominator, above 0.

    >>> rounded(5, 2), rounded(7, 3)
    (3, 2)
    """
    return (2 * above + below) // (2 * below)


def _day_of_month(borrowing: Borrowing) -> int:
    return borrowing.due_day or (borrowing.first_due_on or borrowing.drawn_on).day


def _faults(borrowing: Borrowing) -> Iterator[str]:
    rate, count = borrowing.rate, borrowing.instalments
    if not 1 <= count <= MOST_INSTALMENTS:
        yield f"{count} instalments"
    if borrowing.amount_fen < FEN_PER_YUAN * max(count, 1):
        yield f"{borrowing.amount_fen} fen lent"
    if not rate.is_finite() or not 0 <= rate <= 1:
        yield f"yearly rate {rate}, where 0.05 is 5 %"
    elif rate != round(rate, _RATE_DECIMALS):
        yield f"a yearly rate of more than {_RATE_DECIMALS} decimals"
    if borrowing.day_count not in YEAR_DAYS:
        yield f"day count '{borrowing.day_count}' is none of {', '.join(YEAR_DAYS)}"
    yield from _due_faults(borrowing)


def _due_faults(borrowing: Borrowing) -> Iterator[str]:
    first, day = borrowing.first_due_on, borrowing.due_day
    if not 1 <= borrowing.every_months <= _MOST_MONTHS:
        yield f"an instalment every {borrowing.every_months} months"
    if day is not None and not 1 <= day <= _MOST_DAY:
        yield f"due day {day} of a month"
    elif first and day and first != months_on(first, months=0, due_day=day):
        yield f"first due on {first}, which is not due day {day}"
    if first is not None and first <= borrowing.drawn_on:
        yield f"first due on {first}, not after the drawdown on {borrowing.drawn_on}"
    if max(first or borrowing.drawn_on, borrowing.drawn_on).year > _LAST_YEAR:
        yield f"days after the year {_LAST_YEAR}"
    if longest_closed(borrowing.closed_on) >= _MONTH_AT_LEAST:
        # A due day moved past the next one would make two of them fall together.
        yield f"{_MONTH_AT_LEAST} or more closed days in a row"
