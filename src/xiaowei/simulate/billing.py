"""Shipments drive invoices: what is shipped piles up until a deal is billed."""

from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from xiaowei.simulate.arrays import Flags, Floats, Ints, whole
from xiaowei.simulate.firms import Firms
from xiaowei.simulate.habits import SMALL_CLASSES, Habits
from xiaowei.simulate.links import Network, OutsideLinks
from xiaowei.simulate.prices import grids, priced
from xiaowei.simulate.seasons import DECEMBER, SATURDAY, Days
from xiaowei.simulate.tickets import OUTSIDE, Tickets, cut, joined
from xiaowei.simulate.trade import Flows
from xiaowei.simulate.vat import CLASSES, rates

SMALL_CLASS: Final = CLASSES.index("small")
SIDE_CLASSES: Final = (CLASSES.index("service"), SMALL_CLASS)
"""At which rates firms do on the side what is not their trade."""

_ON_THE_SIDE: Final = (0.4, 2.5)
_BILLS_WITHIN_DAYS: Final = 150
_BILLS_ON_WEEKDAY: Final = 0.5
_BILLS_ON_HOLIDAY: Final = 0.04
_HOLIDAY: Final = (-1, 5)
_LAZY_FIRMS: Final = 0.7
_PILED: Final = 1.2
_LAST_BILL_AFTER_DAYS: Final = 30
_LEAST_BILL_FEN: Final = 10_000
_NEVER: Final = 10**6
_MONTH_END_DAYS: Final = 5
_YEAR_END_EASE: Final = 0.93
_SALES_TAKEN_BACK: Final = 0.01
_PURCHASES_TAKEN_BACK: Final = 0.001
_RETURNS_VARY: Final = 1.2
_WHOLLY: Final = 0.3
_PARTLY: Final = (0.05, 0.6)
_BACK_WITHIN_DAYS: Final = 60


@dataclass(frozen=True, slots=True)
class Channels:
    """Every way on which an invoice can go: links, then buyers, then suppliers.

    Args:
        seller, buyer: places of the firms, or `OUTSIDE`.
        link: place of the county link, or `OUTSIDE`.
        partners: who is outside, channel by channel.
        habits: how each is billed.
        flow: fen a day that should go through each.
        since: first day on which goods can go through each.
        until: first day on which none are ordered through it any more.
    """

    seller: Ints
    buyer: Ints
    link: Ints
    partners: OutsideLinks
    habits: Habits
    flow: Floats
    since: Ints
    until: Ints


def channels_of(
    network: Network,
    *,
    firms: Firms,
    selling: Habits,
    supplying: Habits,
    rng: np.random.Generator,
) -> Channels:
    """Return all channels of a network.

    Args:
        network: all links.
        firms: the firms.
        selling: how each firm bills.
        supplying: how each slot of outside suppliers bills.
        rng: where chance comes from: some of what a firm sells bears another rate.
    """
    county, buyers, suppliers = network.county, network.buyers, network.suppliers
    to, by = buyers.firm, suppliers.firm
    out_to, out_by = np.full(len(to), OUTSIDE), np.full(len(by), OUTSIDE)
    nobody = np.full((county.count, buyers.partners.shape[1]), OUTSIDE)
    opens = firms.opens[np.stack([county.buyer, county.supplier])].max(axis=0)
    bought = firms.inputs * firms.scale
    join = np.concatenate
    return Channels(
        seller=join([county.supplier, to, out_by]),
        buyer=join([county.buyer, out_to, by]),
        link=join([np.arange(county.count), out_to, out_by]),
        partners=OutsideLinks(
            firm=join([county.buyer, to, by]),
            share=join([county.share, buyers.share, suppliers.share]),
            changes=join([nobody[:, 1:], buyers.changes, suppliers.changes]),
            partners=join([nobody, buyers.partners, suppliers.partners]),
            scatter=join([0 * county.buyer, buyers.scatter, suppliers.scatter]),
        ),
        habits=_mixed(selling, join([county.supplier, to]), rng=rng).beside(supplying),
        flow=join(
            [
                county.share * bought[county.buyer],
                buyers.share * firms.scale[to],
                suppliers.share * bought[by],
            ]
        ),
        since=join([np.maximum(county.since, opens), firms.opens[to], firms.opens[by]]),
        until=join([county.until, np.full(len(to) + len(by), _NEVER)]),
    )


