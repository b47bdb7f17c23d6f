"""How well probabilities and grades hold, each with an interval from the bootstrap."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import numpy as np
from scipy.special import expit
from scipy.stats import beta, rankdata

from xiaowei.risk.card import ANCHOR
from xiaowei.risk.fit import calibrate
from xiaowei.risk.sample import Floats, Ints

BOOTSTRAPS: Final = 2000
_BINS: Final = 5
_GRADES: Final = 4
_TAILS: Final = (2.5, 97.5)
_STEPS: Final = 25
_FLAT: Final = 1e-12
_NEAR: Final = 1e-9


@dataclass(frozen=True, slots=True)
class Interval:
    """A value with its 95% interval."""

    value: float
    low: float
    high: float


def interval(
    measure: Callable[[Ints], float],
    *,
    firms: Ints,
    generator: np.random.Generator,
    draws: int = BOOTSTRAPS,
) -> Interval:
    """Return a measure with its 95% percentile bootstrap over firms.

    Args:
        measure: takes places of firms and returns the measure on them.
        firms: Shape: the class of each firm; draws keep the count of each class.
        generator: the only source of chance.
        draws: how many samples are drawn.
    """
    everyone = np.arange(len(firms))
    groups = [everyone[firms == value] for value in np.unique(firms)]
    drawn = [
        measure(np.concatenate([generator.choice(g, len(g)) for g in groups]))
        for _ in range(draws)
    ]
    low, high = np.percentile(drawn, _TAILS)
    return Interval(measure(everyone), float(low), float(high))


def auc(risk: Floats, defaulted: Ints) -> float:
    """Return the area under the ROC curve; 0.5 is chance.

    >>> auc(np.array([0.1, 0.4, 0.4, 0.9]), np.array([0, 0, 1, 1]))
    0.875
    """
    ranks = rankdata(risk)
    bads = int(defaulted.sum())
    goods = len(defaulted) - bads
    below = ranks[defaulted == 1].sum() - bads * (bads + 1) / 2
    return float(below / (bads * goods))


def ks(risk: Floats, defaulted: Ints) -> float:
    """Return the largest gap between the distributions of bads and goods, 0..1."""
    goods, bads = _curve(risk, defaulted)
    return float(max((bads - goods).max(), 0.0))


def roc(risk: Floats, defaulted: Ints) -> list[tuple[float, float]]:
    """Return (false-positive rate, true-positive rate) at every cut, from (0, 0)."""
    curve = zip(*_curve(risk, defaulted), strict=True)
    return [(0.0, 0.0), *((float(f), float(t)) for f, t in curve)]


def _curve(risk: Floats, defaulted: Ints) -> tuple[Floats, Floats]:
    order = np.argsort(-risk, kind="stable")
    bads = np.cumsum(defaulted[order])
    goods = np.cumsum(1 - defaulted[order])
    last = np.append(np.diff(risk[order]) != 0, True)
    return goods[last] / goods[-1], bads[last] / bads[-1]


def brier(pd: Floats, defaulted: Ints) -> float:
    """Return the mean squared error of probabilities."""
    return float(((pd - defaulted) ** 2).mean())


def bins_of(pd: Floats) -> list[Ints]:
    """Return places of firms in fifths of their PD, lowest first."""
    return [np.asarray(g) for g in np.array_split(np.argsort(pd, kind="stable"), _BINS)]


def ece(pd: Floats, defaulted: Ints) -> float:
    """Return the expected calibration error over fifths of the firms."""
    gaps = [
        abs(pd[g].mean() - defaulted[g].mean()) * len(g) for g in bins_of(pd) if len(g)
    ]
    return float(sum(gaps) / len(pd))


def share_interval(hits: int, trials: int) -> tuple[float, float]:
    """Return the 95% interval of a share.

    Source: Clopper and Pearson 1934.

    >>> share_interval(0, 25)[0], round(share_interval(24, 24)[0], 3)
    (0.0, 0.858)
    """
    low = float(beta.ppf(_TAILS[0] / 100, hits, trials - hits + 1)) if hits else 0.0
    if hits == trials:
        return low, 1.0
    return low, float(beta.ppf(_TAILS[1] / 100, hits + 1, trials - hits))


def slope(pd: Floats, defaulted: Ints) -> tuple[float, float]:
    """Return calibration intercept and slope of outcomes on log-odds; ideally 0, 1.

    The slope is very slightly shrunk towards 1, as in `calibrate`.
    """
    bounded = np.clip(pd, 1e-6, 1 - 1e-6)
    odds = np.log(bounded / (1 - bounded))
    score = np.rint((ANCHOR - odds * 20 / np.log(2)) * 1e6) / 1e6
    return calibrate(score, defaulted)


def level_and_spread(pd: Floats, defaulted: Ints) -> tuple[float, float]:
    """Return intercept and slope of outcomes on log-odds; ideally 0 and 1.

    As `slope`, but neither shrunk nor bound, and fast enough for a bootstrap: Newton's
    method on two numbers. Where outcomes are told apart entirely it stops at 25 steps.

    Args:
        pd: Shape: probabilities, taken within 1e-6 of 0 and 1.
        defaulted: Shape: 1 for a default, 0 else; both occur.

    Source: Cox 1958.

    >>> odds = np.repeat([-1.0, 1.0], 100)
    >>> bad = np.tile([1] * 27 + [0] * 73, 2)
    >>> bad[100:] = 1 - bad[100:]
    >>> level, spread = level_and_spread(1 / (1 + np.exp(-odds)), bad)
    >>> abs(level) < 0.005, round(spread, 2)
    (True, 0.99)
    """
    bounded = np.clip(pd, 1e-6, 1 - 1e-6)
    odds = np.log(bounded / (1 - bounded))
    level, spread = 0.0, 1.0
    loss = _loss(level + spread * odds, defaulted)
    for _ in range(_STEPS):
        step = _step(level, spread, odds, defaulted)
        if step is None:
            break
        # A whole step may overshoot where PDs lie near 0 and 1; a half one will do.
        for _ in range(_STEPS):
            tried = level + step[0], spread + step[1]
            lower = _loss(tried[0] + tried[1] * odds, defaulted)
            if lower <= loss:
                break
            step = (step[0] / 2, step[1] / 2)
        else:
            break
        (level, spread), loss = tried, lower
        if max(map(abs, step)) < _NEAR:
            break
    return float(level), float(spread)


def _step(
    level: float, spread: float, odds: Floats, defaulted: Ints
) -> tuple[float, float] | None:
    """Return Newton's step towards the least loss; null where it has no direction."""
    told = expit(level + spread * odds)
    gap, weight = defaulted - told, told * (1 - told)
    whole, first, second = weight.sum(), weight @ odds, weight @ (odds * odds)
    area = whole * second - first * first
    if area <= _FLAT:
        return None
    up, across = gap.sum(), gap @ odds
    return (
        (second * up - first * across) / area,
        (whole * across - first * up) / area,
    )


def _loss(odds: Floats, defaulted: Ints) -> float:
    return float((np.logaddexp(0.0, odds) - defaulted * odds).sum())


def accuracy(given: Ints, found: Ints) -> float:
    """Return the share of grades met exactly."""
    return float((given == found).mean())


def within_one(given: Ints, found: Ints) -> float:
    """Return the share of grades met exactly or missed by one."""
    return float((np.abs(given - found) <= 1).mean())


def qwk(given: Ints, found: Ints) -> float:
    """Return the quadratic weighted kappa of grades; 0 is chance, 1 perfect.

    Source: Cohen 1968; equal to scikit-learn's, which is too slow for a bootstrap.

    >>> qwk(np.array([0, 1, 2, 3]), np.array([0, 1, 2, 3]))
    1.0
    """
    far = float(((given - found) ** 2).mean())
    apart = (np.arange(_GRADES)[:, None] - np.arange(_GRADES)[None, :]) ** 2
    by_given = np.bincount(given, minlength=_GRADES) / len(given)
    by_found = np.bincount(found, minlength=_GRADES) / len(found)
    by_chance = float(by_given @ apart @ by_found)
    return 1 - far / by_chance if by_chance > 0 else 1.0
