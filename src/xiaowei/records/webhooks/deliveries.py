"""What each receiver is to be told, and whether it was: a read model of the journal.

The row stands in the transaction of the entry it tells of: no event is lost, and none
is told of that did not happen. What the journal does not say (whose turn it is, when it
is tried again) is lost where the table is built anew, and the event is sent once more,
under the same id. 事务性发件箱
"""

from dataclasses import dataclass
from typing import Any, Final, Literal, TypeAlias

import sqlalchemy as sa

from xiaowei.errors import ConflictError, NotFoundError
from xiaowei.records.journal import Entry
from xiaowei.records.moments import seconds_in
from xiaowei.records.views import Take, View
from xiaowei.records.webhooks.events import EVENTS, event_in
from xiaowei.records.webhooks.receivers import (
    META,
    PAUSED,
    RECEIVERS,
    REGISTERED,
    REMOVED,
    RESUMED,
    ROTATED,
    paused,
    registered,
    removed,
    resumed,
    rotated,
)

State: TypeAlias = Literal["waiting", "running", "done", "dead", "dropped"]

CLOSED: Final = "webhook_closed"
RESENT: Final = "webhook_resent"
"""Kinds of the journal's entries."""
DELIVERIES: Final = sa.Table(
    "webhook_deliveries",
    META,
    sa.Column("receiver", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("entry", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("event", sa.Text, nullable=False),
    sa.Column("event_id", sa.Text, nullable=False),
    sa.Column("body", sa.Text, nullable=False),
    sa.Column("made_at", sa.Text, nullable=False),
    sa.Column("state", sa.Text, nullable=False),
    sa.Column("tries", sa.BigInteger, nullable=False),
    sa.Column("due_at", sa.BigInteger, nullable=False),
    sa.Column("token", sa.Text, nullable=False),
    sa.Column("reason", sa.Text, nullable=False),
    sa.Column("ended_at", sa.Text),
    sa.Index("webhook_deliveries_due", "state", "due_at"),
    sa.CheckConstraint(
        "state IN ('waiting', 'running', 'done', 'dead', 'dropped')",
        name="webhook_deliveries_state",
    ),
)


@dataclass(frozen=True, slots=True)
class Delivery:
    """What one receiver is to be told.

    Args:
        receiver: its number.
        entry: of the journal, that is told of.
        event: which kind.
        event_id: by which the receiver knows a repeat.
        body: what is sent, as JSON.
        made_at: when it happened, ISO 8601 in UTC.
        state: `dropped` where the receiver was removed first.
        tries: how often it was begun to be sent.
        reason: why it is dead, or waits for another try; empty otherwise.
        ended_at: when it was told or given up; null before.
    """

    receiver: int
    entry: int
    event: str
    event_id: str
    body: str
    made_at: str
    state: State
    tries: int
    reason: str
    ended_at: str | None


class UnknownDeliveryError(NotFoundError):
    """A receiver was to be told nothing of an entry."""

    def __init__(self, receiver: int, entry: int) -> None:
        """Name both."""
        super().__init__(
            f"webhook {receiver} is told nothing of entry {entry}",
            expected="an entry of the journal that one of its deliveries names",
            remedy="List them with 'xiaowei webhooks deliveries'",
        )


class OpenDeliveryError(ConflictError):
    """What is still to be sent would be sent again."""

    def __init__(self, one: Delivery) -> None:
        """Name it and its state."""
        super().__init__(
            f"entry {one.entry} is {one.state} for webhook {one.receiver}",
            expected="one that is done or dead",
            remedy="Wait: it is sent by itself",
        )


class LostDeliveryError(ConflictError):
    """Whoever was sending was thought dead; it is another's turn, or over."""

    def __init__(self, one: Delivery) -> None:
        """Name the delivery."""
        super().__init__(
            f"entry {one.entry} for webhook {one.receiver} is no longer this sender's",
            expected="a lease that has not run out",
            remedy="Leave it to whoever holds it now",
        )


def delivery_of(row: Any) -> Delivery:  # noqa: ANN401 - a row of SQLAlchemy
    """Return what a row of the table says."""
    return Delivery(
        receiver=row.receiver,
        entry=row.entry,
        event=row.event,
        event_id=row.event_id,
        body=row.body,
        made_at=row.made_at,
        state=row.state,
        tries=row.tries,
        reason=row.reason,
        ended_at=row.ended_at,
    )


def _put(connection: sa.Connection, entry: Entry) -> None:
    """Put an event out for every receiver that asked for it."""
    asked = sa.select(RECEIVERS.c.number, RECEIVERS.c.events)
    there = asked.where(RECEIVERS.c.state != "removed").order_by(RECEIVERS.c.number)
    for number, names in connection.execute(there).all():
        # An entry is looked into only for whoever asks: those of old may hold less.
        told = event_in(entry, names.split())
        if told is not None:
            connection.execute(
                DELIVERIES.insert().values(
                    receiver=number,
                    entry=entry.seq,
                    event=told.event,
                    event_id=told.id,
                    body=told.body,
                    made_at=entry.made_at,
                    due_at=seconds_in(entry.made_at),
                    **_ANEW,
                )
            )


def _closed(connection: sa.Connection, entry: Entry) -> None:
    body = entry.body
    _set(
        connection,
        _one(body["webhook"], body["entry"]),
        state=body["state"],
        reason=body["reason"],
        tries=body["tries"],
        token="",
        ended_at=entry.made_at,
    )


def _resent(connection: sa.Connection, entry: Entry) -> None:
    """Let one be sent again, or all of a receiver that are dead."""
    number, about = entry.body["webhook"], entry.body["entry"]
    mine = DELIVERIES.c.receiver == number
    dead = mine & (DELIVERIES.c.state == "dead")
    which = dead if about is None else _one(number, about)
    _set(connection, which, due_at=seconds_in(entry.made_at), **_ANEW)


def _removed(connection: sa.Connection, entry: Entry) -> None:
    removed(connection, entry)
    open_ = DELIVERIES.c.state.in_(("waiting", "running"))
    mine = DELIVERIES.c.receiver == entry.body["webhook"]
    _set(connection, mine & open_, state="dropped", token="", ended_at=entry.made_at)


_ANEW: Final = {
    "state": "waiting",
    "tries": 0,
    "token": "",
    "reason": "",
    "ended_at": None,
}


def _one(receiver: int, entry: int) -> "sa.ColumnElement[bool]":
    return (DELIVERIES.c.receiver == receiver) & (DELIVERIES.c.entry == entry)


def _set(
    connection: sa.Connection,
    which: "sa.ColumnElement[bool]",
    **values: Any,  # noqa: ANN401
) -> None:
    connection.execute(DELIVERIES.update().where(which).values(**values))


_TAKES: Final[dict[str, Take]] = {
    REGISTERED: registered,
    PAUSED: paused,
    RESUMED: resumed,
    REMOVED: _removed,
    ROTATED: rotated,
    CLOSED: _closed,
    RESENT: _resent,
    **{one.kind: _put for one in EVENTS},
}
VIEW: Final = View("webhooks", 1, META, _TAKES)
