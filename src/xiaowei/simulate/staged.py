"""The invoices of those who deceive: nothing was delivered for any of them."""

from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from xiaowei.simulate.arrays import Ints, whole
from xiaowei.simulate.billing import FILL
from xiaowei.simulate.firms import Firms
from xiaowei.simulate.fraud import Frauds
from xiaowei.simulate.habits import Habits
from xiaowei.simulate.links import Network, shells_of
from xiaowei.simulate.seasons import SATURDAY, Days, order_season
from xiaowei.simulate.tickets import OUTSIDE, Tickets, cut, joined, no_tickets
from xiaowei.simulate.vat import CLASSES, rates, tax_on

_COVERED_BY_INPUTS: Final = 0.95
_TO_SHELLS: Final = 0.5
_FEES: Final = (0.03, 0.08)
_MONTH_END_DAYS: Final = 6
_DAYS_A_LEG: Final = 4
_VOIDED: Final = 0.75
_RED_WITHIN_DAYS: Final = 12


@dataclass(frozen=True, slots=True)
class Stage:
    """What invented invoices are made from.

    Args:
        firms: the firms.
        network: whose partners lend their names.
        habits: how each firm bills.
        frauds: who deceives.
        days: the days.
    """

    firms: Firms
    network: Network
    habits: Habits
    frauds: Frauds
    days: Days

    def value(self, firm: int, month: int) -> float:
        """Return the intensity's share of a month's planned sales, in fen."""
        season = order_season(self.days, self.firms.trades[firm].rhythm)
        planned = season[self.days.month == month].sum() * self.firms.scale[firm]
        return float(planned * self.frauds.intensity[firm])


def staged_tickets(stage: Stage, *, rng: np.random.Generator) -> Tickets:
    """Return every invoice that nothing was delivered for.

    Args:
        stage: what they are made from.
        rng: where chance comes from.
    """
    frauds, months = stage.frauds, stage.days.months
    parts = [no_tickets()]
    for firm in frauds.of_kind("fake_sales"):
        for month in range(frauds.since[firm], months):
            parts += _invented(stage, firm, month, rng=rng)
    for firm in frauds.of_kind("void_after_issue"):
        for month in range(frauds.since[firm], months):
            parts += _voided(stage, firm, month, rng=rng)
    for members in frauds.rings:
        for month in range(frauds.since[members[0]], months):
            parts += _circled(stage, members, month, rng=rng)
    return joined(parts)


def _invented(
    stage: Stage, firm: int, month: int, *, rng: np.random.Generator
) -> list[Tickets]:
    """Invent sales, and purchases from shells whose input tax covers their tax."""
    shells = shells_of(stage.firms, stage.network, firm=firm)
    value = stage.value(firm, month)
    sales = _leg(stage, (firm, OUTSIDE), month=month, value=value, rng=rng)
    to_shell = rng.random(sales.count) < _TO_SHELLS
    partner = np.where(to_shell, rng.choice(shells[:2], sales.count), sales.partner)
    bought = _leg(
        stage,
        (OUTSIDE, firm),
        month=month,
        value=value * _COVERED_BY_INPUTS,
        rng=rng,
    )
    return [
        replace(sales, partner=partner),
        replace(bought, partner=rng.choice(shells[2:], bought.count)),
    ]


def _voided(
    stage: Stage, firm: int, month: int, *, rng: np.random.Generator
) -> list[Tickets]:
    """Issue at the month's end; void most at once, take the rest back later."""
    value = stage.value(firm, month)
    sales = _leg(stage, (firm, OUTSIDE), month=month, value=value, rng=rng)
    end = stage.days.month_start(month) + int(np.sum(stage.days.month == month)) - 1
    day = end - rng.integers(0, _MONTH_END_DAYS, sales.count)
    shown = replace(sales, day=day, voided=rng.random(sales.count) < _VOIDED)
    kept = shown.where(~shown.voided)
    later = end + rng.integers(1, _RED_WITHIN_DAYS, kept.count)
    red = kept.with_columns(day=later, net=-kept.net, tax=-kept.tax)
    return [shown, red.where(later < stage.days.count)]


def _circled(
    stage: Stage, members: tuple[int, ...], month: int, *, rng: np.random.Generator
) -> list[Tickets]:
    """Sell the same value around a ring within a month; each hand keeps a fee."""
    value = min(stage.value(firm, month) for firm in members)
    fee = rng.uniform(*_FEES)
    first = stage.days.month_start(month) + 1
    ends = zip(members, (*members[1:], members[0]), strict=True)
    legs = []
    for step, end in enumerate(ends):
        kept = value * (1 - fee) ** step
        leg = _leg(stage, end, month=month, value=kept, rng=rng)
        day = first + _DAYS_A_LEG * step + rng.integers(0, _DAYS_A_LEG, leg.count)
        legs.append(replace(leg, day=day))
    return legs


def _leg(
    stage: Stage,
    ends: tuple[int, int],
    *,
    month: int,
    value: float,
    rng: np.random.Generator,
) -> Tickets:
    """Return a month's invoices from one to another that add up to a value."""
    seller, buyer = ends
    firm = buyer if seller == OUTSIDE else seller
    net = _pieces(stage, firm, value=value, rng=rng)
    day = _working_days(stage.days, month, count=len(net), rng=rng)
    vat = CLASSES.index("goods") if seller == OUTSIDE else stage.habits.vat[seller]
    own = stage.network.buyers.partners[stage.network.buyers.firm == firm, 0]
    inside = OUTSIDE not in ends
    nobody = np.full(len(net), OUTSIDE)
    return Tickets(
        seller=np.full(len(net), seller),
        buyer=np.full(len(net), buyer),
        partner=nobody if inside else rng.choice(own, len(net)),
        link=nobody,
        day=day,
        net=net,
        tax=tax_on(net, rates(stage.days)[day, vat]),
        voided=np.zeros(len(net), dtype=np.bool_),
        staged=np.ones(len(net), dtype=np.bool_),
    )


def _pieces(stage: Stage, firm: int, *, value: float, rng: np.random.Generator) -> Ints:
    """Cut a value into deals of the firm's size and these under its cap."""
    habits = stage.habits
    spread = habits.spread[firm]
    mean = np.exp(habits.log_deal[firm] + spread**2 / 2)
    size = rng.lognormal(0, spread, max(round(value / mean), 1))
    deals = np.maximum(whole(value * size / size.sum()), 1)
    fill = rng.uniform(*FILL, len(deals))
    return cut(deals, cap=np.full(len(deals), habits.cap[firm]), fill=fill)[1]


def _working_days(
    days: Days, month: int, *, count: int, rng: np.random.Generator
) -> Ints:
    open_now = (days.month == month) & (days.weekday < SATURDAY)
    return np.asarray(rng.choice(np.flatnonzero(open_now), count), dtype=np.int64)
