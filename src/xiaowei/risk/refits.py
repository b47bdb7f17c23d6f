"""A model and what it was learnt from in; the model learnt from draws of it out."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import pandas as pd
from sklearn.base import clone

from xiaowei.errors import InputError
from xiaowei.risk.challenger import Challenger
from xiaowei.risk.estimator import RiskModel
from xiaowei.risk.fit import calibrate
from xiaowei.risk.hazard_card import HazardCard
from xiaowei.risk.sample import Ints
from xiaowei.risk.scorecard import Scorecard
from xiaowei.risk.small.firth_model import Firth

_LEAST: Final = 10
_TRIES: Final = 20
_SEEDS: Final = 2**31


class TooFewToRedrawError(InputError):
    """Draws of cases do not hold both outcomes."""

    def __init__(self, bads: int, goods: int) -> None:
        """Count what there is."""
        super().__init__(
            f"{bads} defaults and {goods} other cases cannot be drawn anew",
            expected=f"{_LEAST} of each at least, in more than a few groups",
            remedy="Hand in more cases, or leave the intervals out",
        )


@dataclass(frozen=True, slots=True)
class Cases:
    """What a model was learnt from.

    Args:
        table: Shape: (cases, traits).
        bad: Shape: 1 for a default, 0 else.
        groups: one name per case, such as the enterprise or the owner; null where each
            case stands for itself.
        months: Shape: how many months of each were seen, of a model of hazards; else
            null.
    """

    table: pd.DataFrame
    bad: Ints
    groups: Sequence[Any] | None = None
    months: Ints | None = None

    def take(self, places: Ints) -> "Cases":
        """Return some of the cases, each as a group of its own."""
        months = None if self.months is None else self.months[places]
        return Cases(self.table.iloc[places], self.bad[places], None, months)


def taught(model: RiskModel, cases: Cases) -> RiskModel:
    """Return a model, fitted on cases.

    Args:
        model: not fitted.
        cases: with months where the model is one of hazards, else without.
    """
    exposure = {} if cases.months is None else {"months": cases.months}
    model.fit(cases.table, cases.bad, groups=cases.groups, **exposure)
    return model


def refits(
    model: RiskModel, cases: Cases, *, draws: int, generator: np.random.Generator
) -> Iterator[RiskModel]:
    """Yield the model learnt anew from draws of groups, each as many as there are.

    What chance decides is drawn anew too: the seed. What cross-validation decided is
    kept, as a case drawn twice would be learnt from and judged: the number of trees
    stays; level and spread of a card are learnt on the cases that its draw left out.

    Args:
        model: fitted on the cases.
        cases: what it was learnt from.
        draws: how many, 1 or more.
        generator: the only source of chance.

    Raises:
        TooFewToRedrawError: there are too few of either outcome.

    Source: Efron 1979; by group, Davison and Hinkley 1997, section 3.8.
    """
    bads = int(cases.bad.sum())
    if min(bads, len(cases.bad) - bads) < _LEAST:
        raise TooFewToRedrawError(bads, len(cases.bad) - bads)
    members = _members(cases)
    for _ in range(draws):
        places = _drawn(members, cases.bad, generator)
        seed = int(generator.integers(_SEEDS))
        again = taught(_settled(model, seed), cases.take(places))
        out = np.setdiff1d(np.arange(len(cases.bad)), places)
        _levelled(again, cases.take(out))
        yield again


def _members(cases: Cases) -> list[Ints]:
    if cases.groups is None:
        return [np.array([at], dtype=np.int64) for at in range(len(cases.bad))]
    _, group = np.unique(np.asarray(cases.groups, dtype=str), return_inverse=True)
    order = np.argsort(group, kind="stable")
    return np.split(order, np.flatnonzero(np.diff(group[order])) + 1)


def _drawn(members: list[Ints], bad: Ints, generator: np.random.Generator) -> Ints:
    for _ in range(_TRIES):
        chosen = generator.integers(0, len(members), len(members))
        places = np.concatenate([members[at] for at in chosen])
        bads = int(bad[places].sum())
        if min(bads, len(places) - bads) > 1:
            return places
    raise TooFewToRedrawError(int(bad.sum()), int((1 - bad).sum()))


def _settled(model: RiskModel, seed: int) -> RiskModel:
    settings: dict[str, Any] = {"random_state": seed}
    if isinstance(model, Scorecard | Firth | HazardCard):
        settings["folds"] = 0
    if isinstance(model, Firth):
        settings["level"] = None
    if isinstance(model, Challenger):
        settings |= {"folds": 0, "most_trees": model.trees_}
    again: RiskModel = clone(model).set_params(**settings)
    return again


def _levelled(model: RiskModel, out: Cases) -> None:
    """Take level and spread from the cases that a draw left out, where it can be."""
    if not 0 < out.bad.sum() < len(out.bad):
        return
    if isinstance(model, Scorecard):
        scores = model.scores(out.table)
        model.intercept_, model.slope_ = calibrate(scores, out.bad)
    elif isinstance(model, Firth):
        model.relevel(out.table, out.bad)
    elif isinstance(model, HazardCard) and out.months is not None:
        model.relevel(out.table, out.bad, out.months)
