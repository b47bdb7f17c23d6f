"""Sales beside purchases, reckoned by hand."""

from datetime import date

from tests.factories import DAY, Row, held, invoice, purchase

from xiaowei.portraits.traits import balance


def balanced(*rows: Row) -> list[Row]:
    table = balance.portray(held(invoices=rows)["invoices"], as_of=DAY)
    return list(table.to_pyarrow().to_pylist())


class TestBalance:
    def test_sets_purchases_and_tax_against_sales(self) -> None:
        (found,) = balanced(
            invoice(net_fen=1000, tax_fen=130),
            purchase(net_fen=600, tax_fen=90),
            invoice(net_fen=1000, happened_on=date(2019, 2, 21)),
            purchase(net_fen=1000, happened_on=date(2018, 2, 22)),
        )

        assert found["margin_12m"] == 0.4
        assert found["margin_24m"] == 0.2
        assert found["vat_burden_12m"] == 0.04
        assert found["vat_rate_12m"] == 0.13

    def test_counts_months_in_which_purchases_passed_sales(self) -> None:
        (found,) = balanced(
            invoice(net_fen=10),
            purchase(net_fen=11),
            purchase(net_fen=1, happened_on=date(2020, 1, 21)),
            invoice(net_fen=5, happened_on=date(2019, 12, 21)),
            purchase(net_fen=5, happened_on=date(2019, 12, 21)),
            purchase(net_fen=9, happened_on=date(2019, 2, 21)),
        )

        assert found["overbought_months_12m"] == 2

    def test_is_unknown_for_a_firm_of_one_direction(self) -> None:
        assert balanced(invoice(), invoice()) == []
        assert balanced(invoice(), purchase(state="voided")) == []

    def test_knows_no_margin_without_sales_in_the_window(self) -> None:
        (found,) = balanced(invoice(happened_on=date(2019, 2, 21)), purchase())

        assert found["margin_12m"] is None
        assert found["margin_24m"] == 0
