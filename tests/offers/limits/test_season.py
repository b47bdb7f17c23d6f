"""Months are told by the calendar, and New Year by its day."""

from datetime import date

import numpy as np
import pytest

from xiaowei.offers.limits.season import (
    COLUMNS,
    NoNewYearError,
    columns,
    fitted,
    new_year_share,
)


class TestNewYear:
    @pytest.mark.parametrize(
        ("month", "share"),
        [
            (date(2023, 1, 1), 17 / 31),
            (date(2023, 2, 1), 11 / 28),
            (date(2024, 1, 1), 0.0),
            (date(2024, 2, 1), 27 / 29),
            (date(2024, 3, 1), 1 / 31),
        ],
    )
    def test_moves_its_weeks_from_month_to_month(
        self, month: date, share: float
    ) -> None:
        assert new_year_share(month) == pytest.approx(share)

    def test_names_a_month_that_is_on_no_table(self) -> None:
        with pytest.raises(NoNewYearError, match="2040-02"):
            new_year_share(date(2040, 2, 1))


class TestSeason:
    def test_is_that_of_the_trade_where_nothing_is_known(self) -> None:
        centre = np.linspace(-0.3, 0.3, COLUMNS)

        found = fitted(np.zeros((0, COLUMNS)), np.zeros(0), years=2.0, centre=centre)

        assert np.allclose(found, centre)

    def test_comes_nearer_to_what_is_seen_with_every_year(self) -> None:
        def december(years: int) -> float:
            table = columns(date(2015, 1, 1), months=12 * years)
            seen = np.where(table[:, 11] > 0, 1.0, 0.0)
            season = fitted(table, seen, years=2.0, centre=np.zeros(COLUMNS))
            return float(season[11])

        assert 0 < december(1) < december(3) < december(10) < 1

    def test_gives_new_year_its_own_effect_when_it_wanders(self) -> None:
        table = columns(date(2011, 1, 1), months=240)
        seen = -0.5 * table[:, 12]

        season = fitted(table, seen, years=0.01, centre=np.zeros(COLUMNS))

        assert season[12] == pytest.approx(-0.5, abs=0.03)
