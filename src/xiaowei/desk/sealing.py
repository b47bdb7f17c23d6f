"""What is kept of persons is sealed at rest 加密存储: AES-256-GCM, or SM4-GCM 国密.

A keyring is a YAML file that only its owner may read::

    cipher: aes-256-gcm        # or sm4-gcm
    active: "2025-07"          # what is sealed from now on
    keys:
      "2025-07": BASE64 OF 32 RANDOM BYTES
      "2024-07": ...           # opens what was sealed before
    index: BASE64 OF 32 RANDOM BYTES

Keys of ciphers are derived from those of the ring by HKDF-SHA-256, so that one secret
is never used by two ciphers. What is sealed is bound to its place: moved to another row
or column it does not open. To rotate, a key is added and made the active one, and
`reseal` is called for each row; then the old key can go.
"""

import base64
import binascii
import hashlib
import hmac
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache, partial
from pathlib import Path
from typing import Final, Literal, TypeAlias

import yaml
from cryptography.exceptions import InvalidTag, UnsupportedAlgorithm
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from xiaowei.desk.secret_files import stated_in_secret
from xiaowei.errors import ConflictError, InputError
from xiaowei.records.journal import canonical

CipherName: TypeAlias = Literal["aes-256-gcm", "sm4-gcm"]
_KEY_BYTES: Final[Mapping[CipherName, int]] = {"aes-256-gcm": 32, "sm4-gcm": 16}
_SECRET_BYTES: Final = 32
_LEAST_DIFFERENT: Final = 16
"""Of 32 random bytes so many differ but once in more than 10^12."""
_NONCE_BYTES: Final = 12
_TAG_BYTES: Final = 16
_FORM: Final = "x1"
_PARTS: Final = 4


class KeyringError(InputError):
    """A keyring cannot be used."""

    def __init__(self, file: str, why: str) -> None:
        """Name the file; no key is in the message."""
        super().__init__(
            f"the keyring '{file}' cannot be used: {why}",
            expected="YAML with cipher, active, keys and index; each key 32 random "
            "bytes in base64; a file that only its owner may read",
            remedy="Make one with 'xiaowei access keyring FILE'",
        )


class NoCipherError(ConflictError):
    """The cipher is not in the OpenSSL of this machine."""

    def __init__(self, cipher: str) -> None:
        """Name it."""
        super().__init__(
            f"'{cipher}' is not offered by the OpenSSL of this machine",
            expected="an OpenSSL that has it, or aes-256-gcm",
            remedy="Install a build of 'cryptography' with SM4, or take aes-256-gcm",
        )


class SealError(ConflictError):
    """What is sealed does not open: another place, another key, or changed."""

    def __init__(self, why: str) -> None:
        """Say why; nothing of the value is in the message."""
        super().__init__(
            f"a sealed value does not open: {why}",
            expected="the value as it was sealed, in its own row and column",
            remedy="Restore it from a backup, with the keyring of that time",
        )


@dataclass(frozen=True, slots=True)
class Keyring:
    """Keys by their ids, one of which seals.

    Args:
        cipher: which seals; what another one sealed opens all the same.
        active: the id of the key that seals.
        keys: id to 32 random bytes.
        index: 32 random bytes, for finding equal values without opening them.
    """

    cipher: CipherName
    active: str
    keys: Mapping[str, bytes] = field(repr=False)
    index: bytes = field(repr=False)

    def seal(self, value: str, *, place: tuple[str, ...]) -> str:
        """Return a value sealed.

        Args:
            value: in full.
            place: table, column and row it is kept in.

        Raises:
            NoCipherError: this machine has no such cipher.
        """
        nonce = secrets.token_bytes(_NONCE_BYTES)
        key = self._key(self.cipher, self.active)
        sealer = _cipher(self.cipher, key, modes.GCM(nonce)).encryptor()
        sealer.authenticate_additional_data(_bound(place))
        body = sealer.update(value.encode()) + sealer.finalize()
        return ".".join(
            (_FORM, self.cipher, self.active, _text(nonce + body + sealer.tag))
        )

    def unseal(self, sealed: str, *, place: tuple[str, ...]) -> str:
        """Return what was sealed.

        Args:
            sealed: as `seal` returned it.
            place: where it was kept.

        Raises:
            SealError: it is another place, its key is gone, or it was changed.
            NoCipherError: this machine has no such cipher.
        """
        cipher, name, whole = _parts(sealed)
        if name not in self.keys:
            raise SealError(f"key '{name}' is not on the ring")
        nonce, tag = whole[:_NONCE_BYTES], whole[-_TAG_BYTES:]
        key = self._key(cipher, name)
        opener = _cipher(cipher, key, modes.GCM(nonce, tag)).decryptor()
        opener.authenticate_additional_data(_bound(place))
        try:
            body = opener.update(whole[_NONCE_BYTES:-_TAG_BYTES]) + opener.finalize()
        except InvalidTag as error:
            raise SealError("it was changed, or is of another place") from error
        return body.decode()

    def reseal(self, sealed: str, *, place: tuple[str, ...]) -> str:
        """Return a value sealed by the active key, the same text if it is already.

        Raises:
            SealError: it does not open.
        """
        cipher, name, _ = _parts(sealed)
        if (cipher, name) == (self.cipher, self.active):
            return sealed
        return self.seal(self.unseal(sealed, place=place), place=place)

    def blind(self, value: str, *, column: str) -> str:
        """Return what equal values of a column have in common, to search by.

        Args:
            value: in full.
            column: of one column alone, so that columns cannot be compared.
        """
        text = canonical([column, value]).encode()
        return hmac.new(self.index, text, hashlib.sha256).hexdigest()

    def _key(self, cipher: CipherName, name: str) -> bytes:
        derive = HKDF(SHA256(), _KEY_BYTES[cipher], None, f"xiaowei {cipher}".encode())
        return derive.derive(self.keys[name])


