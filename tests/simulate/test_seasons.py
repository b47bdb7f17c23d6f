"""The calendar: lunar years, months, weekdays, holidays."""

from datetime import date

import numpy as np
import pytest

from xiaowei.simulate.seasons import (
    SUNDAY,
    UnknownYearError,
    days_between,
    order_season,
    work_share,
)


class TestDays:
    def test_know_their_month_weekday_and_distance_from_new_year(self) -> None:
        days = days_between(date(2024, 1, 1), date(2024, 4, 1))

        day = (date(2024, 2, 12) - days.first).days

        assert (days.count, days.months) == (91, 3)
        assert days.month[day] == 1
        assert days.day_of_month[day] == 12
        assert days.left_in_month[day] == 17
        assert days.weekday[day] == date(2024, 2, 12).weekday()
        assert days.since_new_year[day] == 2

    def test_count_towards_the_nearest_new_year(self) -> None:
        days = days_between(date(2024, 1, 1), date(2025, 1, 1))
        assert days.since_new_year[0] == -40
        assert days.since_new_year[-1] == -29

    @pytest.mark.parametrize(
        ("first", "until"),
        [
            (date(2009, 12, 1), date(2012, 1, 1)),
            (date(2034, 1, 1), date(2035, 3, 1)),
        ],
    )
    def test_refuse_years_without_a_table(self, first: date, until: date) -> None:
        with pytest.raises(UnknownYearError, match="calendar does not reach"):
            days_between(first, until)


class TestSeason:
    def test_orders_average_about_one_and_nearly_stop_at_new_year(self) -> None:
        days = days_between(date(2023, 3, 1), date(2025, 3, 1))

        season = order_season(days, "works")

        assert season.mean() == pytest.approx(1, abs=0.06)
        assert season[days.since_new_year == 0].max() < 0.1

    def test_hands_rest_on_sundays_and_are_home_at_new_year(self) -> None:
        days = days_between(date(2024, 1, 1), date(2024, 7, 1))

        share = work_share(
            days,
            stops=np.array([5]),
            resumes=np.array([8]),
            sunday=np.array([0.4]),
        )[:, 0]

        assert share[days.since_new_year == 0] == 0
        quiet = (days.weekday == SUNDAY) & (days.month_of_year == 4)
        assert set(share[quiet].tolist()) == {0.4}
        assert share[days.month_of_year == 6].max() == 1
