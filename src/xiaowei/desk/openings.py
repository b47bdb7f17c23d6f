"""Networks within the bank that webhooks may reach, as whoever runs the server says."""

import ipaddress
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, TypeAlias

Network: TypeAlias = ipaddress.IPv4Network | ipaddress.IPv6Network
Address: TypeAlias = ipaddress.IPv4Address | ipaddress.IPv6Address

_STATED: Final = {"ca", "networks"}
_OF_NETWORK: Final = {"network", "http", "ports"}
_MOST_PORT: Final = 65_535


@dataclass(frozen=True, slots=True)
class Opening:
    """A network that is opened.

    Args:
        network: its addresses.
        http: whether they may be told without TLS.
        ports: that may be told there, beside those of TLS.
    """

    network: Network
    http: bool = False
    ports: frozenset[int] = frozenset()

    def holds(self, address: Address) -> bool:
        """Test whether an address is of it."""
        return address.version == self.network.version and address in self.network


@dataclass(frozen=True, slots=True)
class Openings:
    """All that is opened; nothing by default.

    Args:
        networks: each that is.
        ca: a file of authorities that are trusted beside the machine's own; null for
            none.
    """

    networks: tuple[Opening, ...] = field(default=())
    ca: Path | None = None

    def of(self, address: Address) -> tuple[Opening, ...]:
        """Return the openings that an address is of."""
        return tuple(one for one in self.networks if one.holds(address))


def openings_in(stated: object, root: Path) -> Openings:
    """Return what the key `webhooks` of a home's settings opens.

    Args:
        stated: its value.
        root: the home's folder, in which a file of authorities is looked for.

    Raises:
        ValueError: it is not as it should be; the text says what.
    """
    told = _keys(stated, _STATED, "'webhooks'")
    ca, networks = told.get("ca"), told.get("networks", [])
    if ca is not None and not isinstance(ca, str):
        message = "'webhooks.ca' is no text"
        raise ValueError(message)
    if not isinstance(networks, list):
        message = "'webhooks.networks' is no list"
        raise ValueError(message)  # noqa: TRY004 - a fault of a file, as all others
    return Openings(tuple(map(_opening, networks)), root / ca if ca else None)


def _opening(stated: object) -> Opening:
    told = _keys(stated, _OF_NETWORK, "one of 'webhooks.networks'")
    try:
        network = ipaddress.ip_network(str(told.get("network")))
    except ValueError as error:
        message = f"'{told.get('network')}' is no network, e.g. 10.20.0.0/16"
        raise ValueError(message) from error
    http, ports = told.get("http", False), told.get("ports", [])
    if not isinstance(http, bool):
        message = f"'http' of {network} is no true or false"
        raise ValueError(message)  # noqa: TRY004 - as above
    if not isinstance(ports, list) or not all(map(_port, ports)):
        message = f"'ports' of {network} is no list of ports"
        raise ValueError(message)
    return Opening(network, http, frozenset(ports))


def _port(stated: object) -> bool:
    return type(stated) is int and 0 < stated <= _MOST_PORT


def _keys(stated: object, known: set[str], what: str) -> Mapping[str, Any]:
    if not isinstance(stated, dict) or not set(map(str, stated)) <= known:
        message = f"{what} has none but these keys: " + ", ".join(sorted(known))
        raise ValueError(message)
    return stated
