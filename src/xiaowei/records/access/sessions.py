"""Sessions on the server: of a token only its hash is kept, and each ends by itself."""

import hashlib
from dataclasses import dataclass

import sqlalchemy as sa

from xiaowei.records.access.secrets import SESSIONS


@dataclass(frozen=True, slots=True)
class Kept:
    """One session; moments are seconds since 1970 in UTC.

    Args:
        login: whose.
        begun_at: when it began.
        seen_at: when something was last asked for in it, to the minute.
        ends_at: when it ends, whatever is done in it.
        fresh_at: when the password was last given.
    """

    login: str
    begun_at: int
    seen_at: int
    ends_at: int
    fresh_at: int

    def live(self, at: int, *, idle: int) -> bool:
        """Test whether it goes on.

        Args:
            at: the moment.
            idle: seconds without a request after which it has ended.
        """
        return at < self.ends_at and at - self.seen_at < idle


def hashed(token: str) -> str:
    """Return what is kept of a token: its SHA-256, in hexadecimal.

    A token has 256 random bits, so that a slow hash would add nothing.
    """
    return hashlib.sha256(token.encode()).hexdigest()


def begin(connection: sa.Connection, token: str, kept: Kept) -> None:
    """Put a session on record, and drop those that have ended.

    Args:
        connection: of `Store.writing`.
        token: new, of 256 random bits.
        kept: what is known of it.
    """
    connection.execute(SESSIONS.delete().where(SESSIONS.c.ends_at <= kept.begun_at))
    connection.execute(
        SESSIONS.insert().values(
            digest=hashed(token),
            login=kept.login,
            begun_at=kept.begun_at,
            seen_at=kept.seen_at,
            ends_at=kept.ends_at,
            fresh_at=kept.fresh_at,
        )
    )


def find(connection: sa.Connection, token: str) -> Kept | None:
    """Return the session of a token, whether it goes on or not; null for none."""
    row = connection.execute(
        SESSIONS.select().where(SESSIONS.c.digest == hashed(token))
    ).first()
    if row is None:
        return None
    return Kept(row.login, row.begun_at, row.seen_at, row.ends_at, row.fresh_at)


def touch(connection: sa.Connection, token: str, at: int) -> None:
    """Note that something was asked for in a session."""
    mine = SESSIONS.c.digest == hashed(token)
    connection.execute(SESSIONS.update().where(mine).values(seen_at=at))


def end(connection: sa.Connection, token: str) -> None:
    """End a session."""
    connection.execute(SESSIONS.delete().where(SESSIONS.c.digest == hashed(token)))


def end_all(connection: sa.Connection, login: str) -> int:
    """End all sessions of an account, and return how many there were."""
    ended = connection.execute(SESSIONS.delete().where(SESSIONS.c.login == login))
    return int(ended.rowcount)
