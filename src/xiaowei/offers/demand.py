"""Who stays at which rate: a curve per grade, fitted to a table of churn."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final, TypeAlias

import numpy as np
import numpy.typing as npt
from scipy.optimize import least_squares

from xiaowei.errors import InputError
from xiaowei.offers.terms import GRADES
from xiaowei.policy.book import Book

FloatArray: TypeAlias = npt.NDArray[np.float64]
Point: TypeAlias = tuple[str, float, float]
"""Grade, yearly rate, share of customers lost 0..1."""

Predict: TypeAlias = Callable[[FloatArray], FloatArray]
Model: TypeAlias = Callable[[FloatArray, FloatArray], Predict]

FREE_RATE: Final = 0.04
"""The rate at which nobody is lost, by the published table."""

EXTRAPOLATE_ABOVE: Final = 0.1105
"""The last knot fitted when a model is tried on the rates above it (11 %)."""

_FEWEST_POINTS: Final = 5
_START: Final = (17.0, 0.95)
_TIGHT: Final = 1e-14
"""The fit is small: it is driven to the limit of floats, so it is the same anywhere."""


@dataclass(frozen=True, slots=True)
class Churn:
    """The share of customers lost at a rate: 1 - exp(-k (rate - 4 %)^b).

    It is 0 up to 4 %, never falls as the rate rises, and stays below 1.

    Args:
        k: speed, above 0.
        b: bend, above 0; 1 is a plain exponential.

    Raises:
        ChurnCurveError: a parameter is not above 0.
    """

    k: float
    b: float

    def __post_init__(self) -> None:
        """Refuse a curve that would rise, or lose somebody at 4 %."""
        if not (self.k > 0 and self.b > 0):
            raise ChurnCurveError(self.k, self.b)

    def kept(self, rates: npt.ArrayLike) -> FloatArray:
        """Return the share of customers kept at yearly rates, 0..1.

        >>> Churn(19.05, 0.951).kept([0.04, 0.15]).round(3).tolist()
        [1.0, 0.097]
        """
        beyond = np.maximum(np.asarray(rates, dtype=np.float64) - FREE_RATE, 0.0)
        kept: FloatArray = np.exp(-self.k * beyond**self.b)
        return kept

    def lost(self, rates: npt.ArrayLike) -> FloatArray:
        """Return the share of customers lost at yearly rates, 0..1."""
        return 1.0 - self.kept(rates)


@dataclass(frozen=True, slots=True)
class Quality:
    """How well a model of churn fits.

    Args:
        r2: share of variance explained on all points.
        loo_rmse: error on each point above 4 % when it alone is left out of the fit.
        extrapolation_rmse: error above 11 % when fitted up to there; None where the
            table ends before.
    """

    r2: float
    loo_rmse: float
    extrapolation_rmse: float | None


@dataclass(frozen=True, slots=True)
class Fit:
    """A curve fitted to one grade's points, and how well it fits."""

    grade: str
    churn: Churn
    points: int
    quality: Quality


class ChurnCurveError(InputError):
    """Parameters do not make a curve of churn."""

    def __init__(self, k: float, b: float) -> None:
        """Name the parameters."""
        super().__init__(
            f"churn with k = {k} and b = {b} is no curve",
            expected="both above 0",
            remedy="Correct churn_k_* and churn_b_* in the policy overlay",
        )


class ChurnPointsError(InputError):
    """A table of churn cannot be fitted; all faults are named at once."""

    def __init__(self, faults: Sequence[str]) -> None:
        """Name each fault."""
        super().__init__(
            f"the table of churn has {len(faults)} fault(s): " + "; ".join(faults),
            expected=f"for each of the grades {', '.join(GRADES)} at least "
            f"{_FEWEST_POINTS} points, rates from 4 % to 100 %, shares from 0 to 1",
            remedy="Correct the table, or leave it out to use the shipped curves",
        )


def curves_on(book: Book, *, on: date) -> dict[str, Churn]:
    """Return the curves of churn that the policy book holds for a day.

    Args:
        book: the bank's numbers.
        on: the day asked for.

    Returns:
        Grade to curve.

    Raises:
        UnknownNumberError: the book lacks a parameter.
        NotYetSetError: the day lies before a parameter's first value.

    Source: CUMCM 2020 Problem C, attachment 3, fitted by `fit_churn`.
    """
    return {
        grade: Churn(
            k=float(book.number(f"churn_k_{grade.lower()}", on=on)),
            b=float(book.number(f"churn_b_{grade.lower()}", on=on)),
        )
        for grade in GRADES
    }


