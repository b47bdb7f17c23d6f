"""The three kinds of failure a caller may act on."""

import re
from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

_SPLIT: Final = re.compile(r"(?<=[a-z])(?=[A-Z])")


class XiaoweiError(Exception):
    """A failure that says what happened, what was expected and what to do.

    Args:
        what: what happened and to which thing, without a full stop.
        expected: what would have been right.
        remedy: what the reader can do now.
    """

    status = 500
    exit_code = 1
    figures: Mapping[str, str | tuple[str, str]] = MappingProxyType({})
    """What a text in another language needs to say the same, by name; a word that each
    language has its own of as (Chinese, English)."""
    faults: tuple[str, ...] = ()
    """All that is wrong with what was handed in, each as `where: what`."""

    def __init__(self, what: str, *, expected: str, remedy: str) -> None:
        """Compose the message from its facts."""
        super().__init__(f"{what}. Expected: {expected}. {remedy}.")
        self.what = what
        self.expected = expected
        self.remedy = remedy

    @property
    def kind(self) -> str:
        """The name by which programs and pages know this kind of failure.

        >>> class NotYoursError(XiaoweiError): ...
        >>> NotYoursError("x", expected="y", remedy="z").kind
        'not-yours'
        """
        words = _SPLIT.sub("-", type(self).__name__).lower()
        return words.removesuffix("-error")


class InputError(XiaoweiError):
    """What was handed in cannot be used as it is; mend it and try again."""

    status = 422
    exit_code = 5


class NotFoundError(XiaoweiError):
    """What was asked for does not exist here."""

    status = 404
    exit_code = 3


class ConflictError(XiaoweiError):
    """What was asked for contradicts what already holds."""

    status = 409
    exit_code = 4
