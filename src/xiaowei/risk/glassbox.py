"""A sum of curves, one per trait and one plane per pair: all that it knows is seen."""

import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from xiaowei.risk.bins import Trend, rates_of
from xiaowei.risk.challenger import SIGNS
from xiaowei.risk.estimator import RiskModel
from xiaowei.risk.frames import TraitColumn, matrix_of
from xiaowei.risk.sample import Floats, Ints, folds

_PARTS: Final = 7
"""A machine tries itself on one part of so many, 15 % as it does by itself."""
_LEAST: Final = 8
"""Fewer firms of either outcome cannot be dealt for learning and stopping."""


@dataclass(frozen=True, slots=True)
class Curve:
    """What one trait, or two together, add to the log-odds of default.

    Args:
        traits: one or two places of traits.
        cuts: of each of them: step k holds cuts[k-1] <= value < cuts[k].
        steps: Shape: what is added, by step of each trait; the first step is that of a
            missing value, the last that of a category that is new.
    """

    traits: tuple[int, ...]
    cuts: tuple[Floats, ...]
    steps: Floats

    def added(self, matrix: Floats) -> Floats:
        """Return what each firm is given.

        Args:
            matrix: Shape: (firms, traits); NaN is missing.
        """
        place = tuple(
            np.where(
                np.isnan(matrix[:, trait]),
                0,
                np.searchsorted(cuts, matrix[:, trait], side="right") + 1,
            )
            for trait, cuts in zip(self.traits, self.cuts, strict=True)
        )
        return np.asarray(self.steps[place], dtype=np.float64)


class GlassBox(RiskModel):
    """An explainable boosting machine that follows scikit-learn's rules.

    Args:
        trends: trait to which way its risk may go; "either" and "free" bind nothing.
        pairs: how many pairs of traits may act together, 0 or more.
        bags: how many machines on draws of firms are averaged.
        rounds: after how many it stops at the latest.
        random_state: seed of the draws.

    Attributes:
        curves_: all that it learnt.
        intercept_: the log-odds that all firms begin with.
        labels_: category to the labels it was learnt with, in the order of their bad
            rate, along which its curve runs.

    Source: Lou et al. 2013, Nori et al. 2019 (interpret).
    """

    curves_: list[Curve]
    intercept_: float
    labels_: dict[str, tuple[str, ...]]

    def __init__(
        self,
        *,
        trends: dict[str, Trend] | None = None,
        pairs: int = 5,
        bags: int = 8,
        rounds: int = 5_000,
        random_state: int = 0,
    ) -> None:
        """Take the settings; nothing is done with them yet."""
        self.trends = trends
        self.pairs = pairs
        self.bags = bags
        self.rounds = rounds
        self.random_state = random_state

    def contributions(self, X: Any) -> pd.DataFrame:  # noqa: ANN401, N803 - scikit-learn's
        """Return what each curve adds to the log-odds of default of each firm.

        Returns:
            Shape: (firms, curves and `base`); a row adds up to the log-odds of the PD.
        """
        matrix = matrix_of(self._columns(X, reset=False), labels=self.labels_)
        told = {
            " & ".join(self.names[at] for at in curve.traits): curve.added(matrix)
            for curve in self.curves_
        }
        return pd.DataFrame(told).assign(base=self.intercept_)

    def _learn(
        self, columns: list[TraitColumn], defaulted: Ints, *, groups: Ints | None
    ) -> None:
        self.labels_ = {
            column.name: column.labels
            for column in columns
            if column.kind == "category"
        }
        matrix = matrix_of(columns, labels=self.labels_)
        rate = float(defaulted.mean())
        self.intercept_, self.curves_ = float(np.log(rate / (1 - rate))), []
        if min(np.bincount(defaulted)) < _LEAST:
            return
        # The machine cannot take a trait of which nothing is known.
        kept = np.flatnonzero(~np.isnan(matrix).all(axis=0))
        if not len(kept):
            return
        machine = self._machine([columns[at] for at in kept])
        with warnings.catch_warnings():
            # Its own drawings leave them out; a curve here has a step for them.
            warnings.filterwarnings("ignore", "Missing values detected", UserWarning)
            bags = self._bags(defaulted, groups)
            machine.fit(matrix[:, kept], defaulted, bags=bags)
        self.intercept_ = float(machine.intercept_[0])
        self.curves_ = [
            _curve(machine, traits, steps, kept=kept)
            for traits, steps in zip(
                machine.term_features_, machine.term_scores_, strict=True
            )
        ]

    def _bags(self, defaulted: Ints, groups: Ints | None) -> NDArray[np.int8] | None:
        """Return which rows each machine tries itself on: -1, by whole groups."""
        if groups is None:
            return None
        generator = np.random.default_rng(self.random_state)
        bags = np.ones((len(defaulted), self.bags), dtype=np.int8)
        for bag in range(self.bags):
            dealt = folds(defaulted, count=_PARTS, generator=generator, groups=groups)
            bags[dealt[0][1], bag] = -1
        return bags

    def _machine(self, columns: list[TraitColumn]) -> Any:  # noqa: ANN401 - ships no types
        # Loading it takes a second that every other command need not wait for.
        from interpret.glassbox import ExplainableBoostingClassifier  # noqa: PLC0415

        trends = self.trends or {}
        return ExplainableBoostingClassifier(
            feature_types=["continuous"] * len(columns),
            monotone_constraints=[
                SIGNS[trends.get(column.name, "free")] if column.kind == "number" else 0
                for column in columns
            ],
            interactions=self.pairs,
            outer_bags=self.bags,
            max_rounds=self.rounds,
            random_state=self.random_state,
            n_jobs=1,
        )

    def _pd(self, columns: list[TraitColumn]) -> Floats:
        matrix = matrix_of(columns, labels=self.labels_)
        odds = np.full(len(matrix), self.intercept_)
        for curve in self.curves_:
            odds += curve.added(matrix)
        return np.asarray(1 / (1 + np.exp(-odds)), dtype=np.float64)


def _by_rate(column: TraitColumn, defaulted: Ints) -> tuple[str, ...]:
    known = column.codes >= 0
    rates = rates_of(column.codes[known], defaulted[known], count=len(column.labels))
    return tuple(column.labels[at] for at in np.argsort(rates, kind="stable"))


def _curve(
    machine: Any,  # noqa: ANN401 - ships no types
    traits: Sequence[int],
    steps: Floats,
    *,
    kept: Ints,
) -> Curve:
    """Take a term out of the machine; pairs are cut more coarsely than one trait."""
    depth = len(traits) - 1
    cuts = tuple(
        np.asarray(
            machine.bins_[at][min(depth, len(machine.bins_[at]) - 1)], np.float64
        )
        for at in traits
    )
    return Curve(
        tuple(int(kept[at]) for at in traits), cuts, np.asarray(steps, np.float64)
    )
