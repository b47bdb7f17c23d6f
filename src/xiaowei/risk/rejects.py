"""Applicants, whom the bank accepted and what became of them in; what holds of all out.

Only the accepted have an outcome. What is said of all applicants is therefore always
said between the bounds that no assumption can narrow, and beside what is estimated from
known chances of being accepted, such as a random arm of approvals.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from xiaowei.errors import InputError
from xiaowei.risk.measures import Interval
from xiaowei.risk.sample import Floats, Ints

_DRAWS: Final = 300
_TAILS: Final = (2.5, 97.5)

Bools = NDArray[np.bool_]


class RejectsError(InputError):
    """Nothing can be said of all applicants."""

    def __init__(self, why: str) -> None:
        """Say why."""
        super().__init__(
            f"nothing can be said of all applicants: {why}",
            expected="for each applicant a PD, a chance of having been accepted above "
            "0 and at most 1 where it was, within 0..1 where it was not; both outcomes "
            "among the accepted",
            remedy="Take the chances from the policy that decided, or leave them out",
        )


@dataclass(frozen=True, slots=True)
class Applicants:
    """All who applied.

    Args:
        pd: Shape: one PD each, 0..1, of a model that had not seen the outcomes.
        accepted: Shape: whether the outcome is known.
        bad: Shape: 1 for a default, 0 else; whatever where not accepted.
        chance: Shape: of having been accepted, known from the policy that decided,
            0..1; null where it is not known.
    """

    pd: Floats
    accepted: Bools
    bad: Ints
    chance: Floats | None = None


@dataclass(frozen=True, slots=True)
class Estimate:
    """One measure of all applicants; never one number alone.

    Args:
        low: what it cannot be below, whatever became of the others, less the chance of
            sampling.
        high: what it cannot be above, likewise.
        accepted_only: of the accepted alone: not of all.
        weighted: the accepted weighted by one over their chance, with the 95% of a
            bootstrap; null where chances are not known or some applicants had none.
        doubly_robust: the model's PDs, mended by the accepted so weighted, likewise.
        without_outcome: share of those concerned whose outcome is not known, 0..1.
        effective: firms that the weighted ones are worth (Kish); null as `weighted`.
    """

    low: float
    high: float
    accepted_only: float | None
    weighted: Interval | None
    doubly_robust: Interval | None
    without_outcome: float
    effective: float | None


@dataclass(frozen=True, slots=True)
class Whole:
    """What holds of all applicants at a cut-off.

    Args:
        cut_off: PD up to which all would be approved.
        approval: share of all that would be, 0..1.
        bad_rate: of those.
        auc: of all applicants.
    """

    cut_off: float
    approval: float
    bad_rate: Estimate
    auc: Estimate


def whole_of(
    applicants: Applicants,
    *,
    cut_off: float,
    generator: np.random.Generator,
    draws: int = _DRAWS,
) -> Whole:
    """Return what holds of all applicants, were they decided by a new cut-off.

    Args:
        applicants: all of them.
        cut_off: PD up to which all would be approved.
        generator: the only source of chance.
        draws: of applicants, for the intervals.

    Raises:
        RejectsError: chances cannot be, nobody lies below the cut-off, or an outcome
            is lacking among the accepted.

    Source: bounds, Manski 1989; weights, Hajek 1971; doubly robust, Robins, Rotnitzky
    and Zhao 1994; effective size, Kish 1965.
    """
    _check(applicants, cut_off)
    below = applicants.pd <= cut_off
    drawn = [
        generator.integers(0, len(below), len(below)) for _ in range(draws)
    ]  # the same applicants for every measure
    return Whole(
        cut_off=cut_off,
        approval=float(below.mean()),
        bad_rate=_estimate(applicants, below, _rate, _rate_bounds, drawn),
        auc=_estimate(
            applicants, np.ones(len(below), dtype=np.bool_), _auc, auc_bounds, drawn
        ),
    )


def auc_bounds(one: Applicants) -> tuple[float, float]:
    """Return between which values the AUC lies, whatever became of the others.

    Of a given number of defaults among them, the AUC is highest where they are those of
    the highest PDs; every number is tried.

    Args:
        one: applicants, with both outcomes among the accepted.
    """
    return 1 - _highest_auc(one, -one.pd), _highest_auc(one, one.pd)


_Measure = Callable[[Floats, Floats, Floats], float]
"""PDs, what each firm counts as a bad, and what as a good, to a measure."""


def _estimate(
    applicants: Applicants,
    mine: Bools,
    measure: _Measure,
    bounds: Callable[[Applicants], tuple[float, float]],
    drawn: list[Ints],
) -> Estimate:
    concerned = _take(applicants, np.flatnonzero(mine))
    samples = [_take(applicants, places[mine[places]]) for places in drawn]
    usable = [one for one in samples if _both(one)]
    ends = np.array([bounds(one) for one in [concerned, *usable]])
    low, high = np.percentile(ends, (_TAILS[0], _TAILS[1]), axis=0).diagonal().tolist()
    known = concerned.accepted
    chance = concerned.chance
    told = chance is not None and bool((chance > 0).all())
    weights = _weights(concerned)
    return Estimate(
        low=max(min(low, float(ends[0, 0])), 0.0),
        high=min(max(high, float(ends[0, 1])), 1.0),
        accepted_only=_plain(concerned, measure),
        weighted=_interval(concerned, usable, _weighted, measure) if told else None,
        doubly_robust=_interval(concerned, usable, _mended, measure) if told else None,
        without_outcome=float(1 - known.mean()),
        effective=None if not told else float(weights.sum() ** 2 / (weights**2).sum()),
    )


def _interval(
    concerned: Applicants,
    samples: list[Applicants],
    counted: Callable[[Applicants], tuple[Floats, Floats]],
    measure: _Measure,
) -> Interval:
    values = [
        float(np.clip(measure(one.pd, *counted(one)), 0, 1))
        for one in [concerned, *samples]
    ]
    low, high = np.percentile(values, _TAILS)
    return Interval(values[0], float(low), float(high))


def _plain(one: Applicants, measure: _Measure) -> float | None:
    bad, known = one.bad, one.accepted
    if not known.any():
        return None
    value = measure(one.pd, known * (bad == 1), known * (bad != 1))
    return None if np.isnan(value) else float(value)


def _weighted(one: Applicants) -> tuple[Floats, Floats]:
    weights = _weights(one)
    return weights * (one.bad == 1), weights * (one.bad != 1)


def _mended(one: Applicants) -> tuple[Floats, Floats]:
    """Return the PD of each, mended by its outcome where it is known.

    What is added is 0 on average where the chances are right, or the PDs are.
    """
    bads = one.pd + _weights(one) * ((one.bad == 1) - one.pd)
    return bads, 1 - bads


def _weights(one: Applicants) -> Floats:
    """Return one over the chance of each accepted, 0 of the others."""
    if one.chance is None:
        return np.full(len(one.pd), np.nan)
    none = np.zeros(len(one.pd))
    return np.asarray(np.divide(1.0, one.chance, out=none, where=one.accepted))


def _rate(pd: Floats, bads: Floats, goods: Floats) -> float:
    del pd
    whole = bads.sum() + goods.sum()
    return float(bads.sum() / whole) if whole else np.nan


def _auc(pd: Floats, bads: Floats, goods: Floats) -> float:
    _, place = np.unique(pd, return_inverse=True)
    bad, good = np.bincount(place, bads), np.bincount(place, goods)
    below = np.cumsum(good) - good
    # Nobody is paired with itself.
    own = float(bads @ goods)
    pairs = bad.sum() * good.sum() - own
    value = (bad * (below + good / 2)).sum() - own / 2
    return float(value / pairs) if pairs > 0 else np.nan


def _rate_bounds(one: Applicants) -> tuple[float, float]:
    bads = int((one.accepted & (one.bad == 1)).sum())
    count = len(one.pd)
    return bads / count, (bads + int((~one.accepted).sum())) / count


def _highest_auc(one: Applicants, risk: Floats) -> float:
    known = one.accepted
    bads = np.sort(risk[known & (one.bad == 1)])
    goods = np.sort(np.append(risk[known & (one.bad != 1)], risk[~known]))
    free = -np.sort(-risk[~known])
    left, right = (np.searchsorted(goods, bads, side=s) for s in ("left", "right"))
    first = float((left + right).sum() / 2)
    # One more default is taken from the goods, the highest risk first.
    lower = np.searchsorted(goods, free, side="left")
    tied = np.searchsorted(goods, free, side="right") - lower
    above = len(bads) - np.searchsorted(bads, free, side="right")
    level = np.searchsorted(bads, free, side="right")
    level = level - np.searchsorted(bads, free, side="left")
    taken = np.searchsorted(-free, -free, side="left")
    equal = np.arange(len(free)) - taken
    step = lower + (tied - 1 - equal) / 2 - (above + taken) - (level + equal) / 2
    total = first + np.append(0.0, np.cumsum(step))
    count = len(bads) + np.arange(len(free) + 1)
    pairs = count * (len(bads) + len(goods) - count)
    return float((total[pairs > 0] / pairs[pairs > 0]).max())


def _both(one: Applicants) -> bool:
    bads = int((one.accepted & (one.bad == 1)).sum())
    return 0 < bads < int(one.accepted.sum())


def _take(one: Applicants, places: Ints) -> Applicants:
    return Applicants(
        one.pd[places],
        one.accepted[places],
        one.bad[places],
        None if one.chance is None else one.chance[places],
    )


def _check(one: Applicants, cut_off: float) -> None:
    below = one.pd <= cut_off
    if not _both(_take(one, np.flatnonzero(below))):
        raise RejectsError(
            f"of {int(below.sum())} applicants up to a PD of {cut_off:g}, "
            f"{int((below & one.accepted).sum())} accepted lack one of the outcomes"
        )
    if one.chance is None:
        return
    wrong = ~((one.chance >= 0) & (one.chance <= 1))
    wrong |= one.accepted & (one.chance == 0)
    if wrong.any():
        at = int(np.flatnonzero(wrong)[0])
        raise RejectsError(
            f"row {at} has a chance of {one.chance[at]:g}"
            + (" and was accepted" if one.accepted[at] else "")
        )
