"""Facts of one family as Parquet files by bucket, sorted so that one firm is found."""

import zlib
from collections.abc import Iterable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Final

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.parquet as pq

from xiaowei.facts.judge import DTYPES
from xiaowei.facts.sources import contracts_of

BUCKETS: Final = 16
BATCH_ROWS: Final = 65_536
GROUP_ROWS: Final = 16_384
"""Rows of a part that are read together.

Of a part of 0.9 million invoices one firm was read in 5.6 ms from groups of this size,
in 8.0 from 8,192, in 8.6 from 65,536 and in 14.0 from 131,072 (bench/intake.py).
"""

_ARROW: Final = {
    "string": pa.string(),
    "date": pa.date32(),
    "int64": pa.int64(),
    "float64": pa.float64(),
    "boolean": pa.bool_(),
}


def bucket_of(enterprise_id: str) -> int:
    """Return the bucket that holds an enterprise's facts, 0..15, for ever the same.

    >>> bucket_of("E1")
    5
    """
    return zlib.crc32(enterprise_id.encode()) % BUCKETS


def schema_of(family: str) -> dict[str, str]:
    """Return the columns of a family's facts and their types.

    After what its sources state come three that say where a fact stands: `again`, true
    where a fact held before it, or an earlier row of its file, states another about the
    same thing, so that one of them corrects the other; `file` and `line`.

    >>> list(schema_of("electricity"))[:3]
    ['enterprise_id', 'happened_on', 'known_on']
    """
    source = contracts_of(family)[0]
    lead = {source.key: "string", "happened_on": "date", "known_on": "date"}
    stated = {column.name: DTYPES[column.kind] for column in source.columns}
    fixed = dict.fromkeys(source.fixed, "string")
    placed = {"again": "boolean", "file": "string", "line": "int64"}
    return {**lead, **stated, **fixed, **placed}


def key_of(family: str) -> str:
    """Return the column that says whose facts a family holds.

    >>> key_of("invoices")
    'enterprise_id'
    """
    return contracts_of(family)[0].key


def arrow_of(family: str) -> pa.Schema:
    """Return the same as an Arrow schema."""
    columns = schema_of(family).items()
    return pa.schema([(name, _ARROW[dtype]) for name, dtype in columns])


def write_parts(
    batches: Iterable[pa.RecordBatch], *, family: str, mark: str, root: Path
) -> tuple[str, ...]:
    """Write facts into one file per bucket.

    All buckets are written side by side, so that nothing has to be sorted by bucket and
    no list of enterprises has to fit in memory.

    Args:
        batches: facts in the family's columns, sorted by whose they are.
        family: where they belong.
        mark: the name of the files.
        root: the lake's folder.

    Returns:
        the paths written, relative to the lake, by bucket.
    """
    schema = arrow_of(family)
    open_parts: dict[int, _Part] = {}
    with ExitStack() as stack:
        for batch in batches:
            for bucket, rows in _by_bucket(batch, key_of(family)):
                if bucket not in open_parts:
                    path = root / part_name(family, bucket, mark)
                    path.parent.mkdir(parents=True, exist_ok=True)
                    writer = pq.ParquetWriter(path, schema, compression="zstd")
                    open_parts[bucket] = _Part(stack.enter_context(writer), schema)
                open_parts[bucket].add(rows)
        for part in open_parts.values():
            part.finish()
    return tuple(part_name(family, bucket, mark) for bucket in sorted(open_parts))


def part_name(family: str, bucket: int, mark: str) -> str:
    """Return where a part lies, relative to the lake.

    >>> part_name("invoices", 5, "0f")
    'invoices/bucket=05/0f.parquet'
    """
    return f"{family}/bucket={bucket:02d}/{mark}.parquet"


class _Part:
    """One file being written, in groups of one size: same facts, same bytes."""

    def __init__(self, writer: pq.ParquetWriter, schema: pa.Schema) -> None:
        self._writer = writer
        self._schema = schema
        self._held: list[pa.RecordBatch] = []
        self._count = 0

    def add(self, rows: pa.RecordBatch) -> None:
        self._held.append(rows)
        self._count += rows.num_rows
        if self._count >= GROUP_ROWS:
            table = pa.Table.from_batches(self._held)
            whole = self._count - self._count % GROUP_ROWS
            self._write(table.slice(0, whole))
            # A copy: a slice would keep the whole batch it was cut from.
            left = pa.array(range(self._count - whole), pa.int64())
            rest = table.slice(whole).take(left)
            self._held, self._count = rest.to_batches(), rest.num_rows

    def finish(self) -> None:
        if self._count:
            self._write(pa.Table.from_batches(self._held))

    def _write(self, table: pa.Table) -> None:
        whole = table.combine_chunks().cast(self._schema)
        self._writer.write_table(whole, row_group_size=GROUP_ROWS)


def _by_bucket(batch: pa.RecordBatch, key: str) -> Iterator[tuple[int, pa.RecordBatch]]:
    buckets = _buckets(batch[key])
    order = np.argsort(buckets, kind="stable")
    starts = np.searchsorted(buckets[order], np.arange(BUCKETS + 1))
    for bucket in range(BUCKETS):
        places = order[starts[bucket] : starts[bucket + 1]]
        if len(places):
            yield bucket, batch.take(pa.array(places))


def _buckets(ids: pa.Array) -> npt.NDArray[np.int64]:
    coded = ids.dictionary_encode()
    each = [bucket_of(whose) for whose in coded.dictionary.to_pylist()]
    found: npt.NDArray[np.int64] = np.array(each, np.int64)[coded.indices.to_numpy()]
    return found
