"""Columns that leak in; the others that were computed from them out.

What is computed from a leak leaks, however weakly it ranks: whether a term reaches
twenty years says that the loan lived that long.
"""

from collections.abc import Iterator, Sequence
from typing import Final

import numpy as np
from scipy.stats import rankdata

from xiaowei.risk.leaks.candidate import Candidate
from xiaowei.risk.leaks.dossier import Dossier
from xiaowei.risk.leaks.leak import Leak, found
from xiaowei.risk.sample import Floats, Ints

_SAME_ORDER: Final = 0.999
_COARSER: Final = 1.5
_MOST_LEVELS: Final = 60
_FEWEST_LEVELS: Final = 5
_FEWEST_SHARE: Final = 0.005
_FEWEST_ROWS: Final = 20
_STRAY: Final = 0.005
_FLAG_LEVELS: Final = 5
_FLAG_RUNS: Final = 6
_DAYS_IN_MONTH: Final = (30.0, 30.4375)


def told_by_descent(
    dossier: Dossier, leaking: frozenset[str], *, refused: frozenset[str]
) -> Iterator[Leak]:
    """Yield candidates that are steps, or the order, of a column that leaks.

    Args:
        dossier: all candidates.
        leaking: the columns known to tell the outcome.
        refused: the columns that need not be looked at again.
    """
    sources = [
        one
        for one in dossier.numbers()
        if one.name in leaking and one.levels >= _FEWEST_LEVELS
    ]
    if not sources:
        return
    for candidate in dossier.candidates:
        if candidate.name in refused or candidate.levels <= 1:
            continue
        way = next(_ways(candidate, sources, dossier), None)
        if way is not None:
            yield found(candidate.name, "derived", way)


def _ways(
    candidate: Candidate, sources: Sequence[Candidate], dossier: Dossier
) -> Iterator[str]:
    for source in sources:
        if _has_its_order(candidate, source):
            yield f"orders the firms as '{source.name}' does"
        if _is_step_of(candidate, source):
            yield f"{candidate.levels} steps of '{source.name}'"
    if candidate.levels <= _FLAG_LEVELS:
        yield from _sums(candidate, sources, dossier)


def _has_its_order(candidate: Candidate, source: Candidate) -> bool:
    if candidate.form == "category" or candidate.levels < _MOST_LEVELS:
        return False
    both = candidate.known & source.known
    if both.sum() < _FEWEST_ROWS:
        return False
    ranks = (rankdata(candidate.values[both]), rankdata(source.values[both]))
    if min(np.ptp(ranks[0]), np.ptp(ranks[1])) == 0:
        return False
    return abs(float(np.corrcoef(*ranks)[0, 1])) >= _SAME_ORDER


def _is_step_of(candidate: Candidate, source: Candidate) -> bool:
    """Return whether each value of the candidate is one stretch of the source.

    A candidate as fine as the source may be what the source was computed from.
    """
    both = candidate.known & source.known
    codes, values = candidate.codes[both], source.values[both]
    held = np.bincount(codes, minlength=candidate.levels)
    if not _is_filled(held) or source.levels < _COARSER * candidate.levels:
        return False
    return _runs(codes, values) == int((held > 0).sum())


def _sums(
    candidate: Candidate, sources: Sequence[Candidate], dossier: Dossier
) -> Iterator[str]:
    """Yield days plus a leaking span of time, if the candidate is a stretch of that."""
    days = [one for one in dossier.candidates if one.form == "day"]
    for day in days:
        for source in sources:
            both = candidate.known & source.known & day.known
            codes = candidate.codes[both]
            if source.form != "number" or not _is_filled(np.bincount(codes)):
                continue
            if _is_cut(codes, day.values[both]):
                continue
            for length in (1.0, *_DAYS_IN_MONTH):
                end = day.values[both] + length * source.values[both]
                if _is_cut(codes, end):
                    yield f"a stretch of '{day.name}' + '{source.name}'"


def _is_filled(held: Ints) -> bool:
    """Return whether no value but the commonest is too rare to judge by."""
    stated = held[held > 0]
    if not 1 < len(stated) <= _MOST_LEVELS:
        return False
    rare = held.sum() - held.max()
    return bool(rare >= max(_FEWEST_ROWS, _FEWEST_SHARE * held.sum()))


def _runs(codes: Ints, values: Floats) -> int:
    order = np.lexsort((codes, values))
    return int((np.diff(codes[order]) != 0).sum()) + 1


def _is_cut(codes: Ints, values: Floats) -> bool:
    """Return whether the codes are a few stretches of a number, but for stray rows."""
    order = np.argsort(values, kind="stable")
    sorted_codes = codes[order]
    starts = np.append(0, np.nonzero(np.diff(sorted_codes))[0] + 1)
    lengths = np.diff(np.append(starts, len(sorted_codes)))
    longest = np.argsort(-lengths, kind="stable")[:_FLAG_RUNS]
    if lengths[longest].sum() >= (1 - _STRAY) * len(codes):
        return len(np.unique(sorted_codes[starts[longest]])) > 1
    return False
