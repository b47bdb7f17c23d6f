"""The parts of a form that brings files, as browsers write them (RFC 7578)."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final

from xiaowei.errors import InputError
from xiaowei.surfaces.web.forms import MOST_BYTES, LargeFormError

MOST_PARTS: Final = 64
"""A form of ours has twenty fields, one of them a file."""
_MOST_HEAD: Final = 4096
"""Bytes of what says of a part which it is."""
_NAME: Final = re.compile(rb'[; ]name="([^"\r\n]*)"')
_FILE: Final = re.compile(rb'[; ]filename="([^"\r\n]*)"')
_LINE: Final = b"\r\n"


class BrokenFormError(InputError):
    """A form with a file does not come in the parts that browsers send."""

    def __init__(self) -> None:
        """Say so."""
        super().__init__(
            "the form cannot be read",
            expected="multipart/form-data, as a browser sends it",
            remedy="Open the page and send its form again",
        )


class ManyPartsError(InputError):
    """A form has more parts than any of ours."""

    status = 413

    def __init__(self) -> None:
        """Say how many it may have."""
        super().__init__(
            f"the form has more than {MOST_PARTS} parts",
            expected=f"at most {MOST_PARTS}",
            remedy="Open the page and send its form again; nothing was put on record",
        )
        self.figures = {"most": str(MOST_PARTS)}


@dataclass(frozen=True, slots=True)
class Filled:
    """A form that may bring files.

    Args:
        fields: name to text, without spaces around it.
        files: name to what the file holds, a view of what was sent, so that it is in
            memory once; none where none was chosen.
    """

    fields: Mapping[str, str]
    files: Mapping[str, memoryview] = field(default_factory=dict)


def parted(sent: bytearray, boundary: bytes) -> Filled:
    """Return what the parts of a form hold.

    Args:
        sent: the form; its files are looked at where they are.
        boundary: that stands between its parts.

    Raises:
        BrokenFormError: they are not as browsers write them.
        ManyPartsError: there are too many.
        LargeFormError: its fields hold too much.
    """
    view, room = memoryview(sent), MOST_BYTES
    fields, files = dict[str, str](), dict[str, memoryview]()
    for start, end in _between(sent, b"--" + boundary):
        head_end = sent.find(_LINE * 2, start, min(end, start + _MOST_HEAD))
        head = bytes(view[start : max(head_end, start)])
        name, file = _NAME.search(head), _FILE.search(head)
        if name is None:
            raise BrokenFormError
        key, body = name[1].decode(errors="replace"), view[head_end + 4 : end]
        if file is None:
            room -= len(body)
            if room < 0:
                raise LargeFormError
            fields.setdefault(key, str(body, errors="replace").strip())
        elif file[1] or body:
            # A field of which no file was chosen comes with neither.
            files.setdefault(key, body)
    return Filled(fields, files)


def _between(sent: bytearray, mark: bytes) -> Iterator[tuple[int, int]]:
    """Return where each part of a form begins and ends, in bytes.

    Raises:
        BrokenFormError: it does not begin or does not end as a form does.
        ManyPartsError: there are too many.
    """
    if not sent.startswith(mark):
        raise BrokenFormError
    start, found = len(mark), 0
    while not sent.startswith(b"--", start):
        end, found = sent.find(_LINE + mark, start), found + 1
        if end < 0:
            raise BrokenFormError
        if found > MOST_PARTS:
            raise ManyPartsError
        yield start, end
        start = end + len(_LINE + mark)
