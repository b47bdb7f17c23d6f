"""Comparisons with the best and the worst in; weights and their consistency out."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from scipy.optimize import linprog

from xiaowei.errors import InputError
from xiaowei.industry.credibility import Floats, Ints

_SCALE: Final = range(1, 10)
_INDEX: Final = (0.0, 0.44, 1.0, 1.63, 2.3, 3.0, 3.73, 4.47, 5.23)
"""The largest deviation there can be, by how far the best stands above the worst.

Source: Rezaei 2015, table 1.
"""
_HALVINGS: Final = 25
_LEAST: Final = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparisons:
    """How one judge compares what is to be weighed.

    Args:
        best: what counts most.
        worst: what counts least.
        best_over: each to how many times the best counts more than it, 1..9.
        over_worst: each to how many times it counts more than the worst, 1..9.
    """

    best: str
    worst: str
    best_over: Mapping[str, int]
    over_worst: Mapping[str, int]

    def __post_init__(self) -> None:
        """Refuse comparisons that do not fit together.

        Raises:
            ComparisonsError: every fault is named.
        """
        faults = _faults(self)
        if faults:
            raise ComparisonsError(faults)


class ComparisonsError(InputError):
    """Comparisons cannot be weighed."""

    def __init__(self, faults: Sequence[str]) -> None:
        """Name every fault."""
        super().__init__(
            "comparisons cannot be weighed: " + "; ".join(faults),
            expected="whole numbers 1 to 9 for the same names on both sides, 1 for the "
            "best over itself and for the worst over itself",
            remedy="Mend the comparisons with the judge who made them",
        )


class InconsistentError(InputError):
    """A judge's comparisons contradict each other too much."""

    def __init__(self, ratio: float, limit: float) -> None:
        """Name the ratio and the limit."""
        super().__init__(
            f"the comparisons have a consistency ratio of {ratio:.3f}",
            expected=f"{limit:g} at most; 0 is consistent",
            remedy="Go through the comparisons with the judge who made them again",
        )


@dataclass(frozen=True, slots=True)
class Weighing:
    """Weights by one judge's comparisons.

    Args:
        weights: name to its weight; they are 0 or more and add up to 1.
        gap: what the weights miss the comparisons by at most, of the linear model.
        ratio: consistency ratio: 0 consistent, 1 as bad as can be.
    """

    weights: Mapping[str, float]
    gap: float
    ratio: float

    def checked(self, *, limit: float) -> "Weighing":
        """Return the weights if they are consistent enough.

        Raises:
            InconsistentError: the ratio is above the limit.
        """
        if self.ratio > limit:
            raise InconsistentError(self.ratio, limit)
        return self


def weigh(comparisons: Comparisons) -> Weighing:
    """Return the weights that fit comparisons best, and how well they fit together.

    Weights are those of the linear model, which has one solution: the largest of
    |w_best - a w_j| and |w_j - a w_worst| is least. The consistency ratio is that of
    the first model, in which ratios of weights are compared: its least deviation over
    the largest that there can be.

    Source: Rezaei 2016 (linear model), Rezaei 2015 (consistency ratio).
    """
    names = sorted(comparisons.best_over)
    best, worst = names.index(comparisons.best), names.index(comparisons.worst)
    rows, bases = [], []
    for place, name in enumerate(names):
        for row, base in (
            (_row(best, place, comparisons.best_over[name], len(names)), place),
            (_row(place, worst, comparisons.over_worst[name], len(names)), worst),
        ):
            if row.any():
                rows += [row, -row]
                bases += [base, base]
    differences = np.array(rows)
    weights, gap = _linear(differences)
    largest = _INDEX[comparisons.best_over[comparisons.worst] - 1]
    deviation = _ratios(differences, np.array(bases), most=max(_INDEX))
    ratio = deviation / largest if largest > 0 else deviation
    return Weighing(dict(zip(names, weights, strict=True)), gap, ratio)


def _row(first: int, second: int, times: int, count: int) -> Floats:
    """Return the difference w_first - times * w_second."""
    row = np.zeros(count)
    row[first] += 1
    row[second] -= times
    return row


def _linear(differences: Floats) -> tuple[list[float], float]:
    count = differences.shape[1]
    found = linprog(
        np.append(np.zeros(count), 1),
        A_ub=np.column_stack([differences, -np.ones(len(differences))]),
        b_ub=np.zeros(len(differences)),
        A_eq=[np.append(np.ones(count), 0)],
        b_eq=[1],
    )
    *weights, gap = np.asarray(found.x, dtype=np.float64).tolist()
    return weights, gap


def _ratios(differences: Floats, bases: Ints, *, most: float) -> float:
    """Return the least deviation of ratios of weights from comparisons, by halving.

    For a deviation that is given, the weights are a linear matter.
    """
    count = differences.shape[1]
    own = np.eye(count)[bases]
    low, high = 0.0, most
    for _ in range(_HALVINGS):
        middle = (low + high) / 2
        found = linprog(
            np.zeros(count),
            A_ub=differences - middle * own,
            b_ub=np.zeros(len(differences)),
            A_eq=[np.ones(count)],
            b_eq=[1],
            bounds=(1e-6, None),
        )
        low, high = (low, middle) if found.status == 0 else (middle, high)
    return high if high > most / 2**20 else 0.0


def _faults(comparisons: Comparisons) -> list[str]:
    over, under = comparisons.best_over, comparisons.over_worst
    faults = []
    if over.keys() != under.keys() or len(over) < _LEAST:
        faults.append("both sides need the same two names or more")
    faults += [
        f"'{name}' is not compared"
        for name in (comparisons.best, comparisons.worst)
        if name not in over or name not in under
    ]
    faults += [
        f"'{name}' is compared as {times}"
        for side in (over, under)
        for name, times in side.items()
        if times not in _SCALE
    ]
    if over.get(comparisons.best, 1) != 1 or under.get(comparisons.worst, 1) != 1:
        faults.append("the best over itself and the worst over itself are 1")
    if over.get(comparisons.worst) != under.get(comparisons.best):
        faults.append("the best over the worst is not the same on both sides")
    return faults
