"""Two or more columns in that say nothing alone; those that tell the outcome together.

What was drawn and what was repaid, what was booked before and after: each is honest,
and their difference is the loss.
"""

from collections.abc import Iterator
from itertools import combinations
from typing import Final

import numpy as np

from xiaowei.risk.leaks.alone import coded_area
from xiaowei.risk.leaks.bounds import (
    PERFECT_AUC,
    Doubt,
    Marks,
    area_floor,
    area_of,
    exceeds,
    tally,
)
from xiaowei.risk.leaks.candidate import Candidate
from xiaowei.risk.leaks.dossier import Dossier
from xiaowei.risk.leaks.leak import Leak, found
from xiaowei.risk.leaks.levels import said, severity_of
from xiaowei.risk.sample import Floats, Ints

_DRAWN: Final = 1500
_MOST_LEVELS: Final = 12
_FEWEST: Final = 25
_WAYS: Final = 2
_SCREEN: Final = 0.9


def told_by_pairs(dossier: Dossier) -> Iterator[Leak]:
    """Yield pairs of numbers whose difference, ratio or equality tells the outcome."""
    drawn = dossier.drawn(_DRAWN)
    outcomes = dossier.defaulted[drawn]
    numbers = list(dossier.numbers())
    looks = Doubt(max(1, _WAYS * len(numbers) * (len(numbers) - 1) // 2))
    sampled = [one.values[drawn] for one in numbers]
    for left, right in combinations(range(len(numbers)), 2):
        way = _screened(sampled[left], sampled[right], outcomes)
        if way is not None:
            leak = _told(numbers[left], numbers[right], way, (dossier, looks))
            if leak is not None:
                yield leak


def told_by_equals(dossier: Dossier) -> Iterator[Leak]:
    """Yield pairs of columns that are equal, or not, by outcome."""
    numbers = [one for one in dossier.numbers() if one.levels > _WAYS]
    texts = [one for one in dossier.candidates if one.form == "category"]
    for group in (numbers, texts):
        for left, right in combinations(group, 2):
            both, equal = _equals(left, right)
            if min(equal.sum(), (~equal).sum()) < _FEWEST:
                continue
            region = tally(equal, dossier.defaulted[both]).worse()
            severity = severity_of(region, dossier)
            if severity is not None:
                yield found(
                    f"{left.name} = {right.name}",
                    "pair",
                    f"equal or not: {said(region)}",
                    severity=severity,
                    columns=(left.name, right.name),
                )


def told_by_crossing(dossier: Dossier) -> Iterator[Leak]:
    """Yield pairs of columns with few values that tell the outcome when crossed."""
    few = [one for one in dossier.candidates if 1 < one.levels <= _MOST_LEVELS]
    drawn = dossier.drawn(4 * _DRAWN)
    outcomes = dossier.defaulted[drawn]
    bads, goods = int(outcomes.sum()), int((1 - outcomes).sum())
    looks = Doubt(max(1, len(few) * (len(few) - 1) // 2))
    if min(bads, goods) < _FEWEST:
        return
    codes = [one.codes[drawn] + 1 for one in few]
    for left, right in combinations(range(len(few)), 2):
        crossed = codes[left] * (few[right].levels + 1) + codes[right]
        if _best_area(crossed, outcomes) < PERFECT_AUC:
            continue
        fold = dossier.fold[drawn]
        area = coded_area(crossed, outcomes, fold)
        single = max(coded_area(codes[at], outcomes, fold) for at in (left, right))
        low = area_floor(area, bads=bads, goods=goods, doubt=looks)
        if low >= PERFECT_AUC and exceeds(
            area, single, bads=bads, goods=goods, doubt=looks
        ):
            names = (few[left].name, few[right].name)
            evidence = f"AUC {area:.3f} (at least {low:.3f})"
            yield found(" × ".join(names), "crossing", evidence, columns=names)


def _screened(left: Floats, right: Floats, outcomes: Ints) -> str | None:
    """Return the way of two columns that seems to rank the outcome; None if neither."""
    both = ~(np.isnan(left) | np.isnan(right))
    bad = outcomes[both] == 1
    if min(bad.sum(), (~bad).sum()) < _FEWEST:
        return None
    for way in ("-", "/"):
        made = _joined(left[both], right[both], way)
        if abs(area_of(made, outcomes[both]) - 0.5) >= _SCREEN - 0.5:
            return way
    return None


def _joined(left: Floats, right: Floats, way: str) -> Floats:
    if way == "-":
        return left - right
    safe = np.where(right == 0, np.nan, right)
    return np.nan_to_num(left / safe, nan=0.0, posinf=0.0, neginf=0.0)


def _told(
    left: Candidate, right: Candidate, way: str, held: tuple[Dossier, Doubt]
) -> Leak | None:
    dossier, looks = held
    both = left.known & right.known
    outcomes = dossier.defaulted[both]
    bad = outcomes == 1
    made = _joined(left.values[both], right.values[both], way)
    area = _best_way(made, outcomes)
    bads, goods = int(bad.sum()), int((~bad).sum())
    low = area_floor(area, bads=bads, goods=goods, doubt=looks)
    single = max(_best_way(one.values[both], outcomes) for one in (left, right))
    if low < PERFECT_AUC or not exceeds(
        area, single, bads=bads, goods=goods, doubt=looks
    ):
        return None
    return found(
        f"{left.name} {way} {right.name}",
        "pair",
        f"AUC {area:.3f} (at least {low:.3f})",
        columns=(left.name, right.name),
    )


def _best_way(values: Floats, outcomes: Ints) -> float:
    area = area_of(values, outcomes)
    return max(area, 1 - area)


def _best_area(codes: Ints, outcomes: Ints) -> float:
    """Return the AUC of codes by their own bad rates: above any honest estimate."""
    firms = np.bincount(codes)
    bads = np.bincount(codes, weights=outcomes)
    rates = np.divide(bads, firms, out=np.zeros(len(firms)), where=firms > 0)[codes]
    return area_of(rates, outcomes)


def _equals(left: Candidate, right: Candidate) -> tuple[Marks, Marks]:
    """Return which firms compare, and whether their two values are equal."""
    both = left.known & right.known
    if left.form == "category":
        return both, _same_texts(left, right)[both]
    # Two zeros say that both are empty, not that they agree.
    both &= (left.values != 0) | (right.values != 0)
    return both, (left.values == right.values)[both]


def _same_texts(left: Candidate, right: Candidate) -> Marks:
    place = {label: at for at, label in enumerate(right.labels)}
    moved = np.array([place.get(label, -2) for label in left.labels] + [-2])
    return np.asarray(moved[left.codes] == right.codes, dtype=np.bool_)
