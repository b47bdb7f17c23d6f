"""Invoices and tax drive cash, and cash that does not reach drives default."""

from typing import Final

import numpy as np

from xiaowei.simulate.arrays import Flags, Floats, Ints, tally, whole
from xiaowei.simulate.claims import Courts
from xiaowei.simulate.debts import OTHERS, OURS, PAST_DUE_DAYS, Debts
from xiaowei.simulate.firms import DAYS_A_YEAR, Firms
from xiaowei.simulate.links import CountyLinks
from xiaowei.simulate.promises import Promises
from xiaowei.simulate.purses import Purses
from xiaowei.simulate.seasons import Days

ITEMS: Final = (
    "received_outside",
    "received_county",
    "borrowed",
    "put_in",
    "wages",
    "social",
    "overheads",
    "loan",
    "other_loans",
    "tax",
    "paid_outside",
    "paid_county",
    "drawn",
)
"""What moves cash; the first four come in, the others go out."""

COMING_IN: Final = 4

CLOSES_AFTER_DAYS: Final = 45
"""So long after its default a firm still trades."""

SOCIAL_SHARE: Final = 0.2
"""Of what hands cost so much is social security, the rest wages."""

UPKEEP: Final = ("wages", "overheads", "social")
"""What falls due each month whatever is sold, in the order in which it is paid."""

OVERHEADS_DAY: Final = 5
WAGES_DAY: Final = 10
SOCIAL_DAY: Final = 15

DAYS_A_MONTH: Final = DAYS_A_YEAR / 12
_HANDS_MEMORY_DAYS: Final = 60
_MOOD_DAYS: Final = 15
_BORNE_DAYS: Final = 12
_STRETCHED_DAYS: Final = 50
_COURT_DAYS: Final = 40
_FIXED: Final = 0.5
_LEAST_TRADE: Final = 0.3
_DRAWN: Final = 0.6
_OWNER_SAVES: Final = 0.6


