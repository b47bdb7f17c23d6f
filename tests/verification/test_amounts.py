"""Tickets at face caps; sales against purchases."""

from datetime import date

import numpy as np
import pytest
from tests.factories import Row, invoice, purchase
from tests.verification.cases import case, findings

from xiaowei.verification.checks.amounts import BALANCE, TICKETS
from xiaowei.verification.finding import Finding

CAPPED, FREE = 1_100_000, 800_000
WAN = 1_000_000


def tickets(firm: str, *, capped: int, free: int, times: int = 1) -> list[Row]:
    return [
        invoice(enterprise_id=firm, net_fen=net * times, line=2 + n)
        for net, count in ((CAPPED, capped), (FREE, free))
        for n in range(count)
    ]


def crowd(count: int, *, times: int = 1, name: str = "F") -> list[Row]:
    """Firms of which a tenth of 60 tickets lies at a cap."""
    rng = np.random.default_rng(times)
    rows: list[Row] = []
    for firm in range(count):
        capped = int(rng.binomial(60, 0.1))
        rows += tickets(f"{name}{firm}", capped=capped, free=60 - capped, times=times)
    return rows


class TestTickets:
    def test_agree_with_peers(self) -> None:
        found = findings(TICKETS, case(invoices=crowd(30)))

        assert {one.outcome for one in found.values()} == {"agrees"}

    def test_find_the_firm_that_splits_at_the_cap_and_call_it_low_at_most(
        self,
    ) -> None:
        odd = tickets("E1", capped=50, free=10)

        one = findings(TICKETS, case(invoices=[*crowd(30), *odd]))["E1"]

        assert (one.outcome, one.severity) == ("differs", "low")
        assert one.unlikely is not None
        assert one.unlikely < 1e-6
        assert one.observed is not None
        assert one.observed.en == "50 of 60"
        assert [fact.line for fact in one.evidence] == [2, 3, 4, 5, 6]
        assert all("1.10万元" in fact.text.zh for fact in one.evidence)

    def test_compare_firms_of_like_tickets_only(self) -> None:
        """Where all tickets of a size lie at a cap, one more firm is not odd."""
        rows = [
            *crowd(40),
            *[
                row
                for n in range(20)
                for row in tickets(f"L{n}", capped=55, free=5, times=9)
            ],
        ]

        found = findings(TICKETS, case(invoices=rows))

        assert {one.outcome for one in found.values()} == {"agrees"}

    def test_leave_red_voided_and_bought_ones_out(self) -> None:
        odd = [
            row | change
            for row in tickets("E1", capped=50, free=0)
            for change in (
                {"state": "voided"},
                {"direction": "purchase"},
                {"net_fen": -CAPPED},
            )
        ]

        found = findings(
            TICKETS,
            case(invoices=[*crowd(30), *odd, *tickets("E1", capped=0, free=60)]),
        )

        assert found["E1"].observed is not None
        assert found["E1"].observed.en == "0 of 60"

    def test_say_nothing_of_fewer_than_fifty_tickets(self) -> None:
        few = tickets("E1", capped=49, free=0)

        assert "E1" not in findings(TICKETS, case(invoices=[*crowd(30), *few]))

    def test_are_silent_among_few_peers(self) -> None:
        found = findings(TICKETS, case(invoices=crowd(5)))

        assert {one.outcome for one in found.values()} == {"silent"}


def trade(
    firm: str, *, bought: int, sold: int, day: date = date(2019, 6, 3)
) -> list[Row]:
    return [
        invoice(enterprise_id=firm, net_fen=sold, happened_on=day),
        purchase(enterprise_id=firm, net_fen=bought, happened_on=day),
    ]


def balanced(*rows: Row) -> dict[str, Finding]:
    return findings(BALANCE, case(invoices=rows))


class TestBalance:
    @pytest.mark.parametrize(
        ("bought", "outcome", "severity"),
        [
            (1, "agrees", "none"),
            (300 * WAN, "agrees", "none"),
            (300 * WAN + 1, "differs", "low"),
            (1000 * WAN, "differs", "low"),
            (1000 * WAN + 1, "differs", "medium"),
        ],
    )
    def test_differ_where_purchases_are_many_times_sales(
        self, bought: int, outcome: str, severity: str
    ) -> None:
        one = balanced(*trade("E1", bought=bought, sold=100 * WAN))["E1"]

        assert (one.outcome, one.severity) == (outcome, severity)
        assert (one.benign is None) == (outcome == "agrees")

    def test_say_how_rare_it_is_among_twenty_firms(self) -> None:
        rows = [
            row
            for n in range(19)
            for row in trade(f"F{n}", bought=(80 + n) * WAN, sold=100 * WAN)
        ]
        odd = trade("E1", bought=400 * WAN, sold=100 * WAN)

        alone, among = balanced(*odd)["E1"], balanced(*rows, *odd)["E1"]

        assert alone.unlikely is None
        assert among.unlikely is not None
        assert among.unlikely < 0.001

    def test_show_the_largest_purchases(self) -> None:
        rows = [
            invoice(net_fen=100 * WAN, line=1),
            purchase(net_fen=200 * WAN, line=2),
            purchase(net_fen=300 * WAN, line=3),
            purchase(net_fen=900 * WAN, happened_on=date(2018, 1, 31), line=4),
        ]

        assert [fact.line for fact in balanced(*rows)["E1"].evidence] == [3, 2]

    @pytest.mark.parametrize(
        ("day", "counted"), [(date(2018, 2, 1), True), (date(2018, 1, 31), False)]
    )
    def test_count_the_last_two_years(self, day: date, *, counted: bool) -> None:
        rows = [
            *trade("E1", bought=WAN, sold=100 * WAN),
            *trade("E1", bought=900 * WAN, sold=1, day=day),
        ]

        assert (balanced(*rows)["E1"].outcome == "differs") == counted

    @pytest.mark.parametrize(
        "rows",
        [
            trade("E1", bought=WAN, sold=10 * WAN - 1),
            trade("E1", bought=0, sold=100 * WAN),
            trade("E1", bought=900 * WAN, sold=100 * WAN)[:1],
        ],
    )
    def test_say_nothing_without_two_books_and_some_sales(
        self, rows: list[Row]
    ) -> None:
        assert balanced(*rows) == {}
