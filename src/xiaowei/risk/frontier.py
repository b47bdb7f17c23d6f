"""Two orders of the same applicants in; what the better one gains at equal bad rate.

Applicants are approved from the least risk on. A frontier is the bad rate of those
approved at every share approved. Of two of them three things are told: how many more
the new one approves at the bad rate that the old one has where it is cut; what bad
rate it has where it approves as many; and who is swapped for whom.

The frontier is smoothed so that it never falls as more are approved (isotonic
regression of outcomes on the order). Otherwise the point where it crosses a bad rate
would be picked by the luck of a few outcomes, and the luckier of two orders would win.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from scipy.stats import rankdata
from sklearn.isotonic import isotonic_regression

from xiaowei.errors import InputError
from xiaowei.risk.measures import Interval
from xiaowei.risk.sample import Floats, Ints

POINTS: Final = 20
"""Shares of applicants at which a frontier is drawn, evenly apart."""
DRAWS: Final = 1_000
_TAILS: Final = (2.5, 97.5)
_NEAR: Final = 1e-12


class FrontierError(InputError):
    """Applicants are no ground for a frontier."""

    def __init__(self, why: str) -> None:
        """Say why."""
        super().__init__(
            f"no frontier can be drawn: {why}",
            expected="applicants of whom some defaulted and some did not, each with a "
            "risk by either policy, and a share approved above 0 and below 1",
            remedy="Give more applicants with known outcomes, or another share",
        )


@dataclass(frozen=True, slots=True)
class Part:
    """Some applicants and what became of them.

    Args:
        applicants: how many, in whole or in parts where a tie is cut.
        bad_rate: with its interval; null where they are none.
    """

    applicants: float
    bad_rate: Interval | None


@dataclass(frozen=True, slots=True)
class Swap:
    """Who changes sides at equal shares approved.

    Args:
        both: approved by both.
        out: approved by the old alone.
        into: approved by the new alone.
        neither: approved by neither.
    """

    both: Part
    out: Part
    into: Part
    neither: Part


@dataclass(frozen=True, slots=True)
class Point:
    """One point of two frontiers.

    Args:
        approved: the share approved, 0..1.
        old: bad rate of those approved by the old order.
        new: by the new.
    """

    approved: float
    old: Interval
    new: Interval


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two frontiers compared where the old one is cut.

    Args:
        applicants: how many.
        bads: of them that defaulted.
        approved: the share that the old order approves, 0..1.
        bad_rate: of those.
        gain: approvals of the new order at that bad rate over those of the old, less 1.
        bad_rate_at_equal: of the new order where it approves as many.
        saved: bad rate of the old less that, at equal shares approved.
        swap: who changes sides there.
        points: both frontiers.
        groups: that were drawn for the intervals.
    """

    applicants: int
    bads: int
    approved: float
    bad_rate: Interval
    gain: Interval
    bad_rate_at_equal: Interval
    saved: Interval
    swap: Swap
    points: tuple[Point, ...]
    groups: int


def compare(  # noqa: PLR0913 - two orders, their outcomes and how chance is drawn
    old: Floats,
    new: Floats,
    bad: Ints,
    *,
    approved: float,
    generator: np.random.Generator,
    groups: Sequence[Any] | None = None,
    draws: int = DRAWS,
) -> Comparison:
    """Compare what two orders approve among the same applicants.

    Args:
        old: Shape: the risk of each applicant by the old order, any scale, higher is
            riskier; +inf for whoever it never approves.
        new: by the new.
        bad: Shape: 1 for a default, 0 else, known of all, also of those declined.
        approved: the share that the old order approves, above 0 and below 1.
        generator: the only source of chance.
        groups: one name per applicant; whole groups are drawn, so that the intervals
            hold where firms of one owner fare alike. Null for each on its own.
        draws: bootstrap samples.

    Raises:
        FrontierError: there is nothing to compare.

    Source: bootstrap by clusters, Davison and Hinkley 1997, ch. 3.8.
    """
    _check(old, new, bad, approved)
    names = np.arange(len(bad))
    if groups is not None:
        names = np.unique(np.asarray(groups), return_inverse=True)[1]
    old, new = rankdata(old), rankdata(new)
    drawn = [
        _told(old, new, bad, weight, approved)
        for weight in _weights(names, generator, draws)
    ]
    mine = _told(old, new, bad, np.ones(len(bad)), approved)
    spread = [
        _interval(value, others) for value, *others in zip(mine, *drawn, strict=True)
    ]
    head, swap, points = spread[:4], spread[4:8], spread[8:]
    sizes = _sizes(old, new, np.ones(len(bad)), approved)
    return Comparison(
        applicants=len(bad),
        bads=int(bad.sum()),
        approved=approved,
        bad_rate=head[0],
        gain=head[1],
        bad_rate_at_equal=head[2],
        saved=head[3],
        swap=Swap(
            *(
                Part(size, None if np.isnan(rate.value) else rate)
                for size, rate in zip(sizes, swap, strict=True)
            )
        ),
        points=tuple(
            Point(at / POINTS, before, after)
            for at, before, after in zip(
                range(1, POINTS + 1), points[:POINTS], points[POINTS:], strict=True
            )
        ),
        groups=int(names.max()) + 1,
    )


