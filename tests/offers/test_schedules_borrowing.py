"""What is lent, when it falls due, and the interest of a period."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import cast, get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xiaowei.money import round_fen
from xiaowei.offers.schedules.borrowing import Borrowing, BorrowingError, rounded
from xiaowei.offers.schedules.days import DayCount

LOAN = Borrowing(
    amount_fen=10_000_000,
    rate=Decimal("0.0435"),
    drawn_on=date(2025, 1, 15),
    instalments=12,
)
MONTH_CLOSED = frozenset(date(2025, 5, 1) + timedelta(days=n) for n in range(28))


class TestRounded:
    @given(above=st.integers(0, 10**15), digits=st.integers(0, 6))
    def test_rounds_as_money_does(self, above: int, digits: int) -> None:
        exact = Decimal(above).scaleb(-digits)

        assert rounded(above, 10**digits) == round_fen(exact)


class TestBorrowing:
    def test_bears_interest_by_its_day_count(self) -> None:
        counts = {
            count: replace(LOAN, day_count=count).interest_fen(
                LOAN.amount_fen, since=date(2025, 1, 15), until=date(2025, 2, 15)
            )
            for count in get_args(DayCount)
        }

        assert counts == {"ACT/360": 37_458, "ACT/365F": 36_945, "30E/360": 36_250}

    def test_rounds_half_a_fen_up_once(self) -> None:
        loan = replace(LOAN, rate=Decimal("0.36"), day_count="30E/360")
        since, until = date(2025, 1, 15), date(2025, 1, 20)

        assert loan.interest_fen(100, since=since, until=until) == 1
        assert loan.interest_fen(99, since=since, until=until) == 0

    def test_falls_due_on_the_day_of_drawdown_unless_told(self) -> None:
        assert LOAN.due(1).on == date(2025, 2, 15)
        assert LOAN.ends_on == date(2026, 1, 15)

    def test_falls_due_on_the_last_day_of_shorter_months(self) -> None:
        loan = replace(LOAN, due_day=31)

        assert [loan.due(n).on.day for n in (1, 2, 3)] == [28, 31, 30]

    def test_falls_due_from_a_stated_first_day(self) -> None:
        loan = replace(LOAN, first_due_on=date(2025, 1, 21), every_months=3)

        assert [loan.due(n).on.isoformat() for n in (1, 2)] == [
            "2025-01-21",
            "2025-04-21",
        ]

    def test_comes_back_to_the_31st_after_a_first_day_in_february(self) -> None:
        loan = replace(LOAN, first_due_on=date(2025, 2, 28), due_day=31)

        assert loan.due(2).on == date(2025, 3, 31)

    def test_moves_a_closed_day_but_not_those_after_it(self) -> None:
        closed = frozenset({date(2025, 2, 15), date(2025, 2, 16)})
        loan = replace(LOAN, closed_on=closed)

        assert loan.due(1).on == date(2025, 2, 17)
        assert loan.due(2).on == date(2025, 3, 15)

    def test_keeps_the_month_agreed_where_the_day_is_moved_out_of_it(self) -> None:
        loan = replace(LOAN, due_day=31, closed_on=frozenset({date(2025, 2, 28)}))

        assert loan.due(1) == (1, 2, date(2025, 3, 1))


class TestBorrowingError:
    def test_names_every_fault(self) -> None:
        with pytest.raises(BorrowingError) as caught:
            Borrowing(
                amount_fen=0,
                rate=Decimal(-1),
                drawn_on=date(2025, 1, 15),
                instalments=0,
                every_months=13,
                first_due_on=date(2025, 1, 15),
                due_day=32,
                closed_on=MONTH_CLOSED,
            )

        for fault in (
            "0 instalments",
            "0 fen lent",
            "yearly rate -1",
            "every 13 months",
            "due day 32",
            "first due on 2025-01-15, not after the drawdown on 2025-01-15",
            "28 or more closed days",
        ):
            assert fault in caught.value.what

    @pytest.mark.parametrize(
        "rate", ["NaN", "Infinity", "4.35", "-0.0001", "0.043500001", "1E-30"]
    )
    def test_refuses_what_is_no_yearly_rate(self, rate: str) -> None:
        with pytest.raises(BorrowingError, match="yearly rate"):
            replace(LOAN, rate=Decimal(rate))

    def test_refuses_less_than_a_yuan_for_each_instalment(self) -> None:
        assert replace(LOAN, amount_fen=1_200).amount_fen == 1_200
        with pytest.raises(BorrowingError, match="1199 fen"):
            replace(LOAN, amount_fen=1_199)

    def test_refuses_a_first_day_that_is_not_the_due_day(self) -> None:
        with pytest.raises(BorrowingError, match="which is not due day 21"):
            replace(LOAN, first_due_on=date(2025, 2, 20), due_day=21)

    def test_names_the_day_counts_there_are(self) -> None:
        with pytest.raises(BorrowingError, match="'ACT/ACT' is none of ACT/360"):
            replace(LOAN, day_count=cast("DayCount", "ACT/ACT"))

    def test_refuses_days_beyond_any_calendar(self) -> None:
        with pytest.raises(BorrowingError, match="after the year 9000"):
            replace(LOAN, drawn_on=date(9999, 1, 1))

    def test_bears_27_closed_days_in_a_row(self) -> None:
        closed = MONTH_CLOSED - {date(2025, 5, 1)}
        loan = replace(LOAN, closed_on=closed, drawn_on=date(2025, 4, 2))

        assert [loan.due(n).on for n in (1, 2)] == [date(2025, 5, 29), date(2025, 6, 2)]
