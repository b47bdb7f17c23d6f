"""Deliveries are leased one by one to whoever sends; each is told, tried again or dead.

One at a time of each receiver, and first of the one that was tried the longest ago: a
receiver that hangs holds up nobody else. Who was thought dead ends nothing any more, so
that an event may arrive twice, under one id, and never not at all.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

import sqlalchemy as sa

from xiaowei.records.journal import Journal
from xiaowei.records.moments import seconds, stamp
from xiaowei.records.webhooks.deliveries import (
    CLOSED,
    DELIVERIES,
    RESENT,
    Delivery,
    LostDeliveryError,
    OpenDeliveryError,
    State,
    UnknownDeliveryError,
    delivery_of,
)
from xiaowei.records.webhooks.receivers import RECEIVERS, receiver

LEASE_SECONDS: Final = 60
"""Longer than any exchange lasts: nobody who lives loses one."""
WAITS: Final = (5, 60, 300, 1_800, 7_200, 18_000, 36_000, 50_400)
"""Seconds before the second try and each later one: more than a day in all."""


@dataclass(frozen=True, slots=True)
class Turn:
    """A delivery that one sender may send now.

    Args:
        delivery: which.
        url: of its receiver.
        token: shows that it is his.
    """

    delivery: Delivery
    url: str
    token: str


class Outbox:
    """What the receivers of one home are to be told.

    Args:
        journal: of its records, followed by the view of webhooks.
    """

    def __init__(self, journal: Journal) -> None:
        """Open it."""
        self._journal = journal
        self._store = journal.store

    def lease(self, *, token: str, at: datetime) -> Turn | None:
        """Return what is to be sent next, now this sender's; null for nothing.

        Args:
            token: of this lease, never used before.
            at: the moment.
        """
        with self._store.reading() as connection:
            # Whoever finds nothing keeps nobody from writing.
            if connection.execute(_due(at)).first() is None:
                return None
        with self._store.writing() as connection:
            while (row := connection.execute(_due(at)).first()) is not None:
                one = delivery_of(row)
                if one.tries > len(WAITS):
                    reason = one.reason or "its sender died each time"
                    self._close(connection, one, "dead", at=at, reason=reason)
                    continue
                _set(
                    connection,
                    one,
                    state="running",
                    tries=one.tries + 1,
                    token=token,
                    due_at=seconds(at) + LEASE_SECONDS,
                )
                tried = RECEIVERS.c.number == one.receiver
                connection.execute(
                    RECEIVERS.update().where(tried).values(tried_at=seconds(at))
                )
                return Turn(_one(connection, one.receiver, one.entry), row.url, token)
        return None

    def told(self, turn: Turn, *, at: datetime) -> None:
        """Say that a receiver was told.

        Raises:
            LostDeliveryError: it is no longer this sender's.
        """
        with self._store.writing() as connection:
            self._close(connection, _held(connection, turn), "done", at=at)

    def failed(self, turn: Turn, reason: str, *, at: datetime) -> None:
        """Say that a receiver could not be told; it is tried again, or dead.

        Args:
            turn: whose.
            reason: why, with nothing that is secret.
            at: the moment.

        Raises:
            LostDeliveryError: see `told`.
        """
        with self._store.writing() as connection:
            one = _held(connection, turn)
            if one.tries > len(WAITS):
                self._close(connection, one, "dead", at=at, reason=reason)
                return
            due = at + timedelta(seconds=WAITS[one.tries - 1])
            _set(
                connection,
                one,
                state="waiting",
                token="",
                due_at=seconds(due),
                reason=reason,
            )

    def resend(
        self, number: int, entry: int | None, *, by: dict[str, Any], at: datetime
    ) -> int:
        """Send again what is done or dead; return how much is.

        Args:
            number: of the receiver.
            entry: that is told of; null for all that are dead.
            by: whose hand, as plain values.
            at: the moment.

        Raises:
            UnknownReceiverError: there is none of that number.
            UnknownDeliveryError: it is told nothing of that entry.
            OpenDeliveryError: it is still to be sent.
        """
        with self._store.writing() as connection:
            receiver(connection, number)
            if entry is not None:
                one = _one(connection, number, entry)
                if one.state not in ("done", "dead"):
                    raise OpenDeliveryError(one)
                count = 1
            else:
                dead = (DELIVERIES.c.receiver == number) & (
                    DELIVERIES.c.state == "dead"
                )
                asked = sa.select(sa.func.count()).select_from(DELIVERIES).where(dead)
                count = connection.execute(asked).scalar_one()
            body = {"webhook": number, "entry": entry, "by": by}
            self._journal.append(connection, RESENT, body, made_at=stamp(at))
            return count

    def some(
        self,
        number: int,
        *,
        state: State | None = None,
        before: int | None = None,
        most: int,
    ) -> list[Delivery]:
        """Return what a receiver was told or is to be, the newest first.

        Args:
            number: of the receiver.
            state: those that stand there; null for all.
            before: of entries of a lower number; null for the newest.
            most: so many at most.

        Raises:
            UnknownReceiverError: there is none of that number.
        """
        asked = (
            DELIVERIES.select()
            .where(DELIVERIES.c.receiver == number)
            .order_by(DELIVERIES.c.entry.desc())
            .limit(most)
        )
        if state is not None:
            asked = asked.where(DELIVERIES.c.state == state)
        if before is not None:
            asked = asked.where(DELIVERIES.c.entry < before)
        with self._store.reading() as connection:
            receiver(connection, number)
            return [delivery_of(row) for row in connection.execute(asked)]

    def _close(
        self,
        connection: sa.Connection,
        one: Delivery,
        state: State,
        *,
        at: datetime,
        reason: str = "",
    ) -> None:
        """End a delivery: the journal says so, and the table follows."""
        body = {
            "webhook": one.receiver,
            "entry": one.entry,
            "state": state,
            "reason": reason,
            "tries": one.tries,
        }
        self._journal.append(connection, CLOSED, body, made_at=stamp(at))


def _due(at: datetime) -> "sa.Select[Any]":
    now, other = seconds(at), DELIVERIES.alias()
    busy = (
        sa.exists()
        .where(other.c.receiver == DELIVERIES.c.receiver)
        .where(other.c.state == "running", other.c.due_at > now)
    )
    return (
        sa.select(DELIVERIES, RECEIVERS.c.url)
        .join(RECEIVERS, RECEIVERS.c.number == DELIVERIES.c.receiver)
        .where(RECEIVERS.c.state == "active")
        .where(DELIVERIES.c.state.in_(("waiting", "running")))
        .where(DELIVERIES.c.due_at <= now, ~busy)
        .order_by(RECEIVERS.c.tried_at, DELIVERIES.c.due_at, DELIVERIES.c.entry)
        .limit(1)
    )


def _held(connection: sa.Connection, turn: Turn) -> Delivery:
    one = turn.delivery
    token = sa.select(DELIVERIES.c.token).where(*_row(one.receiver, one.entry))
    if connection.execute(token).scalar() != turn.token:
        raise LostDeliveryError(one)
    return _one(connection, one.receiver, one.entry)


def _one(connection: sa.Connection, number: int, entry: int) -> Delivery:
    asked = DELIVERIES.select().where(*_row(number, entry))
    row = connection.execute(asked).first()
    if row is None:
        raise UnknownDeliveryError(number, entry)
    return delivery_of(row)


def _set(connection: sa.Connection, one: Delivery, **values: Any) -> None:  # noqa: ANN401
    mine = _row(one.receiver, one.entry)
    connection.execute(DELIVERIES.update().where(*mine).values(**values))


def _row(number: int, entry: int) -> tuple["sa.ColumnElement[bool]", ...]:
    return DELIVERIES.c.receiver == number, DELIVERIES.c.entry == entry
