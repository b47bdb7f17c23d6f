"""A file that can hurt is opened by a process that can be hurt without hurting ours."""

import zipfile
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import xlsxwriter

from xiaowei.desk.home import open_home
from xiaowei.desk.sandbox import HostileFileError, stage_safely
from xiaowei.desk.taking import NothingTakenError, take_all
from xiaowei.errors import InputError
from xiaowei.facts.intake import Delivery
from xiaowei.facts.progress import Progress
from xiaowei.facts.sources import ELECTRICITY
from xiaowei.facts.staging import UnreadableFileError, stage

HEADS = ("企业代号", "电表号", "用电日期", "用电量")


def workbook(path: Path, rows: list[list[object]]) -> Path:
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet()
        for place, row in enumerate(rows):
            sheet.write_row(place, 0, row)
    return path


def swollen(path: Path, *, row: bytes, rows: int) -> Path:
    """Write a workbook whose sheet is small to store and large to open."""
    plain = workbook(path.with_name("plain.xlsx"), [["a", 1]])
    with (
        zipfile.ZipFile(plain) as source,
        zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as target,
    ):
        for name in source.namelist():
            content = source.read(name)
            if name.endswith("sheet1.xml"):
                start, _, rest = content.partition(b"<sheetData>")
                end = rest.rpartition(b"</sheetData>")[2]
                body = b"<sheetData>" + row * rows + b"</sheetData>"
                content = start + body + end
            target.writestr(name, content)
    return path


def cell_row(text: str) -> bytes:
    return f"<row><c t='inlineStr'><is><t>{text}</t></is></c></row>".encode()


def staged(path: Path) -> list[list[str]]:
    """Return the heading of a file and its rows as a child stages them."""
    into = path.with_suffix(".staged")
    heads = stage_safely(path, into)
    table = pq.read_table(into).drop_columns(["line", "fault"])
    rows = zip(*(column.to_pylist() for column in table.columns), strict=True)
    return [list(heads), *map(list, rows)]


def many_rows(path: Path) -> None:
    """Write a few kilobytes that state fifty million rows."""
    firm = pa.DictionaryArray.from_arrays(
        pa.nulls(10**6, pa.int32()).fill_null(0), pa.array(["E1"])
    )
    table = pa.table(dict.fromkeys(HEADS, firm))
    with pq.ParquetWriter(path, table.schema, compression="zstd") as writer:
        for _ in range(50):
            writer.write_table(table, row_group_size=10**6)


def swollen_page(path: Path) -> None:
    """Write one cell that unpacks to half a gibibyte."""
    table = pa.table(
        {head: ["x" * 2**29 if head == "用电量" else "1"] for head in HEADS}
    )
    pq.write_table(table, path, compression="zstd", write_statistics=False)


def many_cells(path: Path) -> None:
    """Write cells within the claims that are taken, though not within the memory."""
    large = pa.array(["x" * 150_000], pa.string())
    cells = pa.DictionaryArray.from_arrays(
        pa.nulls(40_000, pa.int32()).fill_null(0), large
    )
    pq.write_table(pa.table(dict.fromkeys(HEADS, cells)), path, compression="none")


def half_written(path: Path) -> None:
    """Write the first half of a file."""
    table = pa.table({head: [f"cell {n}" for n in range(5000)] for head in HEADS})
    pq.write_table(table, path)
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


def damaged_pages(path: Path) -> None:
    """Write a file whose pages are not what their heads say."""
    table = pa.table({head: [f"cell {n}" for n in range(5000)] for head in HEADS})
    pq.write_table(table, path, compression="none")
    content = bytearray(path.read_bytes())
    content[4:2000] = content[4:2000][::-1]
    path.write_bytes(content)


def wrong_types(path: Path) -> None:
    """Write lists, structures and bytes where texts and numbers belong."""
    columns = {
        HEADS[0]: pa.array([{"a": 1}]),
        HEADS[1]: pa.array([[1, 2]]),
        HEADS[2]: pa.array([b"\xff"], pa.binary()),
        HEADS[3]: pa.array([True]),
    }
    pq.write_table(pa.table(columns), path)