def new_keyring(name: str, *, cipher: CipherName = "aes-256-gcm") -> str:
    """Return the text of a keyring with one new key.

    Args:
        name: the id of the key, e.g. the month.
        cipher: which seals.
    """
    drawn = [base64.b64encode(secrets.token_bytes(_SECRET_BYTES)) for _ in range(2)]
    stated = {
        "cipher": cipher,
        "active": name,
        "keys": {name: drawn[0].decode()},
        "index": drawn[1].decode(),
    }
    return str(yaml.safe_dump(stated, sort_keys=False))


def load_keyring(file: Path) -> Keyring:
    """Return a keyring from its file.

    Raises:
        KeyringError: it is not there, malformed, weak, or others may read it.
    """
    stated = stated_in_secret(file, partial(KeyringError, file.name))
    if not isinstance(stated, dict) or set(stated) != {*_STATED}:
        raise KeyringError(file.name, "its keys are not " + ", ".join(_STATED))
    return _ring(stated, file.name)


_STATED: Final = ("cipher", "active", "keys", "index")


def _ring(stated: Mapping[str, object], file: str) -> Keyring:
    keys, cipher = stated["keys"], stated["cipher"]
    if cipher not in _KEY_BYTES:
        raise KeyringError(file, "cipher is none of " + ", ".join(_KEY_BYTES))
    if not isinstance(keys, dict) or stated["active"] not in keys:
        raise KeyringError(file, "the active key is not among the keys")
    if not all(isinstance(name, str) and name and "." not in name for name in keys):
        raise KeyringError(file, "the id of a key is no text without dots")
    read = {name: _secret(text, file) for name, text in keys.items()}
    index = _secret(stated["index"], file)
    if index in read.values():
        raise KeyringError(file, "the index is one of the keys")
    name = next(one for one in _KEY_BYTES if one == cipher)
    return Keyring(name, str(stated["active"]), read, index)


def _secret(stated: object, file: str) -> bytes:
    try:
        secret = base64.b64decode(str(stated), validate=True)
    except (binascii.Error, ValueError):
        secret = b""
    if len(secret) != _SECRET_BYTES:
        raise KeyringError(file, "a key has not 32 bytes in base64")
    if len(set(secret)) < _LEAST_DIFFERENT:
        raise KeyringError(file, "a key is not random")
    return secret


def _cipher(name: CipherName, key: bytes, mode: modes.GCM) -> Cipher[modes.GCM]:
    if not offered(name):
        raise NoCipherError(name)
    return Cipher(_algorithm(name, key), mode)


@cache
def offered(name: CipherName) -> bool:
    """Test whether the OpenSSL of this machine has a cipher."""
    algorithm = _algorithm(name, bytes(_KEY_BYTES[name]))
    try:
        Cipher(algorithm, modes.GCM(bytes(_NONCE_BYTES))).encryptor()
    except UnsupportedAlgorithm:
        return False
    return True


def _algorithm(name: CipherName, key: bytes) -> algorithms.AES | algorithms.SM4:
    return algorithms.AES(key) if name == "aes-256-gcm" else algorithms.SM4(key)


def _bound(place: tuple[str, ...]) -> bytes:
    return canonical(list(place)).encode()


def _text(value: bytes) -> str:
    return base64.urlsafe_b64encode(value).decode().rstrip("=")


def _parts(sealed: str) -> tuple[CipherName, str, bytes]:
    parts = sealed.split(".")
    known = next((one for one in _KEY_BYTES if one in parts[1:2]), None)
    if len(parts) != _PARTS or parts[0] != _FORM or known is None:
        raise SealError("it has not the form of one")
    try:
        padded = parts[3] + "=" * (-len(parts[3]) % 4)
        whole = base64.urlsafe_b64decode(padded)
    except (binascii.Error, ValueError) as error:
        raise SealError("it has not the form of one") from error
    if len(whole) < _NONCE_BYTES + _TAG_BYTES:
        raise SealError("it is cut short")
    return known, parts[2], whole
