"""Loans taken with no mind to repay: of many lenders at once, or a large one last."""

from dataclasses import dataclass
from typing import Final

import numpy as np

from xiaowei.money import FEN_PER_WAN
from xiaowei.simulate.arrays import Flags, Ints, whole
from xiaowei.simulate.debts import OTHERS, OURS, Contracts, Debts, instalment
from xiaowei.simulate.firms import DAYS_A_YEAR
from xiaowei.simulate.lending import Applications, Bank
from xiaowei.simulate.world import World

STACKED_TERM: Final = 12
BUST_TERM: Final = 24
ASKED_DAYS_BEFORE: Final = 9
"""An application stands so long before its loan is drawn."""

_STACKED_RATE: Final = 0.12
_BUST_RATE: Final = 0.052
_QUITS_AFTER: Final = 45
_LATER_PER_CAMOUFLAGE: Final = 30
_ON_DAY: Final = 11


@dataclass(frozen=True, slots=True)
class Plots:
    """Who takes loans with no mind to repay, and when.

    Args:
        lender: place of the lender, per firm; -1 for all others.
        day: of the loan, by number; beyond the last day for all others.
        amount: fen.
        quits: day from which nothing is repaid any more.
        barred: who draws no loan but that.
    """

    lender: Ints
    day: Ints
    amount: Ints
    quits: Ints
    barred: Flags

    def step(self, day: int, *, active: Flags, debts: Debts, bank: Bank) -> Ints:
        """Let the loans of today be drawn; ours were asked for some days before.

        Args:
            day: its number.
            active: who trades; nobody else can borrow.
            debts: where they are added.
            bank: where they were asked for.

        Returns:
            Fen drawn today, per firm.
        """
        drawn = np.where((self.day == day) & active, self.amount, 0)
        for lender, rate, term in (
            (OURS, _BUST_RATE, BUST_TERM),
            (OTHERS, _STACKED_RATE, STACKED_TERM),
        ):
            firm = np.flatnonzero((drawn > 0) & (self.lender == lender))
            if not len(firm):
                continue
            count = np.full(len(firm), term)
            rates = np.full(len(firm), rate)
            debts.take_up(
                Contracts(
                    lender=np.full(len(firm), lender),
                    firm=firm,
                    drawn=np.full(len(firm), day),
                    first_month=np.full(len(firm), bank.days.month[day] + 1),
                    count=count,
                    principal=drawn[firm],
                    service=instalment(drawn[firm], rate=rates, count=count),
                    rate=rates,
                )
            )
            if lender == OURS:
                bank.applied.append(
                    Applications(
                        firm=firm,
                        day=np.full(len(firm), day - ASKED_DAYS_BEFORE),
                        amount=drawn[firm],
                        outcome=np.zeros(len(firm), dtype=np.int64),
                        rate=rates,
                        at_random=np.zeros(len(firm), dtype=np.bool_),
                    )
                )
        return np.asarray(drawn, dtype=np.int64)


def plots_of(world: World) -> Plots:
    """Return what those who deceive with loans will do.

    Args:
        world: who deceives.
    """
    frauds, days, firms = world.frauds, world.days, world.firms
    stacks, busts = frauds.is_kind("loan_stacking"), frauds.is_kind("bust_out")
    starts = days.starts
    begins = starts[frauds.since] + _ON_DAY
    yearly = firms.scale * DAYS_A_YEAR * frauds.intensity
    wan = np.maximum(whole(yearly / FEN_PER_WAN), 10)
    plans = stacks | busts
    quits = begins + _QUITS_AFTER + _LATER_PER_CAMOUFLAGE * frauds.camouflage
    return Plots(
        lender=np.where(busts, OURS, np.where(stacks, OTHERS, -1)),
        day=np.where(plans, begins, days.count),
        amount=wan * FEN_PER_WAN * plans,
        quits=np.where(plans, quits, days.count),
        barred=plans,
    )
