"""An address in; why nothing may be sent there out 服务端请求伪造防护.

What is not plainly somewhere in the world is refused: this machine, the bank's own
networks, what tells machines their secrets, and addresses that hold another one within
them. A network of the bank's own may be opened by the settings; some never are.
"""

import ipaddress
from typing import Final

from xiaowei.desk.openings import Address, Network, Opening, Openings

TLS_PORTS: Final = frozenset({443, 8443})
"""Others are those of databases, queues and shells."""
_HTTP_PORT: Final = 80


def _networks(*stated: tuple[str, str]) -> tuple[tuple[Network, str], ...]:
    return tuple((ipaddress.ip_network(one), why) for one, why in stated)


_NEVER: Final = _networks(
    ("0.0.0.0/8", "unspecified"),
    ("169.254.0.0/16", "link-local, where clouds keep secrets of their machines"),
    ("100.100.100.200/32", "metadata of a cloud"),
    ("192.0.0.192/32", "metadata of a cloud"),
    ("168.63.129.16/32", "metadata of a cloud"),
    ("192.0.0.0/24", "reserved"),
    ("192.88.99.0/24", "a relay of 6to4"),
    ("224.0.0.0/4", "multicast"),
    ("240.0.0.0/4", "reserved or broadcast"),
    ("::/128", "unspecified"),
    ("::ffff:0:0/96", "IPv4 within IPv6 (mapped)"),
    ("::ffff:0:0:0/96", "IPv4 within IPv6 (translated)"),
    ("64:ff9b::/96", "IPv4 within IPv6 (NAT64)"),
    ("64:ff9b:1::/48", "IPv4 within IPv6 (NAT64)"),
    ("2001::/32", "IPv4 within IPv6 (Teredo)"),
    ("2002::/16", "IPv4 within IPv6 (6to4)"),
    ("100::/64", "discarded"),
    ("fd00:ec2::/32", "metadata of a cloud"),
    ("fd20:ce::254/128", "metadata of a cloud"),
    ("fe80::/10", "link-local"),
    ("fec0::/10", "site-local"),
    ("ff00::/8", "multicast"),
)
"""No setting opens these: a wide network that is opened may hold one by accident."""
_SHUT: Final = _networks(
    ("10.0.0.0/8", "private"),
    ("100.64.0.0/10", "shared by a carrier (CGNAT)"),
    ("127.0.0.0/8", "this machine itself"),
    ("172.16.0.0/12", "private"),
    ("192.0.2.0/24", "for documentation"),
    ("192.168.0.0/16", "private"),
    ("198.18.0.0/15", "for benchmarks"),
    ("198.51.100.0/24", "for documentation"),
    ("203.0.113.0/24", "for documentation"),
    ("::1/128", "this machine itself"),
    ("fc00::/7", "private"),
    ("2001:db8::/32", "for documentation"),
    ("3fff::/20", "for documentation"),
    ("2001::/23", "reserved"),
)
"""Opened by settings alone."""
_WORLD: Final = ipaddress.ip_network("2000::/3")
_COMPATIBLE: Final = ipaddress.ip_network("::/96")
_ISATAP: Final = (0x0000_5EFE, 0x0200_5EFE)


def refusal(
    address: Address, *, scheme: str, port: int, openings: Openings
) -> str | None:
    """Return why nothing may be sent to an address; null where it may.

    Args:
        address: as it would be connected to.
        scheme: `https` or `http`.
        port: there.
        openings: what the settings of the home open.

    >>> at = ipaddress.ip_address("10.1.2.3")
    >>> refusal(at, scheme="https", port=443, openings=Openings())
    '10.1.2.3 is private'
    """
    opened = openings.of(address)
    why = _never(address) or (None if opened else _shut(address))
    if why is not None:
        return f"{address} is {why}"
    if scheme != "https" and not any(one.http for one in opened):
        return f"{address} may be told over https alone"
    if port in TLS_PORTS or any(_at(port, one) for one in opened):
        return None
    return f"port {port} of {address} is not opened"


def _at(port: int, one: Opening) -> bool:
    return port in one.ports or (one.http and port == _HTTP_PORT)


def _never(address: Address) -> str | None:
    if isinstance(address, ipaddress.IPv6Address):
        if address.scope_id is not None:
            return "of one link alone"
        if address in _COMPATIBLE and int(address) > 1:
            return "IPv4 within IPv6 (compatible)"
        if (int(address) >> 32) & 0xFFFF_FFFF in _ISATAP:
            return "IPv4 within IPv6 (ISATAP)"
    return _among(address, _NEVER)


def _shut(address: Address) -> str | None:
    why = _among(address, _SHUT)
    if why is not None:
        return why
    if address.version == _WORLD.version and address not in _WORLD:
        return "reserved"
    return None if address.is_global else "reserved"


def _among(address: Address, networks: tuple[tuple[Network, str], ...]) -> str | None:
    for network, why in networks:
        if address.version == network.version and address in network:
            return why
    return None
