"""Secrets of receivers, sealed by the keyring of the home where it has one."""

from dataclasses import replace

import sqlalchemy as sa

from xiaowei.desk.home import Home
from xiaowei.desk.sealing import Keyring, load_keyring
from xiaowei.desk.settings import settings_of
from xiaowei.desk.webhooks.signature import is_plain
from xiaowei.records.webhooks import secrets
from xiaowei.records.webhooks.secrets import SECRETS, Kept


def keyring_of(home: Home) -> Keyring | None:
    """Return the keyring of a home, as its file is now; null for none.

    Raises:
        KeyringError: it cannot be used.
    """
    file = settings_of(home.root).keyring
    return None if file is None else load_keyring(file)


def keep_secret(
    connection: sa.Connection, ring: Keyring | None, one: Kept, *, overlap_until: int
) -> None:
    """Keep a new secret, sealed if there is a keyring.

    Args:
        connection: of `Store.writing`.
        ring: see `keyring_of`.
        one: with the secret as it is.
        overlap_until: seconds since 1970 up to which the one before signs, too.
    """
    kept = one if ring is None else replace(one, secret=_sealed(ring, one))
    secrets.keep(connection, kept, overlap_until=overlap_until)


def keys_of(home: Home, receiver: int, *, at: int) -> list[str]:
    """Return the secrets that sign for a receiver, the newest first.

    Args:
        home: the workspace.
        receiver: whose.
        at: the moment, in seconds since 1970.

    Raises:
        KeyringError: the keyring cannot be used.
        SealError: it does not open them.
    """
    ring = keyring_of(home)
    with home.journal.store.reading() as connection:
        kept = secrets.live(connection, receiver, at=at)
    return [_open(ring, one) for one in kept]


def seal_anew(home: Home) -> int:
    """Seal every secret by the keyring's active key; return how many were not.

    So an old key can be taken off the ring, and secrets from before there was a ring
    are sealed.

    Raises:
        KeyringError: the keyring cannot be used.
        SealError: it does not open them.
    """
    ring, count = keyring_of(home), 0
    if ring is None:
        return count
    with home.journal.store.writing() as connection:
        for one in secrets.every(connection):
            plain = is_plain(one.secret)
            sealed = _sealed(ring, one) if plain else _resealed(ring, one)
            if sealed != one.secret:
                secrets.replace(connection, replace(one, secret=sealed))
                count += 1
    return count


def _open(ring: Keyring | None, one: Kept) -> str:
    if is_plain(one.secret):
        return one.secret
    # Without a ring nothing opens: an empty one says so in its own words.
    opener = ring or Keyring("aes-256-gcm", "", {}, b"")
    return opener.unseal(one.secret, place=_place(one))


def _sealed(ring: Keyring, one: Kept) -> str:
    return ring.seal(one.secret, place=_place(one))


def _resealed(ring: Keyring, one: Kept) -> str:
    return ring.reseal(one.secret, place=_place(one))


def _place(one: Kept) -> tuple[str, ...]:
    row = f"{one.receiver}/{one.entry}"
    return (SECRETS.name, SECRETS.c.secret.name, row)
