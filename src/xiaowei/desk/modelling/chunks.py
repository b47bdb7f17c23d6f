"""Tables of any length, read in chunks of bounded size."""

from collections.abc import Collection, Iterator, Sequence
from pathlib import Path
from typing import Final

import duckdb
import pyarrow as pa
import pyarrow.csv as pc
import pyarrow.parquet as pq

from xiaowei.desk.modelling.tables import TableError
from xiaowei.risk.sql import quoted

_ROWS: Final = 50_000
_THREADS: Final = 1
"""A second reads no faster where rows leave in their order, and holds what it reads."""
_WHOLE: Final = frozenset({"BIGINT", "HUGEINT"})
_NULLS: Final = pc.ConvertOptions().null_values
"""Cells of CSV that state nothing, as a table read whole has them too."""


def chunks(
    path: Path,
    columns: Sequence[str],
    *,
    texts: Collection[str] = (),
    numbers: Collection[str] = (),
) -> Iterator[pa.Table]:
    """Yield some columns of a table, so many rows at a time.

    Args:
        path: a file of CSV (UTF-8, one line of names) or Parquet.
        columns: which, in this order.
        texts: those that are read as text whatever they look like, so that a chunk of
            digits is no other kind than the chunk before.
        numbers: those of CSV that may hold fractions, though its first rows be whole.

    Raises:
        TableError: a column is not there, or the file cannot be read; a column of CSV
            whose first rows hold numbers only must hold numbers throughout.
    """
    try:
        # PyArrow keeps much of what it has read: 0.5 GB of a million rows of 61 columns
        # of Parquet where DuckDB keeps 0.2 GB, and of CSV more with every row.
        with duckdb.connect(config={"threads": _THREADS}) as engine:
            engine.execute("SET enable_progress_bar = false")
            relation = _opened(engine, path, texts, numbers)
            _need(columns, relation.columns, path)
            wanted = relation.project(", ".join(map(quoted, columns)))
            zones = _zones(path, columns)
            for batch in wanted.to_arrow_reader(_ROWS):
                yield _zoned(pa.Table.from_batches([batch]), zones)
    except (OSError, duckdb.Error, pa.ArrowException) as error:
        raise TableError(
            path.name,
            " ".join(str(error).split()),
            expected="a file of CSV in UTF-8 with a line of names, or of Parquet, each "
            "column of one kind throughout",
            remedy="Write it so and give it again",
        ) from error


def _opened(
    engine: duckdb.DuckDBPyConnection,
    path: Path,
    texts: Collection[str],
    numbers: Collection[str],
) -> duckdb.DuckDBPyRelation:
    if path.suffix.lower() == ".parquet":
        return engine.read_parquet(str(path))
    seen = engine.read_csv(str(path), header=True, delimiter=",", na_values=_NULLS)
    kinds = {
        name: "DOUBLE"
        for name, kind in zip(seen.columns, map(str, seen.types), strict=True)
        if name in numbers and kind in _WHOLE
    }
    kinds |= {name: "VARCHAR" for name in texts if name in seen.columns}
    return engine.read_csv(
        str(path), header=True, delimiter=",", dtype=kinds, na_values=_NULLS
    )


def _zones(path: Path, columns: Sequence[str]) -> dict[str, str]:
    """Return the zone of each column of Parquet that has one.

    DuckDB hands instants out in the zone of the machine, which may be on another day.
    """
    if path.suffix.lower() != ".parquet":
        return {}
    schema = pq.read_schema(path)
    kinds = {name: schema.field(name).type for name in columns}
    return {n: k.tz for n, k in kinds.items() if pa.types.is_timestamp(k) and k.tz}


def _zoned(table: pa.Table, zones: dict[str, str]) -> pa.Table:
    for name, zone in zones.items():
        at = table.column_names.index(name)
        moved = table.column(at).cast(pa.timestamp("us", tz=zone))
        table = table.set_column(at, name, moved)
    return table


def _need(columns: Sequence[str], there: Sequence[str], path: Path) -> None:
    absent = [name for name in columns if name not in there]
    if absent:
        raise TableError(
            path.name,
            f"no column {', '.join(map(repr, absent))}",
            expected="columns of the table, which are " + ", ".join(there),
            remedy="Correct the name",
        )
