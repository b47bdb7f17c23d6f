"""PDs, outcomes and groups in; whether groups are served alike out, with intervals."""

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from itertools import pairwise
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from scipy.stats import beta, norm

from xiaowei.errors import InputError
from xiaowei.risk.frames import TraitColumn
from xiaowei.risk.measures import Interval
from xiaowei.risk.sample import Floats, Ints

UNKNOWN: Final = "unknown 未知"
"""The group of those whose group is not stated: a group as any other."""
LEAST: Final = 100
"""Groups of fewer firms are named and not judged."""
MEASURES: Final = ("auc", "calibration", "approval", "miss", "approval_at_equal_pd")
_FEWEST: Final = 10
_BANDS: Final = 10
_DRAWS: Final = 500
_DISTINCT: Final = 12
_QUARTERS: Final = 4
_SURE: Final = 0.05
_TAILS: Final = (2.5, 97.5)
_SPREAD: Final = 1e-12

Bools = NDArray[np.bool_]


class FairnessError(InputError):
    """Groups cannot be compared."""

    def __init__(self, why: str) -> None:
        """Say why."""
        super().__init__(
            f"groups cannot be compared: {why}",
            expected=f"two groups or more of {LEAST} firms, a cut-off above 0 and at "
            "most 1",
            remedy="Name a coarser column, a lower least number, or more firms",
        )


@dataclass(frozen=True, slots=True)
class Gap:
    """How a group differs from all other firms.

    Args:
        measure: of `MEASURES`.
        value: group less others; null where either side has no such measure.
        low: of the 95% of a bootstrap over firms.
        high: likewise.
        p_value: of no difference, 0..1.
        corrected: likewise, over all groups and measures (Holm).
    """

    measure: str
    value: float | None
    low: float | None
    high: float | None
    p_value: float | None
    corrected: float | None

    @property
    def differs(self) -> bool:
        """Whether it differs by more than chance, many groups being looked at."""
        return self.corrected is not None and self.corrected < _SURE


@dataclass(frozen=True, slots=True)
class Group:
    """One group.

    Args:
        name: of it.
        firms: how many.
        bads: how many defaulted.
        judged: whether they are enough.
        mean_pd: expected, 0..1.
        bad_rate: came, 0..1, with the 95% interval of Jeffreys.
        approval: share with a PD up to the cut-off, likewise.
        miss: share of defaults that were approved, likewise; null without a default.
        gaps: to all others; none of a group that is not judged.
    """

    name: str
    firms: int
    bads: int
    judged: bool
    mean_pd: float
    bad_rate: Interval
    approval: Interval
    miss: Interval | None
    gaps: tuple[Gap, ...]

    @property
    def level_holds(self) -> bool:
        """Whether the mean PD lies within what came of the group."""
        return self.bad_rate.low <= self.mean_pd <= self.bad_rate.high


@dataclass(frozen=True, slots=True)
class Fairness:
    """Whether the groups of one column are served alike.

    Args:
        column: by which firms are told apart.
        cut_off: PD up to which a firm is approved.
        least: firms of a group at least, to be judged.
        groups: the largest first.
    """

    column: str
    cut_off: float
    least: int
    groups: tuple[Group, ...]

    def as_plain(self) -> dict[str, Any]:
        """Return it as plain values, with what its properties say."""
        plain = asdict(self)
        for group, body in zip(self.groups, plain["groups"], strict=True):
            body["level_holds"] = group.level_holds
            for gap, told in zip(group.gaps, body["gaps"], strict=True):
                told["differs"] = gap.differs
        return plain


@dataclass(frozen=True, slots=True)
class Judged:
    """Firms whose PD and outcome are known.

    Args:
        pd: Shape: one PD per firm, 0..1, of a model that had not seen it.
        bad: Shape: 1 for a default, 0 else.
        names: Shape: the group of each firm.
    """

    pd: Floats
    bad: Ints
    names: NDArray[np.str_]


