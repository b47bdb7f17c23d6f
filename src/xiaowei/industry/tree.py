"""Credibility along the tree: market, section, division, group, each about the last."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from math import inf
from typing import Final

import numpy as np

from xiaowei.errors import InputError
from xiaowei.industry.cells import Cell, added_up
from xiaowei.industry.classification import LEVELS, MARKET, Level, level_of, upwards
from xiaowei.industry.credibility import (
    between_spread,
    blended_spread,
    credibility,
    pooled,
)

_UPWARDS: Final[tuple[Level, ...]] = LEVELS[:0:-1]
_LEAST_WITHIN: Final = 0.1
"""Priors and PDs may be so high that together they pass 1; chance never ends there."""


@dataclass(frozen=True, slots=True)
class Prior:
    """What experts hold a trade's coefficient to be before any data.

    Args:
        coefficient: defaults per default that the score expects, above 0.
        variance: of its logarithm, above 0: how far the truth may lie from it.
    """

    coefficient: float
    variance: float


@dataclass(frozen=True, slots=True)
class Stated:
    """How far trades are expected to lie apart before any data.

    Args:
        market: variance of the logarithm of all trades' coefficient about 1.
        between: level to the variance of its trades about the one they lie in, for
            those of which no expert has said more.
        doubt: variance of the factor to all variances stated: how readily the data
            may overrule them.
    """

    market: float
    between: Mapping[Level, float]
    doubt: float


@dataclass(frozen=True, slots=True)
class Node:
    """One trade, blended.

    Args:
        code: section, division or group; "" for the market.
        cell: all its firms.
        data: bads over expected of its firms; null where it has none.
        centre: what its coefficient would be without data of its own.
        credibility: Z, 0..1: how far `data` are believed against `centre`.
        coefficient: Z * data + (1 - Z) * centre.
        variance: of the coefficient.
    """

    code: str
    cell: Cell
    data: float | None
    centre: float
    credibility: float
    coefficient: float
    variance: float


class NothingToBlendError(InputError):
    """There is neither a default on record nor anything stated."""

    def __init__(self, firms: int) -> None:
        """Count the firms."""
        super().__init__(
            f"{firms} firms with too few outcomes and no variance stated before them",
            expected="more firms than trades and a default among them, or a prior",
            remedy="State priors, or measure when more outcomes are known",
        )


@dataclass(frozen=True, slots=True)
class _Tree:
    """Work in progress; ratios are on the scale of the priors.

    Args:
        cells: the firms coded exactly so.
        scale: code to its prior coefficient.
        exposure: code to expected defaults times prior coefficients of all its firms.
        known: code to the mean of what lies in it, and its precision.
        between: code to the variance of its mean about that of the trade above.
    """

    cells: Mapping[str, Cell]
    scale: Mapping[str, float]
    exposure: Mapping[str, float]
    known: dict[str, tuple[float, float]]
    between: dict[str, float]


def blend(
    cells: Mapping[str, Cell],
    *,
    priors: Mapping[str, Prior],
    stated: Stated | None,
) -> dict[str, Node]:
    """Return the coefficient of every trade that has firms or a prior.

    Ratios are taken on the scale of the priors: what lies beneath a trade with a prior
    of 1.2 is expected to default 1.2 times as often as the score says. From the groups
    up, a trade's data are the mean of what lies in it, each weighted by its precision;
    from the market down, each is blended with what it lies in. That is Jewell's
    hierarchical credibility; for normal data it is exact. It gives a trade like any
    other in there its mean, about which a trade's own firms are judged: the variance
    of their coefficient about it is the trade's own and what its parts add to it.

    Args:
        cells: see `cells_of`.
        priors: code to what experts say; the others' centre is the trade they lie in.
        stated: null for data alone: then variances between trades are those that the
            data show, and where these are not above 0 every Z but the market's is 0.

    Returns:
        code to its node, the market first, then by code.

    Raises:
        NothingToBlendError: data are alone and hold too little.

    Source: Jewell 1975; Bühlmann and Gisler 2005, chapter 6.
    """
    whole = added_up(cells)
    codes = set(whole).union(*(upwards(code) for code in priors))
    scale = _scales(codes, priors)
    exposure = dict.fromkeys(codes, 0.0)
    for code, cell in cells.items():
        for above in upwards(code):
            exposure[above] += cell.exposure * scale[code]
    tree = _Tree(cells, scale, exposure, {}, {})
    within = _within(tree, stated)
    for code in codes:
        own = cells.get(code, Cell())
        worth = own.exposure * scale[code] / within
        tree.known[code] = ((own.ratio or 0.0) / scale[code], worth)
    for level in _UPWARDS:
        _climb(tree, level, priors, stated)
    tree.between[MARKET] = _market(priors, stated)
    return _down(tree, whole, within)


def _scales(codes: Iterable[str], priors: Mapping[str, Prior]) -> dict[str, float]:
    return {
        code: next((priors[c].coefficient for c in upwards(code) if c in priors), 1.0)
        for code in codes
    }


def _within(tree: _Tree, stated: Stated | None) -> float:
    """Return the variance of a ratio times its exposure, by the sections' firms.

    That is science A5's s2 on the scale of expected defaults. Where variances are
    stated, it is blended with what the score itself expects, 1 less its mean PD.
    """
    parts: dict[str, list[float]] = {}
    for code, cell in tree.cells.items():
        scale, part = tree.scale[code], parts.setdefault(code[:1], [0.0] * 4)
        part[0] += (cell.ratio or 0.0) * cell.exposure
        part[1] += cell.exposure * scale
        part[2] += cell.squares * scale**2
        part[3] += cell.firms
    bads, exposure, squares, firms = np.array([*parts.values()] or [[0.0] * 4]).T
    ratios = np.divide(bads, exposure, out=np.zeros_like(bads), where=exposure > 0)
    count, left = firms.sum(), firms.sum() - (firms > 0).sum()
    varied = float(np.maximum(bads - ratios**2 * squares, 0.0).sum())
    seen = varied * (count / left if left else 0.0)
    weight = float(exposure.sum()) if left else 0.0
    prior = 1 / stated.market if stated else 0.0
    mean_pd = float(squares.sum() / exposure.sum()) if exposure.sum() > 0 else 0.0
    if not seen + prior > 0:
        raise NothingToBlendError(int(count))
    return (seen + prior * max(1 - mean_pd, _LEAST_WITHIN)) / (weight + prior)


def _climb(
    tree: _Tree, level: Level, priors: Mapping[str, Prior], stated: Stated | None
) -> None:
    """Set how far the trades of a level lie apart, and add them to what they lie in."""
    codes = sorted(code for code in tree.known if level_of(code) == level)
    usual = stated.between[level] if stated else 1.0
    expected = {
        code: priors[code].variance if stated and code in priors else usual
        for code in codes
    }
    factor = _factor(tree, codes, expected, stated)
    children: dict[str, list[tuple[float, float]]] = {}
    for code in codes:
        tree.between[code] = factor * expected[code]
        value, precision = tree.known[code]
        if precision > 0:
            told = 1 / (tree.between[code] + 1 / precision)
            children.setdefault(_above(code), []).append((value, told))
    for above, told_of in children.items():
        everything = [tree.known[above], *told_of]
        tree.known[above] = pooled(*zip(*everything, strict=True))


def _factor(
    tree: _Tree, codes: list[str], expected: Mapping[str, float], stated: Stated | None
) -> float:
    told = [code for code in codes if tree.known[code][1] > 0]
    values, precisions = np.array([tree.known[code] for code in told]).reshape(-1, 2).T
    _, groups = np.unique([_above(code) for code in told], return_inverse=True)
    found = between_spread(
        values,
        noise=1 / precisions,
        groups=groups,
        stated=np.array([expected[code] for code in told]),
        first=1.0 if stated else 0.0,
    )
    if stated:
        return blended_spread(found, doubt=stated.doubt)
    return max(found.value, 0.0) if found else 0.0


def _market(priors: Mapping[str, Prior], stated: Stated | None) -> float:
    if stated is None:
        return inf
    return priors[MARKET].variance if MARKET in priors else stated.market


def _down(tree: _Tree, whole: Mapping[str, Cell], within: float) -> dict[str, Node]:
    """Return the nodes, from the market down; a mean is kept beside its variance."""
    means = {MARKET: (1.0, 0.0)}
    apart = _apart(tree)
    nodes: dict[str, Node] = {}
    for code in sorted(tree.known):
        centre, unsure = means[_above(code)] if code else means[MARKET]
        cell = whole.get(code, Cell())
        nodes[code] = _node(tree, code, cell, (centre, unsure, apart[code], within))
        value, precision = tree.known[code]
        noise, between = 1 / precision if precision > 0 else inf, tree.between[code]
        z = credibility(noise, between)
        left = z * noise if z > 0 else between
        means[code] = (
            z * (value if z > 0 else 0.0) + (1 - z) * centre,
            left + (1 - z) ** 2 * unsure,
        )
    return nodes


def _node(
    tree: _Tree, code: str, cell: Cell, about: tuple[float, float, float, float]
) -> Node:
    centre, unsure, apart, within = about
    exposure = tree.exposure[code]
    noise = within / exposure if exposure > 0 else inf
    z = credibility(noise, apart)
    # By the priors of all that lies in it, each as often as it has firms.
    scale = exposure / cell.exposure if cell.exposure > 0 else tree.scale[code]
    data = cell.ratio
    left = z * noise if z > 0 else apart
    return Node(
        code,
        cell,
        data,
        centre * scale,
        z,
        z * (data or 0.0) + (1 - z) * centre * scale,
        (left + (1 - z) ** 2 * unsure) * scale**2,
    )


def _apart(tree: _Tree) -> dict[str, float]:
    """Return the variance of each trade's own firms about the mean of the one above.

    It is the trade's own and, by their shares squared, that of its parts.
    """
    apart = dict(tree.between)
    for code in sorted(tree.known, key=len, reverse=True):
        above = _above(code)
        if code and tree.exposure[above] > 0:
            share = tree.exposure[code] / tree.exposure[above]
            apart[above] += share**2 * apart[code]
    return apart


def _above(code: str) -> str:
    return code[:-1] if level_of(code) == "group" else code[:-2] if code[1:] else MARKET
