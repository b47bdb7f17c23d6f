"""Few cases in; a logistic regression that stays finite, with intervals, out."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import brentq
from scipy.stats import chi2

from xiaowei.errors import InputError
from xiaowei.risk.sample import Floats, Ints, one_thread

Bools = NDArray[np.bool_]

INTERCEPT: Final = "(intercept)"
_STEPS: Final = 200
_LONGEST: Final = 5.0
_NEAR: Final = 1e-10
_FLAT: Final = 1e-10
_HALVINGS: Final = 30
_DOUBLINGS: Final = 40


class FirthError(InputError):
    """No regression can be learnt."""

    def __init__(self, why: str) -> None:
        """Say why."""
        super().__init__(
            f"no regression can be learnt: {why}",
            expected="both outcomes, numbers without gaps, no column that others add "
            "up to, more cases than columns",
            remedy="Fill or leave out what is missing, and leave out such columns",
        )


@dataclass(frozen=True, slots=True)
class Term:
    """One weight.

    Args:
        name: of the column, or `INTERCEPT`.
        weight: log-odds of default per unit of the column.
        low: of the interval by the profile of the penalised likelihood.
        high: likewise.
        p_value: of a weight of 0, by the penalised likelihood ratio, 0..1.
    """

    name: str
    weight: float
    low: float
    high: float
    p_value: float


@dataclass(frozen=True, slots=True)
class FirthFit:
    """A regression learnt.

    Args:
        terms: the intercept first, then a term per column.
        level: of the intervals, 0..1.
        centred: the intercept at which the mean PD is the share of defaults: the
            penalty draws PDs towards a half.
    """

    terms: tuple[Term, ...]
    level: float
    centred: float

    def pd(self, columns: Floats) -> Floats:
        """Return the PD of each firm, 0..1, by the centred intercept.

        Args:
            columns: Shape: (firms, columns), in the order learnt from.

        Source: FLIC, Puhr et al. 2017.
        """
        weights = np.array([term.weight for term in self.terms[1:]])
        return _chance(self.centred + columns @ weights)


def firth(
    columns: Floats, bad: Ints, *, names: Sequence[str], level: float = 0.95
) -> FirthFit:
    """Return a logistic regression with the penalty of Jeffreys' prior.

    Where a column tells defaults from others without an error, the usual weights run
    away; these stay finite, and with few cases they are less biased.

    Args:
        columns: Shape: (cases, columns), numbers without gaps.
        bad: Shape: 1 for a default, 0 else; both occur.
        names: one per column.
        level: of the intervals, above 0 and below 1.

    Raises:
        FirthError: a number is missing, an outcome is lacking, or columns add up to
            one another.

    Source: Firth 1993; Heinze and Schemper 2002 (profile intervals, tests).
    """
    _check(columns, bad, level)
    # A weight per standard deviation is found as surely of fen as of shares.
    scale = np.array([1.0, *columns.std(axis=0)])
    design = np.column_stack([np.ones(len(bad)), columns]) / scale
    with one_thread():
        weights, best = _fitted(design, bad, np.zeros(len(scale)), free=None)
        terms = [
            _term(design, bad, weights, best, at=at, level=level)
            for at in range(len(scale))
        ]
    told = tuple(
        Term(name, value / unit, low / unit, high / unit, p_value)
        for name, unit, (value, low, high, p_value) in zip(
            (INTERCEPT, *names), scale.tolist(), terms, strict=True
        )
    )
    return FirthFit(told, level, _centred(design @ weights - weights[0], bad))


def firth_weights(columns: Floats, bad: Ints) -> Floats:
    """Return the weights of `firth` alone, the intercept first and not centred.

    Args:
        columns: Shape: (cases, columns), numbers without gaps, none constant; maybe no
            column.
        bad: Shape: 1 for a default, 0 else; both occur.
    """
    scale = np.array([1.0, *columns.std(axis=0)])
    design = np.column_stack([np.ones(len(bad)), columns]) / scale
    with one_thread():
        weights, _ = _fitted(design, bad, np.zeros(len(scale)), free=None)
    return np.asarray(weights / scale, dtype=np.float64)


def _term(
    design: Floats, bad: Ints, weights: Floats, best: float, *, at: int, level: float
) -> tuple[float, float, float, float]:
    others = np.arange(design.shape[1]) != at

    def lost(value: float) -> float:
        start = weights.copy()
        start[at] = value
        return 2 * (best - _fitted(design, bad, start, free=others)[1])

    room = float(chi2.ppf(level, 1))
    ends = []
    for way in (-1.0, 1.0):
        far = way
        for _ in range(_DOUBLINGS):
            if lost(weights[at] + far) > room:
                break
            far *= 2
        ends.append(
            brentq(lambda v: lost(v) - room, weights[at], weights[at] + far, xtol=1e-9)
        )
    p_value = float(chi2.sf(max(lost(0.0), 0.0), 1))
    return float(weights[at]), float(ends[0]), float(ends[1]), p_value


def _fitted(
    design: Floats, bad: Ints, start: Floats, *, free: Bools | None
) -> tuple[Floats, float]:
    """Return weights of the greatest penalised likelihood, and that."""
    moved = np.ones(len(start), dtype=np.bool_) if free is None else free
    weights, value = start.copy(), _likelihood(design, bad, start)
    for _ in range(_STEPS):
        pd_ = _chance(design @ weights)
        spread = pd_ * (1 - pd_)
        whole = design.T @ (design * spread[:, None])
        leverage = ((design @ np.linalg.inv(whole)) * design).sum(axis=1) * spread
        gap = design.T @ (bad - pd_ + leverage * (0.5 - pd_))
        if np.abs(gap[moved]).max(initial=0.0) < _NEAR:
            break
        step = np.linalg.solve(whole[np.ix_(moved, moved)], gap[moved])
        step *= min(1.0, _LONGEST / np.abs(step).max())
        better = _halved(design, bad, weights, value, moved, step)
        if better is None:
            break
        weights, value = better
    return weights, value


def _halved(
    design: Floats,
    bad: Ints,
    weights: Floats,
    value: float,
    moved: Bools,
    step: Floats,
) -> tuple[Floats, float] | None:
    """Return the first of ever shorter steps that gains; null where none does."""
    for _ in range(_HALVINGS):
        tried = weights.copy()
        tried[moved] += step
        found = _likelihood(design, bad, tried)
        if found > value:
            return tried, found
        step = step / 2
    return None


def _likelihood(design: Floats, bad: Ints, weights: Floats) -> float:
    odds = design @ weights
    pd_ = _chance(odds)
    whole = design.T @ (design * (pd_ * (1 - pd_))[:, None])
    sign, size = np.linalg.slogdet(whole)
    if sign <= 0:
        return -np.inf
    return float(bad @ odds - np.logaddexp(0, odds).sum() + size / 2)


def _centred(odds: Floats, bad: Ints) -> float:
    def gap(level: float) -> float:
        return float(_chance(odds + level).mean() - bad.mean())

    reach = float(np.abs(odds).max()) + 40
    return float(brentq(gap, -reach, reach))


def _chance(odds: Floats) -> Floats:
    return np.asarray(1 / (1 + np.exp(-np.clip(odds, -500, 500))), dtype=np.float64)


def _check(columns: Floats, bad: Ints, level: float) -> None:
    if not 0 < level < 1:
        raise FirthError(f"a level of {level:g}")
    if not 0 < int(bad.sum()) < len(bad):
        raise FirthError(f"{int(bad.sum())} of {len(bad)} cases are defaults")
    if not np.isfinite(columns).all():
        row, column = np.argwhere(~np.isfinite(columns))[0]
        raise FirthError(f"row {row}, column {column} is no number")
    centred = columns - columns.mean(axis=0)
    size = np.linalg.norm(centred, axis=0)
    if (size <= _FLAT * np.abs(columns).max(initial=1.0)).any() or (
        np.linalg.matrix_rank(centred / np.maximum(size, _FLAT)) < columns.shape[1]
    ):
        raise FirthError("a column is constant, or the others add up to it")