class Treasury:
    """Every firm's cash and debts, moved on day by day in whole fen."""

    def __init__(
        self,
        firms: Firms,
        *,
        purses: Purses,
        links: CountyLinks,
        promises: Promises,
        debts: Debts,
        days: Days,
    ) -> None:
        """Start with the purses' cash and no arrears.

        Args:
            firms: the firms.
            purses: what they start with.
            links: links inside the county.
            promises: when invoices are to be paid.
            debts: what is owed on loans.
            days: the days.
        """
        count = firms.count
        self._firms = firms
        self._purses = purses
        self._links = links
        self._promises = promises
        self._days = days
        self._wages = firms.of_trade("wages")
        self._overheads = whole(
            firms.of_trade("overheads") * firms.scale * DAYS_A_MONTH
        )
        self._owed = np.zeros(count, dtype=np.int64)
        self._owed_link = np.zeros(links.count, dtype=np.int64)
        self._owed_upkeep = np.zeros((3, count), dtype=np.int64)
        self._reserve = purses.reserve.copy()
        self._borrowed = np.zeros(count, dtype=np.int64)
        self._hazard = np.zeros(count, dtype=np.int64)
        self.debts = debts
        self.courts = Courts(count, days=days.count)
        self.hands = firms.scale.copy()
        self.owed_tax = np.zeros(count, dtype=np.int64)
        self.cash = purses.cash.copy()
        self.started_with = purses.cash.copy()
        self.distress = np.zeros(count)
        self.defaulted_on = np.full(count, days.count, dtype=np.int64)
        self.by_day = {
            item: np.zeros((days.count, count), dtype=np.int64) for item in ITEMS
        }
        self.fell_due = np.zeros((3, days.months, count), dtype=np.int64)
        self.paid_links: list[tuple[int, Ints, Ints]] = []
        self.arrears = np.zeros((days.months, count), dtype=np.int64)
        self.closing = np.zeros((days.months, count), dtype=np.int64)
        self.strain = np.zeros((days.months, count))

    def active(self, day: int) -> Flags:
        """Return which firms trade on a day."""
        return (self._firms.opens <= day) & (day < self.closes_on)

    @property
    def closes_on(self) -> Ints:
        """Return the day from which each firm trades no more, as known so far."""
        return np.minimum(self.defaulted_on + CLOSES_AFTER_DAYS, self._firms.ends)

    def borrow(self, amount: Ints, *, taken_out: float, cost: Ints) -> None:
        """Let loans arrive with the cash that comes in on the day of the next step.

        Args:
            amount: fen per firm.
            taken_out: share of it that owners take for themselves, 0..1.
            cost: fen per firm that a dear loan costs beside its interest; it leaves
                the firm as what owners draw out does.
        """
        self._borrowed += amount
        self._hazard += whole(amount * taken_out) + cost

    def step(self, day: int, *, produced: Floats, tax: Ints) -> None:
        """Move every purse on by one day.

        Wages come first, then rent and the bank, the tax office and suppliers last: a
        firm in need stretches its suppliers, who then wait for their money.

        Args:
            day: its number.
            produced: fen made today, per firm; hands follow it slowly.
            tax: fen of tax that falls due today, per firm.
        """
        self._fall_due(day, produced=produced, tax=tax)
        moved = {
            "received_outside": self._promises.receive[day],
            "borrowed": self._borrowed,
        }
        self.cash += moved["received_outside"] + self._borrowed
        self._borrowed = np.zeros_like(self._borrowed)
        moved["put_in"] = self._put_in(day)
        for place, item in enumerate(UPKEEP):
            moved[item] = self._pay(self._owed_upkeep[place])
        honours = day < self._purses.quits
        lent = self.debts.pay(day, np.where(honours, self.cash, 0))
        self.cash -= lent.sum(axis=0)
        moved["loan"], moved["other_loans"] = lent
        moved["tax"] = self._pay(self.owed_tax)
        moved |= self._pay_suppliers(day)
        moved["drawn"] = self._draw_out(day)
        for item, amount in moved.items():
            self.by_day[item][day] = amount
        self.closing[self._days.month[day]] = self.cash
        self._judge(day)

    def ledger(self, item: str) -> Ints:
        """Return what an item moved in each month, in fen.

        Args:
            item: one of `ITEMS`.
        """
        starts = self._days.starts[:-1]
        summed = np.add.reduceat(self.by_day[item], starts, axis=0)
        return np.asarray(summed, dtype=np.int64)

    def _pay(self, owed: Ints) -> Ints:
        paid = np.minimum(self.cash, owed)
        self.cash -= paid
        np.subtract(owed, paid, out=owed)
        return paid

    def _fall_due(self, day: int, *, produced: Floats, tax: Ints) -> None:
        active = self.active(day)
        self.hands += (produced - self.hands) * active / _HANDS_MEMORY_DAYS
        self._owed += self._promises.owe[day]
        self._owed_link += self._promises.owe_link[day]
        self.owed_tax += tax
        self.debts.fall_due(day)
        day_of_month = self._days.day_of_month[day]
        month = self._wages * self.hands * DAYS_A_MONTH * active
        if day_of_month == OVERHEADS_DAY:
            busy = _FIXED + (1 - _FIXED) * self.hands / self._firms.scale
            self._owe_upkeep(day, "overheads", self._overheads * busy * active)
        if day_of_month == WAGES_DAY:
            self._owe_upkeep(day, "wages", month * (1 - SOCIAL_SHARE))
        if day_of_month == SOCIAL_DAY:
            self._owe_upkeep(day, "social", month * SOCIAL_SHARE)

    def _owe_upkeep(self, day: int, item: str, amount: Floats) -> None:
        place = UPKEEP.index(item)
        self._owed_upkeep[place] += whole(amount)
        self.fell_due[place, self._days.month[day]] = whole(amount)

    def _due_links(self) -> Ints:
        return np.maximum(self._owed_link, 0)

    def _late(self) -> Ints:
        """Return what each firm owes its suppliers, in fen."""
        county = tally(self._links.buyer, self._due_links(), places=self._firms.count)
        return np.asarray(self._owed + county, dtype=np.int64)

    def _pay_suppliers(self, day: int) -> dict[str, Ints]:
        """Pay suppliers, each the same share of what is due."""
        count, links = self._firms.count, self._links
        due_link = self._due_links()
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
        moved = np.flatnonzero(to_link)
        self.paid_links.append((day, moved, to_link[moved]))
        return {
            "paid_outside": to_outside,
            "paid_county": to_county,
            "received_county": from_county,
        }

    def _put_in(self, day: int) -> Ints:
        """Let owners put in what is short, as far as their savings reach."""
        due = self._late() + self._owed_upkeep.sum(axis=0) + self.owed_tax
        due += self.debts.owed.sum(axis=0)
        short = np.clip(due - self.cash, 0, None)
        rescued = day < self._purses.rescued_until
        amount = short if rescued else np.minimum(short, self._reserve)
        amount = amount * (day < self._purses.quits)
        if not rescued:
            self._reserve -= amount
        self.cash += amount
        return np.asarray(amount, dtype=np.int64)

    def _draw_out(self, day: int) -> Ints:
        """Let owners take what they want of a loan, and of idle cash at month's end."""
        wanted = np.minimum(self._hazard, self.cash)
        self._hazard -= wanted
        idle = np.clip(self.cash - wanted - self._purses.kept, 0, None)
        part = whole(idle * _DRAWN * (self._days.left_in_month[day] == 0))
        drawn = np.where(day >= self._purses.quits, self.cash, wanted + part)
        self.cash -= drawn
        self._reserve += whole(part * _OWNER_SAVES)
        return np.asarray(drawn, dtype=np.int64)

    def _judge(self, day: int) -> None:
        """Measure arrears; a loan too long past due or a judgment is a default."""
        late = self._late()
        daily = np.maximum(
            self._firms.inputs
            * np.maximum(self.hands, _LEAST_TRADE * self._firms.scale),
            1,
        )
        strain = np.clip((late / daily - _BORNE_DAYS) / _STRETCHED_DAYS, 0, 1)
        self.distress += (strain - self.distress) / _MOOD_DAYS
        past_due = self.debts.past_due(day)
        behind = (late > _COURT_DAYS * daily) & self.active(day)
        behind &= day >= self._purses.rescued_until
        bad = self.courts.hear(day, behind=behind, past_due=past_due[OTHERS])
        bad |= past_due[OURS] >= PAST_DUE_DAYS
        self.defaulted_on[bad & (day < self.defaulted_on)] = day
        month = self._days.month[day]
        self.arrears[month] = late + self.debts.owed.sum(axis=0) + self.owed_tax
        self.strain[month] = self.distress
