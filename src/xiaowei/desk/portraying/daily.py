"""The portraits of all enterprises, kept from day to day, renewed where facts are new.

Between month ends a portrait changes only with new facts, or where a day that a fact
states comes, such as the end of a consent; what ages is kept as a day. So a day's
portraits are yesterday's, with those of the enterprises made anew of which that is
true; at the end of a month all are.
"""

import fcntl
import hashlib
import json
import shutil
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import reduce
from itertools import chain
from operator import or_
from pathlib import Path
from typing import Final

import ibis
import ibis.expr.types as ir
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from xiaowei.desk.portraying.chain import facts_of_others, network_of
from xiaowei.desk.portraying.chunks import chunk_of, chunks_for, opened, paths_of
from xiaowei.errors import ConflictError, NotFoundError
from xiaowei.facts.lake import Lake
from xiaowei.facts.sources import FAMILIES, contracts_of
from xiaowei.portraits.moments import Moments, anchor_of
from xiaowei.portraits.parts import PARTS, TRAITS
from xiaowei.portraits.portrait import dated, undated

_STATE: Final = "state.json"
_LOCK: Final = "renewing.lock"
_SHARE: Final = 0.3
_FEW: Final = 1000
_SHARED: Final = "shared.parquet"
_SCRATCH: Final = "scratch"
_ID: Final = "enterprise_id"
_OWN: Final = tuple(part for part in PARTS if part.alone)
_OTHERS: Final = tuple(part for part in PARTS if not part.alone)
_NOT_STATED: Final = {"happened_on", "known_on"}

Progress = Callable[[int, int], None]
"""Is told how many of how many chunks are done."""


class NoPortraitsError(NotFoundError):
    """No portraits are kept, or only such as an earlier release made."""

    def __init__(self) -> None:
        """Say so."""
        super().__init__(
            "no portraits of this release are kept in this home",
            expected="portraits that were renewed at least once",
            remedy="Renew them for a day first",
        )


class NoFactsError(NotFoundError):
    """There is nobody to portray."""

    def __init__(self) -> None:
        """Say so."""
        super().__init__(
            "no fact about an enterprise is held in this home",
            expected="at least one file of a source about enterprises",
            remedy="Take files in first",
        )


class BusyPortraitsError(ConflictError):
    """Somebody else is renewing the portraits."""

    def __init__(self) -> None:
        """Say so."""
        super().__init__(
            "another renewal of these portraits is under way",
            expected="one renewal at a time",
            remedy="Wait until it is done",
        )


@dataclass(frozen=True, slots=True)
class Renewal:
    """What renewing the portraits came to.

    Args:
        as_of: the day they are of now.
        whole: whether all were made anew.
        renewed: how many enterprises were; those of which anything may be new.
    """

    as_of: date
    whole: bool
    renewed: int


@dataclass(frozen=True, slots=True)
class _State:
    """Which day's portraits are kept where, of which traits, from which parts."""

    as_of: date
    folder: str
    chunks: int
    parts: frozenset[str]
    traits: str


