"""Sizes of parts in; which of them had better be one part out."""

import hashlib
from collections.abc import Mapping, Sequence
from typing import Final

MANY_PARTS: Final = 8
"""Small parts that a bucket may have before they are merged."""
LARGE_BYTES: Final = 64 * 2**20
"""Parts of this size are left alone: else every merge would write all facts anew."""


def merges(
    sizes: Mapping[str, int], *, many: int = MANY_PARTS, large: int = LARGE_BYTES
) -> list[list[str]]:
    """Return the parts to merge, one list per bucket that has too many small ones.

    Args:
        sizes: part of one family to its bytes, in the order they came.
        many: how many small parts a bucket may have.
        large: bytes from which on a part is not small.

    >>> merges({"i/bucket=00/a": 1, "i/bucket=00/b": 2, "i/bucket=01/a": 3}, many=1)
    [['i/bucket=00/a', 'i/bucket=00/b']]
    """
    small: dict[str, list[str]] = {}
    for part, size in sizes.items():
        if size < large:
            small.setdefault(part.rpartition("/")[0], []).append(part)
    return [small[bucket] for bucket in sorted(small) if len(small[bucket]) > many]


def mark_of_merge(parts: Sequence[str]) -> str:
    """Return the mark of what is made from some parts, for ever the same."""
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:16]
