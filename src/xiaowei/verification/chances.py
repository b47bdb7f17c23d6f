"""How unlikely a count or a gap is, judged by what peers show."""

from collections.abc import Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy import stats

MIN_PEERS: Final = 20
"""Below this many peers no spread is estimated and a check stays silent."""

_MAD_TO_SD: Final = 1.4826
Floats = NDArray[np.float64]


def count_tails(hits: Sequence[int], trials: Sequence[int]) -> Floats:
    """Return how probable at least this many hits are, judged by all other firms.

    The hit rate varies from firm to firm more than chance allows, so the peers' rate
    is a beta distribution fitted by moments; the tail is beta-binomial. Each firm is
    left out of its own peers.

    Args:
        hits: per firm, 0..trials.
        trials: per firm, above 0.

    Returns:
        Shape: one per firm; 0..1.
    """
    k = np.asarray(hits, dtype=np.float64)
    n = np.asarray(trials, dtype=np.float64)
    tails = np.empty(len(k))
    for place in range(len(k)):
        others = np.arange(len(k)) != place
        a, b = _beta(k[others], n[others])
        tails[place] = stats.betabinom.sf(k[place] - 1, n[place], a, b)
    return np.clip(tails, 0.0, 1.0)


def _beta(k: Floats, n: Floats) -> tuple[float, float]:
    """Fit a beta distribution to rates k/n by moments weighted with n."""
    total = n.sum()
    rate = (k.sum() + 0.5) / (total + 1.0)
    spread = float((n * (k / n - rate) ** 2).sum())
    within = rate * (1 - rate)
    scale = total - float((n**2).sum()) / total
    between = (spread - (len(k) - 1) * within) / scale if scale > 0 else 0.0
    between = min(max(between, within * 1e-4), within * 0.99)
    strength = within / between - 1
    return rate * strength, (1 - rate) * strength


def gap_tails(gaps: Sequence[float]) -> Floats:
    """Return how probable a gap at least this high is among peers.

    The peers' median and median absolute deviation give centre and spread, so that a
    few liars do not hide themselves; the tail is that of a t distribution with four
    degrees of freedom, for such gaps have heavy tails.

    Args:
        gaps: per firm; at least MIN_PEERS of them.

    Returns:
        Shape: one per firm; 0..1.
    """
    values = np.asarray(gaps, dtype=np.float64)
    centre = np.median(values)
    spread = max(float(np.median(np.abs(values - centre))) * _MAD_TO_SD, 1e-9)
    return np.asarray(stats.t.sf((values - centre) / spread, 4), dtype=np.float64)


def discoveries(tails: Sequence[float], *, rate: float) -> NDArray[np.bool_]:
    """Return which firms stand out while false discoveries stay at a rate.

    Args:
        tails: one probability per firm.
        rate: expected share of false ones among those that stand out, 0..1.

    Source: Benjamini and Hochberg 1995.

    >>> discoveries([0.001, 0.2, 0.9, 0.012], rate=0.05).tolist()
    [True, False, False, True]
    """
    values = np.asarray(tails, dtype=np.float64)
    if not len(values):
        return np.zeros(0, dtype=np.bool_)
    order = np.argsort(values, kind="stable")
    ranked = values[order] * len(values) / np.arange(1, len(values) + 1)
    passed = np.nonzero(ranked <= rate)[0]
    stands = np.zeros(len(values), dtype=np.bool_)
    if len(passed):
        stands[order[: passed[-1] + 1]] = True
    return stands
