"""How unlikely a count or a gap is, judged by what peers show."""

import math
from collections.abc import Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy import stats
from scipy.special import betaln

MIN_PEERS: Final = 20
"""Below this many peers no spread is estimated and a check stays silent."""

_MAD_TO_SD: Final = 1.4826
_PEERS_THAT_WEIGH_HALF: Final = 40
_HEAVIER: Final = 0.95
"""The tail is taken a little heavier than the peers' own up to one in twenty."""
_ONE_IN_TWENTY: Final = 0.05
_LEAST_NEAR: Final = 0.674
_LEAST_FAR: Final = 1.2
"""The upper quartile and the twentieth are at least so far off, in spreads: where most
peers show nothing at all they say nothing of how much is odd."""
_BENDS: Final = (0.6, 1.4)
_ALIKE: Final = (1e-4, 0.99)
"""Bounds of the correlation between two trials of one firm."""

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
    return _tails(k, n, *_beta_of_others(k, n))


def _beta_of_others(k: Floats, n: Floats) -> tuple[Floats, Floats]:
    """Fit for each firm a beta distribution to the rates k/n of all others.

    Moments are weighted with n. Of the others' sums only what the firm itself adds is
    taken off, so a million firms cost as much each as a hundred.

    Source: Kleinman 1973, the spread of n-weighted rates between firms.
    """
    freedom = max(len(k) - 2, 0)
    total, hits = _others(n), _others(k)
    rate = (hits + 0.5) / (total + 1.0)
    within = rate * (1 - rate)
    spread = _others(k**2 / n) - 2 * rate * hits + rate**2 * total
    room = total - _others(n**2) / np.maximum(total, 1.0) - freedom
    alike = _alike(spread / within - freedom, room)
    strength = 1 / alike - 1
    return rate * strength, (1 - rate) * strength


def own_tails(
    hits: Sequence[int],
    trials: Sequence[int],
    shares: Sequence[float],
    *,
    firms: Sequence[str] | None = None,
) -> Floats:
    """Return how probable at least this many hits are beside a firm's own share.

    The hit rate of all other firms, as odds beside their shares, says what a share
    means; how far firms stray from it gives the spread, as in `count_tails`.

    Args:
        hits: per firm, 0..trials.
        trials: per firm, above 0.
        shares: per firm, what its hit rate would be if hits were like its other
            facts; above 0 and below 1.
        firms: whose each one is, where a firm has several; none of them is a peer of
            the others. Null where each firm has one.

    Returns:
        Shape: one per firm, or per one of a firm; 0..1.
    """
    k = np.asarray(hits, dtype=np.float64)
    n = np.asarray(trials, dtype=np.float64)
    p = np.asarray(shares, dtype=np.float64)
    own = None if firms is None else np.unique(firms, return_inverse=True)[1]
    odds = (_others(k, own) + 0.5) / (_others(n - k, own) + 0.5)
    odds *= (_others(n * (1 - p), own) + 0.5) / (_others(n * p, own) + 0.5)
    rate = odds * p / (1 - p + odds * p)
    within = rate * (1 - rate) * (1 - n / n.sum())
    spread = _others(n * (k / n - rate) ** 2 - within, own)
    room = _others(within * (n - 1), own)
    alike = _alike(spread, room)
    strength = 1 / alike - 1
    return _tails(k, n, rate * strength, (1 - rate) * strength)


def _others(values: Floats, own: NDArray[np.int64] | None = None) -> Floats:
    """Return for each firm the sum over all others.

    Args:
        values: one per firm.
        own: number of the firm of each value, where a firm has several.
    """
    mine = values if own is None else np.bincount(own, values)[own]
    return np.asarray(values.sum() - mine, dtype=np.float64)


def _alike(spread: Floats, room: Floats) -> Floats:
    """Return the correlation between two trials of one firm, within bounds."""
    found = np.divide(spread, room, out=np.zeros_like(room), where=room > 0)
    return np.clip(found, *_ALIKE)


