"""An engine reads its own folders, fetches nothing, and nobody changes its settings."""

from collections.abc import Iterator
from pathlib import Path
from typing import Final

import duckdb
import ibis
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from xiaowei.desk.engines import engine

READS: Final = (
    "FROM read_text('{path}')",
    "FROM read_blob('{path}')",
    "FROM read_csv('{path}')",
    "FROM read_csv_auto('{path}')",
    "FROM sniff_csv('{path}')",
    "FROM read_json('{path}')",
    "FROM read_json_auto('{path}')",
    "FROM read_ndjson_objects('{path}')",
    "FROM read_parquet('{path}')",
    "FROM parquet_metadata('{path}')",
    "FROM parquet_schema('{path}')",
    "FROM glob('{path}*')",
    "FROM '{path}'",
    "ATTACH '{path}' AS other",
    "COPY (SELECT 1) TO '{path}'",
    "COPY kept FROM '{path}'",
    "IMPORT DATABASE '{path}'",
)
CODE: Final = ("INSTALL httpfs", "LOAD httpfs", "LOAD '{path}'")
SETTINGS: Final = (
    "SET threads = 3",
    "SET memory_limit = '64GB'",
    "SET enable_external_access = true",
    "SET allowed_directories = ['/']",
    "SET autoinstall_known_extensions = true",
    "RESET lock_configuration",
)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return a folder of the engine, with a file, beside one that is not its own."""
    for name in ("mine", "others", "spill"):
        (tmp_path / name).mkdir()
    for name in ("mine", "others"):
        pq.write_table(pa.table({"a": [1, 2]}), tmp_path / name / "x.parquet")
    (tmp_path / "others" / "secret.csv").write_text("a\n1\n", encoding="utf-8")
    return tmp_path


@pytest.fixture
def shut(folder: Path) -> Iterator[ibis.BaseBackend]:
    mine, spill = folder / "mine", folder / "spill"
    with engine(threads=1, memory="200MB", spill=spill, within=[mine]) as opened:
        opened.raw_sql("CREATE TABLE kept (a BIGINT)")
        yield opened


@pytest.fixture
def wide(folder: Path) -> Iterator[ibis.BaseBackend]:
    with engine(threads=1, memory="200MB", spill=folder / "spill") as opened:
        yield opened


class TestEngine:
    def test_reads_and_writes_its_folders(
        self, shut: ibis.BaseBackend, folder: Path
    ) -> None:
        rows = shut.read_parquet(folder / "mine" / "x.parquet")
        assert shut.to_pyarrow(rows.a.sum()).as_py() == 3
        shut.to_parquet(rows, folder / "mine" / "y.parquet")
        assert pq.read_table(folder / "mine" / "y.parquet").num_rows == 2

    def test_spills_where_it_may(self, shut: ibis.BaseBackend) -> None:
        # Twice as much as it may hold.
        shut.raw_sql(
            "CREATE TABLE large AS SELECT range AS a, repeat(range::VARCHAR, 20) AS b "
            "FROM range(3000000)"
        )
        assert shut.raw_sql("SELECT count(*) FROM large").fetchall() == [(3_000_000,)]

    @pytest.mark.parametrize("statement", READS)
    @pytest.mark.parametrize("path", ["/etc/passwd", "{others}", "{up}"])
    def test_opens_no_other_file(
        self, shut: ibis.BaseBackend, folder: Path, statement: str, path: str
    ) -> None:
        secret = folder / "others" / "secret.csv"
        up = f"{folder}/mine/../others/secret.csv"
        asked = statement.format(path=path.format(others=secret, up=up))
        with pytest.raises((duckdb.PermissionException, duckdb.CatalogException)):
            shut.raw_sql(asked)
        assert secret.read_text(encoding="utf-8") == "a\n1\n"

    @pytest.mark.parametrize("statement", CODE)
    def test_takes_no_code(
        self, shut: ibis.BaseBackend, folder: Path, statement: str
    ) -> None:
        with pytest.raises((duckdb.PermissionException, duckdb.IOException)):
            shut.raw_sql(statement.format(path=folder / "mine" / "x.so"))

    @pytest.mark.parametrize("statement", SETTINGS)
    @pytest.mark.parametrize("kind", ["shut", "wide"])
    def test_keeps_its_settings(
        self, request: pytest.FixtureRequest, kind: str, statement: str
    ) -> None:
        opened = request.getfixturevalue(kind)
        with pytest.raises(duckdb.InvalidInputException, match="locked"):
            opened.raw_sql(statement)

    @pytest.mark.parametrize("scheme", ["http", "https", "s3", "gcs"])
    def test_reaches_no_network(self, wide: ibis.BaseBackend, scheme: str) -> None:
        with pytest.raises(duckdb.Error, match="httpfs"):
            wide.raw_sql(f"FROM read_csv('{scheme}://files.example/x.csv')")

    def test_knows_no_variable_of_ours(self, wide: ibis.BaseBackend) -> None:
        told = pa.table({"a": [1]})
        with pytest.raises(duckdb.CatalogException, match="told"):
            wide.raw_sql("FROM told")
        assert told.num_rows == 1
