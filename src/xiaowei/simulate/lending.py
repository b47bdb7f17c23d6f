"""Our own bank: who asks for a loan, what its old rule says, who takes the offer."""

from dataclasses import dataclass, field
from typing import Final, Literal

import numpy as np

from xiaowei.money import FEN_PER_WAN
from xiaowei.simulate.arrays import Flags, Floats, Ints, whole
from xiaowei.simulate.climate import Climate
from xiaowei.simulate.debts import OTHERS, OURS, Contracts, Debts, instalment
from xiaowei.simulate.firms import DAYS_A_YEAR, Firms
from xiaowei.simulate.seasons import Days

Outcome = Literal["approved", "declined", "withdrawn"]
OUTCOMES: Final[tuple[Outcome, ...]] = ("approved", "declined", "withdrawn")

AT_RANDOM: Final = 0.02
"""Of all applications so many are approved whatever the rule says, to learn from."""

MONTHS_LENT: Final = (12, 24)
WEIBULL: Final = (17.7, 0.957)
"""Share of borrowers who leave at rate r: 1 - exp(-k (r - 4%)^b).

Source: science.md A8, mean of the three grades.
"""

_FREE_RATE: Final = 0.04
_ASKS_ON_DAY: Final = 12
_ASKS: Final = 0.018
_CUSTOMERS_ASK: Final = 5.0
_NEED_DAYS: Final = 35.0
_LOAN_SHARE: Final = (0.08, 0.28)
_LEAST_FEN: Final = 5 * FEN_PER_WAN
_MOST_FEN: Final = 1000 * FEN_PER_WAN
_PASSES_AT: Final = -0.15
_RULE_NOISE: Final = 0.7
_RENEWS: Final = 0.04
_TRUSTED_BELOW: Final = 0.2


@dataclass(frozen=True, slots=True)
class Terms:
    """Knobs of what a loan does to its borrower.

    Args:
        moral_hazard: share of a new loan that the owner takes out at once, 0..1.
        rate_feedback: further cost of a new loan of ours, charged when it is drawn, as
            a share of principal per unit of its rate above the base rate; 0 where a
            dear loan costs only its interest.
    """

    moral_hazard: float = 0.05
    rate_feedback: float = 0.0


@dataclass(frozen=True, slots=True)
class Applications:
    """Applications for loans, one place each in every array.

    Args:
        firm: who asks.
        day: by number.
        amount: fen asked for.
        outcome: place in `OUTCOMES`.
        rate: offered a year; nan where declined.
        at_random: approved whatever the rule says.
    """

    firm: Ints
    day: Ints
    amount: Ints
    outcome: Ints
    rate: Floats
    at_random: Flags


@dataclass(frozen=True, slots=True)
class Drawn:
    """What was drawn on a day, one place per firm.

    Args:
        amount: fen of all loans.
        dear: of those of ours, fen of principal times the rate above the base rate.
    """

    amount: Ints
    dear: Floats


