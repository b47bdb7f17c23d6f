"""How far the intake of a file has come."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal, TypeAlias


@dataclass(frozen=True, slots=True)
class Progress:
    """How far the intake of a file has come.

    A file is first read, which is told in bytes, and then judged and kept, which is
    told in rows. The last told of a file is all of its rows.

    Args:
        file: its name.
        done: what is behind it, never more than `of`.
        of: all there is.
        unit: what is counted.
    """

    file: str
    done: int
    of: int
    unit: Literal["bytes", "rows"]


Tell: TypeAlias = Callable[[Progress], None]
"""Is told how far a file has come; what it raises stops the intake."""


def silent(told: Progress) -> None:
    """Tell nobody."""
