"""The invoices of those who deceive: nothing was delivered for any of them."""

from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from xiaowei.simulate.arrays import Ints, whole
from xiaowei.simulate.firms import Firms
from xiaowei.simulate.fraud import Frauds
from xiaowei.simulate.habits import Habits
from xiaowei.simulate.links import Network, shells_of
from xiaowei.simulate.prices import grids, priced
from xiaowei.simulate.seasons import SATURDAY, Days, order_season
from xiaowei.simulate.tickets import OUTSIDE, Tickets, cut, joined, no_tickets
from xiaowei.simulate.vat import CLASSES, rates, tax_on

_COVERED_BY_INPUTS: Final = (0.5, 0.95, 0.95, 0.97)
_TO_SHELLS: Final = (0.9, 0.5, 0.4, 0.1)
_VOIDED: Final = (0.9, 0.75, 0.5, 0.3)
_DAYS_A_LEG: Final = (3, 4, 5, 6)
"""Each by camouflage."""

_RING_MONTH_DAYS: Final = 26
_FEES: Final = (0.03, 0.08)
_MONTH_END_DAYS: Final = 6
_RED_WITHIN_DAYS: Final = 12
_BURST_MONTHS: Final = 8
_CARRIED_SHARE: Final = 0.6
_TEMPLATE: Final = 9


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
    for kinds, invent in (
        (("fake_sales", "fake_sales_powered"), _invented),
        (("void_after_issue",), _voided),
        (("carousel",), _carousel),
        (("shell",), _burst),
    ):
        for firm in np.flatnonzero(frauds.is_kind(*kinds)).tolist():
            for month in range(frauds.since[firm], months):
                parts += invent(stage, firm, month, rng=rng)
    for groups, together in (
        (frauds.groups["circular"], _circled),
        (frauds.groups["related_party"], _related),
        (frauds.groups["packaged"], _packaged),
    ):
        for members in groups:
            for month in range(frauds.since[members[0]], months):
                parts += together(stage, members, month, rng=rng)
    staged = joined(parts)
    return staged.where(staged.day < stage.days.count)


def _invented(
    stage: Stage, firm: int, month: int, *, rng: np.random.Generator
) -> list[Tickets]:
    """Invent sales, and purchases from shells whose input tax covers their tax."""
    shells = shells_of(stage.firms, stage.network, firm=firm)
    hidden = int(stage.frauds.camouflage[firm])
    value = stage.value(firm, month)
    sales = _leg(stage, (firm, OUTSIDE), month=month, value=value, rng=rng)
    to_shell = rng.random(sales.count) < _TO_SHELLS[hidden]
    partner = np.where(to_shell, rng.choice(shells[:2], sales.count), sales.partner)
    covered = value * _COVERED_BY_INPUTS[hidden]
    return [
        replace(sales, partner=partner),
        _from_shells(stage, firm, month, value=covered, rng=rng),
    ]


def _from_shells(
    stage: Stage, firm: int, month: int, *, value: float, rng: np.random.Generator
) -> Tickets:
    shells = shells_of(stage.firms, stage.network, firm=firm)
    bought = _leg(stage, (OUTSIDE, firm), month=month, value=value, rng=rng)
    return replace(bought, partner=rng.choice(shells[2:], bought.count))


def _carousel(
    stage: Stage, firm: int, month: int, *, rng: np.random.Generator
) -> list[Tickets]:
    """Buy on paper what fits no product, and sell part of it on to a shell."""
    value = stage.value(firm, month)
    shells = shells_of(stage.firms, stage.network, firm=firm)
    sold = _leg(
        stage,
        (firm, OUTSIDE),
        month=month,
        value=value * _CARRIED_SHARE,
        rng=rng,
    )
    return [
        _from_shells(stage, firm, month, value=value, rng=rng),
        replace(sold, partner=rng.choice(shells[:1], sold.count)),
    ]


def _burst(
    stage: Stage, firm: int, month: int, *, rng: np.random.Generator
) -> list[Tickets]:
    """Invoice much for some months and then nothing more."""
    if month >= stage.frauds.since[firm] + _BURST_MONTHS:
        return []
    value = stage.value(firm, month)
    sales = _leg(stage, (firm, OUTSIDE), month=month, value=value, rng=rng)
    covered = value * _COVERED_BY_INPUTS[int(stage.frauds.camouflage[firm])]
    return [sales, _from_shells(stage, firm, month, value=covered, rng=rng)]


