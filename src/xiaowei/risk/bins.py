"""One trait and outcomes in; bins with their weight of evidence out."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, Final, Literal

import numpy as np
from numpy.typing import NDArray

from xiaowei.risk.frames import ColumnKind, TraitColumn
from xiaowei.risk.sample import Floats, Ints

Trend = Literal["higher_is_riskier", "lower_is_riskier", "either", "free"]
"""Which way the risk of a number may go: one way as stated, one way or the other as
the data say, or any way."""

PRIOR: Final = 10.0
"""Firms of average risk in each bin beside its own: one of few is drawn to 0."""

_TRENDS: Final[Mapping[Trend, str | None]] = {
    "higher_is_riskier": "ascending",
    "lower_is_riskier": "descending",
    "either": "auto_asc_desc",
    "free": None,
}
_PREBINS: Final = 20
_SECONDS: Final = 10
_SOLVED: Final = ("OPTIMAL", "FEASIBLE")
_RARE: Final = 25
"""A category of fewer firms goes with all other rare ones."""
_HALVED: Final = 40
"""Of more splits than this, halving them is faster than asking for each."""


@dataclass(frozen=True)
class TraitBins:
    """Bins of one trait; a missing value has a bin of its own, the last one.

    Args:
        name: the trait.
        kind: numbers or categories.
        splits: of numbers: bin k holds splits[k-1] <= value < splits[k].
        groups: of categories: the labels of each bin.
        bads: Shape: defaults in each bin, the missing last.
        goods: Shape: firms without default, likewise.
        woe: Shape: the logarithm of the odds of default in each bin over those of all;
            above 0 is riskier.
    """

    name: str
    kind: ColumnKind
    splits: tuple[float, ...] = ()
    groups: tuple[tuple[str, ...], ...] = ()
    bads: tuple[int, ...] = ()
    goods: tuple[int, ...] = ()
    woe: tuple[float, ...] = ()

    @property
    def missing(self) -> int:
        """Place of the bin of missing values: the last one."""
        return len(self.groups if self.kind == "category" else self.splits) + (
            self.kind == "number"
        )

    @property
    def iv(self) -> float:
        """Information value, 0 or more: below 0.02 a trait says next to nothing.

        Source: Siddiqi 2006.
        """
        bads, goods = np.array(self.bads), np.array(self.goods)
        bad, good = bads / max(bads.sum(), 1), goods / max(goods.sum(), 1)
        return float(((bad - good) * np.array(self.woe)).sum())

    @property
    def unseen(self) -> float:
        """WOE of a category that was never seen: never safer than one not stated."""
        return max(0.0, self.woe[-1])

    @cached_property
    def _place(self) -> dict[str, int]:
        return {label: at for at, group in enumerate(self.groups) for label in group}

    def index(self, column: TraitColumn) -> Ints:
        """Return the bin of each firm; one past the last where the category is new."""
        missing = self.missing
        if self.kind == "number":
            values = column.as_numbers().values
            place = _between(self.splits, values)
            return np.where(np.isnan(values), missing, place).astype(np.int64)
        texts = column.as_categories()
        mine = [self._place.get(label, missing + 1) for label in texts.labels]
        return np.array([*mine, missing], dtype=np.int64)[texts.codes]

    def evidence(self, column: TraitColumn) -> Floats:
        """Return the WOE of each firm."""
        return np.array([*self.woe, self.unseen])[self.index(column)]

    def label(self, place: int) -> str:
        """Return what a bin holds, in the words of mathematics."""
        if place == self.missing:
            return "missing"
        if place > self.missing:
            return "new category"
        if self.kind == "category":
            return ", ".join(self.groups[place])
        ends = (-np.inf, *self.splits, np.inf)
        return f"[{ends[place]:g}, {ends[place + 1]:g})"


def _between(splits: tuple[float, ...], values: Floats) -> NDArray[Any]:
    """Return how many splits each value reaches; of NaN, none or all.

    Asking all values for one split after another takes a sixth of the time of halving
    the splits for each value, where splits are as few as those of a card.
    """
    if len(splits) > _HALVED:
        return np.searchsorted(np.array(splits), values, side="right")
    place = np.zeros(len(values), dtype=np.uint8)
    for split in splits:
        place += values >= split
    return place


def learn_bins(
    column: TraitColumn,
    defaulted: Ints,
    *,
    trend: Trend = "either",
    most: int = 8,
    least_share: float = 0.05,
) -> TraitBins:
    """Return the bins of a trait that tell most of the outcome.

    Args:
        column: the trait.
        defaulted: Shape: 1 for a default, 0 else.
        trend: which way the risk of a number may go.
        most: at most so many bins, the missing one not counted.
        least_share: a bin holds no smaller share of the firms, 0..0.5.

    Source: OptBinning, Navas-Palencia 2020: bins of the greatest information value
    under constraints, exact.
    """
    if column.kind == "number":
        known = ~np.isnan(column.values)
        splits = _splits(
            column.values[known],
            defaulted[known],
            trend=trend,
            most=most,
            least_share=least_share,
        )
        bare = TraitBins(column.name, "number", splits=splits)
    else:
        groups = _groups(column, defaulted, most=most, least_share=least_share)
        bare = TraitBins(column.name, "category", groups=groups)
    return _weighed(bare, column, defaulted)


def _weighed(bare: TraitBins, column: TraitColumn, defaulted: Ints) -> TraitBins:
    place = bare.index(column)
    bads = np.bincount(place[defaulted == 1], minlength=bare.missing + 1)
    goods = np.bincount(place[defaulted == 0], minlength=bare.missing + 1)
    rate = defaulted.mean()
    odds = (bads + PRIOR * rate) / (goods + PRIOR * (1 - rate))
    woe = np.log(odds / (rate / (1 - rate)))
    return replace(
        bare,
        bads=tuple(bads.tolist()),
        goods=tuple(goods.tolist()),
        woe=tuple(np.round(woe, 9).tolist()),
    )


def _splits(
    values: Floats, defaulted: Ints, *, trend: Trend, most: int, least_share: float
) -> tuple[float, ...]:
    if not len(values) or values.min() == values.max() or _one_sided(defaulted):
        return ()
    # Loading it takes a second that every other command need not wait for.
    from optbinning import OptimalBinning  # noqa: PLC0415

    # It divides 0 by 0 where all its first bins have one bad rate.
    with np.errstate(invalid="ignore"):
        found = OptimalBinning(
            dtype="numerical",
            solver="cp",
            monotonic_trend=_TRENDS[trend],
            max_n_prebins=_PREBINS,
            min_prebin_size=least_share,
            max_n_bins=most,
            time_limit=_SECONDS,
        ).fit(values, defaulted)
    if found.status not in _SOLVED:
        return ()
    return tuple(float(split) for split in found.splits)


def _groups(
    column: TraitColumn, defaulted: Ints, *, most: int, least_share: float
) -> tuple[tuple[str, ...], ...]:
    """Return categories in the order of their bad rate, cut as numbers are."""
    known = column.codes >= 0
    codes, outcome = column.codes[known], defaulted[known]
    rate = rates_of(codes, outcome, count=len(column.labels))
    splits = _splits(
        rate[codes],
        outcome,
        trend="higher_is_riskier",
        most=most,
        least_share=least_share,
    )
    present = np.unique(codes)
    place = np.searchsorted(splits, rate[present], side="right")
    groups = (
        tuple(column.labels[code] for code in present[place == at])
        for at in range(len(splits) + 1)
    )
    return tuple(group for group in groups if group)


def rates_of(codes: Ints, defaulted: Ints, *, count: int) -> Floats:
    """Return the bad rate of each category, of rare ones that of all rare together.

    The rate of a handful of firms is chance; cut by it, the bins would tell in learning
    what they cannot tell of others.
    """
    bads = np.bincount(codes[defaulted == 1], minlength=count).astype(np.float64)
    whole = np.bincount(codes, minlength=count).astype(np.float64)
    rare = whole < _RARE
    bads[rare], whole[rare] = bads[rare].sum(), whole[rare].sum()
    mean = defaulted.mean() if len(defaulted) else 0.0
    return np.asarray((bads + PRIOR * mean) / (whole + PRIOR), dtype=np.float64)


def _one_sided(defaulted: Ints) -> bool:
    return bool(defaulted.min() == defaulted.max())
