"""Voids, red letters, tickets and recency, reckoned by hand."""

from datetime import date

import pytest
from tests.factories import MONTH_END, Row, held, invoice
from tests.portraits.worlds import portrait_of


def sales(*rows: Row) -> Row:
    return portrait_of(held(invoices=rows), as_of=MONTH_END)


class TestVoidShare:
    def test_counts_voided_invoices_among_all_of_the_window(self) -> None:
        old = date(2019, 2, 28)
        found = sales(
            invoice(state="voided"),
            *[invoice() for _ in range(3)],
            invoice(state="voided", happened_on=old),
            invoice(state="voided", happened_on=old),
        )

        assert found["sales_void_share_3m"] == 1 / 4
        assert found["sales_void_share_12m"] == 1 / 4
        assert found["sales_void_share_24m"] == 3 / 6
        assert found["sales_void_share_all"] == 3 / 6

    def test_is_unknown_without_an_invoice_in_the_window(self) -> None:
        found = sales(invoice(happened_on=date(2019, 11, 30)))

        assert found["sales_void_share_3m"] is None
        assert found["sales_void_share_12m"] == 0


class TestRedShare:
    def test_sets_red_amounts_against_positive_ones(self) -> None:
        found = sales(
            invoice(net_fen=400), invoice(net_fen=-100), invoice(net_fen=-200)
        )

        assert found["sales_red_share_12m"] == 3 / 4

    def test_leaves_voided_red_letters_out(self) -> None:
        found = sales(invoice(net_fen=400), invoice(net_fen=-100, state="voided"))

        assert found["sales_red_share_12m"] == 0

    def test_is_unknown_where_only_red_letters_stand(self) -> None:
        assert sales(invoice(net_fen=-100))["sales_red_share_12m"] is None


class TestTickets:
    def test_have_a_mean_in_whole_fen_without_red_letters(self) -> None:
        found = sales(invoice(net_fen=1), invoice(net_fen=2), invoice(net_fen=-9))

        assert found["sales_ticket_12m"] == 2
        assert found["sales_invoices_12m"] == 3

    @pytest.mark.parametrize(
        ("total", "at_caps"),
        [
            (899_999, (0, 0, 0)),
            (900_000, (1, 0, 0)),
            (1_170_000, (1, 0, 0)),
            (1_170_001, (0, 0, 0)),
            (9_000_000, (0, 1, 0)),
            (117_000_000, (0, 0, 1)),
        ],
    )
    def test_lie_at_a_face_cap_from_nine_tenths_to_a_tax_above(
        self, total: int, at_caps: tuple[int, ...]
    ) -> None:
        found = sales(invoice(net_fen=total, total_fen=total))

        shares = [found[f"sales_cap_{cap}w_share_24m"] for cap in (1, 10, 100)]
        assert tuple(shares) == at_caps


class TestTimes:
    @pytest.mark.parametrize(
        ("day", "ends"),
        [
            (date(2020, 1, 25), 0),
            (date(2020, 1, 26), 1),
            (date(2020, 1, 31), 1),
            (date(2019, 4, 24), 0),
            (date(2019, 4, 25), 1),
            (date(2019, 3, 1), 0),
            (date(2020, 2, 23), 0),
            (date(2020, 2, 24), 1),
        ],
    )
    def test_end_a_month_on_its_last_six_days(self, day: date, ends: int) -> None:
        assert sales(invoice(happened_on=day))["sales_month_end_share_12m"] == ends

    def test_span_from_the_first_to_the_last_valid_invoice(self) -> None:
        found = sales(
            invoice(happened_on=date(2019, 2, 1), state="voided"),
            invoice(happened_on=date(2019, 12, 1)),
            invoice(happened_on=date(2020, 1, 1)),
            invoice(happened_on=date(2020, 2, 1), state="voided"),
        )

        assert found["sales_span_days"] == 31
        assert found["sales_days_since"] == 59
        assert found["sales_history_months"] == 13

    def test_know_nothing_where_all_is_voided(self) -> None:
        found = sales(invoice(state="voided"))

        assert found["sales_days_since"] is None
        assert found["sales_span_days"] is None
        assert found["sales_invoices_all"] == 0
