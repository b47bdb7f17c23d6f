"""The text of a URL in; the one place that it means out, or why it is refused.

Where two readers of a URL may differ, a check by one is none for the other. So there is
one form of each place: a name of letters, digits and hyphens, or an address as it is
usually written; everything else is refused and not understood.
"""

import ipaddress
import re
from dataclasses import dataclass
from typing import Final, Literal, TypeAlias

from xiaowei.desk.openings import Address, Openings
from xiaowei.desk.webhooks.addresses import TLS_PORTS, refusal
from xiaowei.errors import InputError

Scheme: TypeAlias = Literal["https", "http"]
LONGEST: Final = 500
_PORTS: Final[dict[Scheme, int]] = {"https": 443, "http": 80}
_MOST_PORT: Final = 65_535
_LONGEST_NAME: Final = 253
_FORM: Final = re.compile(
    r"(?P<scheme>[A-Za-z][A-Za-z0-9+.-]*)://(?P<authority>[^/?#]*)"
    r"(?P<target>/[^?#]*)?(?P<query>\?[^#]*)?(?P<fragment>#.*)?"
)
_AUTHORITY: Final = re.compile(
    r"(?P<host>\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9_.-]+)(?::(?P<port>[1-9][0-9]{0,4}))?"
)
_LABEL: Final = re.compile(r"[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?")
_NUMBER: Final = re.compile(r"[0-9]+|0x[0-9a-f]*")


class WebhookUrlError(InputError):
    """A URL is none that events may be sent to."""

    def __init__(self, why: str) -> None:
        """Say why; the URL itself may hold what is nobody's business."""
        super().__init__(
            f"events cannot be sent to this URL: {why}",
            expected="https://NAME/PATH of a machine in the world on port 443 or 8443, "
            "or what whoever runs the server opened in settings.yaml",
            remedy="Correct the URL, or ask for its network to be opened",
        )
        self.figures = {"why": why}


@dataclass(frozen=True, slots=True)
class Place:
    """Where events are sent.

    Args:
        scheme: `https` or `http`.
        host: a name in lower case, or an address without brackets.
        port: there.
        target: path and query, as they are asked for.
    """

    scheme: Scheme
    host: str
    port: int
    target: str

    @property
    def address(self) -> Address | None:
        """The address that it is stated by; null where it is a name."""
        try:
            return ipaddress.ip_address(self.host)
        except ValueError:
            return None

    @property
    def authority(self) -> str:
        """What the header Host says."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        usual = self.port == _PORTS[self.scheme]
        return host if usual else f"{host}:{self.port}"

    @property
    def url(self) -> str:
        """The one form of its URL."""
        return f"{self.scheme}://{self.authority}{self.target}"


def place_of(url: str) -> Place:
    """Return what a URL means.

    Args:
        url: as it was stated.

    Raises:
        WebhookUrlError: it is none, or one that may be read in two ways.
    """
    if len(url) > LONGEST or not all("!" <= one <= "~" for one in url) or "\\" in url:
        why = f"it is no text of at most {LONGEST} plain characters"
        raise WebhookUrlError(why)
    found = _FORM.fullmatch(url)
    if found is None:
        raise WebhookUrlError("it is not of the form https://NAME/PATH")
    if found["fragment"] is not None:
        raise WebhookUrlError("it has a fragment '#'")
    scheme = _scheme(found["scheme"])
    host, port = _authority(found["authority"])
    target = (found["target"] or "/") + (found["query"] or "")
    return Place(scheme, host, port or _PORTS[scheme], target)


def check_place(place: Place, openings: Openings) -> None:
    """Refuse a place that could never be told, before it is registered.

    Of a name nothing is asked yet: its addresses are checked each time it is told.

    Raises:
        WebhookUrlError: it could not.
    """
    if place.address is not None:
        why = refusal(
            place.address, scheme=place.scheme, port=place.port, openings=openings
        )
        if why:
            raise WebhookUrlError(why)
        return
    if place.scheme == "http" and not any(one.http for one in openings.networks):
        raise WebhookUrlError("http is opened for no network")
    opened = {port for one in openings.networks for port in one.ports}
    usual = TLS_PORTS if place.scheme == "https" else {_PORTS["http"]}
    if place.port not in usual | opened:
        raise WebhookUrlError(f"port {place.port} is opened for no network")


def _scheme(stated: str) -> Scheme:
    for known in _PORTS:
        if stated.lower() == known:
            return known
    raise WebhookUrlError(f"'{stated[:20]}' is neither https nor http")


def _authority(stated: str) -> tuple[str, int | None]:
    if "@" in stated:
        raise WebhookUrlError("it has a user or a password in it")
    if "%" in stated:
        raise WebhookUrlError("its host is written with '%'")
    found = _AUTHORITY.fullmatch(stated)
    if found is None:
        raise WebhookUrlError("its host or port is none")
    port = int(found["port"]) if found["port"] else None
    if port is not None and port > _MOST_PORT:
        raise WebhookUrlError("its port is none")
    host = found["host"].lower()
    return (_address(host[1:-1]) if host.startswith("[") else _name(host)), port


def _address(stated: str) -> str:
    try:
        return str(ipaddress.IPv6Address(stated))
    except ValueError as error:
        raise WebhookUrlError("its host is no address of IPv6") from error


def _name(host: str) -> str:
    labels = host.split(".")
    if _NUMBER.fullmatch(labels[-1] or labels[-2 if len(labels) > 1 else 0]):
        try:
            plain = str(ipaddress.IPv4Address(host))
        except ValueError as error:
            why = "its host is an address in another form than a.b.c.d"
            raise WebhookUrlError(why) from error
        return plain
    if len(host) > _LONGEST_NAME or not all(map(_LABEL.fullmatch, labels)):
        raise WebhookUrlError("its host is no name")
    return host
