"""Where the small bars of a table lie; drawn without a script, so they print."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from xiaowei.surfaces.report.document import Firm


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar on a scale of 0..100.

    Args:
        start: left end.
        width: at least a hairline.
        sign: `plus`, `minus` or `total`.
    """

    start: float
    width: float
    sign: str


@dataclass(frozen=True, slots=True)
class Step:
    """One line of a score: what moved it, and where that leaves it."""

    reason: Mapping[str, Any]
    bar: Bar
    after: int


@dataclass(frozen=True, slots=True)
class Waterfall:
    """A score from its base to its sum.

    Args:
        base: the bar of the base points.
        steps: one per reason, the largest move first.
        total: base and all moves, added here again.
        end: the bar of the total.
        adds_up: whether the sum is the score that the run states.
    """

    base: Bar
    steps: Sequence[Step]
    total: int
    end: Bar
    adds_up: bool


_HAIRLINE = 0.6


def waterfall(firm: Firm) -> Waterfall:
    """Lay out how a firm's score comes about."""
    base = firm["base_points"]
    reasons = sorted(
        firm["reasons"], key=lambda one: (-abs(one["points"]), one["trait"])
    )
    sums = [base]
    for reason in reasons:
        sums.append(sums[-1] + reason["points"])
    scale = _Scale.of([*sums, base])
    steps = [
        Step(reason, scale.bar(before, after), after)
        for reason, before, after in zip(reasons, sums, sums[1:], strict=False)
    ]
    return Waterfall(
        base=scale.to(base),
        steps=steps,
        total=sums[-1],
        end=scale.to(sums[-1]),
        adds_up=sums[-1] == firm["score"],
    )


@dataclass(frozen=True, slots=True)
class _Scale:
    low: float
    high: float

    @classmethod
    def of(cls, values: Sequence[float]) -> "_Scale":
        room = max((max(values) - min(values)) * 0.15, 1.0)
        return cls(min(values) - room, max(values) + room)

    def place(self, value: float) -> float:
        return round((value - self.low) / (self.high - self.low) * 100, 2)

    def bar(self, before: float, after: float) -> Bar:
        left, right = sorted((self.place(before), self.place(after)))
        sign = "minus" if after < before else "plus" if after > before else "total"
        return Bar(left, round(max(right - left, _HAIRLINE), 2), sign)

    def to(self, value: float) -> Bar:
        return Bar(0.0, self.place(value), "total")


@dataclass(frozen=True, slots=True)
class Whisker:
    """A value and its interval on a scale of 0..100; unknown ends are None."""

    at: float | None
    low: float | None
    high: float | None


def whisker(
    value: float | None,
    low: float | None,
    high: float | None,
    *,
    scale: tuple[float, float],
) -> Whisker:
    """Lay out a value and its interval; what lies beyond the scale is held at its end.

    >>> whisker(0.75, 0.5, 1.2, scale=(0.5, 1.0))
    Whisker(at=50.0, low=0.0, high=100.0)
    """
    first, last = scale

    def place(one: float | None) -> float | None:
        if one is None or last <= first:
            return None
        share = (one - first) / (last - first)
        return round(min(max(share, 0.0), 1.0) * 100, 2)

    return Whisker(place(value), place(low), place(high))


def share_bar(part: float | None, whole: float | None) -> Bar:
    """Lay out a part of a whole from the left; nothing where either is unknown."""
    if not part or not whole or part < 0:
        return Bar(0.0, 0.0, "total")
    return Bar(0.0, round(min(part / whole, 1.0) * 100, 2), "total")
