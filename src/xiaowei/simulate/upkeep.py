"""What each month cost, and when which part of it was paid."""

from dataclasses import dataclass

import numpy as np

from xiaowei.simulate.arrays import Flags, Ints
from xiaowei.simulate.cash import UPKEEP, Treasury
from xiaowei.simulate.columns import NEVER
from xiaowei.simulate.settling import settled


@dataclass(frozen=True, slots=True)
class Upkeep:
    """One monthly cost of all firms, a place per month and firm in which it fell due.

    Args:
        month: by number.
        firm: its place.
        due: fen.
        full_on: day on which the last of it was paid, or `NEVER`.
        part: the place of which each payment was a part; those of one place stand in
            the order of time.
        paid_on: day of each payment.
        paid: fen of each payment.
    """

    month: Ints
    firm: Ints
    due: Ints
    full_on: Ints
    part: Ints
    paid_on: Ints
    paid: Ints

    def paid_by(self, day: Ints) -> Ints:
        """Return what of each place was paid by the end of a day of its own, in fen.

        Args:
            day: by number, one for each place.
        """
        counted = self.paid_on <= day[self.part]
        got = np.zeros(len(self.due), dtype=np.int64)
        np.add.at(got, self.part[counted], self.paid[counted])
        return got

    def before(self) -> Ints:
        """Return what of its place was paid before each payment, in fen."""
        run = np.cumsum(self.paid) - self.paid
        first: Flags = np.diff(self.part, prepend=-1) != 0
        return np.asarray(run - run[first][np.cumsum(first) - 1])


def upkeep(treasury: Treasury, item: str) -> Upkeep:
    """Return what of a monthly cost was due and paid; the oldest was paid first.

    Args:
        treasury: what was lived.
        item: one of `UPKEEP`.
    """
    due = treasury.fell_due[UPKEEP.index(item)]
    month, firm = np.nonzero(due)
    owed = due[month, firm]
    day, payer = np.nonzero(treasury.by_day[item])
    amount = treasury.by_day[item][day, payer]
    pieces = settled(firm, owed, payer, amount, debtors=due.shape[1])
    order = np.lexsort((day[pieces.paid], pieces.due))
    part, paid_on = pieces.due[order], day[pieces.paid][order]
    paid = pieces.amount[order]
    got = np.zeros(len(month), dtype=np.int64)
    np.add.at(got, part, paid)
    last = np.full(len(month), NEVER, dtype=np.int64)
    np.maximum.at(last, part, paid_on)
    return Upkeep(
        month=month,
        firm=firm,
        due=owed,
        full_on=np.where(got == owed, last, NEVER),
        part=part,
        paid_on=paid_on,
        paid=paid,
    )
