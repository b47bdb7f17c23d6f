"""An engine, and clerks who hand files in to a lake of their own."""

from collections.abc import Callable
from datetime import date
from pathlib import Path

import ibis
import pyarrow as pa
import pytest
from tests.facts.judging import Judge, Row, judge_rows, reason_of

from xiaowei.facts.intake import Delivery, Receipt, take_in
from xiaowei.facts.lake import Lake
from xiaowei.facts.sources import Source, source_of

RECEIVED_ON = date(2026, 6, 30)


@pytest.fixture(scope="session")
def engine() -> ibis.BaseBackend:
    connected = ibis.duckdb.connect()
    connected.raw_sql("SET threads=2")
    return connected


@pytest.fixture(scope="session")
def judged(engine: ibis.BaseBackend) -> Judge:
    """Judge rows of cells and return each with its reason, '' for a good one."""

    def judged(source: Source, *rows: Row, types: dict[str, pa.DataType]) -> list[Row]:
        found = judge_rows(source, rows, types)
        table = engine.to_pyarrow(found.rows.order_by("line"))
        return [
            {**row, "reason": reason_of(found, row, cells)}
            for row, cells in zip(table.to_pylist(), rows, strict=True)
        ]

    return judged


@pytest.fixture
def lake(tmp_path: Path, engine: ibis.BaseBackend) -> Lake:
    return Lake(tmp_path / "lake", engine=engine)


@pytest.fixture
def hand_in(tmp_path: Path, lake: Lake) -> Callable[..., Receipt]:
    """Write a file and take it in; its name says which source it is."""
    return _clerk(tmp_path, lake)


@pytest.fixture(scope="session")
def new_clerk(
    tmp_path_factory: pytest.TempPathFactory, engine: ibis.BaseBackend
) -> Callable[[], Callable[..., Receipt]]:
    """Return clerks with an empty lake each, for tests with many examples."""

    def hire() -> Callable[..., Receipt]:
        folder = tmp_path_factory.mktemp("clerk")
        return _clerk(folder, Lake(folder / "lake", engine=engine))

    return hire


def _clerk(folder: Path, lake: Lake) -> Callable[..., Receipt]:
    desk = folder / "in"
    desk.mkdir()

    def hand_in(
        name: str, content: str | bytes, *, received_on: date = RECEIVED_ON
    ) -> Receipt:
        path = desk / name
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return take_in(Delivery(path, source_of(name), received_on), lake=lake)

    return hand_in
