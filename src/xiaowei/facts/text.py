"""Bytes of a delimited file in; its heading and rows out, each with its line."""

import csv
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import BinaryIO, Final, TextIO

from xiaowei.errors import InputError
from xiaowei.facts.reasons import in_one_cell
from xiaowei.said import Said

BATCH_ROWS: Final = 512
"""Rows held as Python texts at once; from 700 on the garbage collector costs time."""

_UTF_8: Final = "utf-8-sig"
_GB: Final = "gb18030"
_BOM_16: Final = (b"\xff\xfe", b"\xfe\xff")
_DELIMITERS: Final = (",", "\t", ";")
_LONGEST_LINE: Final = 2**20
_LONGEST_CELL_LINES: Final = 10
_OPEN_QUOTE: Final = Said(
    "有未闭合的引号，或单元格内的引号没有写成两个",
    "has a quote that is opened and not closed, or not doubled in a cell",
)
_OTHER_ENCODING: Final = Said(
    "在GB18030文件中写成了UTF-8；请将文件另存为“CSV UTF-8”",
    "is UTF-8 in a file of GB18030; save the file as 'CSV UTF-8'",
)


@dataclass(frozen=True, slots=True)
class Batch:
    """Some rows as stated.

    Args:
        lines: where each stands in the file, counted from 1.
        values: the texts of each, as many as the heading has.
        faults: why a row cannot be read, by its place in the batch, in one cell. Such a
            row has its whole text as first value and no other, so that nothing of it is
            lost and nobody takes it for a good one.
    """

    lines: Sequence[int]
    values: Sequence[Sequence[str]]
    faults: Mapping[int, str]


@dataclass(frozen=True, slots=True)
class Writing:
    """How a file's text is written.

    Args:
        encoding: the codec that reads it.
        mixed: whether some lines look as if written in the other encoding.
    """

    encoding: str
    mixed: bool = False


class EncodingError(InputError):
    """A file's bytes are text in none of the encodings read here."""

    def __init__(self, file: str) -> None:
        """Name the file."""
        super().__init__(
            f"'{file}' has a heading that is text neither in UTF-8 nor in GB18030",
            expected="UTF-8 (with or without BOM) or GB18030, as Excel saves CSV",
            remedy="Save it again as 'CSV UTF-8' and hand it in once more",
        )


class EmptyFileError(InputError):
    """A file has no heading."""

    def __init__(self, file: str) -> None:
        """Name the file."""
        super().__init__(
            f"'{file}' is empty",
            expected="a heading in the first row and rows below it",
            remedy="Export the file again or leave it out of the folder",
        )


class EndlessLineError(InputError):
    """A file has a line that no table has."""

    def __init__(self, file: str, line: int) -> None:
        """Name the file and the line."""
        super().__init__(
            f"'{file}' has more than {_LONGEST_LINE // 2**20} MiB in line {line}",
            expected="a table with one row per line",
            remedy="Export the file again as 'CSV UTF-8'",
        )


def writing_of(path: Path) -> Writing:
    """Return how a delimited file is written: as its heading, else as most lines.

    Args:
        path: a delimited text file.

    Raises:
        EncodingError: the heading can be read in no encoding.
        EndlessLineError: a line is longer than any table's.
    """
    votes = {True: 0, False: 0}
    with path.open("rb") as file:
        head = file.readline(_LONGEST_LINE)
        if head.startswith(_BOM_16) or b"\0" in head:
            raise EncodingError(path.name)
        settled = not head.isascii() and _decodes(head, _UTF_8)
        for line in _lines(file, head, path.name):
            if not settled and not line.isascii():
                votes[_decodes(line, _UTF_8)] += 1
    if settled or (head.isascii() and votes[True] >= votes[False]):
        return Writing(_UTF_8)
    if not _decodes(head, _GB):
        raise EncodingError(path.name)
    return Writing(_GB, mixed=votes[True] > 0)


def rows_of_text(path: Path) -> tuple[tuple[str, ...], Iterator[Batch]]:
    """Return the heading of a CSV file and an iterator over its rows.

    Wholly empty lines are passed over. A row of another width than the heading, or
    with a quote left open, comes with its fault; unreadable bytes come as U+FFFD.

    Raises:
        EncodingError, EndlessLineError: as `writing_of`.
        EmptyFileError: there is no heading.
    """
    writing = writing_of(path)
    with _opened(path, writing) as file:
        blank, first = _first_line(file)
        if not first:
            raise EmptyFileError(path.name)
        delimiter = max(_DELIMITERS, key=first.count)
        values, used = _record([first], 0, file, delimiter=delimiter)
    cells = values or first.split(delimiter)
    heads = tuple(cell.strip("\ufeff").strip() for cell in cells)
    layout = _Layout(len(heads), delimiter, writing)
    return heads, _batches(path, skip=blank + used, layout=layout)


