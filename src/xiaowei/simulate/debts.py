"""Loans of the county's firms: instalments fall due, are paid, and grow old."""

from dataclasses import dataclass, field
from typing import Final

import numpy as np

from xiaowei.simulate.arrays import Flags, Floats, Ints, whole
from xiaowei.simulate.seasons import Days

LENDERS: Final = 2
"""Debts to our own bank stand first, those to all others second."""

OURS: Final = 0
OTHERS: Final = 1
INSTALMENT_DAY: Final = 20
"""Instalments fall due on the 20th of each month, from the month after the drawing."""

PAST_DUE_DAYS: Final = 90
"""A loan past due for this long is in default."""


@dataclass(frozen=True, slots=True)
class Contracts:
    """Loans drawn, one place each in every array.

    Args:
        lender: `OURS` or `OTHERS`.
        firm: who borrows.
        drawn: day by number; before the first day for loans that ran already.
        first_month: number of the month of the first instalment; may be negative.
        count: instalments.
        principal: fen.
        service: fen of each instalment.
        rate: a year.
    """

    lender: Ints
    firm: Ints
    drawn: Ints
    first_month: Ints
    count: Ints
    principal: Ints
    service: Ints
    rate: Floats


def instalment(principal: Ints, *, rate: Floats, count: Ints) -> Ints:
    """Return the equal monthly instalment of loans in fen.

    Args:
        principal: fen.
        rate: a year, above 0.
        count: instalments.

    >>> instalment(np.array([1_200_000]), rate=np.array([0.06]),
    ...            count=np.array([12])).tolist()
    [103280]
    """
    monthly = rate / 12
    return whole(principal * monthly / (1 - (1 + monthly) ** -count))


@dataclass(slots=True)
class Debts:
    """What is owed on loans, moved on day by day.

    Args:
        days: the days.
        firms: how many firms there are.
    """

    days: Days
    firms: int
    owed: Ints = field(init=False)
    service: Ints = field(init=False)
    first_month: Ints = field(init=False)
    count: Ints = field(init=False)
    paid: Ints = field(init=False)
    drawn: list[Contracts] = field(init=False)
    _due_days: Ints = field(init=False)

    def __post_init__(self) -> None:
        """Begin with no loans."""
        shape = (LENDERS, self.firms)
        self.owed = np.zeros(shape, dtype=np.int64)
        self.service = np.zeros(shape, dtype=np.int64)
        self.first_month = np.zeros(shape, dtype=np.int64)
        self.count = np.zeros(shape, dtype=np.int64)
        self.paid = np.zeros((self.days.count, *shape), dtype=np.int64)
        self.drawn = []
        self._due_days = self.days.starts[:-1] + INSTALMENT_DAY - 1

    def take_up(self, contracts: Contracts) -> None:
        """Let loans begin; the borrower's last loan of that lender has run out."""
        place = contracts.lender, contracts.firm
        self.service[place] = contracts.service
        self.first_month[place] = contracts.first_month
        self.count[place] = contracts.count
        self.drawn.append(contracts)

    def running(self, month: int) -> Flags:
        """Return whose loan has instalments left or unpaid.

        Args:
            month: by number.

        Returns:
            Shape: one row per lender, one column per firm.
        """
        left = (month < self.first_month + self.count) & (self.service > 0)
        return np.asarray(left | (self.owed > 0))

    def fall_due(self, day: int) -> None:
        """Add what falls due today."""
        if self.days.day_of_month[day] != INSTALMENT_DAY:
            return
        step = self.days.month[day] - self.first_month
        self.owed += self.service * ((step >= 0) & (step < self.count))

    def pay(self, day: int, cash: Ints) -> Ints:
        """Pay what is owed as far as cash reaches, ours first.

        Args:
            day: its number.
            cash: fen that each firm has.

        Returns:
            Fen paid; one row per lender, one column per firm.
        """
        ours = np.minimum(cash, self.owed[OURS])
        others = np.minimum(cash - ours, self.owed[OTHERS])
        paid = np.stack([ours, others])
        self.owed -= paid
        self.paid[day] = paid
        return paid

    def past_due(self, day: int) -> Ints:
        """Return for how many days the oldest unpaid instalment has been due.

        Args:
            day: its number; what fell due today counts 0.
        """
        month = int(self.days.month[day])
        if self.days.day_of_month[day] < INSTALMENT_DAY:
            month -= 1
        last = np.minimum(month, self.first_month + self.count - 1)
        unpaid = -(-self.owed // np.maximum(self.service, 1))
        oldest = np.clip(last - unpaid + 1, 0, self.days.months - 1)
        age = day - self._due_days[oldest]
        return np.where(self.owed > 0, np.maximum(age, 0), 0).astype(np.int64)


def all_contracts(debts: Debts) -> Contracts:
    """Return every loan drawn, in the order of drawing."""
    names = Contracts.__dataclass_fields__
    return Contracts(
        *(
            np.concatenate([getattr(part, name) for part in debts.drawn])
            for name in names
        )
    )
