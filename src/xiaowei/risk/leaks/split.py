"""Rows learnt from and rows tested on in; what crosses from side to side out."""

from collections.abc import Iterator
from typing import Final

import numpy as np

from xiaowei.risk.leaks.bounds import Marks
from xiaowei.risk.leaks.candidate import Candidate
from xiaowei.risk.leaks.dossier import Dossier
from xiaowei.risk.leaks.leak import Leak, Severity, found
from xiaowei.risk.leaks.spelling import told_to_be_identifier
from xiaowei.risk.sample import Floats, Ints

ROWS: Final = "(rows)"
"""The candidate that is the rows of the table."""

_EXACT: Final = 1e-9
_ALIKE: Final = 1e-6
_FEWEST_LEVELS: Final = 20
_STRAY_COPIES: Final = 0.005
_FEWEST_COPIES: Final = 5
_ENOUGH_BITS: Final = 12.0
_DEPENDENCE: Final = 0.5
_TESTED: Final = 0.01
_ENDS: Final = 2


def told_by_copies(dossier: Dossier) -> Iterator[Leak]:
    """Yield the rows, if some stand in the table more than once.

    Rows of a few common values meet by chance; so values must be rare enough that no
    pair of firms would be expected to agree on all, even if half of what the columns
    say is the same. A number of its own makes no row another one.
    """
    columns = [
        one.codes
        for one in dossier.candidates
        if one.levels > 1 and not list(told_to_be_identifier(one))
    ]
    if not columns:
        return
    rare = _bits(columns) >= _ENOUGH_BITS + 2 * np.log2(len(dossier.defaulted))
    kind, count = _kinds([*columns, dossier.defaulted], dossier)
    again = (count[kind] > 1) & rare
    if dossier.test is not None:
        learnt = np.zeros(len(count), dtype=bool)
        learnt[kind[~dossier.test]] = True
        across = again & dossier.test & learnt[kind]
        if across.sum() >= max(_FEWEST_COPIES, _STRAY_COPIES * dossier.test.sum()):
            evidence = (
                f"{across.sum()} of {dossier.test.sum()} test rows are learnt from"
            )
            yield found(ROWS, "copied_rows", evidence, columns=())
            return
    extra = int(again.sum() - len(np.unique(kind[again])))
    if extra >= max(_FEWEST_COPIES, _STRAY_COPIES * len(again)):
        evidence = f"{extra} of {len(again)} rows are copies; keep copies on one side"
        yield found(ROWS, "copied_rows", evidence, severity="suspect", columns=())


def told_by_sides(dossier: Dossier) -> Iterator[Leak]:
    """Yield owners and times that both sides of the split share."""
    test = dossier.test
    if test is None:
        return
    if dossier.groups is not None:
        groups, known = dossier.groups, dossier.groups >= 0
        shared = np.intersect1d(groups[test & known], groups[~test & known])
        rows = int(np.isin(groups[test], shared).sum())
        if rows:
            evidence = f"{len(shared)} groups, {rows} of {int(test.sum())} test rows"
            yield found("(groups)", "both_sides", evidence, columns=())
    if dossier.decided is not None:
        tested = dossier.decided[test]
        first = np.min(tested, where=~np.isnan(tested), initial=np.inf)
        late = dossier.decided[~test] > first
        if late.mean() >= _TESTED:
            evidence = (
                f"{int(late.sum())} of {len(late)} rows learnt from were decided after "
                f"{np.datetime64(int(first), 'D')}, the first day of the test"
            )
            yield found(
                "(split)", "mixed_times", evidence, severity="suspect", columns=()
            )


