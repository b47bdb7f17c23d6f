"""Invoices to oneself, and invoices in two firms' books."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from tests.factories import DAY, Row, invoice, purchase
from tests.verification.cases import case, findings

from xiaowei.verification.checks.owners import ONE_OWNER, OWN_BOTH_SIDES
from xiaowei.verification.finding import Finding


def own(*rows: Row) -> dict[str, Finding]:
    return findings(OWN_BOTH_SIDES, case(invoices=rows))


def shared(*rows: Row) -> dict[str, Finding]:
    return findings(ONE_OWNER, case(invoices=rows))


def to_itself(number: str, **stated: object) -> list[Row]:
    """One invoice in both books of E1, under codes that do not show it."""
    row = {"invoice_no": number, **stated}
    return [invoice(**row), purchase(**row)]


def sold(count: int, net_fen: int = 100_000) -> list[Row]:
    return [invoice(invoice_no=f"s{n}", net_fen=net_fen) for n in range(count)]


class TestOwnBothSides:
    def test_agree_where_no_invoice_stands_in_both_books(self) -> None:
        one = own(invoice(invoice_no="1"), purchase(invoice_no="2"))["E1"]

        assert (one.outcome, one.severity) == ("agrees", "none")
        assert one.benign is None

    def test_find_the_same_invoice_on_both_sides_by_content(self) -> None:
        one = own(*to_itself("1"), *sold(1))["E1"]

        assert one.outcome == "differs"
        assert one.observed is not None
        assert one.observed.en == "1 invoices"
        assert "50.00% of sales" in one.text.en

    @pytest.mark.parametrize("row", [invoice, purchase])
    def test_find_a_firms_own_code_on_the_other_side(
        self, row: Callable[..., Row]
    ) -> None:
        """Even where only one of its books was handed in."""
        one = own(row(counterparty_id="E1"))["E1"]

        assert one.outcome == "differs"
        assert one.observed is not None
        assert one.observed.en == "1 invoices"
        assert "100.00% of sales" in one.text.en

    def test_count_an_invoice_once_however_it_was_found(self) -> None:
        one = own(*to_itself("1", counterparty_id="E1"), *sold(1))["E1"]

        assert one.observed is not None
        assert one.observed.en == "1 invoices"

    def test_say_nothing_of_a_firm_with_one_book(self) -> None:
        assert own(*sold(3)) == {}

    @pytest.mark.parametrize(
        ("count", "others_fen", "severity"),
        [
            (1, 100, "low"),
            (2, 100, "low"),
            (3, 59_700_001, "low"),
            (3, 59_700_000, "medium"),
            (3, 5_700_001, "medium"),
            (3, 5_700_000, "high"),
        ],
    )
    def test_are_graver_by_count_and_share_of_sales(
        self, count: int, others_fen: int, severity: str
    ) -> None:
        rows = [row for n in range(count) for row in to_itself(str(n))]

        assert own(*rows, *sold(1, others_fen))["E1"].severity == severity

    def test_show_the_largest_of_the_seller_side(self) -> None:
        rows = [
            row | {"file": f"{row['direction']}.csv", "line": 10 * n}
            for n in range(1, 8)
            for row in to_itself(str(n), net_fen=n * 1_000_000)
        ]

        evidence = own(*rows)["E1"].evidence

        assert [(one.file, one.line) for one in evidence] == [
            ("sale.csv", line) for line in (70, 60, 50, 40, 30)
        ]
        assert evidence[0].text.en == "2020-02-21 sale 7 7.00万 yuan valid"

    def test_say_their_bounds(self) -> None:
        assert "满3张且占销项5.00%起为高，0.50%起为中" in OWN_BOTH_SIDES.meaning.zh
        assert "at least 3 such, high from 5.00% of sales, medium from 0.50%" in (
            OWN_BOTH_SIDES.meaning.en
        )

    def test_say_how_unlikely_they_are_by_chance_where_there_are_any(self) -> None:
        none = own(*sold(1), purchase(invoice_no="p"))["E1"]
        some = own(*to_itself("1"), *to_itself("2"), *sold(100))["E1"]

        assert none.unlikely is None
        assert some.unlikely is not None
        assert 0 < some.unlikely < 0.001


class TestOneOwner:
    def test_agrees_where_books_share_nothing(self) -> None:
        found = shared(*sold(2), invoice(enterprise_id="E2", invoice_no="other"))

        assert {one.outcome for one in found.values()} == {"agrees"}
        assert found.keys() == {"E1", "E2"}

    def test_finds_an_invoice_on_one_side_of_two_books(self) -> None:
        twin = invoice(enterprise_id="E2", invoice_no="s0", counterparty_id="Q")

        found = shared(*sold(4), twin, purchase(invoice_no="p"))

        assert found["E1"].outcome == found["E2"].outcome == "differs"
        assert "1 invoices stand on the same side of the books of E2" in (
            found["E1"].text.en
        )
        assert found["E1"].observed is not None
        assert found["E1"].observed.en == "1 of 5"

    @pytest.mark.parametrize(
        "other",
        [
            {"net_fen": 1},
            {"tax_fen": 1},
            {"invoice_no": "t"},
            {"direction": "purchase"},
        ],
    )
    def test_lets_what_differs_at_all_be_two_invoices(self, other: Row) -> None:
        twin = invoice(enterprise_id="E2", invoice_no="s0") | other

        assert shared(*sold(1), twin)["E1"].outcome == "agrees"

    def test_names_the_other_with_most_in_common_first(self) -> None:
        rows = [
            *sold(3),
            invoice(enterprise_id="E3", invoice_no="s0"),
            *[row | {"enterprise_id": "E2"} for row in sold(2)],
        ]

        found = shared(*rows)["E1"]

        assert "books of E2, E3" in found.text.en
        assert found.observed is not None
        assert found.observed.en == "2 of 3"

    @pytest.mark.parametrize(
        ("common", "rest", "severity"),
        [(2, 0, "low"), (3, 12, "high"), (3, 13, "medium")],
    )
    def test_is_graver_the_more_books_have_in_common(
        self, common: int, rest: int, severity: str
    ) -> None:
        twins = [row | {"enterprise_id": "E2"} for row in sold(common)]

        assert shared(*sold(common + rest), *twins)["E1"].severity == severity

    def test_shows_where_the_other_has_the_same_invoice(self) -> None:
        ours = invoice(invoice_no="7", file="a.csv", line=2)
        theirs = ours | {
            "enterprise_id": "E2",
            "state": "voided",
            "file": "b.csv",
            "line": 9,
        }

        (fact,) = shared(ours, theirs)["E1"].evidence

        assert (fact.file, fact.line) == ("a.csv", 2)
        assert fact.text == (
            "2020-02-21 销项 7 1,000.00元 有效 / E2 作废（b.csv第9行）",
            "2020-02-21 sale 7 1,000.00 yuan valid / E2 voided (b.csv line 9)",
        )

    def test_is_likelier_by_chance_where_chance_puts_it_on_other_days(self) -> None:
        twin = invoice(enterprise_id="E2", invoice_no="s0")
        days = [
            invoice(
                enterprise_id="E3",
                invoice_no=f"s{n}",
                happened_on=DAY - timedelta(days=n),
            )
            for n in (1, 2)
        ]
        far = [row | {"happened_on": DAY - timedelta(days=90)} for row in days]

        rare, often = (
            shared(*sold(4), twin, *others)["E1"].unlikely for others in (far, days)
        )

        assert rare is not None
        assert often is not None
        assert 0 < rare < often < 1
        assert shared(*sold(1))["E1"].unlikely is None

    def test_counts_invoices_of_two_files_with_one_name(self) -> None:
        """Two deliveries may be called sales.csv, so file and line are no key."""
        rows = [row | {"file": "sales.csv", "line": 2} for row in sold(2)]
        twins = [row | {"enterprise_id": "E2"} for row in rows]

        found = shared(*rows, *twins)["E1"]

        assert found.observed is not None
        assert found.observed.en == "2 of 2"
