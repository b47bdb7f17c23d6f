"""One chunk of a lake after another, by plans that are made once for all of them."""

import shutil
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Final, TypeAlias

import ibis
import ibis.expr.types as ir
import pyarrow.parquet as pq

from xiaowei.facts.lake import Lake
from xiaowei.facts.parts import BUCKETS, arrow_of, bucket_of
from xiaowei.facts.sources import FAMILIES
from xiaowei.portraits.moments import Moments
from xiaowei.portraits.portrait import beside, everyone, known_by, part_of, told
from xiaowei.portraits.standing import standing
from xiaowei.portraits.traits.trait import Part

THREADS: Final = 2
MEMORY: Final = "4GiB"
"""What the engine may hold; the rest goes to the disk."""
_ROWS: Final = 40_000_000
"""Facts that are looked at together, at most about so many."""
_ID: Final = "enterprise_id"


Paths: TypeAlias = Mapping[str, Sequence[Path]]
"""A family to the files of its facts, each in a folder `bucket=NN`."""


def paths_of(lake: Lake) -> Paths:
    """Return the files of a lake's facts about enterprises."""
    return {family: lake.paths(family) for family in FAMILIES if lake.holds(family)}


def chunks_for(paths: Paths) -> int:
    """Return into how many chunks files are cut, so that each fits into memory.

    Making plans costs the same for a chunk of any size: so no more than are needed.
    """
    rows = sum(
        pq.read_metadata(path).num_rows for files in paths.values() for path in files
    )
    count = 1
    while count < BUCKETS and rows > count * _ROWS:
        count *= 2
    return count


def chunk_of(enterprise_id: str, *, of: int) -> int:
    """Return the chunk that holds an enterprise, 0.. of so many.

    >>> chunk_of("E1", of=16), chunk_of("E1", of=1)
    (5, 0)
    """
    return _chunk_of_bucket(bucket_of(enterprise_id), of=of)


def _chunk_of_bucket(bucket: int, *, of: int) -> int:
    return bucket * of // BUCKETS


class Chunks:
    """The facts of one chunk at a time, under names that stay the same."""

    def __init__(
        self,
        paths: Paths,
        *,
        engine: ibis.BaseBackend,
        scratch: Path,
        asked: tuple[date, Sequence[Part]],
    ) -> None:
        """Take files, an engine of their own and the day and parts asked for."""
        self._engine = engine
        self._as_of, self._parts = asked
        self._paths = paths
        self._empty = {}
        for family in self._paths:
            path = scratch / f"{family}.parquet"
            pq.write_table(arrow_of(family).empty_table(), path)
            self._empty[family] = path
        self._plans: list[str] | None = None
        self._standing: dict[str, str] = {}
        self._whole = ""

    def write(self, chunk: int, *, of: int, into: Path) -> None:
        """Write the portraits of a chunk.

        Args:
            chunk: which.
            of: how many there are.
            into: Parquet; one row per enterprise in rising order, see `undated`.
        """
        facts = {
            family: self._engine.read_parquet(
                self._in(family, chunk, of), table_name=family, hive_partitioning=False
            )
            for family in self._paths
        }
        first = self._plans is None
        if self._plans is None:
            self._standing = self._stood(facts)
            stood = {family: self._engine.table(f"stood_{family}") for family in facts}
            self._plans = [self._engine.compile(one) for one in self._asked(stood)]
        elif self._standing:
            self._stand()
        for place, plan in enumerate(self._plans):
            # The text is what Ibis made of our own expressions; no input is part of it.
            self._engine.raw_sql(f"CREATE OR REPLACE TEMP TABLE part_{place} AS {plan}")
        if first:
            self._whole = self._engine.compile(self._beside())
        name = str(into).replace("'", "''")
        self._engine.raw_sql(f"COPY ({self._whole}) TO '{name}' (FORMAT parquet)")

    def _stood(self, facts: dict[str, ir.Table]) -> dict[str, str]:
        """Work out once, for all parts, until when the facts of each family stand.

        Returns:
            a family to the plan for that.
        """
        plans = {
            family: self._engine.compile(
                standing(known_by(rows, as_of=self._as_of), family=family)
            )
            for family, rows in facts.items()
        }
        self._standing = plans
        self._stand()
        return plans

    def _stand(self) -> None:
        for family, plan in self._standing.items():
            table = f"stood_{family}"
            self._engine.raw_sql(f"CREATE OR REPLACE TEMP TABLE {table} AS {plan}")

    def _asked(self, facts: dict[str, ir.Table]) -> list[ir.Table]:
        """Return who is known and each part, reckoned one after another.

        As one whole they would be planned together, which takes longer than apart.
        """
        moments = Moments((self._as_of,))
        parts = [one for one in self._parts if told(one, facts)]
        return [
            everyone(facts, moments),
            *(part_of(one, facts, moments) for one in parts),
        ]

    def _beside(self) -> ir.Table:
        count = len(self._plans or ())
        who, *tables = (self._engine.table(f"part_{place}") for place in range(count))
        rows = beside(who, tables, keys=(_ID,), parts=self._parts)
        return rows.order_by(_ID)

    def _in(self, family: str, chunk: int, of: int) -> list[Path]:
        names = {
            f"bucket={bucket:02d}"
            for bucket in range(BUCKETS)
            if _chunk_of_bucket(bucket, of=of) == chunk
        }
        paths = [path for path in self._paths[family] if path.parent.name in names]
        return paths or [self._empty[family]]


@contextmanager
def opened(
    paths: Paths, *, scratch: Path, as_of: date, parts: Sequence[Part]
) -> Iterator[Chunks]:
    """Open the chunks of a lake by an engine of their own.

    Args:
        paths: a family to the files of its facts, each in the folder of its bucket.
        scratch: a folder for what memory does not hold; made here and gone afterwards.
        as_of: the day the portraits are of.
        parts: what of them is wanted.
    """
    scratch.mkdir()
    engine = ibis.duckdb.connect(
        threads=THREADS,
        memory_limit=MEMORY,
        temp_directory=str(scratch / "memory"),
        preserve_insertion_order=False,
    )
    try:
        yield Chunks(paths, engine=engine, scratch=scratch, asked=(as_of, parts))
    finally:
        engine.disconnect()
        shutil.rmtree(scratch)
