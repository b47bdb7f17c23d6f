"""A bank's own home serves nobody before it is safe to 生产环境检查."""

from collections.abc import Iterator
from pathlib import Path
from typing import Final

import sqlalchemy as sa

from xiaowei.desk.access.house import House
from xiaowei.desk.access.letting_in import has_administrator
from xiaowei.desk.access.provider import ProviderError, load_provider
from xiaowei.desk.sealing import KeyringError, load_keyring, offered
from xiaowei.desk.settings import Settings
from xiaowei.errors import ConflictError

_SHORTEST_SECRET: Final = 16
_DEFAULTS: Final = frozenset({
    "123456", "12345678", "1234567890", "admin", "changeme", "default", "example",
    "letmein", "password", "postgres", "root", "secret", "test", "xiaowei",
})  # fmt: skip


class UnsafeProductionError(ConflictError):
    """A home in production may not serve; every reason is named."""

    def __init__(self, faults: list[str]) -> None:
        """Name each; no secret is in the message."""
        super().__init__(
            f"this home is set to production and has {len(faults)} fault(s): "
            + "; ".join(faults),
            expected="an administrator, a keyring, no default or short secret, https",
            remedy="Mend them ('xiaowei users setup', 'xiaowei access keyring') and "
            "start again",
        )


def check_production(house: House, settings: Settings) -> None:
    """Refuse to serve a bank from a home that is not safe to; others may serve.

    Args:
        house: what access is decided from.
        settings: of the home.

    Raises:
        UnsafeProductionError: every fault is named.
    """
    if settings.production:
        faults = list(_faults(house, settings))
        if faults:
            raise UnsafeProductionError(faults)


def weak_secret(secret: str) -> str | None:
    """Return what is wrong with a secret that machines share; null for nothing.

    Args:
        secret: of a database, a webhook, an identity provider.

    >>> weak_secret("postgres"), weak_secret("k3"), weak_secret("a" * 40)
    ('is a default', 'is shorter than 16', 'is not random')
    """
    plain = secret.lower()
    if plain in _DEFAULTS:
        return "is a default"
    if len(secret) < _SHORTEST_SECRET:
        return f"is shorter than {_SHORTEST_SECRET}"
    if len(set(secret)) < _SHORTEST_SECRET // 2:
        return "is not random"
    return None


def _faults(house: House, settings: Settings) -> Iterator[str]:
    if not has_administrator(house):
        yield "there is no administrator"
    if settings.keyring is None:
        yield "no keyring is set"
    else:
        yield from _keyring_faults(settings.keyring)
    if settings.oidc is not None:
        yield from _provider_faults(settings.oidc)
    if settings.records:
        password = sa.make_url(settings.records).password
        # Without one the server knows the user otherwise: a certificate, a socket.
        why = weak_secret(str(password)) if password is not None else None
        if why:
            yield f"the password of the records {why}"


def _provider_faults(file: Path) -> Iterator[str]:
    try:
        provider = load_provider(file)
    except ProviderError as error:
        yield error.what
        return
    if not provider.encrypted:
        yield "the provider of identities is not asked by https"
    why = weak_secret(provider.client_secret)
    if why:
        yield f"the secret of the provider of identities {why}"


def _keyring_faults(file: Path) -> Iterator[str]:
    try:
        ring = load_keyring(file)
    except KeyringError as error:
        yield error.what
        return
    if not offered(ring.cipher):
        yield f"'{ring.cipher}' is not offered by this machine"
