"""A scorecard of weights of evidence: whole points per bin, monotone, signs checked."""

from collections.abc import Mapping
from typing import Final

import numpy as np
import pandas as pd

from xiaowei.risk.bins import TraitBins, Trend, learn_bins
from xiaowei.risk.card import ANCHOR, FACTOR, pd_of
from xiaowei.risk.estimator import RiskModel
from xiaowei.risk.fit import SHRINKAGE, calibrate, ridge
from xiaowei.risk.frames import TraitColumn
from xiaowei.risk.sample import Floats, Ints, folds

_NOTHING: Final = 1e-6


class Scorecard(RiskModel):
    """A WOE scorecard that follows scikit-learn's rules and stands alone.

    Each trait is cut into bins, the number of them and their edges exact optima of
    information value under a monotone trend; a ridge logistic regression weighs the
    evidence of all traits, and no weight may turn the evidence round. Points are whole:
    20 of them double the odds of staying good, 600 is the average firm. The PD is that
    of the score, by a logistic regression on scores that each firm got from cards
    learnt without it.

    Args:
        trends: trait to which way its risk may go; those not named go either way, one
            way throughout. "free" lets it turn.
        max_bins: at most so many bins of a trait, the missing one not counted.
        min_share: a bin holds no smaller share of firms, 0..0.5.
        min_iv: a trait of a smaller information value stays out, 0 or more.
        shrinkage: half of it times the squared weights is added to the loss, 0 or more.
        folds: in how many parts firms are dealt for the calibration; 0 for none, which
            states PDs too far apart where firms are few.
        random_state: seed of the deal; everything else is exact.

    Attributes:
        bins_: trait to its bins, of those that have points, strongest first.
        weights_: trait to its weight, above 0.
        points_: trait to the whole points of each bin; the missing one and that of a
            new category are the last two. Above 0 is safer.
        base_: points every firm begins with.
        intercept_: log-odds of default at a score of 600.
        slope_: of the log-odds on the score's own; 1 where the card states its spread
            rightly.

    Source: Siddiqi 2006; Navas-Palencia 2020 (bins).
    """

    bins_: dict[str, TraitBins]
    weights_: dict[str, float]
    points_: dict[str, Ints]
    base_: int
    intercept_: float
    slope_: float

    def __init__(  # noqa: PLR0913 - settings of scikit-learn are keywords
        self,
        *,
        trends: Mapping[str, Trend] | None = None,
        max_bins: int = 8,
        min_share: float = 0.05,
        min_iv: float = 0.01,
        shrinkage: float = SHRINKAGE,
        folds: int = 5,
        random_state: int = 0,
    ) -> None:
        """Take the settings; nothing is done with them yet."""
        self.trends = trends
        self.max_bins = max_bins
        self.min_share = min_share
        self.min_iv = min_iv
        self.shrinkage = shrinkage
        self.folds = folds
        self.random_state = random_state

    def score(self, X: object, y: object = None, sample_weight: object = None) -> float:  # noqa: N803 - scikit-learn's
        """Return the accuracy, as scikit-learn has it; the points are `scores`."""
        return float(super().score(X, y, sample_weight))

    def scores(self, X: object) -> Ints:  # noqa: N803 - scikit-learn's
        """Return the score of each firm: base and all points; higher is safer."""
        return self._scores(self._columns(X, reset=False))

    def points(self, X: object) -> pd.DataFrame:  # noqa: N803 - scikit-learn's
        """Return the points of each trait of the card for each firm.

        Returns:
            Shape: (firms, traits of the card); with `base_` a row adds up to the score.
        """
        columns = self._columns(X, reset=False)
        return pd.DataFrame(_points(columns, self.bins_, self.points_))

    def table(self) -> pd.DataFrame:
        """Return the card as people read it, a row per bin.

        Returns:
            `trait`, `bin`, `firms`, `bads`, `bad_rate` (null where empty), `woe`,
            `points`, `iv` of the whole trait.
        """
        rows = [
            {
                "trait": name,
                "bin": bins.label(place),
                "firms": bins.bads[place] + bins.goods[place],
                "bads": bins.bads[place],
                "bad_rate": bins.bads[place] / (bins.bads[place] + bins.goods[place])
                if bins.bads[place] + bins.goods[place]
                else None,
                "woe": bins.woe[place],
                "points": int(self.points_[name][place]),
                "iv": bins.iv,
            }
            for name, bins in self.bins_.items()
            for place in range(bins.missing + 1)
        ]
        return pd.DataFrame(rows)

    def _learn(
        self, columns: list[TraitColumn], defaulted: Ints, *, groups: Ints | None
    ) -> None:
        bins, weights = self._weighed(columns, defaulted)
        self.bins_, self.weights_ = bins, weights
        self.points_ = _rounded(bins, weights)
        self.base_ = ANCHOR
        self.intercept_, self.slope_ = _logit(defaulted), 1.0
        if min(self.folds, *np.bincount(defaulted)) > 1:
            held_out = self._held_out(columns, defaulted, groups)
            self.intercept_, self.slope_ = calibrate(held_out, defaulted)

    def _weighed(
        self, columns: list[TraitColumn], defaulted: Ints
    ) -> tuple[dict[str, TraitBins], dict[str, float]]:
        trends = self.trends or {}
        bins = [
            learn_bins(
                column,
                defaulted,
                trend=trends.get(column.name, "either"),
                most=self.max_bins,
                least_share=self.min_share,
            )
            for column in columns
        ]
        told = [
            (one, column)
            for one, column in zip(bins, columns, strict=True)
            if one.iv >= self.min_iv
        ]
        evidence = [one.evidence(column) for one, column in told]
        if not told:
            return {}, {}
        _, weights = ridge(
            np.column_stack(evidence),
            defaulted,
            signs=[1] * len(told),
            shrinkage=self.shrinkage,
        )
        strength = {
            one.name: (float(weight) * one.iv, one, round(float(weight), 9))
            for (one, _), weight in zip(told, weights, strict=True)
            if weight > _NOTHING
        }
        order = sorted(strength, key=lambda name: (-strength[name][0], name))
        return (
            {name: strength[name][1] for name in order},
            {name: strength[name][2] for name in order},
        )

    def _held_out(
        self, columns: list[TraitColumn], defaulted: Ints, groups: Ints | None
    ) -> Ints:
        """Return scores of firms by cards learnt without them."""
        held_out = np.full(len(defaulted), ANCHOR, dtype=np.int64)
        dealt = folds(
            defaulted,
            count=self.folds,
            generator=np.random.default_rng(self.random_state),
            groups=groups,
        )
        for learn, judge in dealt:
            some = [column.take(learn) for column in columns]
            if not len(judge) or len(np.unique(defaulted[learn])) == 1:
                continue
            bins, weights = self._weighed(some, defaulted[learn])
            others = [column.take(judge) for column in columns]
            for points in _points(others, bins, _rounded(bins, weights)).values():
                held_out[judge] += points
        return held_out

    def _scores(self, columns: list[TraitColumn]) -> Ints:
        total = np.full(len(columns[0].rows), self.base_, dtype=np.int64)
        for points in _points(columns, self.bins_, self.points_).values():
            total += points
        return total

    def _pd(self, columns: list[TraitColumn]) -> Floats:
        return pd_of(
            self._scores(columns), intercept=self.intercept_, slope=self.slope_
        )


def _points(
    columns: list[TraitColumn],
    bins: Mapping[str, TraitBins],
    points: Mapping[str, Ints],
) -> dict[str, Ints]:
    by_name = {column.name: column for column in columns}
    return {name: points[name][one.index(by_name[name])] for name, one in bins.items()}


def _rounded(
    bins: Mapping[str, TraitBins], weights: Mapping[str, float]
) -> dict[str, Ints]:
    return {
        name: np.rint(
            -FACTOR * weights[name] * np.array([*one.woe, one.unseen])
        ).astype(np.int64)
        for name, one in bins.items()
    }


def _logit(defaulted: Ints) -> float:
    rate = defaulted.mean()
    return round(float(np.log(rate / (1 - rate))), 9)
