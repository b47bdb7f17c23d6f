"""Some lines of clean text in; their cells as columns, at the engine's speed, out.

Clean is what needs no thought: no quotes, no row that is empty or of another width, no
byte that is no text. Whatever is not clean is left to the reader that looks at it row
by row, and what both can read they read alike.
"""

from typing import Final

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pv

from xiaowei.facts.writing import GB

_LONGEST_CELL: Final = 2**17
"""What the other reader takes for a cell at most."""
_MARKS: Final = ("\ufeff".encode(), "\ufeff".encode(GB))
"""The parser would drop a byte order mark, which is no mark amid a file."""
_ODD: Final = (b'"', b"\r", b"\0")


def clean_columns(
    chunk: bytes, *, width: int, delimiter: str, encoding: str
) -> list[pa.Array] | None:
    """Return the columns of some whole lines, or None where they are not clean.

    Args:
        chunk: the lines.
        width: how many cells each has.
        delimiter: what stands between cells.
        encoding: the codec that reads them.
    """
    lines = chunk.replace(b"\r\n", b"\n")
    if lines.startswith(_MARKS) or any(odd in lines for odd in _ODD):
        return None
    if _has_empty_row(lines, delimiter, width):
        return None
    try:
        text = lines.decode(encoding).encode() if encoding == GB else lines
        table = _parsed(text, width=width, delimiter=delimiter)
    except (pa.ArrowInvalid, UnicodeError):
        return None
    if table.num_rows != lines.count(b"\n") + (not lines.endswith(b"\n")):
        return None
    columns = [column.combine_chunks() for column in table.columns]
    longest = max(pc.max(pc.binary_length(column)).as_py() for column in columns)
    return columns if longest <= _LONGEST_CELL else None


def _has_empty_row(lines: bytes, delimiter: str, width: int) -> bool:
    framed = b"\n" + lines.removesuffix(b"\n") + b"\n"
    empty = b"\n" + delimiter.encode() * (width - 1) + b"\n"
    return empty in framed or b"\n\n" in framed


def _parsed(text: bytes, *, width: int, delimiter: str) -> pa.Table:
    names = [f"c{place}" for place in range(width)]
    return pv.read_csv(
        pa.BufferReader(text),
        read_options=pv.ReadOptions(
            use_threads=False, block_size=len(text) + 1, column_names=names
        ),
        parse_options=pv.ParseOptions(
            delimiter=delimiter,
            quote_char=False,
            double_quote=False,
            ignore_empty_lines=False,
        ),
        convert_options=pv.ConvertOptions(
            column_types=dict.fromkeys(names, pa.string()), strings_can_be_null=False
        ),
    )