def groups_of(column: TraitColumn) -> NDArray[np.str_]:
    """Return the group of each firm by a column; not stated is a group.

    Args:
        column: a category; or a number, of which more than twelve values are told in
            quarters.
    """
    if column.kind == "category":
        labels = np.array([*column.labels, UNKNOWN], dtype=str)
        return labels[column.codes]
    known = column.values[~np.isnan(column.values)]
    if len(np.unique(known)) <= _DISTINCT:
        return np.array(
            [UNKNOWN if np.isnan(one) else f"{one:g}" for one in column.values],
            dtype=str,
        )
    inner = np.linspace(0, 1, _QUARTERS + 1)[1:-1]
    cuts = np.unique(np.quantile(known, inner))
    ends = [f"{one:g}" for one in (known.min(), *cuts, known.max())]
    labels = np.array([f"{a} – {b}" for a, b in pairwise(ends)], dtype=str)
    place = np.searchsorted(cuts, np.nan_to_num(column.values), side="right")
    return np.where(np.isnan(column.values), UNKNOWN, labels[place])


def fairness_of(
    judged: Judged,
    *,
    column: str,
    cut_off: float,
    generator: np.random.Generator,
    least: int = LEAST,
    draws: int = _DRAWS,
) -> Fairness:
    """Return whether groups are ranked, priced and approved alike.

    Args:
        judged: the firms.
        column: what they are told apart by.
        cut_off: PD up to which a firm is approved, above 0, at most 1.
        generator: the only source of chance.
        least: groups of fewer firms are named and not judged.
        draws: of firms within their groups, for the intervals.

    Raises:
        FairnessError: fewer than two groups can be judged, or the cut-off is none.

    Source: differences by a bootstrap stratified by group; p-values normal on its
    spread; Holm 1979; intervals of shares, Jeffreys, as in Brown et al. 2001. Approval
    at equal PD is standardised to the group's own tenths of PD.
    """
    if not 0 < cut_off <= 1:
        raise FairnessError(f"a cut-off of {cut_off:g}")
    names, count = np.unique(judged.names, return_counts=True)
    order = np.argsort(-count, kind="stable")
    enough = [str(names[at]) for at in order if count[at] >= least]
    if len(enough) < 2:  # noqa: PLR2004 - two are compared
        raise FairnessError(
            f"'{column}' has {len(enough)} group(s) of {least} firms or more among "
            f"{len(names)}"
        )
    approved = judged.pd <= cut_off
    sides = _Sides(judged, approved)
    gaps = _holm(_gaps(sides, enough, generator=generator, draws=draws))
    groups = tuple(
        _group(judged, approved, str(names[at]), gaps.get(str(names[at])))
        for at in order
    )
    return Fairness(column, cut_off, least, groups)


def jeffreys(hits: int, trials: int) -> Interval:
    """Return a share with its 95% interval.

    Source: Brown, Cai and DasGupta 2001, equation 6.

    >>> found = jeffreys(0, 20)
    >>> found.value, found.low, round(found.high, 3)
    (0.0, 0.0, 0.117)
    """
    low, high = (beta.ppf(one / 100, hits + 0.5, trials - hits + 0.5) for one in _TAILS)
    return Interval(
        hits / trials,
        0.0 if hits == 0 else float(low),
        1.0 if hits == trials else float(high),
    )


def _group(
    judged: Judged, approved: Bools, name: str, gaps: Sequence[Gap] | None
) -> Group:
    mine = judged.names == name
    bads = int(judged.bad[mine].sum())
    missed = int((approved & mine & (judged.bad == 1)).sum())
    return Group(
        name=name,
        firms=int(mine.sum()),
        bads=bads,
        judged=gaps is not None,
        mean_pd=float(judged.pd[mine].mean()),
        bad_rate=jeffreys(bads, int(mine.sum())),
        approval=jeffreys(int(approved[mine].sum()), int(mine.sum())),
        miss=jeffreys(missed, bads) if bads else None,
        gaps=tuple(gaps or ()),
    )


