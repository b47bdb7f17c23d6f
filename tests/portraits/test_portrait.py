"""Every trait against a second reckoning; what is known later changes nothing."""

import math
from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

import ibis
import ibis.expr.types as ir
import numpy as np
import pyarrow as pa
import pytest
from tests.factories import (
    MONTH_END,
    Row,
    arrow,
    credit,
    filing,
    held,
    invoice,
    purchase,
    reading,
    registered,
)
from tests.portraits import oracle
from tests.portraits.worlds import World, placed

from xiaowei.portraits.portrait import TRAITS, enterprises, portraits

NAMES = [trait.name for trait in TRAITS]


def portrayed(facts: Mapping[str, ir.Table], as_of: date = MONTH_END) -> dict[str, Row]:
    rows = portraits(facts, as_of=as_of).to_pyarrow().to_pylist()
    return {row.pop("enterprise_id"): row for row in rows}


def apart(mine: Any, theirs: Any, name: str) -> bool:  # noqa: ANN401
    if mine is None or theirs is None or "log_spread" not in name:
        exact = isinstance(mine, int) or mine is None or theirs is None
        return bool(
            mine != theirs
            if exact
            else not math.isclose(mine, theirs, rel_tol=1e-9, abs_tol=1e-9)
        )
    # Logarithms are rounded to millionths before they are added.
    return not math.isclose(mine, theirs, abs_tol=1e-6)


class TestPortraits:
    @pytest.mark.parametrize(
        "as_of",
        [
            date(2020, 2, 21),
            date(2020, 2, 29),
            date(2021, 2, 28),
            date(2021, 3, 30),
            date(2020, 4, 30),
        ],
    )
    def test_agree_with_a_second_reckoning_of_every_trait(self, as_of: date) -> None:
        facts = placed(World(as_of.toordinal(), as_of).firms(30))

        mine = portrayed(held(**facts), as_of)
        theirs = oracle.portray(facts, as_of)

        assert mine.keys() == theirs.keys()
        assert [
            (firm, name, portrait[name], theirs[firm].get(name))
            for firm, portrait in mine.items()
            for name in NAMES
            if apart(portrait[name], theirs[firm].get(name), name)
        ] == []

    def test_second_reckoning_meets_every_trait_with_a_value(self) -> None:
        facts = placed(World(1, MONTH_END).firms(30))

        reckoned = oracle.portray(facts, MONTH_END).values()
        valued = {n for one in reckoned for n, x in one.items() if x is not None}

        reckonable = {t.name for t in TRAITS if set(t.sources) <= facts.keys()}

        assert reckonable - valued == set()

    def test_do_not_change_with_what_is_known_later(self) -> None:
        """300 copies of one firm, each with another future, in one portrait."""
        world = World(7, MONTH_END)
        facts = {
            "invoices": world.invoices("E0", 60),
            "tax_filings": world.filings("E0", 36),
            "electricity": world.readings("E0", 80),
        }
        copies: dict[str, list[Row]] = {family: [] for family in facts}
        for place in range(300):
            for family, rows in facts.items():
                kept = [row for row in rows if known(row) <= MONTH_END]
                rewritten = _future(world, family, rows)
                copies[family] += [
                    row | {"enterprise_id": f"F{place}"} for row in kept + rewritten
                ]

        seen = {tuple(row.values()) for row in portrayed(held(**copies)).values()}

        futures = {
            family: sum(known(row) > MONTH_END for row in rows)
            for family, rows in copies.items()
        }
        assert min(futures.values()) > 300
        assert len(seen) == 1

    def test_do_not_depend_on_threads_nor_on_the_order_of_rows(self) -> None:
        table = _many_invoices(40_000)
        shuffled = table.take(np.random.default_rng(3).permutation(table.num_rows))

        runs = []
        for threads, rows in ((1, table), (2, table), (2, shuffled)):
            engine = ibis.duckdb.connect(threads=threads)
            parts = pa.Table.from_batches(rows.to_batches(max_chunksize=2_000))
            found = portraits(held(invoices=parts), as_of=MONTH_END).order_by(
                "enterprise_id"
            )
            runs.append(engine.to_pyarrow(found))
            engine.disconnect()

        assert runs[0].equals(runs[1])
        assert runs[0].equals(runs[2])

    def test_hold_money_and_counts_as_whole_numbers(self) -> None:
        facts = held(
            invoices=[invoice(), purchase()],
            tax_filings=[filing()],
            electricity=[reading()],
        )

        schema = portraits(facts, as_of=MONTH_END).to_pyarrow().schema

        for trait in TRAITS:
            whole = trait.unit in {"fen", "count", "months"} or trait.ages
            kind = pa.int64() if whole else pa.float64()
            assert schema.field(trait.name).type == kind, trait.name

    def test_say_nothing_of_a_firm_known_only_from_registers(self) -> None:
        facts = held(
            enterprises=[registered(enterprise_id="E9")],
            credit_history=[credit(enterprise_id="E8")],
            invoices=[invoice()],
        )

        found = portrayed(facts)

        assert found.keys() == {"E1", "E8", "E9"}
        assert speaking(found["E8"]) == {"credit_history"}
        assert speaking(found["E9"]) == {"enterprises"}

    def test_say_nothing_of_a_direction_without_invoices(self) -> None:
        portrait = portrayed(held(invoices=[purchase()]))["E1"]

        assert portrait["purchases_all"] == 100_000
        assert portrait["sales_all"] is None
        assert portrait["customers_12m"] is None
        assert portrait["margin_12m"] is None

    def test_have_the_same_columns_whatever_is_held(self) -> None:
        full = portraits(
            held(
                invoices=[invoice()],
                tax_filings=[filing()],
                electricity=[reading()],
                enterprises=[registered()],
                credit_history=[credit()],
            ),
            as_of=MONTH_END,
        )
        empty = portraits(
            held(invoices=[], tax_filings=[], electricity=[]), as_of=MONTH_END
        )
        nothing = portraits({}, as_of=MONTH_END)

        assert list(full.columns) == ["enterprise_id", *NAMES]
        assert full.columns == empty.columns == nothing.columns
        assert empty.to_pyarrow().num_rows == 0
        assert nothing.to_pyarrow().num_rows == 0

    def test_know_no_zero_of_a_family_that_is_there_but_empty(self) -> None:
        portrait = portrayed(
            held(enterprises=[registered()], invoices=[], electricity=[])
        )["E1"]

        assert speaking(portrait) == {"enterprises"}

    def test_tell_how_old_the_newest_fact_of_each_source_is(self) -> None:
        facts = held(
            invoices=[invoice(happened_on=date(2020, 2, 11)), invoice(state="voided")],
            tax_filings=[filing(happened_on=date(2020, 2, 15))],
        )

        portrait = portrayed(facts)["E1"]

        assert portrait["invoices_fresh_days"] == 8
        assert portrait["tax_filings_fresh_days"] == 14
        assert portrait["electricity_fresh_days"] is None