def told_by_scale(candidate: Candidate, dossier: Dossier) -> Iterator[Leak]:
    """Yield a candidate whose statistics are round over both sides only."""
    test = dossier.test
    if test is None or candidate.form != "number" or candidate.levels < _FEWEST_LEVELS:
        return
    everyone = candidate.values[candidate.known]
    learnt = candidate.values[candidate.known & ~test]
    if not 0 < len(learnt) < len(everyone):
        return
    for way, holds in _SCALES.items():
        if holds(everyone) and not holds(learnt):
            evidence = f"{way} over all {len(everyone)} rows, not those learnt from"
            # A share may reach 0 and 1 of itself, though seldom each just once.
            ends = np.isin(everyone, [everyone.min(), everyone.max()]).sum()
            sure = holds is not _is_spread or ends == _ENDS
            severity: Severity = "leak" if sure else "suspect"
            yield found(candidate.name, "scaled_together", evidence, severity=severity)
            return
    filled = _filled_with(candidate, test)
    if filled is not None:
        yield found(candidate.name, "scaled_together", filled)


def _is_standard(values: Floats) -> bool:
    size = float(np.abs(values).mean())
    return bool(abs(values.mean()) <= _EXACT * max(size, _EXACT)) or bool(
        abs(values.mean()) <= _ALIKE * size
        and min(abs(values.std(ddof=d) - 1) for d in (0, 1)) <= _ALIKE
    )


def _is_centred(values: Floats) -> bool:
    low, middle, high = np.quantile(values, [0.25, 0.5, 0.75])
    return bool(abs(middle) <= _EXACT and abs(high - low - 1) <= _ALIKE)


def _is_spread(values: Floats) -> bool:
    return bool(abs(values.min()) <= _EXACT and abs(values.max() - 1) <= _EXACT)


def _is_ranked(values: Floats) -> bool:
    distinct = np.unique(values)
    steps = np.diff(distinct)
    return (
        len(distinct) >= len(values) * (1 - _STRAY_COPIES)
        and bool(np.ptp(steps) <= _ALIKE * steps.mean())
        and bool(np.abs(distinct).max() <= 1 + _ALIKE)
    )


_SCALES: Final = {
    "mean 0 and deviation 1": _is_standard,
    "median 0 and quartiles 1 apart": _is_centred,
    "even ranks from 0 to 1": _is_ranked,
    "range 0 to 1": _is_spread,
}


def _filled_with(candidate: Candidate, test: Marks) -> str | None:
    """Return what gaps were filled with, if it is a statistic of both sides only."""
    codes = candidate.codes[candidate.known]
    held = np.bincount(codes)
    common = int(np.argmax(held))
    if held[common] < max(_FEWEST_LEVELS, _TESTED * len(codes)):
        return None
    value = candidate.values[candidate.codes == common][0]
    rest = candidate.known & (candidate.codes != common)
    for name, middle in (("mean", np.mean), ("median", np.median)):
        over_all = float(middle(candidate.values[rest]))
        over_learnt = float(middle(candidate.values[rest & ~test]))
        near = _EXACT * max(1.0, abs(over_all))
        if abs(value - over_all) <= near < abs(over_all - over_learnt):
            rare = name == "mean" or value not in candidate.values[rest]
            if rare:
                return f"{held[common]} gaps filled with the {name} of all rows"
    return None


def _kinds(columns: list[Ints], dossier: Dossier) -> tuple[Ints, Ints]:
    """Return the kind of each row, alike in all columns, and how many each kind has."""
    odd = dossier.generator().integers(1 << 62, size=len(columns), dtype=np.uint64)
    # A sum of random multiples stands for the row; two unlike rows never meet in it.
    mixed = np.zeros(len(dossier.defaulted), dtype=np.uint64)
    for codes, factor in zip(columns, 2 * odd + 1, strict=True):
        mixed += (codes + 1).astype(np.uint64) * factor
    _, kind, count = np.unique(mixed, return_inverse=True, return_counts=True)
    return kind, count


def _bits(columns: list[Ints]) -> Floats:
    """Return how rare each row is, in halvings."""
    bits = np.zeros(len(columns[0]))
    for codes in columns:
        held = np.bincount(codes + 1)
        bits += -np.log2(held[codes + 1] / len(codes))
    return _DEPENDENCE * bits
