"""What each firm did month by month."""

from datetime import date
from typing import Any

import pytest
from tests.factories import DAY, filing, held, invoice, purchase, reading, registered

from xiaowei.portraits.series import month_names, monthly


def series(**families: Any) -> list[tuple[str, str, int]]:  # noqa: ANN401
    rows = monthly(held(**families)).to_pyarrow().to_pylist()
    return [(f"{row['month']:%Y-%m}", row["measure"], row["value"]) for row in rows]


class TestMonthly:
    def test_sums_valid_invoices_by_calendar_month_and_direction(self) -> None:
        found = series(
            invoices=[
                invoice(net_fen=5, happened_on=date(2020, 1, 31)),
                invoice(net_fen=7, happened_on=date(2020, 2, 1)),
                invoice(net_fen=-2, happened_on=date(2020, 2, 2)),
                invoice(net_fen=9, state="voided"),
                purchase(net_fen=3, happened_on=date(2020, 2, 1)),
            ]
        )

        assert found == [
            ("2020-01", "sales_fen", 5),
            ("2020-02", "purchases_fen", 3),
            ("2020-02", "sales_fen", 5),
        ]

    def test_counts_a_corrected_filing_once_in_the_month_its_period_ends(self) -> None:
        quarter = {"period_start": date(2019, 10, 1), "period_end": date(2019, 12, 31)}

        found = series(
            tax_filings=[
                filing(sales_fen=9, **quarter),
                filing(sales_fen=5, known_on=DAY, **quarter),
                filing(sales_fen=1, tax="income"),
            ]
        )

        assert found == [("2019-12", "declared_fen", 5)]

    def test_rounds_electricity_once_per_month(self) -> None:
        """Thirty readings of 0.4 kWh are 12 kWh, not thirty times nothing."""
        found = series(
            electricity=[
                reading(happened_on=date(2020, 1, 1 + n), kwh=0.4) for n in range(30)
            ]
            + [reading(happened_on=date(2020, 1, 1), kwh=0.4, known_on=DAY)]
        )

        assert found == [("2020-01", "kwh", 12)]

    def test_is_in_order_of_firm_month_and_measure(self) -> None:
        table = monthly(
            held(
                invoices=[invoice(enterprise_id="B"), invoice(enterprise_id="A")],
                electricity=[reading(enterprise_id="A")],
            )
        )

        rows = table.to_pyarrow().to_pylist()

        assert [(row["enterprise_id"], row["measure"]) for row in rows] == [
            ("A", "kwh"),
            ("A", "sales_fen"),
            ("B", "sales_fen"),
        ]

    @pytest.mark.parametrize("families", [{}, {"enterprises": [registered()]}])
    def test_is_empty_without_a_source_of_months(self, families: Any) -> None:  # noqa: ANN401
        table = monthly(held(**families)).to_pyarrow()

        assert table.num_rows == 0
        assert table.column_names == ["enterprise_id", "month", "measure", "value"]


class TestMonthNames:
    def test_lists_every_month_from_one_day_to_another(self) -> None:
        assert month_names(date(2019, 12, 31), date(2020, 1, 1)) == [
            "2019-12",
            "2020-01",
        ]
        assert month_names(DAY, DAY) == ["2020-02"]
