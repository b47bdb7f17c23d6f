"""Invoices and tax drive cash, and cash that does not reach drives default."""

from dataclasses import dataclass
from typing import Final

import numpy as np

from xiaowei.simulate.arrays import Flags, Floats, Ints, tally, whole
from xiaowei.simulate.firms import DAYS_A_YEAR, Firms
from xiaowei.simulate.links import CountyLinks
from xiaowei.simulate.seasons import Days
from xiaowei.simulate.tickets import OUTSIDE, Tickets

ITEMS: Final = (
    "received_outside",
    "received_county",
    "put_in",
    "wages",
    "overheads",
    "loan",
    "tax",
    "paid_outside",
    "paid_county",
    "drawn",
)
"""What moves cash; the first three come in, the others go out."""

COMING_IN: Final = 3

PAST_DUE_DAYS: Final = 90
"""A firm defaults when a debt has been past due for this long without a break."""

CLOSES_AFTER_DAYS: Final = 45
"""So long after its default a firm still trades."""

_DAYS_A_MONTH: Final = DAYS_A_YEAR / 12
_OVERHEADS_DAY: Final = 5
_WAGES_DAY: Final = 10
_LOAN_DAY: Final = 20
_HANDS_MEMORY_DAYS: Final = 60
_MOOD_DAYS: Final = 15
_BORNE_DAYS: Final = 12
_STRETCHED_DAYS: Final = 50
_COURT_DAYS: Final = 40
_CASH_DAYS: Final = 45
_CASH_SPREAD: Final = 0.45
_CASH_BY_QUALITY: Final = 0.15
_KEPT: Final = 1.2
_COLLECTS_BY_QUALITY: Final = 0.1
_LAG_BETWEEN_FIRMS: Final = 0.22
_LAG_SPREAD: Final = 0.35
_PAYS_AFTER_DAYS: Final = 40
_NEVER_PAID: Final = 0.003
_FIXED: Final = 0.5
_LEAST_TRADE: Final = 0.3
_DRAWN: Final = 0.6
_OWNER_SAVES: Final = 0.6
_OWNER_HAS: Final = 0.5


@dataclass(frozen=True, slots=True)
class Purses:
    """What each firm starts with and owes in any month.

    Args:
        cash: fen on the first day.
        kept: fen above which the owner draws cash out.
        reserve: fen that the owner can put in when cash does not reach.
        loan_service: fen a month, 0 without a loan.
        collects: mean days until its buyers pay.
        pays: mean days until it pays outside suppliers.
        past_due_from: first day whose arrears count, so that nobody is lost before
            the county's life has begun.
    """

    cash: Ints
    kept: Ints
    reserve: Ints
    loan_service: Ints
    collects: Floats
    pays: Floats
    past_due_from: int


def draw_purses(
    firms: Firms,
    *,
    loan_service: Ints,
    past_due_from: int,
    rng: np.random.Generator,
) -> Purses:
    """Draw what each firm starts with.

    Args:
        firms: the firms.
        loan_service: fen a month.
        past_due_from: first day whose arrears count.
        rng: where chance comes from.
    """
    count, quality = firms.count, firms.quality
    days = np.exp(rng.normal(0, _CASH_SPREAD, count) + _CASH_BY_QUALITY * quality)
    days *= _CASH_DAYS
    collects = firms.of_trade("pay_days") * np.exp(
        rng.normal(0, _LAG_BETWEEN_FIRMS, count) - _COLLECTS_BY_QUALITY * quality
    )
    pays = _PAYS_AFTER_DAYS * np.exp(rng.normal(0, _LAG_BETWEEN_FIRMS, count))
    return Purses(
        cash=whole(firms.scale * days),
        kept=whole(firms.scale * days * _KEPT),
        reserve=whole(firms.scale * days * _OWNER_HAS),
        loan_service=loan_service,
        collects=collects,
        pays=pays,
        past_due_from=past_due_from,
    )


