"""An XLSX workbook in; the heading and rows of its first sheet out."""

import zipfile
from collections.abc import Iterator, Sequence
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Final, TypeAlias

from python_calamine import CalamineError, CalamineWorkbook

from xiaowei.errors import InputError
from xiaowei.facts.text import (
    BATCH_ROWS,
    Batch,
    EmptyFileError,
    in_columns,
    misfit,
    unread,
)

MAX_UNPACKED_BYTES: Final = 400 * 1024 * 1024
MAX_RATIO: Final = 200
_EXACT_UNTIL: Final = 10**15

Sheet: TypeAlias = list[list[object]]


class NoWorkbookError(InputError):
    """A file that ends in .xlsx is no workbook."""

    def __init__(self, file: str) -> None:
        """Name the file."""
        super().__init__(
            f"'{file}' is no XLSX workbook",
            expected="a workbook as Excel or WPS saves it",
            remedy="Open it there and save it as .xlsx or as CSV UTF-8",
        )


class WorkbookTooLargeError(InputError):
    """A workbook would unpack to more than is taken."""

    def __init__(self, file: str, unpacked: int) -> None:
        """Name the file and what it would unpack to."""
        super().__init__(
            f"'{file}' unpacks to {unpacked // 2**20} MiB",
            expected=f"at most {MAX_UNPACKED_BYTES // 2**20} MiB, packed "
            f"at most {MAX_RATIO} to 1",
            remedy="Save it as CSV UTF-8 and hand that in",
        )


def open_workbook(path: Path) -> Sheet:
    """Return the first sheet of a workbook, cell by cell.

    Raises:
        NoWorkbookError: the file is no workbook.
        WorkbookTooLargeError: it states more content than is taken.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            unpacked = sum(entry.file_size for entry in archive.infolist())
    except (zipfile.BadZipFile, NotImplementedError, OSError, ValueError) as error:
        raise NoWorkbookError(path.name) from error
    if unpacked > min(MAX_UNPACKED_BYTES, max(path.stat().st_size, 2**16) * MAX_RATIO):
        raise WorkbookTooLargeError(path.name, unpacked)
    try:
        book = CalamineWorkbook.from_path(path)
        sheet = book.get_sheet_by_index(0).to_python(skip_empty_area=False)
    except (CalamineError, IndexError, OSError, ValueError) as error:
        raise NoWorkbookError(path.name) from error
    return [list(row) for row in sheet]


def rows_of_workbook(path: Path) -> tuple[tuple[str, ...], Iterator[Batch]]:
    """Return the heading of a workbook's first sheet and an iterator over its rows.

    Raises:
        NoWorkbookError, WorkbookTooLargeError: as `open_workbook`.
        EmptyFileError: the first row is empty.
    """
    sheet = open_workbook(path)
    if not sheet or not any(text_of(cell) for cell in sheet[0]):
        raise EmptyFileError(path.name)
    heads = [text_of(cell).strip() for cell in sheet[0]]
    while not heads[-1]:
        heads.pop()
    return tuple(heads), _batches(sheet, width=len(heads))


def text_of(cell: object) -> str:
    """Return a cell as the text a CSV export would hold.

    A whole number beyond 15 digits is written in powers of ten, for Excel keeps no
    more digits: a code in such a cell is lost and must not pass.

    >>> text_of(3390939.0), text_of(1.23456789012345678e17), text_of(120.5)
    ('3390939', '1.23456789012346E+17', '120.5')
    """
    if isinstance(cell, bool):
        return str(cell).lower()
    if isinstance(cell, float | int):
        return _number(float(cell))
    if isinstance(cell, datetime):
        return cell.isoformat(sep=" ")
    if isinstance(cell, date | time | timedelta):
        return str(cell)
    return "" if cell is None else str(cell)


def _number(value: float) -> str:
    if abs(value) >= _EXACT_UNTIL:
        return f"{value:.15G}"
    return str(int(value)) if value.is_integer() else repr(value)


def _batches(sheet: Sheet, *, width: int) -> Iterator[Batch]:
    for start in range(1, len(sheet), BATCH_ROWS):
        yield _batch(sheet[start : start + BATCH_ROWS], start + 1, width=width)


def _batch(rows: Sheet, first: int, *, width: int) -> Batch:
    lines: list[int] = []
    values: list[Sequence[str]] = []
    faults: dict[int, str] = {}
    for line, cells in enumerate(rows, start=first):
        texts = [text_of(cell) for cell in cells]
        while len(texts) > width and not texts[-1]:
            texts.pop()
        if len(texts) > width:
            faults[len(lines)] = misfit(len(texts), width=width)
            texts = list(unread(",".join(texts), width=width))
        if any(texts):
            lines.append(line)
            values.append([*texts, *[""] * (width - len(texts))])
    return Batch(lines, in_columns(values, width=width), faults)
