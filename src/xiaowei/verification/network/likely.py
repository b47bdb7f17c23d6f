"""How likely it is that a firm shares as much with others as it does."""

from collections.abc import Mapping, Sequence
from typing import Final

import numpy as np

from xiaowei.verification.chances import Floats
from xiaowei.verification.network.trade import Ints

_PAIR: Final = 2
_HALF: Final = 0.5
"""None seen is not none possible."""


def tie_tails(
    counts: Mapping[str, Ints], groups: Mapping[str, Sequence[int]]
) -> Floats:
    """Return how probable it is that so many others share something with a firm.

    That one other does is as probable as it is among all firms, that each further one
    does as it is among all things shared, both without the firm's own. Several things
    in common with one firm are as probable as among all firms, and where no other firm
    has them, as if the things were shared independently. The least counts, times its
    number.

    Args:
        counts: for each kind of thing, how many others share it, per firm; and
            `several`, how many share more than one thing with it.
        groups: for each kind, how many firms share each thing that two or more share.

    Returns:
        Shape: one per firm, 0..1.
    """
    firms = len(counts["several"])
    least = np.ones(firms)
    for kind, sizes in groups.items():
        least = np.minimum(least, _of_kind(counts[kind], np.asarray(sizes)))
    several = counts["several"]
    apart = _by_accident(groups, firms)
    rate = (np.maximum((several > 0).sum() - several - 1, 0) + apart) / firms
    least = np.minimum(least, np.where(several > 0, rate, 1.0))
    return np.asarray(np.minimum(least * (len(groups) + 1), 1.0), dtype=np.float64)


def _of_kind(count: Ints, sizes: Ints) -> Floats:
    """Return the tails of one kind of thing."""
    firms = len(count)
    sharing = (count > 0).sum()
    others = np.maximum(sharing - count - 1, 0)
    first = (others + _HALF) / (firms + 1)
    crowded = (sizes > _PAIR).sum() - (count > 1)
    further = (np.maximum(crowded, 0) + _HALF) / max(len(sizes), 1)
    further = np.minimum(further, 1.0)
    return np.where(count > 0, first * further ** np.maximum(count - 1, 0), 1.0)


def _by_accident(groups: Mapping[str, Sequence[int]], firms: int) -> float:
    """Return how many firms would share two kinds with one other by accident."""
    pairs = [sum(n * (n - 1) / 2 for n in sizes) for sizes in groups.values()]
    every = max(firms * (firms - 1) / 2, 1.0)
    both = (sum(pairs) ** 2 - sum(n**2 for n in pairs)) / 2 / every
    return max(2 * both, 1e-3)
