"""One invoice seen from its two sides."""

from collections.abc import Callable
from datetime import timedelta
from typing import TypeAlias

import pytest
from tests.factories import DAY, Row, arrow, invoice, purchase
from tests.verification.cases import case, findings

from xiaowei.verification.checks.sides import (
    COINCIDENCE_DAYS,
    TWO_SIDES,
    coincidences,
)
from xiaowei.verification.evidence import SHOWN
from xiaowei.verification.finding import Finding
from xiaowei.verification.mirrors import mirrors

Pair: TypeAlias = Callable[..., list[Row]]


def both_sides(number: str, *, bought: Row | None = None) -> list[Row]:
    """E1 sells to E2, in the books of both, each under the other's code."""
    seller = invoice(invoice_no=number, counterparty_id="E2", file="sales.csv")
    buyer = purchase(
        invoice_no=number, enterprise_id="E2", counterparty_id="E1", file="bought.csv"
    )
    return [seller, buyer | (bought or {})]


def uncoded(number: str, *, bought: Row | None = None) -> list[Row]:
    """The same with codes of two kinds, as in the public set."""
    seller, buyer = both_sides(number, bought=bought)
    return [seller | {"counterparty_id": "B7"}, buyer | {"counterparty_id": "A3"}]


def seen(*rows: list[Row]) -> dict[str, Finding]:
    return findings(TWO_SIDES, case(invoices=[row for pair in rows for row in pair]))


class TestTwoSides:
    @pytest.mark.parametrize("pair", [both_sides, uncoded])
    def test_agree_where_amount_and_state_are_equal(self, pair: Pair) -> None:
        found = seen(pair("1"), pair("2"))

        assert found.keys() == {"E1", "E2"}
        for one in found.values():
            assert (one.outcome, one.severity) == ("agrees", "none")
            assert one.observed is not None
            assert one.observed.en == "0 of 2 differ"
            assert one.evidence == ()

    def test_count_an_invoice_found_by_code_and_by_content_once(self) -> None:
        """Codes link these two, and so does their content."""
        found = seen(both_sides("1"))

        assert "1 invoices found" in found["E1"].text.en
        assert "(1 firms)" in found["E1"].text.en

    def test_differ_in_amount_where_codes_link_them(self) -> None:
        found = seen(both_sides("1", bought={"net_fen": 90_000}))

        assert found["E1"].outcome == found["E2"].outcome == "differs"

    def test_cannot_differ_in_amount_where_only_content_could_link_them(self) -> None:
        assert seen(uncoded("1", bought={"net_fen": 90_000})) == {}

    @pytest.mark.parametrize("pair", [both_sides, uncoded])
    def test_differ_in_state(self, pair: Pair) -> None:
        found = seen(pair("1", bought={"state": "voided"}))

        assert found["E2"].outcome == "differs"
        assert found["E2"].benign is not None

    @pytest.mark.parametrize(
        ("apart", "alike", "severity"),
        [(1, 9, "low"), (2, 0, "low"), (3, 13, "medium"), (3, 12, "high")],
    )
    def test_are_graver_the_more_of_them_differ(
        self, apart: int, alike: int, severity: str
    ) -> None:
        pairs = [
            *[both_sides(f"x{n}", bought={"state": "voided"}) for n in range(apart)],
            *[both_sides(f"y{n}") for n in range(alike)],
        ]

        assert seen(*pairs)["E1"].severity == severity

    def test_show_the_largest_first_with_the_place_of_both(self) -> None:
        small = [row | {"line": 70 + n} for n, row in enumerate(both_sides("1"))]
        large = [row | {"line": 80 + n} for n, row in enumerate(both_sides("2"))]
        small[1] |= {"state": "voided"}
        large[1] |= {"net_fen": 900_000}

        first, second = seen(small, large)["E2"].evidence

        assert (first.file, first.line) == ("sales.csv", 80)
        assert first.text == (
            "E1 有效 1,000.00元 / E2 有效 9,000.00元（bought.csv第81行）",
            "E1 valid 1,000.00 yuan / E2 valid 9,000.00 yuan (bought.csv line 81)",
        )
        assert (second.file, second.line) == ("sales.csv", 70)

    def test_compare_what_was_last_stated(self) -> None:
        """The buyer's books follow a void three days later."""
        seller, buyer = both_sides("1")
        day = DAY - timedelta(days=9)
        rows = [row | {"happened_on": day} for row in (seller, buyer)]
        rows.append(rows[0] | {"state": "voided", "known_on": day + timedelta(days=1)})
        rows.append(rows[1] | {"state": "voided", "known_on": day + timedelta(days=4)})

        assert findings(TWO_SIDES, case(invoices=rows))["E1"].outcome == "agrees"

    def test_say_nothing_of_an_invoice_known_from_one_side(self) -> None:
        assert seen([invoice(), purchase(enterprise_id="E2", net_fen=1)]) == {}

    def test_say_nothing_of_a_firms_invoice_to_itself(self) -> None:
        rows = [
            invoice(invoice_no="1", counterparty_id="E1"),
            purchase(invoice_no="1", counterparty_id="E1"),
        ]

        assert seen(rows) == {}


class TestCoincidences:
    def apart(self, *days: int, firm: str = "E2") -> float:
        """The rate where E1's invoice 1 stands in another's books so much later."""
        rows = [invoice(invoice_no="1"), invoice(invoice_no="2")]
        rows += [
            invoice(
                enterprise_id=firm,
                invoice_no=f"{n}",
                happened_on=DAY - timedelta(days=later),
            )
            for n, later in enumerate(days, start=1)
        ]
        return coincidences(case(invoices=rows))

    def test_are_not_impossible_where_none_was_seen(self) -> None:
        assert self.apart(COINCIDENCE_DAYS + 1, 400) == pytest.approx(0.5 / 30 / 4)

    def test_are_the_likelier_the_more_were_seen_on_other_days(self) -> None:
        assert self.apart(1, COINCIDENCE_DAYS) == pytest.approx(2.5 / 30 / 4)

    def test_leave_out_what_may_be_one_invoice_or_one_firm(self) -> None:
        assert self.apart(0, 0) == self.apart(1, 2, firm="E1") == self.apart(400, 400)

    def test_are_known_where_there_is_no_invoice(self) -> None:
        empty = arrow("invoices", [])

        assert coincidences(case(invoices=empty)) == pytest.approx(0.5 / 30)


class TestMirrors:
    def test_show_both_sides_of_what_differs_the_largest_first(self) -> None:
        rows = [
            *both_sides("1"),
            *both_sides("2", bought={"net_fen": 90_000, "line": 9}),
            *both_sides("3", bought={"net_fen": 990_000, "state": "voided"}),
        ]
        facts = case(invoices=rows)

        found = mirrors(facts, ["E1", "E2"])

        assert found["E1"] == found["E2"]
        assert [one.invoice_no for one in found["E1"]] == ["3", "2"]
        first, second = found["E1"]
        assert (first.seller.firm, first.buyer.firm) == ("E1", "E2")
        assert (first.buyer.net_fen, first.buyer.state) == (990_000, "voided")
        assert first.seller.state == "valid"
        assert (second.buyer.file, second.buyer.line) == ("bought.csv", 9)

    def test_are_few_and_only_of_whom_is_asked(self) -> None:
        rows = [
            row
            for n in range(SHOWN + 3)
            for row in both_sides(str(n), bought={"net_fen": 90_000 + n})
        ]
        facts = case(invoices=rows)

        found = mirrors(facts, ["E2"])

        assert found.keys() == {"E2"}
        assert len(found["E2"]) == SHOWN
        assert mirrors(facts, []) == {}
