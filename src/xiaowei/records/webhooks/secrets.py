"""Secrets by which receivers know who tells them; the journal has none.

This table is no read model: the journal says that a secret was made and by whom, and
the secret stands here, sealed where the home has a keyring, until it is replaced. 密钥
"""

from dataclasses import dataclass
from typing import Any, Final

import sqlalchemy as sa

from xiaowei.records.schema import META

SECRETS: Final = sa.Table(
    "webhook_secrets",
    META,
    sa.Column("receiver", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("entry", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("secret", sa.Text, nullable=False),
    sa.Column("ends_at", sa.BigInteger),
)


@dataclass(frozen=True, slots=True)
class Kept:
    """A secret as it is kept.

    Args:
        receiver: whose.
        entry: of the journal, which says that it was made.
        secret: sealed, or as it is where the home has no keyring.
        ends_at: seconds since 1970 from which on it signs no more; null for never.
    """

    receiver: int
    entry: int
    secret: str
    ends_at: int | None


def keep(connection: sa.Connection, one: Kept, *, overlap_until: int) -> None:
    """Keep a new secret; the one before signs for a while yet, all others are gone.

    Args:
        connection: of `Store.writing`.
        one: the new one.
        overlap_until: seconds since 1970 up to which the one before signs.
    """
    mine = SECRETS.c.receiver == one.receiver
    older = mine & SECRETS.c.ends_at.is_not(None)
    connection.execute(SECRETS.delete().where(older))
    connection.execute(SECRETS.update().where(mine).values(ends_at=overlap_until))
    connection.execute(
        SECRETS.insert().values(
            receiver=one.receiver, entry=one.entry, secret=one.secret, ends_at=None
        )
    )


def live(connection: sa.Connection, receiver: int, *, at: int) -> list[Kept]:
    """Return the secrets that sign for a receiver, the newest first.

    Args:
        connection: any of the store's.
        receiver: whose.
        at: the moment, in seconds since 1970.
    """
    asked = (
        SECRETS.select()
        .where(SECRETS.c.receiver == receiver)
        .where(SECRETS.c.ends_at.is_(None) | (SECRETS.c.ends_at > at))
        .order_by(SECRETS.c.entry.desc())
    )
    return [_kept(row) for row in connection.execute(asked)]


def every(connection: sa.Connection) -> list[Kept]:
    """Return all secrets that are kept."""
    return [_kept(row) for row in connection.execute(SECRETS.select())]


def replace(connection: sa.Connection, one: Kept) -> None:
    """Keep a secret in another form: sealed anew."""
    mine = (SECRETS.c.receiver == one.receiver) & (SECRETS.c.entry == one.entry)
    connection.execute(SECRETS.update().where(mine).values(secret=one.secret))


def forget(connection: sa.Connection, receiver: int) -> None:
    """Drop all secrets of a receiver."""
    connection.execute(SECRETS.delete().where(SECRETS.c.receiver == receiver))


def _kept(row: "sa.Row[Any]") -> Kept:
    return Kept(row.receiver, row.entry, row.secret, row.ends_at)
