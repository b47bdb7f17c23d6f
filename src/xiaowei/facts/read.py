"""A CSV, XLSX or Parquet file in; a table of what it states, with lines, out."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Final

import ibis
import ibis.expr.types as ir
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from xiaowei.errors import InputError
from xiaowei.facts.text import BATCH_ROWS, Batch, rows_of_text
from xiaowei.facts.workbook import OpenWorkbook, rows_of_workbook

SUFFIXES: Final = (".csv", ".txt", ".xlsx", ".parquet")

_GROUP_ROWS: Final = 65_536
_VIEW: Final = "stated_rows"
_STAGED: Final = "stated.parquet"
# What Arrow raises at a damaged file; a name or number may be damaged, too.
_DAMAGE: Final = (pa.ArrowException, OSError, ValueError, OverflowError)


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
            expected="a readable and undamaged file that ends in "
            + ", ".join(SUFFIXES),
            remedy="Save it as CSV UTF-8 and hand that in",
        )


def read(
    path: Path, *, engine: ibis.BaseBackend, scratch: Path, open_sheet: OpenWorkbook
) -> Stated:
    """Read a file without judging what it states.

    It is written row group by row group to a scratch file in one plain form, so that
    no file, however long, has to fit in memory and no engine meets a damaged one.

    Args:
        path: the file.
        engine: where the table is opened.
        scratch: an existing folder; what is put there must stay while the table is
            used.
        open_sheet: how to open a workbook.

    Raises:
        UnreadableFileError: no format read here, or a broken Parquet file.
        EncodingError, EndlessLineError, EmptyFileError, NoWorkbookError,
        WorkbookTooLargeError: as in their modules.
    """
    staged = scratch / _STAGED
    suffix = path.suffix.lower()
    if suffix == ".parquet":
        heads = _stage_parquet(path, into=staged)
    elif suffix == ".xlsx":
        heads, batches = rows_of_workbook(path, open_sheet=open_sheet)
        _stage(batches, width=len(heads), into=staged)
    elif suffix in SUFFIXES:
        heads, batches = rows_of_text(path)
        _stage(batches, width=len(heads), into=staged)
    else:
        raise UnreadableFileError(path.name)
    return Stated(heads, engine.read_parquet(staged, table_name=_VIEW))


def _stage(batches: Iterator[Batch], *, width: int, into: Path) -> None:
    schema = _schema([pa.string()] * width)
    with pq.ParquetWriter(into, schema, compression="lz4") as writer:
        while group := list(islice(batches, _GROUP_ROWS // BATCH_ROWS)):
            texts = [_of_texts(batch, schema) for batch in group]
            writer.write_table(pa.Table.from_batches(texts, schema))


def _of_texts(batch: Batch, schema: pa.Schema) -> pa.RecordBatch:
    count = len(batch.lines)
    columns = list(zip(*batch.values, strict=True)) or [()] * (len(schema) - 2)
    faults = [batch.faults.get(place) for place in range(count)] if batch.faults else []
    arrays = [
        pa.array(batch.lines, pa.int64()),
        *(pa.array(column, pa.string()) for column in columns),
        pa.array(faults, pa.string()) if faults else pa.nulls(count, pa.string()),
    ]
    return pa.record_batch(arrays, schema=schema)


def _schema(types: list[pa.DataType]) -> pa.Schema:
    named = [(f"c{place}", stated) for place, stated in enumerate(types)]
    return pa.schema([("line", pa.int64()), *named, ("fault", pa.string())])


def _stage_parquet(path: Path, *, into: Path) -> tuple[str, ...]:
    try:
        file = pq.ParquetFile(path)
        stated = file.schema_arrow
        heads = tuple(stated.names)
    except _DAMAGE as error:
        raise UnreadableFileError(path.name) from error
    schema = _schema([_plain_type(kind) for kind in stated.types])
    with file, pq.ParquetWriter(into, schema, compression="lz4") as writer:
        for batch in _batches_of(file, schema, name=path.name):
            writer.write_batch(batch)
    return heads


def _batches_of(
    file: pq.ParquetFile, schema: pa.Schema, *, name: str
) -> Iterator[pa.RecordBatch]:
    line = 1
    try:
        for batch in file.iter_batches(_GROUP_ROWS):
            count = batch.num_rows
            columns = [
                _plain(column, kind)
                for column, kind in zip(batch.columns, schema.types[1:-1], strict=True)
            ]
            lines = pa.array(range(line, line + count), pa.int64())
            yield pa.record_batch(
                [lines, *columns, pa.nulls(count, pa.string())], schema=schema
            )
            line += count
    except _DAMAGE as error:
        raise UnreadableFileError(name) from error


def _plain_type(kind: pa.DataType) -> pa.DataType:
    """Return the type a column is staged in: few, and none that depends on a place."""
    if pa.types.is_floating(kind):
        return pa.float64()
    if pa.types.is_timestamp(kind):
        return pa.timestamp("us")
    if pa.types.is_date(kind):
        return pa.date32()
    if pa.types.is_integer(kind) or pa.types.is_boolean(kind):
        return kind
    return kind if pa.types.is_decimal128(kind) else pa.string()


def _plain(column: pa.Array, kind: pa.DataType) -> pa.Array:
    """Return a column in the type it is staged in; what is no text becomes one."""
    if pa.types.is_dictionary(column.type):
        column = column.dictionary_decode()
    if pa.types.is_timestamp(kind) and column.type.tz is not None:
        # The day on the issuer's wall counts, wherever this machine stands.
        column = pc.local_timestamp(column)
    try:
        plain = column.cast(kind, safe=False)
        plain.validate(full=True)
    except pa.ArrowException:
        texts = [_text(value) for value in column.cast(_loose(column.type)).to_pylist()]
        return pa.array(texts, pa.string())
    if pa.types.is_floating(kind):
        return pc.if_else(pc.is_nan(plain), pa.scalar(None, kind), plain)
    return plain


def _loose(kind: pa.DataType) -> pa.DataType:
    texts = (pa.types.is_string, pa.types.is_large_string, pa.types.is_string_view)
    return pa.binary() if any(test(kind) for test in texts) else kind


def _text(value: object) -> str | None:
    if isinstance(value, bytes):
        return value.decode("utf-8", "replace")
    return None if value is None else str(value)
