"""What all models of risk share: any table and outcomes in, probabilities out."""

from typing import Any, Self

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.utils import Tags
from sklearn.utils.multiclass import check_classification_targets, type_of_target
from sklearn.utils.validation import (
    assert_all_finite,
    check_consistent_length,
    check_is_fitted,
    column_or_1d,
    validate_data,
)

from xiaowei.risk.frames import TraitColumn, columns_of, is_table
from xiaowei.risk.sample import Floats, Ints


class RiskModel(ClassifierMixin, BaseEstimator):  # type: ignore[misc] # sklearn ships no types
    """A binary classifier of scikit-learn that takes any table.

    Whoever derives from it writes `_learn`, which sets what it learnt as attributes
    that end in an underscore, and `_pd`.
    """

    classes_: NDArray[Any]
    n_features_in_: int
    feature_names_in_: NDArray[Any]

    @property
    def names(self) -> list[str]:
        """The traits that were learnt from, as their table names them."""
        stated = getattr(self, "feature_names_in_", None)
        if stated is not None:
            return [str(name) for name in stated]
        return [f"x{at}" for at in range(self.n_features_in_)]

    def fit(self, X: Any, y: Any = None, groups: Any = None) -> Self:  # noqa: ANN401, N803 - scikit-learn's
        """Learn from firms whose outcome is known.

        Args:
            X: Shape: (firms, traits), any table or a matrix; see `columns_of`. NaN and
                null are missing.
            y: Shape: one outcome per firm, two values; the greater one in sorted order
                is the default. Never weighted, never resampled: the share of defaults
                is part of what is learnt.
            groups: Shape: one name per row, such as the enterprise or its owner, whose
                rows are held out together wherever a model tries itself; null for each
                row alone. A panel learnt without them looks better than it is.

        Raises:
            ValueError: the outcome has not two values, or a number is infinite.
            TypeError: a column holds neither numbers, days, truths nor texts.
        """
        columns = self._columns(X, reset=True)
        outcome = self._outcome(y)
        check_consistent_length(columns[0].rows if columns else [], outcome)
        self.classes_, defaulted = np.unique(outcome, return_inverse=True)
        if len(self.classes_) == 1:
            msg = f"{type(self).__name__} needs two outcomes, got one class"
            raise ValueError(msg)
        owners = None
        if groups is not None:
            check_consistent_length(groups, outcome)
            owners = np.unique(np.asarray(groups, dtype=str), return_inverse=True)[1]
        self._learn(columns, defaulted.astype(np.int64), groups=owners)
        return self

    def predict_proba(self, X: Any) -> Floats:  # noqa: ANN401, N803 - scikit-learn's
        """Return the probability of each outcome.

        Returns:
            Shape: (firms, 2); the second column is the PD, 0..1.
        """
        pd_ = self.pd(X)
        return np.column_stack([1 - pd_, pd_])

    def pd(self, X: Any) -> Floats:  # noqa: ANN401, N803 - scikit-learn's
        """Return the probability of default of each firm, 0..1."""
        check_is_fitted(self)
        return self._pd(self._columns(X, reset=False))

    def decision_function(self, X: Any) -> Floats:  # noqa: ANN401, N803 - scikit-learn's
        """Return the log-odds of default of each firm."""
        bounded = np.clip(self.pd(X), 1e-12, 1 - 1e-12)
        return np.asarray(np.log(bounded / (1 - bounded)), dtype=np.float64)

    def predict(self, X: Any) -> NDArray[Any]:  # noqa: ANN401, N803 - scikit-learn's
        """Return the likelier outcome of each firm."""
        worse = self.decision_function(X) > 0
        return np.asarray(self.classes_[worse.astype(np.int64)])

    def __sklearn_tags__(self) -> Tags:
        """Say what it takes."""
        tags = super().__sklearn_tags__()
        tags.input_tags.allow_nan = True
        tags.input_tags.string = True
        tags.input_tags.categorical = True
        tags.classifier_tags.multi_class = False
        return tags

    def _learn(
        self, columns: list[TraitColumn], defaulted: Ints, *, groups: Ints | None
    ) -> None:
        raise NotImplementedError

    def _pd(self, columns: list[TraitColumn]) -> Floats:
        raise NotImplementedError

    def _columns(self, table: Any, *, reset: bool) -> list[TraitColumn]:  # noqa: ANN401
        if not is_table(table):
            table = validate_data(
                self, table, dtype=None, ensure_all_finite="allow-nan", reset=reset
            )
            return columns_of(table)
        columns = columns_of(table)
        names = pd.DataFrame(columns=[column.name for column in columns])
        validate_data(self, names, skip_check_array=True, reset=reset)
        if not columns or not len(columns[0].rows):
            msg = (
                f"Found array with 0 sample(s) or 0 feature(s) ({len(columns)} columns)"
            )
            raise ValueError(msg)
        for column in columns:
            if np.isinf(column.values).any():
                msg = f"Input X contains infinity in column '{column.name}'"
                raise ValueError(msg)
        return columns

    def _outcome(self, y: Any) -> NDArray[Any]:  # noqa: ANN401 - scikit-learn's
        if y is None:
            name = type(self).__name__
            msg = f"{name} requires y to be passed, but the target y is None"
            raise ValueError(msg)
        outcome = column_or_1d(np.asarray(y), warn=True)
        assert_all_finite(outcome, input_name="y")
        check_classification_targets(outcome)
        kind = type_of_target(outcome, input_name="y")
        if kind != "binary":
            msg = (
                "Only binary classification is supported. The type of the target is "
                f"{kind}."
            )
            raise ValueError(msg)
        return np.asarray(outcome)
