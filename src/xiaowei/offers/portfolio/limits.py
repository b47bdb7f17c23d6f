"""Limits of a book as data: what is counted, of whom, and how much of it may be."""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Final, Literal, TypeAlias

from xiaowei.errors import InputError
from xiaowei.offers.portfolio.options import Dimension
from xiaowei.said import Said

Counts: TypeAlias = Literal["offered", "drawn", "capital", "expected_loss", "firms"]

COUNTS: Final[dict[Counts, Said]] = {
    "offered": Said("授信额", "money offered"),
    "drawn": Said("预期用信额", "money expected to be drawn"),
    "capital": Said("占用资本", "capital"),
    "expected_loss": Said("预期损失", "expected loss"),
    "firms": Said("户数", "number of firms"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Limit:
    """One limit on the book.

    Where it names labels, a most also counts firms of which the label is not known,
    since they may be of those; a least never counts them. Where it holds for each
    label, the unknown are one label more; a least is not asked of them.

    Args:
        code: what it is known by.
        title: what it is called.
        counts: what is counted; an expected loss by the stated PD.
        each: it holds for each label of this dimension by itself; or null.
        of: it holds for these labels of a dimension together; or null. With neither it
            holds for the whole book.
        most: fen, or firms; or null.
        least: fen, or firms; or null.
        most_share: of the same count of the whole book, 0..1; or null.
        least_share: likewise.
    """

    code: str
    title: Said
    counts: Counts
    each: Dimension | None = None
    of: tuple[Dimension, tuple[str, ...]] | None = None
    most: int | None = None
    least: int | None = None
    most_share: Fraction | None = None
    least_share: Fraction | None = None


class LimitsError(InputError):
    """Limits cannot be used; every fault is named."""

    def __init__(self, name: str, faults: Sequence[str]) -> None:
        """Name where they stand and each fault."""
        super().__init__(
            f"limits of '{name}' have {len(faults)} fault(s): " + "; ".join(faults),
            expected="per limit: title, counts, one of each and of or neither, and at "
            "least one of most, least, most_share, least_share; numbers in quotes",
            remedy="Mend these limits and give the file again",
        )
