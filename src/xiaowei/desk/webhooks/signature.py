"""What shows a receiver who tells it: a signature as Standard Webhooks has it 签名.

https://www.standardwebhooks.com: HMAC-SHA-256 over id, moment and body. While a secret
is replaced, old and new both sign, and either will do.
"""

import base64
import hashlib
import hmac
import secrets
from collections.abc import Sequence
from typing import Final

_PREFIX: Final = "whsec_"
_BYTES: Final = 32


def new_secret() -> str:
    """Return a secret of 32 random bytes, as receivers keep it."""
    return _PREFIX + base64.b64encode(secrets.token_bytes(_BYTES)).decode()


def is_plain(kept: str) -> bool:
    """Test whether a secret is kept as it is, and not sealed."""
    return kept.startswith(_PREFIX)


def headers_of(
    event_id: str, body: bytes, *, moment: int, keys: Sequence[str]
) -> list[tuple[str, str]]:
    """Return the headers by which a receiver checks what it is told.

    Args:
        event_id: the same at each try.
        body: as it is sent.
        moment: of this try, in seconds since 1970.
        keys: secrets that sign, the newest first.

    >>> key = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
    >>> told = dict(headers_of("m", b"{}", moment=1, keys=[key]))
    >>> told["webhook-id"], told["webhook-timestamp"]
    ('m', '1')
    """
    signed = f"{event_id}.{moment}.".encode() + body
    return [
        ("webhook-id", event_id),
        ("webhook-timestamp", str(moment)),
        ("webhook-signature", " ".join(_signature(key, signed) for key in keys)),
    ]


def _signature(secret: str, signed: bytes) -> str:
    key = base64.b64decode(secret.removeprefix(_PREFIX))
    made = hmac.new(key, signed, hashlib.sha256).digest()
    return "v1," + base64.b64encode(made).decode()
