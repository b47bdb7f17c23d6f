"""Loans: default is ninety days past due or a judgment, and every source agrees."""

import numpy as np
import pytest

from xiaowei.simulate.cases import court_books
from xiaowei.simulate.columns import NEVER
from xiaowei.simulate.debts import OTHERS, OURS, PAST_DUE_DAYS, Contracts
from xiaowei.simulate.history import County
from xiaowei.simulate.observed import Observer
from xiaowei.simulate.repaid import Instalments, instalments_of, standing_on

Loans = tuple[Contracts, Instalments]


@pytest.fixture(scope="module")
def loans(county: County) -> Loans:
    return instalments_of(county.life.treasury.debts, first_day=county.world.first_day)


class TestInstalments:
    def test_account_for_every_fen_paid(self, county: County, loans: Loans) -> None:
        contracts, told = loans
        treasury = county.life.treasury
        for lender, item in ((OURS, "loan"), (OTHERS, "other_loans")):
            own = contracts.lender[told.contract] == lender
            paid = np.zeros(county.world.firms.count, dtype=np.int64)
            np.add.at(paid, contracts.firm[told.contract[own]], told.paid[own])
            assert (paid == treasury.by_day[item].sum(axis=0)).all()

    def test_are_never_paid_before_they_are_due(self, loans: Loans) -> None:
        _, told = loans
        paid = told.paid_on != NEVER
        assert paid.sum() > 3000
        assert (told.paid_on[paid] >= told.due_on[paid]).all()


class TestDefault:
    def test_is_the_first_day_ninety_days_past_due_or_judged(
        self, county: County, loans: Loans
    ) -> None:
        contracts, told = loans
        treasury, last = county.life.treasury, county.world.days.count
        count = county.world.firms.count
        ours = contracts.lender[told.contract] == OURS
        settled = np.where(told.paid_on == NEVER, last, told.paid_on)
        late = ours & (settled - told.due_on > PAST_DUE_DAYS - 1)
        late &= told.due_on + PAST_DUE_DAYS < last
        on = np.full(count, last, dtype=np.int64)
        np.minimum.at(
            on,
            contracts.firm[told.contract[late]],
            told.due_on[late] + PAST_DUE_DAYS,
        )
        expected = np.minimum(on, treasury.courts.judged_on)
        assert (expected < last).sum() > 20
        assert (treasury.defaulted_on == expected).all()

    def test_happens_in_both_ways(self, county: County) -> None:
        treasury, last = county.life.treasury, county.world.days.count
        lost = treasury.defaulted_on < last
        judged = treasury.courts.judged_on == treasury.defaulted_on
        assert (lost & judged).any()
        assert (lost & ~judged).any()

    def test_is_known_to_the_courts_where_it_is_theirs(
        self, county: County, seen: Observer
    ) -> None:
        treasury, days = county.life.treasury, county.world.days
        judged = treasury.courts.judged_on
        early = np.flatnonzero(judged < days.count - 60)
        table = court_books(Observer(county, seed=seen.seed))[0].table
        rows = {
            (row["enterprise_id"], row["happened_on"])
            for row in table.to_pylist()
            if row["stage"] == "判决"
        }
        for firm in early.tolist():
            day = days.date_of(int(judged[firm]))
            assert (county.world.firms.codes[firm], day) in rows

    def test_shows_in_the_bureau_as_days_past_due(
        self, county: County, deceitful: County
    ) -> None:
        checked = 0
        for lived in (county, deceitful):
            treasury, days = lived.life.treasury, lived.world.days
            contracts, told = instalments_of(
                treasury.debts, first_day=lived.world.first_day
            )
            for firm in np.flatnonzero(treasury.defaulted_on < days.count).tolist():
                day = int(treasury.defaulted_on[firm])
                if treasury.courts.judged_on[firm] == day:
                    continue
                stood = standing_on(day, contracts, told)
                own = (contracts.firm == firm) & (contracts.lender == OURS)
                assert stood.past_due[own].max() == PAST_DUE_DAYS
                checked += 1
        assert checked > 10


class TestStanding:
    def test_owes_all_of_a_loan_whose_first_instalment_lies_ahead(
        self, county: County, loans: Loans
    ) -> None:
        contracts, told = loans
        last = county.world.days.count - 1
        new = np.flatnonzero(contracts.first_month >= county.world.days.months)
        assert len(new) > 2
        stood = standing_on(last, contracts, told)
        assert (stood.balance[new] == contracts.principal[new]).all()
        over = contracts.first_month + contracts.count <= county.first_month
        assert (stood.balance[over] == 0).all()

    def test_owes_the_principal_when_a_loan_begins(self, loans: Loans) -> None:
        contracts, told = loans
        new = np.flatnonzero(contracts.drawn > 200)
        assert len(new) > 20
        for place in new[:20].tolist():
            stood = standing_on(int(contracts.drawn[place]), contracts, told)
            assert stood.balance[place] == contracts.principal[place]
            assert stood.past_due[place] == 0
