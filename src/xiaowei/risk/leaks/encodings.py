"""Numbers in that stand for groups; those into which the outcome was put out.

Three ways are looked for: the mean of a group's outcomes with the row's own among them,
the mean of the others (within a group it is lower just where the row is bad), and codes
so rare that a model can only learn their outcomes by heart.
"""

from collections.abc import Iterator
from typing import Final

import numpy as np

from xiaowei.risk.leaks.alone import RARE
from xiaowei.risk.leaks.bounds import (
    ALONE,
    PERFECT_AUC,
    Marks,
    area_floor,
    area_of,
    exceeds,
    is_perfect,
)
from xiaowei.risk.leaks.candidate import Candidate
from xiaowei.risk.leaks.dossier import ROW_ORDER, Dossier
from xiaowei.risk.leaks.leak import Leak, Severity, found
from xiaowei.risk.leaks.within import within
from xiaowei.risk.sample import Floats, Ints

_EXACT: Final = 1e-6
_ALIKE: Final = 1e-4
_NEARLY_ALL: Final = 0.95
_FEWEST_MEANS: Final = 6
_FEWEST_SHARED: Final = 0.5
_FEWEST_ALIKE: Final = 3
_PART: Final = 0.2
_MOST_SMOOTH: Final = 1000
_LARGE: Final = 50.0
_MOST_FIRMS: Final = 200
_FEWEST_BADS: Final = 30
_MOST_ROWS: Final = 20_000


def told_by_own_mean(candidate: Candidate, dossier: Dossier) -> Iterator[Leak]:
    """Yield a candidate that is the bad rate of those who share its value.

    Plain means, means drawn to the overall rate, and log-odds are recognised. Where
    groups are large the row's own outcome weighs little: then it is a suspect.
    """
    if candidate.form != "number" or candidate.levels < _FEWEST_MEANS:
        return
    for told, rows in _rows_encoded(dossier):
        use = candidate.known & rows
        encoded = _encoded(
            candidate.values[use], candidate.codes[use], dossier.defaulted[use]
        )
        if encoded is not None:
            way, size = encoded
            evidence = f"{way} over {told}, in groups of about {size:.0f} rows"
            severity: Severity = "leak" if size <= _LARGE else "suspect"
            yield found(candidate.name, "own_mean", evidence, severity=severity)
            return


def told_by_others_mean(candidate: Candidate, dossier: Dossier) -> Iterator[Leak]:
    """Yield a candidate that is the bad rate of the other rows of groups not shown.

    In a group of n rows with s bads the bads have (s - 1) / (n - 1) and the goods
    s / (n - 1): s bads that share a value point to the value of the goods.
    """
    if candidate.form != "number" or candidate.levels < _FEWEST_MEANS:
        return
    codes, defaulted = candidate.codes[candidate.known], dossier.defaulted
    firms = np.bincount(codes, minlength=candidate.levels)
    bads = np.bincount(
        codes, weights=defaulted[candidate.known], minlength=candidate.levels
    )
    level = np.unique(candidate.values[candidate.known])
    pure = (bads == firms) & (firms >= _FEWEST_ALIKE) & (level > 0) & (level < 1)
    partner = level[pure] * firms[pure] / (firms[pure] - 1)
    nearest = np.minimum(np.searchsorted(level, partner - _EXACT), len(level) - 1)
    met = np.abs(level[nearest] - partner) < _EXACT
    caught = float(firms[pure][met].sum() / dossier.bads)
    if met.sum() >= _FEWEST_MEANS and caught >= _PART:
        evidence = f"{int(met.sum())} groups, {caught:.0%} of defaults in them"
        yield found(candidate.name, "leave_one_out", evidence)


def told_within_groups(dossier: Dossier) -> Iterator[Leak]:
    """Yield numbers that rank the outcome inside groups far better than at large.

    The groups are those of categories, of whole numbers that repeat, and of owners.
    """
    dossier = dossier.thinned(_MOST_ROWS)
    for candidate in (*dossier.numbers(), dossier.order):
        outcomes = dossier.defaulted[candidate.known]
        if candidate.levels < _FEWEST_MEANS or not 0 < outcomes.sum() < len(outcomes):
            continue
        evidence = next(_ranks_inside(candidate, dossier), None)
        if evidence is not None:
            is_order = candidate.name == ROW_ORDER
            yield found(
                candidate.name,
                "row_order" if is_order else "leave_one_out",
                evidence,
                columns=() if is_order else None,
            )


def told_by_heart(candidate: Candidate, dossier: Dossier) -> Iterator[Leak]:
    """Yield a code of few rows each, whose rows all end alike.

    Of each row that shares its code, the mean outcome of the others must rank its own.
    """
    known = candidate.known
    codes, defaulted = candidate.codes[known], dossier.defaulted[known]
    is_code = candidate.form == "category" or candidate.is_whole
    if not is_code or candidate.levels < _FEWEST_BADS:
        return
    firms = np.bincount(codes, minlength=candidate.levels)
    bads = np.bincount(codes, weights=defaulted, minlength=candidate.levels)
    shared = firms[codes] > 1
    outcomes = defaulted[shared]
    lots = min(outcomes.sum(), (1 - outcomes).sum())
    if firms.mean() > RARE or lots < _FEWEST_BADS:
        return
    others = (bads[codes] - defaulted)[shared] / (firms[codes][shared] - 1)
    area = area_of(others, outcomes)
    if is_perfect(area, bads=lots, goods=lots, doubt=dossier.doubt):
        low = area_floor(area, bads=lots, goods=lots, doubt=ALONE)
        evidence = (
            f"{candidate.levels} codes; the other rows of a code rank the row's own "
            f"outcome with AUC {area:.3f} (at least {low:.3f})"
        )
        yield found(candidate.name, "memory", evidence)


