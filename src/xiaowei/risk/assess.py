"""What is known of firms in; their PD with interval, score, reasons and grade out."""

from dataclasses import dataclass
from typing import Final

import numpy as np

from xiaowei.risk.card import Card, pd_of
from xiaowei.risk.fit import Expected, calibrate, fit_card, fit_lines
from xiaowei.risk.rating import Grader, fit_grader
from xiaowei.risk.sample import (
    GRADES,
    Floats,
    Ints,
    Sample,
    TooFewOutcomesError,
    folds,
    one_thread,
)

LEAST_OUTCOMES: Final = 10
"""Fewer defaults, or fewer firms without one, and no PD is learnt."""

_BOOTSTRAPS: Final = 200
_TAILS: Final = (2.5, 97.5)
_FOLDS: Final = 5
_SEED: Final = 425


@dataclass(frozen=True, slots=True, kw_only=True)
class Assessment:
    """The risk of one enterprise.

    Args:
        enterprise_id: whom it is about.
        score: base plus all points; higher is safer.
        base: points every firm begins with.
        points: trait to its points.
        pd: probability of default, 0..1.
        pd_low: lower end of its 95% interval.
        pd_high: upper end.
        grade_odds: grade to its probability, or empty where no grade was learnt.
        outside: traits whose value lies outside of what the card was learnt from.
        unknown: traits of the card that are unknown and got the worst points.
    """

    enterprise_id: str
    score: int
    base: int
    points: dict[str, int]
    pd: float
    pd_low: float
    pd_high: float
    grade_odds: dict[str, float]
    outside: tuple[str, ...]
    unknown: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Outcomes:
    """What is known of how firms fared.

    Args:
        defaulted: enterprise to whether it has defaulted, where known.
        grades: enterprise to the bank's grade 0 for A to 3 for D, where given.
    """

    defaulted: dict[str, int]
    grades: dict[str, int]

    def labelled(self, sample: Sample) -> tuple[Sample, Ints]:
        """Return the firms whose outcome is known, and it."""
        return _of(sample, self.defaulted)

    def graded(self, sample: Sample) -> tuple[Sample, Ints]:
        """Return the firms that have a grade, and it."""
        return _of(sample, self.grades)


@dataclass(frozen=True, slots=True)
class Models:
    """What was learnt: the card, a card per bootstrap draw, and the grader.

    Args:
        card: the card that scores.
        drawn: (lines fitted to a draw of firms, intercept, slope).
        grader: null where fewer than LEAST_OUTCOMES firms have each grade.
        unseen: Shape: (repeats, graded firms, 4), what the grader's members say of
            firms that they had not seen; null likewise.
    """

    card: Card
    drawn: tuple[tuple[Card, float, float], ...]
    grader: Grader | None
    unseen: Floats | None

    def weight_intervals(self) -> list[tuple[float, float]]:
        """Return the 95% interval of each line's weight over the draws."""
        weights = np.array(
            [[o.weight for o in card.lines] for card, _, _ in self.drawn]
        )
        low, high = np.percentile(weights, _TAILS, axis=0)
        return [(float(a), float(b)) for a, b in zip(low, high, strict=True)]


def learn(
    sample: Sample,
    outcomes: Outcomes,
    *,
    expected: tuple[Expected, ...],
    today: Sample | None = None,
) -> Models:
    """Return the models learnt from the firms whose outcome is known.

    Args:
        sample: all firms, as they were known when what became of them was not.
        outcomes: what is known of some of them.
        expected: the traits that the card may use.
        today: all firms as they are known now, by which grades are learnt; null for
            the sample.

    Raises:
        TooFewOutcomesError: too few defaults, or too few firms without one.
    """
    known, defaulted = outcomes.labelled(sample)
    bads = int(defaulted.sum()) if len(known) else 0
    goods = len(known) - bads
    if min(bads, goods) < LEAST_OUTCOMES:
        raise TooFewOutcomesError(goods=goods, bads=bads, least=LEAST_OUTCOMES)
    with one_thread():
        card = fit_card(
            known, defaulted, expected=expected, generator=np.random.default_rng(_SEED)
        )
        drawn = _drawn(known, defaulted, expected=expected)
    graded, grades = outcomes.graded(sample if today is None else today)
    enough = len(graded) > 0 and np.bincount(grades, minlength=len(GRADES)).min() >= (
        LEAST_OUTCOMES
    )
    grader, unseen = fit_grader(graded, grades) if enough else (None, None)
    return Models(card, drawn, grader, unseen)


def assess(sample: Sample, models: Models) -> list[Assessment]:
    """Return the assessment of every firm of a sample, in its order."""
    card = models.card
    points = card.points(sample)
    score = card.score(sample)
    pd = card.pd(score)
    low, high = _interval(sample, models, pd=pd)
    odds = models.grader.odds(sample) if models.grader else None
    outside = {
        line.trait: line.outside(sample.traits[line.trait]) for line in card.lines
    }
    return [
        Assessment(
            enterprise_id=firm,
            score=int(score[at]),
            base=card.base,
            points={trait: int(given[at]) for trait, given in points.items()},
            pd=float(pd[at]),
            pd_low=float(low[at]),
            pd_high=float(high[at]),
            grade_odds=dict(zip(GRADES, map(float, odds[at]), strict=True))
            if odds is not None
            else {},
            outside=tuple(trait for trait, out in outside.items() if out[at]),
            unknown=tuple(
                line.trait
                for line in card.lines
                if np.isnan(sample.traits[line.trait][at])
            ),
        )
        for at, firm in enumerate(sample.ids)
    ]


def _drawn(
    sample: Sample, defaulted: Ints, *, expected: tuple[Expected, ...]
) -> tuple[tuple[Card, float, float], ...]:
    """Return cards fitted and calibrated on draws of firms, each class kept in number.

    A draw's calibration is learnt from the firms it left out of five folds, drawn
    alike, so the interval holds the doubt of weights and of level.
    """
    generator = np.random.default_rng([_SEED, 1])
    held_out = np.empty(len(sample), dtype=np.int64)
    for keep, judge in folds(defaulted, count=_FOLDS, generator=generator):
        other = fit_lines(sample.take(keep), defaulted[keep], expected=expected)
        held_out[judge] = other.score(sample.take(judge))
    everyone = np.arange(len(sample))
    groups = [everyone[defaulted == value] for value in (0, 1)]
    cards = []
    for _ in range(_BOOTSTRAPS):
        drawn = np.concatenate([generator.choice(g, len(g)) for g in groups])
        card = fit_lines(sample.take(drawn), defaulted[drawn], expected=expected)
        cards.append((card, *calibrate(held_out[drawn], defaulted[drawn])))
    return tuple(cards)


def _interval(sample: Sample, models: Models, *, pd: Floats) -> tuple[Floats, Floats]:
    drawn = np.array(
        [
            pd_of(card.score(sample), intercept=intercept, slope=slope)
            for card, intercept, slope in models.drawn
        ]
    )
    low, high = np.percentile(drawn, _TAILS, axis=0)
    return (
        np.round(np.minimum(low, pd), 9),
        np.round(np.maximum(high, pd), 9),
    )


def _of(sample: Sample, known: dict[str, int]) -> tuple[Sample, Ints]:
    places = np.array(
        [at for at, firm in enumerate(sample.ids) if firm in known], dtype=np.int64
    )
    values = np.array([known[sample.ids[at]] for at in places], dtype=np.int64)
    return sample.take(places), values