def _tails(k: Floats, n: Floats, a: Floats, b: Floats) -> Floats:
    tails = [_tail(*firm) for firm in zip(k, n, a, b, strict=True)]
    return np.clip(np.array(tails, dtype=np.float64), 0.0, 1.0)


def _tail(k: float, n: float, a: float, b: float) -> float:
    """Return the beta-binomial probability of k or more out of n.

    The shorter side is added up, term by term from the nearest, so that a small tail
    keeps its digits; scipy's takes it from 1.
    """
    if k <= 0:
        return 1.0
    if k > n * a / (a + b):
        j = np.arange(k, n)
        steps = (n - j) / (j + 1) * (a + j) / (b + n - j - 1)
        return _chance(k, n, a, b) * (1 + float(np.cumprod(steps).sum()))
    j = np.arange(k - 1, 0, -1)
    steps = j / (n - j + 1) * (b + n - j) / (a + j - 1)
    return 1 - _chance(k - 1, n, a, b) * (1 + float(np.cumprod(steps).sum()))


def _chance(k: float, n: float, a: float, b: float) -> float:
    """Return the beta-binomial probability of exactly k out of n."""
    ways = -math.log(n + 1) - betaln(k + 1, n - k + 1)
    return math.exp(ways + betaln(a + k, b + n - k) - betaln(a, b))


def gap_tails(gaps: Sequence[float], *, least: float = 1e-9) -> Floats:
    """Return how probable a gap at least this high is among peers.

    The peers' median and median absolute deviation give centre and spread, so that a
    few liars do not hide themselves; the tail is that of a t distribution with four
    degrees of freedom, for such gaps have heavy tails.

    Args:
        gaps: per firm; at least MIN_PEERS of them.
        least: that the spread is taken to be, where peers show less.

    Returns:
        Shape: one per firm; 0..1.
    """
    values = np.asarray(gaps, dtype=np.float64)
    centre = np.median(values)
    spread = max(float(np.median(np.abs(values - centre))) * _MAD_TO_SD, least)
    return np.asarray(stats.t.sf((values - centre) / spread, 4), dtype=np.float64)


def peer_tails(
    gaps: Sequence[float] | Floats, groups: Sequence[str], *, least: float = 1e-9
) -> Floats:
    """Return how probable a gap at least this high is among peers of its own group.

    Centre and spread are of the group, drawn to those of all firms by how few it has,
    so that no trade is called more often only because its gaps are wider. Beyond the
    median the tail is Weibull's, fitted to the upper quartile and to the gap that one
    in twenty exceeds, so that it is as heavy as the peers' own; liars among one in
    twenty make it heavier than it is, never lighter.

    Args:
        gaps: per firm; at least MIN_PEERS of them.
        groups: per firm, such as its section of GB/T 4754; empty where not known.
        least: the spread below which no peers' spread is believed, in units of the
            gaps: where nearly all peers have none at all, a little is no wonder.

    Returns:
        Shape: one per firm; 0..1.
    """
    values = np.asarray(gaps, dtype=np.float64)
    own = np.asarray(groups, dtype=np.str_)
    centre, spread = middle_and_upper(values)
    standard = np.empty(len(values), dtype=np.float64)
    for group in np.unique(own):
        inside = own == group
        share = inside.sum() / (inside.sum() + _PEERS_THAT_WEIGH_HALF)
        mid, width = middle_and_upper(values[inside])
        middle = share * mid + (1 - share) * centre
        wide = share * width + (1 - share) * spread
        standard[inside] = (values[inside] - middle) / max(wide, least)
    return _upper_tails(standard)


def rare_tails(values: Floats, shows: NDArray[np.bool_]) -> Floats:
    """Return how many of all firms show as much, for what most show nothing of.

    Args:
        values: per firm, how much it shows.
        shows: per firm, whether it shows it at all.

    Returns:
        Shape: one per firm; 1 for those who show nothing, else the share of firms that
        show as much or more, the firm itself among them, and one firm more.
    """
    tails = np.ones(len(values), dtype=np.float64)
    order = stats.rankdata(-values[shows], method="max")
    tails[shows] = (order + 1) / (len(values) + 1)
    return np.minimum(tails, 1.0)


