"""Boosted trees that may not contradict experts, and exact reasons for each PD."""

from collections.abc import Mapping
from typing import Any, Final

import lightgbm as lgb
import numpy as np
import pandas as pd

from xiaowei.risk.bins import Trend
from xiaowei.risk.estimator import RiskModel
from xiaowei.risk.frames import TraitColumn, matrix_of
from xiaowei.risk.sample import Floats, Ints, folds

SIGNS: Final[Mapping[Trend, int]] = {
    "higher_is_riskier": 1,
    "lower_is_riskier": -1,
    "either": 0,
    "free": 0,
}
"""How trees are told which way risk may go."""
_PATIENCE: Final = 50
_THREADS: Final = 2
_LEAST_LEAF: Final = 5
_FEW: Final = 1_000
_MANY: Final = 10_000


class Challenger(RiskModel):
    """LightGBM with monotone traits, that follows scikit-learn's rules.

    The number of trees is the one that does best on firms held out, by cross-validation
    of the log loss; then all firms are learnt from.

    Args:
        trends: trait to which way its risk may go; "either" and "free" bind nothing, as
            trees cannot be asked for one way or the other.
        rate: by which each tree is shrunk, above 0.
        leaves: of each tree, 2 or more.
        least_leaf: firms in a leaf at least; null for a hundredth of the firms, within
            5 and 50.
        most_trees: where it stops at the latest.
        folds: in how many parts firms are dealt to find the number of trees; 0 to take
            `most_trees`.
        random_state: seed of the deal and of the shares of rows and traits drawn.

    Attributes:
        text_: the model as LightGBM writes it: it can be read and runs no code.
        labels_: category to the labels it was learnt with.
        trees_: how many trees.

    Source: Ke et al. 2017; Lundberg et al. 2020 (reasons).
    """

    text_: str
    labels_: dict[str, tuple[str, ...]]
    trees_: int

    def __init__(  # noqa: PLR0913 - settings of scikit-learn are keywords
        self,
        *,
        trends: Mapping[str, Trend] | None = None,
        rate: float = 0.05,
        leaves: int = 15,
        least_leaf: int | None = None,
        most_trees: int = 1000,
        folds: int = 5,
        random_state: int = 0,
    ) -> None:
        """Take the settings; nothing is done with them yet."""
        self.trends = trends
        self.rate = rate
        self.leaves = leaves
        self.least_leaf = least_leaf
        self.most_trees = most_trees
        self.folds = folds
        self.random_state = random_state

    def contributions(self, X: Any, *, reference: Any = None) -> pd.DataFrame:  # noqa: ANN401, N803 - scikit-learn's
        """Return what each trait adds to the log-odds of default of each firm.

        Args:
            X: the firms.
            reference: a table of those to compare with, such as the approved; null for
                those that were learnt from.

        Returns:
            Shape: (firms, traits and `base`); a row adds up to the log-odds of the PD.
            What a trait adds is measured from its mean over the reference, so that an
            average firm has none.

        Source: exact Shapley values of trees, Lundberg et al. 2020.
        """
        told = self._shares(self._columns(X, reset=False))
        names = [*self.names, "base"]
        if reference is not None:
            mean = self._shares(self._columns(reference, reset=False)).mean(axis=0)
            told[:, :-1] -= mean[:-1]
            told[:, -1] += mean[:-1].sum()
        return pd.DataFrame(told, columns=names)

    def _shares(self, columns: list[TraitColumn]) -> Floats:
        matrix = matrix_of(columns, labels=self.labels_)
        told = self._booster().predict(
            matrix, pred_contrib=True, num_threads=_threads(len(matrix))
        )
        return np.asarray(told, dtype=np.float64)

    def _learn(
        self, columns: list[TraitColumn], defaulted: Ints, *, groups: Ints | None
    ) -> None:
        self.labels_ = {
            column.name: column.labels
            for column in columns
            if column.kind == "category"
        }
        matrix = matrix_of(columns, labels=self.labels_)
        settings = self._settings(columns, firms=len(defaulted))
        dealt = self._dealt(defaulted, groups)
        self.trees_ = self._best_trees(matrix, defaulted, settings, dealt)
        booster = lgb.train(
            settings, self._data(matrix, defaulted), num_boost_round=self.trees_
        )
        self.text_ = booster.model_to_string()

    def _settings(self, columns: list[TraitColumn], *, firms: int) -> dict[str, Any]:
        trends = self.trends or {}
        usual = min(max(firms // 100, _LEAST_LEAF), 50)
        return {
            "objective": "binary",
            "learning_rate": self.rate,
            "num_leaves": self.leaves,
            "min_data_in_leaf": usual if self.least_leaf is None else self.least_leaf,
            "min_data_in_bin": 1 if firms < _FEW else 3,
            "feature_fraction": 0.8,
            "bagging_fraction": 0.8,
            "bagging_freq": 1,
            "lambda_l2": 1.0,
            "monotone_constraints": [
                SIGNS[trends.get(column.name, "free")] if column.kind == "number" else 0
                for column in columns
            ],
            "seed": self.random_state,
            "deterministic": True,
            "force_row_wise": True,
            "num_threads": _threads(firms),
            "verbosity": -1,
        }

    def _data(self, matrix: Floats, defaulted: Ints) -> lgb.Dataset:
        names = [f"t{at}" for at in range(matrix.shape[1])]
        coded = [
            names[at] for at, name in enumerate(self.names) if name in self.labels_
        ]
        return lgb.Dataset(
            matrix,
            label=defaulted,
            feature_name=names,
            categorical_feature=coded,
            free_raw_data=False,
        )

    def _dealt(
        self, defaulted: Ints, groups: Ints | None
    ) -> list[tuple[Ints, Ints]] | None:
        """Return folds to try trees on; null where too few firms make any."""
        if min(self.folds, *np.bincount(defaulted)) <= 1:
            return None
        dealt = folds(
            defaulted,
            count=self.folds,
            generator=np.random.default_rng(self.random_state),
            groups=groups,
        )
        # Groups may leave a fold without defaults to learn from, or without anybody.
        usable = [
            (learn, judge)
            for learn, judge in dealt
            if len(judge) and len(np.unique(defaulted[learn])) > 1
        ]
        return usable or None

    def _best_trees(
        self,
        matrix: Floats,
        defaulted: Ints,
        settings: dict[str, Any],
        dealt: list[tuple[Ints, Ints]] | None,
    ) -> int:
        if dealt is None:
            return self.most_trees if not self.folds else _PATIENCE
        found = lgb.cv(
            settings,
            self._data(matrix, defaulted),
            num_boost_round=self.most_trees,
            folds=dealt,
            callbacks=[lgb.early_stopping(_PATIENCE, verbose=False)],
        )
        return len(np.asarray(found["valid binary_logloss-mean"]))

    def _booster(self) -> lgb.Booster:
        return lgb.Booster(model_str=self.text_)

    def _pd(self, columns: list[TraitColumn]) -> Floats:
        matrix = matrix_of(columns, labels=self.labels_)
        told = self._booster().predict(matrix, num_threads=_threads(len(matrix)))
        return np.asarray(told, dtype=np.float64)


def _threads(firms: int) -> int:
    """Return how many; two take longer than one to hand each other small pieces."""
    return _THREADS if firms >= _MANY else 1
