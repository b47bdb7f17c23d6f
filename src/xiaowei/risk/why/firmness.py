"""A model and its cases in; how firmly its reasons stand when it is learnt anew out."""

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import combinations
from typing import Any, Final

import numpy as np

from xiaowei.errors import InputError
from xiaowei.policy.reasons.families import Families
from xiaowei.risk.estimator import RiskModel
from xiaowei.risk.measures import Interval
from xiaowei.risk.sample import Floats
from xiaowei.risk.why.parts import parts_of
from xiaowei.risk.why.told import Told, told_of

FIRM: Final = 0.8
"""From this tau on reasons are called firm. Source: own choice."""
MAIN: Final = 4
"""How many adverse reasons are a firm's main ones. Source: US Regulation B, comment
9(b)(2)-1: more than four are not likely to help."""
_TAILS: Final = (2.5, 97.5)


class NoReasonsError(InputError):
    """A model has no reasons to be ranked."""

    def __init__(self, families: int) -> None:
        """Say how many families it has."""
        super().__init__(
            f"the model tells no firm from another in {families} families of reasons",
            expected="a model of which some traits tell",
            remedy="Train it on traits that tell defaults from others",
        )


@dataclass(frozen=True, slots=True)
class Firmness:
    """How far a model learnt anew gives the same reasons.

    Args:
        families: how many were ranked.
        draws: how often the model was learnt anew.
        tau: Kendall's tau-b of a firm's families, ranked by what they add, between the
            model and one learnt anew: its mean over firms, with the 95% of draws.
        firm_share: share of firms whose mean tau over draws is `FIRM` or more, 0..1.
        kept: share of a firm's `MAIN` adverse reasons that the model learnt anew names
            among as many, 0..1, likewise; null where no firm has any.
    """

    families: int
    draws: int
    tau: Interval
    firm_share: float
    kept: Interval | None


def firmness_of(
    model: RiskModel,
    learnt_anew: Iterable[RiskModel],
    firms: Any,  # noqa: ANN401 - any table there is
    *,
    families: Families,
) -> Firmness:
    """Return how firmly the reasons of a model stand.

    Args:
        model: whose reasons are given.
        learnt_anew: the model learnt from draws of its cases, see `refits`; one or
            more.
        firms: those whose reasons are looked at.
        families: of the policy.

    Raises:
        NoReasonsError: the model has none.

    Source: Kendall 1945 (tau-b). A family that a model leaves out adds 0; firms whose
    families all add the same have no ranks and are left out.
    """
    first = told_of(parts_of(model, firms), families)
    keys = sorted({families.of(name).key for name in model.names})
    held = _by_key(first, keys)
    ranked = np.ptp(held, axis=1) > 0
    if not ranked.any():
        raise NoReasonsError(len(keys))
    taus, kept = [], []
    for again in learnt_anew:
        other = told_of(parts_of(again, firms), families)
        found = taus_of(held[ranked], _by_key(other, keys)[ranked])
        # A model learnt anew that gives no reasons agrees as far as chance does.
        taus.append(np.nan_to_num(found))
        kept.append(_kept(first, other))
    by_firm = np.array(taus)
    return Firmness(
        families=len(keys),
        draws=len(taus),
        tau=_interval(by_firm.mean(axis=1)),
        firm_share=float((by_firm.mean(axis=0) >= FIRM).mean()),
        kept=None if np.isnan(kept).any() else _interval(np.array(kept)),
    )


def taus_of(one: Floats, other: Floats) -> Floats:
    """Return Kendall's tau-b of each row of two matrices.

    Args:
        one: Shape: (rows, things ranked).
        other: Shape: likewise.

    Returns:
        Shape: one per row, -1..1; NaN where either row is all ties.

    >>> taus_of(np.array([[1.0, 2.0, 3.0]]), np.array([[1.0, 3.0, 2.0]])).round(3)
    array([0.333])
    """
    agree, first, second = (np.zeros(len(one)) for _ in range(3))
    for a, b in combinations(range(one.shape[1]), 2):
        up, across = np.sign(one[:, a] - one[:, b]), np.sign(other[:, a] - other[:, b])
        agree += up * across
        first += up * up
        second += across * across
    most = np.sqrt(first * second)
    unknown = np.full(len(one), np.nan)
    return np.asarray(np.divide(agree, most, out=unknown, where=most > 0))


def _by_key(told: Told, keys: list[str]) -> Floats:
    place = {family.key: at for at, family in enumerate(told.families)}
    none = np.zeros(len(told.added))
    columns = [told.added[:, place[k]] if k in place else none for k in keys]
    # Rounded, so that what adds nothing is a tie and no rank of the last bit.
    return np.asarray(np.round(np.column_stack(columns), 9), dtype=np.float64)


def _kept(first: Told, other: Told) -> float:
    """Return the share of main reasons that both name, NaN where there is none."""
    named = [_named(told) for told in (first, other)]
    kept = [len(a & b) / len(a) for a, b in zip(*named, strict=True) if a]
    return float(np.mean(kept)) if kept else np.nan


def _named(told: Told) -> list[set[str]]:
    keys = np.array([family.key for family in told.families], dtype=object)
    return [{keys[at] for at in row if at >= 0} for row in told.ranked(MAIN)]


def _interval(values: Floats) -> Interval:
    low, high = np.percentile(values, _TAILS)
    return Interval(float(values.mean()), float(low), float(high))