class Treasury:
    """Every firm's cash and debts, moved on day by day in whole fen."""

    def __init__(
        self,
        firms: Firms,
        *,
        purses: Purses,
        links: CountyLinks,
        days: Days,
        rng: np.random.Generator,
    ) -> None:
        """Start with the purses' cash and no debts.

        Args:
            firms: the firms.
            purses: what they start with.
            links: links inside the county.
            days: the days.
            rng: where chance comes from.
        """
        count = firms.count
        self._firms = firms
        self._purses = purses
        self._links = links
        self._days = days
        self._rng = rng
        self._wages = firms.of_trade("wages")
        self._overheads = whole(
            firms.of_trade("overheads") * firms.scale * _DAYS_A_MONTH
        )
        self._hands = firms.scale.copy()
        self._will_receive = np.zeros((days.count, count), dtype=np.int64)
        self._will_owe = np.zeros((days.count, count), dtype=np.int64)
        self._will_owe_link = np.zeros((days.count, links.count), dtype=np.int64)
        self._owed = np.zeros(count, dtype=np.int64)
        self._owed_link = np.zeros(links.count, dtype=np.int64)
        self._owed_upkeep = np.zeros((2, count), dtype=np.int64)
        self._owed_loan = np.zeros(count, dtype=np.int64)
        self.owed_tax = np.zeros(count, dtype=np.int64)
        self._late_days = np.zeros(count, dtype=np.int64)
        self._reserve = purses.reserve.copy()
        self.started_with = purses.cash.copy()
        self.cash = purses.cash.copy()
        self.distress = np.zeros(count)
        self.defaulted_on = np.full(count, days.count, dtype=np.int64)
        shape = (days.months, count)
        self.ledger = {item: np.zeros(shape, dtype=np.int64) for item in ITEMS}
        self.closing = np.zeros(shape, dtype=np.int64)
        self.arrears = np.zeros(shape, dtype=np.int64)

    def active(self, day: int) -> Flags:
        """Return which firms trade on a day."""
        open_now = self._firms.opens <= day
        return open_now & (day < self.defaulted_on + CLOSES_AFTER_DAYS)

    def expect(self, tickets: Tickets) -> None:
        """Note when each invoice is to be paid; red letters turn the way around.

        Args:
            tickets: invoices that are not voided.
        """
        purses, rng = self._purses, self._rng
        sold = tickets.seller != OUTSIDE
        mean = np.where(
            sold, purses.collects[tickets.seller], purses.pays[tickets.buyer]
        )
        lag = mean * np.exp(rng.normal(0, _LAG_SPREAD, tickets.count))
        lag = np.where(tickets.net < 0, 0, lag)
        day = tickets.day + lag.astype(np.int64)
        kept = (day < self._days.count) & (rng.random(tickets.count) > _NEVER_PAID)
        inside = kept & (tickets.link != OUTSIDE)
        outside = kept & (tickets.link == OUTSIDE) & ~tickets.staged
        total = tickets.total
        np.add.at(
            self._will_owe_link, (day[inside], tickets.link[inside]), total[inside]
        )
        firm = np.where(sold, tickets.seller, tickets.buyer)
        comes_in = outside & (sold == (total > 0))
        goes_out = outside & (sold != (total > 0))
        for table, chosen in (
            (self._will_receive, comes_in),
            (self._will_owe, goes_out),
        ):
            np.add.at(table, (day[chosen], firm[chosen]), np.abs(total[chosen]))

    def step(self, day: int, *, produced: Floats, tax: Ints) -> None:
        """Move every purse on by one day.

        Wages come first, then rent and the bank, the tax office and suppliers last: a
        firm in need stretches its suppliers, who then wait for their money.

        Args:
            day: its number.
            produced: fen made today, per firm; hands follow it slowly.
            tax: fen of VAT that falls due today, per firm.
        """
        self._fall_due(day, produced=produced, tax=tax)
        moved = {"received_outside": self._will_receive[day]}
        self.cash += moved["received_outside"]
        moved["put_in"] = self._put_in()
        for item, owed in (
            ("wages", self._owed_upkeep[0]),
            ("overheads", self._owed_upkeep[1]),
            ("loan", self._owed_loan),
            ("tax", self.owed_tax),
        ):
            moved[item] = np.minimum(self.cash, owed)
            self.cash -= moved[item]
            np.subtract(owed, moved[item], out=owed)
        moved |= self._pay_suppliers()
        moved["drawn"] = self._draw_out(day)
        month = self._days.month[day]
        for item, amount in moved.items():
            self.ledger[item][month] += amount
        self._judge(day)
        self.closing[month] = self.cash

    def _fall_due(self, day: int, *, produced: Floats, tax: Ints) -> None:
        active = self.active(day)
        self._hands += (produced - self._hands) * active / _HANDS_MEMORY_DAYS
        self._owed += self._will_owe[day]
        self._owed_link += self._will_owe_link[day]
        self.owed_tax += tax
        day_of_month = self._days.day_of_month[day]
        if day_of_month == _OVERHEADS_DAY:
            busy = _FIXED + (1 - _FIXED) * self._hands / self._firms.scale
            self._owed_upkeep[1] += whole(self._overheads * busy * active)
        if day_of_month == _WAGES_DAY:
            month = self._wages * self._hands * _DAYS_A_MONTH
            self._owed_upkeep[0] += whole(month * active)
        if day_of_month == _LOAN_DAY:
            self._owed_loan += self._purses.loan_service * active

    def _pay_suppliers(self) -> dict[str, Ints]:
        """Pay suppliers, each the same share of what is due."""
        count, links = self._firms.count, self._links
        due_link = np.maximum(self._owed_link, 0)
        due = self._owed + tally(links.buyer, due_link, places=count)
        paid = np.minimum(self.cash, due)
        part = paid / np.maximum(due, 1) * (1 - 1e-9)
        in_full = (paid == due)[links.buyer]
        to_link = np.where(
            in_full, due_link, (due_link * part[links.buyer]).astype(np.int64)
        )
        to_county = tally(links.buyer, to_link, places=count)
        to_outside = np.minimum(paid - to_county, self._owed)
        from_county = tally(links.supplier, to_link, places=count)
        self._owed_link -= to_link
        self._owed -= to_outside
        self.cash += from_county - to_county - to_outside
        return {
            "paid_outside": to_outside,
            "paid_county": to_county,
            "received_county": from_county,
        }

    def _put_in(self) -> Ints:
        """Let owners put in what is short, as far as their savings reach."""
        links = self._links
        due = self._owed + self._owed_upkeep.sum(axis=0) + self._owed_loan
        due += self.owed_tax
        due += tally(
            links.buyer, np.maximum(self._owed_link, 0), places=self._firms.count
        )
        amount = np.minimum(np.clip(due - self.cash, 0, None), self._reserve)
        self._reserve -= amount
        self.cash += amount
        return np.asarray(amount, dtype=np.int64)

    def _draw_out(self, day: int) -> Ints:
        """Let owners take part of what lies idle at the end of a month."""
        idle = np.clip(self.cash - self._purses.kept, 0, None)
        drawn = whole(idle * _DRAWN * (self._days.left_in_month[day] == 0))
        self.cash -= drawn
        self._reserve += whole(drawn * _OWNER_SAVES)
        return drawn

    def _judge(self, day: int) -> None:
        """Measure arrears; count days past due until a firm has defaulted."""
        links, inputs = self._links, self._firms.inputs
        late = self._owed + tally(
            links.buyer, np.maximum(self._owed_link, 0), places=self._firms.count
        )
        daily = np.maximum(
            inputs * np.maximum(self._hands, _LEAST_TRADE * self._firms.scale), 1
        )
        strain = np.clip((late / daily - _BORNE_DAYS) / _STRETCHED_DAYS, 0, 1)
        self.distress += (strain - self.distress) / _MOOD_DAYS
        bad = (self._owed_loan > 0) | (late > _COURT_DAYS * daily)
        bad &= self.active(day) & (day >= self._purses.past_due_from)
        self._late_days = np.where(bad, self._late_days + 1, 0)
        now = (self._late_days >= PAST_DUE_DAYS) & (day < self.defaulted_on)
        self.defaulted_on[now] = day
        self.arrears[self._days.month[day]] = late + self._owed_loan + self.owed_tax
