"""How well a column ranks the outcome inside each group of firms."""

from dataclasses import dataclass

import numpy as np

from xiaowei.risk.leaks.candidate import Candidate
from xiaowei.risk.sample import Floats, Ints


@dataclass(frozen=True, slots=True)
class Within:
    """What a column is worth in each group.

    Args:
        wins: Shape: per group, pairs in which the bad has a higher value than the good;
            ties count half.
        bads: Shape: per group, defaults among firms whose value is known.
        goods: Shape: per group, the others of them.
    """

    wins: Floats
    bads: Ints
    goods: Ints

    @property
    def areas(self) -> Floats:
        """Return the AUC in each group, NaN where there are no pairs."""
        pairs = self.bads * self.goods
        return np.where(pairs > 0, self.wins / np.maximum(pairs, 1), np.nan)


def within(
    candidate: Candidate, groups: Ints, defaulted: Ints, *, count: int
) -> Within:
    """Return how a column ranks the outcome in each group.

    Args:
        candidate: numbers or days; firms without a value are left out.
        groups: Shape: the group of each firm, 0 up; below 0 is left out.
        defaulted: Shape: 1 for a default, 0 else.
        count: how many groups there are.
    """
    use = candidate.known & (groups >= 0)
    # Codes rise with values; one whole number sorts faster than two keys do.
    cells = groups[use] * candidate.levels + candidate.codes[use]
    order = np.argsort(cells)
    cell, bad = cells[order], defaulted[use][order]
    if not len(cell):
        return Within(np.zeros(count), np.zeros(count, int), np.zeros(count, int))
    at = np.append(0, np.nonzero(np.diff(cell))[0] + 1)
    group = cell[at] // candidate.levels
    bads_here = np.add.reduceat(bad, at)
    goods_here = np.add.reduceat(1 - bad, at)
    bads = np.bincount(group, weights=bads_here, minlength=count).astype(np.int64)
    goods = np.bincount(group, weights=goods_here, minlength=count).astype(np.int64)
    before = (np.cumsum(goods) - goods)[group]
    below = np.cumsum(goods_here) - goods_here - before
    wins = np.bincount(
        group, weights=bads_here * (below + goods_here / 2), minlength=count
    ).astype(np.float64)
    return Within(wins, bads, goods)
