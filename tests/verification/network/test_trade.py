"""Trade among enterprises: whose, when, and how much of it stands."""

from datetime import date, timedelta

import ibis
import pyarrow as pa
from tests.factories import DAY, Row, held, purchase, registered
from tests.verification.network.rings import sold

from xiaowei.verification.network.trade import legs, trade


def days(*rows: Row, **families: list[Row]) -> list[tuple[str, str, date, int]]:
    facts = held(invoices=rows, **families)
    table = trade(facts["invoices"], facts).order_by("seller", "buyer", "happened_on")
    return [
        (row["seller"], row["buyer"], row["happened_on"], row["net_fen"])
        for row in table.to_pyarrow().to_pylist()
    ]


A_TO_B = sold("A", "B", on=DAY, net_fen=500_000)
B_KNOWN = sold("B", "X", on=DAY, net_fen=1)


class TestTrade:
    def test_is_that_with_enterprises_only(self) -> None:
        assert days(A_TO_B, B_KNOWN) == [("A", "B", DAY, 500_000)]

    def test_knows_an_enterprise_of_the_register_without_books(self) -> None:
        found = days(A_TO_B, enterprises=[registered(enterprise_id="B")])

        assert found == [("A", "B", DAY, 500_000)]

    def test_takes_an_invoice_in_both_books_once(self) -> None:
        other = purchase(
            enterprise_id="B", counterparty_id="A", happened_on=DAY, net_fen=500_000
        )

        assert days(A_TO_B, other) == [("A", "B", DAY, 500_000)]

    def test_is_seen_in_the_buyers_books_alone(self) -> None:
        other = purchase(
            enterprise_id="B", counterparty_id="A", happened_on=DAY, net_fen=500_000
        )

        assert days(other, sold("A", "X", on=DAY, net_fen=1)) == [
            ("A", "B", DAY, 500_000)
        ]

    def test_leaves_out_voids_and_what_is_sent_back(self) -> None:
        back = sold("A", "B", on=DAY + timedelta(days=9), net_fen=-500_000)
        void = sold("A", "B", on=DAY, net_fen=70_000, state="voided")

        assert days(A_TO_B, back, void, B_KNOWN) == []

    def test_keeps_one_of_two_alike_when_one_is_sent_back(self) -> None:
        again = sold("A", "B", on=DAY + timedelta(days=3), net_fen=500_000)
        back = sold("A", "B", on=DAY + timedelta(days=9), net_fen=-500_000)

        assert days(A_TO_B, again, back, B_KNOWN) == [("A", "B", DAY, 500_000)]

    def test_follows_a_link_from_a_counterparty_to_an_enterprise(self) -> None:
        facts = held(invoices=[sold("A", "乙公司", on=DAY, net_fen=9), B_KNOWN])
        facts["links"] = ibis.memtable(
            pa.table(
                {
                    "counterparty_id": ["乙公司"],
                    "enterprise_id": ["B"],
                    "result": ["linked"],
                }
            )
        )

        rows = trade(facts["invoices"], facts).to_pyarrow().to_pylist()

        assert [(row["seller"], row["buyer"]) for row in rows] == [("A", "B")]


class TestLegs:
    def test_hold_the_days_of_one_delivery(self) -> None:
        facts = held(
            invoices=[
                B_KNOWN,
                *(
                    sold("A", "B", on=DAY + timedelta(days=n), net_fen=100_000)
                    for n in (0, 2, 5, 20)
                ),
            ]
        )
        table = trade(facts["invoices"], facts).to_pyarrow()

        found = legs(table, least_fen=0)

        assert found.net.tolist() == [300_000, 100_000]
        assert (found.day[1] - found.day[0]) == 20

    def test_leave_out_what_is_too_small(self) -> None:
        facts = held(invoices=[A_TO_B, B_KNOWN])
        table = trade(facts["invoices"], facts).to_pyarrow()

        assert len(legs(table, least_fen=500_001)) == 0
        assert len(legs(table, least_fen=500_000)) == 1
