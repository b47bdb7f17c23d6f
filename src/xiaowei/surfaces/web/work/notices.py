"""A form that was not taken, and what its page says of that."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from xiaowei.errors import XiaoweiError
from xiaowei.surfaces.web.refusals import refusal_of
from xiaowei.surfaces.web.work.fields import FaultyFormError


@dataclass(frozen=True, slots=True)
class Untaken:
    """A form that was not taken.

    Args:
        stated: its fields.
        error: why.
    """

    stated: Mapping[str, str] = field(default_factory=dict)
    error: XiaoweiError | None = None


def notices_of(error: XiaoweiError | None, *, about: str = "") -> dict[str, Any]:
    """Return what a page says of what was refused, in all or field by field.

    Args:
        error: why; null for nothing.
        about: see `refusals.refusal_of`.

    Returns:
        `refused`, null for nothing, and `faults`, the fields that cannot be taken.
    """
    return {
        "refused": None if error is None else refusal_of(error, about=about),
        "faults": error.faults if isinstance(error, FaultyFormError) else (),
    }
