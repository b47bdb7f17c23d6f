"""Bühlmann–Straub: how far the data of a cell are believed against its centre."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Spread:
    """How far cells lie apart beyond what chance explains.

    Args:
        value: an unbiased estimate; below 0 where they lie closer than chance would
            have them. Of variances given it is the factor to all of them.
        variance: how far the estimate itself may be off.
    """

    value: float
    variance: float


def within_variance(shares: Floats, firms: Floats) -> float:
    """Return the variance of one firm's outcome within its cell.

    Args:
        shares: Shape: per cell, its share of bads, 0..1.
        firms: Shape: per cell, how many firms it has.

    Source: science A5: sum n p (1 - p) / (N - K), of N firms in K cells.
    """
    left = firms.sum() - len(firms)
    return float((firms * shares * (1 - shares)).sum() / left)


def between_spread(
    values: Floats,
    *,
    noise: Floats,
    groups: Ints | None = None,
    stated: Floats | None = None,
    first: float = 0.0,
) -> Spread | None:
    """Return how far values lie apart from those of their group beyond their noise.

    Args:
        values: Shape: one per cell.
        noise: Shape: per cell, the variance of its value by chance alone, above 0.
        groups: Shape: per cell, the group it lies in; null for one group.
        stated: Shape: per cell, the variance expected of its truth; the estimate is
            then the factor by which all of them are too small. Null for ones: the
            estimate is the variance itself.
        first: a first guess of the estimate; cells weigh 1 / (noise + first * stated).
            0 gives Bühlmann and Straub's own weights.

    Returns:
        null where no group has two cells: nothing can be said.

    Source: Bühlmann and Straub 1970; as a moment estimate with general weights
    DerSimonian and Kacker 2007, formula 6. With noise s2 / n, one group and first 0 it
    is science A5: a = [sum n (p_i - p)^2 - (K - 1) s2] / (N - sum n^2 / N).
    """
    stated = np.ones_like(values) if stated is None else stated
    _, places = np.unique(
        np.zeros(len(values), dtype=np.int64) if groups is None else groups,
        return_inverse=True,
    )
    weights = 1 / (noise + first * stated)
    whole = np.bincount(places, weights)
    means = np.bincount(places, weights * values) / whole
    # What each cell's squared distance takes of its own variance.
    kept = weights * (1 - weights / whole[places])
    slope = float((kept * stated).sum())
    if not slope > 0:
        return None
    squares = float((weights * (values - means[places]) ** 2).sum())
    estimate = (squares - float((kept * noise).sum())) / slope
    # Rare events: the fourth cumulant of a Poisson ratio with variance u is u cubed.
    apart = noise + first * stated
    fourth = float((weights**2 * (2 * apart**2 + noise**3)).sum())
    return Spread(estimate, fourth / slope**2)


def blended_spread(found: Spread | None, *, doubt: float) -> float:
    """Return the factor to the variances stated, blended with what the data say.

    Args:
        found: the factor by the data, or null where they say nothing.
        doubt: variance of the stated factor, which is 1; above 0.

    Returns:
        0 or more. Where the blend is not above 0, cells do not differ and no data of
        a cell of its own are believed.
    """
    if found is None:
        return 1.0
    mine, theirs = 1 / found.variance, 1 / doubt
    return max((found.value * mine + theirs) / (mine + theirs), 0.0)


def credibility(noise: float, between: float) -> float:
    """Return how far a cell's own data are believed, 0..1.

    Args:
        noise: variance of the cell's value by chance: within variance / exposure;
            infinite where it has no data.
        between: variance between cells; 0 or less gives 0.

    Source: Bühlmann and Straub 1970: Z = n / (n + s2 / a) = a / (a + s2 / n).

    >>> credibility(0.25, 0.25), credibility(0.25, -0.0038), credibility(0.0, 0.1)
    (0.5, 0.0, 1.0)
    """
    if not between > 0 or not np.isfinite(noise):
        return 0.0
    return 1.0 if np.isinf(between) else between / (between + noise)


def pooled(values: Sequence[float], precisions: Sequence[float]) -> tuple[float, float]:
    """Return the mean of values by their precisions, and the precision of it.

    Returns:
        (NaN, 0) where there is no precision at all.
    """
    whole = float(sum(precisions))
    if not whole > 0:
        return float("nan"), 0.0
    pairs = zip(values, precisions, strict=True)
    return float(sum(v * p for v, p in pairs if p > 0)) / whole, whole
