"""Intervals of weighted shares, and of sums of what is known each by an interval."""

from typing import Final, TypeAlias

import numpy as np
import numpy.typing as npt
from scipy.stats import beta

Floats: TypeAlias = npt.NDArray[np.float64]
_TAIL: Final = 0.025


def weighted_shares(hits: Floats, sums: Floats, squares: Floats) -> tuple[Floats, ...]:
    """Return shares of weight that were hit, each with its 95% interval.

    Args:
        hits: sum of the weights of those that were hit.
        sums: sum of all weights, each 0 or more.
        squares: sum of their squares.

    Returns:
        shares, low ends, high ends: 0, 0, 1 where there is no weight.

    Source: Korn and Graubard 1998, Confidence intervals for proportions with small
    expected number of positive counts estimated from survey data: the exact interval of
    Clopper and Pearson with Kish's effective number. With equal weights it is theirs.

    >>> share, low, high = weighted_shares(*np.array([[1.0], [4.0], [4.0]]))
    >>> float(share[0]), float(low[0].round(4)), float(high[0].round(4))
    (0.25, 0.0063, 0.8059)
    """
    there = sums > 0
    share = np.where(there, hits / np.where(there, sums, 1), 0.0)
    count = np.where(there, sums**2 / np.where(squares > 0, squares, 1), 0.0)
    struck = share * count
    with np.errstate(invalid="ignore"):
        low = beta.ppf(_TAIL, struck, count - struck + 1)
        high = beta.ppf(1 - _TAIL, struck + 1, count - struck)
    return (
        share,
        np.where(there & (struck > 0), low, 0.0),
        np.where(there & (share < 1), high, 1.0),
    )


def combined(
    factors: Floats, shares: Floats, lows: Floats, highs: Floats
) -> tuple[Floats, Floats, Floats]:
    """Return sums of shares times factors, each with its 95% interval.

    Args:
        factors: Shape: (sums, shares), of either sign.
        shares: Shape: likewise; independent of each other within a sum.
        lows: Shape: likewise, the low ends of their intervals.
        highs: Shape: likewise, the high ends.

    Source: Zou and Donner 2008, Construction of confidence limits about effect
    measures: variances are recovered from the intervals (MOVER).

    >>> one = np.array([[0.5]])
    >>> [float(x[0]) for x in combined(2 * one, one, one - 0.25, one + 0.5)]
    [0.5, 0.25, 1.0]
    """
    value = factors * shares
    ends = np.stack([factors * lows, factors * highs])
    down = value - ends.min(axis=0)
    up = ends.max(axis=0) - value
    total = value.sum(axis=1)
    return (
        total,
        total - np.sqrt((down**2).sum(axis=1)),
        total + np.sqrt((up**2).sum(axis=1)),
    )
