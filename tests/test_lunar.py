"""Lunar years begin on new moons, between 21 January and 20 February."""

from datetime import date, timedelta
from itertools import pairwise

import pytest

from xiaowei.lunar import NEW_YEARS

MONTH = 29.530589
NEW_MOON = date(2000, 1, 6)


class TestNewYears:
    def test_there_is_one_for_each_year(self) -> None:
        assert [day.year for day in NEW_YEARS] == list(range(2010, 2036))

    @pytest.mark.parametrize("day", NEW_YEARS)
    def test_falls_between_21_january_and_20_february(self, day: date) -> None:
        assert date(day.year, 1, 21) <= day <= date(day.year, 2, 20)

    @pytest.mark.parametrize("day", NEW_YEARS)
    def test_is_within_a_day_of_the_mean_new_moon(self, day: date) -> None:
        moons = ((day - NEW_MOON) / timedelta(days=1) - 0.76) / MONTH
        assert abs(moons - round(moons)) * MONTH < 1.0

    def test_years_are_of_twelve_or_thirteen_lunar_months(self) -> None:
        lengths = {(later - earlier).days for earlier, later in pairwise(NEW_YEARS)}
        assert lengths <= {353, 354, 355, 383, 384, 385}
