"""Many pages in few bytes: deflated in batches, opened in the browser when asked."""

import base64
import json
import re
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import zip_longest
from typing import Final

BATCH: Final = 48
"""Pages deflated together: neighbours share their words, one click opens one batch."""

_LEVEL: Final = 9
_SECTION: Final = re.compile("(?=<section)")
_ROW: Final = re.compile("(?=<tr)")


@dataclass(frozen=True, slots=True)
class Packs:
    """Pages packed in batches.

    Args:
        order: ids in the order they were packed.
        packed: one text per batch: base64 of zlib of a JSON list of pieces, each a list
            with one text per page; a page is its pieces one after another.
    """

    order: Sequence[str]
    packed: Sequence[str]

    @property
    def index(self) -> dict[str, object]:
        """What a script needs to find a page: the ids and the size of a batch."""
        return {"order": list(self.order), "batch": BATCH}


def pack(pages: Sequence[tuple[str, str]]) -> Packs:
    """Pack pages.

    Args:
        pages: (id, HTML) each.
    """
    batches = [pages[at : at + BATCH] for at in range(0, len(pages), BATCH)]
    return Packs(
        order=[name for name, _ in pages],
        packed=[_deflated([html for _, html in batch]) for batch in batches],
    )


def unpack(packs: Packs) -> dict[str, str]:
    """Return the pages of packs by id, as a browser would open them.

    >>> unpack(pack([("甲", "<p>1</p>"), ("乙", "<p>2</p>")]))
    {'甲': '<p>1</p>', '乙': '<p>2</p>'}
    """
    pages = [
        "".join(pieces)
        for batch in packs.packed
        for pieces in zip(
            *json.loads(zlib.decompress(base64.b64decode(batch))), strict=True
        )
    ]
    return dict(zip(packs.order, pages, strict=True))


def _deflated(pages: Sequence[str]) -> str:
    """Lay like beside like, row by row: deflate looks back 32 KiB, less than a page."""
    sections = zip_longest(*map(_SECTION.split, pages), fillvalue="")
    pieces = [
        piece
        for section in sections
        for piece in zip_longest(*map(_ROW.split, section), fillvalue="")
    ]
    plain = json.dumps(pieces, ensure_ascii=False, separators=(",", ":"))
    return base64.b64encode(zlib.compress(plain.encode(), _LEVEL)).decode("ascii")
