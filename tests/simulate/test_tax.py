"""VAT returns are what the delivered invoices come to."""

import numpy as np
from numpy.typing import NDArray

from xiaowei.simulate.history import County
from xiaowei.simulate.tax import DUE_DAY


def _by_month(
    county: County, end: str, column: str, *, months: int = 1
) -> NDArray[np.int64]:
    """Add up valid invoices as delivered, over the given months up to each one."""
    days, tickets = county.world.days, county.tickets
    firm = getattr(tickets, end)
    chosen = (firm >= 0) & ~tickets.voided
    table = np.zeros((days.months, county.world.firms.count), dtype=np.int64)
    amount = getattr(tickets, column)[chosen]
    np.add.at(table, (days.month[tickets.day[chosen]], firm[chosen]), amount)
    for month in range(days.months - 1, 0, -1):
        table[month] = table[max(month - months + 1, 0) : month + 1].sum(axis=0)
    return table


class TestReturns:
    def test_of_honest_general_taxpayers_are_output_less_input_less_carry(
        self, county: County
    ) -> None:
        returns, firms = county.life.taxes.returns, county.world.firms
        honest = (county.world.frauds.kind < 0) & ~firms.small_scale
        filed = (returns.filed_on >= 0) & honest

        output = _by_month(county, "seller", "tax")
        net = output - _by_month(county, "buyer", "tax")
        net[1:] -= returns.carry[:-1]

        assert filed.sum() > 5000
        assert (returns.due == np.maximum(net, 0))[filed].all()
        assert (returns.carry == np.maximum(-net, 0))[filed].all()
        sales = _by_month(county, "seller", "net")
        assert (returns.sales == sales)[filed].all()

    def test_of_small_scale_taxpayers_are_the_output_of_a_quarter(
        self, county: County
    ) -> None:
        returns, firms = county.life.taxes.returns, county.world.firms
        honest = (county.world.frauds.kind < 0) & firms.small_scale
        filed = (returns.filed_on >= 0) & honest

        output = _by_month(county, "seller", "tax", months=3)

        assert filed.sum() > 200
        assert (returns.due == np.maximum(output, 0))[filed].all()

    def test_hide_sales_only_of_those_who_under_declare(self, county: County) -> None:
        returns, frauds = county.life.taxes.returns, county.world.frauds
        sales = _by_month(county, "seller", "net")
        for firm in frauds.of_kind("under_declared"):
            filed = returns.filed_on[:, firm] >= 0
            filed[: frauds.since[firm]] = False
            share = returns.sales[filed, firm].sum() / sales[filed, firm].sum()
            assert abs(share - (1 - frauds.intensity[firm])) < 0.01

    def test_count_what_was_shown_only_while_both_ends_trade(
        self, deceitful: County
    ) -> None:
        taxes, life = deceitful.life.taxes, deceitful.life
        closed = life.treasury.closes_on < deceitful.world.days.count
        assert (closed & (deceitful.world.frauds.kind >= 0)).sum() > 10
        first = deceitful.first_month
        for table, end, column in (
            (taxes.sales, "seller", "net"),
            (taxes.output, "seller", "tax"),
            (taxes.bought, "buyer", "net"),
            (taxes.inputs, "buyer", "tax"),
        ):
            assert (table[first:] == _by_month(deceitful, end, column)[first:]).all()

    def test_are_late_and_unpaid_more_often_before_a_default(
        self, county: County
    ) -> None:
        returns, days = county.life.taxes.returns, county.world.days
        lost = county.life.treasury.defaulted_on < days.count
        starts = np.array([days.month_start(m) for m in range(days.months)])
        due_on = np.append(starts[1:], days.count) + DUE_DAY - 1
        filed = returns.filed_on >= 0
        late = filed & (returns.filed_on > due_on[:, None])
        unpaid = filed & (returns.paid < returns.due)
        for bad in (late, unpaid):
            share = bad.sum(axis=0) / np.maximum(filed.sum(axis=0), 1)
            assert share[lost].mean() > 4 * share[~lost].mean()
        assert (returns.paid <= returns.due).all()
