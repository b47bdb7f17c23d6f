"""PDs, outcomes and groups in; what closing the gap of approvals would cost out."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from xiaowei.risk.fairness import Judged
from xiaowei.risk.measures import Interval
from xiaowei.risk.sample import Floats, Ints

_STEPS: Final = 5
_DRAWS: Final = 500
_TAILS: Final = (2.5, 97.5)


@dataclass(frozen=True, slots=True)
class Mended:
    """One way between a single cut-off and the same approval share for all.

    Args:
        closed: how much of the gap is closed, 0..1.
        gap: largest less smallest approval share of the groups that are judged.
        cut_offs: of each of these groups, the highest PD approved; 0 where nobody is.
        approval: share of all firms approved; the same at every step.
        bad_rate: of those approved, with the 95% of a bootstrap over firms.
        cost: bad rate more than at a single cut-off, likewise.
    """

    closed: float
    gap: float
    cut_offs: dict[str, float]
    approval: float
    bad_rate: Interval
    cost: Interval


def frontier(
    judged: Judged,
    *,
    cut_off: float,
    groups: Sequence[str],
    generator: np.random.Generator,
    draws: int = _DRAWS,
) -> list[Mended]:
    """Return what it costs to close the gap of approval shares by group cut-offs.

    As many firms of these groups are approved at every step; within a group the safest
    first. Of firms of one PD at the cut-off a share is approved, the same for each.

    Args:
        judged: the firms.
        cut_off: PD up to which a firm is approved now.
        groups: those whose gap is closed; the others keep the cut-off.
        generator: the only source of chance.
        draws: of firms, for the intervals; cut-offs stay.

    Returns:
        from a single cut-off to equal shares, in six steps.
    """
    now = (judged.pd <= cut_off).astype(np.float64)
    steps = [
        _approved(judged, now, groups, closed=step / _STEPS)
        for step in range(_STEPS + 1)
    ]
    drawn = np.array(
        [
            _bad_rates(judged, steps, generator.integers(0, len(now), len(now)))
            for _ in range(draws)
        ]
    )
    found = _bad_rates(judged, steps, np.arange(len(now)))
    return [
        Mended(
            closed=at / _STEPS,
            gap=_gap(judged, approved, groups),
            cut_offs={name: _cut(judged, approved, name) for name in groups},
            approval=float(approved.mean()),
            bad_rate=_interval(found[at], drawn[:, at]),
            cost=_interval(found[at] - found[0], drawn[:, at] - drawn[:, 0]),
        )
        for at, approved in enumerate(steps)
    ]


def _approved(
    judged: Judged, now: Floats, groups: Sequence[str], *, closed: float
) -> Floats:
    """Return how much of each firm is approved, 0..1."""
    within = np.isin(judged.names, groups)
    same = now[within].mean()
    approved = now.copy()
    for name in groups:
        mine = np.flatnonzero(judged.names == name)
        share = (1 - closed) * now[mine].mean() + closed * same
        approved[mine] = _safest(judged.pd[mine], share * len(mine))
    return approved


def _safest(pd: Floats, room: float) -> Floats:
    """Return the share of each firm that has room, the safest first, ties alike."""
    _, tie, count = np.unique(pd, return_inverse=True, return_counts=True)
    before = np.cumsum(count) - count
    return np.asarray(np.clip((room - before) / count, 0, 1)[tie], dtype=np.float64)


def _bad_rates(judged: Judged, steps: Sequence[Floats], places: Ints) -> Floats:
    bad = judged.bad[places]
    return np.array(
        [
            (one[places] @ bad) / one[places].sum() if one[places].sum() else np.nan
            for one in steps
        ]
    )


def _gap(judged: Judged, approved: Floats, groups: Sequence[str]) -> float:
    shares = [float(approved[judged.names == name].mean()) for name in groups]
    return max(shares) - min(shares)


def _cut(judged: Judged, approved: Floats, name: str) -> float:
    taken = judged.pd[(judged.names == name) & (approved > 0)]
    return float(taken.max()) if len(taken) else 0.0


def _interval(value: float, drawn: Floats) -> Interval:
    low, high = np.nanpercentile(drawn, _TAILS).tolist()
    return Interval(float(value), low, high)