class TestEnterprises:
    def test_are_all_that_a_fact_known_by_the_day_is_about(self) -> None:
        facts = held(
            invoices=[
                invoice(enterprise_id="A"),
                invoice(enterprise_id="B", known_on=MONTH_END + timedelta(days=1)),
            ],
            enterprises=[registered(enterprise_id="C")],
        )

        found = (
            enterprises(facts, as_of=MONTH_END)
            .to_pyarrow()["enterprise_id"]
            .to_pylist()
        )

        assert sorted(found) == ["A", "C"]


def speaking(portrait: Row) -> set[str]:
    """Return the families of all traits that have a value."""
    return {
        family
        for trait in TRAITS
        for family in trait.sources
        if portrait[trait.name] is not None
    }


def known(row: Row) -> date:
    day = row.get("known_on", row["happened_on"])
    assert isinstance(day, date)
    return day


def _future(world: World, family: str, rows: list[Row]) -> list[Row]:
    """Return another future: facts dropped, changed, added, or stated anew later."""
    rng = world.rng
    fresh = {
        "invoices": world.invoices,
        "tax_filings": world.filings,
        "electricity": world.readings,
    }
    future = [dict(row) for row in rows if rng.random() < 0.3] + fresh[family]("E0", 3)
    for row in future:
        row["known_on"] = MONTH_END + timedelta(days=int(rng.integers(1, 500)))
        for name in ("net_fen", "sales_fen", "paid_fen"):
            if name in row and rng.random() < 0.5:
                row[name] = world.amount()
        if "kwh" in row:
            row["kwh"] = float(rng.random() * 100)
        if "state" in row and rng.random() < 0.5:
            row["state"] = "voided"
    return future


def _many_invoices(count: int) -> pa.Table:
    rng = np.random.default_rng(5)
    days = np.datetime64(MONTH_END) - rng.integers(0, 1000, count)
    net = (rng.lognormal(10, 3, count) * rng.choice([1, 1, 1, -1], count)).astype(int)
    base = arrow("invoices", [invoice()])
    columns = {
        "enterprise_id": [f"E{n}" for n in rng.integers(0, 50, count)],
        "direction": rng.choice(["sale", "purchase"], count),
        "happened_on": days.astype("datetime64[D]"),
        "known_on": days.astype("datetime64[D]"),
        "counterparty_id": [f"P{n}" for n in rng.integers(0, 300, count)],
        "net_fen": net,
        "tax_fen": net // 10,
        "total_fen": net + net // 10,
        "state": rng.choice(["valid", "voided"], count, p=[0.9, 0.1]),
        "invoice_no": [str(n) for n in range(count)],
        "file": ["invoices.csv"] * count,
        "line": np.arange(count),
        "again": np.zeros(count, dtype=np.bool_),
    }
    return pa.table(
        {
            name: pa.array(columns[name], base.schema.field(name).type)
            if name in columns
            else pa.nulls(count, base.schema.field(name).type)
            for name in base.column_names
        }
    )