class Portraits:
    """The portraits kept in a folder; whatever it holds can be made again."""

    def __init__(self, folder: Path, *, lake: Lake) -> None:
        """Take a folder of its own, made if it is not there."""
        self._folder = folder
        self._lake = lake
        folder.mkdir(parents=True, exist_ok=True)

    def renew(self, *, as_of: date, progress: Progress | None = None) -> Renewal:
        """Bring the portraits to a day.

        Args:
            as_of: any day; where all must be made anew, as for an earlier day than
                that kept or after a month's end, they are.
            progress: is told how far it is, where all are made anew.

        Returns:
            what was done; `table` is then what `portraits` of the day would be. Broken
            off before its end, it leaves the portraits as they were.

        Raises:
            NoFactsError: the lake holds nothing about an enterprise.
            BusyPortraitsError: somebody else is renewing them.
        """
        if not paths_of(self._lake):
            raise NoFactsError
        with (self._folder / _LOCK).open("w") as turn:
            try:
                fcntl.flock(turn, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError as error:
                raise BusyPortraitsError from error
            return self._renew(as_of, progress or _silent)

    def _renew(self, as_of: date, progress: Progress) -> Renewal:
        held = self._state()
        name = f"{as_of.isoformat()}-{0 if held is None else _next(held.folder)}"
        self._clear(held)
        into = self._folder / name
        into.mkdir()
        kept = 0 if held is None else held.chunks
        now = _State(as_of, name, kept, self._parts(), _dictionary())
        if held is not None and not _all_change(held, now):
            ids = self._touched(held, now)
            if len(ids) <= self._most_anew(held):
                self._make_some(held, now, ids)
                self._keep(now)
                return Renewal(as_of, whole=False, renewed=len(ids))
        now = replace(now, chunks=chunks_for(paths_of(self._lake)))
        count = self._make_all(now, progress)
        self._keep(now)
        return Renewal(as_of, whole=True, renewed=count)

    def _most_anew(self, held: _State) -> float:
        """Return of how many enterprises it pays to gather the facts apart."""
        rows: int = sum(
            pq.read_metadata(self._path(held, chunk)).num_rows
            for chunk in range(held.chunks)
        )
        return max(_FEW, rows * _SHARE)

    def table(self) -> ir.Table:
        """Return the portraits of the day they were last brought to.

        Returns:
            Shape: one row per enterprise; as `portraits` has it.

        Raises:
            NoPortraitsError: none were ever made.
        """
        held = self._state()
        if held is None or held.traits != _dictionary():
            raise NoPortraitsError
        folder = self._folder / held.folder
        engine = self._lake.engine
        own = engine.read_parquet(sorted(folder.glob("chunk=*.parquet")))
        shared = engine.read_parquet(folder / _SHARED)
        joined = own.left_join(shared, own[_ID] == shared[_ID])
        columns = {
            trait.name: (own if trait.name in own.columns else shared)[trait.name]
            for trait in TRAITS
        }
        rows = joined.select(own[_ID], **columns)
        return dated(rows, as_of=ibis.literal(held.as_of))

    def _make_all(self, now: _State, progress: Progress) -> int:
        """Make the portraits chunk by chunk, so that memory does not grow with them.

        Returns:
            how many enterprises there are.
        """
        count = 0
        scratch = self._folder / now.folder / _SCRATCH
        with opened(
            paths_of(self._lake), scratch=scratch, as_of=now.as_of, parts=_OWN
        ) as chunks:
            for chunk in range(now.chunks):
                path = self._path(now, chunk)
                chunks.write(chunk, of=now.chunks, into=path)
                count += pq.read_metadata(path).num_rows
                progress(chunk + 1, now.chunks)
        self._make_shared(now)
        return count

    def _make_some(self, held: _State, now: _State, ids: pa.Array) -> None:
        folder = self._folder / now.folder
        copies, made = folder / "copies", folder / "renewed.parquet"
        paths = self._copied(ids, into=copies)
        with opened(
            paths, scratch=folder / _SCRATCH, as_of=now.as_of, parts=_OWN
        ) as chunks:
            chunks.write(0, of=1, into=made)
        renewed = pq.read_table(made)
        shutil.rmtree(copies)
        made.unlink()
        places = _chunks_of(renewed[_ID], of=now.chunks)
        for chunk in range(now.chunks):
            old = pq.read_table(self._path(held, chunk))
            kept = old.filter(pc.invert(pc.is_in(old[_ID], value_set=ids)))
            fresh = renewed.filter(pc.equal(places, chunk)).cast(old.schema)
            whole = pa.concat_tables([kept, fresh]).sort_by(_ID)
            pq.write_table(whole, self._path(now, chunk))
        self._make_shared(now)

    def _make_shared(self, now: _State) -> None:
        """Make what rests on others' facts, for everybody."""
        network = network_of(self._lake, as_of=now.as_of, folder=self._folder)
        facts = facts_of_others(self._lake, engine=self._lake.engine, network=network)
        rows = undated(facts, Moments((now.as_of,)), parts=_OTHERS)
        self._lake.engine.to_parquet(rows, self._folder / now.folder / _SHARED)

    def _touched(self, held: _State, now: _State) -> pa.Array:
        """Return the enterprises whose portraits may differ from those kept."""
        found = [
            self._lake.engine.to_pyarrow(rows.select(_ID).distinct())[_ID]
            for family in FAMILIES
            for rows in self._new_rows(family, held, now)
        ]
        chunks = [chunk for column in found for chunk in column.chunks]
        return pc.unique(pa.chunked_array(chunks, pa.string()))

    def _new_rows(self, family: str, held: _State, now: _State) -> Iterator[ir.Table]:
        """Return the facts of a family for which a portrait may have to be renewed."""
        origins = self._lake.origins(family)
        new = [path for path, parts in origins.items() if not parts <= held.parts]
        if new:
            rows = self._read(new)
            parts = frozenset().union(*origins.values()) - held.parts
            # A part merged from old and new ones holds the facts of both.
            yield rows.filter(rows.file.isin(sorted(self._files_of(parts))))
        old = [path for path, parts in origins.items() if parts & held.parts]
        late = [path for path in old if _last_known(path) > held.as_of]
        if late:
            rows = self._read(late)
            day = ibis.greatest(rows.known_on, rows.happened_on)
            yield rows.filter(day.between(held.as_of, now.as_of))
        coming = _coming(family)
        if old and coming:
            rows = self._read(old)
            days = [rows[name].between(held.as_of, now.as_of) for name in coming]
            yield rows.filter(reduce(or_, days))

    def _read(self, paths: Sequence[Path]) -> ir.Table:
        return self._lake.engine.read_parquet(list(paths), hive_partitioning=False)

    def _copied(self, ids: pa.Array, *, into: Path) -> dict[str, list[Path]]:
        """Copy all facts of some enterprises, in one pass over the lake."""
        wanted = ibis.memtable(pa.table({_ID: ids}))
        copied = {}
        for family in FAMILIES:
            if self._lake.holds(family):
                path = into / family / "bucket=00" / "copy.parquet"
                path.parent.mkdir(parents=True)
                facts = self._lake.facts(family).semi_join(wanted, _ID)
                self._lake.engine.to_parquet(facts, path)
                copied[family] = [path]
        return copied

    def _parts(self) -> frozenset[str]:
        """Return the parts, as they came with files, of all that is held."""
        every = (self._lake.origins(family).values() for family in FAMILIES)
        return frozenset().union(*chain.from_iterable(every))

    def _files_of(self, parts: frozenset[str]) -> set[str]:
        """Return the names of the files that some parts came with."""
        accounts = self._lake.accounts()
        return {one.file for one in accounts if not parts.isdisjoint(one.parts)}

    def _path(self, state: _State, chunk: int) -> Path:
        return self._folder / state.folder / f"chunk={chunk:02d}.parquet"

    def _state(self) -> _State | None:
        path = self._folder / _STATE
        if not path.exists():
            return None
        told = json.loads(path.read_text(encoding="utf-8"))
        return _State(
            date.fromisoformat(told["as_of"]),
            told["folder"],
            told["chunks"],
            frozenset(told["parts"]),
            told["traits"],
        )

    def _keep(self, now: _State) -> None:
        """Let the new portraits count: from now on they are what `table` returns."""
        told = {
            "as_of": now.as_of.isoformat(),
            "folder": now.folder,
            "chunks": now.chunks,
            "parts": sorted(now.parts),
            "traits": now.traits,
        }
        fresh = self._folder / f"{_STATE}.new"
        fresh.write_text(json.dumps(told, indent=1), encoding="utf-8")
        fresh.replace(self._folder / _STATE)

    def _clear(self, held: _State | None) -> None:
        """Remove what a renewal that was broken off, or an older one, has left."""
        for path in self._folder.iterdir():
            if path.is_dir() and (held is None or path.name != held.folder):
                shutil.rmtree(path)


def _next(folder: str) -> int:
    return int(folder.rsplit("-", 1)[1]) + 1


def _all_change(held: _State, now: _State) -> bool:
    """Test whether every portrait may differ.

    They may where a month has ended, where traits are new or mean something else, where
    enterprises are asked for consent that never were before, and where facts are gone,
    as in a lake that took the place of another.
    """
    asked = [any(p.startswith("consents/") for p in one.parts) for one in (held, now)]
    return (
        anchor_of(held.as_of) != anchor_of(now.as_of)
        or now.as_of < held.as_of
        or held.traits != now.traits
        or asked == [False, True]
        or not held.parts <= now.parts
    )


def _dictionary() -> str:
    """Return what tells one release's traits from another's: all that they say."""
    said = [f"{t.name} {t.unit} {t.window} {t.meaning}" for t in TRAITS]
    return hashlib.sha256("\n".join(said).encode()).hexdigest()


def _coming(family: str) -> list[str]:
    """Return the days that a family's facts state beside their own."""
    return sorted(
        {
            column.name
            for source in contracts_of(family)
            for column in source.columns
            if column.kind == "day" and column.name not in _NOT_STATED
        }
    )


def _last_known(path: Path) -> date:
    """Return the last day on which a fact of a part was known or had happened."""
    known = pq.read_metadata(path)
    places = {known.schema.column(n).name: n for n in range(known.num_columns)}
    days: list[date] = [
        known.row_group(group).column(places[name]).statistics.max
        for group in range(known.num_row_groups)
        for name in _NOT_STATED
    ]
    return max(days)


def _chunks_of(ids: pa.ChunkedArray, *, of: int) -> pa.Array:
    return pa.array([chunk_of(one, of=of) for one in ids.to_pylist()], pa.int64())


def _silent(_done: int, _of: int) -> None:
    """Tell nobody."""
