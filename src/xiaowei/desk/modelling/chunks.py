"""Tables of any length, read in chunks of bounded size."""

from collections.abc import Collection, Iterator, Sequence
from pathlib import Path
from typing import Final

import duckdb
import pyarrow as pa
import pyarrow.csv as pc

from xiaowei.desk.modelling.tables import TableError
from xiaowei.risk.sql import quoted

_ROWS: Final = 50_000
_THREADS: Final = 2
_BYTES: Final = 16 << 20


def chunks(
    path: Path, columns: Sequence[str], *, texts: Collection[str] = ()
) -> Iterator[pa.Table]:
    """Yield some columns of a table, so many rows at a time.

    Args:
        path: a file of CSV (UTF-8, one line of names) or Parquet.
        columns: which, in this order.
        texts: those that are read as text whatever they look like, so that a chunk of
            digits is no other kind than the chunk before.

    Raises:
        TableError: a column is not there, or the file cannot be read; a column of CSV
            whose first 16 MB hold numbers only must hold numbers throughout.
    """
    try:
        if path.suffix.lower() == ".parquet":
            yield from _parquet(path, columns)
        else:
            yield from _csv(path, columns, texts)
    except (OSError, pa.ArrowException, duckdb.Error) as error:
        raise TableError(
            path.name,
            " ".join(str(error).split()),
            expected="a file of CSV in UTF-8 with a line of names, or of Parquet, each "
            "column of one kind throughout",
            remedy="Write it so and give it again",
        ) from error


def _parquet(path: Path, columns: Sequence[str]) -> Iterator[pa.Table]:
    # PyArrow keeps what it has read until the end of the file, or of a row group that
    # may be the whole file: 0.5 GB of a million rows of 61 columns, DuckDB 0.2 GB.
    with duckdb.connect(config={"threads": _THREADS}) as engine:
        engine.execute("SET enable_progress_bar = false")
        relation = engine.read_parquet(str(path))
        _need(columns, relation.columns, path)
        wanted = relation.project(", ".join(map(quoted, columns)))
        for batch in wanted.to_arrow_reader(_ROWS):
            yield pa.Table.from_batches([batch])


def _csv(
    path: Path, columns: Sequence[str], texts: Collection[str]
) -> Iterator[pa.Table]:
    with path.open("rb") as file:
        line = file.readline().decode("utf-8-sig", errors="replace")
    names = pc.read_csv(pa.py_buffer(line.encode())).column_names if line else []
    _need(columns, names, path)
    options = pc.ConvertOptions(
        include_columns=list(columns),
        column_types=dict.fromkeys(set(texts) & set(columns), pa.string()),
        strings_can_be_null=True,
    )
    reading = pc.ReadOptions(block_size=_BYTES)
    with pc.open_csv(path, read_options=reading, convert_options=options) as file:
        for batch in file:
            table = pa.Table.from_batches([batch])
            for start in range(0, table.num_rows, _ROWS):
                yield table.slice(start, _ROWS)


def _need(columns: Sequence[str], there: Sequence[str], path: Path) -> None:
    absent = [name for name in columns if name not in there]
    if absent:
        raise TableError(
            path.name,
            f"no column {', '.join(map(repr, absent))}",
            expected="columns of the table, which are " + ", ".join(there),
            remedy="Correct the name",
        )
