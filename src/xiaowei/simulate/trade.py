"""Orders drive production, production draws on inputs, and goods are shipped."""

from dataclasses import dataclass
from typing import Final

import numpy as np

from xiaowei.simulate.arrays import Flags, Floats, Ints
from xiaowei.simulate.firms import Firms
from xiaowei.simulate.links import CountyLinks
from xiaowei.simulate.seasons import Days, work_share

_SLACK: Final = (1.35, 1.85)
_COVER_DAYS: Final = 18
_ORDER_PACE: Final = 0.2
_STILL_ORDERS: Final = 0.7
_MAKE_PACE: Final = 0.25
_SHIP_PACE: Final = 0.4
_MEMORY_DAYS: Final = 30
_PLANT_STOPS: Final = (1, 8)
_PLANT_RESUMES: Final = (3, 11)
_SHOP_STOPS: Final = (0, 3)
_SHOP_RESUMES: Final = (2, 8)
_REST_ON_SUNDAY: Final = 0.2
_SUNDAY_HANDS: Final = (0.35, 0.96)
_BUYERS_LEAVE: Final = 0.55
_SUPPLIERS_REFUSE: Final = 0.6
_CANCELLED: Final = 0.02
_HANDS_LEAVE: Final = 0.4


@dataclass(frozen=True, slots=True)
class Flows:
    """What moved on one day, in fen net of VAT.

    Args:
        ordered: orders that came in, per firm.
        produced: per firm, at sales prices.
        shipped: per county link.
        shipped_out: to outside buyers, per firm.
        bought_out: from outside suppliers, per firm.
    """

    ordered: Floats
    produced: Floats
    shipped: Floats
    shipped_out: Floats
    bought_out: Floats


class Market:
    """The state of orders, materials and stocks, moved on day by day."""

    def __init__(
        self,
        firms: Firms,
        *,
        links: CountyLinks,
        days: Days,
        demand: Floats,
        rng: np.random.Generator,
    ) -> None:
        """Start with full stocks and no backlog.

        Args:
            firms: the firms.
            links: links inside the county.
            days: the days.
            demand: outside orders, one row per day, one column per firm.
            rng: where chance comes from.
        """
        self._firms = firms
        self._links = links
        self._demand = demand
        self._inputs = firms.inputs
        self._stock_days = firms.of_trade("stock_days")
        self._pace = np.where(self._stock_days > 0, _MAKE_PACE, 1.0)
        self._ship_pace = np.where(self._stock_days > 0, _SHIP_PACE, 1.0)
        self.work = _work(firms, days=days, rng=rng)
        self.capacity = firms.scale * rng.uniform(*_SLACK, firms.count)
        self._usual = firms.scale.copy()
        self._materials = self._inputs * self._usual * _COVER_DAYS
        self.stock = self._stock_days * self._usual
        self._backlog = np.zeros(links.count)
        self._backlog_out = np.zeros(firms.count)

    def step(self, day: int, *, distress: Floats, active: Flags) -> Flows:
        """Move on by one day.

        Args:
            day: its number.
            distress: how far each firm fails to pay, 0..1: buyers, hands and
                suppliers leave it in that measure.
            active: which firms trade on this day.

        Returns:
            What moved.
        """
        supplier = self._links.supplier
        asked = self._demand[day] * (1 - _BUYERS_LEAVE * distress) * active
        self._close(active)
        placed, bought_out = self._buy(day, distress=distress, active=active)
        inside = self._per_firm(supplier, placed)
        self._backlog += placed
        self._backlog_out += asked
        produced = self._make(day, distress=distress, active=active)
        waiting = self._backlog_out + self._per_firm(supplier, self._backlog)
        sent = np.minimum(self._ship_pace, self.stock / np.maximum(waiting, 1.0)).clip(
            0, 1
        )
        shipped = self._backlog * sent[supplier]
        shipped_out = self._backlog_out * sent
        self._backlog -= shipped
        self._backlog_out -= shipped_out
        self.stock -= shipped_out + self._per_firm(supplier, shipped)
        self._materials += self._per_firm(self._links.buyer, shipped) + bought_out
        return Flows(asked + inside, produced, shipped, shipped_out, bought_out)

    def _per_firm(self, place: Ints, amount: Floats) -> Floats:
        summed = np.bincount(place, weights=amount, minlength=self._firms.count)
        return np.asarray(summed, dtype=np.float64)

    def _close(self, active: Flags) -> None:
        """Cancel orders that wait too long, and those of firms that no longer trade."""
        links = self._links
        kept = (1 - _CANCELLED) * active
        self._backlog *= kept[links.supplier] * active[links.buyer]
        self._backlog_out *= kept

    def _buy(
        self, day: int, *, distress: Floats, active: Flags
    ) -> tuple[Floats, Floats]:
        """Order what is short, from the county first, the rest from outside."""
        links = self._links
        target = self._inputs * self._usual * _COVER_DAYS
        coming = self._per_firm(links.buyer, self._backlog)
        short = np.clip(target - self._materials - coming, 0, None)
        orders = short * _ORDER_PACE * (1 - _SUPPLIERS_REFUSE * distress) * active
        orders *= _STILL_ORDERS + (1 - _STILL_ORDERS) * self.work[day]
        alive = (links.since <= day) & (day < links.until)
        alive &= active[links.supplier]
        placed = orders[links.buyer] * links.share * alive
        bought_out = orders - self._per_firm(links.buyer, placed)
        return placed, np.clip(bought_out, 0, None)

    def _make(self, day: int, *, distress: Floats, active: Flags) -> Floats:
        """Make what is wanted, as far as hands and materials reach."""
        waiting = self._backlog_out + self._per_firm(
            self._links.supplier, self._backlog
        )
        wanted = waiting + self._stock_days * self._usual - self.stock
        hands = self.capacity * self.work[day] * (1 - _HANDS_LEAVE * distress)
        produced = np.minimum(np.clip(wanted * self._pace, 0, None), hands)
        produced = np.minimum(produced, self._materials / self._inputs) * active
        self._materials = np.maximum(self._materials - self._inputs * produced, 0)
        self.stock += produced
        memory = active / _MEMORY_DAYS
        self._usual += (produced - self._usual) * memory
        return np.asarray(produced, dtype=np.float64)


def _work(firms: Firms, *, days: Days, rng: np.random.Generator) -> Floats:
    shops = np.array([trade.rhythm == "shop" for trade in firms.trades])
    stops = np.where(
        shops,
        rng.integers(*_SHOP_STOPS, firms.count),
        rng.integers(*_PLANT_STOPS, firms.count),
    )
    resumes = np.where(
        shops,
        rng.integers(*_SHOP_RESUMES, firms.count),
        rng.integers(*_PLANT_RESUMES, firms.count),
    )
    rests = (rng.random(firms.count) < _REST_ON_SUNDAY) & ~shops
    sunday = np.where(rests, *_SUNDAY_HANDS)
    return work_share(days, stops=stops, resumes=resumes, sunday=sunday)