def unread(raw: str, *, width: int) -> tuple[str, ...]:
    """Return the values of a row that cannot be read: all its text, then nothing.

    >>> unread("E1,2,3", width=2)
    ('E1,2,3', '')
    """
    return (raw, *[""] * (width - 1))


def misfit(count: int, *, width: int) -> str:
    """Say that a row has another number of values than the heading."""
    told = Said(
        f"有{count}个值，应与标题行一样为{width}个",
        f"has {count} values, expected {width} as in the heading",
    )
    return in_one_cell([told])


@dataclass(frozen=True, slots=True)
class _Layout:
    width: int
    delimiter: str
    writing: Writing


def _lines(file: BinaryIO, head: bytes, name: str) -> Iterator[bytes]:
    line, number = head, 1
    while line:
        if len(line) == _LONGEST_LINE:
            raise EndlessLineError(name, number)
        yield line
        line = file.readline(_LONGEST_LINE)
        number += 1


def _opened(path: Path, writing: Writing) -> TextIO:
    return path.open(encoding=writing.encoding, errors="replace", newline="")


def _first_line(file: TextIO) -> tuple[int, str]:
    for blank, line in enumerate(file):
        if line.strip(" \t\r\n,;\ufeff"):
            return blank, line
    return 0, ""


def _batches(path: Path, *, skip: int, layout: _Layout) -> Iterator[Batch]:
    with _opened(path, layout.writing) as file:
        line = skip + 1
        for _ in islice(file, skip):
            pass
        while block := list(islice(file, BATCH_ROWS)):
            batch = _plain(block, line, layout) or _careful(block, line, file, layout)
            line += len(block)
            yield batch


def _plain(block: list[str], line: int, layout: _Layout) -> Batch | None:
    """Return the rows if each is a line of its own and none is odd."""
    if layout.writing.mixed:
        return None
    try:
        rows = list(csv.reader(block, delimiter=layout.delimiter, strict=True))
    except csv.Error:
        return None
    whole = len(rows) == len(block) and set(map(len, rows)) == {layout.width}
    if not whole or not all(map(any, rows)):
        return None
    return Batch(range(line, line + len(rows)), rows, {})


def _careful(block: list[str], line: int, file: TextIO, layout: _Layout) -> Batch:
    """Return the rows one by one; draws lines from the file to close a quote."""
    lines: list[int] = []
    values: list[Sequence[str]] = []
    faults: dict[int, str] = {}
    place = 0
    while place < len(block):
        row, used = _record(block, place, file, delimiter=layout.delimiter)
        if used > 1 and row is not None and len(row) != layout.width:
            row, used = None, 1
        fault = _row_fault(row, layout)
        if fault is not None:
            faults[len(lines)] = fault
            raw = "".join(block[place : place + used]).rstrip("\r\n")
            row = list(unread(raw, width=layout.width))
        if row is not None and any(row):
            lines.append(line + place)
            values.append(row)
        place += used
    return Batch(lines, values, faults)


def _record(
    block: list[str], place: int, more: TextIO, *, delimiter: str
) -> tuple[list[str] | None, int]:
    """Return the record at a place, or None if no record can be made, and its lines."""
    text = ""
    for used in range(1, _LONGEST_CELL_LINES + 1):
        if place + used > len(block):
            drawn = next(more, None)
            if drawn is None:
                break
            block.append(drawn)
        text += block[place + used - 1]
        try:
            (row,) = csv.reader([text], delimiter=delimiter, strict=True)
        except csv.Error as error:
            if "unexpected end" not in str(error):
                break
        else:
            return row, used
    return None, 1


def _row_fault(row: list[str] | None, layout: _Layout) -> str | None:
    if row is None:
        return in_one_cell([_OPEN_QUOTE])
    if any(row) and len(row) != layout.width:
        return misfit(len(row), width=layout.width)
    if layout.writing.mixed and _strayed("".join(row)):
        return in_one_cell([_OTHER_ENCODING])
    return None


def _strayed(text: str) -> bool:
    """Test whether text read as GB18030 was written in UTF-8."""
    return not text.isascii() and _decodes(text.encode(_GB, "replace"), _UTF_8)


def _decodes(line: bytes, encoding: str) -> bool:
    try:
        line.decode(encoding)
    except UnicodeDecodeError:
        return False
    return True
