"""Levels, growth, variation and activity of one direction, reckoned by hand."""

from datetime import date
from math import isclose, log, sqrt

import pytest
from tests.factories import MONTH_END, Row, held, invoice, purchase
from tests.portraits.worlds import portrait_of


def sales(*rows: Row, as_of: date = MONTH_END) -> Row:
    return portrait_of(held(invoices=rows), as_of=as_of)


def monthly(*nets: int) -> list[Row]:
    """One sale in each month up to February, the newest first; 0 is no sale."""
    months = [
        date(2020 - (n + 10) // 12, (1 - n) % 12 + 1, 21) for n in range(len(nets))
    ]
    return [
        invoice(happened_on=day, net_fen=net)
        for day, net in zip(months, nets, strict=True)
        if net
    ]


class TestLevels:
    @pytest.mark.parametrize(
        ("day", "counted"),
        [
            (date(2020, 2, 21), {"3m", "6m", "12m", "24m", "all"}),
            (date(2019, 12, 1), {"3m", "6m", "12m", "24m", "all"}),
            (date(2019, 11, 30), {"6m", "12m", "24m", "all"}),
            (date(2019, 9, 1), {"6m", "12m", "24m", "all"}),
            (date(2019, 8, 31), {"12m", "24m", "all"}),
            (date(2019, 3, 1), {"12m", "24m", "all"}),
            (date(2019, 2, 28), {"24m", "all"}),
            (date(2018, 3, 1), {"24m", "all"}),
            (date(2018, 2, 28), {"all"}),
        ],
    )
    def test_count_a_day_in_the_windows_it_lies_in(
        self, day: date, counted: set[str]
    ) -> None:
        found = sales(invoice(happened_on=day, net_fen=7))

        windows = ("3m", "6m", "12m", "24m", "all")
        assert {w for w in windows if found[f"sales_{w}"] == 7} == counted
        assert {w for w in windows if found[f"sales_{w}"] == 0} == {*windows} - counted

    def test_subtract_red_letters_and_leave_voids_out(self) -> None:
        found = sales(
            invoice(net_fen=100),
            invoice(net_fen=-30),
            invoice(net_fen=5_000, state="voided"),
            purchase(net_fen=70_000),
        )

        assert found["sales_3m"] == 70


class TestGrowth:
    def test_compares_with_the_same_months_a_year_before(self) -> None:
        found = sales(*monthly(*[20] * 12, *[10] * 12))

        assert found["sales_growth_3m"] == pytest.approx(1 / 3)
        assert found["sales_growth_6m"] == pytest.approx(1 / 3)
        assert found["sales_growth_12m"] == pytest.approx(1 / 3)

    def test_does_not_see_the_season(self) -> None:
        year = [9, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 30]

        found = sales(*monthly(*year, *year))

        assert found["sales_growth_3m"] == 0
        assert found["sales_growth_12m"] == 0

    def test_is_unknown_where_the_firm_is_younger_than_those_months(self) -> None:
        """Else 12 months against the one month before them look like a boom."""
        found = sales(*monthly(*[10] * 17))

        assert found["sales_growth_3m"] == 0
        assert found["sales_growth_6m"] is None
        assert found["sales_growth_12m"] is None


class TestVariation:
    def test_is_0_for_even_months(self) -> None:
        found = sales(*monthly(*[33_333] * 7))

        assert found["sales_variation_12m"] == 0
        assert found["sales_variation_24m"] == 0

    def test_counts_months_without_invoices_as_0(self) -> None:
        """Two of four months with 10: mean 5, deviation 5."""
        found = sales(*monthly(10, 0, 0, 10))

        assert found["sales_variation_12m"] == pytest.approx(1)

    def test_counts_from_the_first_invoice_within_the_window(self) -> None:
        found = sales(*monthly(*[10] * 12, 0, 0, 0, 10))

        assert found["sales_variation_12m"] == 0
        mean, square = 130 / 16, 1300 / 16
        assert isclose(
            found["sales_variation_24m"], sqrt(square - mean**2) / mean, rel_tol=1e-12
        )

    def test_takes_months_of_more_returns_than_sales_as_they_are(self) -> None:
        """30 and -10: mean 10, deviation 20."""
        assert sales(*monthly(30, -10))["sales_variation_12m"] == pytest.approx(2)

    @pytest.mark.parametrize("nets", [(10,), (10, -10), (10, -30)])
    def test_is_unknown_for_one_month_or_no_sales_in_sum(
        self, nets: tuple[int, ...]
    ) -> None:
        assert sales(*monthly(*nets))["sales_variation_12m"] is None


class TestActivity:
    def test_counts_months_with_a_valid_invoice_be_it_red(self) -> None:
        rows = monthly(10, -5, 0, *[0] * 9, 10)
        rows.append(invoice(happened_on=date(2019, 12, 31), state="voided"))

        found = sales(*rows)

        assert found["sales_active_months_12m"] == 2
        assert found["sales_active_months_24m"] == 3
        assert found["sales_active_months_all"] == 3


class TestLogSpread:
    def test_is_the_deviation_of_logarithms_of_positive_months(self) -> None:
        found = sales(*monthly(100, 0, -50, 10_000))

        assert isclose(found["sales_log_spread_24m"], log(100) / 2, abs_tol=1e-6)

    def test_is_unknown_for_one_month(self) -> None:
        assert sales(*monthly(100))["sales_log_spread_24m"] is None
