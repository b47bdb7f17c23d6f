"""Spark says of each enterprise what DuckDB says: one set of expressions for both."""

import math
from datetime import date
from pathlib import Path

import ibis
import ibis.expr.types as ir
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from tests.portraits.crowd import Facts, crowd

from xiaowei.portraits.moments import Moments
from xiaowei.portraits.portrait import PARTS, panel, part_of, told

FIRMS = 10_000
AS_OF = date(2020, 3, 14)
pytestmark = [
    # Ibis hands Spark's rows on through pandas, as pandas 2 would have liked it.
    pytest.mark.filterwarnings("ignore::pandas.errors.Pandas4Warning"),
    # Spark's own sockets are closed by its Java side, later than by ours.
    pytest.mark.filterwarnings("ignore::ResourceWarning"),
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
]
RARE = {"kwh_sales_elasticity_24m", "kwh_sales_correlation_24m", "guarantors_now"}
"""What needs a long row of months, or a circle, that a crowd seldom has."""


def opened(facts: Facts, folder: Path, engine: ibis.BaseBackend) -> dict[str, ir.Table]:
    """Return facts as tables of an engine that reads them from Parquet files."""
    tables = {}
    for family, rows in facts.items():
        path = folder / f"{family}.parquet"
        if not path.exists():
            pq.write_table(rows, path)
        tables[family] = engine.read_parquet(path, table_name=family)
    return tables


def differing(mine: pa.Table, theirs: pa.Table, *, by: list[str]) -> dict[str, object]:
    """Return the first pair of values that differ of each column that has any."""
    order = [(name, "ascending") for name in by]
    mine, theirs = mine.sort_by(order), theirs.sort_by(order)
    assert mine.select(by).equals(theirs.select(by))
    found: dict[str, object] = {}
    for name in mine.column_names:
        pairs = zip(mine[name].to_pylist(), theirs[name].to_pylist(), strict=True)
        for pair in pairs:
            if not _same(*pair):
                found.setdefault(name, pair)
    return found


def _same(mine: object, theirs: object) -> bool:
    if isinstance(mine, float) and isinstance(theirs, float):
        return math.isclose(mine, theirs, rel_tol=1e-9, abs_tol=0)
    return mine == theirs


class TestPortraits:
    def test_of_ten_thousand_enterprises_are_equal_in_every_trait(
        self, spark: ibis.BaseBackend, tmp_path: Path
    ) -> None:
        """Part by part, as a bank's cluster would be asked: one plan each."""
        told_to = crowd(FIRMS, as_of=AS_OF, seed=4, rows=3)
        duck = ibis.duckdb.connect()
        sides = [
            (engine, opened(told_to, tmp_path, engine)) for engine in (duck, spark)
        ]
        moments = Moments((AS_OF,))
        differ: dict[str, object] = {}
        valued: set[str] = set()

        for part in PARTS:
            if told(part, told_to):
                mine, theirs = (
                    engine.to_pyarrow(part_of(part, facts, moments))
                    for engine, facts in sides
                )
                differ |= differing(mine, theirs, by=["enterprise_id"])
                valued |= {
                    name
                    for name in mine.column_names
                    if mine[name].null_count < mine.num_rows
                }

        reckoned = {
            trait.name for part in PARTS if told(part, told_to) for trait in part.traits
        }
        assert differ == {}
        assert len(reckoned) > 250
        assert reckoned - valued <= RARE

    def test_of_many_days_are_equal_too(
        self, spark: ibis.BaseBackend, tmp_path: Path
    ) -> None:
        every = crowd(60, as_of=AS_OF, seed=5)
        facts = {family: every[family] for family in ("invoices", "tax_filings")}
        days = [date(2020, 1, 31), date(2020, 2, 29), AS_OF]
        duck = ibis.duckdb.connect()

        mine, theirs = (
            engine.to_pyarrow(panel(opened(facts, tmp_path, engine), days=days))
            for engine in (duck, spark)
        )

        assert differing(mine, theirs, by=["enterprise_id", "as_of"]) == {}
