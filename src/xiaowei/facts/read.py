"""A CSV, XLSX or Parquet file in; a table of stated texts with their lines out."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Final

import ibis
import ibis.expr.types as ir
import pyarrow as pa
import pyarrow.parquet as pq

from xiaowei.errors import InputError
from xiaowei.facts.text import Row, rows_of_text
from xiaowei.facts.workbook import OpenWorkbook, rows_of_workbook

SUFFIXES: Final = (".csv", ".txt", ".xlsx", ".parquet")
_BATCH_ROWS: Final = 65_536


@dataclass(frozen=True, slots=True)
class Stated:
    """A file as a table.

    Args:
        heads: its headings in order; column `c0` holds the first, and so on.
        rows: Shape: one row per row of the file; `line` from 1, `c0`.. as stated,
            `fault` why the row as a whole cannot be read, or null.
    """

    heads: tuple[str, ...]
    rows: ir.Table


class UnreadableFileError(InputError):
    """A file is of no format read here."""

    def __init__(self, file: str) -> None:
        """Name the file."""
        super().__init__(
            f"'{file}' cannot be read",
            expected="a file that ends in " + ", ".join(SUFFIXES),
            remedy="Save it as CSV UTF-8 and hand that in",
        )


def read(
    path: Path, *, engine: ibis.BaseBackend, scratch: Path, open_sheet: OpenWorkbook
) -> Stated:
    """Read a file without judging what it states.

    Args:
        path: the file.
        engine: where the table is opened.
        scratch: an existing folder for what is read row by row.
        open_sheet: how to open a workbook.

    Raises:
        UnreadableFileError: no format read here, or a broken Parquet file.
        EncodingError, EmptyFileError, NoWorkbookError: as in their modules.
    """
    suffix = path.suffix.lower()
    if suffix == ".parquet":
        return _parquet(path, engine=engine)
    if suffix == ".xlsx":
        heads, rows = rows_of_workbook(path, open_sheet=open_sheet)
    elif suffix in SUFFIXES:
        heads, rows = rows_of_text(path)
    else:
        raise UnreadableFileError(path.name)
    staged = scratch / f"{path.name}.parquet"
    _stage(rows, width=len(heads), into=staged)
    return Stated(heads, engine.read_parquet(staged))


def _parquet(path: Path, *, engine: ibis.BaseBackend) -> Stated:
    try:
        heads = tuple(pq.read_schema(path).names)
    except (pa.ArrowInvalid, OSError) as error:
        raise UnreadableFileError(path.name) from error
    table = engine.read_parquet(path, file_row_number=True)
    columns = {f"c{place}": table[head] for place, head in enumerate(heads)}
    rows = table.select(
        line=table.file_row_number + 1, **columns, fault=ibis.null("string")
    )
    return Stated(heads, rows)


def _stage(rows: Iterator[Row], *, width: int, into: Path) -> None:
    schema = pa.schema(
        [("line", pa.int64())]
        + [(f"c{place}", pa.string()) for place in range(width)]
        + [("fault", pa.string())]
    )
    with pq.ParquetWriter(into, schema) as writer:
        while batch := list(islice(rows, _BATCH_ROWS)):
            columns = [
                pa.array([row.line for row in batch], pa.int64()),
                *(
                    pa.array([row.values[place] for row in batch], pa.string())
                    for place in range(width)
                ),
                pa.array([row.fault for row in batch], pa.string()),
            ]
            writer.write_batch(pa.record_batch(columns, schema=schema))
