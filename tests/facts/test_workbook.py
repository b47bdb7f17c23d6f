"""Workbooks, whole and broken."""

import zipfile
from collections.abc import Callable
from datetime import date, datetime, time
from pathlib import Path

import pytest
import xlsxwriter

from xiaowei.facts.text import EmptyFileError, misfit
from xiaowei.facts.workbook import (
    NoWorkbookError,
    WorkbookTooLargeError,
    open_workbook,
    rows_of_workbook,
    text_of,
)

Write = Callable[..., Path]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """Write rows into a workbook, days as Excel keeps them."""

    def write(*rows: list[object]) -> Path:
        path = tmp_path / "enterprises.xlsx"
        form = {"default_date_format": "yyyy-mm-dd"}
        with xlsxwriter.Workbook(str(path), form) as book:
            sheet = book.add_worksheet()
            for place, row in enumerate(rows):
                sheet.write_row(place, 0, row)
        return path

    return write


def rows(path: Path) -> list[tuple[int, tuple[str, ...], str | None]]:
    """Return each row's line, values and fault."""
    _, batches = rows_of_workbook(path)
    return [
        (line, tuple(values), batch.faults.get(place))
        for batch in batches
        for place, (line, *values) in enumerate(
            zip(batch.lines, *batch.columns, strict=True)
        )
    ]


class TestOpenWorkbook:
    @pytest.mark.parametrize("content", [b"", b"a,b\n1,2\n", b"PK\x03\x04 no more"])
    def test_refuses_a_file_that_is_none(self, tmp_path: Path, content: bytes) -> None:
        path = tmp_path / "enterprises.xlsx"
        path.write_bytes(content)

        with pytest.raises(NoWorkbookError) as caught:
            open_workbook(path)

        assert str(caught.value) == (
            "'enterprises.xlsx' is no XLSX workbook. Expected: a workbook as Excel or "
            "WPS saves it. Open it there and save it as .xlsx or as CSV UTF-8."
        )

    def test_refuses_an_archive_without_sheets(self, tmp_path: Path) -> None:
        path = tmp_path / "enterprises.xlsx"
        with zipfile.ZipFile(path, "w") as archive:
            archive.writestr("readme.txt", "no sheet here")

        with pytest.raises(NoWorkbookError):
            open_workbook(path)

    def test_refuses_every_cut_of_a_workbook(self, write: Write) -> None:
        path = write(["企业代号", "企业名称"], ["E1", "甲"])
        whole = path.read_bytes()

        for length in range(0, len(whole), 97):
            path.write_bytes(whole[:length])

            with pytest.raises(NoWorkbookError):
                open_workbook(path)

    def test_refuses_one_that_unpacks_to_too_much(self, tmp_path: Path) -> None:
        path = tmp_path / "enterprises.xlsx"
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr("xl/worksheets/sheet1.xml", b" " * (64 * 2**20))

        with pytest.raises(WorkbookTooLargeError) as caught:
            open_workbook(path)

        assert str(caught.value) == (
            "'enterprises.xlsx' unpacks to 64 MiB. Expected: at most 400 MiB, packed "
            "at most 200 to 1. Save it as CSV UTF-8 and hand that in."
        )


class TestRowsOfWorkbook:
    def test_reads_the_first_sheet_with_its_row_numbers(self, write: Write) -> None:
        path = write(
            ["企业代号", "day", "kwh"],
            ["E1", date(2024, 2, 29), 12.5],
            [],
            ["E2", "", 3],
        )

        assert rows(path) == [
            (2, ("E1", "2024-02-29", "12.5"), None),
            (4, ("E2", "", "3"), None),
        ]

    def test_sets_a_row_aside_that_is_wider_than_the_heading(
        self, write: Write
    ) -> None:
        path = write(["企业代号", "企业名称"], ["E1", "甲", "", "x"], ["E2", "乙", ""])

        assert rows(path) == [
            (2, ("E1,甲,,x", ""), misfit(4, width=2)),
            (3, ("E2", "乙"), None),
        ]

    def test_refuses_an_empty_sheet(self, write: Write) -> None:
        with pytest.raises(EmptyFileError):
            rows(write())


class TestTextOf:
    @pytest.mark.parametrize(
        ("cell", "text"),
        [
            (None, ""),
            (True, "true"),
            (12.0, "12"),
            (-0.5, "-0.5"),
            (999_999_999_999_999.0, "999999999999999"),
            (91330100716105852000.0, "9.13301007161059E+19"),
            (datetime(2024, 2, 29, 0, 0), "2024-02-29 00:00:00"),  # noqa: DTZ001
            (date(2024, 2, 29), "2024-02-29"),
            (time(8, 30), "08:30:00"),
        ],
    )
    def test_writes_a_cell_as_a_csv_holds_it(self, cell: object, text: str) -> None:
        assert text_of(cell) == text
