"""Signatures of models: who stands for a text and its card, checked at each use."""

import base64
import unicodedata
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final, Literal

from cryptography.exceptions import InvalidSignature

from xiaowei.desk import clock
from xiaowei.desk.home import Home
from xiaowei.desk.modelling.keys import (
    KeyFileError,
    TrustedKey,
    fingerprint_of,
    private_key,
    public_key,
    public_pem,
    trusted_keys,
)
from xiaowei.errors import ConflictError
from xiaowei.records.journal import canonical, digest_of
from xiaowei.risk.kept import fingerprint

SIGNATURE: Final = "model_signature"
"""Kind of the journal's entries that hold a signature of a model."""
DEMANDED: Final = "model_signatures_demanded"
"""Number of the policy: how many must have signed a model that is used."""
_SIGNED: Final = "xiaowei.signature/1"
_ADDED: Final = frozenset({"entry", "made_at", "signatures", "validations"})

State = Literal["good", "not_trusted", "broken"]
"""Whether a signature is of this text and card by a key that is its signer's; by a key
that is not, or no longer, trusted; or of something else."""


@dataclass(frozen=True, slots=True)
class Signature:
    """A signature as it stands now.

    Args:
        by: who says to have signed.
        key: fingerprint of the key.
        made_at: when, ISO 8601.
        state: what it is worth.
    """

    by: str
    key: str
    made_at: str
    state: State


class AlteredModelError(ConflictError):
    """The text of a model is not the one that was put on record."""

    def __init__(self, name: str) -> None:
        """Name the model."""
        super().__init__(
            f"the text of model '{name}' was altered since it was put on record",
            expected="a text of the fingerprint on its card",
            remedy="Restore the records from a backup, and ask who changed them",
        )


class BrokenSignatureError(ConflictError):
    """A signature is of another text or card than the one on record."""

    def __init__(self, name: str, by: str) -> None:
        """Name the model and whose signature it is."""
        super().__init__(
            f"the signature of '{by}' is not of model '{name}' as it stands on record",
            expected="a signature of this text and this card",
            remedy="Restore the records from a backup, and ask who changed them",
        )


class UnsignedModelError(ConflictError):
    """The policy demands more signatures than a model has."""

    def __init__(self, name: str, *, demanded: int, why: str) -> None:
        """Say what there is and what is due."""
        super().__init__(
            f"model '{name}' may not be used: {why}",
            expected=f"{demanded} person(s) other than whoever trained it to have "
            f"signed with trusted keys, by '{DEMANDED}' of the policy",
            remedy="Have it signed with 'xiaowei models sign', and its signer's key "
            "trusted with 'xiaowei models trust'",
        )


class SamePersonError(ConflictError):
    """Whoever made something cannot also check it."""

    def __init__(self, name: str, by: str) -> None:
        """Name both."""
        super().__init__(
            f"'{by}' trained model '{name}' and cannot also validate it",
            expected="another person: a maker is never the checker",
            remedy="Ask somebody else to validate it, under their own name",
        )


def sign(home: Home, card: Mapping[str, Any], path: Path, *, by: str) -> Signature:
    """Put a signature of a model and its card on record.

    Args:
        home: the workspace.
        card: of the model, as `model_on_record` gives it.
        path: of the signer's private key.
        by: who signs.

    Raises:
        KeyFileError: the file holds no private key.
    """
    key = private_key(path)
    now = clock.now()
    said = {
        "kind": _SIGNED,
        "model": _what(card),
        "by": by.strip(),
        "made_at": now,
    }
    body = {
        "said": said,
        "entry": card["entry"],
        "public": public_pem(key.public_key()),
        "signature": base64.b64encode(key.sign(canonical(said).encode())).decode(),
    }
    home.journal.add(SIGNATURE, body, made_at=now)
    return _signature(body, card, trusted_keys(home))


