"""Files of three formats as tables of what they state."""

from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from pathlib import Path

import ibis
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from xiaowei.facts.read import UnreadableFileError, read

SHANGHAI = timezone(timedelta(hours=8))


def stated(path: Path, engine: ibis.BaseBackend) -> list[dict[str, object]]:
    """Return the rows of a file."""
    scratch = path.parent / "scratch"
    scratch.mkdir(exist_ok=True)
    table = read(path, engine=engine, scratch=scratch)
    rows: list[dict[str, object]] = table.rows.order_by("line").to_pyarrow().to_pylist()
    return rows


@pytest.fixture
def parquet(tmp_path: Path) -> Path:
    return tmp_path / "enterprises.parquet"


class TestRead:
    def test_gives_lines_and_places_to_what_a_csv_states(
        self, tmp_path: Path, engine: ibis.BaseBackend
    ) -> None:
        path = tmp_path / "enterprises.csv"
        path.write_text("企业代号,企业名称\nE1, 甲 \nE2\n", encoding="utf-8")

        assert stated(path, engine) == [
            {"line": 2, "c0": "E1", "c1": " 甲 ", "fault": None},
            {
                "line": 3,
                "c0": "E2",
                "c1": "",
                "fault": "有1个值，应与标题行一样为2个 / "
                "has 1 values, expected 2 as in the heading",
            },
        ]

    @pytest.mark.parametrize("name", ["enterprises.pdf", "enterprises.xls", "x"])
    def test_refuses_other_formats(
        self, tmp_path: Path, engine: ibis.BaseBackend, name: str
    ) -> None:
        path = tmp_path / name
        path.write_bytes(b"%PDF")

        with pytest.raises(UnreadableFileError) as caught:
            stated(path, engine)

        assert str(caught.value) == (
            f"'{name}' cannot be read. Expected: a readable and undamaged file that "
            "ends in .csv, .txt, .xlsx, .parquet. Save it as CSV UTF-8 and hand that "
            "in."
        )

    @pytest.mark.parametrize("content", [b"", b"PAR1", b"a,b\n1,2\n"])
    def test_refuses_a_file_that_is_no_parquet(
        self, parquet: Path, engine: ibis.BaseBackend, content: bytes
    ) -> None:
        parquet.write_bytes(content)

        with pytest.raises(UnreadableFileError):
            stated(parquet, engine)

    def test_refuses_a_parquet_file_whose_pages_are_damaged(
        self, parquet: Path, engine: ibis.BaseBackend
    ) -> None:
        names = [f"name {place}" for place in range(5000)]
        pq.write_table(pa.table({"name": names}), parquet)
        damaged = bytearray(parquet.read_bytes())
        damaged[4:400] = b"\xff" * 396
        parquet.write_bytes(damaged)

        with pytest.raises(UnreadableFileError):
            stated(parquet, engine)

    def test_refuses_a_parquet_file_whose_headings_are_damaged(
        self, parquet: Path, engine: ibis.BaseBackend
    ) -> None:
        pq.write_table(pa.table({"abcdefgh": ["x"]}), parquet, store_schema=False)
        parquet.write_bytes(parquet.read_bytes().replace(b"abcdefgh", b"abc\xfffgh"))

        with pytest.raises(UnreadableFileError):
            stated(parquet, engine)

    def test_brings_parquet_types_to_a_few_plain_ones(
        self, parquet: Path, engine: ibis.BaseBackend
    ) -> None:
        late = datetime(2024, 2, 29, 23, 30, tzinfo=UTC)
        columns = {
            "tax": pa.array(["vat", None]).dictionary_encode(),
            "net": pa.array([1.5, float("nan")]),
            "gross": pa.array([Decimal("1.50"), None]),
            "at": pa.array([late, None], pa.timestamp("ns", "Asia/Shanghai")),
            "on": pa.array([date(2024, 2, 29), None], pa.date64()),
            "raw": pa.array(["甲".encode(), None], pa.binary()),
            "list": pa.array([[1, 2], None]),
            "void": pa.nulls(2),
        }
        pq.write_table(pa.table(columns), parquet)

        first, second = stated(parquet, engine)

        assert first == {
            "line": 1,
            "c0": "vat",
            "c1": 1.5,
            "c2": Decimal("1.50"),
            "c3": late.astimezone(SHANGHAI).replace(tzinfo=None),
            "c4": date(2024, 2, 29),
            "c5": "甲",
            "c6": "[1, 2]",
            "c7": None,
            "fault": None,
        }
        assert set(second.values()) == {2, None}

    def test_marks_bytes_that_a_parquet_file_passes_off_as_text(
        self, parquet: Path, engine: ibis.BaseBackend
    ) -> None:
        raw = pa.array([b"\xff\xfe", b"ok"], pa.binary())
        text = pa.Array.from_buffers(pa.string(), 2, raw.buffers())
        pq.write_table(pa.table({"name": text}), parquet)

        assert [row["c0"] for row in stated(parquet, engine)] == ["\ufffd\ufffd", "ok"]

    def test_does_not_mind_what_a_parquet_file_calls_its_columns(
        self, parquet: Path, engine: ibis.BaseBackend
    ) -> None:
        names = ["line", "fault", "c0", "C0", "file_row_number", ""]
        pq.write_table(pa.table([pa.array(["x"])] * 6, names=names), parquet)

        (row,) = stated(parquet, engine)

        assert row == {
            "line": 1,
            **{f"c{place}": "x" for place in range(6)},
            "fault": None,
        }