@dataclass(slots=True)
class Bank:
    """Our own bank's counter, and in the background that of all other lenders.

    Args:
        firms: the firms.
        days: the days.
        climate: for the base rate.
        sound: what the bank believes of each firm, about N(0, 1.3).
        customer: who has had a loan of ours.
        barred: who draws no loan by chance, for its fraud is one with loans.
        rng: where chance comes from.
    """

    firms: Firms
    days: Days
    climate: Climate
    sound: Floats
    customer: Flags
    barred: Flags
    rng: np.random.Generator
    applied: list[Applications] = field(default_factory=list)

    def step(
        self, day: int, *, cash: Ints, distress: Floats, active: Flags, debts: Debts
    ) -> Drawn:
        """Take in a month's applications and let loans be drawn.

        Args:
            day: its number; nothing happens but on one day of each month.
            cash: fen of each firm.
            distress: 0..1.
            active: who trades; nobody else asks.
            debts: what is owed already; new loans are added.

        Returns:
            What is drawn today.
        """
        if self.days.day_of_month[day] != _ASKS_ON_DAY:
            none = np.zeros(self.firms.count, dtype=np.int64)
            return Drawn(none, none.astype(np.float64))
        month = int(self.days.month[day])
        running = debts.running(month)
        free = (self.firms.opens + DAYS_A_YEAR // 4 < day) & ~self.barred & active
        asks = self._asks(cash, running[OURS] | ~free)
        ours = self._ours(day, asks, distress=distress, debts=debts)
        renews = free & ~running[OTHERS] & (self.rng.random(self.firms.count) < _RENEWS)
        others = self._others(day, renews & (distress < _TRUSTED_BELOW), debts=debts)
        return Drawn(ours.amount + others, ours.dear)

    def _asks(self, cash: Ints, busy: Flags) -> Flags:
        """Draw who asks: the nearer the bottom of its purse, the likelier."""
        cover = cash / self.firms.scale
        need = np.clip((_NEED_DAYS - cover) / _NEED_DAYS, -1, 1)
        chance = _ASKS * np.exp(need) * np.where(self.customer, _CUSTOMERS_ASK, 1.0)
        return (self.rng.random(self.firms.count) < chance) & ~busy

    def _ours(self, day: int, asks: Flags, *, distress: Floats, debts: Debts) -> Drawn:
        rng, firm = self.rng, np.flatnonzero(asks)
        late = debts.past_due(day)[OTHERS][firm]
        belief = self.sound[firm] + rng.normal(0, _RULE_NOISE, len(firm))
        belief -= 2.5 * distress[firm] + 1.5 * (late > 0)
        lucky = rng.random(len(firm)) < AT_RANDOM
        passes = (belief > _PASSES_AT) | lucky
        base = self.climate.base_rate[day]
        rate = base + np.clip(0.016 - 0.006 * belief, 0.002, 0.03)
        rate = np.round(rate, 4)
        takes = rng.random(len(firm)) < stays(rate)
        amount = self._amounts(firm)
        outcome = np.where(
            ~passes, OUTCOMES.index("declined"), np.where(takes, 0, 2)
        ).astype(np.int64)
        offered = np.where(passes, rate, np.nan)
        self.applied.append(
            Applications(
                firm, np.full(len(firm), day), amount, outcome, offered, lucky & passes
            )
        )
        took = passes & takes
        self.customer[firm[took]] = True
        drawn = self._draw(
            OURS, firm[took], day, amount=amount[took], rate=rate[took], debts=debts
        )
        above = np.zeros(self.firms.count)
        above[firm[took]] = rate[took] - base
        return Drawn(drawn, drawn * above)

    def _others(self, day: int, takes: Flags, *, debts: Debts) -> Ints:
        firm = np.flatnonzero(takes)
        rate = np.round(self.rng.uniform(0.04, 0.09, len(firm)), 4)
        amount = self._amounts(firm) // 2 // FEN_PER_WAN * FEN_PER_WAN + FEN_PER_WAN
        return self._draw(OTHERS, firm, day, amount=amount, rate=rate, debts=debts)

    def _amounts(self, firm: Ints) -> Ints:
        share = self.rng.uniform(*_LOAN_SHARE, len(firm))
        amount = np.clip(
            share * self.firms.scale[firm] * DAYS_A_YEAR, _LEAST_FEN, _MOST_FEN
        )
        return whole(amount / FEN_PER_WAN) * FEN_PER_WAN

    def _draw(
        self,
        lender: int,
        firm: Ints,
        day: int,
        *,
        amount: Ints,
        rate: Floats,
        debts: Debts,
    ) -> Ints:
        count = self.rng.choice(MONTHS_LENT, len(firm)).astype(np.int64)
        debts.take_up(
            Contracts(
                lender=np.full(len(firm), lender),
                firm=firm,
                drawn=np.full(len(firm), day),
                first_month=np.full(len(firm), self.days.month[day] + 1),
                count=count,
                principal=amount,
                service=instalment(amount, rate=rate, count=count),
                rate=rate,
            )
        )
        drawn = np.zeros(self.firms.count, dtype=np.int64)
        drawn[firm] = amount
        return drawn


def stays(rate: Floats) -> Floats:
    """Return the share of borrowers who take an offer at a yearly rate.

    >>> stays(np.array([0.03, 0.04, 0.06])).round(3).tolist()
    [1.0, 1.0, 0.658]
    """
    k, power = WEIBULL
    return np.exp(-k * np.clip(rate - _FREE_RATE, 0, None) ** power)
