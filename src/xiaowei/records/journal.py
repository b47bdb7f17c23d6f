"""A journal that only grows: each entry carries the hash of the one before."""

import hashlib
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final, Protocol

import sqlalchemy as sa

from xiaowei.errors import ConflictError, NotFoundError
from xiaowei.records.schema import DOCUMENTS, ENTRIES
from xiaowei.records.store import Store

FIRST: Final = "0" * 64
"""What stands in the first entry for the hash of the one before."""
_CHUNK: Final = 1_000


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


class Follower(Protocol):
    """Whatever is told of each entry, in the transaction that adds it."""

    def follow(self, connection: sa.Connection, entry: Entry) -> None:
        """Take an entry over."""


class BrokenJournalError(ConflictError):
    """An entry does not follow from the one before it."""

    def __init__(self, seq: int) -> None:
        """Name the first entry that is wrong."""
        super().__init__(
            f"journal entry {seq} does not follow from the entry before it",
            expected="each entry to carry the hash of the one before",
            remedy="Restore the records from a backup taken before the change",
        )


class LostDocumentError(ConflictError):
    """A document that an entry keeps is not there, or is another one."""

    def __init__(self, seq: int, digest: str) -> None:
        """Name the entry and the document."""
        super().__init__(
            f"document {digest[:12]} of journal entry {seq} is missing or was changed",
            expected="the text whose SHA-256 the entry names",
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
    """The record of all that was done, in one database.

    Args:
        store: the database, whose tables are there.
        followers: told of each entry in the same transaction, in this order.
    """

    def __init__(self, store: Store, *, followers: Sequence[Follower] = ()) -> None:
        """Open the journal."""
        self.store = store
        self._followers = tuple(followers)

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
        with self.store.writing() as connection:
            return self.append(
                connection, kind, body, made_at=made_at, document=document
            )

    def append(
        self,
        connection: sa.Connection,
        kind: str,
        body: dict[str, Any],
        *,
        made_at: str,
        document: str = "",
    ) -> Entry:
        """Add an entry within a transaction that writes, as `add` does.

        Args:
            connection: of `Store.writing`.
            kind: what was done.
            body: the facts of it.
            made_at: when, ISO 8601 in UTC.
            document: a text to keep, or empty.
        """
        if document:
            body = {**body, "document": keep(connection, document)}
        entry = _append(connection, kind, body, made_at)
        for follower in self._followers:
            follower.follow(connection, entry)
        return entry

    def entries(self, kind: str | None = None, *, after: int = 0) -> Iterator[Entry]:
        """Return entries, the first one first.

        Args:
            kind: those of one kind; null for all.
            after: those of a higher number.
        """
        with self.store.reading() as connection:
            yield from entries_of(connection, kind, after=after)

    def entry(self, seq: int) -> Entry | None:
        """Return the entry of a number, or null where there is none."""
        with self.store.reading() as connection:
            return self.entry_by(connection, seq)

    def entry_by(self, connection: sa.Connection, seq: int) -> Entry | None:
        """Return what `entry` does, by a connection that is open.

        Whoever writes takes no second connection: those who wait for him may hold all.
        """
        row = connection.execute(ENTRIES.select().where(ENTRIES.c.seq == seq)).first()
        return _entry(row) if row else None

    def head(self) -> tuple[int, str]:
        """Return number and hash of the last entry; 0 and `FIRST` of an empty one."""
        with self.store.reading() as connection:
            return _head(connection)

    def verify(self) -> int:
        """Return how many entries there are, having checked that each follows.

        Each document that an entry keeps is read, too.

        Raises:
            BrokenJournalError: an entry was changed, removed, or put in between.
            LostDocumentError: a document was.
        """
        before, count = FIRST, 0
        with self.store.reading() as connection:
            for count, row in enumerate(_rows(connection), start=1):
                entry = _following(row, count, before)
                self._check_documents(entry)
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
        with self.store.reading() as connection:
            return self.document_by(connection, digest)

    def document_by(self, connection: sa.Connection, digest: str) -> str:
        """Return what `document` does, by a connection that is open; see `entry_by`."""
        kept = sa.select(DOCUMENTS.c.text).where(DOCUMENTS.c.digest == digest)
        return connection.execute(kept).scalar() or ""

    def newest(self, kind: str) -> Entry:
        """Return the last entry of a kind, without its document.

        Raises:
            NoRunError: there is none.
        """
        asked = (
            ENTRIES.select()
            .where(ENTRIES.c.kind == kind)
            .order_by(ENTRIES.c.seq.desc())
            .limit(1)
        )
        with self.store.reading() as connection:
            row = connection.execute(asked).first()
        if row is None:
            raise NoRunError
        return _entry(row)

    def _check_documents(self, entry: Entry) -> None:
        for digest in _documents(entry.body):
            if digest_of(self.document(digest)) != digest:
                raise LostDocumentError(entry.seq, digest)


def entries_of(
    connection: sa.Connection, kind: str | None = None, *, after: int = 0
) -> Iterator[Entry]:
    """Return entries by an open connection, the first one first, a chunk at a time.

    Args:
        connection: any of the store's.
        kind: those of one kind; null for all.
        after: those of a higher number.
    """
    for row in _rows(connection, kind, after=after):
        yield _entry(row)


def keep(connection: sa.Connection, document: str) -> str:
    """Keep a text, once however often it comes, and return its digest."""
    digest = digest_of(document)
    held = connection.execute(
        sa.select(DOCUMENTS.c.digest).where(DOCUMENTS.c.digest == digest)
    ).first()
    if held is None:
        connection.execute(DOCUMENTS.insert().values(digest=digest, text=document))
    return digest


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


def _rows(
    connection: sa.Connection, kind: str | None = None, *, after: int | None = None
) -> Iterator[sa.Row[Any]]:
    """Return rows of the journal as they stand, in order, a chunk at a time.

    Args:
        connection: any of the store's.
        kind: those of one kind; null for all.
        after: those of a higher number; null for all, of whatever number.
    """
    asked = ENTRIES.select().order_by(ENTRIES.c.seq).limit(_CHUNK)
    if kind is not None:
        asked = asked.where(ENTRIES.c.kind == kind)
    while True:
        some = asked if after is None else asked.where(ENTRIES.c.seq > after)
        rows = connection.execute(some).all()
        yield from rows
        if len(rows) < _CHUNK:
            return
        after = rows[-1].seq


def _following(row: sa.Row[Any], count: int, before: str) -> Entry:
    """Return the entry of a row that is to be of a number, after one of a hash.

    Its facts are to stand to the letter as they are hashed: written otherwise they may
    be others to another reader.

    Raises:
        BrokenJournalError: it is not.
    """
    try:
        entry = _entry(row)
        written = canonical(entry.body)
        made = _hash(entry.seq, entry.made_at, entry.kind, entry.body, before)
    except (TypeError, ValueError, RecursionError) as error:
        raise BrokenJournalError(count) from error
    if (row.body, entry.seq, entry.before, entry.hash) != (
        written, count, before, made,
    ):  # fmt: skip
        raise BrokenJournalError(count)
    return entry


def _documents(body: object) -> Iterator[str]:
    """Return the digests of all documents that a body names, at any depth."""
    if isinstance(body, dict):
        for key, value in body.items():
            if key == "document" and isinstance(value, str):
                yield value
            else:
                yield from _documents(value)
    elif isinstance(body, list):
        for value in body:
            yield from _documents(value)


def _head(connection: sa.Connection) -> tuple[int, str]:
    last = connection.execute(
        sa.select(ENTRIES.c.seq, ENTRIES.c.hash).order_by(ENTRIES.c.seq.desc()).limit(1)
    ).first()
    return (last.seq, last.hash) if last else (0, FIRST)


def _append(
    connection: sa.Connection, kind: str, body: dict[str, Any], made_at: str
) -> Entry:
    seq, before = _head(connection)
    made = _hash(seq + 1, made_at, kind, body, before)
    entry = Entry(seq + 1, made_at, kind, body, before, made)
    connection.execute(
        ENTRIES.insert().values(
            seq=entry.seq,
            made_at=made_at,
            kind=kind,
            body=canonical(body),
            before=before,
            hash=made,
        )
    )
    return entry


def _hash(seq: int, made_at: str, kind: str, body: dict[str, Any], before: str) -> str:
    return digest_of(canonical([seq, made_at, kind, body, before]))


def _entry(row: sa.Row[Any]) -> Entry:
    return Entry(
        row.seq, row.made_at, row.kind, json.loads(row.body), row.before, row.hash
    )