def _mixed(selling: Habits, firm: Ints, *, rng: np.random.Generator) -> Habits:
    """Return how each firm bills each buyer; firms do other things on the side."""
    habits = selling.at(firm)
    leaning = rng.beta(*_ON_THE_SIDE, len(selling.vat))[firm]
    side = (rng.random(len(firm)) < leaning) & (habits.vat != SMALL_CLASS)
    other = rng.choice(SIDE_CLASSES, len(firm))
    return replace(habits, vat=np.where(side, other, habits.vat))


def _lumps(channels: Channels, *, rng: np.random.Generator) -> Floats:
    """Draw how many deals pile up before a channel is billed; 1 for many."""
    firm = np.maximum(channels.seller, channels.buyer * (channels.seller == OUTSIDE))
    lazy = rng.random(int(firm.max()) + 1) < _LAZY_FIRMS
    many = np.exp(np.abs(rng.normal(0, _PILED, len(firm))))
    piles = lazy[firm] & (channels.partners.scatter == 0)
    return np.where(piles, np.maximum(many, 1.0), 1.0)


class Billing:
    """Turns each day's shipments into invoices.

    On every channel, at all times, what was open at first and shipped since is billed
    or still open.
    """

    def __init__(
        self,
        network: Network,
        *,
        channels: Channels,
        days: Days,
        rng: np.random.Generator,
    ) -> None:
        """Start with some shipments not yet billed.

        Args:
            network: all links.
            channels: the same as channels.
            days: the days.
            rng: where chance comes from.
        """
        self._network = network
        self._channels = channels
        self._days = days
        self._rates = rates(days)
        self._rng = rng
        firms = int(max(channels.seller.max(), channels.buyer.max())) + 1
        self._returns = np.exp(rng.normal(-_RETURNS_VARY / 2, _RETURNS_VARY, firms))
        everywhere = np.arange(len(channels.seller))
        self._lumps = _lumps(channels, rng=rng)
        self._deal = np.ones(len(everywhere))
        self._limit = np.ones(len(everywhere))
        self._drawn = np.empty(len(everywhere))
        self._last_bill_from = channels.until + _LAST_BILL_AFTER_DAYS
        self._agree(everywhere)
        running = channels.since <= 0
        self.open = self._limit * rng.random(len(everywhere)) * running
        self.opened_with = self.open.copy()
        self.shipped = np.zeros(len(everywhere))
        self.billed = np.zeros(len(everywhere), dtype=np.int64)

    def step(self, day: int, flows: Flows) -> Tickets:
        """Bill what is due today.

        Args:
            day: its number.
            flows: what moved today.

        Returns:
            Today's invoices, and the red letters of later months that will take part
            of them back.
        """
        due, deals = self._due(day, self._by_channel(flows))
        habits, scatter = self._channels.habits, self._channels.partners.scatter
        cap, fill = habits.cap[due], habits.fill[due]
        # Small purchases of a day are many bills, and so is what was left to pile up.
        usual = np.maximum(self._deal[due].astype(np.int64), 1)
        small = ((scatter[due] > 0) | (self._lumps[due] > 1)) & (usual < cap)
        place, net = cut(
            deals, cap=np.where(small, usual, cap), fill=np.where(small, 1.0, fill)
        )
        # A small rest waits for the next bill, rather than making one of its own.
        part = np.where(small, usual, cap)[place]
        rest = (np.bincount(place, minlength=len(due))[place] > 1) & (2 * net < part)
        np.add.at(self.open, due[place[rest]], net[rest])
        place, net = place[~rest], net[~rest]
        self._agree(due)
        today = self._tickets(due[place], day=day, net=net)
        left = net - today.net
        np.add.at(self.open, due[place], left)
        np.add.at(self.billed, due[place], today.net)
        today = today.where(today.net > 0)
        return joined([today, self._taken_back(today)])

    def _by_channel(self, flows: Flows) -> Floats:
        buyers, suppliers = self._network.buyers, self._network.suppliers
        return np.concatenate(
            [
                flows.shipped,
                flows.shipped_out[buyers.firm] * buyers.share,
                flows.bought_out[suppliers.firm] * suppliers.share,
            ]
        )

    def _due(self, day: int, flow: Floats) -> tuple[Ints, Ints]:
        """Return the channels billed today and what on each, in fen."""
        days = self._days
        self.open += flow
        self.shipped += flow
        habits = self._channels.habits
        chance: Floats | float = _BILLS_ON_WEEKDAY
        if days.weekday[day] >= SATURDAY:
            chance = habits.weekend
        if _HOLIDAY[0] <= days.since_new_year[day] <= _HOLIDAY[1]:
            chance = _BILLS_ON_HOLIDAY
        ends = days.left_in_month[day] < _MONTH_END_DAYS
        ease = _YEAR_END_EASE if days.month_of_year[day] == DECEMBER else 1.0
        limit = self._limit * (habits.month_end * ease if ends else ease)
        limit[day >= self._last_bill_from] = _LEAST_BILL_FEN
        self._rng.random(out=self._drawn)
        due = np.flatnonzero((self.open >= limit) & (self._drawn < chance))
        deals = whole(self.open[due])
        self.open[due] -= deals
        return due, deals

    def _agree(self, channel: Ints) -> None:
        """Draw the next deal of some channels, and how much piles up until a bill."""
        habits = self._channels.habits
        log = self._rng.normal(habits.log_deal[channel], habits.spread[channel])
        most = self._channels.flow[channel] * _BILLS_WITHIN_DAYS
        deal = np.clip(np.exp(log), 1, np.maximum(most, 1))
        self._deal[channel] = deal
        self._limit[channel] = np.clip(deal * self._lumps[channel], 1, most + 1)

    def _tickets(self, channel: Ints, *, day: int, net: Ints) -> Tickets:
        channels = self._channels
        habits, rng = channels.habits, self._rng
        when = np.full(len(net), day)
        grid = grids(net, habits.ways(channel), rng=rng)
        small = (channels.partners.scatter[channel] > 0) & (
            channels.seller[channel] == OUTSIDE
        )
        anything = rng.choice(len(CLASSES), len(net), p=SMALL_CLASSES)
        vat = np.where(small, anything, habits.vat[channel])
        percent = self._rates[day][vat]
        net, tax = priced(net, percent=percent, grid=grid)
        no = np.zeros(len(net), dtype=np.bool_)
        return Tickets(
            seller=channels.seller[channel],
            buyer=channels.buyer[channel],
            partner=channels.partners.partner_on(
                channel, when, chance=rng.random(len(net))
            ),
            link=channels.link[channel],
            day=when,
            net=net,
            tax=tax,
            voided=no,
            staged=no,
        )

    def _taken_back(self, today: Tickets) -> Tickets:
        """Return the red letters that returns and rebates will bring."""
        rng = self._rng
        firm = np.maximum(today.seller, today.buyer)
        usual = np.where(
            today.seller == OUTSIDE, _PURCHASES_TAKEN_BACK, _SALES_TAKEN_BACK
        )
        chance = usual * self._returns[firm]
        chosen: Flags = rng.random(today.count) < chance
        back = today.where(chosen)
        share = np.where(
            rng.random(back.count) < _WHOLLY, 1.0, rng.uniform(*_PARTLY, back.count)
        )
        net = -np.maximum(whole(back.net * share), 1)
        tax = -np.minimum(whole(back.tax * share), back.tax)
        wait = rng.integers(1, _BACK_WITHIN_DAYS, back.count)
        day = back.day + self._days.left_in_month[back.day] + wait
        red = back.with_columns(day=day, net=net, tax=tax)
        return red.where(day < self._days.count)
