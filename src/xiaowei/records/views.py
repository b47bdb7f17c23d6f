"""Read models: tables that say what the journal adds up to, and may be dropped."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import sqlalchemy as sa

from xiaowei.records.journal import Entry, entries_of
from xiaowei.records.schema import FOLLOWED
from xiaowei.records.store import Store

Take = Callable[[sa.Connection, Entry], None]
"""Takes one entry over into the tables of a view."""


@dataclass(frozen=True, slots=True)
class View:
    """One read model.

    Args:
        name: of the view.
        version: of its code; where another one filled the tables, they are built anew.
        tables: its own, of a metadata that no other view uses.
        takes: kind of entry to what is done with it; other kinds are passed over.
    """

    name: str
    version: int
    tables: sa.MetaData
    takes: Mapping[str, Take]

    def follow(self, connection: sa.Connection, entry: Entry) -> None:
        """Take an entry over, in the transaction that adds it."""
        take = self.takes.get(entry.kind)
        if take is not None:
            take(connection, entry)
        connection.execute(
            FOLLOWED.update().where(FOLLOWED.c.view == self.name).values(seq=entry.seq)
        )

    def rebuild(self, connection: sa.Connection) -> int:
        """Drop the tables and build them from the journal; return entries taken over.

        Args:
            connection: of `Store.writing`.
        """
        self.tables.drop_all(connection)
        self.tables.create_all(connection)
        connection.execute(FOLLOWED.delete().where(FOLLOWED.c.view == self.name))
        taken = last = 0
        for entry in entries_of(connection):
            take = self.takes.get(entry.kind)
            if take is not None:
                take(connection, entry)
                taken += 1
            last = entry.seq
        connection.execute(
            FOLLOWED.insert().values(view=self.name, version=self.version, seq=last)
        )
        return taken


def catch_up(store: Store, views: Sequence[View]) -> list[str]:
    """Build anew every view that is of other code or behind, and return their names.

    Args:
        store: the records, of today's schema.
        views: all there are.
    """
    with store.reading() as connection:
        if not _stale(connection, views):
            return []
    with store.writing() as connection:
        # Looked at again now that nobody else writes: an entry that came between the
        # two looks of the first time made views seem behind.
        stale = _stale(connection, views)
        for view in stale:
            view.rebuild(connection)
    return [view.name for view in stale]


def _stale(connection: sa.Connection, views: Sequence[View]) -> list[View]:
    found = {
        row.view: (row.version, row.seq)
        for row in connection.execute(FOLLOWED.select())
    }
    head = connection.execute(_HEAD).scalar() or 0
    return [view for view in views if found.get(view.name) != (view.version, head)]


_HEAD: Final = sa.text("SELECT max(seq) FROM journal")
