"""When the invoices of outside partners are to be paid, one by one."""

from dataclasses import dataclass, field
from typing import Final

import numpy as np

from xiaowei.simulate.arrays import Flags, Floats, Ints, tally
from xiaowei.simulate.firms import Firms
from xiaowei.simulate.links import CountyLinks
from xiaowei.simulate.purses import Purses
from xiaowei.simulate.seasons import Days
from xiaowei.simulate.tickets import OUTSIDE, Tickets

REIMBURSED_BELOW_FEN: Final = 200_000
"""Smaller purchases are paid by staff, who have them back early in the next month."""

REFUNDED_ON_DAY: Final = 6
TO_STAFF: Final = -2
"""Stands for staff who have paid many small bills."""

_LAG_SPREAD: Final = 0.35
_NEVER_PAID: Final = 0.003
_STRONGER: Final = 0.12
_LAG_BOUNDS: Final = (0.6, 1.7)


@dataclass(frozen=True, slots=True)
class Dues:
    """What is to be paid to or by outside partners, one place per invoice.

    Args:
        day: on which it is to be paid, by number.
        firm: the county's side.
        partner: the other side, a place in the pool, or `TO_STAFF`.
        amount: fen, above 0.
    """

    day: Ints
    firm: Ints
    partner: Ints
    amount: Ints


@dataclass(slots=True)
class Promises:
    """Keeps the days on which invoices will be paid.

    Args:
        firms: the firms.
        purses: how long each waits.
        links: links inside the county; of two firms the stronger pays later.
        days: the days.
        rng: where chance comes from.
    """

    firms: Firms
    purses: Purses
    links: CountyLinks
    days: Days
    rng: np.random.Generator
    receive: Ints = field(init=False)
    owe: Ints = field(init=False)
    owe_link: Ints = field(init=False)
    _in: list[Dues] = field(init=False, default_factory=list)
    _out: list[Dues] = field(init=False, default_factory=list)
    _patience: Floats = field(init=False)

    def __post_init__(self) -> None:
        """Begin with nothing promised."""
        shape = self.days.count, self.firms.count
        self.receive = np.zeros(shape, dtype=np.int64)
        self.owe = np.zeros(shape, dtype=np.int64)
        self.owe_link = np.zeros((self.days.count, self.links.count), dtype=np.int64)
        scale = self.firms.scale
        stronger = scale[self.links.buyer] / scale[self.links.supplier]
        self._patience = np.clip(stronger**_STRONGER, *_LAG_BOUNDS)

    def expect(self, tickets: Tickets) -> None:
        """Note when each invoice is to be paid; red letters turn the way around.

        Args:
            tickets: invoices that are not voided.
        """
        purses, rng = self.purses, self.rng
        sold = tickets.seller != OUTSIDE
        mean = np.where(
            sold, purses.collects[tickets.seller], purses.pays[tickets.buyer]
        )
        linked = tickets.link != OUTSIDE
        if linked.any():
            mean[linked] *= self._patience[tickets.link[linked]]
        lag = mean * np.exp(rng.normal(0, _LAG_SPREAD, tickets.count))
        lag = np.where(tickets.net < 0, 0, lag)
        day = tickets.day + lag.astype(np.int64)
        small = ~sold & (tickets.net > 0) & (tickets.total < REIMBURSED_BELOW_FEN)
        small &= ~linked
        refund = tickets.day + self.days.left_in_month[tickets.day] + REFUNDED_ON_DAY
        day = np.where(small, refund, day)
        kept = (day < self.days.count) & (rng.random(tickets.count) > _NEVER_PAID)
        inside = kept & linked
        total = tickets.total
        np.add.at(self.owe_link, (day[inside], tickets.link[inside]), total[inside])
        outside = kept & ~linked
        firm = np.where(sold, tickets.seller, tickets.buyer)
        for table, told, chosen in (
            (self.receive, self._in, outside & (sold == (total > 0))),
            (self.owe, self._out, outside & (sold != (total > 0))),
        ):
            partner = np.where(small, TO_STAFF, tickets.partner)
            dues = _dues(tickets.total, (day, firm, partner), chosen)
            np.add.at(table, (dues.day, dues.firm), dues.amount)
            told.append(dues)

    def coming_in(self) -> Dues:
        """Return all that outside partners were to pay."""
        return _joined(self._in)

    def going_out(self) -> Dues:
        """Return all that was to be paid to outside partners; to staff in one sum."""
        dues = _joined(self._out)
        small = dues.partner == TO_STAFF
        key = dues.firm[small] * self.days.count + dues.day[small]
        some, place = np.unique(key, return_inverse=True)
        sums = tally(place, dues.amount[small], places=len(some))
        join = np.concatenate
        return Dues(
            day=join([dues.day[~small], some % self.days.count]),
            firm=join([dues.firm[~small], some // self.days.count]),
            partner=join([dues.partner[~small], np.full(len(some), TO_STAFF)]),
            amount=join([dues.amount[~small], sums]),
        )


def _dues(total: Ints, ends: tuple[Ints, Ints, Ints], chosen: Flags) -> Dues:
    day, firm, partner = (column[chosen] for column in ends)
    return Dues(day, firm, partner, np.abs(total[chosen]))


def _joined(parts: list[Dues]) -> Dues:
    names = Dues.__dataclass_fields__
    return Dues(
        *(np.concatenate([getattr(part, name) for part in parts]) for name in names)
    )
