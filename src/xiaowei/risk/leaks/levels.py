"""Single values in, missing and zero among them; those that are the outcome out."""

from collections.abc import Iterator
from typing import Final

import numpy as np

from xiaowei.risk.leaks.bounds import ALONE, Marks, Tally, tally
from xiaowei.risk.leaks.candidate import Candidate
from xiaowei.risk.leaks.dossier import Dossier
from xiaowei.risk.leaks.leak import Kind, Leak, Severity, found
from xiaowei.risk.sample import Floats, Ints

_FEWEST: Final = 10
_LIKELY: Final = 0.70
_LITTLE: Final = 0.05
_QUIET: Final = 0.5
_NEAR: Final = 100
_ENOUGH: Final = 20
_ODDS_DOUBTED: Final = 10.0
_TWO: Final = 2


def told_by_levels(candidate: Candidate, dossier: Dossier) -> Iterator[Leak]:
    """Yield the value that is the default, or that only defaulted firms have.

    Many grades rise step by step up to a grade of nearly all defaults: only a value
    whose neighbours look ordinary was set by the default.
    """
    bads, firms = _counts(candidate, dossier.defaulted)
    every, goods = dossier.bads, len(dossier.defaulted) - dossier.bads
    likely = (firms >= _FEWEST) & (bads >= _LITTLE * every) & (bads >= _LIKELY * firms)
    for level in np.nonzero(likely)[0].tolist():
        held, bad = int(firms[level]), int(bads[level])
        region = Tally(bad, held - bad, every - bad, goods - held + bad)
        kind, severity = _verdict(
            candidate, level=level, region=region, dossier=dossier
        )
        if kind is not None:
            yield found(
                candidate.name,
                kind,
                f"value '{_said(candidate, level)}': {region}",
                severity=severity,
            )
            return


def told_by_missing(candidate: Candidate, dossier: Dossier) -> Iterator[Leak]:
    """Yield a candidate whose being stated or missing tells the outcome."""
    if candidate.known.all() or not candidate.known.any():
        return
    region = tally(~candidate.known, dossier.defaulted)
    kind: Kind = "missing" if region.rate >= region.rate_out else "filled"
    severity = severity_of(region.worse(), dossier)
    if severity is not None:
        yield found(candidate.name, kind, said(region.worse()), severity=severity)


def told_by_zero(candidate: Candidate, dossier: Dossier) -> Iterator[Leak]:
    """Yield a candidate that is exactly zero, or is not, by outcome.

    A count near zero is like zero; so the firms nearest to zero must differ too.
    """
    if candidate.form != "number" or candidate.levels <= _TWO:
        return
    numbers = candidate.values[candidate.known]
    defaulted = dossier.defaulted[candidate.known]
    zero = numbers == 0
    if min(zero.sum(), (~zero).sum()) < _FEWEST:
        return
    region = tally(zero, defaulted).worse()
    severity = severity_of(region, dossier)
    if severity is not None and _differs_nearby(numbers, defaulted):
        yield found(candidate.name, "zero", said(region), severity=severity)


def severity_of(region: Tally, dossier: Dossier) -> Severity | None:
    """Return how grave a mark is that no scale leads up to; None if it is honest.

    Args:
        region: its worse side.
        dossier: for the doubt.
    """
    if region.firms < _FEWEST or region.bads_out + region.goods_out < _FEWEST:
        return None
    doubt = dossier.doubt
    if region.is_outcome(doubt) or region.is_of_bads_only(doubt) or region.tells(doubt):
        return "leak"
    shares = (region.caught, region.goods_out / (region.goods + region.goods_out))
    doubted = region.odds_floor(doubt) >= _ODDS_DOUBTED
    return "suspect" if doubted and min(shares) >= _LITTLE else None


def said(region: Tally) -> str:
    """Say the bad rates of both sides of a mark."""
    return (
        f"{region.bads} of {region.firms} defaulted, else "
        f"{region.bads_out} of {region.bads_out + region.goods_out}; "
        f"odds at least {region.odds_floor(ALONE):.1f} times"
    )


def _verdict(
    candidate: Candidate, *, level: int, region: Tally, dossier: Dossier
) -> tuple[Kind | None, Severity]:
    if region.is_outcome(dossier.doubt):
        return "level", "leak"
    if not _is_quiet(candidate, level=level, rate=region.rate, dossier=dossier):
        return None, "suspect"
    if region.is_of_bads_only(dossier.doubt):
        return "only_bads", "leak"
    low = region.purity_floor(dossier.doubt)
    if low >= _LIKELY and region.odds_floor(dossier.doubt) >= _ODDS_DOUBTED:
        return "only_bads", "suspect"
    return None, "suspect"


def _is_quiet(
    candidate: Candidate, *, level: int, rate: float, dossier: Dossier
) -> bool:
    """Return whether the values beside it have far fewer defaults."""
    known = candidate.known
    codes, defaulted = candidate.codes[known], dossier.defaulted[known]
    if candidate.form == "category":
        bads, firms = _counts(candidate, dossier.defaulted)
        firms[level] = 0
        rates = (bads / np.maximum(firms, 1))[firms >= _ENOUGH]
        return bool((rates <= _QUIET * rate).all())
    order = np.argsort(codes, kind="stable")
    codes, defaulted = codes[order], defaulted[order]
    first, last = np.searchsorted(codes, [level, level + 1])
    sides = (defaulted[max(0, first - _NEAR) : first], defaulted[last : last + _NEAR])
    return all(side.mean() <= _QUIET * rate for side in sides if len(side) >= _FEWEST)


def _differs_nearby(numbers: Floats, defaulted: Ints) -> bool:
    zero = numbers == 0
    size = np.abs(numbers[~zero])
    near = np.argsort(size, kind="stable")[: max(_NEAR, len(size) // 20)]
    beside: Marks = np.append(np.ones(zero.sum(), bool), np.zeros(len(near), bool))
    outcomes = np.append(defaulted[zero], defaulted[~zero][near])
    return tally(beside, outcomes).worse().odds_floor(ALONE) >= _ODDS_DOUBTED / _TWO


def _counts(candidate: Candidate, defaulted: Ints) -> tuple[Ints, Ints]:
    codes = candidate.codes[candidate.known]
    weights = defaulted[candidate.known]
    bads = np.bincount(codes, weights=weights, minlength=candidate.levels)
    firms = np.bincount(codes, minlength=candidate.levels)
    return bads.astype(np.int64), firms.astype(np.int64)


def _said(candidate: Candidate, level: int) -> str:
    if candidate.form == "category":
        return candidate.labels[level]
    value = candidate.values[candidate.codes == level][0]
    if candidate.form == "day":
        return str(np.datetime64(int(value), "D"))
    return f"{value:g}"
