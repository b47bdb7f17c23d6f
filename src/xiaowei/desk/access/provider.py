"""The bank's provider of identities 统一身份认证, as a file of the home states it.

The file holds a secret, so only its owner may read it::

    issuer: https://sso.bank.example          # as the provider calls itself
    client_id: xiaowei
    client_secret: ...
    service: https://xiaowei.bank.example     # where browsers find this service
    account: preferred_username               # the claim that names an account
    scopes: [openid, profile]
    label: 统一身份认证 Single sign-on
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

from xiaowei.desk.secret_files import stated_in_secret
from xiaowei.errors import InputError

_NEEDED: Final = ("issuer", "client_id", "client_secret", "service")
_OPTIONAL: Final = ("account", "scopes", "label")
_OPENID: Final = "openid"
_SCOPES: Final = (_OPENID, "profile")
_LONGEST: Final = 400
_HERE: Final = ("127.0.0.1", "localhost", "::1")


class ProviderError(InputError):
    """What a file states of a provider of identities cannot be used."""

    def __init__(self, file: str, why: str) -> None:
        """Name the file; no secret is in the message."""
        super().__init__(
            f"the provider of identities in '{file}' cannot be used: {why}",
            expected=f"YAML with {', '.join(_NEEDED)} and, if wanted, "
            f"{', '.join(_OPTIONAL)}; a file that only its owner may read",
            remedy="Correct the file; docs/access.md shows one",
        )


@dataclass(frozen=True, slots=True)
class Provider:
    """A provider of identities, and how this service is known to it.

    Args:
        issuer: its URL as its tokens state it, without an end that differs.
        client_id: what it calls this service.
        client_secret: what both know.
        service: where browsers find this service, without a path.
        account: the claim that names an account. People must not be able to change
            what it states, and no name may ever pass to another person.
        scopes: what is asked for; `openid` is among them.
        label: what people read before they go there.
    """

    issuer: str
    client_id: str
    client_secret: str = field(repr=False)
    service: str
    account: str = "preferred_username"
    scopes: tuple[str, ...] = _SCOPES
    label: str = "统一身份认证 Single sign-on"

    @property
    def encrypted(self) -> bool:
        """Test whether nobody on the way can read or change what is said."""
        return all(
            urlsplit(one).scheme == "https" for one in (self.issuer, self.service)
        )


def load_provider(file: Path) -> Provider:
    """Return the provider that a file states.

    Raises:
        ProviderError: it is not there, malformed, or others may read it; an address is
            no URL, or one not encrypted that is not on this machine.
    """
    stated = stated_in_secret(file, partial(ProviderError, file.name))
    if not isinstance(stated, dict):
        raise ProviderError(file.name, "it is no list of keys with values")
    return _provider(stated, file.name)


def _provider(stated: Mapping[str, object], file: str) -> Provider:
    missing = [name for name in _NEEDED if not stated.get(name)]
    if missing:
        raise ProviderError(file, "it lacks " + ", ".join(missing))
    unknown = sorted({*map(str, stated)} - {*_NEEDED, *_OPTIONAL})
    if unknown:
        raise ProviderError(file, "unknown " + ", ".join(unknown))
    scopes = stated.get("scopes", [*_SCOPES])
    if not isinstance(scopes, list) or _OPENID not in scopes:
        raise ProviderError(file, f"'scopes' is no list with {_OPENID}")
    texts = {
        name: _text(one, name, file) for name, one in stated.items() if name != "scopes"
    }
    texts["service"] = texts["service"].rstrip("/")
    for name in ("issuer", "service"):
        if not _address(texts[name]):
            why = f"'{name}' is no https address (http on this machine alone)"
            raise ProviderError(file, why)
    if any(urlsplit(texts["service"])[2:]):
        raise ProviderError(file, "'service' has more than a host")
    return Provider(**texts, scopes=tuple(map(str, scopes)))


def _text(stated: object, name: str, file: str) -> str:
    if not isinstance(stated, str) or not 0 < len(stated) <= _LONGEST:
        raise ProviderError(file, f"'{name}' is no text of up to {_LONGEST}")
    return stated


def _address(url: str) -> bool:
    try:
        parts = urlsplit(url)
        host = parts.hostname
    except ValueError:
        return False
    if not host or parts.username is not None:
        return False
    return parts.scheme == "https" or (parts.scheme == "http" and host in _HERE)
