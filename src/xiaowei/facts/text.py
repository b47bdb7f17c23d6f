"""Bytes of a delimited file in; its heading and rows out, each with its line."""

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from xiaowei.errors import InputError

ENCODINGS: Final = ("utf-8-sig", "gb18030")
_DELIMITERS: Final = (",", "\t", ";")
_BOM_16: Final = (b"\xff\xfe", b"\xfe\xff")
_UNREADABLE: Final = "\ufffd"


@dataclass(frozen=True, slots=True)
class Row:
    """One row as stated.

    Args:
        line: where it stands in the file, counted from 1.
        values: its texts, as many as the heading has.
        fault: why the row cannot be read, if it cannot.
    """

    line: int
    values: tuple[str, ...]
    fault: str | None = None


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


def encoding_of(path: Path) -> str:
    """Return the encoding in which fewer lines of a file are unreadable.

    Args:
        path: a delimited text file.

    Raises:
        EncodingError: not even the heading can be read.
    """
    with path.open("rb") as file:
        head = file.readline()
        if head.startswith(_BOM_16) or not _reads(head):
            raise EncodingError(path.name)
        bad = dict.fromkeys(_reads(head), 0)
        for line in file:
            for encoding in bad:
                bad[encoding] += not _decodes(line, encoding)
    return min(bad, key=lambda encoding: (bad[encoding], ENCODINGS.index(encoding)))


def rows_of_text(path: Path) -> tuple[tuple[str, ...], Iterator[Row]]:
    """Return the heading of a CSV file and an iterator over its rows.

    Wholly empty lines are passed over; a row of another length or with unreadable
    bytes comes with its fault.

    Raises:
        EncodingError: the heading is no text.
        EmptyFileError: there is no heading.
    """
    encoding = encoding_of(path)
    with path.open(encoding=encoding, errors="surrogateescape") as file:
        first = file.readline()
    if not first.strip():
        raise EmptyFileError(path.name)
    delimiter = max(_DELIMITERS, key=first.count)
    heads = tuple(cell.strip() for cell in next(csv.reader([first], delimiter=delimiter)))
    return heads, _rows(path, encoding=encoding, delimiter=delimiter, width=len(heads))


def fit(line: int, values: list[str], *, width: int) -> Row:
    """Return a row of the heading's width, with a fault if it had another.

    Args:
        line: where it stands.
        values: its texts.
        width: how many the heading has.
    """
    if len(values) == width:
        return Row(line, tuple(values))
    padded = (*values, *[""] * width)[:width]
    return Row(
        line, padded, f"has {len(values)} values, expected {width} as in the heading"
    )


def _rows(path: Path, *, encoding: str, delimiter: str, width: int) -> Iterator[Row]:
    with path.open(encoding=encoding, errors="surrogateescape", newline="") as file:
        reader = csv.reader(file, delimiter=delimiter)
        next(reader)
        line = reader.line_num + 1
        for values in reader:
            if any(values):
                yield _readable(fit(line, values, width=width), encoding)
            line = reader.line_num + 1


def _readable(row: Row, encoding: str) -> Row:
    if all(value.isascii() or _clean(value) for value in row.values):
        return row
    values = tuple(
        "".join(_UNREADABLE if _lost(character) else character for character in value)
        for value in row.values
    )
    name = encoding.upper().removesuffix("-SIG")
    return Row(row.line, values, f"has bytes that are not {name}; save the file as UTF-8")


def _clean(value: str) -> bool:
    return not any(_lost(character) for character in value)


def _lost(character: str) -> bool:
    return "\udc80" <= character <= "\udcff"


def _reads(head: bytes) -> tuple[str, ...]:
    return tuple(encoding for encoding in ENCODINGS if _decodes(head, encoding))


def _decodes(line: bytes, encoding: str) -> bool:
    try:
        line.decode(encoding)
    except UnicodeDecodeError:
        return False
    return True
