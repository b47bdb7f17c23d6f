"""Keys of forms: made with a form, so that sent twice it counts once."""

import secrets
from collections.abc import Mapping
from typing import Final

from pydantic import BaseModel

from xiaowei.errors import XiaoweiError
from xiaowei.surfaces.inputs import Key
from xiaowei.surfaces.web.work.fields import FaultyFormError, filled

_KEY_BYTES: Final = 16
_KEY_USED: Final = "key-used"


class _Keyed(BaseModel):
    key: Key


def new_key() -> str:
    """Return a key that no form has had."""
    return secrets.token_hex(_KEY_BYTES)


def key_in(sent: Mapping[str, str]) -> str:
    """Return the key of a form that was sent.

    Raises:
        FaultyFormError: it has none, or one that is none of ours.
    """
    return filled(_Keyed, {"key": sent.get("key", "")}).key


def with_good_key(sent: Mapping[str, str], error: XiaoweiError) -> dict[str, str]:
    """Return what was sent and not taken, with a key that it can be sent again with.

    Args:
        sent: the fields of the form.
        error: why it was not taken.
    """
    faulty = isinstance(error, FaultyFormError) and "key" in error.faults
    if faulty or not sent.get("key") or error.kind == _KEY_USED:
        return {**sent, "key": new_key()}
    return dict(sent)
