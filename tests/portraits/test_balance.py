"""Sales beside purchases, reckoned by hand."""

from datetime import date

from tests.factories import MONTH_END, Row, held, invoice, purchase
from tests.portraits.worlds import portrait_of

from xiaowei.portraits.traits.balance import TRAITS


def balanced(*rows: Row) -> Row:
    return portrait_of(held(invoices=rows), as_of=MONTH_END)


class TestBalance:
    def test_sets_purchases_and_tax_against_sales(self) -> None:
        found = balanced(
            invoice(net_fen=1000, tax_fen=130),
            purchase(net_fen=600, tax_fen=90),
            invoice(net_fen=1000, happened_on=date(2019, 2, 28)),
            purchase(net_fen=1000, happened_on=date(2018, 3, 1)),
        )

        assert found["margin_12m"] == 0.4
        assert found["margin_24m"] == 0.2
        assert found["vat_burden_12m"] == 0.04
        assert found["vat_rate_12m"] == 0.13

    def test_counts_months_in_which_purchases_passed_sales(self) -> None:
        found = balanced(
            invoice(net_fen=10),
            purchase(net_fen=11),
            purchase(net_fen=1, happened_on=date(2020, 1, 31)),
            invoice(net_fen=5, happened_on=date(2019, 12, 31)),
            purchase(net_fen=5, happened_on=date(2019, 12, 31)),
            purchase(net_fen=9, happened_on=date(2019, 2, 28)),
        )

        assert found["overbought_months_12m"] == 2

    def test_is_unknown_for_a_firm_of_one_direction(self) -> None:
        for found in (
            balanced(invoice(), invoice()),
            balanced(invoice(), purchase(state="voided")),
        ):
            assert {found[trait.name] for trait in TRAITS} == {None}

    def test_knows_no_margin_without_sales_in_the_window(self) -> None:
        found = balanced(invoice(happened_on=date(2019, 2, 28)), purchase())

        assert found["margin_12m"] is None
        assert found["margin_24m"] == 0
