"""Parts of the files in, a branch, a product, a year; what leaks in one of them out."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import numpy as np

from xiaowei.risk.leaks.bounds import (
    ALONE,
    CAUGHT,
    PERFECT_AUC,
    PURE,
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
from xiaowei.risk.leaks.within import within
from xiaowei.risk.sample import Ints

_FEWEST: Final = 25
_MOST_PARTS: Final = 60
_MOST_YEARS: Final = 30
_MOST_LEVELS: Final = 60
_MOST_ROWS: Final = 20_000
_TWO: Final = 2
_MISSING: Final = 0
_CHANCE: Final = 0.5
_TIMES: Final = 3.0


@dataclass(frozen=True, slots=True)
class Parts:
    """One way to part the files.

    Args:
        name: of the column that parts them.
        codes: Shape: the part of each firm, -1 where it is too small to judge.
        said: what each part is called.
    """

    name: str
    codes: Ints
    said: tuple[str, ...]


def told_in_parts(dossier: Dossier) -> Iterator[Leak]:
    """Yield candidates that are the outcome in one part of the files.

    Only parts with some 25 of each outcome are judged; the looks of all parts and all
    candidates count together against each.
    """
    dossier = dossier.thinned(_MOST_ROWS)
    defaulted = dossier.defaulted
    taken = (*dossier.candidates, dossier.order)
    ways = [parts for one in taken for parts in _parts_of(one, defaulted)]
    looks = len(taken) * sum(len(way.said) for way in ways)
    if not looks:
        return
    for candidate in taken:
        leak = _told(candidate, ways, defaulted, Doubt(looks))
        if leak is not None:
            yield leak


def _parts_of(candidate: Candidate, defaulted: Ints) -> Iterator[Parts]:
    repeats = candidate.form == "category" or candidate.is_whole
    most = _MOST_PARTS if candidate.form == "category" else _MOST_YEARS
    if not repeats or candidate.levels < _TWO:
        return
    known = candidate.known
    firms = np.bincount(candidate.codes[known], minlength=candidate.levels)
    bads = np.bincount(
        candidate.codes[known], weights=defaulted[known], minlength=candidate.levels
    )
    large = np.nonzero((bads >= _FEWEST) & (firms - bads >= _FEWEST))[0]
    large = large[np.argsort(-firms[large], kind="stable")][:most]
    if not len(large):
        return
    place = np.full(candidate.levels + 1, -1)
    place[large] = np.arange(len(large))
    said = tuple(_said(candidate, int(level)) for level in large)
    yield Parts(candidate.name, place[candidate.codes], said)


def _said(candidate: Candidate, level: int) -> str:
    if candidate.form == "category":
        return candidate.labels[level]
    return f"{candidate.values[candidate.codes == level][0]:g}"


def _told(
    candidate: Candidate, ways: list[Parts], defaulted: Ints, doubt: Doubt
) -> Leak | None:
    for parts in ways:
        if parts.name == candidate.name:
            continue
        evidence = _ranks(candidate, parts, defaulted, doubt) or _marks(
            candidate, parts, defaulted, doubt
        )
        if evidence is not None:
            part, figures = evidence
            said = f"where '{parts.name}' is '{parts.said[part]}': {figures}"
            return found(candidate.name, "segment", said)
    return None


def _ranks(
    candidate: Candidate, parts: Parts, defaulted: Ints, doubt: Doubt
) -> tuple[int, str] | None:
    if candidate.form == "category":
        return None
    inside = within(candidate, parts.codes, defaulted, count=len(parts.said))
    areas = np.nan_to_num(np.maximum(inside.areas, 1 - inside.areas), nan=0.5)
    for part in np.nonzero(areas >= PERFECT_AUC)[0].tolist():
        area = float(areas[part])
        bads, goods = int(inside.bads[part]), int(inside.goods[part])
        low = area_floor(area, bads=bads, goods=goods, doubt=doubt)
        if min(bads, goods) < _FEWEST or low < PERFECT_AUC:
            continue
        # A trait that is strong everywhere is stronger by chance in one of many parts.
        other = _area_elsewhere(candidate, parts.codes != part, defaulted)
        if exceeds(area, other, bads=bads, goods=goods, doubt=doubt):
            said = f"AUC {area:.3f} (at least {low:.3f}), elsewhere {other:.3f}"
            return part, said
    return None


def _area_elsewhere(candidate: Candidate, other: Marks, defaulted: Ints) -> float:
    other = other & candidate.known
    outcomes = defaulted[other]
    if not 0 < outcomes.sum() < len(outcomes):
        return _CHANCE
    area = area_of(candidate.values[other], outcomes)
    return max(area, 1 - area)


def _marks(
    candidate: Candidate, parts: Parts, defaulted: Ints, doubt: Doubt
) -> tuple[int, str] | None:
    """Return the part in which a category, being missing or being zero is pure."""
    marks, count = _marked(candidate)
    if count > _MOST_LEVELS:
        return None
    use = parts.codes >= 0
    cells = parts.codes[use] * count + marks[use]
    size = len(parts.said) * count
    firms = np.bincount(cells, minlength=size).reshape(-1, count)
    bads = np.bincount(cells, weights=defaulted[use], minlength=size)
    bads = bads.reshape(-1, count)
    every = bads.sum(axis=1, keepdims=True)
    pure = (bads >= PURE * firms) & (firms > 0)
    # What is pure everywhere was judged with all files: this part adds nothing.
    overall = np.bincount(marks, weights=defaulted, minlength=count)
    pure &= overall < PURE * np.bincount(marks, minlength=count)
    pure[:, _MISSING] = firms[:, _MISSING] > 0
    pure &= bads >= CAUGHT * every
    for part, level in np.argwhere(pure).tolist():
        here = parts.codes == part
        region = tally(marks[here] == level, defaulted[here])
        gone = level == _MISSING and region.tells(doubt)
        if not gone and not region.is_outcome(doubt):
            continue
        other = tally(marks[~here] == level, defaulted[~here])
        if region.odds_floor(ALONE) >= _TIMES * other.odds:
            return part, f"{region}, elsewhere {other.bads} of {other.firms}"
    return None


def _marked(candidate: Candidate) -> tuple[Ints, int]:
    if candidate.form == "category":
        return candidate.codes + 1, candidate.levels + 1
    marks = candidate.known.astype(np.int64) + (
        candidate.known & (candidate.values != 0)
    )
    return marks, 3
