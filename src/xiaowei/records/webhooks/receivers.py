"""Receivers outside and what each is to be told of, as the journal says 接收方."""

from dataclasses import dataclass
from typing import Any, Final, Literal, TypeAlias

import sqlalchemy as sa

from xiaowei.errors import ConflictError, NotFoundError
from xiaowei.records.journal import Entry

Standing: TypeAlias = Literal["active", "paused", "removed"]

REGISTERED: Final = "webhook_registered"
PAUSED: Final = "webhook_paused"
RESUMED: Final = "webhook_resumed"
REMOVED: Final = "webhook_removed"
ROTATED: Final = "webhook_rotated"
"""Kinds of the journal's entries."""
MOST: Final = 50
"""Receivers that are not removed: each event is put out once for each."""

META: Final = sa.MetaData()
RECEIVERS: Final = sa.Table(
    "webhook_receivers",
    META,
    sa.Column("number", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("url", sa.Text, nullable=False),
    sa.Column("events", sa.Text, nullable=False),
    sa.Column("state", sa.Text, nullable=False),
    sa.Column("by", sa.Text, nullable=False),
    sa.Column("made_at", sa.Text, nullable=False),
    sa.Column("rotated_at", sa.Text),
    sa.Column("overlap_until", sa.Text),
    sa.Column("tried_at", sa.BigInteger, nullable=False),
    sa.CheckConstraint(
        "state IN ('active', 'paused', 'removed')", name="webhook_receivers_state"
    ),
)


@dataclass(frozen=True, slots=True)
class Receiver:
    """One receiver; its secret is never part of it.

    Args:
        number: that of the journal's entry which registered it.
        url: where it is told.
        events: of what.
        state: while it is paused, what it is to be told waits.
        by: login of who registered it.
        made_at: when, ISO 8601 in UTC.
        rotated_at: when its secret was last replaced; null for never.
        overlap_until: up to when the secret before signs, too.
    """

    number: int
    url: str
    events: tuple[str, ...]
    state: Standing
    by: str
    made_at: str
    rotated_at: str | None
    overlap_until: str | None


class UnknownReceiverError(NotFoundError):
    """There is no receiver of a number."""

    def __init__(self, number: int) -> None:
        """Name it."""
        super().__init__(
            f"there is no webhook {number}",
            expected="the number of one that is registered",
            remedy="List them with 'xiaowei webhooks list'",
        )


class ReceiverStateError(ConflictError):
    """A receiver is paused already, or active already."""

    def __init__(self, one: Receiver) -> None:
        """Say how it stands."""
        super().__init__(
            f"webhook {one.number} is {one.state} already",
            expected="one that is not",
            remedy="Nothing is to be done",
        )


class TwiceRegisteredError(ConflictError):
    """An address is registered already."""

    def __init__(self, number: int) -> None:
        """Name the receiver; an address may be long."""
        super().__init__(
            f"webhook {number} is of that URL already",
            expected="one receiver for each URL",
            remedy="Remove it first, or rotate its secret if that is lost",
        )
        self.figures = {"number": str(number)}


class ManyReceiversError(ConflictError):
    """As many receivers are registered as may be."""

    def __init__(self) -> None:
        """Say how many."""
        super().__init__(
            f"{MOST} webhooks are registered",
            expected="fewer",
            remedy="Remove one that is needed no more",
        )


def receiver(connection: sa.Connection, number: int) -> Receiver:
    """Return a receiver that is not removed.

    Raises:
        UnknownReceiverError: there is none of that number.
    """
    row = connection.execute(
        RECEIVERS.select().where(RECEIVERS.c.number == number, _THERE)
    ).first()
    if row is None:
        raise UnknownReceiverError(number)
    return _receiver(row)


def receivers(connection: sa.Connection) -> list[Receiver]:
    """Return all receivers that are not removed, the first one first."""
    asked = RECEIVERS.select().where(_THERE).order_by(RECEIVERS.c.number)
    return [_receiver(row) for row in connection.execute(asked)]


def check_room(connection: sa.Connection, url: str) -> None:
    """Refuse a receiver too many.

    Args:
        connection: of `Store.writing`.
        url: of the new one.

    Raises:
        TwiceRegisteredError: another one is of that URL.
        ManyReceiversError: there are as many as may be.
    """
    held = receivers(connection)
    for one in held:
        if one.url == url:
            raise TwiceRegisteredError(one.number)
    if len(held) >= MOST:
        raise ManyReceiversError


def registered(connection: sa.Connection, entry: Entry) -> None:
    """Take over that one was registered."""
    connection.execute(
        RECEIVERS.insert().values(
            number=entry.seq,
            url=entry.body["url"],
            events=" ".join(entry.body["events"]),
            state="active",
            by=entry.body["by"]["login"],
            made_at=entry.made_at,
            tried_at=0,
        )
    )


def paused(connection: sa.Connection, entry: Entry) -> None:
    """Take over that one is told nothing for now."""
    _set(connection, entry, state="paused")


def resumed(connection: sa.Connection, entry: Entry) -> None:
    """Take over that one is told again."""
    _set(connection, entry, state="active")


def removed(connection: sa.Connection, entry: Entry) -> None:
    """Take over that one is told nothing any more."""
    _set(connection, entry, state="removed")


def rotated(connection: sa.Connection, entry: Entry) -> None:
    """Take over that one has a new secret."""
    until = entry.body["overlap_until"]
    _set(connection, entry, rotated_at=entry.made_at, overlap_until=until)


def _set(connection: sa.Connection, entry: Entry, **values: str) -> None:
    mine = RECEIVERS.c.number == entry.body["webhook"]
    connection.execute(RECEIVERS.update().where(mine).values(**values))


_THERE: Final = RECEIVERS.c.state != "removed"


def _receiver(row: "sa.Row[Any]") -> Receiver:
    return Receiver(
        number=row.number,
        url=row.url,
        events=tuple(row.events.split()),
        state=row.state,
        by=row.by,
        made_at=row.made_at,
        rotated_at=row.rotated_at,
        overlap_until=row.overlap_until,
    )
