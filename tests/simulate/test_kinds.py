"""Each kind of deceit leaves the trace it should, in the source where it should."""

from collections import Counter
from typing import TYPE_CHECKING

import numpy as np
import pytest

from xiaowei.simulate.bureau import LENDERS, bureau_books
from xiaowei.simulate.fraud import KINDS, FraudKind
from xiaowei.simulate.goods import GOODS, ODD_HEADS, goods_of
from xiaowei.simulate.history import County
from xiaowei.simulate.observed import Observer
from xiaowei.simulate.registry import registry_books
from xiaowei.simulate.staff import staff_books
from xiaowei.simulate.tickets import OUTSIDE

if TYPE_CHECKING:
    from datetime import date


@pytest.fixture(scope="module")
def watch(deceitful: County) -> Observer:
    return Observer(deceitful, seed=(11,))


def _month_starts(county: County) -> np.typing.NDArray[np.int64]:
    days = county.world.days
    return np.array([days.month_start(month) for month in range(days.months)])


class TestKinds:
    def test_are_all_there_with_every_camouflage(self, deceitful: County) -> None:
        frauds = deceitful.world.frauds
        assert {KINDS[kind] for kind in frauds.kind if kind >= 0} == set(KINDS)
        assert set(frauds.camouflage[frauds.kind >= 0].tolist()) == {0, 1, 2, 3}
        assert (frauds.camouflage[frauds.kind < 0] == 0).all()

    def test_act_in_groups_of_the_right_size(self, deceitful: County) -> None:
        groups = deceitful.world.frauds.groups
        assert all(3 <= len(ring) <= 6 for ring in groups["circular"])
        assert all(3 <= len(clients) <= 8 for clients in groups["packaged"])
        assert all(len(pair) == 2 for pair in groups["related_party"])


class TestPower:
    def test_stands_still_beside_invented_sales_unless_burned(
        self, deceitful: County
    ) -> None:
        grows = {
            kind: _power_growth(deceitful, kind)
            for kind in ("fake_sales", "fake_sales_powered")
        }
        assert np.median(grows["fake_sales"]) < 1.15
        assert np.median(grows["fake_sales_powered"]) > 1.25


def _power_growth(county: County, kind: FraudKind) -> list[float]:
    frauds, starts = county.world.frauds, _month_starts(county)
    first, grows = county.world.first_day, []
    for firm in frauds.of_kind(kind):
        since = int(starts[frauds.since[firm]])
        alive = county.life.active[:, firm]
        after = county.power[since:, firm][alive[since:]]
        grows.append(after.mean() / county.power[first:since, firm].mean())
    return grows


class TestShell:
    def test_lives_for_a_burst(self, deceitful: County) -> None:
        tickets, frauds = deceitful.tickets, deceitful.world.frauds
        days = deceitful.world.days
        for firm in frauds.of_kind("shell"):
            own = tickets.where((tickets.seller == firm) & ~tickets.voided)
            monthly = np.bincount(days.month[own.day], own.net, minlength=days.months)
            burst = monthly[frauds.since[firm] : frauds.since[firm] + 8]
            before = monthly[deceitful.first_month : frauds.since[firm]]
            assert np.median(burst) > 4 * np.median(before)

    def test_is_struck_off_only_once_it_trades_no_more(
        self, deceitful: County, watch: Observer
    ) -> None:
        table = registry_books(Observer(deceitful, seed=watch.seed))[0].table
        world, tickets = deceitful.world, deceitful.tickets
        place = {code: firm for firm, code in enumerate(world.firms.codes)}
        over, shells = 0, 0
        for row in table.to_pylist():
            if row["status"] == "存续":
                continue
            firm = place[row["enterprise_id"]]
            day = (row["known_on"] - world.days.first).days
            assert not deceitful.life.active[day:, firm].any()
            issued = (tickets.seller == firm) & (tickets.net > 0) & ~tickets.voided
            assert not (issued & (tickets.day >= day) & tickets.staged).any()
            over += 1
            shells += int(world.frauds.is_kind("shell")[firm])
        assert over > 20
        assert shells >= 2

    def test_shares_its_address_unless_it_hides(
        self, deceitful: County, watch: Observer
    ) -> None:
        frauds = deceitful.world.frauds
        table = registry_books(Observer(deceitful, seed=watch.seed))[0].table
        rows = table.select(["enterprise_id", "address", "phone"]).to_pylist()
        phones = Counter({row["phone"] for row in rows})
        phones = Counter(
            phone for _, phone in {(r["enterprise_id"], r["phone"]) for r in rows}
        )
        phone_of = {row["enterprise_id"]: row["phone"] for row in rows}
        codes = deceitful.world.firms.codes
        home: dict[str, str] = {}
        for row in rows:
            home.setdefault(row["enterprise_id"], row["address"])
        plain_shells, shared = 0, 0
        for firm in frauds.of_kind("shell"):
            if firm == 0 or frauds.kind[firm - 1] >= 0:
                continue
            same = home[codes[firm]] == home[codes[firm - 1]]
            assert same == (frauds.camouflage[firm] < 2)
            plain_shells += int(frauds.camouflage[firm] < 2)
            shared += int(same)
        assert shared == plain_shells >= 2
        for group in frauds.groups["packaged"]:
            told = [phone_of[codes[firm]] for firm in group if phone_of[codes[firm]]]
            plain = frauds.camouflage[group[0]] < 2
            assert (len(set(told)) == 1) == plain
        honest = np.flatnonzero(frauds.kind < 0)
        alone = [phones[phone_of[codes[firm]]] == 1 for firm in honest.tolist()]
        assert np.mean(alone) > 0.9


