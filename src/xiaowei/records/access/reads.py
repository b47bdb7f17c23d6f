"""Who looked at what is sensitive, and why: the journal's `read`, to search in."""

from typing import Final

import sqlalchemy as sa

from xiaowei.records.journal import Entry
from xiaowei.records.views import View

READ: Final = "read"
"""Kind of the journal's entries."""
_META: Final = sa.MetaData()
READS: Final = sa.Table(
    "reads",
    _META,
    sa.Column("number", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("at", sa.Text, nullable=False),
    sa.Column("login", sa.Text, nullable=False),
    sa.Column("person", sa.Text, nullable=False),
    sa.Column("operation", sa.Text, nullable=False),
    sa.Column("about", sa.Text, nullable=False),
    sa.Column("what", sa.Text, nullable=False),
    sa.Column("why", sa.Text, nullable=False),
    sa.Index("reads_of", "person", "operation", "at"),
    sa.Index("reads_about", "about"),
)


def count_since(
    connection: sa.Connection, person: str, operation: str, *, since: str
) -> int:
    """Return how often a person read by an operation.

    Args:
        connection: any of the store's.
        person: the employee number.
        operation: by which.
        since: from this moment on, ISO 8601 in UTC.
    """
    asked = (
        sa.select(sa.func.count())
        .select_from(READS)
        .where(READS.c.person == person, READS.c.operation == operation)
        .where(READS.c.at >= since)
    )
    return connection.execute(asked).scalar_one()


def _read(connection: sa.Connection, entry: Entry) -> None:
    hand, names = entry.body["by"], ("operation", "about", "what", "why")
    connection.execute(
        READS.insert().values(
            number=entry.seq,
            at=entry.made_at,
            login=hand["login"],
            person=hand["person"],
            **{name: entry.body[name] for name in names},
        )
    )


VIEW: Final = View("reads", 1, _META, {READ: _read})
