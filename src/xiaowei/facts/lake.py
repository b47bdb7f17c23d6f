"""Facts kept as Parquet files that are only ever added; the account of each file."""

import hashlib
import json
import shutil
import sys
import zlib
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from itertools import groupby
from operator import itemgetter
from pathlib import Path
from typing import Final, TextIO

import ibis
import ibis.expr.types as ir
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from xiaowei.errors import ConflictError
from xiaowei.facts.judge import DTYPES
from xiaowei.facts.sources import SOURCES

if sys.platform != "win32":
    import fcntl

BUCKETS: Final = 16

_MANIFEST: Final = "manifest.json"
_FRESH: Final = "manifest.json.new"
_LOCK: Final = "adding.lock"
_SCRATCH: Final = "scratch"
_LONGEST_STEM: Final = 150
_BATCH_ROWS: Final = 65_536
_GROUP_ROWS: Final = 65_536


@dataclass(frozen=True, slots=True)
class FileAccount:
    """What became of the rows of one file.

    Args:
        file: its name.
        source: what it stated.
        digest: SHA-256 of its bytes.
        rows: how many it has; accepted + quarantined + duplicates.
        accepted: rows that became facts.
        quarantined: rows set aside with a reason.
        duplicates: rows that state what another row already stated.
        accepted_amount_fen: sum of the source's amount over accepted rows; null where
            the source states no amount.
        unused: headings that stand for nothing known.
        notes: how often each stated rule of the reader applied.
        parts: the lake's files that hold its facts.
    """

    file: str
    source: str
    digest: str
    rows: int
    accepted: int
    quarantined: int
    duplicates: int
    accepted_amount_fen: int | None
    unused: tuple[str, ...]
    notes: dict[str, int]
    parts: tuple[str, ...]

    @property
    def rejects_file(self) -> str:
        """The name of the list of its rows that were not accepted.

        It begins with the source's name, so that the mended list can be handed in.
        """
        stem = self.file.rsplit(".", 1)[0].removesuffix(".errors")
        short = stem.encode()[:_LONGEST_STEM].decode(errors="ignore")
        named = short if short.startswith(self.source) else f"{self.source}-{short}"
        return f"{named}-{mark_of(self.digest, self.source)}.errors.csv"


class BrokenLakeError(ConflictError):
    """The list of the lake's files cannot be read."""

    def __init__(self, path: Path) -> None:
        """Name the list."""
        super().__init__(
            f"the lake's list '{path.name}' is damaged",
            expected="the JSON that an earlier run wrote",
            remedy="Restore it from a backup, or begin with an empty --home",
        )


class LostPartError(ConflictError):
    """A file of the lake that its list names is gone."""

    def __init__(self, part: str) -> None:
        """Name the file."""
        super().__init__(
            f"the lake lacks '{part}'",
            expected="every file that its list names",
            remedy="Restore it from a backup, or begin with an empty --home",
        )


class BusyLakeError(ConflictError):
    """Somebody else is adding a file to the lake."""

    def __init__(self) -> None:
        """Say so."""
        super().__init__(
            "another intake is adding a file to this lake",
            expected="one intake at a time",
            remedy="Wait until it is done and hand the file in again",
        )


def mark_of(digest: str, source: str) -> str:
    """Return the mark that everything kept from one file bears in its name.

    Args:
        digest: SHA-256 of the file's bytes.
        source: the source it was handed in for.
    """
    return hashlib.sha256(f"{digest}{source}".encode()).hexdigest()[:16]


def bucket_of(enterprise_id: str) -> int:
    """Return the bucket that holds an enterprise's facts, 0..15, for ever the same.

    >>> bucket_of("E1")
    5
    """
    return zlib.crc32(enterprise_id.encode()) % BUCKETS