def fit_churn(points: Sequence[Point]) -> dict[str, Fit]:
    """Fit a curve of churn to each grade's points by least squares.

    Args:
        points: the table; any order.

    Returns:
        Grade to fit.

    Raises:
        ChurnPointsError: points are missing or out of range; every fault is named.
    """
    fits = {}
    for grade, (rates, lost) in by_grade(points).items():
        churn = fitted(rates, lost)
        fits[grade] = Fit(grade, churn, len(rates), quality(falling_away, rates, lost))
    return fits


def by_grade(points: Sequence[Point]) -> dict[str, tuple[FloatArray, FloatArray]]:
    """Return each grade's rates and shares lost, by rising rate.

    Raises:
        ChurnPointsError: points are missing or out of range; every fault is named.
    """
    faults = [
        f"grade '{grade}', rate {rate}, share {share}"
        for grade, rate, share in points
        if not (FREE_RATE <= rate <= 1 and 0 <= share <= 1)
    ]
    grouped = {}
    for grade in GRADES:
        rows = sorted((rate, share) for name, rate, share in points if name == grade)
        if len(rows) < _FEWEST_POINTS:
            faults.append(f"grade '{grade}' has {len(rows)} point(s)")
        columns = np.array(rows, dtype=np.float64).reshape(-1, 2)
        grouped[grade] = (columns[:, 0], columns[:, 1])
    if faults:
        raise ChurnPointsError(faults)
    return grouped


def fitted(rates: FloatArray, lost: FloatArray) -> Churn:
    """Return the curve with the least sum of squared errors.

    Args:
        rates: yearly rates of at least 4 %.
        lost: share of customers lost at each, 0..1.
    """

    def errors(logs: FloatArray) -> FloatArray:
        k, b = np.exp(logs)
        wrong: FloatArray = Churn(float(k), float(b)).lost(rates) - lost
        return wrong

    best = least_squares(errors, np.log(_START), xtol=_TIGHT, ftol=_TIGHT, gtol=_TIGHT)
    k, b = np.exp(best.x)
    return Churn(k=float(k), b=float(b))


def falling_away(rates: FloatArray, lost: FloatArray) -> Predict:
    """Return what predicts the share lost at a rate from our curve.

    Args:
        rates: yearly rates of at least 4 %.
        lost: share of customers lost at each, 0..1.
    """
    return fitted(rates, lost).lost


def quality(model: Model, rates: FloatArray, lost: FloatArray) -> Quality:
    """Measure how well a kind of model fits, and predicts what it has not seen.

    Args:
        model: takes rates and shares lost; returns what predicts shares from rates.
        rates: yearly rates, rising.
        lost: share of customers lost at each, 0..1.
    """
    everywhere = model(rates, lost)(rates) - lost
    r2 = 1.0 - float(everywhere @ everywhere) / float(np.var(lost) * len(lost))
    left_out = []
    for place in np.flatnonzero(rates > FREE_RATE):
        others = np.arange(len(rates)) != place
        predict = model(rates[others], lost[others])
        left_out.append(float(predict(rates[[place]])[0] - lost[place]))
    seen = rates <= EXTRAPOLATE_ABOVE
    beyond = None
    if seen.sum() >= _FEWEST_POINTS and not seen.all():
        wrong = model(rates[seen], lost[seen])(rates[~seen]) - lost[~seen]
        beyond = float(np.sqrt(np.mean(wrong**2)))
    return Quality(r2, float(np.sqrt(np.mean(np.square(left_out)))), beyond)


def fewest_kept(curves: Mapping[str, Churn], rates: npt.ArrayLike) -> FloatArray:
    """Return the share kept by the grade that keeps fewest, at each rate.

    It stands for an enterprise without a grade: knowing less about it must not make
    it look more loyal than any grade is.

    Args:
        curves: grade to curve, at least one.
        rates: yearly rates.
    """
    kept: FloatArray = np.minimum.reduce([c.kept(rates) for c in curves.values()])
    return kept