def frontier_of(risk: Floats, bad: Ints, weight: Floats) -> Callable[[Floats], Floats]:
    """Return what tells the bad rate at shares approved.

    Args:
        risk: Shape: one per applicant, higher is riskier; ties are approved together,
            each in part.
        bad: Shape: 1 for a default, 0 else.
        weight: Shape: how often each applicant counts, 0 or more.

    Returns:
        Takes shares in 0..1, returns the bad rate of those approved; never falls.
    """
    shares, bads = _cumulated(risk, bad, weight)

    def at(approved: Floats) -> Floats:
        some = np.maximum(approved, _NEAR)
        return np.asarray(np.interp(some, shares, bads) / some, dtype=np.float64)

    return at


def share_at(risk: Floats, bad: Ints, weight: Floats, *, bad_rate: float) -> float:
    """Return the greatest share approved whose bad rate is no greater, 0..1.

    Args:
        risk: see `frontier_of`, as all but the last.
        bad: the same.
        weight: the same.
        bad_rate: 0..1.
    """
    shares, bads = _cumulated(risk, bad, weight)
    over = bads - bad_rate * shares
    # What is convex and begins at 0 crosses it once more at most.
    last = int(np.flatnonzero(over <= _NEAR)[-1])
    if last == len(shares) - 1:
        return 1.0
    low, high = over[last], over[last + 1]
    part = -low / (high - low)
    return float(shares[last] + part * (shares[last + 1] - shares[last]))


def _cumulated(risk: Floats, bad: Ints, weight: Floats) -> tuple[Floats, Floats]:
    """Return shares approved and bads among them, of all, from (0, 0); convex."""
    values, place = np.unique(risk, return_inverse=True)
    whole = np.bincount(place, weights=weight, minlength=len(values))
    lost = np.bincount(place, weights=weight * bad, minlength=len(values))
    held = whole > 0
    whole, lost = whole[held], lost[held]
    smooth = isotonic_regression(lost / whole, sample_weight=whole)
    total = whole.sum()
    shares = np.concatenate([[0.0], np.cumsum(whole) / total])
    bads = np.concatenate([[0.0], np.cumsum(smooth * whole) / total])
    return shares, bads


def _told(
    old: Floats, new: Floats, bad: Ints, weight: Floats, approved: float
) -> list[float]:
    grid = np.arange(1, POINTS + 1) / POINTS
    before, after = frontier_of(old, bad, weight), frontier_of(new, bad, weight)
    here = np.array([approved])
    rate, equal = float(before(here)[0]), float(after(here)[0])
    more = share_at(new, bad, weight, bad_rate=rate) / approved - 1
    parts = _parts(old, new, weight, approved)
    rates = [
        float((part * bad).sum() / part.sum()) if part.sum() > _NEAR else float("nan")
        for part in parts
    ]
    return [rate, more, equal, rate - equal, *rates, *before(grid), *after(grid)]


def _parts(
    old: Floats, new: Floats, weight: Floats, approved: float
) -> tuple[Floats, Floats, Floats, Floats]:
    """Return how much of each applicant both, one or neither approves."""
    a, b = (_approved(risk, weight, approved) for risk in (old, new))
    both = np.minimum(a, b)
    return both, a - both, b - both, weight - np.maximum(a, b)


def _sizes(old: Floats, new: Floats, weight: Floats, approved: float) -> list[float]:
    return [float(part.sum()) for part in _parts(old, new, weight, approved)]


def _approved(risk: Floats, weight: Floats, approved: float) -> Floats:
    """Return how much of each applicant is approved; a tie that is cut, in part."""
    values, place = np.unique(risk, return_inverse=True)
    whole = np.bincount(place, weights=weight, minlength=len(values))
    before = np.cumsum(whole) - whole
    room = np.clip(approved * weight.sum() - before, 0.0, whole)
    part = np.divide(room, whole, out=np.zeros(len(whole)), where=whole > 0)
    return np.asarray(part[place] * weight, dtype=np.float64)


def _weights(
    names: Ints, generator: np.random.Generator, draws: int
) -> Iterator[Floats]:
    count = int(names.max()) + 1
    for _ in range(draws):
        times = generator.multinomial(count, np.full(count, 1 / count))
        yield times[names].astype(np.float64)


def _interval(value: float, drawn: Sequence[float]) -> Interval:
    known = np.array(drawn)[~np.isnan(drawn)]
    if not len(known):
        return Interval(value, float("nan"), float("nan"))
    low, high = np.percentile(known, _TAILS)
    return Interval(value, float(low), float(high))


def _check(old: Floats, new: Floats, bad: Ints, approved: float) -> None:
    if not 0 < approved < 1:
        raise FrontierError(f"{approved:g} is no share approved")
    if np.isnan(old).any() or np.isnan(new).any():
        raise FrontierError("the risk of some applicant is not known")
    if not len(bad) or bad.min() == bad.max():
        raise FrontierError("all applicants fared alike")
