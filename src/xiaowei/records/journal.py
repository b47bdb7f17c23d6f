"""A journal that only grows: each entry carries the hash of the one before."""

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import sqlalchemy as sa

from xiaowei.errors import ConflictError, NotFoundError

FIRST: Final = "0" * 64
"""What stands in the first entry for the hash of the one before."""

_META: Final = sa.MetaData()
_ENTRIES: Final = sa.Table(
    "journal",
    _META,
    sa.Column("seq", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("made_at", sa.Text, nullable=False),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("body", sa.Text, nullable=False),
    sa.Column("before", sa.Text, nullable=False),
    sa.Column("hash", sa.Text, nullable=False, unique=True),
)
_DOCUMENTS: Final = sa.Table(
    "documents",
    _META,
    sa.Column("digest", sa.Text, primary_key=True),
    sa.Column("text", sa.Text, nullable=False),
)
_GUARDS: Final = tuple(
    f"CREATE TRIGGER IF NOT EXISTS {table}_no_{act.lower()} BEFORE {act} ON {table} "
    f"BEGIN SELECT RAISE(ABORT, '{table} only grows'); END"
    for table in ("journal", "documents")
    for act in ("UPDATE", "DELETE")
)


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing that was done.

    Args:
        seq: its number, from 1 without gaps.
        made_at: when, ISO 8601 in UTC.
        kind: what, e.g. `run`.
        body: the facts of it, as plain values.
        before: the hash of the entry before.
        hash: SHA-256 over all of these.
    """

    seq: int
    made_at: str
    kind: str
    body: dict[str, Any]
    before: str
    hash: str


class BrokenJournalError(ConflictError):
    """An entry does not follow from the one before it."""

    def __init__(self, seq: int) -> None:
        """Name the first entry that is wrong."""
        super().__init__(
            f"journal entry {seq} does not follow from the entry before it",
            expected="each entry to carry the hash of the one before",
            remedy="Restore the records from a backup taken before the change",
        )


class NoRunError(NotFoundError):
    """Nothing has been run in this home yet."""

    def __init__(self) -> None:
        """Say how to make a run."""
        super().__init__(
            "no run is on record in this home",
            expected="at least one finished run",
            remedy="Run 'xiaowei --home HOME run FOLDER' first",
        )


class Journal:
    """The records of one home, in one SQLite file."""

    def __init__(self, path: Path) -> None:
        """Open the journal; the file is made if it is not there."""
        path.parent.mkdir(parents=True, exist_ok=True)
        self._engine = sa.create_engine(
            f"sqlite:///{path}", isolation_level="AUTOCOMMIT"
        )
        sa.event.listen(self._engine, "connect", _settings)
        with self._engine.connect() as connection:
            _META.create_all(connection)
            for guard in _GUARDS:
                connection.exec_driver_sql(guard)

    def close(self) -> None:
        """Let go of the file."""
        self._engine.dispose()

    def add(
        self, kind: str, body: dict[str, Any], *, made_at: str, document: str = ""
    ) -> Entry:
        """Add an entry, with a document kept whole beside it.

        Args:
            kind: what was done.
            body: the facts of it; `document` is filled in with the document's digest.
            made_at: when, ISO 8601 in UTC.
            document: a text to keep, or empty.
        """
        if document:
            body = {**body, "document": digest_of(document)}
        with self._engine.connect() as connection:
            # IMMEDIATE: two writers queue up here instead of failing at the commit.
            connection.exec_driver_sql("BEGIN IMMEDIATE")
            try:
                entry = self._append(connection, kind, body, made_at)
                if document:
                    _keep(connection, document)
            except BaseException:
                connection.exec_driver_sql("ROLLBACK")
                raise
            connection.exec_driver_sql("COMMIT")
        return entry

    def entries(self, kind: str | None = None) -> Iterator[Entry]:
        """Return entries, the first one first.

        Args:
            kind: those of one kind; null for all.
        """
        asked = _ENTRIES.select().order_by("seq")
        if kind is not None:
            asked = asked.where(_ENTRIES.c.kind == kind)
        with self._engine.connect() as connection:
            for row in connection.execute(asked):
                yield _entry(row)

    def verify(self) -> int:
        """Return how many entries there are, having checked that each follows.

        Raises:
            BrokenJournalError: one was changed, removed, or put in between.
        """
        before, count = FIRST, 0
        for count, entry in enumerate(self.entries(), start=1):
            made = _hash(entry.seq, entry.made_at, entry.kind, entry.body, before)
            if (entry.seq, entry.before, entry.hash) != (count, before, made):
                raise BrokenJournalError(count)
            before = entry.hash
        return count

    def latest(self, kind: str) -> tuple[Entry, str]:
        """Return the last entry of a kind and its document.

        Raises:
            NoRunError: there is none.
        """
        entry = self.newest(kind)
        return entry, self.document(entry.body.get("document", ""))

    def document(self, digest: str) -> str:
        """Return the text that an entry keeps beside it, empty where there is none.

        Args:
            digest: its SHA-256, as the entry's body names it.
        """
        kept = sa.select(_DOCUMENTS.c.text).where(_DOCUMENTS.c.digest == digest)
        with self._engine.connect() as connection:
            return connection.execute(kept).scalar() or ""

    def newest(self, kind: str) -> Entry:
        """Return the last entry of a kind, without its document.

        Raises:
            NoRunError: there is none.
        """
        asked = (
            _ENTRIES.select()
            .where(_ENTRIES.c.kind == kind)
            .order_by(_ENTRIES.c.seq.desc())
            .limit(1)
        )
        with self._engine.connect() as connection:
            row = connection.execute(asked).first()
        if row is None:
            raise NoRunError
        return _entry(row)

    def _append(
        self, connection: sa.Connection, kind: str, body: dict[str, Any], made_at: str
    ) -> Entry:
        last = connection.execute(
            sa.select(_ENTRIES.c.seq, _ENTRIES.c.hash)
            .order_by(_ENTRIES.c.seq.desc())
            .limit(1)
        ).first()
        seq, before = (last.seq + 1, last.hash) if last else (1, FIRST)
        entry = Entry(
            seq, made_at, kind, body, before, _hash(seq, made_at, kind, body, before)
        )
        connection.execute(
            _ENTRIES.insert().values(
                seq=seq,
                made_at=made_at,
                kind=kind,
                body=canonical(body),
                before=before,
                hash=entry.hash,
            )
        )
        return entry


def canonical(value: object) -> str:
    """Return plain values as JSON that is the same text wherever it is made.

    >>> canonical({"b": 1, "a": "微"})
    '{"a":"微","b":1}'
    """
    return json.dumps(
        value,
        ensure_ascii=False,
        sort_keys=True,
        separators=(",", ":"),
        allow_nan=False,
    )


def digest_of(text: str) -> str:
    """Return the SHA-256 of a text in UTF-8."""
    return hashlib.sha256(text.encode()).hexdigest()


def _hash(seq: int, made_at: str, kind: str, body: dict[str, Any], before: str) -> str:
    return digest_of(canonical([seq, made_at, kind, body, before]))


def _entry(row: sa.Row[Any]) -> Entry:
    return Entry(
        row.seq, row.made_at, row.kind, json.loads(row.body), row.before, row.hash
    )


def _keep(connection: sa.Connection, document: str) -> None:
    digest = digest_of(document)
    held = connection.execute(
        sa.select(_DOCUMENTS.c.digest).where(_DOCUMENTS.c.digest == digest)
    ).first()
    if held is None:
        connection.execute(_DOCUMENTS.insert().values(digest=digest, text=document))


def _settings(connection: Any, _record: object) -> None:  # noqa: ANN401 - a driver's own
    cursor = connection.cursor()
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "busy_timeout=30000"):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()