class _Sides:
    """Firms sorted once, so that a draw is a row of weights."""

    def __init__(self, judged: Judged, approved: Bools) -> None:
        _, self.tie = np.unique(judged.pd, return_inverse=True)
        self.pd, self.bad, self.names = judged.pd, judged.bad, judged.names
        self.approved = approved.astype(np.float64)
        cuts = np.quantile(judged.pd, np.linspace(0, 1, _BANDS + 1)[1:-1])
        self.band = np.searchsorted(np.unique(cuts), judged.pd, side="left")

    def told(self, mine: Bools, weights: Floats) -> list[float]:
        """Return the measures of a group less those of the others."""
        one, other = weights * mine, weights * ~mine
        gaps = [
            a - b for a, b in zip(self._alone(one), self._alone(other), strict=True)
        ]
        return [*gaps, self._at_equal_pd(one, other)]

    def _alone(self, weights: Floats) -> list[float]:
        whole, bads = weights.sum(), weights @ self.bad
        return [
            self._auc(weights),
            float((weights @ (self.bad - self.pd)) / whole),
            float((weights @ self.approved) / whole),
            float((weights * self.bad) @ self.approved / bads) if bads else np.nan,
        ]

    def _auc(self, weights: Floats) -> float:
        bads = np.bincount(self.tie, weights * self.bad)
        goods = np.bincount(self.tie, weights * (1 - self.bad))
        pairs = bads.sum() * goods.sum()
        if min(bads.sum(), goods.sum()) < _FEWEST:
            return np.nan
        below = np.cumsum(goods) - goods
        return float((bads * (below + goods / 2)).sum() / pairs)

    def _at_equal_pd(self, one: Floats, other: Floats) -> float:
        mine, theirs = (np.bincount(self.band, w, _BANDS) for w in (one, other))
        held = (mine > 0) & (theirs > 0)
        if not held.any():
            return np.nan
        shares = [
            np.bincount(self.band, w * self.approved, _BANDS)[held] / whole[held]
            for w, whole in ((one, mine), (other, theirs))
        ]
        return float(mine[held] @ (shares[0] - shares[1]) / mine[held].sum())


def _gaps(
    sides: _Sides,
    names: Sequence[str],
    *,
    generator: np.random.Generator,
    draws: int,
) -> dict[str, list[Gap]]:
    members = [np.flatnonzero(sides.names == one) for one in np.unique(sides.names)]
    masks = [sides.names == name for name in names]
    everyone = np.ones(len(sides.pd))
    seen = np.array([sides.told(mine, everyone) for mine in masks])
    drawn = np.empty((draws, *seen.shape))
    for at in range(draws):
        weights = _weights(members, len(everyone), generator)
        drawn[at] = [sides.told(mine, weights) for mine in masks]
    return {
        name: [
            _gap(measure, seen[row, column], drawn[:, row, column])
            for column, measure in enumerate(MEASURES)
        ]
        for row, name in enumerate(names)
    }


def _weights(
    members: Sequence[Ints], count: int, generator: np.random.Generator
) -> Floats:
    weights = np.zeros(count)
    for mine in members:
        chosen = generator.integers(0, len(mine), len(mine))
        weights[mine] = np.bincount(chosen, minlength=len(mine))
    return weights


def _gap(measure: str, value: float, drawn: Floats) -> Gap:
    known = drawn[~np.isnan(drawn)]
    if np.isnan(value) or len(known) < len(drawn) / 2:
        return Gap(measure, None, None, None, None, None)
    low, high = np.percentile(known, _TAILS).tolist()
    spread = float(known.std(ddof=1))
    far = abs(value) / max(spread, _SPREAD)
    p_value = float(2 * norm.sf(far)) if abs(value) > _SPREAD else 1.0
    return Gap(measure, float(value), low, high, p_value, None)


def _holm(gaps: dict[str, list[Gap]]) -> dict[str, list[Gap]]:
    """Correct the p-values of all groups and measures together."""
    known = sorted(_known(gaps))
    corrected: dict[tuple[str, str], float] = {}
    worst = 0.0
    for rank, (p_value, name, measure) in enumerate(known):
        worst = max(worst, min(1.0, p_value * (len(known) - rank)))
        corrected[name, measure] = worst
    return {
        name: [
            Gap(
                one.measure,
                one.value,
                one.low,
                one.high,
                one.p_value,
                corrected.get((name, one.measure)),
            )
            for one in mine
        ]
        for name, mine in gaps.items()
    }


def _known(gaps: dict[str, list[Gap]]) -> Iterator[tuple[float, str, str]]:
    for name, mine in gaps.items():
        for one in mine:
            if one.p_value is not None:
                yield one.p_value, name, one.measure
