"""The whole run as a workbook in which no text is ever a formula."""

import io
import math
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from xlsxwriter import Workbook
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from xiaowei.surfaces.report import book_sheets, sheets
from xiaowei.surfaces.report.document import Document, checked
from xiaowei.surfaces.report.sheets import Cell, Column, Sheet
from xiaowei.surfaces.report.whole import write_whole

ROWS_AT_MOST: Final = 1_000_000
"""A sheet holds 1,048,576 rows; what does not fit goes on in the next sheet."""

_SHEETS: Final = (
    sheets.overview,
    sheets.firms,
    sheets.findings,
    sheets.reasons,
    book_sheets.frontier,
    book_sheets.validation,
    book_sheets.facts,
    sheets.traits,
)
_FORMATS: Final[Mapping[str, Mapping[str, Any]]] = {
    "head": {
        "bold": True,
        "text_wrap": True,
        "valign": "vcenter",
        "bottom": 1,
        "bg_color": "#EEF3F4",
    },
    "text": {"num_format": "@", "valign": "top", "text_wrap": True},
    # The prefix keeps a text a text even after somebody edits the cell.
    "defused": {
        "num_format": "@",
        "valign": "top",
        "text_wrap": True,
        "quote_prefix": True,
    },
    "yuan": {"num_format": "#,##0.00", "valign": "top"},
    "share": {"num_format": "0.00%", "valign": "top"},
    "number": {"num_format": "#,##0.00##", "valign": "top"},
    "count": {"num_format": "#,##0", "valign": "top"},
}
_DANGEROUS: Final = tuple("=+-@＝＋－＠\t\r\n\0")
_LONGEST_TEXT: Final = 32_767
_CUT: Final = " …(截断 cut)"


def write_workbook(document: Document, *, path: Path) -> None:
    """Write a run as an XLSX workbook, headed in Chinese and in English.

    The same document gives the same bytes. An unknown value is an empty cell.

    Args:
        document: a run of schema `xiaowei.run/1`.
        path: the file; it appears whole or not at all.

    Raises:
        RunDocumentError: the document lacks what the sheets hold.
    """
    write_whole(path, workbook_bytes(document))


def workbook_bytes(document: Document, *, rows_at_most: int = ROWS_AT_MOST) -> bytes:
    """Return the bytes of the workbook.

    Args:
        document: a run of schema `xiaowei.run/1`.
        rows_at_most: rows of a sheet, its head not counted.

    Raises:
        RunDocumentError: the document lacks what the sheets hold.
    """
    run = checked(document)
    return book_bytes(
        [make(run) for make in _SHEETS],
        title=f"xiaowei {run['run_id']}",
        day=datetime.fromisoformat(run["as_of"]),
        rows_at_most=rows_at_most,
    )


def book_bytes(
    pages: Sequence[Sheet],
    *,
    title: str,
    day: datetime,
    rows_at_most: int = ROWS_AT_MOST,
) -> bytes:
    """Return the bytes of a workbook of sheets; the same sheets give the same bytes.

    Args:
        pages: the sheets, in order.
        title: of the workbook.
        day: on which it is said to be made.
        rows_at_most: rows of a sheet, its head not counted.
    """
    memory = io.BytesIO()
    options = {
        "in_memory": True,
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
        "default_date_format": "yyyy-mm-dd",
    }
    book = Workbook(memory, options)
    book.set_properties({"title": title, "created": day.replace(tzinfo=UTC)})
    formats = {name: book.add_format(dict(how)) for name, how in _FORMATS.items()}
    for page in pages:
        _write(book, formats, page, rows_at_most)
    book.close()
    return memory.getvalue()


def _write(
    book: Workbook, formats: Mapping[str, Format], sheet: Sheet, most: int
) -> None:
    for number, rows in enumerate(_batches(sheet.rows, most), start=1):
        again = "" if number == 1 else f" ({number})"
        page = book.add_worksheet(f"{sheet.name.zh} {sheet.name.en}{again}")
        page.freeze_panes(1, 1)
        page.set_row(0, 34)
        page.autofilter(0, 0, max(len(rows), 1), len(sheet.columns) - 1)
        for at, column in enumerate(sheet.columns):
            page.set_column(at, at, column.width)
            page.write_string(
                0, at, f"{column.name.zh}\n{column.name.en}", formats["head"]
            )
        for line, row in enumerate(rows, start=1):
            _row(page, formats, line, zip(sheet.columns, row, strict=True))


def _batches(rows: Sequence[Any], most: int) -> Iterator[Sequence[Any]]:
    for start in range(0, max(len(rows), 1), most):
        yield rows[start : start + most]


def _row(
    page: Worksheet,
    formats: Mapping[str, Format],
    line: int,
    cells: Iterator[tuple[Column, Cell]],
) -> None:
    for at, (column, value) in enumerate(cells):
        if isinstance(value, int | float) and column.kind != "text":
            if math.isfinite(value):
                page.write_number(line, at, value, formats[column.kind])
        elif value is not None:
            text = _fitting(str(value))
            kind = "defused" if text.startswith(_DANGEROUS) else "text"
            page.write_string(line, at, text, formats[kind])


def _fitting(text: str) -> str:
    """Cut what no cell can hold, and say so."""
    if len(text) <= _LONGEST_TEXT:
        return text
    return text[: _LONGEST_TEXT - len(_CUT)] + _CUT
