"""Facts kept as Parquet files that are only ever added, and the account of each file."""

import json
import zlib
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final

import ibis
import ibis.expr.types as ir
import pyarrow as pa
import pyarrow.parquet as pq

from xiaowei.errors import ConflictError
from xiaowei.facts.judge import DTYPES
from xiaowei.facts.sources import SOURCES

BUCKETS: Final = 16
_MANIFEST: Final = "manifest.json"


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


class BrokenLakeError(ConflictError):
    """The list of the lake's files cannot be read."""

    def __init__(self, path: Path) -> None:
        """Name the list."""
        super().__init__(
            f"the lake's list '{path.name}' is damaged",
            expected="the JSON that an earlier run wrote",
            remedy="Restore it from a backup, or begin with an empty --home",
        )


def bucket_of(enterprise_id: str) -> int:
    """Return the bucket that holds an enterprise's facts, 0..15, for ever the same.

    >>> bucket_of("E1")
    8
    """
    return zlib.crc32(enterprise_id.encode()) % BUCKETS


class Lake:
    """The facts of one home.

    Only files named in the manifest count; what a broken run left beside it is
    swept when the next file is added.
    """

    def __init__(self, root: Path, *, engine: ibis.BaseBackend) -> None:
        """Open the lake under a folder, which is made if it is not there."""
        self._root = root
        self._engine = engine
        root.mkdir(parents=True, exist_ok=True)

    @property
    def engine(self) -> ibis.BaseBackend:
        """The engine that reads the facts."""
        return self._engine

    @property
    def scratch(self) -> Path:
        """A folder for what does not outlive one file's reading."""
        folder = self._root / "scratch"
        folder.mkdir(exist_ok=True)
        return folder

    @property
    def rejects(self) -> Path:
        """The folder of rows set aside, one CSV per file."""
        folder = self._root / "rejects"
        folder.mkdir(exist_ok=True)
        return folder

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

    def facts(self, family: str) -> ir.Table:
        """Return all facts of a family.

        Args:
            family: e.g. `invoices`.

        Returns:
            Shape: one row per fact; the columns of the family's sources, `file` and
            `line` it came from. Empty, with the same columns, where none is held.
        """
        parts = [
            self._root / part
            for account in self.accounts()
            for part in account.parts
            if part.startswith(f"{family}/")
        ]
        if parts:
            return self._engine.read_parquet(parts)
        empty = pa.schema(
            [(name, _ARROW[dtype]) for name, dtype in schema_of(family).items()]
        ).empty_table()
        return ibis.memtable(empty)

    def put(self, facts: ir.Table, *, family: str, digest: str) -> tuple[str, ...]:
        """Write facts of one file, by bucket, without listing them yet.

        Args:
            facts: Shape: one row per fact, columns of the family.
            family: where they belong.
            digest: SHA-256 of the file they came from.

        Returns:
            the paths written, relative to the lake.
        """
        ids = facts.select("enterprise_id").distinct().to_pyarrow()
        named = ids.append_column(
            "bucket",
            pa.array([bucket_of(i) for i in ids["enterprise_id"].to_pylist()], pa.int8()),
        )
        placed = facts.join(ibis.memtable(named), "enterprise_id").order_by(
            "bucket", "enterprise_id", "happened_on", "line"
        )
        columns = list(schema_of(family))
        return _write_buckets(
            placed.select("bucket", *columns).to_pyarrow_batches(chunk_size=65_536),
            root=self._root,
            family=family,
            stem=digest[:16],
        )

    def list_file(self, account: FileAccount) -> None:
        """Enter a file into the manifest: from now on its facts count."""
        entries = [asdict(held) for held in (*self.accounts(), account)]
        text = json.dumps(entries, ensure_ascii=False, indent=1)
        fresh = self._root / f"{_MANIFEST}.new"
        fresh.write_text(text, encoding="utf-8")
        fresh.replace(self._root / _MANIFEST)

    def sweep(self) -> None:
        """Remove what a broken run left: parts that no account lists, and scratch."""
        listed = {part for account in self.accounts() for part in account.parts}
        for path in self._root.glob("*/bucket=*/*.parquet"):
            if path.relative_to(self._root).as_posix() not in listed:
                path.unlink()
        for path in self.scratch.iterdir():
            path.unlink()


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


def _write_buckets(
    batches: Iterable[pa.RecordBatch], *, root: Path, family: str, stem: str
) -> tuple[str, ...]:
    parts: list[str] = []
    writer: pq.ParquetWriter | None = None
    for batch in batches:
        for bucket, rows in _runs(batch):
            part = f"{family}/bucket={bucket:02d}/{stem}.parquet"
            if not parts or parts[-1] != part:
                if writer is not None:
                    writer.close()
                path = root / part
                path.parent.mkdir(parents=True, exist_ok=True)
                writer = pq.ParquetWriter(path, rows.schema, compression="zstd")
                parts.append(part)
            if writer is not None:
                writer.write_batch(rows)
    if writer is not None:
        writer.close()
    return tuple(parts)


def _runs(batch: pa.RecordBatch) -> list[tuple[int, pa.RecordBatch]]:
    buckets = batch["bucket"].to_numpy(zero_copy_only=False)
    rows = batch.drop_columns(["bucket"])
    runs: list[tuple[int, pa.RecordBatch]] = []
    start = 0
    for place in range(1, len(buckets) + 1):
        if place == len(buckets) or buckets[place] != buckets[start]:
            runs.append((int(buckets[start]), rows.slice(start, place - start)))
            start = place
    return runs
