"""Credibility along the tree: market, section, division, group, each about the last."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from math import inf, nan
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
        data: bads over expected of its firms, each part of it weighted by what it can
            tell; null where it has none.
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


@dataclass(slots=True)
class _Tree:
    """Work in progress: per code, on the scale of its prior coefficient."""

    cells: Mapping[str, Cell]
    scale: dict[str, float]
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
    hierarchical credibility; for normal data it is exact.

    Args:
        cells: see `cells_of`.
        priors: code to what experts say; the others' centre is the trade they lie in.
        stated: null for data alone: then variances between trades are those that the
            data show, and where these are not above 0 every Z but the market's is 0.

    Returns:
        code to its node, the market first, then by code.

    Raises:
        NothingToBlendError: data are alone and hold too little.

    Source: Jewell 1975, Bühlmann and Gisler 2005, chapter 6.
    """
    whole = added_up(cells)
    codes = set(whole).union(*(upwards(code) for code in priors))
    tree = _Tree(cells, _scales(codes, priors), {}, {})
    within = _within(tree, stated)
    for code in codes:
        own = cells.get(code, Cell())
        worth = own.exposure * tree.scale[code] / within
        tree.known[code] = ((own.ratio or 0.0) / tree.scale[code], worth)
    for level in _UPWARDS:
        _climb(tree, level, priors, stated)
    tree.between[MARKET] = _market(priors, stated)
    return _down(tree, whole)


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
    seen = float((bads - ratios**2 * squares).sum()) * (count / left if left else 0.0)
    weight = float(exposure.sum()) if left else 0.0
    prior = 1 / stated.market if stated else 0.0
    mean_pd = float(squares.sum() / exposure.sum()) if exposure.sum() > 0 else 0.0
    if not seen + prior > 0:
        raise NothingToBlendError(int(count))
    return (seen + prior * (1 - mean_pd)) / (weight + prior)


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


def _down(tree: _Tree, whole: Mapping[str, Cell]) -> dict[str, Node]:
    nodes: dict[str, Node] = {}
    for code in sorted(tree.known):
        value, precision = tree.known[code]
        above = nodes[_above(code)] if code else None
        # Of the trade above, on the scale of its prior.
        scale = tree.scale[_above(code)] if code else 1.0
        centre = above.coefficient / scale if above else 1.0
        unsure = above.variance / scale**2 if above else 0.0
        between, noise = tree.between[code], 1 / precision if precision > 0 else inf
        z = credibility(noise, between)
        apart = z * noise if z > 0 else between
        mine = tree.scale[code]
        nodes[code] = Node(
            code,
            whole.get(code, Cell()),
            None if noise == inf else value * mine,
            centre * mine,
            z,
            (z * (0.0 if noise == inf else value) + (1 - z) * centre) * mine,
            (apart + (1 - z) ** 2 * unsure) * mine**2 if apart < inf else nan,
        )
    return nodes


def _above(code: str) -> str:
    return code[:-1] if level_of(code) == "group" else code[:-2] if code[1:] else MARKET
