"""One candidate in; whether it ranks, separates or codes the outcome by itself out."""

from collections.abc import Callable, Iterator
from typing import Final

import numpy as np

from xiaowei.risk.leaks.bounds import (
    ALONE,
    CAUGHT,
    PURE,
    Doubt,
    Tally,
    area_floor,
    area_of,
    is_perfect,
)
from xiaowei.risk.leaks.candidate import Candidate
from xiaowei.risk.leaks.dossier import FOLDS, Dossier
from xiaowei.risk.leaks.leak import Kind, Leak, found
from xiaowei.risk.sample import Floats, Ints

RARE: Final = 12.0
"""Rows per code up to which a code can only be learnt by heart."""

_RANGES: Final = (16, 64, 256)
_DRAWN: Final = 2500
_TWO: Final = 2
_PRIOR: Final = 1.0
_SHARED: Final = 3


def told_alone(candidate: Candidate, dossier: Dossier) -> Iterator[Leak]:
    """Yield the first sign by which a candidate tells the outcome, if there is one."""
    defaulted = dossier.defaulted[candidate.known]
    if not 0 < defaulted.sum() < len(defaulted):
        return
    ways = _CATEGORY if candidate.form == "category" else _NUMBER
    leaks = (way(candidate, defaulted, dossier) for way in ways)
    first = next((leak for leak in leaks if leak is not None), None)
    if first is not None:
        yield first


def coded_risk(codes: Ints, defaulted: Ints, fold: Ints) -> Floats:
    """Return the bad rate of each firm's code among firms of other folds.

    Args:
        codes: Shape: the code of each firm, 0 up.
        defaulted: Shape: 1 for a default, 0 else.
        fold: Shape: the fold of each firm, 0 up.
    """
    count, dealt = int(codes.max()) + 1, int(fold.max()) + 1
    cells = fold * count + codes
    firms = np.bincount(cells, minlength=dealt * count).reshape(dealt, count)
    bads = np.bincount(cells, weights=defaulted, minlength=dealt * count)
    bads = bads.reshape(dealt, count)
    other_firms, other_bads = firms.sum(axis=0) - firms, bads.sum(axis=0) - bads
    prior = other_bads.sum(axis=1, keepdims=True) / np.maximum(
        other_firms.sum(axis=1, keepdims=True), 1
    )
    rates = (other_bads + _PRIOR * prior) / (other_firms + _PRIOR)
    return np.asarray(rates[fold, codes])


def coded_area(codes: Ints, defaulted: Ints, fold: Ints) -> float:
    """Return how well bad rates of codes rank firms that did not enter them."""
    return area_of(coded_risk(codes, defaulted, fold), defaulted)


def ranges_of(values: Floats, width: int) -> Ints:
    """Return values as so many ranges of about equally many firms, 0 up."""
    edges = np.unique(np.quantile(values, np.linspace(0, 1, width + 1)[1:-1]))
    return np.searchsorted(edges, values, side="right")


def _copied(candidate: Candidate, defaulted: Ints, dossier: Dossier) -> Leak | None:
    if candidate.levels != _TWO or not candidate.known.all():
        return None
    high = candidate.codes[candidate.known] == candidate.codes.max()
    agree = int((high == (defaulted == 1)).sum())
    if agree not in {0, len(defaulted)}:
        return None
    if Tally(dossier.bads, 0, 0, len(defaulted) - dossier.bads).is_outcome(
        dossier.doubt
    ):
        inverse = candidate.form != "category" and not agree
        kind: Kind = "inverse" if inverse else "copy"
        return found(candidate.name, kind, f"{len(defaulted)} of {len(defaulted)} rows")
    return None


def _ranked(candidate: Candidate, defaulted: Ints, dossier: Dossier) -> Leak | None:
    area = area_of(candidate.values[candidate.known], defaulted)
    area = max(area, 1 - area)
    return _if_perfect(candidate.name, "ranks", area, defaulted, dossier.doubt)


def _separated(candidate: Candidate, _: Ints, dossier: Dossier) -> Leak | None:
    """Look whether ranges, fine or coarse, or single values tell the outcome.

    A leak need not rank: a loan's term leaks by whether it is a whole number of years.
    """
    drawn = dossier.drawn(_DRAWN)
    drawn = drawn[candidate.known[drawn]]
    outcomes = dossier.defaulted[drawn]
    if candidate.levels <= _TWO or min(outcomes.sum(), (1 - outcomes).sum()) < FOLDS:
        return None
    values, fold = candidate.values[drawn], dossier.fold[drawn]
    codings = [ranges_of(values, w) for w in _RANGES if w * _SHARED <= len(drawn)]
    if len(drawn) >= _SHARED * candidate.levels:
        codings.append(candidate.codes[drawn])
    area = max((coded_area(codes, outcomes, fold) for codes in codings), default=0.0)
    return _if_perfect(candidate.name, "pattern", area, outcomes, dossier.doubt)


def _coded(candidate: Candidate, defaulted: Ints, dossier: Dossier) -> Leak | None:
    if candidate.levels <= _TWO or min(defaulted.sum(), (1 - defaulted).sum()) < FOLDS:
        return None
    codes = candidate.codes[candidate.known]
    area = coded_area(codes, defaulted, dossier.fold[candidate.known])
    kind: Kind = "memory" if len(codes) <= RARE * candidate.levels else "codes"
    return _if_perfect(candidate.name, kind, area, defaulted, dossier.doubt)


def _ended(candidate: Candidate, defaulted: Ints, dossier: Dossier) -> Leak | None:
    numbers = candidate.values[candidate.known]
    for end, order in (
        ("low", np.argsort(numbers, kind="stable")),
        ("high", np.argsort(-numbers, kind="stable")),
    ):
        region = _purest_end(numbers[order], defaulted[order])
        if region is not None and region.is_outcome(dossier.doubt):
            return found(candidate.name, "end", f"{end} end: {region}")
    return None


def _purest_end(numbers: Floats, defaulted: Ints) -> Tally | None:
    """Return the end that holds half of the bads most surely, by a rough bound."""
    bads = np.cumsum(defaulted)
    firms = np.arange(1, len(bads) + 1)
    last = np.append(np.diff(numbers) != 0, True)
    rate = bads / firms
    fits = np.nonzero(last & (bads >= CAUGHT * bads[-1]) & (rate >= PURE))[0]
    if not len(fits):
        return None
    rough = rate[fits] - np.sqrt(rate[fits] * (1 - rate[fits]) / firms[fits])
    at = int(fits[np.argmax(rough - 1 / firms[fits])])
    every, caught = int(bads[-1]), int(bads[at])
    goods = at + 1 - caught
    return Tally(caught, goods, every - caught, len(bads) - every - goods)


def _if_perfect(
    name: str, kind: Kind, area: float, defaulted: Ints, doubt: Doubt
) -> Leak | None:
    bads = int(defaulted.sum())
    goods = len(defaulted) - bads
    if not is_perfect(area, bads=bads, goods=goods, doubt=doubt):
        return None
    low = area_floor(area, bads=bads, goods=goods, doubt=ALONE)
    return found(name, kind, f"AUC {area:.3f} (at least {low:.3f})")


_Way = Callable[[Candidate, Ints, Dossier], Leak | None]
_NUMBER: Final[tuple[_Way, ...]] = (_copied, _ranked, _separated, _ended)
_CATEGORY: Final[tuple[_Way, ...]] = (_copied, _coded)
