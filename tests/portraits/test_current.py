"""What a later fact corrects no longer counts."""

from datetime import date, timedelta

import pytest
from tests.factories import DAY, Row, filing, held, invoice, reading, registered

from xiaowei.portraits.portrait import portraits
from xiaowei.portraits.standing import current

BEFORE = DAY - timedelta(days=30)


def stated(family: str, *rows: Row) -> list[Row]:
    table = current(held(**{family: rows})[family], family=family)
    return list(table.order_by("file", "line").to_pyarrow().to_pylist())


class TestCurrent:
    def test_replaces_an_invoice_by_what_became_known_of_it_later(self) -> None:
        first = invoice(happened_on=BEFORE, invoice_no="1")

        found = stated(
            "invoices",
            first,
            first | {"state": "voided", "known_on": BEFORE + timedelta(days=5)},
            first | {"net_fen": 7, "known_on": BEFORE + timedelta(days=9)},
        )

        assert [(row["state"], row["net_fen"]) for row in found] == [("valid", 7)]

    @pytest.mark.parametrize(
        "other",
        [
            {"invoice_no": "2"},
            {"counterparty_id": "P2"},
            {"direction": "purchase"},
            {"enterprise_id": "E2"},
            {"happened_on": BEFORE + timedelta(days=1)},
        ],
    )
    def test_keeps_what_is_another_invoice(self, other: Row) -> None:
        first = invoice(happened_on=BEFORE, invoice_no="1")

        assert len(stated("invoices", first, first | {"known_on": DAY} | other)) == 2

    def test_keeps_both_of_two_invoices_known_on_one_day(self) -> None:
        first = invoice(invoice_no="1")

        assert len(stated("invoices", first, first | {"state": "voided"})) == 2

    def test_returns_columns_as_they_were(self) -> None:
        facts = held(invoices=[invoice()], electricity=[reading()])

        for family, table in facts.items():
            assert current(table, family=family).columns == table.columns

    def test_takes_the_filing_that_was_filed_last_of_two_known_on_one_day(self) -> None:
        found = stated(
            "tax_filings",
            filing(sales_fen=1, known_on=DAY, happened_on=DAY),
            filing(sales_fen=2, known_on=DAY, happened_on=BEFORE),
        )

        assert [row["sales_fen"] for row in found] == [1]

    def test_takes_the_later_line_of_two_readings_that_nothing_else_tells_apart(
        self,
    ) -> None:
        found = stated("electricity", reading(kwh=1), reading(kwh=2))

        assert [row["kwh"] for row in found] == [2]

    def test_takes_what_a_register_said_last(self) -> None:
        found = stated(
            "enterprises",
            registered(staff=3, known_on=DAY),
            registered(staff=2, known_on=BEFORE),
        )

        assert [row["staff"] for row in found] == [3]


class TestPortraitOfACorrection:
    def test_counts_a_voided_invoice_from_the_day_it_was_known_to_be_void(self) -> None:
        first = invoice(happened_on=date(2020, 1, 31), invoice_no="1")
        voided = first | {"state": "voided", "known_on": date(2020, 2, 10)}
        facts = held(invoices=[first, voided, invoice(happened_on=date(2020, 1, 1))])

        def sales(as_of: date) -> tuple[int, float]:
            (row,) = portraits(facts, as_of=as_of).to_pyarrow().to_pylist()
            return row["sales_all"], row["sales_void_share_all"]

        assert sales(date(2020, 2, 9)) == (200_000, 0)
        assert sales(date(2020, 2, 10)) == (100_000, 0.5)
