"""Bytes of a delimited file in; its heading and rows out, each with its line."""

import csv
import io
from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Final, TextIO

from xiaowei.errors import InputError
from xiaowei.facts.clean import clean_columns
from xiaowei.facts.reasons import in_one_cell
from xiaowei.facts.writing import GB, UTF_8, Writing, chunks_of, decodes, writing_of
from xiaowei.said import Said

BATCH_ROWS: Final = 512
"""Rows held as Python texts at once; from 700 on the garbage collector costs time."""

_DELIMITERS: Final = (",", "\t", ";")
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
        columns: the texts under each heading, as long as `lines`.
        faults: why a row cannot be read, by its place in the batch, in one cell. Such a
            row has its whole text as first value and no other, so that nothing of it is
            lost and nobody takes it for a good one.
    """

    lines: Sequence[int]
    columns: Sequence[Sequence[str]]
    faults: Mapping[int, str]


class EmptyFileError(InputError):
    """A file has no heading."""

    def __init__(self, file: str) -> None:
        """Name the file."""
        super().__init__(
            f"'{file}' is empty",
            expected="a heading in the first row and rows below it",
            remedy="Export the file again or leave it out of the folder",
        )


def unnoticed(done: int) -> None:
    """Pass over how many bytes were read."""


def rows_of_text(
    path: Path, *, reached: Callable[[int], None] = unnoticed
) -> tuple[tuple[str, ...], Iterator[Batch]]:
    """Return the heading of a CSV file and an iterator over its rows.

    Wholly empty lines are passed over. A row of another width than the heading, or
    with a quote left open, comes with its fault; unreadable bytes come as U+FFFD.

    Args:
        path: the file.
        reached: is told how many bytes of it have been read.

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
        values, used = _record(
            [first], 0, lambda: next(file, None), delimiter=delimiter
        )
    cells = values or first.split(delimiter)
    heads = tuple(cell.strip("\ufeff").strip() for cell in cells)
    layout = _Layout(len(heads), delimiter, writing)
    return heads, _batches(path, skip=blank + used, layout=layout, reached=reached)


def in_columns(rows: Sequence[Sequence[str]], *, width: int) -> list[Sequence[str]]:
    """Return rows of equal width as columns.

    >>> in_columns([("E1", "1"), ("E2", "2")], width=2)
    [('E1', 'E2'), ('1', '2')]
    """
    return list(zip(*rows, strict=True)) if rows else [()] * width


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


class _Feed:
    """A file's lines, by the chunk as bytes or one by one as text."""

    def __init__(self, file: BinaryIO, writing: Writing) -> None:
        self._chunks = chunks_of(file)
        # The mark before the heading is gone by the first row: no other is dropped.
        self._encoding = "utf-8" if writing.encoding == UTF_8 else writing.encoding
        self._waiting: deque[str] = deque()
        self.done = 0

    def chunk(self) -> bytes | None:
        """Return the next chunk, if no line of the last one is waiting."""
        if self._waiting:
            return None
        chunk = next(self._chunks, b"")
        self.done += len(chunk)
        return chunk

    def put_back(self, chunk: bytes) -> None:
        """Let a chunk be read line by line."""
        text = chunk.decode(self._encoding, "replace")
        self._waiting.extend(io.StringIO(text, newline=""))

    def take(self, count: int) -> list[str]:
        """Return so many lines, or as many as wait."""
        waiting = self._waiting
        return [waiting.popleft() for _ in range(min(count, len(waiting)))]

    def draw(self) -> str | None:
        """Return the next line of the file, if there is one."""
        chunk = self.chunk()
        if chunk is not None:
            self.put_back(chunk)
        return self._waiting.popleft() if self._waiting else None


def _opened(path: Path, writing: Writing) -> TextIO:
    return path.open(encoding=writing.encoding, errors="replace", newline="")


def _first_line(file: TextIO) -> tuple[int, str]:
    for blank, line in enumerate(file):
        if line.strip(" \t\r\n,;\ufeff"):
            return blank, line
    return 0, ""


def _batches(
    path: Path, *, skip: int, layout: _Layout, reached: Callable[[int], None]
) -> Iterator[Batch]:
    with path.open("rb") as file:
        feed = _Feed(file, layout.writing)
        for _ in range(skip):
            feed.draw()
        line = skip + 1
        while (chunk := feed.chunk()) != b"":
            clean = None if chunk is None else _clean(chunk, line, layout)
            if clean is not None:
                line += len(clean.lines)
                yield clean
            else:
                feed.put_back(chunk or b"")
                block = feed.take(BATCH_ROWS)
                yield _plain(block, line, layout) or _careful(block, line, feed, layout)
                line += len(block)
            reached(feed.done)


def _clean(chunk: bytes, line: int, layout: _Layout) -> Batch | None:
    if layout.writing.mixed:
        return None
    columns = clean_columns(
        chunk,
        width=layout.width,
        delimiter=layout.delimiter,
        encoding=layout.writing.encoding,
    )
    if columns is None:
        return None
    return Batch(range(line, line + len(columns[0])), columns, {})


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
    columns = in_columns(rows, width=layout.width)
    return Batch(range(line, line + len(rows)), columns, {})


def _careful(block: list[str], line: int, feed: _Feed, layout: _Layout) -> Batch:
    """Return the rows one by one; draws more lines to close a quote."""
    lines: list[int] = []
    values: list[Sequence[str]] = []
    faults: dict[int, str] = {}
    place = 0
    while place < len(block):
        row, used = _record(block, place, feed.draw, delimiter=layout.delimiter)
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
    return Batch(lines, in_columns(values, width=layout.width), faults)


def _record(
    block: list[str], place: int, draw: Callable[[], str | None], *, delimiter: str
) -> tuple[list[str] | None, int]:
    """Return the record at a place, or None if no record can be made, and its lines."""
    text = ""
    for used in range(1, _LONGEST_CELL_LINES + 1):
        if place + used > len(block):
            drawn = draw()
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
    return not text.isascii() and decodes(text.encode(GB, "replace"), UTF_8)
