"""Forms that bring a file: few are read at once, and none for long."""

import asyncio
import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from fastapi import Request
from starlette.concurrency import run_in_threadpool

from xiaowei.errors import ConflictError, InputError
from xiaowei.surfaces.web.forms import (
    MOST_BYTES,
    check_answerable,
    own_form,
    read_sent,
)
from xiaowei.surfaces.web.parts import BrokenFormError, Filled, parted

MOST_MIB: Final = 20
"""A signed paper, scanned page by page."""
MOST_AT_ONCE: Final = 4
"""Forms held in memory at one moment."""
MOST_SECONDS: Final = 120
"""For reading one: 20 MiB take that long at 1.4 Mbit/s."""
_MOST: Final = MOST_MIB * 1024 * 1024 + MOST_BYTES
_READ_OUT: Final = 2
"""As `forms.read_sent` has it, of a form that may be six hundred times as large."""
_BOUNDARY: Final = re.compile(
    r'multipart/form-data;\s*boundary="?([0-9A-Za-z\'()+_,./:=?-]{1,70})"?\s*',
    re.IGNORECASE,
)


class LargeFileError(InputError):
    """A file that came with a form is larger than any that is taken."""

    status = 413

    def __init__(self) -> None:
        """Say how large it may be."""
        super().__init__(
            f"the file holds more than {MOST_MIB} MiB",
            expected=f"at most {MOST_MIB} MiB",
            remedy="Scan it in fewer dots, or state its SHA-256; nothing was put on "
            "record",
        )
        self.figures = {"most": str(MOST_MIB)}


class SlowFormError(InputError):
    """A form did not come in time."""

    status = 408

    def __init__(self) -> None:
        """Say how long it may take."""
        super().__init__(
            f"the form did not come within {MOST_SECONDS} s",
            expected="all of it by then",
            remedy="Send it again over a faster line, or state the SHA-256 of the "
            "file; nothing was put on record",
        )
        self.figures = {"seconds": str(MOST_SECONDS)}


class ManyFilesError(ConflictError):
    """As many forms with files are being read as may be."""

    status = 503

    def __init__(self) -> None:
        """Say how many that is."""
        super().__init__(
            f"{MOST_AT_ONCE} forms with files are being read",
            expected="fewer at once",
            remedy="Send it again in a moment; nothing was put on record",
        )
        self.figures = {"most": str(MOST_AT_ONCE)}


class Table:
    """Where forms with files are laid while they are dealt with: it has few places.

    Of one event loop, in which nothing comes between a look and a step.
    """

    def __init__(self) -> None:
        """Clear it."""
        self._taken = 0

    @contextmanager
    def place(self) -> Iterator[bool]:
        """Give a place for as long as a form is held; false where none is free."""
        if self._taken >= MOST_AT_ONCE:
            yield False
            return
        self._taken += 1
        try:
            yield True
        finally:
            self._taken -= 1


async def form_with_files(request: Request, *, place: bool = True) -> Filled:
    """Return a form of ours that may bring files, which are held in memory.

    Whether somebody may send one is to be asked before it is read.

    Args:
        request: that brings it.
        place: whether there is one for it on the table; else it is read out without
            being kept, for a browser that still sends shows no answer.

    Raises:
        OtherSiteError: another site sent it.
        UnknownLanguageError: the language is neither zh nor en.
        LargeFormError: it has no room for a file, or its fields hold too much.
        LargeFileError: its files are too large.
        SlowFormError: it did not come in time.
        ManyFilesError: there is no place for it.
        BrokenFormError: it cannot be read.
        ManyPartsError: it has more parts than any of ours.
    """
    check_answerable(request)
    try:
        async with asyncio.timeout(MOST_SECONDS):
            return await _read(request, place=place)
    except TimeoutError as error:
        raise SlowFormError from error


async def _read(request: Request, *, place: bool) -> Filled:
    kind = request.headers.get("Content-Type", "")
    if not kind.lower().startswith("multipart/"):
        return Filled(await own_form(request))
    most = _MOST if place else 0
    sent = await read_sent(request, most=most, read_out=_MOST * _READ_OUT)
    if not place:
        raise ManyFilesError
    if sent is None:
        raise LargeFileError
    found = _BOUNDARY.fullmatch(kind)
    if found is None:
        raise BrokenFormError
    return await run_in_threadpool(parted, sent, found[1].encode())
