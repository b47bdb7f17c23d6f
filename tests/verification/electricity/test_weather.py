"""What heat and cold do to a firm is no sign of anything."""

from datetime import date, timedelta

import numpy as np
import pytest
from tests.factories import Row, arrow
from tests.verification.cases import case
from tests.verification.electricity.plants import AS_OF, Floats, plants, wander

from xiaowei.verification.chances import peer_tails
from xiaowei.verification.electricity.gaps import gaps
from xiaowei.verification.electricity.weather import degrees_of, without_weather

MONTHS = 36
HERE = "91330902MA2DL0001X"
SEASON = 12.3 * np.cos(2 * np.pi * (np.arange(MONTHS) + 2) / 12)
HEAT = np.clip(16.8 - SEASON - 20, 0, None)
COLD = np.clip(8 - (16.8 - SEASON), 0, None)
YEARS = np.stack([HEAT, COLD], axis=1)


def days(series: str, *, first: date, warmth: list[float]) -> list[Row]:
    return [
        {
            "series": series,
            "happened_on": first + timedelta(days=at),
            "known_on": first + timedelta(days=at + 1),
            "value": value,
        }
        for at, value in enumerate(warmth)
    ]


def degrees(*rows: Row, firm: str = HERE) -> Floats:
    held = case(as_of=AS_OF, series=arrow("series", list(rows)))
    told: Floats = degrees_of(held, [firm])[0]
    return told


class TestDegreesOf:
    def test_are_the_mean_of_days_beyond_what_needs_no_power(self) -> None:
        january = days(
            "TEMPERATURE", first=date(2020, 1, 1), warmth=[30.0] * 10 + [3.0] * 21
        )

        told = degrees(*january)

        assert told.shape == (MONTHS, 2)
        assert told[-2].tolist() == pytest.approx([6 * 10 / 31, 5 * 21 / 31])

    def test_of_a_month_of_few_days_or_none_are_not_known(self) -> None:
        told = degrees(*days("TEMPERATURE", first=date(2020, 2, 1), warmth=[1.0] * 19))

        assert np.isnan(told).all()

    def test_are_those_of_the_smallest_region_told(self) -> None:
        of = {"TEMPERATURE": 1.0, "TEMPERATURE-33": 2.0, "TEMPERATURE-3309": 3.0}
        rows = [
            row
            for name, value in of.items()
            for row in days(name, first=date(2020, 1, 1), warmth=[value] * 31)
        ]

        assert degrees(*rows)[-2, 1] == 5.0
        assert degrees(*rows, firm="91331002MA2DL0001X")[-2, 1] == 6.0
        assert degrees(*rows, firm="91440101MA2DL0001X")[-2, 1] == 7.0
        assert degrees(*rows, firm="KH330902")[-2, 1] == 7.0

    def test_are_not_known_elsewhere_or_without_a_series(self) -> None:
        rows = days("TEMPERATURE-3309", first=date(2020, 1, 1), warmth=[1.0] * 31)

        assert np.isnan(degrees(*rows, firm="91440101MA2DL0001X")).all()
        assert np.isnan(degrees_of(case(as_of=AS_OF), [HERE])).all()
        assert degrees_of(case(as_of=AS_OF), []).shape == (0, MONTHS, 2)


class TestWithoutWeather:
    def test_takes_off_what_each_firm_burns_for_heat(self) -> None:
        rng = np.random.default_rng(1)
        own = wander(rng, 300, sd=0.15)
        heat = rng.normal(0, 0.06, (300, 1)) * (HEAT - HEAT.mean())

        left = without_weather(own + heat, np.tile(YEARS, (300, 1, 1)))

        assert np.var(left - own) < 0.3 * np.var(heat)

    def test_leaves_months_as_they_are_whose_weather_is_not_known(self) -> None:
        values = wander(np.random.default_rng(2), 5, sd=0.3)
        values[0, 3] = np.nan
        some = np.tile(YEARS, (5, 1, 1))
        some[:, -4:] = np.nan
        some[1] = np.nan

        left = without_weather(values, some)

        assert np.array_equal(left[:, -4:], values[:, -4:])
        assert np.array_equal(left[1], values[1])
        assert np.array_equal(np.isnan(left), np.isnan(values))
        assert not np.array_equal(left[0, :-4], values[0, :-4])


class TestGaps:
    def test_find_more_where_firms_cool_as_differently_as_they_do(self) -> None:
        """Half a year of sales at three times; power has each firm's own heat in it."""
        found = {True: 0, False: 0}
        for seed in range(6):
            rng = np.random.default_rng(seed)
            sales, power = plants(rng, 300, sales_sd=0.25, power_sd=0.3)
            power *= np.exp(rng.normal(0.042, 0.048, (300, 1)) * HEAT * 2)
            liars = np.arange(30)
            sales[liars, -6:] *= 1.6
            for known in found:
                told = gaps(
                    sales,
                    power,
                    sections=["C"] * 300,
                    divisions=["C13"] * 300,
                    degrees=np.tile(2 * YEARS, (300, 1, 1)) if known else None,
                )
                tails = peer_tails(told.oddness, ["C"] * 300)
                limit = np.quantile(tails[30:], 0.05)
                found[known] += int((tails[liars] < limit).sum())

        assert found[True] > 1.05 * found[False]
