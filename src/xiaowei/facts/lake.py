"""Facts kept as Parquet files that are only ever added; the account of each file."""

import fcntl
import hashlib
import shutil
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Final, TextIO, TypeAlias

import ibis
import ibis.expr.types as ir

from xiaowei.errors import ConflictError
from xiaowei.facts.compacting import MANY_PARTS, mark_of_merge, merges
from xiaowei.facts.manifest import (
    BrokenLakeError,
    FileAccount,
    Manifest,
    OldLakeError,
    manifest_at,
    mark_of,
)
from xiaowei.facts.parts import (
    BATCH_ROWS,
    BUCKETS,
    bucket_of,
    key_of,
    schema_of,
    write_parts,
)

__all__ = [
    "BUCKETS",
    "MANIFEST",
    "BrokenLakeError",
    "BusyLakeError",
    "FileAccount",
    "Lake",
    "LostPartError",
    "OldLakeError",
    "bucket_of",
    "mark_of",
    "schema_of",
]

SPILL: Final = "spill"
"""Where an engine may put what does not fit in memory while a file is added."""

Settle: TypeAlias = Callable[[Path], None]
"""Waits until what was written to a file, or entered in a folder, outlives the power;
the desk hands in one that does."""

MANIFEST: Final = "manifest.json"
_FRESH: Final = "manifest.json.new"
_LOCK: Final = "adding.lock"
_SCRATCH: Final = "scratch"
_DIGEST_BYTES: Final = 2**20


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


def at_once(path: Path) -> None:
    """Take what was written as kept: it outlives this process, not the power."""


