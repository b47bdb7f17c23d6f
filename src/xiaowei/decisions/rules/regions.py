"""The finite set of regions that all limits cut a field into, each with a value in it.

Within a region every comparison of the rules comes to the same, so looking at one value
of each region is looking at all values: points at the limits, the intervals between
them, each member of a set, any other text, and missing. Of whole numbers and days only
intervals that hold one count, and of a field's own bounds what lies within.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal
from itertools import pairwise
from typing import Final

from xiaowei.decisions.rules.fields import FIELDS, Field
from xiaowei.decisions.rules.grammar import Comparison, RuleSet, Value
from xiaowei.decisions.rules.settled import bounds
from xiaowei.decisions.rules.truth import Truth, holds

_OTHER: Final = "other"
_ONE: Final = Decimal(1)
_STEPS: Final = 40


@dataclass(frozen=True, slots=True)
class Axis:
    """A field and its regions.

    Args:
        field: which.
        examples: one value per region, null for missing; those first that make a
            better example.
    """

    field: Field
    examples: tuple[Value | None, ...]

    @property
    def full(self) -> int:
        """All regions, a bit each."""
        return (1 << len(self.examples)) - 1

    def mask(self, comparison: Comparison, *, may: frozenset[Truth]) -> int:
        """Return the regions where a comparison comes to one of several truths."""
        return sum(
            1 << place
            for place, value in enumerate(self.examples)
            if holds(comparison, value) in may
        )


def axes_of(*sets: RuleSet) -> Mapping[str, Axis]:
    """Return the regions of each field that settled rules test, together."""
    compared: dict[str, set[Value]] = {}
    for rules in sets:
        for comparison in rules.comparisons:
            compared.setdefault(comparison.field, set()).update(bounds(comparison))
    return {name: _axis(FIELDS[name], cuts) for name, cuts in compared.items()}


def _axis(field: Field, cuts: Iterable[Value]) -> Axis:
    if field.kind == "text":
        found: list[Value] = list(
            _texts(field, {cut for cut in cuts if isinstance(cut, str)})
        )
    elif field.kind == "day":
        found = _days(cut for cut in cuts if isinstance(cut, date))
    else:
        numbers = [cut for cut in cuts if isinstance(cut, Decimal)]
        low = None if field.low is None else Decimal(field.low)
        high = None if field.high is None else Decimal(field.high)
        found = list(_numbers(numbers, low=low, high=high, whole=field.whole))
        # A firm with less than nothing of something makes a poor example.
        found.sort(key=lambda one: isinstance(one, Decimal) and one < 0)
    missing: list[Value | None] = [] if field.always else [None]
    return Axis(field, (*found, *missing))


def _days(cuts: Iterable[date]) -> list[Value]:
    low, high = Decimal(date.min.toordinal()), Decimal(date.max.toordinal())
    days = [Decimal(cut.toordinal()) for cut in cuts]
    numbers = list(_numbers(days, low=low, high=high, whole=True))
    # The first and the last day of the calendar make poor examples.
    numbers.sort(key=lambda one: one in (low, high))
    return [date.fromordinal(int(one)) for one in numbers]


def _texts(field: Field, cuts: set[str]) -> Iterator[Value]:
    if field.choices is not None:
        yield from (one for one in field.choices if one in cuts)
        yield from [one for one in field.choices if one not in cuts][:1]
        return
    yield from sorted(cuts)
    other = _OTHER
    while other in cuts:
        other += "_"
    yield other


def _numbers(
    cuts: Iterable[Decimal], *, low: Decimal | None, high: Decimal | None, whole: bool
) -> Iterator[Decimal]:
    # Between two whole numbers a cut parts the one below from the one above.
    ways = (ROUND_FLOOR, ROUND_CEILING)
    cut_at = {
        point.normalize()
        for cut in cuts
        for point in ([cut.to_integral_value(way) for way in ways] if whole else [cut])
    }
    inside = {
        cut
        for cut in cut_at
        if (low is None or low <= cut) and (high is None or cut <= high)
    }
    points = sorted({*inside, *(one for one in (low, high) if one is not None)})
    if not points:
        yield Decimal(0)
        return
    if low is None:
        yield points[0] - 1
    for left, right in pairwise(points):
        yield left
        between = _between(left, right, whole=whole)
        if between is not None:
            yield between
    yield points[-1]
    if high is None:
        yield points[-1] + 1


def _between(left: Decimal, right: Decimal, *, whole: bool) -> Decimal | None:
    """Return the roundest number between two; null where there is no whole one."""
    if whole and right - left <= 1:
        return None
    unit = _ONE.scaleb((right - left).adjusted())
    for _ in range(_STEPS):
        up = (left / unit).to_integral_value(ROUND_FLOOR) * unit + unit
        if left < up < right:
            return up.normalize()
        unit /= 10
    down = (right / unit).to_integral_value(ROUND_CEILING) * unit - unit
    return down if left < down < right else None
