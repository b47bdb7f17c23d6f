"""A scorecard: whole points per trait that add up to a score, and the PD behind it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from xiaowei.risk.sample import Floats, Ints, Sample

POINTS_TO_DOUBLE: Final = 20
"""Points that double the odds of staying good."""

ANCHOR: Final = 600
"""The score of an average firm of the sample the card was learnt from."""

FACTOR: Final = POINTS_TO_DOUBLE / np.log(2)
"""Points per unit of log-odds."""


@dataclass(frozen=True, slots=True)
class Line:
    """One trait of a card.

    Args:
        trait: which.
        logged: whether amounts and counts are taken as signed logarithms.
        low: values below it count as it (2nd percentile of the sample).
        high: values above it count as it (98th percentile).
        centre: mean of the sample after that.
        scale: standard deviation of the sample after that.
        weight: log-odds of default per standard deviation.
    """

    trait: str
    logged: bool
    low: float
    high: float
    centre: float
    scale: float
    weight: float

    def points(self, values: Floats) -> Ints:
        """Return whole points; an unknown value gets the worst of the line.

        Args:
            values: Shape: one per firm as in the portrait; NaN where unknown.
        """
        ends = self._points(np.array([self.low, self.high]))
        known = self._points(
            np.clip(taken(values, logged=self.logged), self.low, self.high)
        )
        points = np.where(np.isnan(values), ends.min(), known)
        return points.astype(np.int64)

    def _points(self, values: Floats) -> Floats:
        risk = self.weight * (values - self.centre) / self.scale
        return np.asarray(np.rint(-FACTOR * risk), dtype=np.float64)

    def outside(
        self, values: Floats
    ) -> np.ndarray[tuple[int, ...], np.dtype[np.bool_]]:
        """Return which values lie outside of what the card was learnt from."""
        plain = taken(values, logged=self.logged)
        return np.asarray((plain < self.low) | (plain > self.high), dtype=np.bool_)


@dataclass(frozen=True, slots=True)
class Card:
    """Lines whose points, with the base, add up to the score; and the PD of a score.

    Args:
        lines: one per trait.
        base: points every firm begins with.
        intercept: log-odds of default at a score of ANCHOR.
        slope: log-odds of default per POINTS_TO_DOUBLE / ln 2 points below it.
    """

    lines: tuple[Line, ...]
    base: int
    intercept: float
    slope: float

    def points(self, sample: Sample) -> dict[str, Ints]:
        """Return the points of each line for each firm."""
        return {
            line.trait: line.points(sample.traits[line.trait]) for line in self.lines
        }

    def score(self, sample: Sample) -> Ints:
        """Return the score of each firm; higher is safer."""
        total = np.full(len(sample), self.base, dtype=np.int64)
        for points in self.points(sample).values():
            total += points
        return total

    def pd(self, score: Ints) -> Floats:
        """Return the probability of default of scores, rounded to nine decimals.

        The rounding keeps decisions equal between machines whose exp() differs in
        its last bit.
        """
        return pd_of(score, intercept=self.intercept, slope=self.slope)


def pd_of(score: Ints, *, intercept: float, slope: float) -> Floats:
    """Return 1 / (1 + exp(-(intercept + slope * (ANCHOR - score) / factor)))."""
    odds = intercept + slope * (ANCHOR - score) / FACTOR
    return np.asarray(np.round(1 / (1 + np.exp(-odds)), 9), dtype=np.float64)


def taken(values: Floats, *, logged: bool) -> Floats:
    """Return values as the card takes them: amounts as sign(x) * ln(1 + |x|)."""
    if not logged:
        return values
    return np.asarray(np.sign(values) * np.log1p(np.abs(values)), dtype=np.float64)


def card_json(card: Card) -> dict[str, object]:
    """Return a card as plain values that JSON can hold."""
    return {
        "kind": "xiaowei.card/1",
        "base": card.base,
        "intercept": card.intercept,
        "slope": card.slope,
        "lines": [
            {name: getattr(line, name) for name in Line.__dataclass_fields__}
            for line in card.lines
        ],
    }


def card_of(stated: Mapping[str, object]) -> Card:
    """Return the card that `card_json` wrote."""
    lines: Sequence[Mapping[str, object]] = stated["lines"]  # type: ignore[assignment]
    return Card(
        lines=tuple(Line(**line) for line in lines),  # type: ignore[arg-type]
        base=int(str(stated["base"])),
        intercept=float(str(stated["intercept"])),
        slope=float(str(stated["slope"])),
    )
