"""Money paid early, holidays, and income come to light."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest

from xiaowei.offers.schedules.agreement import AgreementError, Income, Keep
from xiaowei.offers.schedules.borrowing import Borrowing
from xiaowei.offers.schedules.changes import (
    NoIncomeError,
    pause,
    prepay,
    settle,
    with_true_income,
)
from xiaowei.offers.schedules.schedule import Schedule
from xiaowei.offers.schedules.ways import (
    at_end,
    equal_instalments,
    equal_principal,
    income_linked,
    interest_first,
    seasonal,
)

YEAR = Borrowing(
    amount_fen=12_000_000,
    rate=Decimal("0.06"),
    drawn_on=date(2025, 1, 15),
    instalments=12,
    day_count="30E/360",
)
INCOME = Income(
    incomes_fen=(4_000_000,) * 12,
    share=Decimal("0.25"),
    floor_fen=0,
    cap_fen=2_000_000,
)
EVERY = {
    "equal_instalments": equal_instalments(YEAR),
    "equal_principal": equal_principal(YEAR),
    "interest_first": interest_first(YEAR),
    "at_end": at_end(YEAR),
    "seasonal": seasonal(YEAR, weights=[1, 0, 0, 0, 0, 2, 0, 0, 0, 3, 0, 0]),
    "income_linked": income_linked(YEAR, income=INCOME),
}
every_schedule = pytest.mark.parametrize("schedule", EVERY.values(), ids=EVERY)
MAY = date(2025, 5, 15)
BETWEEN = date(2025, 5, 25)


def paid(schedule: Schedule) -> list[int]:
    return [line.paid_fen for line in schedule.lines]


def principal(schedule: Schedule) -> list[int]:
    return [line.principal_fen for line in schedule.lines]


class TestPrepay:
    @every_schedule
    @pytest.mark.parametrize("keep", ["term", "instalment"])
    def test_changes_nothing_for_nothing(self, schedule: Schedule, keep: Keep) -> None:
        assert prepay(schedule, on=BETWEEN, amount_fen=0, keep=keep) == schedule

    @every_schedule
    @pytest.mark.parametrize("on", [MAY, BETWEEN])
    @pytest.mark.parametrize("keep", ["term", "instalment"])
    def test_ends_the_loan_for_all_that_is_owed(
        self, schedule: Schedule, on: date, keep: Keep
    ) -> None:
        owed = schedule.outstanding_on(on)
        ended = prepay(schedule, on=on, amount_fen=owed, keep=keep)

        assert ended.ends_on == on
        assert ended.lines[-1].owed_fen == 0
        assert ended.lines == settle(schedule, on=on).lines

    @every_schedule
    @pytest.mark.parametrize("keep", ["term", "instalment"])
    def test_lowers_the_interest(self, schedule: Schedule, keep: Keep) -> None:
        less = prepay(schedule, on=BETWEEN, amount_fen=2_000_000, keep=keep)

        assert less.interest_fen < schedule.interest_fen
        assert less.ends_on <= schedule.ends_on

    def test_pays_the_instalment_first_on_a_due_day(self) -> None:
        schedule = EVERY["equal_principal"]
        less = prepay(schedule, on=MAY, amount_fen=4_000_000)

        assert principal(less) == [*[1_000_000] * 3, 5_000_000, *[500_000] * 8]
        assert len(less.lines) == len(schedule.lines) == less.instalments

    def test_pays_the_interest_owed_by_then_between_due_days(self) -> None:
        less = prepay(EVERY["equal_principal"], on=BETWEEN, amount_fen=4_000_000)
        early = less.lines[4]

        assert (early.number, early.due_on) == (None, BETWEEN)
        assert early.interest_fen == 8_000_000 * 6 * 10 // 100 // 360
        assert less.lines[5].interest_fen == 4_000_000 * 6 * 20 // 100 // 360
        assert (len(less.lines), less.instalments) == (13, 12)

    def test_lowers_equal_instalments_evenly_where_the_term_is_kept(self) -> None:
        for on in (MAY, BETWEEN):
            less = prepay(EVERY["equal_instalments"], on=on, amount_fen=4_000_000)
            later = [line.paid_fen for line in less.lines if line.due_on > on]

            assert len(later) == 8
            assert max(later) - min(later) <= 1
            assert less.ends_on == YEAR.ends_on

    def test_keeps_the_instalment_to_the_fen_and_ends_earlier(self) -> None:
        schedule = EVERY["equal_instalments"]
        less = prepay(schedule, on=MAY, amount_fen=4_000_000, keep="instalment")

        assert paid(less)[:3] == paid(schedule)[:3]
        assert paid(less)[4:7] == paid(schedule)[4:7]
        assert 0 < less.lines[-1].paid_fen < paid(schedule)[-1]
        assert less.instalments == 8

    def test_keeps_the_principal_part_where_that_is_agreed(self) -> None:
        less = prepay(
            EVERY["equal_principal"], on=MAY, amount_fen=4_500_000, keep="instalment"
        )

        assert principal(less)[4:] == [1_000_000] * 3 + [500_000]

    def test_keeps_the_instalment_beside_interest_that_a_holiday_carried(self) -> None:
        paused = pause(EVERY["equal_instalments"], first=3, count=3, pays="nothing")
        less = prepay(paused, on=MAY, amount_fen=2_000_000, keep="instalment")

        assert less.lines[3].interest_fen == paused.lines[3].carried_fen
        assert paid(less)[5] - less.lines[4].carried_fen in {paid(paused)[6]}
        assert paid(less)[6:8] == paid(paused)[6:8]

    def test_keeps_a_bullet_for_its_last_day(self) -> None:
        less = prepay(
            EVERY["interest_first"], on=MAY, amount_fen=6_000_000, keep="instalment"
        )

        assert principal(less) == [0, 0, 0, 6_000_000, *[0] * 7, 6_000_000]
        assert paid(less)[4] == 30_000

    def test_shortens_again_what_was_shortened_before(self) -> None:
        once = prepay(
            EVERY["equal_principal"], on=MAY, amount_fen=3_000_000, keep="instalment"
        )
        twice = prepay(
            once, on=date(2025, 7, 15), amount_fen=1_000_000, keep="instalment"
        )
        spread = prepay(once, on=date(2025, 7, 15), amount_fen=1_500_000, keep="term")

        assert (once.instalments, twice.instalments) == (9, 8)
        assert principal(spread)[6:] == [500_000] * 3

    def test_may_be_told_out_of_order(self) -> None:
        schedule = EVERY["equal_instalments"]
        june, august = date(2025, 6, 1), date(2025, 8, 1)
        forth = prepay(prepay(schedule, on=june, amount_fen=5), on=august, amount_fen=7)
        back = prepay(prepay(schedule, on=august, amount_fen=7), on=june, amount_fen=5)

        assert forth == back

    @pytest.mark.parametrize(
        ("on", "amount_fen", "fault"),
        [
            ("2025-01-15", 5, "not after the drawdown"),
            ("2026-01-16", 5, "is repaid before the prepayment on 2026-01-16"),
            ("2026-01-15", 5, "when 0 are owed"),
            ("2025-05-15", 8_000_001, "when 8000000 are owed"),
            ("2025-05-15", -1, "a prepayment of -1 fen"),
        ],
    )
    def test_refuses_what_cannot_be(self, on: str, amount_fen: int, fault: str) -> None:
        with pytest.raises(AgreementError, match=fault):
            prepay(
                EVERY["equal_principal"],
                on=date.fromisoformat(on),
                amount_fen=amount_fen,
            )

    def test_refuses_a_second_on_the_same_day(self) -> None:
        once = prepay(EVERY["equal_principal"], on=MAY, amount_fen=5)

        with pytest.raises(AgreementError, match="does not come after that on"):
            prepay(once, on=MAY, amount_fen=5)

    def test_is_told_in_the_line_of_the_schedule(self) -> None:
        text = prepay(EVERY["at_end"], on=MAY, amount_fen=5).text

        assert "，提前还款1次，" in text.zh
        assert ", prepayments 1," in text.en


class TestPause:
    def test_pays_interest_alone_and_more_afterwards(self) -> None:
        paused = pause(EVERY["equal_principal"], first=3, count=5)

        assert principal(paused)[:7] == [1_000_000] * 2 + [0] * 5
        assert principal(paused)[7:] == [2_000_000] * 5
        assert paid(paused)[2:7] == [50_000] * 5
        assert paused.ends_on == YEAR.ends_on

    def test_adds_due_days_where_the_instalment_is_kept(self) -> None:
        paused = pause(EVERY["equal_principal"], first=3, count=5, keep="instalment")

        assert principal(paused)[7:] == [1_000_000] * 10
        assert paused.ends_on == date(2026, 6, 15)

    def test_carries_interest_without_interest_to_the_first_day_after(self) -> None:
        schedule = EVERY["equal_principal"]
        idle = pause(schedule, first=3, count=5, pays="nothing")
        plain = pause(schedule, first=3, count=5)

        assert paid(idle)[2:7] == [0] * 5
        assert [line.carried_fen for line in idle.lines[2:8]] == [
            50_000,
            100_000,
            150_000,
            200_000,
            250_000,
            0,
        ]
        assert paid(idle)[7] == paid(plain)[7] + 250_000
        assert idle.interest_fen == plain.interest_fen

    def test_keeps_equal_instalments_equal_afterwards(self) -> None:
        paused = pause(EVERY["equal_instalments"], first=3, count=5, keep="instalment")
        ordinary = {*paid(paused)[:2], *paid(paused)[7:]}

        assert max(ordinary) - min(ordinary) <= 1

    def test_never_makes_a_low_income_pay_more(self) -> None:
        poor = income_linked(YEAR, income=replace(INCOME, incomes_fen=(100_000,) * 12))
        paused = pause(poor, first=3, count=2)

        assert paid(paused)[2:4] == [25_000, 25_000]

    def test_pays_the_floor_on_days_added_to_an_income(self) -> None:
        schedule = income_linked(YEAR, income=replace(INCOME, floor_fen=300_000))
        paused = pause(schedule, first=1, count=2, pays="nothing", keep="instalment")

        assert paid(paused)[:3] == [0, 0, 1_000_000]
        assert paid(paused)[12] == 300_000

    def test_leaves_the_harvest_missed_to_the_last_day(self) -> None:
        harvest = seasonal(replace(YEAR, instalments=9), weights=[*[0] * 9, 1, 0, 0])
        paused = pause(harvest, first=9, count=1, keep="instalment")

        assert principal(paused) == [0] * 9 + [12_000_000]

    def test_settles_carried_interest_when_something_is_prepaid(self) -> None:
        paused = pause(EVERY["equal_principal"], first=3, count=5, pays="nothing")
        due = prepay(paused, on=MAY, amount_fen=1_000_000)
        between = prepay(paused, on=BETWEEN, amount_fen=1_000_000)

        assert due.lines[3].interest_fen == 100_000
        assert between.lines[4].interest_fen == 100_000 + 16_667
        assert due.lines[3].carried_fen == between.lines[4].carried_fen == 0

    def test_may_come_twice(self) -> None:
        twice = pause(
            pause(EVERY["equal_principal"], first=8, count=1), first=2, count=2
        )

        assert [line.number for line in twice.lines if not line.principal_fen] == [
            2,
            3,
            8,
        ]

    def test_is_moot_where_the_loan_is_repaid_before(self) -> None:
        schedule = pause(EVERY["equal_principal"], first=8, count=1)

        assert settle(schedule, on=MAY).ends_on == MAY

    @pytest.mark.parametrize(
        ("first", "count", "keep"),
        [
            (0, 1, "term"),
            (3, 0, "term"),
            (11, 2, "term"),
            (13, 1, "instalment"),
        ],
    )
    def test_refuses_what_cannot_be(self, first: int, count: int, keep: Keep) -> None:
        with pytest.raises(AgreementError, match=f"a holiday of {count} from"):
            pause(EVERY["equal_principal"], first=first, count=count, keep=keep)

    def test_refuses_to_overlap(self) -> None:
        once = pause(EVERY["equal_principal"], first=3, count=3)

        with pytest.raises(AgreementError, match="number 5 begins before one has end"):
            pause(once, first=5, count=1)

    def test_refuses_a_loan_of_one_payment(self) -> None:
        with pytest.raises(AgreementError, match="but one payment"):
            pause(EVERY["at_end"], first=1, count=1)

    def test_refuses_to_last_for_ever(self) -> None:
        with pytest.raises(AgreementError, match="1012 instalments"):
            pause(EVERY["equal_principal"], first=1, count=1_000, keep="instalment")

    def test_refuses_to_outlast_a_loan_that_was_shortened(self) -> None:
        shorter = prepay(
            EVERY["equal_principal"], on=MAY, amount_fen=3_000_000, keep="instalment"
        )

        with pytest.raises(AgreementError, match="from number 9 outlasts the loan"):
            pause(shorter, first=9, count=2)

    def test_is_told_in_the_line_of_the_schedule(self) -> None:
        text = pause(EVERY["equal_principal"], first=3, count=5).text

        assert "，还款假期5期，" in text.zh
        assert ", holiday 5," in text.en


class TestSettle:
    @every_schedule
    def test_costs_less_the_earlier_it_comes(self, schedule: Schedule) -> None:
        days = [YEAR.drawn_on + timedelta(days=n) for n in (1, 40, 80, 120, 160)]
        costs = [settle(schedule, on=day).interest_fen for day in days]

        assert costs == sorted(set(costs))


class TestWithTrueIncome:
    def test_counts_anew_from_what_is_known(self) -> None:
        schedule = EVERY["income_linked"]
        known = with_true_income(schedule, incomes_fen=[4_000_000, 400_000, 9_000_000])

        assert paid(known)[:4] == [1_000_000, 100_000, 2_000_000, 1_000_000]
        assert known.lines[0] == schedule.lines[0]

    def test_refuses_a_schedule_that_does_not_depend_on_it(self) -> None:
        with pytest.raises(NoIncomeError, match="'at_end' does not depend on income"):
            with_true_income(EVERY["at_end"], incomes_fen=[1])

    @pytest.mark.parametrize("incomes", [[-1], [1] * 13])
    def test_refuses_incomes_that_cannot_be(self, incomes: list[int]) -> None:
        with pytest.raises(AgreementError, match="income"):
            with_true_income(EVERY["income_linked"], incomes_fen=incomes)
