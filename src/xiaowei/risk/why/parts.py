"""A model and firms in; what each trait adds to the log-odds of default out."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from xiaowei.risk.card import ANCHOR, POINTS_TO_DOUBLE
from xiaowei.risk.challenger import Challenger
from xiaowei.risk.estimator import RiskModel
from xiaowei.risk.glassbox import GlassBox
from xiaowei.risk.hazard_card import HazardCard
from xiaowei.risk.sample import Floats
from xiaowei.risk.scorecard import Scorecard
from xiaowei.risk.small.linear import Linear


@dataclass(frozen=True, slots=True)
class Parts:
    """What makes the PD of each firm.

    Args:
        traits: Shape: (firms, terms), log-odds; above 0 is riskier. A term is a trait,
            or a pair that acts together.
        terms: the one trait, or the two, of each term.
        baseline: the log-odds that all firms begin with: those of the firms compared
            with, on average.
        log_odds: Shape: of default, of each firm; baseline and its traits.
    """

    traits: pd.DataFrame
    terms: tuple[tuple[str, ...], ...]
    baseline: float
    log_odds: Floats


def parts_of(
    model: RiskModel,
    table: Any,  # noqa: ANN401 - any table there is
    *,
    reference: Any = None,  # noqa: ANN401 - likewise
    means: "pd.Series[float] | None" = None,
) -> Parts:
    """Return what each trait adds to the log-odds of each firm.

    Points of a card times what a point is worth, curves of a glass box, exact Shapley
    values of trees.

    Args:
        model: a fitted one; see `kept`.
        table: the firms.
        reference: those to compare with, such as the approved; null for what the model
            itself begins with: a score of 600 of a card, else those learnt from, who
            had all been approved, or nobody would know their outcome.
        means: of those to compare with, where they are known already; see `means_of`.

    Raises:
        TypeError: it is another model.
    """
    traits, baseline = _bare(model, table)
    if reference is not None:
        means = means_of(model, reference)
    if means is not None:
        traits, baseline = traits - means, baseline + float(means.sum())
    log_odds = baseline + traits.to_numpy(dtype=np.float64).sum(axis=1)
    return Parts(traits, _terms(model, traits), baseline, log_odds)


def means_of(model: RiskModel, reference: Any) -> "pd.Series[float]":  # noqa: ANN401 - any table there is
    """Return what each trait adds to the log-odds of firms on average.

    Args:
        model: a fitted one; see `kept`.
        reference: the firms.
    """
    return _bare(model, reference)[0].mean()


def _bare(model: RiskModel, table: Any) -> tuple[pd.DataFrame, float]:  # noqa: ANN401
    if isinstance(model, Scorecard):
        worth = -model.slope_ * np.log(2) / POINTS_TO_DOUBLE
        # A card without a line still has a row for every firm.
        rows = pd.DataFrame(index=range(len(model.scores(table))))
        told = rows.join(model.points(table) * worth)
        return told, model.intercept_ + worth * (model.base_ - ANCHOR)
    if isinstance(model, Challenger | GlassBox | HazardCard | Linear):
        told = model.contributions(table)
        return told.drop(columns="base"), float(told["base"].iloc[0])
    msg = f"{type(model).__name__} does not say what its traits add"
    raise TypeError(msg)


def _terms(model: RiskModel, traits: pd.DataFrame) -> tuple[tuple[str, ...], ...]:
    if isinstance(model, GlassBox):
        names = model.names
        return tuple(tuple(names[at] for at in one.traits) for one in model.curves_)
    return tuple((str(name),) for name in traits.columns)
