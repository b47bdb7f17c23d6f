"""VAT rates by class and day."""

from datetime import date

import numpy as np
import pytest

from xiaowei.simulate.seasons import days_between
from xiaowei.simulate.trades import VatClass
from xiaowei.simulate.vat import CLASSES, percent_on, rates, tax_on


class TestRates:
    @pytest.mark.parametrize(
        ("vat", "day", "expected"),
        [
            ("goods", date(2018, 4, 30), 17),
            ("goods", date(2018, 5, 1), 16),
            ("goods", date(2019, 3, 31), 16),
            ("goods", date(2019, 4, 1), 13),
            ("low", date(2018, 4, 30), 11),
            ("low", date(2018, 5, 1), 10),
            ("low", date(2019, 4, 1), 9),
            ("service", date(2025, 1, 1), 6),
            ("small", date(2020, 2, 29), 3),
            ("small", date(2020, 3, 1), 1),
        ],
    )
    def test_change_on_the_day_of_the_law(
        self, vat: VatClass, day: date, expected: int
    ) -> None:
        assert percent_on(vat, day) == expected

    def test_table_says_the_same_as_the_rule(self) -> None:
        days = days_between(date(2018, 4, 1), date(2020, 4, 1))

        table = rates(days)

        for day in range(0, days.count, 29):
            expected = [percent_on(vat, days.date_of(day)) for vat in CLASSES]
            assert table[day].tolist() == expected


class TestTax:
    def test_rounds_half_a_fen_away_from_zero_both_ways(self) -> None:
        net = np.array([50, -50, 49, -49, 0])
        assert tax_on(net, np.full(5, 1)).tolist() == [1, -1, 0, 0, 0]