class Lake:
    """The facts of one home.

    Only files named in the manifest count; what a broken run left beside it is removed
    when the next file is added, and at once where the run could still do so. All that
    the manifest names is settled before it is.
    """

    def __init__(
        self, root: Path, *, engine: ibis.BaseBackend, settle: Settle = at_once
    ) -> None:
        """Open the lake under a folder, which is made if it is not there."""
        self._root = root
        self._engine = engine
        self._settle = settle
        self._opened: dict[tuple[str, tuple[str, ...]], ir.Table] = {}
        root.mkdir(parents=True, exist_ok=True)

    @property
    def root(self) -> Path:
        """The folder that holds it."""
        return self._root

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

    def through(self, engine: ibis.BaseBackend) -> "Lake":
        """Return the same lake, read and written by another engine."""
        return Lake(self._root, engine=engine, settle=self._settle)

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
        with self._turn(), self._scratch(mark) as scratch:
            yield scratch

    def accounts(self) -> tuple[FileAccount, ...]:
        """Return the account of every file held, in the order they came.

        Raises:
            BrokenLakeError: the manifest is no JSON of ours.
        """
        return self._manifest().accounts

    def holds(self, family: str) -> bool:
        """Test whether any fact of a family is held."""
        return any(part.startswith(f"{family}/") for part in self._manifest().parts)

    def facts(self, family: str, *, enterprise_id: str | None = None) -> ir.Table:
        """Return all facts of a family.

        Args:
            family: e.g. `invoices`.
            enterprise_id: where given, only the files that may hold its facts are read;
                other enterprises' facts may still be among them.

        Returns:
            Shape: one row per fact; the columns of `schema_of`. Empty, with the same
            columns, where none is held.

        Raises:
            LostPartError: a file that holds some of them is gone.
        """
        bucket = None if enterprise_id is None else bucket_of(enterprise_id)
        folder = "" if bucket is None else f"bucket={bucket:02d}/"
        parts = self._manifest().parts
        mine = (part for part in parts if part.startswith(f"{family}/{folder}"))
        return self._table(family, tuple(mine))

    @property
    def state(self) -> str:
        """What tells the lake as it stands from itself with any part more or less."""
        listed = "\n".join(self._manifest().parts)
        return hashlib.sha256(listed.encode()).hexdigest()

    def paths(self, family: str) -> tuple[Path, ...]:
        """Return the files that hold a family's facts, in the order they came."""
        parts = self._manifest().parts
        return tuple(self._root / one for one in parts if one.startswith(f"{family}/"))

    def origins(self, family: str) -> dict[Path, frozenset[str]]:
        """Return the files that hold a family's facts, and what they were made from.

        Returns:
            each of `paths` to parts as they came with files, as `FileAccount.parts`
            names them: itself, or where it was merged from others, all that it takes
            the place of, merged ones among them resolved.
        """
        held = self._manifest()
        return {
            self._root / part: frozenset(held.origins_of(part))
            for part in held.parts
            if part.startswith(f"{family}/")
        }

    def digest(self) -> str:
        """Return a hash of all that counts: accounts, parts and lists of rejects.

        The same files, under the same names and received on the same days, handed in
        by the same calls in the same order, give the same digest, however often an
        intake was broken off and done again.

        Raises:
            BrokenLakeError: the manifest is no JSON of ours.
            LostPartError: a file that the manifest names is gone.
        """
        held = self._manifest()
        whole = hashlib.sha256(replace(held, retired=()).written().encode())
        lists = [self.rejects_of(account) for account in held.accounts]
        named = [f"rejects/{path.name}" for path in lists if path is not None]
        for name in (*held.parts, *named):
            path = self._root / name
            if not path.exists():
                raise LostPartError(name)
            with path.open("rb") as file:
                content = hashlib.file_digest(file, "sha256").hexdigest()
            whole.update(f"{name}\n{content}\n".encode())
        return whole.hexdigest()

    def put(self, facts: ir.Table, *, family: str, mark: str) -> tuple[str, ...]:
        """Write facts of one file, by bucket, without listing them yet.

        Args:
            facts: Shape: one row per fact, columns of the family.
            family: where they belong.
            mark: that of the file they came from.

        Returns:
            the paths written, relative to the lake.
        """
        ordered = facts.select(*schema_of(family)).order_by(
            key_of(family), "happened_on", "line"
        )
        return self._written(ordered, family=family, mark=mark)

    def list_file(self, account: FileAccount) -> None:
        """Enter a file into the manifest: from now on its facts count."""
        rejects = self.rejects_of(account)
        if rejects is not None:
            self._settle(rejects)
            self._settle(rejects.parent)
        self._list(self._manifest().with_file(account))

    def compact(self, families: Iterable[str], *, many: int = MANY_PARTS) -> int:
        """Merge the small parts of each bucket that has many of them, in one turn.

        Facts, their order for a reader, and accounts stay as they are. Files that were
        merged stay until the lake is next held, for whoever is reading them.

        Args:
            families: whose parts.
            many: how many small parts a bucket may have.

        Returns:
            how many parts were merged into others.

        Raises:
            BusyLakeError: somebody else holds the lake.
        """
        with self._turn():
            held = self._manifest()
            groups = [
                (family, group)
                for family in dict.fromkeys(families)
                for group in merges(self._sizes(held, family), many=many)
            ]
            old = [part for _, group in groups for part in group]
            if not old:
                return 0
            mark = mark_of_merge(old)
            with self._scratch(mark):
                merged: dict[str, Sequence[str]] = {}
                for family, group in groups:
                    (part,) = self._merged(family, group, mark=mark)
                    merged[part] = group
                self._list(held.with_merged(merged))
        return len(old)

    def _sizes(self, held: Manifest, family: str) -> dict[str, int]:
        mine = (part for part in held.parts if part.startswith(f"{family}/"))
        return {part: (self._root / part).stat().st_size for part in mine}

    def _merged(
        self, family: str, parts: Sequence[str], *, mark: str
    ) -> tuple[str, ...]:
        facts = self._table(family, tuple(parts))
        lead = [key_of(family), "happened_on", "known_on", "file", "line"]
        rest = [name for name in schema_of(family) if name not in lead]
        return self._written(facts.order_by(*lead, *rest), family=family, mark=mark)

    def _written(self, facts: ir.Table, *, family: str, mark: str) -> tuple[str, ...]:
        batches = facts.to_pyarrow_batches(chunk_size=BATCH_ROWS)
        parts = write_parts(batches, family=family, mark=mark, root=self._root)
        for part in parts:
            self._settle(self._root / part)
            self._settle((self._root / part).parent)
        if parts:
            self._settle(self._root / family)
            self._settle(self._root)
        return parts

    def _manifest(self) -> Manifest:
        return manifest_at(self._root / MANIFEST)

    def _list(self, manifest: Manifest) -> None:
        fresh = self._root / _FRESH
        fresh.write_text(manifest.written(), encoding="utf-8")
        self._settle(fresh)
        fresh.replace(self._root / MANIFEST)
        self._settle(self._root)

    def _table(self, family: str, parts: tuple[str, ...]) -> ir.Table:
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

    @contextmanager
    def _turn(self) -> Iterator[None]:
        """Hold the lake, once rid of what earlier turns left."""
        with (self._root / _LOCK).open("w") as turn:
            _lock(turn)
            shutil.rmtree(self._root / SPILL, ignore_errors=True)
            for left in self._root.glob(f"{_SCRATCH}/*"):
                self._sweep(left)
            for part in self._manifest().retired:
                (self._root / part).unlink(missing_ok=True)
            yield

    @contextmanager
    def _scratch(self, mark: str) -> Iterator[Path]:
        scratch = self._root / _SCRATCH / mark
        scratch.mkdir(parents=True)
        try:
            yield scratch
        finally:
            self._sweep(scratch)

    def _sweep(self, scratch: Path) -> None:
        """Remove a scratch folder and what bears its mark, unless it is listed.

        Nothing else is touched: a lost list must not cost the facts it named.
        """
        mark = scratch.name
        held = self._manifest()
        listed = {*held.parts, *held.retired}
        for path in self._root.glob(f"*/bucket=*/{mark}.parquet"):
            if path.relative_to(self._root).as_posix() not in listed:
                path.unlink()
        if mark not in {account.mark for account in held.accounts}:
            for path in self._root.glob(f"rejects/*-{mark}.errors.csv"):
                path.unlink()
        (self._root / _FRESH).unlink(missing_ok=True)
        shutil.rmtree(scratch)
        if not any(scratch.parent.iterdir()):
            scratch.parent.rmdir()


def _lock(turn: TextIO) -> None:
    try:
        fcntl.flock(turn, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        raise BusyLakeError from error
