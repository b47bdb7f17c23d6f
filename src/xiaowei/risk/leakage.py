"""Candidates for a model in; those that carry the outcome itself out.

A trait that alone tells nearly all defaults is no trait: it was set after the default,
or by it. Two signs are looked for, both with the doubt of small numbers counted in:

- a category, or one end of a scale, that holds at least half of all defaults and hardly
  anything else;
- a single candidate that ranks the outcome almost perfectly, as it stands or by a tree
  on firms it has not seen.

This is the short check of every run of the line, on a handful of traits. A table of any
columns is looked at from all sides by `xiaowei.risk.leaks.inspection.inspect`.
"""

from collections.abc import Mapping
from typing import Final

import numpy as np
from numpy.typing import NDArray
from sklearn.tree import DecisionTreeClassifier

from xiaowei.risk.leaks.bounds import (
    ALONE,
    CAUGHT,
    PERFECT_AUC,
    PURE,
    Tally,
    area_floor,
)
from xiaowei.risk.leaks.leak import Leak
from xiaowei.risk.measures import auc
from xiaowei.risk.sample import Floats, Ints, folds
from xiaowei.said import Said

__all__ = ["PERFECT_AUC", "PURE", "Column", "Leak", "find_leaks"]

_FOLDS: Final = 5
_LEAF: Final = 5
_LEAVES: Final = 1000

Column = NDArray[np.str_] | Floats


def find_leaks(candidates: Mapping[str, Column], defaulted: Ints) -> list[Leak]:
    """Return the candidates that carry the outcome itself.

    Args:
        candidates: name to a column of categories (texts, '' unknown) or of numbers
            (NaN unknown), one per firm.
        defaulted: Shape: 1 for a default, 0 else.
    """
    leaks = (_leak(name, column, defaulted) for name, column in candidates.items())
    return [leak for leak in leaks if leak is not None]


def _leak(name: str, column: Column, defaulted: Ints) -> Leak | None:
    if column.dtype.kind == "U":
        return _pure_category(name, column, defaulted)
    numbers = np.asarray(column, dtype=np.float64)
    known = ~np.isnan(numbers)
    outcomes = defaulted[known]
    # Of fewer firms than folds nothing could be shown either way.
    if len(outcomes) < _FOLDS or not 0 < outcomes.sum() < len(outcomes):
        return None
    return _perfect_rank(name, numbers[known], outcomes) or _pure_end(
        name, numbers[known], outcomes
    )


def _pure_category(name: str, column: Column, defaulted: Ints) -> Leak | None:
    for value in np.unique(column[column != ""]):
        held = column == value
        bads, firms = int(defaulted[held].sum()), int(held.sum())
        evidence = _pure(bads, firms, defaulted)
        if evidence:
            reason = Said(
                f"取值“{value}”几乎就是违约本身",
                f"the value '{value}' is nearly the default itself",
            )
            return Leak(name, reason, evidence, "level", columns=(name,))
    return None


def _pure_end(name: str, numbers: Floats, defaulted: Ints) -> Leak | None:
    for end, order in (
        (Said("低端", "low"), np.argsort(numbers, kind="stable")),
        (Said("高端", "high"), np.argsort(-numbers, kind="stable")),
    ):
        bads = np.cumsum(defaulted[order])
        last = np.append(np.diff(numbers[order]) != 0, True)
        for place in np.nonzero(last & (bads >= CAUGHT * defaulted.sum()))[0]:
            evidence = _pure(int(bads[place]), int(place) + 1, defaulted)
            if evidence:
                reason = Said(
                    f"{end.zh}几乎只有违约企业",
                    f"its {end.en} end holds hardly any firm but defaulted ones",
                )
                return Leak(name, reason, evidence, "end", columns=(name,))
    return None


def _pure(bads: int, firms: int, defaulted: Ints) -> str | None:
    """Return the figures if a region catches half the bads and is pure; else None."""
    every = int(defaulted.sum())
    out = every - bads
    region = Tally(bads, firms - bads, out, len(defaulted) - firms - out)
    if region.caught < CAUGHT or region.purity_floor(ALONE) < PURE:
        return None
    return str(region)


def _perfect_rank(name: str, numbers: Floats, defaulted: Ints) -> Leak | None:
    area = auc(numbers, defaulted)
    area = max(area, 1 - area, _held_out_area(numbers, defaulted))
    bads = int(defaulted.sum())
    low = area_floor(area, bads=bads, goods=len(defaulted) - bads, doubt=ALONE)
    if low < PERFECT_AUC:
        return None
    return Leak(
        name,
        Said("单独即可几乎完美地排出违约", "ranks the outcome almost perfectly alone"),
        f"AUC {area:.3f} (at least {low:.3f})",
        columns=(name,),
    )


def _held_out_area(numbers: Floats, defaulted: Ints) -> float:
    """Return how well a tree on the candidate alone ranks firms it has not seen.

    A leak need not rank: a loan's term leaks by whether it is a whole number of years.
    """
    least = max(_LEAF, len(numbers) // _LEAVES)
    held_out = np.zeros(len(numbers))
    dealt = folds(defaulted, count=_FOLDS, generator=np.random.default_rng(0))
    for learn, judge in dealt:
        tree = DecisionTreeClassifier(min_samples_leaf=least, random_state=0)
        tree.fit(numbers[learn, None], defaulted[learn])
        held_out[judge] = tree.predict_proba(numbers[judge, None])[:, -1]
    return auc(held_out, defaulted)
