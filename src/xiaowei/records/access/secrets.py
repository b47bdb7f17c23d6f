"""What is kept of secrets and sessions: hashes only, and never in the journal.

These tables are not read models. The journal says that a password was set and by whom;
the hash stands here, and is gone when it is replaced.
"""

from typing import Final

import sqlalchemy as sa

from xiaowei.records.schema import META

PASSWORDS: Final = sa.Table(
    "passwords",
    META,
    sa.Column("login", sa.Text, primary_key=True),
    sa.Column("hash", sa.Text, nullable=False),
    sa.Column("set_at", sa.BigInteger, nullable=False),
)
SESSIONS: Final = sa.Table(
    "sessions",
    META,
    sa.Column("digest", sa.Text, primary_key=True),
    sa.Column("login", sa.Text, nullable=False, index=True),
    sa.Column("begun_at", sa.BigInteger, nullable=False),
    sa.Column("seen_at", sa.BigInteger, nullable=False),
    sa.Column("ends_at", sa.BigInteger, nullable=False),
    sa.Column("fresh_at", sa.BigInteger, nullable=False),
)
TOKENS: Final = sa.Table(
    "tokens",
    META,
    sa.Column("login", sa.Text, primary_key=True),
    sa.Column("digest", sa.Text, nullable=False),
    sa.Column("ends_at", sa.BigInteger, nullable=False),
    comment="single-use: of an account's activation; of the set-up where login is ''",
)
TRIES: Final = sa.Table(
    "tries",
    META,
    sa.Column("kind", sa.Text, primary_key=True),
    sa.Column("who", sa.Text, primary_key=True),
    sa.Column("count", sa.BigInteger, nullable=False),
    sa.Column("last_at", sa.BigInteger, nullable=False),
    sa.Column("until", sa.BigInteger, nullable=False),
    sa.CheckConstraint("kind IN ('account', 'address', 'stranger')", name="tries_kind"),
    sa.Index("tries_quiet", "kind", "last_at"),
)
"""Moments are whole seconds since 1970 in UTC."""
