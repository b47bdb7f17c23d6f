"""Goods sold and bought, reckoned by hand."""

from datetime import date

from tests.factories import MONTH_END, Row, held, invoice, purchase
from tests.portraits.worlds import portrait_of

CLOTH = "1040101000000000000"
YARN = "1040201000000000000"
FUEL = "1100301000000000000"


def goods(*rows: Row) -> Row:
    return portrait_of(held(invoices=rows), as_of=MONTH_END)


class TestGoods:
    def test_says_how_much_is_sold_of_classes_that_are_bought(self) -> None:
        found = goods(
            invoice(goods=CLOTH, net_fen=30),
            invoice(goods=FUEL, net_fen=10),
            purchase(goods=YARN),
        )

        assert found["goods_bought_share_12m"] == 0.75
        assert found["goods_sold_12m"] == 2

    def test_leaves_out_what_was_returned_voided_or_long_ago(self) -> None:
        found = goods(
            invoice(goods=CLOTH, net_fen=30),
            invoice(goods=FUEL, net_fen=10),
            invoice(goods=FUEL, net_fen=-10),
            invoice(goods=YARN, state="voided"),
            purchase(goods=YARN, happened_on=date(2019, 2, 28)),
            purchase(goods=FUEL),
        )

        assert found["goods_sold_12m"] == 1
        assert found["goods_bought_share_12m"] == 0

    def test_is_unknown_where_no_code_is_stated(self) -> None:
        assert goods(invoice(), purchase(goods=YARN))["goods_bought_share_12m"] is None
        assert goods(invoice(goods=CLOTH), purchase())["goods_bought_share_12m"] is None
        assert goods(invoice())["goods_sold_12m"] is None
