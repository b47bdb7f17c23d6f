"""What a model learnt from and what it sees today in; how far they differ out."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, Final

import numpy as np
from scipy.optimize import brentq
from scipy.stats import chi2, ncx2

from xiaowei.risk.frames import TraitColumn, columns_of
from xiaowei.risk.sample import Floats, Ints

SHIFTED: Final = 0.25
"""From this PSI on a distribution has moved. Source: Siddiqi 2006."""
_PARTS: Final = 10
_FAR: Final = 1_000.0
_Z: Final = 1.959964
_LEAST: Final = 0.5
"""Firms that an empty part counts as, so that its logarithm is known."""


@dataclass(frozen=True, slots=True)
class Drift:
    """How far one trait, or the score, has moved.

    Args:
        name: which.
        psi: population stability index, 0 or more.
        by_chance: what the PSI of two samples of these sizes stays below in 95 of 100
            draws where nothing has moved.
        p_value: how often chance alone makes it as large, 0..1.
        parts: what each part holds, its share then and now.
    """

    name: str
    psi: float
    by_chance: float
    p_value: float
    parts: tuple[tuple[str, float, float], ...]

    @property
    def moved(self) -> bool:
        """Whether it has moved far, and not by chance."""
        return self.psi >= SHIFTED and self.psi > self.by_chance


def drift_of(then: Any, now: Any) -> list[Drift]:  # noqa: ANN401 - any table there is
    """Return the drift of every trait that both tables hold, the largest first.

    Args:
        then: the table learnt from.
        now: the table seen today.

    Returns:
        numbers in tenths of `then`, categories as they are; a missing value is a part
        of its own, and so is a category that was not there.
    """
    after = {column.name: column for column in columns_of(now)}
    found = [
        _drift(column, after[column.name])
        for column in columns_of(then)
        if column.name in after
    ]
    return sorted(found, key=lambda one: (-one.psi, one.name))


def psi_of(then: Ints, now: Ints) -> tuple[float, float, float]:
    """Return the PSI of two rows of counts, its 95% bound by chance, and its p-value.

    Args:
        then: Shape: firms of each part.
        now: Shape: likewise, in the same order.

    Source: with nothing moved PSI / (1/n + 1/m) is chi-squared with one less than the
    number of parts degrees of freedom, Yurdakul 2018.
    """
    held = (then + now) > 0
    first = np.maximum(then[held], _LEAST)
    second = np.maximum(now[held], _LEAST)
    one, two = first / first.sum(), second / second.sum()
    psi = float(((two - one) * np.log(two / one)).sum())
    scale = 1 / max(int(then.sum()), 1) + 1 / max(int(now.sum()), 1)
    free = max(int(held.sum()) - 1, 1)
    return psi, float(scale * chi2.ppf(0.95, free)), float(chi2.sf(psi / scale, free))


def psi_interval(psi: float, *, free: int, scale: float) -> tuple[float, float]:
    """Return the 95% interval of a PSI, from what sampling makes of it.

    Args:
        psi: 0 or more.
        free: degrees of freedom, parts that hold a firm less one, 1 or more.
        scale: 1 / firms then + 1 / firms now.

    Returns:
        0 or more; the lower end is 0 where chance alone explains the PSI.

    Source: PSI / scale is noncentral chi-squared, near no change exactly so; its
    noncentrality by inversion, beyond a thousand by its normal limit.

    >>> low, high = psi_interval(0.1, free=9, scale=1 / 500 + 1 / 500)
    >>> round(low, 3), round(high, 3)
    (0.012, 0.156)
    """
    seen = psi / scale
    if seen > _FAR:
        # Its variance is 2 (free + 2 noncentrality).
        centre = seen - free
        far = _Z * float(np.sqrt(2 * (free + 2 * centre)))
        return max(centre - far, 0.0) * scale, (centre + far) * scale
    return tuple(_noncentral(seen, free, tail) * scale for tail in (0.975, 0.025))  # type: ignore[return-value]


def _noncentral(seen: float, free: int, below: float) -> float:
    """Return the noncentrality at which so large a share lies below what was seen."""

    def gap(noncentral: float) -> float:
        return float(ncx2.cdf(seen, free, noncentral)) - below

    if gap(0.0) <= 0:
        return 0.0
    top = seen + _Z * 4 * float(np.sqrt(seen + free)) + free
    return float(brentq(gap, 0.0, top))


def expected_auc(pd: Floats, firms: Floats | None = None) -> float:
    """Return the AUC that PDs would have if they were right: known before outcomes are.

    It tells what a change of applicants does to the ranking; it is blind to a change of
    what traits mean, which outcomes alone show.

    Args:
        pd: Shape: one PD per firm, calibrated, 0..1.
        firms: Shape: how many firms share each of these PDs; null for one each.

    Returns:
        0..1, or NaN where all PDs are 0 or all 1.

    Source: confidence-based performance estimation, as in NannyML.

    >>> round(expected_auc(np.array([0.1, 0.1, 0.5, 0.5])), 3)
    0.738
    """
    values, place = np.unique(pd, return_inverse=True)
    count = np.bincount(place, firms)
    bads = values * count
    goods = count - bads
    below = np.cumsum(goods) - goods
    pairs = bads.sum() * goods.sum()
    return float((bads * (below + goods / 2)).sum() / pairs) if pairs > 0 else np.nan


def _drift(then: TraitColumn, now: TraitColumn) -> Drift:
    labels, first, second = (
        _by_category(then, now) if then.kind == "category" else _by_number(then, now)
    )
    psi, by_chance, p_value = psi_of(first, second)
    shares = zip(
        labels,
        (first / max(first.sum(), 1)).tolist(),
        (second / max(second.sum(), 1)).tolist(),
        strict=True,
    )
    return Drift(then.name, psi, by_chance, p_value, tuple(shares))


def _by_number(then: TraitColumn, now: TraitColumn) -> tuple[Sequence[str], Ints, Ints]:
    values, others = then.values, now.as_numbers().values
    known = values[~np.isnan(values)]
    inner = np.linspace(0, 1, _PARTS + 1)[1:-1]
    cuts = np.unique(np.quantile(known, inner)) if len(known) else np.empty(0)
    ends = [-np.inf, *cuts.tolist(), np.inf]
    labels = [f"[{a:g}, {b:g})" for a, b in pairwise(ends)]
    return [*labels, "missing"], _counted(values, cuts), _counted(others, cuts)


def _counted(values: Floats, cuts: Floats) -> Ints:
    place = np.searchsorted(cuts, values, side="right")
    place = np.where(np.isnan(values), len(cuts) + 1, place)
    return np.bincount(place, minlength=len(cuts) + 2)


def _by_category(
    then: TraitColumn, now: TraitColumn
) -> tuple[Sequence[str], Ints, Ints]:
    codes = now.as_categories().coded(then.labels)
    count = len(then.labels)
    place: Mapping[str, Ints] = {
        "then": np.where(then.codes < 0, count, then.codes),
        "now": np.where(codes == -1, count, np.where(codes < 0, count + 1, codes)),
    }
    first, second = (np.bincount(p, minlength=count + 2) for p in place.values())
    return [*then.labels, "missing", "new category"], first, second