def _rows_encoded(dossier: Dossier) -> Iterator[tuple[str, Marks]]:
    everyone = np.ones(len(dossier.defaulted), dtype=np.bool_)
    if dossier.test is not None:
        yield "the rows learnt from", ~dossier.test
    yield "all rows", everyone


def _encoded(values: Floats, codes: Ints, defaulted: Ints) -> tuple[str, float] | None:
    """Return how values encode the bad rate of rows that share them, or None.

    With it goes the size of the groups, as the harmonic mean over rows: the inverse of
    the weight that the own outcome has.
    """
    count = int(codes.max()) + 1 if len(codes) else 0
    firms = np.bincount(codes, minlength=count)
    used = firms > 0
    if used.sum() < _FEWEST_MEANS or (firms[codes] > 1).mean() < _FEWEST_SHARED:
        return None
    bads = np.bincount(codes, weights=defaulted, minlength=count)[used].astype(float)
    level = np.bincount(codes, weights=values, minlength=count)[used] / firms[used]
    held = firms[used].astype(np.float64)
    rate, weight = bads / held, held / held.sum()
    if weight[np.abs(level - rate) < _EXACT].sum() >= _NEARLY_ALL:
        return "the mean outcome", _size(_denominators(rate), weight)
    times = _smoothed(level, bads, held, prior=float(defaulted.mean()))
    if times is not None:
        way = "the mean outcome, drawn to the overall rate,"
        return way, _size(held / np.maximum(times, 1), weight)
    if _is_log_odds(level, rate, weight):
        return "the log-odds", _size(_denominators(rate), weight)
    return None


def _denominators(rates: Floats) -> Floats:
    """Return of how many firms each rate can be the share: the fewest."""
    fewest = np.full(len(rates), float(_MOST_FIRMS))
    for firms in range(_MOST_FIRMS, 0, -1):
        whole = rates * firms
        fewest[np.abs(whole - np.rint(whole)) < _EXACT] = firms
    return fewest


def _size(firms: Floats, weight: Floats) -> float:
    return float(1 / (weight / firms).sum())


def _smoothed(
    level: Floats, bads: Floats, firms: Floats, *, prior: float
) -> Floats | None:
    """Return how many groups share each value, if (bads + k * prior) / (firms + k).

    Groups with equal counts have equal values, so that k is seen a whole number of
    times in each; the fewest times are once.
    """
    apart = np.abs(prior - level) > _EXACT
    if apart.sum() < _FEWEST_MEANS:
        return None
    gap = np.where(apart, prior - level, 1.0)
    seen = np.where(apart, (level * firms - bads) / gap, 1.0)
    least = float(seen[apart].min())
    if not 0 < least <= _MOST_SMOOTH:
        return None
    times = np.where(apart, seen / least, 1.0)
    fits = apart & (np.abs(times - np.rint(times)) < _ALIKE)
    return times if firms[fits].sum() >= _NEARLY_ALL * firms[apart].sum() else None


def _is_log_odds(level: Floats, rate: Floats, weight: Floats) -> bool:
    inner = (rate > 0) & (rate < 1)
    if inner.sum() < _FEWEST_MEANS or weight[inner].sum() < _FEWEST_SHARED:
        return False
    odds = np.log(rate[inner] / (1 - rate[inner]))
    return any(
        bool(np.ptp(level[inner] - sign * odds) < _ALIKE * np.ptp(odds))
        for sign in (1, -1)
    )


def _groupings(dossier: Dossier) -> Iterator[tuple[str, Ints, int]]:
    most = len(dossier.defaulted) // 2
    for one in dossier.candidates:
        repeats = one.form == "category" or one.is_whole
        if repeats and 1 < one.levels <= most:
            yield one.name, one.codes, one.levels
    if dossier.groups is not None:
        yield "(groups)", dossier.groups, int(dossier.groups.max()) + 1


def _ranks_inside(candidate: Candidate, dossier: Dossier) -> Iterator[str]:
    known = candidate.known
    at_large = area_of(candidate.values[known], dossier.defaulted[known])
    at_large = max(at_large, 1 - at_large)
    for name, groups, count in _groupings(dossier):
        if name == candidate.name:
            continue
        inside = within(candidate, groups, dossier.defaulted, count=count)
        pairs = inside.bads * inside.goods
        lots = min(inside.bads[pairs > 0].sum(), inside.goods[pairs > 0].sum())
        if lots < _FEWEST_BADS:
            continue
        area = float(inside.wins.sum() / pairs.sum())
        better = max(area, 1 - area)
        low = area_floor(better, bads=lots, goods=lots, doubt=dossier.doubt)
        if low >= PERFECT_AUC and exceeds(
            better, at_large, bads=lots, goods=lots, doubt=dossier.doubt
        ):
            count_told = int((pairs > 0).sum())
            yield (
                f"AUC {area:.3f} inside {count_told} values of '{name}', "
                f"{at_large:.3f} at large"
            )
