"""Forms that bring a file, in the parts that browsers send."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from fastapi import Request

from xiaowei.errors import InputError
from xiaowei.surfaces.web.forms import (
    MOST_BYTES,
    check_answerable,
    own_form,
    read_sent,
)

MOST_MIB: Final = 20
"""A signed paper, scanned page by page."""
_MOST: Final = MOST_MIB * 1024 * 1024 + MOST_BYTES
_BOUNDARY: Final = re.compile(
    r'multipart/form-data;\s*boundary="?([0-9A-Za-z\'()+_,./:=?-]{1,70})"?\s*',
    re.IGNORECASE,
)
_NAME: Final = re.compile(rb'[; ]name="([^"\r\n]*)"')
_FILE: Final = re.compile(rb'[; ]filename="([^"\r\n]*)"')


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


class BrokenFormError(InputError):
    """A form with a file does not come in the parts that browsers send."""

    def __init__(self) -> None:
        """Say so."""
        super().__init__(
            "the form cannot be read",
            expected="multipart/form-data, as a browser sends it",
            remedy="Open the page and send its form again",
        )


@dataclass(frozen=True, slots=True)
class Filled:
    """A form that may bring files.

    Args:
        fields: name to text, without spaces around it.
        files: name to what the file holds; none where none was chosen.
    """

    fields: Mapping[str, str]
    files: Mapping[str, bytes] = field(default_factory=dict)


async def form_with_files(request: Request) -> Filled:
    """Return a form of ours that may bring files, which are held in memory.

    Whether somebody may send one is to be asked before it is read.

    Args:
        request: that brings it.

    Raises:
        OtherSiteError: another site sent it.
        UnknownLanguageError: the language is neither zh nor en.
        LargeFormError: it has no room for a file and holds too much.
        LargeFileError: its files are too large.
        BrokenFormError: it cannot be read.
    """
    kind = request.headers.get("Content-Type", "")
    if not kind.lower().startswith("multipart/"):
        return Filled(await own_form(request))
    check_answerable(request)
    sent = await read_sent(request, most=_MOST)
    if sent is None:
        raise LargeFileError
    found = _BOUNDARY.fullmatch(kind)
    if found is None:
        raise BrokenFormError
    return _parted(sent, found[1].encode())


def _parted(sent: bytes, boundary: bytes) -> Filled:
    """Return what the parts of a form hold, as browsers write them (RFC 7578)."""
    first, *parts = (b"\r\n" + sent).split(b"\r\n--" + boundary)
    if first or not parts or not parts.pop().startswith(b"--"):
        raise BrokenFormError
    fields, files = dict[str, str](), dict[str, bytes]()
    for part in parts:
        head, ended, body = part.partition(b"\r\n\r\n")
        name = _NAME.search(head)
        if not ended or name is None:
            raise BrokenFormError
        key, file = name[1].decode(errors="replace"), _FILE.search(head)
        if file is None:
            fields.setdefault(key, body.decode(errors="replace").strip())
        elif file[1] or body:
            # A field of which no file was chosen comes with neither.
            files.setdefault(key, body)
    return Filled(fields, files)
