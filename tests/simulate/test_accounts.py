"""Flows of the bank: to the fen, in the order of time, and what deceit leaves there."""

import numpy as np
import pyarrow.compute as pc
import pytest

from xiaowei.simulate.accounts import Flows, balances, flow_books, flows_of
from xiaowei.simulate.arrays import Ints
from xiaowei.simulate.history import County
from xiaowei.simulate.observed import Observer
from xiaowei.simulate.tickets import OUTSIDE


@pytest.fixture(scope="module")
def flows(seen: Observer) -> Flows:
    return flows_of(Observer(seen.county, seed=seen.seed))


@pytest.fixture(scope="module")
def balance(seen: Observer, flows: Flows) -> Ints:
    return balances(seen, flows)


class TestFlows:
    def test_end_each_day_with_the_cash_that_the_firm_has(
        self, seen: Observer, flows: Flows, balance: Ints
    ) -> None:
        county = seen.county
        treasury, days = county.life.treasury, county.world.days
        honest = county.world.frauds.kind < 0
        checked = 0
        for month in range(county.first_month, days.months):
            until = np.searchsorted(
                flows.firm * days.count + flows.day,
                np.arange(county.world.firms.count) * days.count
                + days.month_start(month + 1),
            )
            for firm in np.flatnonzero(honest).tolist():
                last = until[firm] - 1
                if last >= 0 and flows.firm[last] == firm:
                    assert balance[last] == treasury.closing[month, firm]
                    checked += 1
        assert checked > 9000

    def test_roll_forward_from_one_to_the_next(
        self, seen: Observer, flows: Flows, balance: Ints
    ) -> None:
        same = flows.firm[1:] == flows.firm[:-1]
        steps = np.diff(balance)[same]
        assert (steps == flows.amount[1:][same]).all()
        assert (np.diff(flows.day)[same] >= 0).all()
        assert len(seen.county.world.firms.codes) == len(np.unique(flows.firm))

    def test_never_overdraw_an_account(self, balance: Ints) -> None:
        assert balance.min() >= 0

    def test_pay_no_invoice_more_than_once(self, seen: Observer, flows: Flows) -> None:
        """Over all, what outside suppliers got is what the treasury paid them."""
        paid = seen.county.life.treasury.by_day["paid_outside"].sum(axis=0)
        out = (flows.step == 20) & (flows.amount < 0)
        inside = flows.other < seen.county.world.firms.count
        to_outside = np.bincount(
            flows.firm[out & ~inside],
            -flows.amount[out & ~inside],
            minlength=len(paid),
        )
        assert (to_outside.astype(np.int64) == paid).all()


class TestFile:
    def test_shows_only_what_a_bank_may_see(self, seen: Observer) -> None:
        observer = Observer(seen.county, seed=seen.seed)
        table = flow_books(observer)[0].table
        shown = set(table["enterprise_id"].to_pylist())
        place = observer.consents.families.index("bank_flows")
        agreed = observer.consents.agrees[place]
        codes = np.array(seen.county.world.firms.codes)
        assert shown < set(codes[agreed].tolist())
        assert len(shown) > 0.8 * agreed.sum()

    def test_balances_as_stated(self, seen: Observer) -> None:
        table = flow_books(Observer(seen.county, seed=seen.seed))[0].table
        way = table["way"].cast("string")
        signed = pc.if_else(
            pc.equal(way, "收"), table["amount_fen"], pc.negate(table["amount_fen"])
        )
        fen = np.array([int(cell * 100) for cell in signed.to_pylist()])
        after = np.array([int(cell * 100) for cell in table["balance_fen"].to_pylist()])
        account = np.array(table["account"].to_pylist())
        same = account[1:] == account[:-1]
        assert same.sum() > 10_000
        assert (np.diff(after)[same] == fen[1:][same]).all()


class TestWashes:
    def test_go_out_as_they_came_in(self, seen: Observer, flows: Flows) -> None:
        for firm in seen.county.world.frauds.of_kind("washed_flows"):
            own = flows.where(flows.firm == firm)
            back = own.where(own.step == 25)
            assert len(back.amount) > 20
            assert -back.amount.sum() > 0.9 * _turned(seen, own, back)

    def test_are_of_nobody_honest(self, seen: Observer, flows: Flows) -> None:
        frauds = seen.county.world.frauds
        assert (frauds.kind[flows.firm[flows.step == 25]] >= 0).all()


class TestInventedSales:
    def test_bring_no_money_unless_they_are_well_hidden(
        self, deceitful: County
    ) -> None:
        county = deceitful
        flows = flows_of(Observer(county, seed=(11,)))
        frauds, tickets = county.world.frauds, county.tickets
        plain = frauds.is_kind("fake_sales", "fake_sales_powered", "shell")
        plain &= frauds.camouflage < 2
        assert not np.isin(flows.firm[flows.step == 25], np.flatnonzero(plain)).any()
        staged = tickets.staged & (tickets.seller != OUTSIDE)
        assert plain[tickets.seller[staged]].any()
        hidden = frauds.is_kind("fake_sales") & (frauds.camouflage >= 2)
        assert np.isin(flows.firm[flows.step == 25], np.flatnonzero(hidden)).any()


def _turned(seen: Observer, own: Flows, back: Flows) -> int:
    """Return what came in from those to whom money went back."""
    shells = set(back.other.tolist())
    first = len(seen.county.world.network.pool) - seen.county.world.firms.count
    assert min(shells) >= first
    came = np.isin(own.other, list(shells)) & (own.amount > 0)
    return int(own.amount[came].sum())
