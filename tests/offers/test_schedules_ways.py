"""Each way to repay, by figures that a hand calculator gives."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import cast

import pytest

from xiaowei.offers.schedules.agreement import (
    NO_INCOME,
    Agreement,
    AgreementError,
    Income,
)
from xiaowei.offers.schedules.borrowing import Borrowing
from xiaowei.offers.schedules.rate import FeesError, effective_rate
from xiaowei.offers.schedules.schedule import Schedule, schedule_of
from xiaowei.offers.schedules.ways import (
    at_end,
    equal_instalments,
    equal_principal,
    income_linked,
    interest_first,
    seasonal,
)
from xiaowei.policy.products.product import KINDS, Kind

YEAR = Borrowing(
    amount_fen=10_000_000,
    rate=Decimal("0.0435"),
    drawn_on=date(2025, 1, 15),
    instalments=12,
    day_count="30E/360",
)
HARVEST = (0, 0, 0, 0, 0, 3, 0, 0, 0, 6, 0, 1)
"""Wheat in June, maize in October."""

INCOME = Income(
    incomes_fen=(2_000_000, 0, 100_000, 30_000_000, *[1_000_000] * 8),
    share=Decimal("0.3"),
    floor_fen=20_000,
    cap_fen=5_000_000,
)


def principal(schedule: Schedule) -> list[int]:
    return [line.principal_fen for line in schedule.lines]


def interest(schedule: Schedule) -> list[int]:
    return [line.interest_fen for line in schedule.lines]


def paid(schedule: Schedule) -> list[int]:
    return [line.paid_fen for line in schedule.lines]


class TestEqualInstalments:
    def test_are_those_of_the_bank_calculator(self) -> None:
        schedule = equal_instalments(YEAR)

        assert set(paid(schedule)) == {853_099, 853_100}
        assert schedule.lines[0].interest_fen == 36_250
        assert schedule.interest_fen == 237_190

    def test_differ_by_a_fen_where_the_division_leaves_a_rest(self) -> None:
        free = replace(YEAR, rate=Decimal(0), amount_fen=1_000_000, instalments=3)

        assert paid(equal_instalments(free)) == [333_333, 333_334, 333_333]

    def test_spread_a_late_first_day_over_all(self) -> None:
        late = replace(YEAR, first_due_on=date(2025, 3, 15))
        schedule = equal_instalments(late)

        assert max(paid(schedule)) - min(paid(schedule)) <= 1
        assert schedule.lines[0].interest_fen == 72_500

    def test_pay_the_interest_of_a_period_that_is_more(self) -> None:
        long = replace(
            YEAR,
            rate=Decimal("0.24"),
            instalments=240,
            first_due_on=date(2025, 7, 15),
        )
        schedule = equal_instalments(long)

        assert schedule.lines[0].paid_fen == schedule.lines[0].interest_fen == 1_200_000
        assert max(paid(schedule)[1:-1]) - min(paid(schedule)[1:-1]) <= 1

    def test_begin_after_the_grace(self) -> None:
        schedule = equal_instalments(YEAR, grace=6)
        half = equal_instalments(replace(YEAR, instalments=6))

        assert paid(schedule)[:6] == [36_250] * 6
        assert paid(schedule)[6:] == paid(half)


class TestEqualPrincipal:
    def test_repays_the_same_each_time_to_the_fen(self) -> None:
        schedule = equal_principal(YEAR)

        assert principal(schedule) == [833_333] * 8 + [833_334] * 4
        assert interest(schedule)[:3] == [36_250, 33_229, 30_208]

    def test_begins_after_the_grace(self) -> None:
        schedule = equal_principal(YEAR, grace=2)

        assert principal(schedule) == [0, 0, *[1_000_000] * 10]


class TestInterestFirst:
    def test_repays_principal_on_the_last_day(self) -> None:
        schedule = interest_first(YEAR)

        assert interest(schedule) == [36_250] * 12
        assert principal(schedule) == [0] * 11 + [10_000_000]

    def test_may_bear_interest_by_the_quarter(self) -> None:
        schedule = interest_first(replace(YEAR, instalments=4, every_months=3))

        assert interest(schedule) == [108_750] * 4
        assert schedule.ends_on == date(2026, 1, 15)


class TestAtEnd:
    def test_pays_all_at_once_with_simple_interest(self) -> None:
        schedule = at_end(replace(YEAR, day_count="ACT/360"))

        assert paid(schedule) == [10_000_000 + 441_042]
        assert schedule.ends_on == date(2026, 1, 15)
        assert schedule.lines[0].number == 1


class TestSeasonal:
    def test_repays_when_the_firm_earns(self) -> None:
        schedule = seasonal(replace(YEAR, instalments=11), weights=HARVEST)

        assert principal(schedule) == [
            *[0] * 4,
            3_000_000,
            *[0] * 3,
            6_000_000,
            0,
            1_000_000,
        ]
        assert interest(schedule)[4:6] == [36_250, 25_375]

    def test_weighs_the_month_agreed_where_the_day_is_moved_out_of_it(self) -> None:
        moved = replace(
            YEAR,
            instalments=11,
            due_day=31,
            closed_on=frozenset({date(2025, 6, 30)}),
        )
        schedule = seasonal(moved, weights=HARVEST)

        assert schedule.lines[4].due_on == date(2025, 7, 1)
        assert schedule.lines[4].principal_fen == 3_000_000

    def test_repays_over_several_years(self) -> None:
        schedule = seasonal(replace(YEAR, instalments=23), weights=HARVEST)

        assert [part for part in principal(schedule) if part] == [
            1_500_000,
            3_000_000,
            500_000,
        ] * 2


class TestIncomeLinked:
    def test_pays_a_share_between_floor_and_cap_interest_first(self) -> None:
        schedule = income_linked(YEAR, income=INCOME)

        assert paid(schedule)[:4] == [600_000, 20_000, 30_000, 5_000_000]
        assert [line.carried_fen for line in schedule.lines[:4]] == [
            0,
            14_206,
            18_412,
            0,
        ]
        assert sum(principal(schedule)) == 10_000_000

    def test_pays_the_rest_at_the_end(self) -> None:
        schedule = income_linked(YEAR, income=INCOME)

        assert schedule.ends_on == YEAR.ends_on
        assert paid(schedule)[4:11] == [300_000] * 7
        assert schedule.lines[-1].principal_fen > 2_000_000

    def test_ends_early_where_income_is_high(self) -> None:
        rich = replace(INCOME, incomes_fen=(20_000_000,) * 12)
        schedule = income_linked(YEAR, income=rich)

        assert schedule.instalments == 3
        assert schedule.lines[-1].outstanding_fen == 0

    def test_repays_no_principal_in_the_grace(self) -> None:
        schedule = income_linked(YEAR, income=INCOME, grace=2)

        assert principal(schedule)[:2] == [0, 0]
        assert paid(schedule)[:2] == [36_250, 20_000]


class TestScheduleOf:
    @pytest.mark.parametrize("kind", KINDS)
    def test_knows_every_kind_by_its_name(self, kind: Kind) -> None:
        agreement = Agreement(
            borrowing=YEAR,
            kind=kind,
            weights=(1,) * 12 if kind == "seasonal" else (),
            income=INCOME if kind == "income_linked" else NO_INCOME,
        )
        schedule = schedule_of(agreement)

        assert schedule.agreement.kind == kind
        assert schedule.text.zh.startswith(KINDS[kind].zh)
        assert schedule.text.en.startswith(KINDS[kind].en)

    def test_names_the_kinds_there_are(self) -> None:
        with pytest.raises(AgreementError, match="'balloon' is none of equal_inst"):
            Agreement(borrowing=YEAR, kind=cast("Kind", "balloon"))


class TestAgreementError:
    @pytest.mark.parametrize(
        ("weights", "fault"),
        [
            ((1,) * 11, "11 weights"),
            ((0,) * 12, "weights that are all 0"),
            ((5, -1, *(1,) * 10), "a weight of -1"),
            ((0, *(1,) * 11), "weight 0 for month 1, in which the term ends"),
        ],
    )
    def test_names_what_weights_cannot_be(
        self, weights: tuple[int, ...], fault: str
    ) -> None:
        with pytest.raises(AgreementError, match=fault):
            seasonal(YEAR, weights=weights)

    @pytest.mark.parametrize("grace", [-1, 12])
    def test_refuses_a_grace_that_leaves_no_instalment(self, grace: int) -> None:
        with pytest.raises(AgreementError, match=f"a grace of {grace} of 12"):
            equal_instalments(YEAR, grace=grace)

    def test_names_every_fault_of_incomes(self) -> None:
        income = Income(incomes_fen=(-5, 1), share=Decimal(2), floor_fen=10, cap_fen=9)
        with pytest.raises(AgreementError) as caught:
            income_linked(YEAR, income=income, grace=12)

        for fault in (
            "a grace of 12",
            "2 incomes for 12 instalments",
            "an income of -5 fen",
            "a share of income of 2",
            "floor 10 and cap 9",
        ):
            assert fault in caught.value.what

    def test_refuses_weights_and_incomes_of_another_kind(self) -> None:
        with pytest.raises(AgreementError, match=r"weights, which.*incomes, which"):
            Agreement(borrowing=YEAR, kind="at_end", weights=(1,) * 12, income=INCOME)


class TestSchedule:
    def test_says_itself_in_one_line(self) -> None:
        text = equal_instalments(YEAR).text

        assert text.zh == (
            "等额本息，按月共12期，首期还款 8,530.99 元，最高一期 8,531.00 元，利息合计"
            " 2,371.90 元，年化利率 4.44%（内部收益率，复利）"
        )
        assert text.en == (
            "equal instalments, 12 monthly instalments, first payment CNY 8,530.99,"
            " largest CNY 8,531, total interest CNY 2,371.90, yearly rate 4.44%"
            " (compound)"
        )

    def test_says_grace_and_an_uncommon_rhythm(self) -> None:
        schedule = equal_principal(replace(YEAR, every_months=2), grace=3)

        assert "每2个月共12期，宽限3期" in schedule.text.zh
        assert "12 instalments every 2 months, grace 3" in schedule.text.en

    def test_says_the_one_payment_at_the_end(self) -> None:
        assert at_end(YEAR).text.zh.startswith("到期一次还本付息，共1期，")
        assert at_end(YEAR).text.en.startswith("all at the end, 1 instalment, ")

    def test_knows_what_is_owed_on_any_day(self) -> None:
        schedule = equal_principal(replace(YEAR, instalments=4))
        owed = {
            "2025-01-14": 0,
            "2025-01-15": 10_000_000,
            "2025-02-14": 10_000_000,
            "2025-02-15": 7_500_000,
            "2025-05-15": 0,
            "2030-01-01": 0,
        }

        for day, fen in owed.items():
            assert schedule.outstanding_on(date.fromisoformat(day)) == fen


class TestYearlyRate:
    @pytest.mark.parametrize("rate", ["0.0001", "0.0345", "0.06", "0.15", "0.24"])
    @pytest.mark.parametrize("instalments", [1, 12, 36, 120])
    def test_is_the_nominal_rate_compounded_by_the_month(
        self, rate: str, instalments: int
    ) -> None:
        loan = replace(
            YEAR, amount_fen=10**11, rate=Decimal(rate), instalments=instalments
        )
        nominal = (1 + Decimal(rate) / 12) ** 12 - 1

        for schedule in (
            equal_instalments(loan),
            equal_principal(loan),
            interest_first(loan),
        ):
            assert abs(schedule.yearly_rate() - nominal) <= Decimal("0.000001")

    def test_is_the_nominal_rate_compounded_by_the_quarter(self) -> None:
        schedule = interest_first(replace(YEAR, instalments=4, every_months=3))

        assert schedule.yearly_rate() == Decimal("0.044215")

    def test_is_the_nominal_rate_for_a_year_at_the_end(self) -> None:
        assert at_end(YEAR).yearly_rate() == Decimal("0.043500")

    def test_tells_that_a_year_of_360_days_costs_more(self) -> None:
        schedule = at_end(replace(YEAR, day_count="ACT/360"))

        assert schedule.yearly_rate() == Decimal("0.044104")

    def test_counts_fees(self) -> None:
        schedule = at_end(YEAR)

        assert schedule.yearly_rate(fees_fen=100_000) == Decimal("0.054040")

    def test_is_0_where_nothing_is_charged(self) -> None:
        free = equal_instalments(replace(YEAR, rate=Decimal(0)))

        assert str(free.yearly_rate()) == "0.000000"

    @pytest.mark.parametrize("fees", [-1, 10_000_000, 9_999_999])
    def test_refuses_fees_that_leave_no_rate(self, fees: int) -> None:
        with pytest.raises(FeesError, match="no yearly rate"):
            at_end(replace(YEAR, instalments=1)).yearly_rate(fees_fen=fees)

    def test_reaches_rates_far_beyond_any_loan(self) -> None:
        payments = [(date(2025, 2, 15), 200)]
        rate = effective_rate(payments, drawn_on=YEAR.drawn_on, received_fen=100)

        assert rate == 2**12 - 1
