"""Traits of firms as columns of numbers, and how they are dealt for honest tests."""

from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray
from threadpoolctl import threadpool_limits

from xiaowei.errors import InputError

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

GRADES: Final = "ABCD"
"""The bank's grades, best first."""


class TooFewOutcomesError(InputError):
    """There are too few known outcomes to learn from."""

    def __init__(
        self, *, goods: int, bads: int, least: int, later: str | None = None
    ) -> None:
        """Count what there is, and name the day by which more is known."""
        super().__init__(
            f"{bads} defaults and {goods} firms without one are on record",
            expected=f"at least {least} of each to learn a PD from",
            remedy=f"More becomes known until {later}: give --as-of {later}"
            if later
            else "Hand in a longer credit_history (信贷记录) and run again",
        )
        self.goods, self.bads, self.least = goods, bads, least


def one_thread() -> AbstractContextManager[object]:
    """Return a context in which linear algebra uses one thread.

    The matrices here have some hundred rows: threads cost three times what they save,
    and with one the sums are the same on any number of processors.
    """
    limits: AbstractContextManager[object] = threadpool_limits(1)
    return limits


@dataclass(frozen=True, slots=True)
class Sample:
    """Firms and their traits.

    Args:
        ids: the enterprises, sorted.
        traits: Shape: a column per trait, one number per firm; NaN where unknown.
    """

    ids: tuple[str, ...]
    traits: Mapping[str, Floats]

    def __len__(self) -> int:
        """Return how many firms there are."""
        return len(self.ids)

    def take(self, places: Ints) -> "Sample":
        """Return some of the firms, in the order of their places."""
        return Sample(
            tuple(self.ids[place] for place in places),
            {name: values[places] for name, values in self.traits.items()},
        )

    def matrix(self, names: Sequence[str]) -> Floats:
        """Return traits side by side.

        Returns:
            Shape: (firms, names).
        """
        return np.column_stack([self.traits[name] for name in names])


def folds(
    classes: Ints,
    *,
    count: int,
    generator: np.random.Generator,
    groups: Ints | None = None,
) -> list[tuple[Ints, Ints]]:
    """Return stratified folds as (places to learn from, places to judge).

    Args:
        classes: Shape: one class per firm.
        count: how many folds.
        generator: the only source of chance.
        groups: Shape: the number of each firm's group, which lies in one fold whole and
            counts for its highest class; null for each firm alone.
    """
    alone = np.arange(len(classes))
    names, group = (
        (alone, alone)
        if groups is None
        else np.unique(np.asarray(groups), return_inverse=True)
    )
    highest = np.full(len(names), classes.min(initial=0), dtype=np.int64)
    np.maximum.at(highest, group, classes)
    fold_of = np.empty(len(names), dtype=np.int64)
    offset = 0
    for value in np.unique(highest):
        places = generator.permutation(np.nonzero(highest == value)[0])
        # Each class goes on where the last one ended, so that folds stay equal in size.
        fold_of[places] = (np.arange(len(places)) + offset) % count
        offset += len(places)
    mine = fold_of[group]
    return [(alone[mine != fold], alone[mine == fold]) for fold in range(count)]
