"""The tables that are the record, and what keeps them from being changed."""

from typing import Final

import sqlalchemy as sa

META: Final = sa.MetaData()
ENTRIES: Final = sa.Table(
    "journal",
    META,
    sa.Column("seq", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("made_at", sa.Text, nullable=False),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("body", sa.Text, nullable=False),
    sa.Column("before", sa.Text, nullable=False),
    sa.Column("hash", sa.Text, nullable=False, unique=True),
    sa.Index("journal_kind", "kind", "seq"),
)
DOCUMENTS: Final = sa.Table(
    "documents",
    META,
    sa.Column("digest", sa.Text, primary_key=True),
    sa.Column("text", sa.Text, nullable=False),
)
FOLLOWED: Final = sa.Table(
    "followed",
    META,
    sa.Column("view", sa.Text, primary_key=True),
    sa.Column("version", sa.Integer, nullable=False),
    sa.Column("seq", sa.BigInteger, nullable=False),
    comment="how far each read model has followed the journal, and by which code",
)
_GROWING: Final = (ENTRIES.name, DOCUMENTS.name)


def guards(kind: str) -> list[str]:
    """Return the statements that make a database refuse to change the record.

    Args:
        kind: `sqlite` or `postgresql`.
    """
    if kind == "sqlite":
        return [
            f"CREATE TRIGGER IF NOT EXISTS {table}_no_{act.lower()} "
            f"BEFORE {act} ON {table} "
            f"BEGIN SELECT RAISE(ABORT, '{table} only grows'); END"
            for table in _GROWING
            for act in ("UPDATE", "DELETE")
        ]
    refuse = (
        "CREATE OR REPLACE FUNCTION only_grows() RETURNS trigger AS $$ BEGIN "
        "RAISE EXCEPTION '% only grows', TG_TABLE_NAME; END $$ LANGUAGE plpgsql"
    )
    return [
        refuse,
        *(
            f"CREATE OR REPLACE TRIGGER {table}_only_grows "
            f"BEFORE UPDATE OR DELETE OR TRUNCATE ON {table} "
            f"FOR EACH STATEMENT EXECUTE FUNCTION only_grows()"
            for table in _GROWING
        ),
    ]
