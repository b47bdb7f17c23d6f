"""Tables on their way to a file: CSV in a bank's encodings, XLSX, and Parquet."""

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Final, TypeAlias

import pyarrow as pa
import pyarrow.csv as pa_csv
import pyarrow.parquet as pq
import xlsxwriter

from xiaowei.facts.sources import Source

Cell: TypeAlias = str | int | float | date | Decimal | None
Row: TypeAlias = tuple[Cell, ...]

_WRITTEN: Final = datetime(2000, 1, 1)  # noqa: DTZ001 - a fixed day, no clock
"""Stands in workbooks as their day of creation, so that they are the same each time."""

_PLAIN: Final = pa_csv.WriteOptions(include_header=False, quoting_style="none")


@dataclass(slots=True)
class Sheet:
    """One CSV file to be written.

    Args:
        file: its name.
        heads: its headings.
        lines: its rows as text, without the ends of lines.
        encoding: of the file.
    """

    file: str
    heads: Sequence[str]
    lines: list[str] = field(default_factory=list)
    encoding: str = "utf-8"


def lines_of(table: pa.Table) -> list[str]:
    """Return the rows of a table as lines of CSV; no cell may hold a comma.

    >>> lines_of(pa.table({"a": [1, None], "b": ["x", "y"]}))
    ['1,x', ',y']
    """
    if table.num_rows == 0:
        return []
    out = io.BytesIO()
    pa_csv.write_csv(_as_text(table), out, _PLAIN)
    return out.getvalue().decode().splitlines()


def write_csv(sheet: Sheet, *, folder: Path) -> None:
    """Write a sheet as CSV.

    Args:
        sheet: what to write.
        folder: an existing folder.
    """
    text = "\r\n".join([",".join(sheet.heads), *sheet.lines, ""])
    (folder / sheet.file).write_bytes(text.encode(sheet.encoding))


def write_parquet(table: pa.Table, *, heads: Sequence[str], path: Path) -> None:
    """Write a table as Parquet.

    Args:
        table: what to write.
        heads: headings in place of its columns' names.
        path: where to.
    """
    pq.write_table(
        table.rename_columns(list(heads)),
        path,
        compression="zstd",
        compression_level=1,
        row_group_size=1 << 18,
        # Files of a source are read whole: a fourth of the writing for nothing.
        write_statistics=False,
    )


def write_workbook(table: pa.Table, *, heads: Sequence[str], path: Path) -> None:
    """Write a table as the one sheet of a workbook.

    Args:
        table: what to write.
        heads: headings.
        path: where to.
    """
    book = xlsxwriter.Workbook(path, {"in_memory": True})
    book.set_properties({"created": _WRITTEN})
    page = book.add_worksheet()
    day = book.add_format({"num_format": "yyyy-mm-dd"})
    page.write_row(0, 0, heads)
    columns = [column.to_pylist() for column in table.columns]
    for place, cells in enumerate(columns):
        for line, cell in enumerate(cells, start=1):
            if isinstance(cell, date):
                page.write_datetime(line, place, cell, day)
            elif isinstance(cell, str):
                page.write_string(line, place, cell)
            elif cell is not None:
                page.write_number(line, place, cell)
    book.close()


def heads_of(source: Source, table: pa.Table, *, chinese: bool) -> list[str]:
    """Return the heading of each column of a table of a source.

    Args:
        source: whose file it is.
        table: its columns by our names.
        chinese: whether the headings are to be Chinese or English.
    """
    heads = {column.name: column.heads for column in source.columns}
    return [
        next(head for head in heads[name] if head.isascii() != chinese)
        for name in table.column_names
    ]


def cells_of(line: str) -> Row:
    """Return the cells of a line of CSV."""
    return tuple(next(csv.reader([line])))


def line_of(cells: Row) -> str:
    """Return cells as a line of CSV, quoted where needed."""
    out = io.StringIO()
    csv.writer(out, lineterminator="").writerow(cells)
    return out.getvalue()


def _as_text(table: pa.Table) -> pa.Table:
    columns = [
        column.cast(pa.string()) if pa.types.is_dictionary(column.type) else column
        for column in table.columns
    ]
    return pa.table(columns, names=table.column_names)
