"""A sample and its outcomes in; a scorecard with expert signs out."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Literal

import numpy as np
from scipy.optimize import brentq, minimize

from xiaowei.risk.card import ANCHOR, FACTOR, Card, Line, taken
from xiaowei.risk.sample import Floats, Ints, Sample, folds

SHRINKAGE: Final = 4.0
"""Ridge penalty: a prior standard deviation of 0.5 log-odds per standard deviation of
a trait. Not tuned: with some 27 defaults tuning is noise."""

CALIBRATION_FOLDS: Final = 5
_CLIP: Final = (2.0, 98.0)
_FEW_BADS: Final = 1e-9


@dataclass(frozen=True, slots=True)
class Expected:
    """A trait that a card may use.

    Args:
        trait: which.
        direction: which way risk lies; the weight may not take the other sign.
        logged: whether it enters as a logarithm.
    """

    trait: str
    direction: Literal["higher_is_riskier", "lower_is_riskier"]
    logged: bool


def fit_card(
    sample: Sample,
    defaulted: Ints,
    *,
    expected: Sequence[Expected],
    generator: np.random.Generator,
) -> Card:
    """Return a card learnt from a sample, calibrated out of fold.

    The weights are those of a ridge logistic regression whose signs are bound to what
    experts expect. The PD behind a score is a second logistic regression (Platt) of the
    outcomes on scores that each firm got from cards learnt without it.

    Args:
        sample: firms with the traits expected.
        defaulted: Shape: 1 for a default, 0 else; both occur.
        expected: the traits and their signs.
        generator: the only source of chance: it deals the folds.
    """
    card = fit_lines(sample, defaulted, expected=expected)
    held_out = np.empty(len(sample), dtype=np.int64)
    dealt = folds(defaulted, count=CALIBRATION_FOLDS, generator=generator)
    for learn, judge in dealt:
        other = fit_lines(sample.take(learn), defaulted[learn], expected=expected)
        held_out[judge] = other.score(sample.take(judge))
    intercept, slope = calibrate(held_out, defaulted)
    return Card(card.lines, card.base, intercept, slope)


def fit_lines(sample: Sample, defaulted: Ints, *, expected: Sequence[Expected]) -> Card:
    """Return a card whose PD is that of the regression itself, not calibrated."""
    bare = [_bare_line(sample, one) for one in expected]
    columns = np.column_stack([_standard(sample, line) for line in bare])
    signs = [1 if one.direction == "higher_is_riskier" else -1 for one in expected]
    intercept, weights = ridge(columns, defaulted, signs=signs)
    lines = tuple(
        Line(
            line.trait,
            line.logged,
            line.low,
            line.high,
            line.centre,
            line.scale,
            round(float(weight), 9),
        )
        for line, weight in zip(bare, weights, strict=True)
    )
    return Card(lines, ANCHOR, round(intercept, 9), 1.0)


def calibrate(score: Ints, defaulted: Ints) -> tuple[float, float]:
    """Return intercept and slope of a logistic regression of outcomes on scores.

    The slope is shrunk towards 1 and never negative: a card that ranks no better than
    chance must not be turned round by its calibration.

    Args:
        score: Shape: scores of cards learnt without the firm.
        defaulted: Shape: 1 for a default, 0 else.
    """
    return level_and_spread((ANCHOR - score) / FACTOR, defaulted)


def level_and_spread(odds: Floats, defaulted: Ints) -> tuple[float, float]:
    """Return intercept and slope of a logistic regression of outcomes on log-odds.

    See `calibrate`.

    Args:
        odds: Shape: log-odds, but for their level, by models learnt without the firm.
        defaulted: Shape: 1 for a default, 0 else.
    """

    def loss(at: Floats) -> tuple[float, Floats]:
        eta = at[0] + at[1] * odds
        gap = 1 / (1 + np.exp(-eta)) - defaulted
        value = np.logaddexp(0, eta).sum() - (defaulted * eta).sum()
        value += 0.5 * (at[1] - 1) ** 2
        return float(value), np.array([gap.sum(), (gap * odds).sum() + at[1] - 1])

    start = np.array([np.log(defaulted.mean() / (1 - defaulted.mean())), 1.0])
    found = minimize(
        loss, start, jac=True, method="L-BFGS-B", bounds=[(None, None), (0.0, None)]
    )
    return round(float(found.x[0]), 9), round(float(found.x[1]), 9)


def centred(odds: Floats, defaulted: Ints) -> float:
    """Return what is to be added to log-odds so that PDs are right on average.

    Args:
        odds: Shape: log-odds, but for their level.
        defaulted: Shape: 1 for a default, 0 else; both occur.
    """

    def gap(level: float) -> float:
        pd_ = 1 / (1 + np.exp(-np.clip(odds + level, -500, 500)))
        return float(pd_.mean() - defaulted.mean())

    reach = float(np.abs(odds).max(initial=0.0)) + 40
    return round(float(brentq(gap, -reach, reach)), 9)


def _bare_line(sample: Sample, one: Expected) -> Line:
    plain = taken(sample.traits[one.trait], logged=one.logged)
    known = plain[~np.isnan(plain)]
    if not len(known):
        return Line(one.trait, one.logged, 0.0, 0.0, 0.0, 1.0, 0.0)
    low, high = (float(np.percentile(known, end)) for end in _CLIP)
    clipped = np.clip(known, low, high)
    scale = float(clipped.std())
    return Line(
        one.trait,
        one.logged,
        low,
        high,
        float(clipped.mean()),
        scale if scale > _FEW_BADS else 1.0,
        0.0,
    )


def _standard(sample: Sample, line: Line) -> Floats:
    plain = taken(sample.traits[line.trait], logged=line.logged)
    standard = (np.clip(plain, line.low, line.high) - line.centre) / line.scale
    # In learning an unknown value says nothing; in scoring it gets the worst points.
    return np.asarray(np.nan_to_num(standard, nan=0.0), dtype=np.float64)


def ridge(
    columns: Floats,
    defaulted: Ints,
    *,
    signs: Sequence[int],
    shrinkage: float = SHRINKAGE,
) -> tuple[float, Floats]:
    """Return intercept and weights of a ridge logistic regression with bound signs.

    Args:
        columns: Shape: (firms, traits), standardised.
        defaulted: Shape: 1 for a default, 0 else; both occur.
        signs: 1 where a weight may not be below 0, -1 where not above.
        shrinkage: half of it times the squared weights is added to the loss.
    """

    def loss(at: Floats) -> tuple[float, Floats]:
        eta = at[0] + columns @ at[1:]
        gap = 1 / (1 + np.exp(-eta)) - defaulted
        value = np.logaddexp(0, eta).sum() - (defaulted * eta).sum()
        value += shrinkage / 2 * (at[1:] @ at[1:])
        slopes = columns.T @ gap + shrinkage * at[1:]
        return float(value), np.concatenate([[gap.sum()], slopes])

    bounds = [(None, None)] + [(0.0, None) if s > 0 else (None, 0.0) for s in signs]
    start = np.zeros(len(signs) + 1)
    start[0] = np.log(defaulted.mean() / (1 - defaulted.mean()))
    found = minimize(loss, start, jac=True, method="L-BFGS-B", bounds=bounds)
    return float(found.x[0]), np.asarray(found.x[1:], dtype=np.float64)
