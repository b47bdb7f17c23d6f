"""Keys that models are signed with: made, read, and trusted in a home's records."""

import hashlib
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import (
    Ed25519PrivateKey,
    Ed25519PublicKey,
)

from xiaowei.desk import clock
from xiaowei.desk.home import Home
from xiaowei.errors import InputError, NotFoundError

KEY: Final = "model_key"
"""Kind of the journal's entries that say whose key is trusted, or no longer."""
_PRIVATE: Final = 0o600
_PUBLIC: Final = 0o666
"""Less what the umask takes away, as of any new file."""
_SHORTEST: Final = 6


class KeyFileError(InputError):
    """A file holds no key that can be used."""

    def __init__(self, path: Path, why: str, *, kind: str) -> None:
        """Name the file."""
        super().__init__(
            f"'{path.name}' cannot be used: {why}",
            expected=f"a {kind} key of Ed25519 in PEM, without a passphrase",
            remedy="Make one with 'xiaowei models key FILE', or give another file",
        )


class UnknownKeyError(NotFoundError):
    """No trusted key has that name."""

    def __init__(self, asked: str, known: list[str]) -> None:
        """Name it and those that are."""
        super().__init__(
            f"no trusted key begins with '{asked}'",
            expected="one of " + ", ".join(known) if known else "a key that is trusted",
            remedy="List them with 'xiaowei models keys'",
        )


@dataclass(frozen=True, slots=True)
class TrustedKey:
    """A key that signatures are believed of.

    Args:
        key: its fingerprint, the SHA-256 of its 32 bytes.
        by: whose it is.
        since: when it came to be trusted, ISO 8601.
    """

    key: str
    by: str
    since: str


def make_key(path: Path) -> tuple[str, Path]:
    """Make a key: the private half in a file of its owner's, the public one beside it.

    Args:
        path: of the private half; the public one is called so with `.pub`.

    Returns:
        the fingerprint, and where the public half lies.

    Raises:
        KeyFileError: a file of either name is there, or one cannot be written; then
            neither half is left behind.
    """
    made = Ed25519PrivateKey.generate()
    beside = path.with_name(path.name + ".pub")
    private = made.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    public = public_pem(made.public_key()).encode()
    # The public half first: a private one whose public half is another's would sign
    # what nobody can check.
    _written(beside, public, mode=_PUBLIC)
    try:
        _written(path, private, mode=_PRIVATE)
    except KeyFileError:
        beside.unlink()
        raise
    return fingerprint_of(made.public_key()), beside


def _written(path: Path, half: bytes, *, mode: int) -> None:
    """Write one half of a key where no file is; nothing is left where it fails."""
    try:
        place = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
    except OSError as error:
        raise KeyFileError(path, error.strerror or str(error), kind="new") from error
    try:
        with os.fdopen(place, "wb") as file:
            file.write(half)
    except OSError as error:
        path.unlink()
        raise KeyFileError(path, error.strerror or str(error), kind="new") from error


def private_key(path: Path) -> Ed25519PrivateKey:
    """Return the private key of a file.

    Raises:
        KeyFileError: it holds none.
    """
    try:
        found = serialization.load_pem_private_key(path.read_bytes(), password=None)
    except (OSError, ValueError, TypeError, UnsupportedAlgorithm) as error:
        raise KeyFileError(path, str(error), kind="private") from error
    if not isinstance(found, Ed25519PrivateKey):
        raise KeyFileError(path, "it is a key of another kind", kind="private")
    return found


def public_key(text: str, *, path: Path) -> Ed25519PublicKey:
    """Return the public key of a text.

    Args:
        text: PEM.
        path: what it is called in errors.

    Raises:
        KeyFileError: it holds none.
    """
    try:
        found = serialization.load_pem_public_key(text.encode())
    except (ValueError, UnsupportedAlgorithm) as error:
        raise KeyFileError(path, str(error), kind="public") from error
    if not isinstance(found, Ed25519PublicKey):
        raise KeyFileError(path, "it is a key of another kind", kind="public")
    return found


def public_pem(key: Ed25519PublicKey) -> str:
    """Return a public key as PEM."""
    return key.public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    ).decode()


def fingerprint_of(key: Ed25519PublicKey) -> str:
    """Return the SHA-256 by which a key is known."""
    return hashlib.sha256(key.public_bytes_raw()).hexdigest()


def trust(home: Home, path: Path, *, by: str) -> TrustedKey:
    """Put on record that a key is somebody's, so that its signatures are believed.

    Args:
        home: the workspace.
        path: of the public key.
        by: whose it is.

    Raises:
        KeyFileError: it holds none.
    """
    try:
        text = path.read_text(encoding="ascii")
    except (OSError, UnicodeDecodeError) as error:
        raise KeyFileError(path, str(error), kind="public") from error
    key = fingerprint_of(public_key(text, path=path))
    body = {"key": key, "by": by.strip(), "public": text, "trusted": True}
    entry = home.journal.add(KEY, body, made_at=clock.now())
    return TrustedKey(key, by.strip(), entry.made_at)


def distrust(home: Home, asked: str) -> TrustedKey:
    """Put on record that a key is not trusted any more: it is lost, or its owner left.

    Args:
        home: the workspace.
        asked: the first characters of its fingerprint, six or more.

    Raises:
        UnknownKeyError: no trusted key begins so.
    """
    known = trusted_keys(home)
    found = [one for one in known.values() if one.key.startswith(asked)]
    if len(asked) < _SHORTEST or len(found) != 1:
        raise UnknownKeyError(asked, [one.key[:12] for one in known.values()])
    gone = found[0]
    body = {"key": gone.key, "by": gone.by, "trusted": False}
    home.journal.add(KEY, body, made_at=clock.now())
    return gone


def trusted_keys(home: Home) -> dict[str, TrustedKey]:
    """Return the keys trusted now, by their fingerprints."""
    known: dict[str, TrustedKey] = {}
    for entry in home.journal.entries(KEY):
        body = entry.body
        known.pop(body["key"], None)
        if body["trusted"]:
            known[body["key"]] = TrustedKey(body["key"], body["by"], entry.made_at)
    return known
