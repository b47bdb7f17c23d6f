"""Concentration and loyalty of customers, reckoned by hand."""

from datetime import date
from typing import Any

import pytest
from tests.factories import MONTH_END, Row, held, invoice, purchase
from tests.portraits.worlds import portrait_of

LAST_YEAR = date(2019, 2, 28)
THIS_YEAR = date(2019, 3, 1)


def sold(partner: str, net: int, day: date = MONTH_END, **stated: Any) -> Row:  # noqa: ANN401
    return invoice(counterparty_id=partner, net_fen=net, happened_on=day, **stated)


def customers(*rows: Row) -> Row:
    return portrait_of(held(invoices=rows), as_of=MONTH_END)


class TestConcentration:
    def test_sums_squared_shares_of_the_window(self) -> None:
        found = customers(sold("A", 3), sold("B", 1), sold("C", 4, LAST_YEAR))

        assert found["customers_12m"] == 2
        assert found["customer_hhi_12m"] == pytest.approx((9 + 1) / 16)
        assert found["customer_hhi_all"] == pytest.approx((9 + 1 + 16) / 64)
        assert found["customer_top_share_12m"] == 3 / 4

    def test_counts_a_customer_who_returned_all_as_none(self) -> None:
        found = customers(sold("A", 5), sold("B", 5), sold("B", -9))

        assert found["customers_12m"] == 1
        assert found["customer_hhi_12m"] == 1

    def test_is_unknown_where_all_was_returned(self) -> None:
        found = customers(sold("A", 5), sold("A", -5))

        assert found["customers_12m"] == 0
        assert found["customer_hhi_12m"] is None
        assert found["customer_top_share_12m"] is None

    def test_knows_that_voided_invoices_made_no_customer(self) -> None:
        found = customers(sold("A", 5, state="voided"))

        assert found["customers_12m"] == 0
        assert found["customer_hhi_all"] is None
        assert found["customer_kept_share_12m"] is None

    def test_says_nothing_of_purchases_as_customers(self) -> None:
        found = customers(purchase())

        assert found["suppliers_12m"] == 1
        assert found["customers_12m"] is None


class TestLoyalty:
    def test_tells_kept_and_lost_customers_apart(self) -> None:
        found = customers(
            sold("kept", 30, LAST_YEAR),
            sold("lost", 10, LAST_YEAR),
            sold("kept", 6, THIS_YEAR),
            sold("new", 2, THIS_YEAR),
        )

        assert found["customer_kept_share_12m"] == 6 / 8
        assert found["customer_lost_share_12m"] == 10 / 40

    def test_counts_a_customer_who_only_returned_since_as_lost(self) -> None:
        found = customers(
            sold("A", 30, LAST_YEAR),
            sold("B", 10, LAST_YEAR),
            sold("A", -5),
            sold("B", 1),
        )

        assert found["customer_lost_share_12m"] == 30 / 40

    def test_knows_no_kept_share_without_a_year_before(self) -> None:
        found = customers(sold("A", 5, THIS_YEAR))

        assert found["customer_kept_share_12m"] is None
        assert found["customer_lost_share_12m"] is None

    @pytest.mark.parametrize(
        ("first", "share"), [(date(2019, 12, 1), 0.4), (date(2019, 11, 30), 0.0)]
    )
    def test_calls_a_customer_new_who_was_first_seen_in_three_months(
        self, first: date, share: float
    ) -> None:
        found = customers(sold("A", 6, THIS_YEAR), sold("B", 1, first), sold("B", 3))

        assert found["customer_new_share_3m"] == share

    def test_lets_a_voided_invoice_make_nobody_an_old_customer(self) -> None:
        found = customers(sold("A", 4), sold("A", 4, LAST_YEAR, state="voided"))

        assert found["customer_new_share_3m"] == 1
