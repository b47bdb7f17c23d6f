"""What small models share: lines that add up to log-odds, and a level out of fold."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from xiaowei.risk.estimator import RiskModel
from xiaowei.risk.fit import centred, level_and_spread
from xiaowei.risk.frames import TraitColumn
from xiaowei.risk.sample import Floats, Ints, folds
from xiaowei.risk.small.lines import Line, Refusal


class Linear(RiskModel):
    """A logistic regression of a few lines.

    Attributes:
        lines_: one per trait that has a weight.
        intercept_: log-odds of default of a firm to which no line adds anything.
        slope_: by which what the lines add is multiplied; 1 where they state it right.
        refused_: trait without a line, and why.
    """

    lines_: list[Line]
    intercept_: float
    slope_: float
    refused_: dict[str, Refusal]

    @property
    def labels_(self) -> dict[str, tuple[str, ...]]:
        """Category to the labels it was learnt with, of those that have a line."""
        return {
            line.trait: tuple(line.labels)
            for line in self.lines_
            if line.kind == "category"
        }

    def contributions(self, X: Any) -> pd.DataFrame:  # noqa: ANN401, N803 - scikit-learn's
        """Return what each line adds to the log-odds of default of each firm.

        Returns:
            Shape: (firms, lines and `base`); a row adds up to the log-odds of the PD.
        """
        columns = self._columns(X, reset=False)
        told = pd.DataFrame(added(columns, self.lines_), index=range(_rows(columns)))
        return (told * self.slope_).assign(base=self.intercept_)

    def relevel(self, X: Any, defaulted: Ints) -> None:  # noqa: ANN401, N803 - scikit-learn's
        """Take level and spread from firms that the lines were not learnt from.

        Args:
            X: the firms.
            defaulted: Shape: 1 for a default, 0 else; both occur.
        """
        odds = total(self._columns(X, reset=False), self.lines_)
        self.intercept_, self.slope_ = level_and_spread(odds, defaulted)

    def _level_out_of_fold(
        self,
        columns: list[TraitColumn],
        defaulted: Ints,
        groups: Ints | None,
        *,
        count: int,
        seed: int,
    ) -> None:
        """Take level and spread from what each firm got from lines without it."""
        if min(count, *np.bincount(defaulted)) <= 1:
            odds = total(columns, self.lines_)
            self.intercept_, self.slope_ = centred(odds, defaulted), 1.0
            return
        generator = np.random.default_rng(seed)
        dealt = folds(defaulted, count=count, generator=generator, groups=groups)
        odds = np.zeros(len(defaulted))
        for learn, judge in dealt:
            if not len(judge) or len(np.unique(defaulted[learn])) == 1:
                continue
            some = [one.take(learn) for one in columns]
            lines = self._lines(some, defaulted[learn])
            odds[judge] = total([one.take(judge) for one in columns], lines)
        self.intercept_, self.slope_ = level_and_spread(odds, defaulted)

    def _lines(self, columns: list[TraitColumn], defaulted: Ints) -> list[Line]:
        """Return the lines learnt from firms, without level and spread."""
        raise NotImplementedError

    def _pd(self, columns: list[TraitColumn]) -> Floats:
        odds = self.intercept_ + self.slope_ * total(columns, self.lines_)
        # As of a card, so that decisions are equal where exp() differs in a last bit.
        return np.asarray(np.round(1 / (1 + np.exp(-odds)), 9), dtype=np.float64)


def added(columns: Sequence[TraitColumn], lines: Sequence[Line]) -> dict[str, Floats]:
    """Return what each line adds to each firm, by trait.

    Args:
        columns: of the firms; those without a line are passed over.
        lines: one per trait.
    """
    by_name = {column.name: column for column in columns}
    return {line.trait: line.added(by_name[line.trait]) for line in lines}


def total(columns: Sequence[TraitColumn], lines: Sequence[Line]) -> Floats:
    """Return what all lines add to each firm."""
    whole = np.zeros(_rows(columns))
    for one in added(columns, lines).values():
        whole += one
    return whole


def _rows(columns: Sequence[TraitColumn]) -> int:
    return len(columns[0].rows) if columns else 0
