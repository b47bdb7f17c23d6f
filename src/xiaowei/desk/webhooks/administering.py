"""An administrator registers receivers, pauses and removes them, replaces secrets."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final, TypeAlias

import sqlalchemy as sa

from xiaowei.desk import clock
from xiaowei.desk.access.house import house_of
from xiaowei.desk.checking import ChangedMeanwhileError, Check
from xiaowei.desk.home import Home
from xiaowei.desk.settings import settings_of
from xiaowei.desk.webhooks.places import check_place, place_of
from xiaowei.desk.webhooks.secrecy import keep_secret, keyring_of
from xiaowei.desk.webhooks.signature import new_secret
from xiaowei.errors import InputError
from xiaowei.policy.access.permissions import Permit
from xiaowei.records.moments import seconds, stamp
from xiaowei.records.webhooks import receivers as kept
from xiaowei.records.webhooks import secrets
from xiaowei.records.webhooks.deliveries import Delivery, State
from xiaowei.records.webhooks.events import EVENTS, check_names
from xiaowei.records.webhooks.outbox import Outbox
from xiaowei.records.webhooks.receivers import Receiver, ReceiverStateError
from xiaowei.said import Said

CHANGE: Final = "webhooks.change"
"""The operation that every act asks leave for."""
OVERLAP_HOURS: Final = 24
MOST_OVERLAP_HOURS: Final = 7 * 24
NAMES: Final = tuple(one.name for one in EVENTS)
"""Of the events that there are."""
SAID: Final[Mapping[str, Said]] = {one.name: one.said for one in EVENTS}
"""What each is, for people."""

DeliveryState: TypeAlias = State

__all__ = [
    "CHANGE",
    "MOST_OVERLAP_HOURS",
    "NAMES",
    "OVERLAP_HOURS",
    "SAID",
    "Delivery",
    "DeliveryState",
    "Issued",
    "OverlapError",
    "Receiver",
    "deliveries",
    "pause",
    "plain",
    "receiver",
    "receivers",
    "register",
    "remove",
    "resend",
    "resume",
    "rotate",
    "with_secret",
]


class OverlapError(InputError):
    """Two secrets would sign for too long, or for less than no time."""

    def __init__(self, hours: int) -> None:
        """Say how long."""
        super().__init__(
            f"old and new secret cannot both sign for {hours} hours",
            expected=f"0 to {MOST_OVERLAP_HOURS}",
            remedy="State fewer; 0 where the old one is known to others",
        )


@dataclass(frozen=True, slots=True)
class Issued:
    """A receiver and its new secret, which nobody is shown again.

    Args:
        receiver: whose.
        secret: as it is.
    """

    receiver: Receiver
    secret: str = field(repr=False)


def register(home: Home, leave: Permit, url: str, events: Sequence[str]) -> Issued:
    """Register a receiver, and return it with its secret.

    Args:
        home: the workspace.
        leave: for `webhooks.change`.
        url: where it is told.
        events: of what; see `NAMES`.

    Raises:
        WebhookUrlError: nothing may be sent there.
        NoEventError: there is no such event.
        TwiceRegisteredError: another one is of that URL.
        ManyReceiversError: there are as many as may be.
        NotAllowedError: it is leave for something else.
    """
    act = _act(home, leave)
    place = place_of(url)
    check_place(place, settings_of(home.root).webhooks)
    check_names(events)
    asked = [name for name in NAMES if name in events]
    with home.journal.store.writing() as connection:
        kept.check_room(connection, place.url)
        body = {"url": place.url, "events": asked}
        number = act.record(connection, kept.REGISTERED, body)
        secret = act.issue(connection, number, number, overlap=timedelta())
        return Issued(kept.receiver(connection, number), secret)


def pause(home: Home, leave: Permit, number: int) -> Receiver:
    """Tell a receiver nothing for now: what it asked for waits.

    Raises:
        UnknownReceiverError: there is none of that number.
        ReceiverStateError: it is paused.
        NotAllowedError: it is leave for something else.
    """
    return _turn(home, leave, number, kept.PAUSED, "active")


def resume(home: Home, leave: Permit, number: int) -> Receiver:
    """Tell a receiver again, and first of all what waited.

    Raises:
        UnknownReceiverError: there is none of that number.
        ReceiverStateError: it is not paused.
        NotAllowedError: it is leave for something else.
    """
    return _turn(home, leave, number, kept.RESUMED, "paused")


def remove(home: Home, leave: Permit, number: int) -> Receiver:
    """Tell a receiver nothing any more, and return it as it was.

    What waited for it is dropped, and its secrets are gone.

    Raises:
        UnknownReceiverError: there is none of that number.
        NotAllowedError: it is leave for something else.
    """
    act = _act(home, leave)
    with home.journal.store.writing() as connection:
        one = kept.receiver(connection, number)
        act.record(connection, kept.REMOVED, {"webhook": number})
        secrets.forget(connection, number)
        return one


def rotate(
    home: Home,
    leave: Permit,
    number: int,
    *,
    overlap_hours: int = OVERLAP_HOURS,
    check: Check | None = None,
) -> Issued:
    """Give a receiver a new secret; for a while the old one signs, too.

    Args:
        home: the workspace.
        leave: for `webhooks.change`.
        number: of the receiver.
        overlap_hours: for how long; one older still is gone at once.
        check: refuses, within the transaction, what may not be; null for nothing.

    Raises:
        OverlapError: it is too long, or less than none.
        UnknownReceiverError: there is none of that number.
        NotAllowedError: it is leave for something else.
    """
    act = _act(home, leave)
    if not 0 <= overlap_hours <= MOST_OVERLAP_HOURS:
        raise OverlapError(overlap_hours)
    overlap = timedelta(hours=overlap_hours)
    with home.journal.store.writing() as connection:
        kept.receiver(connection, number)
        if check is not None:
            check(connection)
        body = {"webhook": number, "overlap_until": stamp(act.at + overlap)}
        entry = act.record(connection, kept.ROTATED, body)
        secret = act.issue(connection, number, entry, overlap=overlap)
        return Issued(kept.receiver(connection, number), secret)


def with_secret(number: int, rotated_at: str | None) -> Check:
    """Return what refuses to replace another secret than somebody saw.

    A form that is sent twice would leave its reader with the older of two new ones.

    Args:
        number: of the receiver.
        rotated_at: when its secret was last replaced, as he saw it; null for never.
    """

    def check(connection: sa.Connection, /) -> None:
        if kept.receiver(connection, number).rotated_at != rotated_at:
            raise ChangedMeanwhileError

    return check


def resend(home: Home, leave: Permit, number: int, entry: int | None) -> int:
    """Send again what a receiver was told, or could not be; return how much is.

    Args:
        home: the workspace.
        leave: for `webhooks.change`.
        number: of the receiver.
        entry: that is told of; null for all that are dead.

    Raises:
        UnknownReceiverError: there is none of that number.
        UnknownDeliveryError: it is told nothing of that entry.
        OpenDeliveryError: it is still to be sent.
        NotAllowedError: it is leave for something else.
    """
    act = _act(home, leave)
    return Outbox(home.journal).resend(number, entry, by=act.by, at=act.at)


def receivers(home: Home) -> list[Receiver]:
    """Return all receivers, the first one first."""
    with home.journal.store.reading() as connection:
        return kept.receivers(connection)


def receiver(home: Home, number: int) -> Receiver:
    """Return a receiver.

    Raises:
        UnknownReceiverError: there is none of that number.
    """
    with home.journal.store.reading() as connection:
        return kept.receiver(connection, number)


def deliveries(
    home: Home,
    number: int,
    *,
    state: State | None = None,
    before: int | None = None,
    most: int,
) -> list[Delivery]:
    """Return what a receiver was told or is to be, the newest first; see `Outbox`."""
    return Outbox(home.journal).some(number, state=state, before=before, most=most)


def plain(one: Receiver | Delivery) -> dict[str, Any]:
    """Return a receiver or a delivery as plain values."""
    return asdict(one)


@dataclass(frozen=True, slots=True)
class _Act:
    """What one administrator does at one moment."""

    home: Home
    by: dict[str, Any]
    at: datetime

    def record(self, connection: sa.Connection, kind: str, body: dict[str, Any]) -> int:
        told = {**body, "by": self.by}
        journal = self.home.journal
        return journal.append(connection, kind, told, made_at=stamp(self.at)).seq

    def issue(
        self, connection: sa.Connection, number: int, entry: int, *, overlap: timedelta
    ) -> str:
        secret = new_secret()
        one = secrets.Kept(number, entry, secret, None)
        until = seconds(self.at + overlap)
        keep_secret(connection, keyring_of(self.home), one, overlap_until=until)
        return secret


def _act(home: Home, leave: Permit) -> _Act:
    who = house_of(home).holder(leave, CHANGE)
    return _Act(home, who.hand.as_plain(), clock.moment())


def _turn(home: Home, leave: Permit, number: int, kind: str, due: str) -> Receiver:
    act = _act(home, leave)
    with home.journal.store.writing() as connection:
        one = kept.receiver(connection, number)
        if one.state != due:
            raise ReceiverStateError(one)
        act.record(connection, kind, {"webhook": number})
        return kept.receiver(connection, number)
