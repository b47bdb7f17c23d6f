"""Pages of long lists, by cursors that say nothing to whoever holds one."""

import base64
import binascii
from collections.abc import Callable, Sequence
from typing import Annotated, Final, TypeVar

from fastapi import Query

from xiaowei.errors import InputError

Item = TypeVar("Item")

MOST: Final = 200
Limit = Annotated[int, Query(ge=1, le=MOST, description="So many at most.")]
Cursor = Annotated[
    str, Query(max_length=200, description="'next' of the page before; else empty.")
]
LARGEST: Final = 2**53 - 1
"""The largest whole number that every reader of JSON keeps."""
_FORM: Final = b"1:"


class CursorError(InputError):
    """A cursor was not made here."""

    def __init__(self, cursor: str) -> None:
        """Name it."""
        super().__init__(
            f"'{cursor[:40]}' is no cursor",
            expected="'next' of a page before, as it came",
            remedy="Begin without a cursor",
        )


def cursor_of(last: str) -> str:
    """Return a cursor for what comes after something.

    >>> last_of(cursor_of("E1"))
    'E1'
    """
    return base64.urlsafe_b64encode(_FORM + last.encode()).decode().rstrip("=")


def next_of(
    found: Sequence[Item], limit: int, last: Callable[[Item], object]
) -> str | None:
    """Return the cursor of the page after this one; null where this is the last.

    Args:
        found: one more than a page holds, where there is more.
        limit: how many it holds.
        last: returns after what the next page goes on, of the last that is shown.

    >>> next_of([1, 2], 2, str), last_of(next_of([1, 2, 3], 2, str) or "")
    (None, '2')
    """
    return cursor_of(str(last(found[limit - 1]))) if len(found) > limit else None


def last_of(cursor: str) -> str:
    """Return after what a cursor goes on; empty for the first page.

    Raises:
        CursorError: it was not made here.
    """
    if not cursor:
        return ""
    try:
        padded = cursor + "=" * (-len(cursor) % 4)
        told = base64.b64decode(padded, altchars=b"-_", validate=True)
        if not told.startswith(_FORM):
            raise CursorError(cursor)
        return told[len(_FORM) :].decode()
    except (binascii.Error, ValueError) as error:
        raise CursorError(cursor) from error


def number_in(cursor: str) -> int:
    """Return the number after which a cursor goes on; 0 for the first page.

    Raises:
        CursorError: it was not made here, or not of numbers.
    """
    last = last_of(cursor)
    if not last:
        return 0
    if not (last.isascii() and last.isdigit()) or int(last) > LARGEST:
        raise CursorError(cursor)
    return int(last)
