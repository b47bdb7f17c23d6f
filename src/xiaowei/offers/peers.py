"""Our curve of churn beside those that published papers fitted to the same table."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from xiaowei.offers.demand import (
    FREE_RATE,
    FloatArray,
    Model,
    Point,
    Predict,
    Quality,
    by_grade,
    falling_away,
    quality,
)

_GRID: Final = np.linspace(FREE_RATE, 0.15, 1101)
_NOBODY: Final = 1e-9


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the report's table of churn models.

    Args:
        model: weibull (ours), quartic, quadratic or log.
        grade: the grade fitted.
        parameters: numbers fitted.
        quality: how well it fits and predicts.
        sensible: whether it never falls from 4 % to 15 % and loses nobody at 4 %.
    """

    model: str
    grade: str
    parameters: int
    quality: Quality
    sensible: bool


def compare_churn(points: Sequence[Point]) -> list[Row]:
    """Fit our curve and its peers to the same points, for each grade.

    Args:
        points: the table of churn.

    Returns:
        Model by model, grade by grade.

    Raises:
        ChurnPointsError: points are missing or out of range; every fault is named.

    Source: peers as in Giyn/CUMCM2020C (quartic), TingchenFu/CUMCM2020 (quadratic),
    Adoraaaa/SME-Credit-Decision (log).
    """
    return [
        Row(
            name,
            grade,
            parameters,
            quality(model, rates, lost),
            _sensible(model(rates, lost)),
        )
        for name, (parameters, model) in MODELS.items()
        for grade, (rates, lost) in by_grade(points).items()
    ]


def _polynomial(degree: int) -> Model:
    def model(rates: FloatArray, lost: FloatArray) -> Predict:
        return np.polynomial.Polynomial.fit(rates, lost, degree)

    return model


def _log(rates: FloatArray, lost: FloatArray) -> Predict:
    line = np.polynomial.Polynomial.fit(np.log(rates), lost, 1)

    def predict(wanted: FloatArray) -> FloatArray:
        share: FloatArray = line(np.log(wanted))
        return share

    return predict


def _sensible(predict: Callable[[FloatArray], FloatArray]) -> bool:
    curve = predict(_GRID)
    return bool(abs(curve[0]) < _NOBODY and np.all(np.diff(curve) >= 0))


MODELS: Final[Mapping[str, tuple[int, Model]]] = {
    "weibull": (2, falling_away),
    "quartic": (5, _polynomial(4)),
    "quadratic": (3, _polynomial(2)),
    "log": (2, _log),
}
"""Name to number of parameters and model."""