class Lake:
    """The facts of one home.

    Only files named in the manifest count; what a broken run left beside it is removed
    when the next file is added, and at once where the run could still do so.
    """

    def __init__(self, root: Path, *, engine: ibis.BaseBackend) -> None:
        """Open the lake under a folder, which is made if it is not there."""
        self._root = root
        self._engine = engine
        self._opened: dict[tuple[str, tuple[str, ...]], ir.Table] = {}
        root.mkdir(parents=True, exist_ok=True)

    @property
    def engine(self) -> ibis.BaseBackend:
        """The engine that reads the facts."""
        return self._engine

    @property
    def rejects(self) -> Path:
        """The folder of rows set aside, one CSV per file."""
        folder = self._root / "rejects"
        folder.mkdir(exist_ok=True)
        return folder

    def rejects_of(self, account: FileAccount) -> Path | None:
        """Return the list of a file's rows that were not accepted, if there are any."""
        return (
            self.rejects / account.rejects_file
            if account.accepted < account.rows
            else None
        )

    @contextmanager
    def adding(self, mark: str) -> Iterator[Path]:
        """Hold the lake while one file is added; nothing unlisted is left behind.

        Args:
            mark: what its parts and its list of rejects bear in their names.

        Yields:
            a scratch folder that does not outlive the block.

        Raises:
            BusyLakeError: somebody else holds the lake.
        """
        with (self._root / _LOCK).open("w") as turn:
            _lock(turn)
            for left in self._root.glob(f"{_SCRATCH}/*"):
                self._sweep(left)
            scratch = self._root / _SCRATCH / mark
            scratch.mkdir(parents=True)
            try:
                yield scratch
            finally:
                self._sweep(scratch)

    def accounts(self) -> tuple[FileAccount, ...]:
        """Return the account of every file held, in the order they came.

        Raises:
            BrokenLakeError: the manifest is no JSON of ours.
        """
        path = self._root / _MANIFEST
        if not path.exists():
            return ()
        try:
            entries = json.loads(path.read_text(encoding="utf-8"))
            return tuple(
                FileAccount(
                    **{
                        **entry,
                        "unused": tuple(entry["unused"]),
                        "parts": tuple(entry["parts"]),
                    }
                )
                for entry in entries
            )
        except (ValueError, TypeError, KeyError) as error:
            raise BrokenLakeError(path) from error

    def facts(self, family: str, *, enterprise_id: str | None = None) -> ir.Table:
        """Return all facts of a family.

        Args:
            family: e.g. `invoices`.
            enterprise_id: where given, only the files that may hold its facts are read;
                other enterprises' facts may still be among them.

        Returns:
            Shape: one row per fact; the columns of the family's sources, `file` and
            `line` it came from. Empty, with the same columns, where none is held.

        Raises:
            LostPartError: a file that holds some of them is gone.
        """
        bucket = None if enterprise_id is None else bucket_of(enterprise_id)
        folder = "" if bucket is None else f"bucket={bucket:02d}/"
        parts = tuple(
            part
            for account in self.accounts()
            for part in account.parts
            if part.startswith(f"{family}/{folder}")
        )
        opened = (family, parts)
        if opened not in self._opened:
            self._opened[opened] = self._open(family, parts)
        return self._opened[opened]

    def _open(self, family: str, parts: tuple[str, ...]) -> ir.Table:
        paths = [self._root.absolute() / part for part in parts]
        for part, path in zip(parts, paths, strict=True):
            if not path.exists():
                raise LostPartError(part)
        stated = "\n".join([family, *map(str, paths)])
        name = f"{family}_{hashlib.sha256(stated.encode()).hexdigest()[:16]}"
        if paths:
            return self._engine.read_parquet(
                paths, table_name=name, hive_partitioning=False
            )
        if name in self._engine.list_tables():
            return self._engine.table(name)
        schema = ibis.schema(schema_of(family))
        return self._engine.create_table(name, schema=schema, temp=True)

    def put(self, facts: ir.Table, *, family: str, mark: str) -> tuple[str, ...]:
        """Write facts of one file, by bucket, without listing them yet.

        Args:
            facts: Shape: one row per fact, columns of the family.
            family: where they belong.
            mark: that of the file they came from.

        Returns:
            the paths written, relative to the lake.
        """
        ids = facts.select("enterprise_id").distinct().to_pyarrow()["enterprise_id"]
        buckets = [bucket_of(enterprise_id) for enterprise_id in ids.to_pylist()]
        places = ibis.memtable(
            pa.table({"enterprise_id": ids, "bucket": pa.array(buckets, pa.int64())})
        )
        sorted_facts = (
            facts.join(places, "enterprise_id")
            .select("bucket", *schema_of(family))
            .order_by("bucket", "enterprise_id", "happened_on", "line")
        )
        schema = _arrow_of(family)
        parts: list[str] = []
        batches = sorted_facts.to_pyarrow_batches(chunk_size=_BATCH_ROWS)
        for bucket, runs in groupby(_runs(batches), key=itemgetter(0)):
            part = f"{family}/bucket={bucket:02d}/{mark}.parquet"
            path = self._root / part
            path.parent.mkdir(parents=True, exist_ok=True)
            with pq.ParquetWriter(path, schema, compression="zstd") as writer:
                for rows in _groups((run for _, run in runs), schema):
                    writer.write_table(rows, row_group_size=_GROUP_ROWS)
            parts.append(part)
        return tuple(parts)

    def list_file(self, account: FileAccount) -> None:
        """Enter a file into the manifest: from now on its facts count."""
        entries = [asdict(held) for held in (*self.accounts(), account)]
        text = json.dumps(entries, ensure_ascii=False, indent=1)
        fresh = self._root / _FRESH
        fresh.write_text(text, encoding="utf-8")
        fresh.replace(self._root / _MANIFEST)

    def _sweep(self, scratch: Path) -> None:
        """Remove a scratch folder and, unless its file is listed, all with its mark.

        Nothing else is touched: a lost list must not cost the facts it named.
        """
        mark = scratch.name
        if mark not in {mark_of(held.digest, held.source) for held in self.accounts()}:
            for pattern in (
                f"*/bucket=*/{mark}.parquet",
                f"rejects/*-{mark}.errors.csv",
            ):
                for path in self._root.glob(pattern):
                    path.unlink()
        (self._root / _FRESH).unlink(missing_ok=True)
        shutil.rmtree(scratch)
        if not any(scratch.parent.iterdir()):
            scratch.parent.rmdir()


