"""Flows of the bank: to the fen, in the order of time, and what deceit leaves there."""

from collections import Counter

import numpy as np
import pyarrow.compute as pc
import pytest

from xiaowei.simulate.accounts import PURPOSES, Flows, balances, flow_books, flows_of
from xiaowei.simulate.arrays import Ints
from xiaowei.simulate.cash import COMING_IN, ITEMS, UPKEEP
from xiaowei.simulate.columns import NEVER
from xiaowei.simulate.grid import bills_of
from xiaowei.simulate.history import County
from xiaowei.simulate.observed import Observer
from xiaowei.simulate.tickets import OUTSIDE
from xiaowei.simulate.upkeep import upkeep


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

    def test_roll_forward_each_day_by_what_the_firm_took_and_paid(
        self, seen: Observer, flows: Flows, balance: Ints
    ) -> None:
        county = seen.county
        treasury, honest = county.life.treasury, county.world.frauds.kind < 0
        moved = np.zeros((county.world.days.count, len(honest)), dtype=np.int64)
        np.add.at(moved, (flows.day, flows.firm), flows.amount)
        came = sum(treasury.by_day[item] for item in ITEMS[:COMING_IN])
        went = sum(treasury.by_day[item] for item in ITEMS[COMING_IN:])
        assert (moved == came - went)[:, honest].all()
        last = np.append(flows.firm[1:] != flows.firm[:-1], True)
        assert (flows.firm[last] == np.arange(len(honest))).all()
        ended = treasury.started_with + moved.sum(axis=0)
        assert (balance[last] == ended).all()
        assert (np.diff(flows.day)[~last[:-1]] >= 0).all()

    def test_pay_the_bills_of_a_month_once(self, seen: Observer, flows: Flows) -> None:
        """What is paid in parts pays power and water with the first of them."""
        county = seen.county
        works = flows.where(flows.purpose == PURPOSES.index("utilities"))
        paid = np.zeros(county.world.firms.count, dtype=np.int64)
        np.add.at(paid, works.firm, -works.amount)
        due = county.life.treasury.fell_due[UPKEEP.index("overheads")]
        bills = bills_of(seen).sum(axis=0)
        most = np.minimum(bills[:-1], (0.8 * due[1:]).astype(np.int64))
        cost = upkeep(county.life.treasury, "overheads")
        full = np.zeros(due.shape, dtype=np.bool_)
        full[cost.month, cost.firm] = cost.full_on != NEVER
        assert (np.bincount(cost.part) > 1).sum() > 100
        assert (paid <= most.sum(axis=0)).all()
        assert (paid >= (most * full[1:]).sum(axis=0)).all()

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
            turned = _turned(seen, own, back)
            assert 0.9 * turned < -back.amount.sum() <= turned

    def test_are_of_nobody_honest(self, seen: Observer, flows: Flows) -> None:
        frauds = seen.county.world.frauds
        assert (frauds.kind[flows.firm[flows.step == 25]] >= 0).all()


class TestCircles:
    def test_move_money_on_both_accounts_where_they_hide_well(
        self, deceitful: County
    ) -> None:
        """Each payment that a seller takes in stands in the buyer's account too."""
        flows = flows_of(Observer(deceitful, seed=(11,)))
        frauds = deceitful.world.frauds
        within = frauds.is_kind("circular", "related_party") & (frauds.camouflage >= 2)
        inside = flows.other < deceitful.world.firms.count
        trade = flows.where(inside & (flows.purpose == PURPOSES.index("trade")))
        ends = (trade.firm, trade.other, trade.day, trade.amount)
        rows = Counter(zip(*(column.tolist() for column in ends), strict=True))
        taken = 0
        for (firm, other, day, amount), count in rows.items():
            assert rows[other, firm, day, -amount] == count
            taken += int(within[firm] and within[other] and amount > 0)
        assert taken > 50

    def test_are_paid_with_what_a_shell_sent(self, deceitful: County) -> None:
        flows = flows_of(Observer(deceitful, seed=(11,)))
        world = deceitful.world
        out = flows.where((flows.step == 25) & (flows.other < world.firms.count))
        first = len(world.network.pool)
        came = flows.where(
            (flows.step == 0)
            & (flows.other >= first)
            & (flows.other < world.firms.count + first)
        )
        sent = set(
            zip(
                came.firm.tolist(), came.day.tolist(), came.amount.tolist(), strict=True
            )
        )
        paid = set(
            zip(
                out.firm.tolist(), out.day.tolist(), (-out.amount).tolist(), strict=True
            )
        )
        assert len(paid) > 50
        assert paid <= sent


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
