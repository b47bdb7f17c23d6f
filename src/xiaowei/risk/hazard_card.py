"""A scorecard of monthly hazards as a model of risk: loans of any age in, PDs out."""

from collections.abc import Sequence
from typing import Any, Final, Self

import numpy as np
import pandas as pd

from xiaowei.risk.card import ANCHOR, FACTOR
from xiaowei.risk.estimator import RiskModel
from xiaowei.risk.fit import calibrate
from xiaowei.risk.frames import TraitColumn
from xiaowei.risk.hazard import (
    MONTH,
    Spells,
    SpellsError,
    hazard_of,
    months_table,
)
from xiaowei.risk.sample import Floats, Ints
from xiaowei.risk.scorecard import Scorecard

_NEAR: Final = 1e-6


class HazardCard(RiskModel):
    """The PD over a window by a scorecard that says who defaults in which month.

    Loans still young are learnt from for the months they were seen, neither as good nor
    left out. The month is a trait of the card beside the others.

    Args:
        window: months over which PDs are stated, 1 or more.
        max_bins: of a trait of the card, see `Scorecard`.
        folds: likewise.
        random_state: likewise.

    Attributes:
        card_: of a month's default, the traits and the month.

    Source: discrete-time hazards with censoring, Cox 1972, Allison 1982.
    """

    card_: Scorecard

    def __init__(
        self,
        *,
        window: int = 12,
        max_bins: int = 8,
        folds: int = 5,
        random_state: int = 0,
    ) -> None:
        """Take the settings; nothing is done with them yet."""
        self.window = window
        self.max_bins = max_bins
        self.folds = folds
        self.random_state = random_state

    @property
    def card_settings(self) -> dict[str, Any]:
        """The settings of the card."""
        return {
            "max_bins": self.max_bins,
            # A month sees few defaults: a bin of one month must be allowed.
            "min_share": min(0.05, 0.5 / self.window),
            "min_iv": 0.01,
            "folds": self.folds,
            "random_state": self.random_state,
        }

    @property
    def labels_(self) -> dict[str, tuple[str, ...]]:
        """Category to the labels it was learnt with, of those the card has."""
        return {
            name: tuple(label for group in bins.groups for label in group)
            for name, bins in self.card_.bins_.items()
            if bins.kind == "category"
        }

    def fit(
        self,
        X: Any,  # noqa: ANN401, N803 - scikit-learn's
        y: Any = None,  # noqa: ANN401 - scikit-learn's
        groups: Sequence[Any] | None = None,
        months: Ints | None = None,
    ) -> Self:
        """Learn from loans of any age.

        Args:
            X: Shape: (loans, traits), as known at the opening; any table.
            y: Shape: 1 where the last month seen saw a default, else 0.
            groups: one name per loan; its months and those of its group are held out
                together. Null for each loan alone.
            months: Shape: how many months of each loan were seen, 0 or more.

        Raises:
            SpellsError: months are not stated, or cannot be learnt from.
        """
        if months is None:
            raise SpellsError("how many months of each loan were seen is not stated")
        columns = self._columns(X, reset=True)
        outcome = np.asarray(y, dtype=np.int64)
        self.classes_ = np.array([0, 1])
        model = Scorecard(**self.card_settings)
        hazard_of(
            model,
            _frame(columns),
            Spells(np.asarray(months, dtype=np.int64), outcome),
            window=self.window,
            groups=groups,
        )
        self.card_ = model
        return self

    def relevel(self, X: Any, defaulted: Ints, months: Ints) -> None:  # noqa: ANN401, N803 - scikit-learn's
        """Take the level and spread of hazards from loans not learnt from.

        Args:
            X: the loans.
            defaulted: Shape: see `fit`.
            months: Shape: see `fit`.
        """
        table = _frame(self._columns(X, reset=False))
        seen = Spells(months, defaulted).within(self.window)
        rows, bad, _ = months_table(table, seen)
        if 0 < bad.sum() < len(bad):
            scores = self.card_.scores(rows)
            self.card_.intercept_, self.card_.slope_ = calibrate(scores, bad)

    def contributions(self, X: Any) -> pd.DataFrame:  # noqa: ANN401, N803 - scikit-learn's
        """Return what each trait adds to the log-odds of default over the window.

        Returns:
            Shape: (loans, traits of the card and `base`); a row adds up to the log-odds
            of the PD. The base is a loan whose traits all have no points.

        Source: Aumann and Shapley 1974: along the straight way from that loan each
        trait adds in the proportion of its points, as the PD hangs on their sum alone.
        """
        frame = _frame(self._columns(X, reset=False))
        points = self._points(frame)
        worth = -self.card_.slope_ / FACTOR
        told = points.astype(np.float64) * worth
        odds = (
            told.to_numpy().sum(axis=1) if len(told.columns) else np.zeros(len(frame))
        )
        base = self._log_odds(np.zeros(1))[0]
        flat = np.abs(odds) < _NEAR
        steep = (self._log_odds(np.array([_NEAR]))[0] - base) / _NEAR
        apart = np.where(flat, 1.0, odds)
        share = np.where(flat, steep, (self._log_odds(odds) - base) / apart)
        return told.mul(share, axis=0).assign(base=base)

    def survival(self, odds: Floats) -> Floats:
        """Return the share that stands after each month.

        Args:
            odds: Shape: what the traits of each loan add to the log-odds of a month.

        Returns:
            Shape: (loans, window), 0..1, falling.
        """
        months = pd.DataFrame({MONTH: np.arange(1.0, self.window + 1)})
        bins = self.card_.bins_.get(MONTH)
        points = np.full(self.window, float(self.card_.base_ - ANCHOR))
        if bins is not None:
            column = TraitColumn(
                MONTH, months[MONTH].to_numpy(), np.empty(0, dtype=np.int64)
            )
            points += self.card_.points_[MONTH][bins.index(column)]
        of_month = self.card_.intercept_ - self.card_.slope_ * points / FACTOR
        # As of a card, rounded: equal where exp() differs in a last bit.
        hazards = np.round(1 / (1 + np.exp(-(odds[:, None] + of_month))), 9)
        return np.asarray(np.cumprod(1 - hazards, axis=1), dtype=np.float64)

    def _log_odds(self, odds: Floats) -> Floats:
        standing = self.survival(odds)[:, -1]
        return np.asarray(np.log((1 - standing) / standing), dtype=np.float64)

    def _points(self, frame: pd.DataFrame) -> pd.DataFrame:
        told = self.card_.points(frame.assign(**{MONTH: 1.0}))
        bare = pd.DataFrame(index=range(len(frame)))
        return bare.join(told.drop(columns=MONTH, errors="ignore"))

    def _pd(self, columns: list[TraitColumn]) -> Floats:
        points = self._points(_frame(columns)).to_numpy(dtype=np.int64).sum(axis=1)
        odds = -self.card_.slope_ * points / FACTOR
        return np.asarray(1 - self.survival(odds)[:, -1], dtype=np.float64)


def _frame(columns: list[TraitColumn]) -> pd.DataFrame:
    """Return columns as a frame of numbers and texts, null where missing."""
    told: dict[str, Any] = {}
    for column in columns:
        if column.kind == "number":
            told[column.name] = column.values
        else:
            labels = np.array([*column.labels, None], dtype=object)
            told[column.name] = pd.Series(labels[column.codes], dtype=object)
    return pd.DataFrame(told)