_ARROW: Final = {
    "string": pa.string(),
    "date": pa.date32(),
    "int64": pa.int64(),
    "float64": pa.float64(),
}


def schema_of(family: str) -> dict[str, str]:
    """Return the columns of a family's facts and their types.

    >>> list(schema_of("electricity"))[:3]
    ['enterprise_id', 'happened_on', 'known_on']
    """
    source = next(s for s in SOURCES if s.family == family)
    columns = {column.name: DTYPES[column.kind] for column in source.columns}
    fixed = dict.fromkeys(source.fixed, "string")
    lead = {"enterprise_id": "string", "happened_on": "date", "known_on": "date"}
    return {**lead, **columns, **fixed, "file": "string", "line": "int64"}


def _arrow_of(family: str) -> pa.Schema:
    columns = schema_of(family).items()
    return pa.schema([(name, _ARROW[dtype]) for name, dtype in columns])


def _runs(batches: Iterable[pa.RecordBatch]) -> Iterator[tuple[int, pa.RecordBatch]]:
    """Cut batches sorted by bucket where the bucket changes."""
    for batch in batches:
        buckets = batch["bucket"].to_numpy()
        rows = batch.drop_columns(["bucket"])
        starts = [0, *(np.flatnonzero(np.diff(buckets)) + 1).tolist()]
        for start, end in zip(starts, [*starts[1:], len(buckets)], strict=True):
            if end > start:
                yield int(buckets[start]), rows.slice(start, end - start)


def _groups(runs: Iterable[pa.RecordBatch], schema: pa.Schema) -> Iterator[pa.Table]:
    """Gather rows into groups of one size: the same facts give the same bytes."""
    held: list[pa.RecordBatch] = []
    count = 0
    for run in runs:
        held.append(run)
        count += run.num_rows
        while count >= _GROUP_ROWS:
            table = pa.Table.from_batches(held)
            yield table.slice(0, _GROUP_ROWS).combine_chunks().cast(schema)
            held = table.slice(_GROUP_ROWS).to_batches()
            count -= _GROUP_ROWS
    if count:
        yield pa.Table.from_batches(held).combine_chunks().cast(schema)


def _lock(turn: TextIO) -> None:
    # Windows has no such lock; there the desk is the only one who writes.
    if sys.platform != "win32":
        try:
            fcntl.flock(turn, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise BusyLakeError from error
