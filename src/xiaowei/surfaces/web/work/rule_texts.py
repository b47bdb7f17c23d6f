"""How long rules and their test cases may be that are written on a page."""

from typing import Final

from xiaowei.errors import InputError

_MOST_BYTES: Final = 64 * 1024
"""As over HTTP."""


class LongRulesError(InputError):
    """Rules, or cases, are written longer than they may be."""

    status = 413

    def __init__(self, size: int) -> None:
        """Say how long they are, and may be."""
        super().__init__(
            f"the text holds {size} bytes",
            expected=f"at most {_MOST_BYTES}",
            remedy="Write less; nothing was put on record",
        )
        self.figures = {"size": f"{size:,}", "most": f"{_MOST_BYTES:,}"}


def short(text: str) -> str:
    """Return a text that somebody wrote, which is no longer than it may be.

    Raises:
        LongRulesError: it is.
    """
    size = len(text.encode())
    if size > _MOST_BYTES:
        raise LongRulesError(size)
    return text
