"""Facts that are being drawn: whose they are and when they happened."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

Ints = npt.NDArray[np.int64]

EPOCH: Final = date(1970, 1, 1)
_DAY: Final = "datetime64[D]"
_MONTH: Final = "datetime64[M]"


@dataclass(frozen=True, slots=True)
class Rows:
    """Facts of one family before anything is said in them.

    Args:
        rng: of all chance.
        firm: Shape: one per fact; the enterprise's place among all.
        place: which of its enterprise's facts one is, 0..
        day: when it happened, days since 1970.
        codes: of all enterprises.
    """

    rng: np.random.Generator
    firm: Ints
    place: Ints
    day: Ints
    codes: pa.Array

    @property
    def count(self) -> int:
        """How many facts there are."""
        return len(self.firm)

    def below(self, limit: int) -> Ints:
        """Return whole numbers from 0 to below a limit, each equally often."""
        return self.rng.integers(0, limit, self.count)

    def among(self, words: Sequence[str]) -> pa.Array:
        """Return words, each equally often."""
        return chosen(words, self.below(len(words)))

    def mostly(self, values: pa.Array, *, gone: float) -> pa.Array:
        """Return values, a share of them lost."""
        lost = pa.array(self.rng.random(self.count) < gone)
        return pc.if_else(lost, pa.scalar(None, values.type), values)

    def fen(self, yuan: float) -> Ints:
        """Return amounts above 0, half of them below so many yuan."""
        spread = np.exp(self.rng.normal(0, 1.5, self.count))
        amounts: Ints = (spread * yuan * 100).astype(np.int64) + 1
        return amounts

    def later(self, first: int, last: int) -> pa.Array:
        """Return days so many days after the facts happened."""
        return days(self.day + self.rng.integers(first, last + 1, self.count))


def days(numbers: Ints) -> pa.Array:
    """Return days, counted from 1970, as days."""
    return pa.array(numbers.astype(np.int32), pa.int32()).cast(pa.date32())


def text(numbers: Ints) -> pa.Array:
    """Return whole numbers as text."""
    return pc.cast(pa.array(numbers), pa.string())


def chosen(words: Sequence[str], places: Ints) -> pa.Array:
    """Return the words at places of a list."""
    return pa.array(words, pa.string()).take(pa.array(places))


def month_before(numbers: Ints) -> tuple[Ints, Ints]:
    """Return the first and the last day of the month before each day."""
    months = numbers.astype(_DAY).astype(_MONTH)
    first: Ints = (months - 1).astype(_DAY).astype(np.int64)
    last: Ints = months.astype(_DAY).astype(np.int64) - 1
    return first, last
