"""Cash, arrears and defaults: what must hold exactly, and what defaults look like."""

import numpy as np

from xiaowei.simulate.cash import COMING_IN, ITEMS
from xiaowei.simulate.debts import PAST_DUE_DAYS
from xiaowei.simulate.history import County


class TestTreasury:
    def test_rolls_cash_forward_to_the_fen(self, county: County) -> None:
        treasury, first = county.life.treasury, county.first_month
        opening = np.vstack([treasury.started_with, treasury.closing[first:-1]])
        moved = [treasury.ledger(item)[first:] for item in ITEMS]

        expected = opening + sum(moved[:COMING_IN]) - sum(moved[COMING_IN:])

        assert (treasury.closing[first:] == expected).all()

    def test_never_spends_what_is_not_there(self, county: County) -> None:
        treasury = county.life.treasury
        assert (treasury.closing >= 0).all()
        assert all((treasury.ledger(item) >= 0).all() for item in ITEMS)

    def test_pays_inside_the_county_what_is_received_there(
        self, county: County
    ) -> None:
        ledger = {i: county.life.treasury.ledger(i) for i in ITEMS}
        paid = ledger["paid_county"].sum(axis=1)
        assert (paid == ledger["received_county"].sum(axis=1)).all()
        assert paid.sum() > 0

    def test_lets_firms_short_of_cash_default_and_no_others(
        self, county: County
    ) -> None:
        treasury, days = county.life.treasury, county.world.days
        cash_days = treasury.closing / county.world.firms.scale
        lost = np.flatnonzero(treasury.defaulted_on < days.count)
        month = days.month[treasury.defaulted_on[lost]]

        before = cash_days[month - 3, lost]
        others = np.delete(cash_days[county.first_month :], lost, axis=1)

        assert np.median(before) < 3
        assert np.median(others) > 20
        assert (treasury.arrears[month - 1, lost] > 0).all()

    def test_counts_ninety_days_of_arrears_before_a_default(
        self, county: County
    ) -> None:
        treasury, days = county.life.treasury, county.world.days
        lost = np.flatnonzero(treasury.defaulted_on < days.count)
        first = days.month[treasury.defaulted_on[lost] - PAST_DUE_DAYS + 31]
        for firm, since in zip(lost, first, strict=True):
            until = days.month[treasury.defaulted_on[firm]]
            assert (treasury.arrears[since:until, firm] > 0).all()

    def test_sees_sales_fall_before_a_default(self, county: County) -> None:
        shipped, days = county.life.shipped, county.world.days
        defaulted_on = county.life.treasury.defaulted_on
        falls = [
            shipped[day - 90 : day, firm].mean()
            / shipped[day - 450 : day - 360, firm].mean()
            for firm, day in enumerate(defaulted_on.tolist())
            if county.world.first_day + 450 <= day < days.count
            and county.world.firms.opens[firm] < day - 450
        ]
        assert len(falls) > 10
        assert np.median(falls) < 0.75

    def test_stops_trade_after_a_default(self, county: County) -> None:
        life, days = county.life, county.world.days
        gone = np.flatnonzero(life.treasury.defaulted_on + 60 < days.count)
        for firm in gone:
            day = life.treasury.defaulted_on[firm] + 60
            assert life.shipped[day:, firm].sum() == 0
