"""Shipments drive invoices: what is shipped piles up until a deal is billed."""

from dataclasses import dataclass
from typing import Final

import numpy as np

from xiaowei.simulate.arrays import Flags, Floats, Ints, whole
from xiaowei.simulate.firms import Firms
from xiaowei.simulate.habits import Habits
from xiaowei.simulate.links import Network, OutsideLinks
from xiaowei.simulate.seasons import DECEMBER, SATURDAY, Days
from xiaowei.simulate.tickets import OUTSIDE, Tickets, cut, joined
from xiaowei.simulate.trade import Flows
from xiaowei.simulate.vat import rates, tax_on

FILL: Final = (0.93, 1.0)
"""How far invoices of a deal above the cap fill it."""

_BILLS_WITHIN_DAYS: Final = 130
_BILLS_ON_WEEKDAY: Final = 0.5
_BILLS_ON_WEEKEND: Final = 0.1
_BILLS_ON_HOLIDAY: Final = 0.04
_HOLIDAY: Final = (-1, 5)
_LAST_BILL_AFTER_DAYS: Final = 30
_LEAST_BILL_FEN: Final = 10_000
_NEVER: Final = 10**6
_MONTH_END_DAYS: Final = 5
_MONTH_END_EASE: Final = 0.97
_YEAR_END_EASE: Final = 0.93
_SALES_TAKEN_BACK: Final = 0.01
_PURCHASES_TAKEN_BACK: Final = 0.001
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
    network: Network, *, firms: Firms, selling: Habits, supplying: Habits
) -> Channels:
    """Return all channels of a network.

    Args:
        network: all links.
        firms: the firms.
        selling: how each firm bills.
        supplying: how each slot of outside suppliers bills.
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
        ),
        habits=selling.at(join([county.supplier, to])).beside(supplying),
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


class Billing:
    """Turns each day's shipments into invoices."""

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
        everywhere = np.arange(len(channels.seller))
        self._limit = self._deals(everywhere)
        running = channels.since <= 0
        self._open = self._limit * rng.random(len(everywhere)) * running

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
        habits = self._channels.habits
        place, net = cut(
            deals, cap=habits.cap[due], fill=self._rng.uniform(*FILL, len(due))
        )
        today = self._tickets(due[place], day=day, net=net)
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
        self._open += flow
        chance = _BILLS_ON_WEEKDAY
        if days.weekday[day] >= SATURDAY:
            chance = _BILLS_ON_WEEKEND
        if _HOLIDAY[0] <= days.since_new_year[day] <= _HOLIDAY[1]:
            chance = _BILLS_ON_HOLIDAY
        ease = _MONTH_END_EASE if days.left_in_month[day] < _MONTH_END_DAYS else 1.0
        ease *= _YEAR_END_EASE if days.month_of_year[day] == DECEMBER else 1.0
        over = day >= self._channels.until + _LAST_BILL_AFTER_DAYS
        ready = self._open >= np.where(over, _LEAST_BILL_FEN, self._limit * ease)
        due = np.flatnonzero(ready & (self._rng.random(len(flow)) < chance))
        deals = whole(self._open[due])
        self._open[due] = 0
        self._limit[due] = self._deals(due)
        return due, deals

    def _deals(self, channel: Ints) -> Floats:
        habits = self._channels.habits
        log = self._rng.normal(habits.log_deal[channel], habits.spread[channel])
        most = self._channels.flow[channel] * _BILLS_WITHIN_DAYS
        return np.clip(np.exp(log), 1, np.maximum(most, 1))

    def _tickets(self, channel: Ints, *, day: int, net: Ints) -> Tickets:
        channels = self._channels
        when = np.full(len(net), day)
        no = np.zeros(len(net), dtype=np.bool_)
        return Tickets(
            seller=channels.seller[channel],
            buyer=channels.buyer[channel],
            partner=channels.partners.partner_on(channel, when),
            link=channels.link[channel],
            day=when,
            net=net,
            tax=tax_on(net, self._rates[day][channels.habits.vat[channel]]),
            voided=no,
            staged=no,
        )

    def _taken_back(self, today: Tickets) -> Tickets:
        """Return the red letters that returns and rebates will bring."""
        rng = self._rng
        chance = np.where(
            today.seller == OUTSIDE, _PURCHASES_TAKEN_BACK, _SALES_TAKEN_BACK
        )
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
