"""All columns in; a sum over them that knows the outcome too well out."""

from collections.abc import Iterator
from typing import Final

import numpy as np

from xiaowei.risk.leaks.alone import coded_risk, ranges_of
from xiaowei.risk.leaks.bounds import ALONE, area_floor, area_of
from xiaowei.risk.leaks.dossier import Dossier
from xiaowei.risk.leaks.leak import Leak, found
from xiaowei.risk.sample import Floats, Ints, one_thread

ALL_COLUMNS: Final = "(all columns)"
"""The candidate that is the table as a whole."""

_SUM_AUC: Final = 0.95
_TOTAL_AUC: Final = 0.95
_DRAWN: Final = 1500
_FEWEST: Final = 30
_KEPT: Final = 0.95
_BINS: Final = 16
_RARE: Final = 1e-3
_RIDGE: Final = 1e-9


def told_together(dossier: Dossier) -> Iterator[Leak]:
    """Yield the columns whose weighted sum is the outcome, or else the whole table.

    A balance of three books leaks so: what was lent, less what came back, less what is
    still owed, is what was lost.
    """
    drawn = dossier.drawn(_DRAWN)
    outcomes = dossier.defaulted[drawn]
    if min(outcomes.sum(), (1 - outcomes).sum()) < _FEWEST or not dossier.candidates:
        return
    numbers = [one for one in dossier.numbers() if one.levels > 1]
    with one_thread():
        if numbers:
            standard = [_standard(one.values[drawn]) for one in numbers]
            matrix = np.column_stack(standard)
            area = _summed_area(matrix, outcomes, dossier.fold[drawn])
            low = _floor(area, outcomes)
            if low >= _SUM_AUC:
                names = tuple(numbers[at].name for at in _needed(matrix, outcomes))
                evidence = f"AUC {area:.3f} (at least {low:.3f})"
                yield found(", ".join(names), "together", evidence, columns=names)
                return
    yield from _summed_risks(dossier, drawn)


def _summed_risks(dossier: Dossier, drawn: Ints) -> Iterator[Leak]:
    """Yield the whole table, if the risks of its columns add up to too much."""
    outcomes, fold = dossier.defaulted[drawn], dossier.fold[drawn]
    total = np.zeros(len(drawn))
    for candidate in dossier.candidates:
        codes = candidate.codes[drawn] + 1
        if candidate.levels > _BINS:
            if candidate.form == "category":
                continue
            known = codes > 0
            codes[known] = 1 + ranges_of(candidate.values[drawn][known], _BINS)
        risk = np.clip(coded_risk(codes, outcomes, fold), _RARE, 1 - _RARE)
        total += np.log(risk / (1 - risk))
    area = area_of(total, outcomes)
    low = _floor(area, outcomes)
    if low >= _TOTAL_AUC:
        evidence = f"risks of all columns summed: AUC {area:.3f} (at least {low:.3f})"
        yield found(ALL_COLUMNS, "together", evidence, severity="suspect", columns=())


def _floor(area: float, outcomes: Ints) -> float:
    bads = int(outcomes.sum())
    return area_floor(area, bads=bads, goods=len(outcomes) - bads, doubt=ALONE)


def _standard(values: Floats) -> Floats:
    known = ~np.isnan(values)
    spread = values[known].std() if known.any() else 0.0
    if spread == 0:
        return np.zeros(len(values))
    return np.where(known, (values - values[known].mean()) / spread, 0.0)


def _summed_area(matrix: Floats, outcomes: Ints, fold: Ints) -> float:
    held_out = np.zeros(len(outcomes))
    for part in np.unique(fold):
        learn, judge = fold != part, fold == part
        weights = _weights(matrix[learn], outcomes[learn] - outcomes[learn].mean())
        held_out[judge] = matrix[judge] @ weights
    return area_of(held_out, outcomes)


def _weights(matrix: Floats, target: Floats) -> Floats:
    square = matrix.T @ matrix + _RIDGE * len(matrix) * np.eye(matrix.shape[1])
    return np.asarray(np.linalg.solve(square, matrix.T @ target))


def _needed(matrix: Floats, outcomes: Ints) -> list[int]:
    """Return the columns that are left when what the sum can spare is dropped."""
    target = outcomes - outcomes.mean()
    kept = list(range(matrix.shape[1]))
    least = _KEPT * _fit(matrix, target, kept)
    while len(kept) > 1:
        fits = [_fit(matrix, target, [k for k in kept if k != out]) for out in kept]
        best = int(np.argmax(fits))
        if fits[best] < least:
            break
        del kept[best]
    return kept


def _fit(matrix: Floats, target: Floats, kept: list[int]) -> float:
    chosen = matrix[:, kept]
    return float((chosen @ _weights(chosen, target)) @ target)
