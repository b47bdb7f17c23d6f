"""Whether the papers of a firm and what it does tell one story, and since when not.

What a firm writes (invoices, filings) and what it cannot help doing (taking power,
paying people, being paid) move together. What the papers say beyond that is a residual;
an honest one wanders about nought, that of invented trade steps up one day and stays.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from xiaowei.verification.chances import MIN_PEERS, Floats
from xiaowei.verification.months import Months

PERIOD_MONTHS: Final = 3
"""Months are added up by three: what is delivered in one is paid for in the next."""
_LEAST_BEFORE: Final = 3
_LEAST_AFTER: Final = 2
_FLOOR: Final = 0.05
"""Of a firm's median period; no logarithm of nothing."""
_FAR: Final = 2.0
"""A period counts as at most so many logarithms from its firm's own median."""
_HEARD: Final = 0.6
"""A witness speaks of a firm if it does in so many of its periods."""
_OWN_NOISE: Final = 0.5
"""How much of the spread that a residual is measured by is the firm's own."""
_MAD_TO_SD: Final = 1.4826

Flags = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Steps:
    """The highest step of each firm's residual.

    Args:
        height: in spreads of a step by chance; missing where too little is known.
        size: of the step, as a logarithm; missing likewise.
        spread: of the size by chance.
        since: the first period after it, by number; -1 where missing.
        witnesses: how many spoke.
        residual: what of the paper they leave unexplained. Shape: one row per firm, one
            column per period.
        noise: spread of a residual by chance.
    """

    height: Floats
    size: Floats
    spread: Floats
    since: NDArray[np.int64]
    witnesses: NDArray[np.int64]
    residual: Floats
    noise: Floats


def periods(matrix: Floats) -> Floats:
    """Return the logarithm of what each firm did in each period of three months.

    Args:
        matrix: Shape: one row per firm, one column per month, the oldest first.

    Returns:
        Shape: one row per firm, one column per period; missing where a month is.
    """
    firms, months = matrix.shape
    sums = matrix.reshape(firms, months // PERIOD_MONTHS, PERIOD_MONTHS).sum(axis=2)
    middle = _median(sums)
    told = middle > 0
    floor = _FLOOR * np.where(told, middle, 1.0)
    logs = np.log(np.maximum(sums, 0.0) + floor)
    return np.where(told, logs, np.nan)


def one_story(
    months: Months, paper: str, witnesses: Sequence[str], *, sections: Sequence[str]
) -> Steps:
    """Return how far a paper steps away from what its witnesses let expect.

    Each series is taken beside the median of its trade in that period, which rids it of
    seasons, holidays and the weather, and beside its own median. The paper is expected
    at the linear projection on the witnesses that speak of the firm, by the covariances
    of all firms, so that a witness that says little of sales weighs little; with fewer
    witnesses the residual is wider.

    Args:
        months: of all firms.
        paper: the measure that may be invented.
        witnesses: the measures it is set against.
        sections: per firm, its section of GB/T 4754; empty where not known.
    """
    series = [
        _beside_peers(periods(months.of(name)), sections)
        for name in (paper, *witnesses)
    ]
    logs = np.stack([np.clip(one, -_FAR, _FAR) for one in series])
    residual, heard = _unexplained(logs)
    return _highest(residual, heard)


def _beside_peers(logs: Floats, sections: Sequence[str]) -> Floats:
    own = np.asarray(sections, dtype=np.str_)
    beside = logs - _median(logs, axis=0)
    for section in np.unique(own):
        inside = own == section
        if inside.sum() >= 2 * MIN_PEERS:
            beside[inside] = logs[inside] - _median(logs[inside], axis=0)
    return np.asarray(beside - _median(beside), dtype=np.float64)


def _unexplained(logs: Floats) -> tuple[Floats, NDArray[np.int64]]:
    """Return what of the first series the others leave unexplained, firm by firm."""
    paper, witnesses = logs[0], logs[1:]
    covariance = _covariance(logs)
    speaks = (~np.isnan(witnesses)).mean(axis=2).T > _HEARD
    residual = np.full(paper.shape, np.nan)
    for pattern in np.unique(speaks, axis=0):
        chosen = np.flatnonzero(pattern)
        if not len(chosen):
            continue
        rows = (speaks == pattern).all(axis=1)
        among = covariance[np.ix_(chosen + 1, chosen + 1)]
        weights = np.linalg.solve(among, covariance[0, chosen + 1])
        expected = np.tensordot(weights, witnesses[chosen][:, rows], axes=1)
        residual[rows] = paper[rows] - expected
    return residual, speaks.sum(axis=1)


def _covariance(logs: Floats) -> Floats:
    """Return the covariances of series over all firms and periods they share."""
    count = len(logs)
    found = np.eye(count)
    for one in range(count):
        for other in range(one + 1):
            product = logs[one] * logs[other]
            known = ~np.isnan(product)
            if known.any():
                found[one, other] = found[other, one] = product[known].mean()
            else:
                found[one, other] = found[other, one] = float(one == other)
    values, vectors = np.linalg.eigh(found)
    return np.asarray((vectors * np.maximum(values, 1e-4)) @ vectors.T)


def _highest(residual: Floats, witnesses: NDArray[np.int64]) -> Steps:
    firms, count = residual.shape
    noise = _noise(residual)
    known = ~np.isnan(residual)
    best = np.full(firms, np.nan)
    size, spread = np.full(firms, np.nan), np.full(firms, np.nan)
    since = np.full(firms, -1, dtype=np.int64)
    for split in range(_LEAST_BEFORE, count - _LEAST_AFTER + 1):
        before, after = known[:, :split].sum(1), known[:, split:].sum(1)
        able = (before >= _LEAST_AFTER) & (after >= _LEAST_AFTER)
        step = _mean(residual[:, split:]) - _mean(residual[:, :split])
        error = noise * np.sqrt(1 / np.maximum(before, 1) + 1 / np.maximum(after, 1))
        height = np.where(able, step / error, np.nan)
        higher = ~np.isnan(height) & ~(height <= best)
        best[higher], size[higher] = height[higher], step[higher]
        spread[higher], since[higher] = error[higher], split
    return Steps(best, size, spread, since, witnesses, residual, noise)


def _noise(residual: Floats) -> Floats:
    """Return the spread of each firm's residual, drawn to that of all firms."""
    jumps = np.abs(np.diff(residual, axis=1))
    own = _median(jumps)[:, 0] * _MAD_TO_SD / np.sqrt(2)
    everybody = float(np.nanmedian(own)) if (~np.isnan(own)).any() else 1.0
    own = np.where(np.isnan(own), everybody, own)
    mixed = _OWN_NOISE * own**2 + (1 - _OWN_NOISE) * everybody**2
    return np.asarray(np.sqrt(mixed))


def _mean(matrix: Floats) -> Floats:
    known = ~np.isnan(matrix)
    total = np.where(known, matrix, 0.0).sum(axis=1)
    return np.asarray(total / np.maximum(known.sum(axis=1), 1), dtype=np.float64)


def _median(matrix: Floats, *, axis: int = 1) -> Floats:
    """Return medians of what is known, kept two-dimensional; missing where nothing is.

    numpy's own warns of a row that is all missing, which here is common and no fault.
    """
    known = ~np.isnan(matrix)
    some = known.any(axis=axis, keepdims=True)
    filled = np.where(some, matrix, 0.0)
    return np.where(some, np.nanmedian(filled, axis=axis, keepdims=True), np.nan)