def scattered(tails: Floats) -> Floats:
    """Return tails of counts that scatter more among firms than their chance allows.

    Where more than one firm in twenty has a tail below one in twenty, the logarithms of
    all are drawn in until no more have. Tails that keep their rate stay as they are.

    Args:
        tails: Shape: one per firm, above 0 up to 1.
    """
    if len(tails) < MIN_PEERS:
        return tails
    seen = float(np.quantile(tails, _ONE_IN_TWENTY, method="lower"))
    if not 0 < seen < _ONE_IN_TWENTY:
        return tails
    return np.asarray(tails ** (math.log(_ONE_IN_TWENTY) / math.log(seen)))


def both_tails(one: Floats, other: Floats, shows: NDArray[np.bool_]) -> Floats:
    """Return how unlikely two oddities meet in one firm that have no cause in common.

    Args:
        one: per firm, how odd it is in one way.
        other: per firm, how odd in another; among honest firms the two go their own
            ways, else this calls too many.
        shows: per firm, whether it is odd enough in both to be looked at.

    Returns:
        Shape: one per firm; 1 for those who show nothing, else the share of firms that
        would show both by chance, times the chance that two uniform numbers have so
        small a product: v(1 - ln v).
    """
    tails = np.ones(len(one), dtype=np.float64)
    if not shows.any():
        return tails
    ranks = [
        stats.rankdata(-values, method="max")[shows] / len(values)
        for values in (one, other)
    ]
    least = [float(rank.max()) for rank in ranks]
    v = (ranks[0] / least[0]) * (ranks[1] / least[1])
    tails[shows] = least[0] * least[1] * v * (1 - np.log(v))
    # As many show both as do, whatever the product says.
    seen = (shows.sum() + 1) / (len(one) + 1)
    tails[shows] *= max(seen / (least[0] * least[1]), 1.0)
    return np.minimum(tails, 1.0)


def middle_and_upper(values: Floats) -> tuple[float, float]:
    """Return the median and how far above it the upper quartile lies.

    Args:
        values: Shape: at least one, none missing.
    """
    middle, upper = np.quantile(values, (0.5, 0.75))
    return float(middle), float(upper - middle)


def middles_of_groups(values: Floats, groups: Sequence[str]) -> Floats:
    """Return the median of each one's group, drawn to that of all for small groups.

    Args:
        values: per firm, or missing.
        groups: per firm.

    Returns:
        Shape: one per firm; 0 where nothing is known at all.
    """
    known = ~np.isnan(values)
    whole = float(np.median(values[known])) if known.any() else 0.0
    middles = np.full(len(values), whole)
    own = np.asarray(groups, dtype=np.str_)
    for group in np.unique(own):
        inside = own == group
        count = int((inside & known).sum())
        if count:
            share = count / (count + MIN_PEERS)
            median = float(np.median(values[inside & known]))
            middles[inside] = share * median + (1 - share) * whole
    return middles


def _upper_tails(values: Floats) -> Floats:
    """Return 1 - F, with F Weibull above the median and the ranks below it."""
    middle, upper, high = np.quantile(values, (0.5, 0.75, 0.95))
    near = max(upper - middle, _LEAST_NEAR)
    far = max(high - middle, _LEAST_FAR * near)
    bend = math.log(math.log(0.5 / 0.05) / math.log(2)) / math.log(far / near)
    bend = float(np.clip(_HEAVIER * bend, *_BENDS))
    scale = far / math.log(0.5 / 0.05) ** (1 / bend)
    above = np.maximum(values - middle, 0.0) / scale
    below = 1 - (stats.rankdata(values) - 0.5) / len(values)
    tails = np.where(values > middle, 0.5 * np.exp(-(above**bend)), below)
    return np.asarray(tails, dtype=np.float64)


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