class TestOpening:
    def test_gives_every_cell_as_text(self, tmp_path: Path) -> None:
        path = workbook(tmp_path / "a.xlsx", [["企业代号", "金额"], ["E1", 120.5]])

        assert staged(path) == [["企业代号", "金额"], ["E1", "120.5"]]

    def test_reads_a_text_as_it_comes(self, tmp_path: Path) -> None:
        path = tmp_path / "a.csv"
        path.write_text("企业代号,金额\nE1,120.5\n", encoding="utf-8")

        assert staged(path) == [["企业代号", "金额"], ["E1", "120.5"]]

    def test_says_in_its_own_words_what_is_no_workbook(self, tmp_path: Path) -> None:
        path = tmp_path / "a.xlsx"
        path.write_bytes(b"PK\x03\x04 not really")

        with pytest.raises(InputError, match=r"'a\.xlsx' is no XLSX workbook"):
            staged(path)

    def test_refuses_what_would_unpack_too_far(self, tmp_path: Path) -> None:
        path = swollen(tmp_path / "bomb.xlsx", row=cell_row("x" * 10_000), rows=9_000)

        assert path.stat().st_size < 2**19
        with pytest.raises(InputError, match=r"'bomb\.xlsx' unpacks to 8\d MiB"):
            staged(path)

    def test_stops_what_takes_too_much_memory(self, tmp_path: Path) -> None:
        # Two cells, the first and the last that a sheet can have: 17 billion between.
        far = (
            b"<row r='1'><c r='A1'><v>1</v></c></row>"
            b"<row r='1048576'><c r='XFD1048576'><v>1</v></c></row>"
        )
        path = swollen(tmp_path / "far.xlsx", row=far, rows=1)

        with pytest.raises(HostileFileError, match=r"'far\.xlsx' could not be opened"):
            staged(path)

    @pytest.mark.parametrize("suffix", ["xlsx", "parquet"])
    def test_refuses_a_file_that_is_not_there(
        self, tmp_path: Path, suffix: str
    ) -> None:
        with pytest.raises(UnreadableFileError, match=f"'gone.{suffix}'"):
            staged(tmp_path / f"gone.{suffix}")

    @pytest.mark.parametrize(
        ("mib", "limits"),
        [
            (0, "30 seconds of one processor within 120 on the clock, and 2048 MiB"),
            (80, "70 seconds of one processor within 280 on the clock, and 5120 MiB"),
        ],
    )
    def test_names_file_and_limits(self, tmp_path: Path, mib: int, limits: str) -> None:
        path = tmp_path / "b.xlsx"
        with path.open("wb") as file:
            file.truncate(mib * 2**20)

        assert str(HostileFileError(path)) == (
            "'b.xlsx' could not be opened within the limits. Expected: a file that "
            f"opens with 1024 MiB of memory, {limits} on the disk. "
            "Save it as CSV UTF-8 and hand that in."
        )

    def test_takes_a_name_that_looks_like_an_option(self, tmp_path: Path) -> None:
        path = workbook(tmp_path / "--help;rm.xlsx", [["a"], ["b"]])

        assert staged(path) == [["a"], ["b"]]

    def test_tells_how_far_it_is(self, tmp_path: Path) -> None:
        path = workbook(tmp_path / "a.xlsx", [["a"], ["b"]])
        told: list[Progress] = []

        stage_safely(path, tmp_path / "into", told.append)

        size = path.stat().st_size
        assert told == [Progress("a.xlsx", done, size, "bytes") for done in (0, size)]


class TestParquet:
    def test_is_staged_as_it_would_be_here(self, tmp_path: Path) -> None:
        path = tmp_path / "a.parquet"
        days = pa.array([date(2025, 3, 4), None])
        pq.write_table(pa.table({"day": days, "kwh": [1.5, float("nan")]}), path)

        heads = stage_safely(path, tmp_path / "by_child")

        assert heads == stage(path, tmp_path / "here")
        by_child, here = (tmp_path / name for name in ("by_child", "here"))
        assert by_child.read_bytes() == here.read_bytes()

    @pytest.mark.parametrize(
        ("write", "words"),
        [
            (many_rows, "says it holds 50000000 rows"),
            (swollen_page, "says it holds 1 rows in 512 MiB unpacked"),
            (many_cells, "asks for more memory than it is given"),
            (half_written, "cannot be read"),
            (damaged_pages, "cannot be read"),
        ],
    )
    def test_that_would_hurt_is_refused_and_leaves_the_lake_as_it_was(
        self, tmp_path: Path, write: Callable[[Path], None], words: str
    ) -> None:
        good, bad = tmp_path / "electricity.csv", tmp_path / "electricity.parquet"
        good.write_text(f"{','.join(HEADS)}\nE1,M1,2025-03-04,5\n", encoding="utf-8")
        write(bad)
        held, refused = (
            [Delivery(path, ELECTRICITY, date(2026, 6, 30))] for path in (good, bad)
        )
        with open_home(tmp_path / "home") as home:
            take_all(held, lake=home.lake)
            before = home.lake.digest()

            with pytest.raises(NothingTakenError, match=words):
                take_all(refused, lake=home.lake)

            assert home.lake.digest() == before
            assert not (home.lake.root / "scratch").exists()

    def test_of_wrong_types_loses_its_rows_and_no_more(self, tmp_path: Path) -> None:
        path = tmp_path / "electricity.parquet"
        wrong_types(path)

        with open_home(tmp_path / "home") as home:
            delivery = Delivery(path, ELECTRICITY, date(2026, 6, 30))
            (receipt,) = take_all([delivery], lake=home.lake).receipts

        assert (receipt.account.rows, receipt.account.quarantined) == (1, 1)
