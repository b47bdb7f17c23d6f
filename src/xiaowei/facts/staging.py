"""A file of any format in; the same in one plain Parquet form, and its heading, out.

Nothing here needs the engine, so that a process of its own can do it within limits.
"""

from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Final, TypeAlias

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from xiaowei.errors import InputError
from xiaowei.facts.progress import Progress, Tell, silent
from xiaowei.facts.text import Batch, rows_of_text
from xiaowei.facts.workbook import rows_of_workbook

SUFFIXES: Final = (".csv", ".txt", ".xlsx", ".parquet")
MAX_RATIO: Final = 200
"""Bytes that a Parquet file may unpack to for each that it has."""
MAX_ROWS_PER_BYTE: Final = 4
"""A row of facts has a number or a day of its own, which packs to a byte at least."""

Stage: TypeAlias = Callable[[Path, Path, Tell], tuple[str, ...]]
"""Puts a file into one plain form; the desk hands in one that runs in a child."""

_GROUP_ROWS: Final = 65_536
_GROUP_BYTES: Final = 8 * 2**20
_SMALL: Final = 2**20
# What Arrow raises at a damaged file; a name or number may be damaged, too.
_DAMAGE: Final = (pa.ArrowException, OSError, ValueError, OverflowError)


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


class ParquetTooLargeError(InputError):
    """A Parquet file would unpack to more than is taken."""

    def __init__(self, file: str, *, rows: int, unpacked: int) -> None:
        """Name the file and what it says of itself."""
        super().__init__(
            f"'{file}' says it holds {rows} rows in {unpacked // 2**20} MiB unpacked",
            expected=f"at most {MAX_ROWS_PER_BYTE} rows for each byte that the file "
            f"has, packed at most {MAX_RATIO} to 1",
            remedy="Export it again in several files",
        )


class NoRoomError(InputError):
    """A file asks for more memory than there is."""

    def __init__(self, file: str) -> None:
        """Name the file."""
        super().__init__(
            f"'{file}' asks for more memory than it is given",
            expected=f"a file of which {_GROUP_ROWS} rows at a time fit in memory",
            remedy="Save it as CSV UTF-8 and hand that in",
        )


def stage(path: Path, into: Path, tell: Tell = silent) -> tuple[str, ...]:
    """Write a file row group by row group in one plain form, and return its heading.

    No file, however long, has to fit in memory, and no engine meets a damaged one.

    Args:
        path: the file.
        into: where the plain form goes; `line` from 1, `c0`.. as stated, `fault` why
            the row as a whole cannot be read, or null.
        tell: is told the bytes read.

    Raises:
        UnreadableFileError: no format read here, or a broken Parquet file.
        ParquetTooLargeError: a Parquet file that claims more than is taken.
        NoRoomError: a Parquet file that needs more memory than there is.
        EncodingError, EndlessLineError, EmptyFileError, NoWorkbookError,
        WorkbookTooLargeError: as in their modules.
    """
    suffix = path.suffix.lower()
    if suffix == ".parquet":
        return _stage_parquet(path, into=into)
    if suffix == ".xlsx":
        heads, batches = rows_of_workbook(path)
    elif suffix in SUFFIXES:
        heads, batches = rows_of_text(path, reached=_teller(path, tell))
    else:
        raise UnreadableFileError(path.name)
    _stage_texts(batches, width=len(heads), into=into)
    return heads


def _teller(path: Path, tell: Tell) -> Callable[[int], None]:
    size = path.stat().st_size

    def reached(done: int) -> None:
        tell(Progress(path.name, min(done, size), size, "bytes"))

    return reached


def _stage_texts(batches: Iterator[Batch], *, width: int, into: Path) -> None:
    schema = _schema([pa.string()] * width)
    with pq.ParquetWriter(into, schema, compression="lz4") as writer:
        texts = (_of_texts(batch, schema) for batch in batches)
        for group in _gathered(texts):
            writer.write_table(pa.Table.from_batches(group, schema))


def _gathered(batches: Iterable[pa.RecordBatch]) -> Iterator[list[pa.RecordBatch]]:
    """Gather batches until they are enough for a row group, in rows or in bytes."""
    held: list[pa.RecordBatch] = []
    rows = size = 0
    for batch in batches:
        held.append(batch)
        rows, size = rows + batch.num_rows, size + batch.nbytes
        if rows >= _GROUP_ROWS or size >= _GROUP_BYTES:
            yield held
            held, rows, size = [], 0, 0
    if held:
        yield held


def _of_texts(batch: Batch, schema: pa.Schema) -> pa.RecordBatch:
    count = len(batch.lines)
    columns = batch.columns or [()] * (len(schema) - 2)
    faults = [batch.faults.get(place) for place in range(count)] if batch.faults else []
    arrays = [
        pa.array(batch.lines, pa.int64()),
        *(_array(column) for column in columns),
        pa.array(faults, pa.string()) if faults else pa.nulls(count, pa.string()),
    ]
    return pa.record_batch(arrays, schema=schema)


def _array(column: object) -> pa.Array:
    return column if isinstance(column, pa.Array) else pa.array(column, pa.string())


def _schema(types: list[pa.DataType]) -> pa.Schema:
    named = [(f"c{place}", stated) for place, stated in enumerate(types)]
    return pa.schema([("line", pa.int64()), *named, ("fault", pa.string())])


def _stage_parquet(path: Path, *, into: Path) -> tuple[str, ...]:
    try:
        file = pq.ParquetFile(path, pre_buffer=False)
        _check_claims(path, file.metadata)
        stated = file.schema_arrow
        heads = tuple(stated.names)
    except MemoryError as error:
        raise NoRoomError(path.name) from error
    except _DAMAGE as error:
        raise UnreadableFileError(path.name) from error
    schema = _schema([_plain_type(kind) for kind in stated.types])
    with file, pq.ParquetWriter(into, schema, compression="lz4") as writer:
        for batch in _batches_of(file, schema, name=path.name):
            writer.write_batch(batch)
    return heads


def _check_claims(path: Path, claims: pq.FileMetaData) -> None:
    """Refuse a file by what it says of itself, before any of it is unpacked."""
    groups = (claims.row_group(place) for place in range(claims.num_row_groups))
    unpacked = sum(group.total_byte_size for group in groups)
    size = max(path.stat().st_size, _SMALL)
    if unpacked > size * MAX_RATIO or claims.num_rows > size * MAX_ROWS_PER_BYTE:
        raise ParquetTooLargeError(
            path.name, rows=claims.num_rows, unpacked=max(unpacked, 0)
        )


def _batches_of(
    file: pq.ParquetFile, schema: pa.Schema, *, name: str
) -> Iterator[pa.RecordBatch]:
    line = 1
    try:
        for batch in file.iter_batches(_GROUP_ROWS, use_threads=False):
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
    except MemoryError as error:
        raise NoRoomError(name) from error
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
