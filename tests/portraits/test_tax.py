"""VAT filings, reckoned by hand."""

from calendar import monthrange
from datetime import date
from typing import Any

import pytest
from tests.factories import MONTH_END, Row, filing, held, invoice, purchase
from tests.portraits.worlds import portrait_of


def filed(year: int, month: int, **stated: Any) -> Row:  # noqa: ANN401
    """A VAT return for one month, filed on its due day."""
    end = date(year, month, monthrange(year, month)[1])
    due = date(year + month // 12, month % 12 + 1, 15)
    return filing(
        **{
            "period_start": date(year, month, 1),
            "period_end": end,
            "due_on": due,
            "happened_on": due,
        }
        | stated
    )


def portrait(*rows: Row, as_of: date = MONTH_END) -> Row:
    return portrait_of(held(tax_filings=rows), as_of=as_of)


class TestDeclared:
    @pytest.mark.parametrize(
        ("month", "in_quarter", "in_year"),
        [
            ((2020, 1), True, True),
            ((2019, 12), True, True),
            ((2019, 11), False, True),
            ((2019, 3), False, True),
            ((2019, 2), False, False),
        ],
    )
    def test_counts_periods_by_the_day_they_ended(
        self, month: tuple[int, int], *, in_quarter: bool, in_year: bool
    ) -> None:
        found = portrait(filed(*month, sales_fen=9))

        assert found["declared_sales_3m"] == 9 * in_quarter
        assert found["declared_sales_12m"] == 9 * in_year

    def test_leaves_other_taxes_and_unfinished_periods_out(self) -> None:
        found = portrait(
            filed(2020, 1, sales_fen=9),
            filed(2019, 12, sales_fen=100, tax="income"),
            filed(2020, 2, sales_fen=1000, happened_on=date(2020, 2, 20)),
            as_of=date(2020, 2, 28),
        )

        assert found["declared_sales_12m"] == 9

    def test_counts_a_period_filed_twice_as_last_known(self) -> None:
        found = portrait(
            filed(2020, 1, sales_fen=9, known_on=date(2020, 2, 15)),
            filed(2020, 1, sales_fen=5, known_on=date(2020, 2, 18)),
            filed(2020, 1, sales_fen=7, known_on=date(2020, 2, 16)),
        )

        assert found["declared_sales_12m"] == 5


class TestGrowth:
    def test_compares_only_periods_filed_in_both_years(self) -> None:
        """As of 10 January, December is not filed yet: 11 months against 12."""
        rows = [filed(2018 + n // 12, n % 12 + 1, sales_fen=100) for n in range(23)]

        found = portrait(*rows, as_of=date(2020, 1, 10))

        assert found["declared_sales_12m"] == 1100
        assert found["declared_growth_12m"] == 0

    def test_compares_quarters_with_quarters(self) -> None:
        quarter = {"period_start": date(2019, 1, 1)}
        before = {"period_start": date(2018, 1, 1)}

        found = portrait(
            filed(2019, 3, sales_fen=300, **quarter),
            filed(2018, 3, sales_fen=100, **before),
        )

        assert found["declared_growth_12m"] == 0.5

    def test_is_unknown_without_a_pair(self) -> None:
        found = portrait(
            filed(2019, 12), filed(2018, 11), filed(2019, 11, tax="income")
        )

        assert found["declared_growth_12m"] is None


class TestPaid:
    def test_sets_tax_unpaid_against_tax_due(self) -> None:
        found = portrait(
            filed(2020, 1, sales_fen=1000, due_fen=80, paid_fen=20),
            filed(2019, 12, sales_fen=1000, due_fen=20, paid_fen=50),
            filed(2019, 11, sales_fen=0, due_fen=-40, paid_fen=0),
        )

        assert found["vat_paid_12m"] == 70
        assert found["vat_unpaid_share_12m"] == 0.6
        assert found["declared_vat_burden_12m"] == 0.03

    def test_knows_no_unpaid_share_where_nothing_was_due(self) -> None:
        found = portrait(filed(2020, 1, due_fen=0, paid_fen=0))

        assert found["vat_unpaid_share_12m"] is None


class TestLate:
    def test_counts_days_beyond_the_due_day_and_early_ones_as_0(self) -> None:
        found = portrait(
            filed(2019, 12, happened_on=date(2020, 1, 16)),
            filed(2019, 11, happened_on=date(2019, 12, 25)),
            filed(2019, 10, happened_on=date(2019, 11, 3)),
            filed(2019, 9, happened_on=date(2019, 10, 15)),
        )

        assert found["late_filings_12m"] == 2
        assert found["filing_days_late_12m"] == (1 + 10) / 4

    def test_does_not_call_a_period_late_that_was_only_corrected_late(self) -> None:
        found = portrait(
            filed(2019, 12, sales_fen=9),
            filed(2019, 12, sales_fen=5, happened_on=date(2020, 2, 10)),
        )

        assert found["declared_sales_12m"] == 5
        assert found["late_filings_12m"] == 0


class TestIncomeTax:
    def test_is_told_apart_from_vat(self) -> None:
        quarter = {"tax": "income", "period_start": date(2019, 10, 1)}
        found = portrait(
            filed(2019, 12, due_fen=50, paid_fen=20, sales_fen=1000, **quarter),
            filed(2019, 12, due_fen=13, paid_fen=13, sales_fen=100),
        )

        assert found["income_tax_paid_12m"] == 20
        assert found["income_tax_burden_12m"] == 0.05
        assert found["income_tax_unpaid_share_12m"] == 0.6
        assert found["vat_paid_12m"] == 13


class TestInvoiced:
    def test_sets_what_was_declared_against_the_months_of_the_period(self) -> None:
        facts = held(
            tax_filings=[
                filed(2019, 12, sales_fen=80, period_start=date(2019, 10, 1)),
                filed(2019, 9, sales_fen=7_000, period_start=date(2019, 7, 1)),
            ],
            invoices=[
                invoice(net_fen=60, happened_on=date(2019, 10, 1)),
                invoice(net_fen=40, happened_on=date(2019, 12, 31)),
                invoice(net_fen=9_000, happened_on=date(2020, 1, 1)),
            ],
        )

        found = portrait_of(facts, as_of=MONTH_END)

        assert found["declared_invoiced_ratio_12m"] == 0.8

    def test_knows_nothing_of_a_firm_without_sales_invoices(self) -> None:
        facts = held(tax_filings=[filed(2019, 12)], invoices=[purchase()])

        assert (
            portrait_of(facts, as_of=MONTH_END)["declared_invoiced_ratio_12m"] is None
        )
