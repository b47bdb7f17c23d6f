"""Days between days, months on, and open days."""

from datetime import date, timedelta
from itertools import pairwise

import pytest

from xiaowei.offers.schedules.days import (
    DayCount,
    days_between,
    longest_closed,
    months_on,
    open_day,
    years_between,
)

NEW_YEAR = frozenset(date(2025, 1, 28) + timedelta(days=n) for n in range(8))


class TestDaysBetween:
    @pytest.mark.parametrize(
        ("start", "end", "day_count", "expected"),
        [
            ("2024-02-01", "2024-03-01", "ACT/360", 29),
            ("2025-02-01", "2025-03-01", "ACT/365F", 28),
            ("2025-02-01", "2025-03-01", "30E/360", 30),
            ("2025-01-31", "2025-02-28", "30E/360", 28),
            ("2025-02-28", "2025-03-31", "30E/360", 32),
            ("2025-01-30", "2025-01-31", "30E/360", 0),
            ("2024-12-31", "2025-12-31", "30E/360", 360),
        ],
    )
    def test_are_those_of_the_count(
        self, start: str, end: str, day_count: DayCount, expected: int
    ) -> None:
        first, last = date.fromisoformat(start), date.fromisoformat(end)

        assert days_between(first, last, day_count=day_count) == expected

    @pytest.mark.parametrize("day_count", ["ACT/360", "ACT/365F", "30E/360"])
    def test_add_up_over_any_day_between(self, day_count: DayCount) -> None:
        start, end = date(2024, 1, 30), date(2024, 5, 31)
        whole = days_between(start, end, day_count=day_count)

        for n in range((end - start).days):
            day = start + timedelta(days=n)
            parts = [
                days_between(start, day, day_count=day_count),
                days_between(day, end, day_count=day_count),
            ]
            assert min(parts) >= 0
            assert sum(parts) == whole


class TestMonthsOn:
    def test_come_back_to_the_31st_after_shorter_months(self) -> None:
        days = [months_on(date(2024, 1, 31), months=n, due_day=31) for n in range(5)]

        assert [day.day for day in days] == [31, 29, 31, 30, 31]

    def test_pass_the_turn_of_the_year(self) -> None:
        day = months_on(date(2024, 11, 20), months=14, due_day=20)

        assert day == date(2026, 1, 20)


class TestOpenDay:
    def test_is_the_day_itself_where_it_is_open(self) -> None:
        assert open_day(date(2025, 2, 5), closed_on=NEW_YEAR) == date(2025, 2, 5)

    def test_is_the_first_after_a_closed_week(self) -> None:
        assert open_day(date(2025, 1, 29), closed_on=NEW_YEAR) == date(2025, 2, 5)


class TestLongestClosed:
    @pytest.mark.parametrize(
        ("closed_on", "expected"),
        [
            ((), 0),
            ((date(2025, 1, 1),), 1),
            ((*NEW_YEAR, date(2025, 3, 1), date(2025, 3, 2)), 8),
        ],
    )
    def test_counts_days_in_a_row(
        self, closed_on: tuple[date, ...], expected: int
    ) -> None:
        assert longest_closed(closed_on) == expected


class TestYearsBetween:
    @pytest.mark.parametrize("start", [date(2024, 1, 31), date(2023, 3, 1)])
    def test_rise_from_day_to_day(self, start: date) -> None:
        days = [start + timedelta(days=n) for n in range(1_500)]
        years = [years_between(start, day) for day in days]

        assert years[0] == 0
        # From one end of a short month to the next, the 28th to 31st weigh the same.
        assert all(later > earlier for earlier, later in pairwise(years))

    def test_give_every_month_a_twelfth(self) -> None:
        start = date(2024, 1, 31)
        ends = [months_on(start, months=n, due_day=31) for n in range(25)]

        assert [years_between(start, end) for end in ends] == [
            n / 12 for n in range(25)
        ]
