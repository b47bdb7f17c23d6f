"""Wrong passwords are counted per account and per address, and make both wait."""

from dataclasses import dataclass
from typing import Final, Literal, TypeAlias

import sqlalchemy as sa

from xiaowei.records.access.secrets import TRIES

Kind: TypeAlias = Literal["account", "address", "stranger"]
"""`stranger` is a name that is no account: it waits alike, so that it tells nothing."""
_MOST_DOUBLINGS: Final = 30


@dataclass(frozen=True, slots=True)
class Patience:
    """How wrong passwords are borne; times in seconds.

    Args:
        free: tries before the first wait.
        first: the first wait; it doubles with each further try.
        longest: the longest wait.
        forgotten: after so long without a try all are forgotten.
        most: so many addresses and strangers are counted at once.
        leak: one try is forgotten every so often; 0 for never.
    """

    free: int
    first: int
    longest: int
    forgotten: int
    most: int
    leak: int = 0

    def wait(self, count: int) -> int:
        """Return how long is to be waited after so many tries.

        >>> few = Patience(free=3, first=30, longest=100, forgotten=9, most=9)
        >>> [few.wait(count) for count in range(7)]
        [0, 0, 0, 30, 60, 100, 100]
        """
        if count < self.free:
            return 0
        doubled = self.first << min(count - self.free, _MOST_DOUBLINGS)
        return min(doubled, self.longest)


def waits_until(connection: sa.Connection, kind: Kind, who: str) -> int:
    """Return the moment up to which nobody may try; 0 for none."""
    asked = sa.select(TRIES.c.until).where(TRIES.c.kind == kind, TRIES.c.who == who)
    return connection.execute(asked).scalar() or 0


def waiting(connection: sa.Connection, kind: Kind, *, at: int) -> dict[str, int]:
    """Return who may not try yet, and the moment up to which.

    Args:
        connection: any of the store's.
        kind: of those asked for.
        at: the moment it is.
    """
    asked = sa.select(TRIES.c.who, TRIES.c.until).where(
        TRIES.c.kind == kind, TRIES.c.until > at
    )
    return {row.who: row.until for row in connection.execute(asked)}


def count(
    connection: sa.Connection, kind: Kind, who: str, *, at: int, patience: Patience
) -> int:
    """Count a try before it is looked at, and return how many there were.

    Whoever tries many at once is thus held to the same number as one who waits for each
    answer.

    Args:
        connection: of `Store.writing`.
        kind: what is counted.
        who: which one.
        at: the moment.
        patience: how tries are borne.
    """
    connection.execute(TRIES.delete().where(TRIES.c.last_at < at - patience.forgotten))
    mine = (TRIES.c.kind == kind) & (TRIES.c.who == who)
    asked = sa.select(TRIES.c.count, TRIES.c.last_at).where(mine)
    held = connection.execute(asked).first()
    before, since = _leaked(held[0], held[1], at, patience) if held else (0, at)
    tried = before + 1
    values = {"count": tried, "last_at": since, "until": at + patience.wait(tried)}
    if held:
        connection.execute(TRIES.update().where(mine).values(**values))
        return tried
    connection.execute(TRIES.insert().values(kind=kind, who=who, **values))
    _make_room(connection, patience.most)
    return tried


def _leaked(tried: int, last_at: int, at: int, patience: Patience) -> tuple[int, int]:
    """Return how many tries are left, and from when the next one is forgotten."""
    if not patience.leak:
        return tried, at
    gone = (at - last_at) // patience.leak
    if gone >= tried:
        return 0, at
    return tried - gone, last_at + gone * patience.leak


def forgive(connection: sa.Connection, who: str) -> None:
    """Forget all tries for an account: its password was right."""
    connection.execute(
        TRIES.delete().where(TRIES.c.kind == "account", TRIES.c.who == who)
    )


def uncount(connection: sa.Connection, address: str) -> None:
    """Take back the one try of an address that was right.

    The others stay: who has one account could else guess at others for ever.
    """
    mine = (TRIES.c.kind == "address") & (TRIES.c.who == address)
    connection.execute(
        TRIES.update().where(mine).values(count=TRIES.c.count - 1, until=0)
    )
    connection.execute(TRIES.delete().where(mine, TRIES.c.count <= 0))


def _make_room(connection: sa.Connection, most: int) -> None:
    """Drop those longest quiet; accounts stay, for there are no more than users."""
    others = TRIES.c.kind != "account"
    held = connection.execute(
        sa.select(sa.func.count()).select_from(TRIES).where(others)
    ).scalar_one()
    if held <= most:
        return
    quiet = connection.execute(
        sa.select(TRIES.c.kind, TRIES.c.who)
        .where(others)
        .order_by(TRIES.c.last_at, TRIES.c.who)
        .limit(held - most)
    ).all()
    for kind, who in quiet:
        connection.execute(
            TRIES.delete().where(TRIES.c.kind == kind, TRIES.c.who == who)
        )
