"""A workbook is opened by a process that can be hurt without hurting ours."""

import zipfile
from pathlib import Path

import pytest
import xlsxwriter

from xiaowei.desk.sandbox import HostileWorkbookError, open_in_child
from xiaowei.errors import InputError


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


class TestOpening:
    def test_gives_every_cell_as_text(self, tmp_path: Path) -> None:
        path = workbook(tmp_path / "a.xlsx", [["企业代号", "金额"], ["E1", 120.5]])

        assert open_in_child(path) == [["企业代号", "金额"], ["E1", "120.5"]]

    def test_says_in_its_own_words_what_is_no_workbook(self, tmp_path: Path) -> None:
        path = tmp_path / "a.xlsx"
        path.write_bytes(b"PK\x03\x04 not really")

        with pytest.raises(InputError, match=r"'a\.xlsx' is no XLSX workbook"):
            open_in_child(path)

    def test_refuses_what_would_unpack_too_far(self, tmp_path: Path) -> None:
        path = swollen(tmp_path / "bomb.xlsx", row=cell_row("x" * 10_000), rows=9_000)

        assert path.stat().st_size < 2**19
        with pytest.raises(InputError, match=r"'bomb\.xlsx' unpacks to 8\d MiB"):
            open_in_child(path)

    def test_stops_what_takes_too_much_memory(self, tmp_path: Path) -> None:
        # Two cells, the first and the last that a sheet can have: 17 billion between.
        far = (
            b"<row r='1'><c r='A1'><v>1</v></c></row>"
            b"<row r='1048576'><c r='XFD1048576'><v>1</v></c></row>"
        )
        path = swollen(tmp_path / "far.xlsx", row=far, rows=1)

        with pytest.raises(InputError, match=r"'far\.xlsx' could not be opened"):
            open_in_child(path)

    def test_calls_a_process_that_dies_hostile(self, tmp_path: Path) -> None:
        path = tmp_path / "gone.xlsx"

        with pytest.raises(InputError, match=r"gone\.xlsx"):
            open_in_child(path)

    def test_names_file_and_limits(self) -> None:
        text = str(HostileWorkbookError("b.xlsx"))

        assert "'b.xlsx'" in text
        assert "1024 MiB" in text
        assert "CSV UTF-8" in text

    def test_takes_a_name_that_looks_like_an_option(self, tmp_path: Path) -> None:
        path = workbook(tmp_path / "--help;rm.xlsx", [["a"], ["b"]])

        assert open_in_child(path) == [["a"], ["b"]]