def signatures_of(home: Home, card: Mapping[str, Any]) -> list[Signature]:
    """Return the signatures of a model, the first one first.

    Args:
        home: the workspace.
        card: of the model, as on record.
    """
    trusted = trusted_keys(home)
    return [
        _signature(entry.body, card, trusted)
        for entry in home.journal.entries(SIGNATURE)
        if entry.body["entry"] == card["entry"]
    ]


def is_altered(card: Mapping[str, Any], text: str) -> bool:
    """Tell whether a text is another than the one that its card was put on record with.

    Args:
        card: of the model.
        text: of the model as it stands now.
    """
    on_record: tuple[str, str] = card["fingerprint"], card["document"]
    return (fingerprint(text), digest_of(text)) != on_record


def check_text(home: Home, card: Mapping[str, Any], text: str) -> None:
    """Refuse a model that was altered since it was put on record or signed.

    Args:
        home: the workspace.
        card: of the model.
        text: of the model.

    Raises:
        AlteredModelError: the text has another fingerprint.
        BrokenSignatureError: a signature is of something else.
    """
    if is_altered(card, text):
        raise AlteredModelError(card["name"])
    for one in signatures_of(home, card):
        if one.state == "broken":
            raise BrokenSignatureError(card["name"], one.by)


def check_signed(home: Home, card: Mapping[str, Any]) -> None:
    """Refuse a model that lacks the signatures which the policy demands today.

    Args:
        home: the workspace.
        card: of the model.

    Raises:
        UnsignedModelError: too few others than its maker have signed it.
    """
    demanded = int(home.book.number(DEMANDED, on=clock.today()))
    if not demanded:
        return
    name, maker = card["name"], card.get("trained_by")
    if not maker:
        why = "who trained it is not on record, so that nobody is known to be another"
        raise UnsignedModelError(name, demanded=demanded, why=why)
    found = signatures_of(home, card)
    good = {_plain(one.by) for one in found if one.state == "good"} - {_plain(maker)}
    if len(good) < demanded:
        idle = sum(one.state == "not_trusted" for one in found)
        why = f"{len(good)} have signed it, {idle} signature(s) are of unknown keys"
        raise UnsignedModelError(name, demanded=demanded, why=why)


def check_other(card: Mapping[str, Any], by: str) -> None:
    """Refuse a validator who is the maker, by name.

    Args:
        card: of the model.
        by: who would validate.

    Raises:
        SamePersonError: the names are the same, but for case, width and blanks.
    """
    maker = card.get("trained_by")
    if maker and _plain(maker) == _plain(by):
        raise SamePersonError(card["name"], by)


def plain_signatures(found: list[Signature]) -> list[dict[str, str]]:
    """Return signatures as plain values."""
    return [asdict(one) for one in found]


def _what(card: Mapping[str, Any]) -> dict[str, str]:
    """Return what is signed: the text by its fingerprint, the card by its digest."""
    body = {key: value for key, value in card.items() if key not in _ADDED}
    return {"fingerprint": card["fingerprint"], "card": digest_of(canonical(body))}


def _signature(
    body: Mapping[str, Any], card: Mapping[str, Any], trusted: Mapping[str, TrustedKey]
) -> Signature:
    said, name = body["said"], ""
    try:
        key = public_key(body["public"], path=Path("signature"))
        name = fingerprint_of(key)
        key.verify(base64.b64decode(body["signature"]), canonical(said).encode())
        whole = said["kind"] == _SIGNED and said["model"] == _what(card)
    except (InvalidSignature, KeyFileError, ValueError):
        whole = False
    known = trusted.get(name)
    mine = known is not None and _plain(known.by) == _plain(said["by"])
    state: State = "broken" if not whole else "good" if mine else "not_trusted"
    return Signature(said["by"], name, said["made_at"], state)


def _plain(name: str) -> str:
    """Return a name as people are told apart by: no case, no width, no blanks."""
    return "".join(unicodedata.normalize("NFKC", name).casefold().split())
