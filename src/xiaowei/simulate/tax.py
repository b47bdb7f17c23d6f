"""Invoices drive tax: VAT carried forward, income tax by quarter, paid if it can."""

from dataclasses import dataclass
from typing import Final

import numpy as np

from xiaowei.simulate.arrays import Flags, Floats, Ints, whole
from xiaowei.simulate.firms import Firms
from xiaowei.simulate.seasons import Days
from xiaowei.simulate.tickets import Tickets

DUE_DAY: Final = 15
"""VAT of a period is due on the 15th of the month after it."""

_NEVER: Final = -1
_FIRST_FILING_DAY: Final = 4
_MONTHS_A_QUARTER: Final = 3
_SHAKY: Final = 0.25
_LATE_DAYS: Final = 22
_LATEST: Final = 80
_SLIP: Final = 0.004
_INCOME_TAX: Final = 0.05
"""What small firms of low profit pay of their profit."""


@dataclass(frozen=True, slots=True)
class Returns:
    """VAT returns: one row per month in which a period ended, one column per firm.

    Args:
        filed_on: day of filing by number; negative where none is filed.
        first_month: first month of the period by number.
        sales: declared sales in fen without tax.
        output, inputs: declared output and input tax in fen.
        carry: input tax left over for the next period.
        due: tax to pay for the period.
        paid: what of it was paid on the day of filing.
        income: income tax to pay for the quarter, filed with the VAT of its last
            month; 0 in all other months.
        income_sales: sales of that quarter in fen.
        income_paid: what of the income tax was paid on the day of filing.
    """

    filed_on: Ints
    first_month: Ints
    sales: Ints
    output: Ints
    inputs: Ints
    carry: Ints
    due: Ints
    paid: Ints
    income: Ints
    income_sales: Ints
    income_paid: Ints


class TaxOffice:
    """Adds up invoices month by month and takes in the returns."""

    def __init__(
        self,
        firms: Firms,
        *,
        days: Days,
        opens_in: int,
        declared: Floats,
        rng: np.random.Generator,
    ) -> None:
        """Start with nothing filed.

        Args:
            firms: the firms.
            days: the days.
            opens_in: number of the first month for which returns are kept.
            declared: share of sales that each firm declares, from each month on.
                Shape: one row per month, one column per firm; 0..1.
            rng: where chance comes from.
        """
        shape = (days.months, firms.count)
        self._firms = firms
        self._days = days
        self._opens_in = opens_in
        self._declared = declared
        self._rng = rng
        self.sales = np.zeros(shape, dtype=np.int64)
        self.output = np.zeros(shape, dtype=np.int64)
        self.inputs = np.zeros(shape, dtype=np.int64)
        self.bought = np.zeros(shape, dtype=np.int64)
        self.returns = Returns(
            np.full(shape, _NEVER, dtype=np.int64),
            *(np.zeros(shape, dtype=np.int64) for _ in range(10)),
        )
        self._costs = firms.of_trade("wages") + firms.of_trade("overheads")

    def book(self, tickets: Tickets) -> None:
        """Add invoices to their months; voided ones count for nothing."""
        valid = tickets.where(~tickets.voided)
        month = self._days.month[valid.day]
        sold, bought = valid.seller >= 0, valid.buyer >= 0
        for table, firm, amount in (
            (self.sales, valid.seller, valid.net),
            (self.output, valid.seller, valid.tax),
        ):
            np.add.at(table, (month[sold], firm[sold]), amount[sold])
        for table, amount in ((self.inputs, valid.tax), (self.bought, valid.net)):
            np.add.at(table, (month[bought], valid.buyer[bought]), amount[bought])

    def assess(self, day: int, *, distress: Floats, active: Flags) -> None:
        """Settle on a month's first day what each firm will file, and when.

        Small-scale taxpayers file by quarter and deduct no input tax. The others
        carry input tax forward. What a firm does not declare lowers its output tax.

        Args:
            day: the first day of a month.
            distress: 0..1; firms that cannot pay file late.
            active: which firms still trade.
        """
        month = int(self._days.month[day]) - 1
        if self._days.day_of_month[day] != 1 or month < self._opens_in:
            return
        small = self._firms.small_scale
        ends = self._days.month_of_year[day - 1]
        quarter_ends = bool(ends % _MONTHS_A_QUARTER == 0)
        first = np.where(small, max(month - 2, self._opens_in), month)
        self._add_up(month, first=first)
        if quarter_ends:
            self._add_up_income(month)
        started = self._firms.opens < day
        files = active & started & (~small | quarter_ends)
        late = (self._rng.random(len(small)) < distress * (distress > _SHAKY)) | (
            self._rng.random(len(small)) < _SLIP
        )
        lag = self._rng.integers(_FIRST_FILING_DAY, DUE_DAY + 1, len(small))
        more = self._rng.geometric(1 / _LATE_DAYS, len(small)).clip(1, _LATEST)
        filed = day - 1 + np.where(late, DUE_DAY + more, lag)
        self.returns.filed_on[month] = np.where(files, filed, _NEVER)

    def falls_due(self, day: int) -> Ints:
        """Return the tax of all returns filed today, per firm."""
        returns = self.returns
        today = returns.filed_on == day
        if not today.any():
            return np.zeros(self._firms.count, dtype=np.int64)
        due = ((returns.due + returns.income) * today).sum(axis=0)
        return np.asarray(due, dtype=np.int64)

    def note_paid(self, day: int, *, arrears: Ints) -> None:
        """Note what of today's returns was paid, VAT before income tax.

        Args:
            day: its number.
            arrears: tax that each firm still owes tonight, in fen.
        """
        returns = self.returns
        today = returns.filed_on == day
        if not today.any():
            return
        unpaid = np.clip(arrears - returns.income, 0, None)
        paid = np.clip(returns.due - unpaid, 0, None)
        returns.paid[today] = paid[today]
        income_paid = np.clip(returns.income - arrears, 0, None)
        returns.income_paid[today] = income_paid[today]

    def _add_up_income(self, month: int) -> None:
        """Settle the income tax of the quarter that a month ends."""
        first = max(month - 2, self._opens_in)
        declared = self._declared[month]
        sales = whole(self.sales[first : month + 1].sum(axis=0) * declared)
        bought = self.bought[first : month + 1].sum(axis=0)
        profit = sales * (1 - self._costs) - bought
        self.returns.income_sales[month] = sales
        self.returns.income[month] = whole(np.clip(profit, 0, None) * _INCOME_TAX)

    def _add_up(self, month: int, *, first: Ints) -> None:
        returns = self.returns
        small = self._firms.small_scale
        within = np.arange(self._days.months)[:, None] >= first
        within &= (np.arange(self._days.months) <= month)[:, None]
        declared = self._declared[month]
        sales = whole((self.sales * within).sum(axis=0) * declared)
        output = whole((self.output * within).sum(axis=0) * declared)
        inputs = np.where(small, 0, (self.inputs * within).sum(axis=0))
        before = returns.carry[month - 1]
        net = output - inputs - before
        returns.first_month[month] = first
        returns.sales[month] = sales
        returns.output[month] = output
        returns.inputs[month] = inputs
        returns.carry[month] = np.where(small, 0, np.maximum(-net, 0))
        returns.due[month] = np.maximum(net, 0)
