"""One chunk of a lake after another, by plans that are made once for all of them."""

import shutil
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Final, TypeAlias

import ibis
import pyarrow.parquet as pq

from xiaowei.desk.engines import engine
from xiaowei.desk.portraying.plans import plans_of
from xiaowei.facts.lake import Lake
from xiaowei.facts.parts import BUCKETS, arrow_of, bucket_of
from xiaowei.facts.sources import FAMILIES
from xiaowei.portraits.traits.trait import Part

THREADS: Final = 2
MEMORY: Final = "4GiB"
"""What the engine may hold; the rest goes to the disk."""
_ROWS: Final = 40_000_000
"""Facts that are looked at together, at most about so many."""


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
        self._paths = paths
        self._scratch = scratch
        as_of, parts = asked
        self._plans = plans_of(paths, as_of=as_of, parts=parts, engine=engine)

    def write(self, chunk: int, *, of: int, into: Path) -> None:
        """Write the portraits of a chunk.

        Args:
            chunk: which.
            of: how many there are.
            into: Parquet; one row per enterprise in rising order, see `undated`.
        """
        for family in self._paths:
            self._engine.read_parquet(
                self._in(family, chunk, of), table_name=family, hive_partitioning=False
            )
        for table, plan in self._plans.steps:
            # The text is what Ibis made of our own expressions, without any input.
            self._engine.raw_sql(f"CREATE OR REPLACE TEMP TABLE {table} AS {plan}")
        name = str(into).replace("'", "''")
        self._engine.raw_sql(f"COPY ({self._plans.whole}) TO '{name}' (FORMAT parquet)")

    def _in(self, family: str, chunk: int, of: int) -> list[Path]:
        names = {
            f"bucket={bucket:02d}"
            for bucket in range(BUCKETS)
            if _chunk_of_bucket(bucket, of=of) == chunk
        }
        paths = [path for path in self._paths[family] if path.parent.name in names]
        return paths or [self._empty(family)]

    def _empty(self, family: str) -> Path:
        """Return a file of no facts, written when it is first asked for."""
        path = self._scratch / f"{family}.parquet"
        if not path.exists():
            pq.write_table(arrow_of(family).empty_table(), path)
        return path


@contextmanager
def opened(
    paths: Paths, *, scratch: Path, as_of: date, parts: Sequence[Part]
) -> Iterator[Chunks]:
    """Open the chunks of a lake by an engine of their own.

    Args:
        paths: a family to the files of its facts, each in the folder of its bucket.
        scratch: a folder for what memory does not hold; made here and gone afterwards.
            Portraits are written beside it.
        as_of: the day the portraits are of.
        parts: what of them is wanted.
    """
    scratch.mkdir()
    held = {path.parent for files in paths.values() for path in files}
    try:
        with engine(
            threads=THREADS,
            memory=MEMORY,
            spill=scratch / "memory",
            within=(*sorted(held), scratch.parent),
            preserve_insertion_order=False,
        ) as opened:
            yield Chunks(paths, engine=opened, scratch=scratch, asked=(as_of, parts))
    finally:
        shutil.rmtree(scratch)
