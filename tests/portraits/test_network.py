"""Positions in the supply chain against a second reckoning, and by hand."""

from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any

import ibis
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pytest
from tests.factories import MONTH_END, Row, held, invoice, registered
from tests.portraits.oracles import network as oracle
from tests.portraits.oracles.harness import FIRMS, Draw, Told, differing, stands

from xiaowei.portraits.moments import Moments
from xiaowei.portraits.network import SCHEMA, network_facts, positions
from xiaowei.portraits.portrait import panel, portraits
from xiaowei.portraits.standing import standing
from xiaowei.portraits.traits.chain import PART
from xiaowei.portraits.traits.trait import portrayed

ENDS = (date(2019, 2, 28), date(2019, 8, 31), MONTH_END)
VALUES = SCHEMA.names[3:]


def invoices(draw: Draw) -> Row:
    return invoice(
        direction=draw.one_of("sale", "purchase"),
        counterparty_id=draw.one_of(*FIRMS, "P1", "P2"),
        invoice_no=f"N{draw.rng.integers(1000)}",
        happened_on=draw.day(),
        net_fen=draw.one_of(-500, 100, 100, 2000, 30_000),
        state=draw.one_of("valid", "valid", "voided"),
    )


def reckoned(facts: Told, ends: Iterable[date]) -> dict[date, dict[str, Row]]:
    table = network_facts(held(**facts), ends, engine=ibis.get_backend())
    found: dict[date, dict[str, Row]] = {day: {} for day in ends}
    for row in table.to_pylist():
        assert row["known_on"] == row["happened_on"]
        values = {name: row[name] for name in VALUES}
        found[row["happened_on"]][row["enterprise_id"]] = values
    return found


def sold(seller: str, buyer: str, net: int, **stated: Any) -> Row:  # noqa: ANN401
    return invoice(
        enterprise_id=seller,
        counterparty_id=buyer,
        net_fen=net,
        happened_on=MONTH_END,
        **stated,
    )


class TestNetworkFacts:
    @pytest.mark.parametrize("seed", [1, 2, 3])
    def test_agree_with_a_second_reckoning(self, seed: int) -> None:
        draw = Draw(seed, MONTH_END)
        facts = {"invoices": draw.rows(invoices, most=12)}

        found = reckoned(facts, ENDS)

        for day in ENDS:
            theirs = oracle.network(stands(facts, day), day)
            assert differing(found[day], theirs) == []
            assert len(theirs) > 5

    def test_do_not_change_with_what_is_known_later(self) -> None:
        draw = Draw(4, MONTH_END)
        rows = draw.rows(invoices, most=12)
        known = [row for row in rows if row["known_on"] <= MONTH_END]
        again = [row | {"known_on": MONTH_END + timedelta(days=1)} for row in known]

        facts = network_facts(
            held(invoices=rows), [MONTH_END], engine=ibis.get_backend()
        )
        others = network_facts(
            held(invoices=known + again), [MONTH_END], engine=ibis.get_backend()
        )

        assert facts.equals(others)
        assert facts.num_rows > 5

    def test_take_the_larger_of_what_both_sides_tell(self) -> None:
        rows = [
            sold("A", "B", 60),
            sold("A", "X", 40),
            sold("B", "A", 100, direction="purchase"),
        ]

        found = reckoned({"invoices": rows}, [MONTH_END])[MONTH_END]

        assert found["A"]["depth"] == pytest.approx(1 + 100 / 140)
        assert found["A"]["dependence"] == 0
        assert found["A"]["known_share"] == 0.5
        assert found["B"]["suppliers"] == 1
        assert found["B"]["depth"] is None

    def test_know_those_of_the_register_and_those_whom_others_trade_with(self) -> None:
        rows = {
            "invoices": [sold("A", "B", 60), sold("A", "X", 40)],
            "enterprises": [registered(enterprise_id="B")],
        }

        found = reckoned(rows, [MONTH_END])[MONTH_END]

        assert found.keys() == {"A", "B"}
        assert found["A"]["customers"] == 1
        assert found["B"]["position"] < 1 < found["A"]["position"]

    def test_cap_the_depth_of_a_circle(self) -> None:
        rows = [sold("A", "B", 1), sold("B", "A", 1)]

        found = reckoned({"invoices": rows}, [MONTH_END])[MONTH_END]

        assert [one["depth"] for one in found.values()] == [10, 10]

    def test_have_no_place_for_one_that_trades_with_nobody_known(self) -> None:
        rows = [sold("A", "X", 5), sold("B", "C", 5), sold("C", "Y", 5)]

        found = reckoned({"invoices": rows}, [MONTH_END])[MONTH_END]

        assert found["A"]["position"] is None
        assert found["A"]["depth"] == 1
        assert found["A"]["customers"] == 0

    @pytest.mark.parametrize(("state", "expected"), [("granted", 1), ("withdrawn", 0)])
    def test_look_at_invoices_of_those_only_who_agree(
        self, state: str, expected: int
    ) -> None:
        consents = [
            {
                "enterprise_id": firm,
                "covers": "invoices",
                "state": word,
                "happened_on": date(2019, 1, 1),
            }
            for firm, word in (("A", state), ("B", "granted"))
        ]
        rows = [sold("A", "B", 5), sold("B", "X", 5)]

        found = reckoned({"invoices": rows, "consents": consents}, [MONTH_END])

        assert found[MONTH_END]["B"]["suppliers"] == expected

    def test_are_empty_where_nobody_trades(self) -> None:
        table = network_facts(held(invoices=[]), [MONTH_END], engine=ibis.get_backend())

        assert table.num_rows == 0
        assert table.schema == SCHEMA


