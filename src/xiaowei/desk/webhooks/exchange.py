"""One event is told to one receiver: one connection, one answer, within bounds.

The name is looked up once, each address that it has is checked, and the connection is
made to one that was: whatever the name means a moment later, it cannot move it. The
certificate is that of the name. No redirect is followed, no proxy is asked, whatever
the environment says; time and bytes are bounded over the whole exchange.
"""

import ipaddress
import queue
import socket
import ssl
import threading
import time
from collections.abc import Callable, Sequence
from contextlib import closing, suppress
from typing import Final, TypeAlias

import h11

from xiaowei.desk.openings import Address, Openings
from xiaowei.desk.webhooks.addresses import refusal
from xiaowei.desk.webhooks.places import Place

Resolver: TypeAlias = Callable[[str, float], Sequence[str]]
"""Returns the addresses of a name within so many seconds."""
PATIENCE: Final = 10.0
"""Seconds for all: name, connection, TLS, request, answer."""
MOST_BYTES: Final = 64 * 1024
"""Of an answer, with its headers."""
_REST_SECONDS: Final = 1.0
_CHUNK: Final = 4096
_AGENT: Final = "xiaowei-webhooks/1"


class UntoldError(Exception):
    """A receiver was not told; the text is for people and holds nothing secret."""


class Deadline:
    """A moment by which all is to be over."""

    def __init__(self, seconds: float) -> None:
        """Begin now."""
        self._ends = time.monotonic() + seconds

    def left(self) -> float:
        """Return how many seconds are left.

        Raises:
            TimeoutError: none is.
        """
        left = self._ends - time.monotonic()
        if left <= 0:
            raise TimeoutError
        return left


def resolve(name: str, patience: float) -> list[str]:
    """Return the addresses of a name.

    Args:
        name: of a host.
        patience: seconds; what answers later is left to itself.

    Raises:
        OSError: it has none.
        TimeoutError: nobody answered in time.
    """
    told: queue.SimpleQueue[list[str] | Exception] = queue.SimpleQueue()

    def look() -> None:
        try:
            found = socket.getaddrinfo(name, None, type=socket.SOCK_STREAM)
            told.put([str(one[4][0]) for one in found])
        except (OSError, UnicodeError) as error:
            told.put(error)

    # The system's own look-up cannot be broken off.
    threading.Thread(target=look, daemon=True).start()
    try:
        answer = told.get(timeout=patience)
    except queue.Empty:
        raise TimeoutError from None
    if isinstance(answer, Exception):
        raise OSError from answer
    return list(dict.fromkeys(answer))


def tell(
    place: Place,
    body: bytes,
    headers: Sequence[tuple[str, str]],
    *,
    openings: Openings,
    resolver: Resolver,
    patience: float,
) -> int:
    """Send an event, and return the status that is answered.

    Args:
        place: where to.
        body: JSON.
        headers: that show who tells it.
        openings: what the settings of the home open.
        resolver: see `Resolver`.
        patience: seconds for all of it.

    Raises:
        UntoldError: it could not be sent, or nothing that is HTTP was answered.
    """
    deadline = Deadline(patience)
    try:
        addresses = _checked(place, openings, resolver, deadline)
        with closing(_connected(place, addresses, openings, deadline)) as connection:
            return _asked(connection, place, body, headers, deadline)
    except TimeoutError:
        raise UntoldError(f"it took longer than {patience:g} s") from None
    except ssl.SSLCertVerificationError as error:
        why = f"its certificate does not hold: {error.verify_message}"
        raise UntoldError(why) from None
    except (ssl.SSLError, h11.RemoteProtocolError, OSError) as error:
        # What a peer sends may stand in the text of an error: its kind is enough.
        raise UntoldError(f"no answer: {type(error).__name__}") from None


def _checked(
    place: Place, openings: Openings, resolver: Resolver, deadline: Deadline
) -> list[Address]:
    """Return the addresses of a place, none of which is refused."""
    if place.address is not None:
        found = [place.address]
    else:
        try:
            told = resolver(place.host, deadline.left())
        except TimeoutError:
            raise
        except OSError:
            raise UntoldError("its name has no address") from None
        found = [ipaddress.ip_address(one) for one in told]
    for address in found:
        # One that is refused spoils all: an honest name has none.
        why = refusal(address, scheme=place.scheme, port=place.port, openings=openings)
        if why:
            raise UntoldError(f"refused: {why}")
    return found


def _connected(
    place: Place, addresses: Sequence[Address], openings: Openings, deadline: Deadline
) -> socket.socket:
    fault: OSError = OSError("no address")
    for address in addresses:
        try:
            # Of an address the system looks up no name.
            plain = socket.create_connection(
                (str(address), place.port), timeout=deadline.left()
            )
        except TimeoutError:
            raise
        except OSError as error:
            fault = error
            continue
        if place.scheme == "http":
            return plain
        return _secured(plain, place, openings, deadline)
    raise fault


def _secured(
    plain: socket.socket, place: Place, openings: Openings, deadline: Deadline
) -> socket.socket:
    try:
        context = _trusting(openings)
        plain.settimeout(deadline.left())
        return context.wrap_socket(plain, server_hostname=place.host)
    except BaseException:
        plain.close()
        raise


def _trusting(openings: Openings) -> ssl.SSLContext:
    context = ssl.create_default_context()
    if openings.ca is not None:
        try:
            context.load_verify_locations(openings.ca)
        except (OSError, ssl.SSLError):
            why = "the file 'webhooks.ca' of the settings holds no authority"
            raise UntoldError(why) from None
    return context


def _asked(
    connection: socket.socket,
    place: Place,
    body: bytes,
    headers: Sequence[tuple[str, str]],
    deadline: Deadline,
) -> int:
    spoken = h11.Connection(h11.CLIENT, max_incomplete_event_size=MOST_BYTES)
    request = h11.Request(
        method="POST",
        target=place.target,
        headers=[
            ("Host", place.authority),
            ("User-Agent", _AGENT),
            ("Content-Type", "application/json"),
            ("Content-Length", str(len(body))),
            ("Connection", "close"),
            *headers,
        ],
    )
    sent = b"".join(
        spoken.send(one) or b""
        for one in (request, h11.Data(data=body), h11.EndOfMessage())
    )
    connection.settimeout(deadline.left())
    connection.sendall(sent)
    answers = _Answers(connection, spoken)
    while not isinstance(event := answers.next(deadline), h11.Response):
        if not isinstance(event, h11.InformationalResponse):
            raise UntoldError("no answer: the connection was closed")
    status = event.status_code
    # Read for a moment what else is sent, that the receiver need not see it refused.
    with suppress(OSError, h11.RemoteProtocolError, UntoldError):
        rest = Deadline(min(_REST_SECONDS, deadline.left()))
        while isinstance(answers.next(rest), h11.Data):
            pass
    return status


class _Answers:
    """What is answered, part by part, and no more of it than is taken."""

    def __init__(self, connection: socket.socket, spoken: h11.Connection) -> None:
        self._connection, self._spoken = connection, spoken
        self._left = MOST_BYTES

    def next(self, deadline: Deadline) -> object:
        while (event := self._spoken.next_event()) is h11.NEED_DATA:
            if self._left <= 0:
                raise UntoldError(f"it answered more than {MOST_BYTES} bytes")
            self._connection.settimeout(deadline.left())
            came = self._connection.recv(min(_CHUNK, self._left))
            self._left -= len(came)
            self._spoken.receive_data(came)
        return event
