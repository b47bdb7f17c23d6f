"""Firth's regression as a model of risk: any table in, a few weights that hold, out."""

import numpy as np

from xiaowei.risk.firth import Term, firth, firth_weights
from xiaowei.risk.frames import TraitColumn
from xiaowei.risk.sample import Ints
from xiaowei.risk.small.chosen import chosen, room_for, side_by_side
from xiaowei.risk.small.linear import Linear
from xiaowei.risk.small.lines import Draft, Line, Refusal, drafts_of


class Firth(Linear):
    """A logistic regression for under a hundred defaults, that follows scikit-learn.

    Of all traits those are taken that tell most, a weight for every ten defaults and no
    more; the penalty of Jeffreys' prior keeps the weights finite where a trait tells
    defaults without an error. Level and spread are learnt on firms held out, for which
    traits were chosen anew.

    Args:
        most: at most so many weights, 1 or more.
        level: of the intervals of weights, 0..1; null for none.
        folds: in how many parts firms are dealt for level and spread; 0 for none.
        random_state: seed of the deal; everything else is exact.

    Attributes:
        lines_: trait by trait, the one that tells most first.
        terms_: the weights with their intervals, before level and spread; none without
            `level`.
        refused_: trait without a line, and why: see `Refusal`.

    Source: Firth 1993; Heinze and Schemper 2002.
    """

    terms_: tuple[Term, ...]

    def __init__(
        self,
        *,
        most: int = 10,
        level: float | None = 0.95,
        folds: int = 5,
        random_state: int = 0,
    ) -> None:
        """Take the settings; nothing is done with them yet."""
        self.most = most
        self.level = level
        self.folds = folds
        self.random_state = random_state

    def _learn(
        self, columns: list[TraitColumn], defaulted: Ints, *, groups: Ints | None
    ) -> None:
        taken, self.refused_ = self._taken(columns, defaulted)
        self.lines_ = _weighed(taken, defaulted)
        self.terms_ = ()
        if taken and self.level is not None:
            fit = firth(
                side_by_side(taken, cases=len(defaulted)),
                defaulted,
                names=[name for draft in taken for name in draft.names],
                level=self.level,
            )
            self.terms_ = fit.terms
        self._level_out_of_fold(
            columns, defaulted, groups, count=self.folds, seed=self.random_state
        )

    def _lines(self, columns: list[TraitColumn], defaulted: Ints) -> list[Line]:
        taken, _ = self._taken(columns, defaulted)
        return _weighed(taken, defaulted)

    def _taken(
        self, columns: list[TraitColumn], defaulted: Ints
    ) -> tuple[list[Draft], dict[str, Refusal]]:
        drafts, refused = drafts_of(columns)
        taken, left = chosen(
            drafts, defaulted, room=room_for(defaulted, most=self.most)
        )
        return taken, refused | left


def _weighed(taken: list[Draft], defaulted: Ints) -> list[Line]:
    weights = firth_weights(side_by_side(taken, cases=len(defaulted)), defaulted)[1:]
    ends = np.cumsum([draft.columns.shape[1] for draft in taken])
    parts = np.split(weights, ends[:-1]) if taken else []
    return [draft.line(part) for draft, part in zip(taken, parts, strict=True)]