class TestPositions:
    def test_are_those_of_the_matrix_that_they_solve(self) -> None:
        rng = np.random.default_rng(3)
        payer, payee = rng.integers(0, 30, (2, 200))
        paid = rng.integers(1, 100, 200).astype(np.float64)
        flow = np.zeros((30, 30))
        np.add.at(flow, (payee, payer), paid)
        paying = flow.sum(axis=0)
        shares = np.where(paying > 0, flow / np.where(paying > 0, paying, 1), 1 / 30)
        exact = np.linalg.solve(np.eye(30) - 0.85 * shares, np.full(30, 0.15))

        found = positions(payer, payee, paid, 30)

        assert found.mean() == pytest.approx(1)
        assert np.abs(found - exact).max() < 0.04 * exact.max()


class TestChainTraits:
    def facts(self) -> dict[str, Any]:
        rows = Draw(5, MONTH_END).rows(invoices, most=12)
        facts = held(invoices=rows)
        network = network_facts(facts, ENDS, engine=ibis.get_backend())
        return facts | {"network": ibis.memtable(network)}

    def test_are_the_positions_of_the_last_month_end(self) -> None:
        facts = self.facts()
        theirs = {
            row["enterprise_id"]: row
            for row in facts["network"].to_pyarrow().to_pylist()
            if row["happened_on"] == MONTH_END
        }

        rows = portrayed(PART, facts, Moments((date(2020, 3, 30),))).to_pyarrow()

        mine = {row["enterprise_id"]: row for row in rows.to_pylist()}
        assert mine.keys() == theirs.keys()
        for firm, row in theirs.items():
            now, before = row["position"], row["position_before"]
            assert mine[firm]["chain_position_12m"] == now
            assert mine[firm]["chain_depth_12m"] == row["depth"]
            assert mine[firm]["chain_customers_12m"] == row["customers"]
            change = mine[firm]["chain_position_change_12m"]
            if now is None or before is None:
                assert change is None
            else:
                assert change == pytest.approx((now - before) / (now + before))
        assert any(one["chain_position_change_12m"] for one in mine.values())

    def test_are_unknown_once_a_month_has_ended_without_them(self) -> None:
        rows = portraits(self.facts(), as_of=date(2020, 3, 31)).to_pyarrow()

        assert rows.num_rows > 5
        assert rows["chain_position_12m"].null_count == rows.num_rows

    def test_are_the_same_in_a_panel(self) -> None:
        facts = self.facts()
        days = [*ENDS, date(2020, 3, 15)]
        names = [trait.name for trait in PART.traits]

        found = panel(facts, days=days).to_pyarrow()

        for day in days:
            mine = portraits(facts, as_of=day).to_pyarrow()
            theirs = found.filter(pc.equal(found["as_of"], pa.scalar(day)))
            key = [("enterprise_id", "ascending")]
            columns = ["enterprise_id", *names]
            assert (
                mine.sort_by(key)
                .select(columns)
                .equals(theirs.sort_by(key).select(columns))
            )

    def test_stand_for_ever(self) -> None:
        table = self.facts()["network"]

        assert standing(table, family="network").upto.notnull().sum().to_pyarrow() == (
            pa.scalar(0)
        )