class TestGhosts:
    def test_are_insured_but_not_paid(self, deceitful: County, watch: Observer) -> None:
        frauds = deceitful.world.frauds
        social, payroll = (
            _heads(book.table.to_pylist())
            for book in staff_books(Observer(deceitful, seed=watch.seed))
        )
        codes, seen = deceitful.world.firms.codes, 0
        for firm in frauds.of_kind("ghost_staff"):
            code = codes[firm]
            if code not in social or code not in payroll:
                continue
            seen += 1
            before, after = social[code][0], social[code][-1]
            assert after > before * (1 + 0.5 * frauds.intensity[firm])
            assert payroll[code][-1] < 1.6 * payroll[code][0]
        assert seen >= 2


def _heads(rows: list[dict[str, object]]) -> dict[str, list[int]]:
    heads: dict[str, list[int]] = {}
    for row in sorted(rows, key=lambda row: str(row["period_end"])):
        heads.setdefault(str(row["enterprise_id"]), []).append(
            int(str(row["headcount"]))
        )
    return heads


class TestStacking:
    def test_goes_to_several_lenders_within_days(
        self, deceitful: County, watch: Observer
    ) -> None:
        frauds, codes = deceitful.world.frauds, deceitful.world.firms.codes
        table = bureau_books(Observer(deceitful, seed=watch.seed))[0].table
        opened: dict[str, set[tuple[str, date]]] = {}
        for row in table.to_pylist():
            if row["lender"] != LENDERS[0]:
                opened.setdefault(row["enterprise_id"], set()).add(
                    (row["contract_no"], row["opened_on"])
                )
        stackers = frauds.of_kind("loan_stacking")
        told = [opened[codes[firm]] for firm in stackers if codes[firm] in opened]
        assert len(told) >= 3
        for contracts in told:
            dates = sorted(day for _, day in contracts)
            assert len(contracts) >= 3
            assert (dates[-1] - dates[0]).days <= 15

    def test_ends_in_default_as_does_busting_out(self, deceitful: County) -> None:
        lost = deceitful.life.treasury.defaulted_on < deceitful.world.days.count
        for kind in ("loan_stacking", "bust_out"):
            own = deceitful.world.frauds.is_kind(kind)
            assert lost[own].mean() > 0.6


class TestBustOut:
    def test_takes_one_large_loan_after_a_small_one_was_repaid(
        self, deceitful: County
    ) -> None:
        debts, frauds = deceitful.life.treasury.debts, deceitful.world.frauds
        for firm in frauds.of_kind("bust_out"):
            own = [
                int(part.principal[place])
                for part in debts.drawn
                for place in np.flatnonzero((part.firm == firm) & (part.lender == 0))
            ]
            assert len(own) == 2
            assert own[1] > own[0]


class TestRelatedParties:
    def test_sell_to_each_other_and_have_one_controller(
        self, deceitful: County, watch: Observer
    ) -> None:
        people, tickets = watch.people, deceitful.tickets
        staged = tickets.where(tickets.staged)
        control = people.role == 3
        who = dict(zip(people.firm[control], people.person[control], strict=True))
        for seller, buyer in deceitful.world.frauds.groups["related_party"]:
            assert who[seller] == who[buyer]
            assert ((staged.seller == seller) & (staged.buyer == buyer)).any()


class TestCarousel:
    def test_buys_what_fits_no_product_unless_it_hides(self, deceitful: County) -> None:
        tickets, frauds = deceitful.tickets, deceitful.world.frauds
        goods = goods_of(deceitful, rng=np.random.Generator(np.random.PCG64(1)))
        odd = goods >= len(GOODS) - len(ODD_HEADS)
        assert odd.any()
        assert (tickets.seller[odd] == OUTSIDE).all()
        buyers = set(tickets.buyer[odd].tolist())
        plain = frauds.is_kind("carousel") & (frauds.camouflage < 2)
        assert buyers <= set(np.flatnonzero(plain).tolist())


class TestPackaged:
    def test_clients_have_one_template(self, deceitful: County) -> None:
        tickets, frauds = deceitful.tickets, deceitful.world.frauds
        month = deceitful.world.days.month[tickets.day]
        for group in frauds.groups["packaged"]:
            if frauds.camouflage[group[0]]:
                continue
            shapes = []
            for firm in group:
                own = tickets.staged & (tickets.seller == firm)
                own &= month == frauds.since[group[0]]
                net = np.sort(tickets.net[own])
                if len(net):
                    shapes.append(net / net.sum())
            for shape in shapes[1:]:
                assert np.abs(shape - shapes[0]).max() < 0.01
