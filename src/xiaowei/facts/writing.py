"""Bytes of a delimited file in; how its text is written, and its lines, out."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Final

from xiaowei.errors import InputError

UTF_8: Final = "utf-8-sig"
GB: Final = "gb18030"

_BOM_16: Final = (b"\xff\xfe", b"\xfe\xff")
_LONGEST_LINE: Final = 2**20
_CHUNK_BYTES: Final = 2**20


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
        settled = not head.isascii() and decodes(head, UTF_8)
        file.seek(0)
        for chunk in _measured(file, path.name):
            if settled or chunk.isascii():
                continue
            for line in chunk.split(b"\n"):
                if not line.isascii():
                    votes[decodes(line, UTF_8)] += 1
    if settled or (head.isascii() and votes[True] >= votes[False]):
        return Writing(UTF_8)
    if not decodes(head, GB):
        raise EncodingError(path.name)
    return Writing(GB, mixed=votes[True] > 0)


def chunks_of(file: BinaryIO) -> Iterator[bytes]:
    """Return a file piece by piece, each some mebibytes at most and of whole lines."""
    while chunk := file.read(_CHUNK_BYTES):
        if not chunk.endswith(b"\n"):
            chunk += file.readline(_LONGEST_LINE)
        yield chunk


def decodes(line: bytes, encoding: str) -> bool:
    """Test whether bytes are text in an encoding."""
    try:
        line.decode(encoding)
    except UnicodeDecodeError:
        return False
    return True


def _measured(file: BinaryIO, name: str) -> Iterator[bytes]:
    """Return the chunks of a file, each once its lines are known to end."""
    lines = 1
    for chunk in chunks_of(file):
        # A chunk is a mebibyte and the rest of its last line: only that can be longer.
        start = chunk.rfind(b"\n", 0, _CHUNK_BYTES) + 1
        if len(chunk) - start >= _LONGEST_LINE:
            raise EndlessLineError(name, lines + chunk.count(b"\n", 0, start))
        lines += chunk.count(b"\n")
        yield chunk
