"""Senders: what is due in; each receiver told, or the try put down with its reason."""

import secrets
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Final

from xiaowei.desk import clock
from xiaowei.desk.home import Home
from xiaowei.desk.settings import settings_of
from xiaowei.desk.webhooks import exchange
from xiaowei.desk.webhooks.exchange import Resolver, UntoldError, resolve, tell
from xiaowei.desk.webhooks.places import place_of
from xiaowei.desk.webhooks.secrecy import keys_of, seal_anew
from xiaowei.desk.webhooks.signature import headers_of
from xiaowei.errors import XiaoweiError
from xiaowei.records.moments import seconds
from xiaowei.records.webhooks.deliveries import Delivery, LostDeliveryError
from xiaowei.records.webhooks.outbox import Outbox, Turn

AT_ONCE: Final = 4
"""Receivers told at one time by one process."""
_IDLE_SECONDS: Final = 1.0
_LEAVE_SECONDS: Final = 12.0
"""Longer than any exchange lasts."""
_TAKEN: Final = range(200, 300)


class Sender:
    """Tells the receivers of one home.

    Args:
        home: whose; its settings and its keyring are read at each turn, so that a
            network that is closed is closed at once.
        resolver: see `exchange.Resolver`.
    """

    def __init__(self, home: Home, *, resolver: Resolver = resolve) -> None:
        """Take it; nothing is begun."""
        self._home, self._resolver = home, resolver
        self._outbox = Outbox(home.journal)

    def turn(self) -> Delivery | None:
        """Tell one receiver what is due; return what that was; null for nothing."""
        turn = self._outbox.lease(token=secrets.token_hex(16), at=clock.moment())
        if turn is None:
            return None
        reason = self._untold(turn)
        # Another has it then, and says what comes of it.
        with suppress(LostDeliveryError):
            if reason is None:
                self._outbox.told(turn, at=clock.moment())
            else:
                self._outbox.failed(turn, reason, at=clock.moment())
        return turn.delivery

    def work(self, stopping: threading.Event) -> None:
        """Tell whatever is due until told to stop."""
        while not stopping.is_set():
            try:
                idle = self.turn() is None
            except Exception:  # noqa: BLE001, RUF100 - the records may answer again
                idle = True
            if idle:
                stopping.wait(_IDLE_SECONDS)

    def _untold(self, turn: Turn) -> str | None:
        """Return why a receiver was not told; null where it was."""
        try:
            status = self._told(turn)
        except UntoldError as error:
            return str(error)
        except XiaoweiError as error:
            return error.what
        except Exception as error:  # noqa: BLE001, RUF100 - its text may hold anything
            return f"an internal fault: {type(error).__name__}"
        return None if status in _TAKEN else f"it answered {status}"

    def _told(self, turn: Turn) -> int:
        one, moment = turn.delivery, seconds(clock.moment())
        body = one.body.encode()
        keys = keys_of(self._home, one.receiver, at=moment)
        return tell(
            place_of(turn.url),
            body,
            headers_of(one.event_id, body, moment=moment, keys=keys),
            openings=settings_of(self._home.root).webhooks,
            resolver=self._resolver,
            patience=exchange.PATIENCE,
        )


@contextmanager
def senders_beside(home: Home) -> Iterator[None]:
    """Keep telling receivers for as long as the block does.

    Args:
        home: whose; its secrets are sealed by the active key first.
    """
    # What does not open is said of each delivery; jobs need no keyring.
    with suppress(XiaoweiError):
        seal_anew(home)
    stopping = threading.Event()
    senders = [
        threading.Thread(target=Sender(home).work, args=(stopping,), daemon=True)
        for _ in range(AT_ONCE)
    ]
    for sender in senders:
        sender.start()
    try:
        yield
    finally:
        stopping.set()
        for sender in senders:
            sender.join(_LEAVE_SECONDS)