def _voided(
    stage: Stage, firm: int, month: int, *, rng: np.random.Generator
) -> list[Tickets]:
    """Issue at the month's end; void most at once, take the rest back later."""
    value = stage.value(firm, month)
    sales = _leg(stage, (firm, OUTSIDE), month=month, value=value, rng=rng)
    end = stage.days.month_start(month) + int(np.sum(stage.days.month == month)) - 1
    day = end - rng.integers(0, _MONTH_END_DAYS, sales.count)
    voids = _VOIDED[int(stage.frauds.camouflage[firm])]
    shown = replace(sales, day=day, voided=rng.random(sales.count) < voids)
    kept = shown.where(~shown.voided)
    later = end + rng.integers(1, _RED_WITHIN_DAYS, kept.count)
    red = kept.with_columns(day=later, net=-kept.net, tax=-kept.tax)
    return [shown, red.where(later < stage.days.count)]


def _related(
    stage: Stage, members: tuple[int, ...], month: int, *, rng: np.random.Generator
) -> list[Tickets]:
    """Sell to the owner's other firm what never moves."""
    seller, buyer = members[0], members[-1]
    value = stage.value(seller, month)
    return [_leg(stage, (seller, buyer), month=month, value=value, rng=rng)]


def _packaged(
    stage: Stage, members: tuple[int, ...], month: int, *, rng: np.random.Generator
) -> list[Tickets]:
    """Give an agent's clients the same sales, but for their size."""
    shells = shells_of(stage.firms, stage.network, firm=members[0])
    template = rng.lognormal(0, 1, _TEMPLATE)
    days = _working_days(stage.days, month, count=_TEMPLATE, rng=rng)
    hidden = int(stage.frauds.camouflage[members[0]])
    parts = []
    for firm in members:
        noise = np.exp(rng.normal(0, 0.05 * hidden, _TEMPLATE))
        shares = template * noise / (template * noise).sum()
        sales = _leg(
            stage, (firm, OUTSIDE), month=month, value=stage.value(firm, month), rng=rng
        )
        total = int(sales.net.sum())
        net = np.maximum(whole(total * shares), 1)
        first = sales.where(np.zeros(_TEMPLATE, dtype=np.int64))
        vat = stage.habits.vat[firm]
        parts.append(
            replace(
                first,
                partner=rng.choice(shells, _TEMPLATE),
                day=days,
                net=net,
                tax=tax_on(net, rates(stage.days)[days, vat]),
            )
        )
    return parts


def _circled(
    stage: Stage, members: tuple[int, ...], month: int, *, rng: np.random.Generator
) -> list[Tickets]:
    """Sell the same value around a ring within a month; each hand keeps a fee."""
    value = min(stage.value(firm, month) for firm in members)
    pace = _DAYS_A_LEG[int(stage.frauds.camouflage[members[0]])]
    pace = min(pace, _RING_MONTH_DAYS // len(members))
    fee = rng.uniform(*_FEES)
    first = stage.days.month_start(month) + 1
    ends = zip(members, (*members[1:], members[0]), strict=True)
    legs = []
    for step, end in enumerate(ends):
        kept = value * (1 - fee) ** step
        leg = _leg(stage, end, month=month, value=kept, rng=rng)
        day = first + pace * step + rng.integers(0, pace, leg.count)
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
    ways = stage.habits.ways(np.full(len(net), firm))
    grid = grids(net, ways, rng=rng)
    net, tax = priced(net, percent=rates(stage.days)[day, vat], grid=grid)
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
        tax=tax,
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
    fill = np.full(len(deals), habits.fill[firm])
    return cut(deals, cap=np.full(len(deals), habits.cap[firm]), fill=fill)[1]


def _working_days(
    days: Days, month: int, *, count: int, rng: np.random.Generator
) -> Ints:
    open_now = (days.month == month) & (days.weekday < SATURDAY)
    return np.asarray(rng.choice(np.flatnonzero(open_now), count), dtype=np.int64)
