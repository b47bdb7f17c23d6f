"""Meter readings, by day and by month, reckoned by hand."""

from datetime import date, timedelta
from typing import Any

import pytest
from tests.factories import MONTH_END, Row, held, reading
from tests.portraits.worlds import portrait_of


def daily(first: date, last: date, kwh: float = 10, **stated: Any) -> list[Row]:  # noqa: ANN401
    days = (last - first).days + 1
    return [
        reading(happened_on=first + timedelta(days=n), kwh=kwh, **stated)
        for n in range(days)
    ]


def ends_of_months(*kwh: float) -> list[Row]:
    """Readings on the last day of each month up to April 2020, the newest first."""
    firsts = [date(2020 + (4 - n) // 12, (4 - n) % 12 + 1, 1) for n in range(len(kwh))]
    return [
        reading(happened_on=first - timedelta(days=1), kwh=one)
        for first, one in zip(firsts, kwh, strict=True)
    ]


def portrait(*rows: Row, as_of: date = MONTH_END) -> Row:
    return portrait_of(held(electricity=rows), as_of=as_of)


class TestLevel:
    def test_adds_up_all_meters_to_the_watt_hour(self) -> None:
        found = portrait(
            reading(kwh=0.001), reading(meter="M2", kwh=0.1), reading(meter="M3", kwh=7)
        )

        assert found["kwh_3m"] == 7.101

    def test_counts_a_reading_stated_twice_as_last_known(self) -> None:
        day = MONTH_END - timedelta(days=9)
        found = portrait(
            reading(happened_on=day, kwh=5, known_on=day),
            reading(happened_on=day, kwh=3, known_on=MONTH_END),
            reading(happened_on=day, kwh=4, known_on=MONTH_END - timedelta(days=1)),
        )

        assert found["kwh_12m"] == 3
        assert found["kwh_days_since"] == 9


class TestGrowth:
    def test_compares_the_same_months_of_two_years(self) -> None:
        found = portrait(
            *daily(date(2018, 7, 1), date(2019, 6, 30), 30),
            *daily(date(2017, 7, 1), date(2018, 6, 30), 10),
            as_of=date(2019, 6, 30),
        )

        assert found["kwh_growth_3m"] == 0.5
        assert found["kwh_growth_12m"] == 0.5

    def test_is_unknown_where_the_meter_is_younger(self) -> None:
        june = date(2019, 6, 30)

        found = portrait(*daily(date(2018, 4, 1), june), as_of=june)

        assert found["kwh_growth_3m"] == 0
        assert found["kwh_growth_12m"] is None


class TestVariation:
    def test_of_readings_at_month_ends_is_not_stirred_by_the_calendar(self) -> None:
        """As of 30 April, 31 March and 30 April would else be one month."""
        rows = ends_of_months(*[100] * 14)

        assert portrait(*rows, as_of=date(2020, 4, 30))["kwh_variation_12m"] == 0

    def test_is_the_deviation_of_months_over_their_mean(self) -> None:
        rows = ends_of_months(30, 10)

        found = portrait(*rows, as_of=date(2020, 4, 30))

        assert found["kwh_variation_12m"] == pytest.approx(0.5)

    def test_adds_the_days_and_meters_of_a_month_first(self) -> None:
        rows = [
            *daily(date(2020, 2, 1), MONTH_END, 1),
            *daily(date(2020, 2, 1), MONTH_END, 2, meter="M2"),
            reading(happened_on=date(2020, 1, 20), kwh=87),
        ]

        assert portrait(*rows)["kwh_variation_12m"] == 0


class TestIdle:
    def test_counts_days_of_at_most_a_tenth_of_the_mean_day(self) -> None:
        found = portrait(
            *daily(date(2020, 2, 2), MONTH_END),
            reading(happened_on=date(2020, 2, 1), kwh=0.5),
        )

        assert found["kwh_idle_share_3m"] == 1 / 29

    def test_calls_a_firm_that_uses_nothing_idle_on_every_day(self) -> None:
        found = portrait(*daily(date(2020, 2, 1), MONTH_END, 0))

        assert found["kwh_idle_share_3m"] == 1
        assert found["kwh_variation_12m"] is None
        assert found["kwh_utilisation_3m"] is None

    def test_is_unknown_without_a_reading_in_the_quarter(self) -> None:
        found = portrait(reading(happened_on=date(2019, 11, 30)))

        assert found["kwh_idle_share_3m"] is None

    def test_takes_a_reading_per_month_as_a_day(self) -> None:
        rows = ends_of_months(1, *[100] * 11)

        found = portrait(*rows, as_of=date(2020, 4, 30))

        assert found["kwh_idle_share_3m"] == 1 / 3


class TestUtilisation:
    def test_sets_the_last_quarter_against_the_highest_month(self) -> None:
        rows = ends_of_months(60, 60, 60, *[0] * 8, 120, 999)

        found = portrait(*rows, as_of=date(2020, 4, 30))

        assert found["kwh_utilisation_3m"] == 0.5

    def test_takes_the_mean_of_the_months_seen(self) -> None:
        rows = ends_of_months(100, 100)

        assert portrait(*rows, as_of=date(2020, 4, 30))["kwh_utilisation_3m"] == 1
