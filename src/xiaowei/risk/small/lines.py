"""One trait in; a line of a small model out: what each value adds to the log-odds.

A line has one weight for a number and one per common category, as few defaults cannot
tell more. What is missing or new is never safer than the average.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Final, Literal

import numpy as np
from scipy.stats import skew

from xiaowei.risk.card import taken
from xiaowei.risk.frames import MISSING, ColumnKind, TraitColumn
from xiaowei.risk.sample import Floats

LEAST: Final = 10
"""Of fewer cases nothing is learnt: a rare category, or a value that is missing."""

Refusal = Literal["unknown", "constant", "too_many", "others", "nothing", "no_room"]
"""Why a trait has no line: nothing is known of it, all have one value, it needs more
weights than there is room for, other lines add up to it, it tells nothing, or those
that tell more have taken all room."""

_CLIP: Final = (2.0, 98.0)
_SKEWED: Final = 1.0
_FLAT: Final = 1e-9


@dataclass(frozen=True, slots=True)
class Line:
    """What a trait adds to the log-odds of default; 0 is what the average firm has.

    Args:
        trait: which.
        kind: numbers or categories.
        weight: of a number: log-odds per standard deviation.
        logged: of a number: whether it is taken as sign(x) * ln(1 + |x|).
        low: values below it count as it (2nd percentile), after the logarithm.
        high: values above it count as it (98th percentile).
        centre: mean after that.
        scale: standard deviation after that, above 0.
        labels: of a category: what each that was learnt from adds.
        missing: what a value that is not stated adds, 0 or more.
        unseen: what a category adds that is new, `missing` or more.
    """

    trait: str
    kind: ColumnKind
    weight: float = 0.0
    logged: bool = False
    low: float = 0.0
    high: float = 0.0
    centre: float = 0.0
    scale: float = 1.0
    labels: Mapping[str, float] = field(default_factory=dict)
    missing: float = 0.0
    unseen: float = 0.0

    def added(self, column: TraitColumn) -> Floats:
        """Return what each firm is given.

        Args:
            column: of the trait.
        """
        if self.kind == "number":
            standard = self.standard(column.as_numbers().values)
            return np.where(np.isnan(standard), self.missing, self.weight * standard)
        texts = column.as_categories()
        mine = [self.labels.get(label, self.unseen) for label in texts.labels]
        return np.array([*mine, self.missing])[texts.codes]

    def standard(self, values: Floats) -> Floats:
        """Return numbers in standard deviations from their mean, NaN where missing."""
        known = np.clip(taken(values, logged=self.logged), self.low, self.high)
        return np.asarray((known - self.centre) / self.scale, dtype=np.float64)


@dataclass(frozen=True, slots=True)
class Draft:
    """A trait as columns that weights are learnt of.

    Args:
        bare: its line, without weights.
        columns: Shape: (cases, weights): of a number its standard deviations, 0 where
            missing; then an indicator per common category but one, and of what is
            missing where that is common.
        names: of the weights: the trait, with `=label` or `=missing` of an indicator.
        group: of a category: label to the column it has, -1 where it is the one that
            others are compared with; those of neither are too rare.
        gap: the column of what is missing, or null where too few miss it.
    """

    bare: Line
    columns: Floats
    names: tuple[str, ...]
    group: Mapping[str, int]
    gap: int | None

    def line(self, weights: Floats) -> Line:
        """Return the line of weights learnt.

        Args:
            weights: Shape: one per column.
        """
        stated = weights.tolist()
        if self.bare.kind == "number":
            return _number_line(self, stated)
        return _category_line(self, stated)


def draft_of(column: TraitColumn, *, named: Collection[str] = ()) -> Draft | Refusal:
    """Return a trait as columns, or why it cannot be learnt from.

    Args:
        column: of those learnt from.
        named: categories that have a column though they be rare.
    """
    if column.kind == "number":
        return _of_number(column)
    return _of_category(column, named)


def drafts_of(
    columns: Sequence[TraitColumn],
) -> tuple[list[Draft], dict[str, Refusal]]:
    """Return traits as columns, and why others cannot be learnt from.

    Args:
        columns: of those learnt from.
    """
    found = {column.name: draft_of(column) for column in columns}
    drafts = [one for one in found.values() if isinstance(one, Draft)]
    refused = {name: one for name, one in found.items() if not isinstance(one, Draft)}
    return drafts, refused


def _of_number(column: TraitColumn) -> Draft | Refusal:
    known = ~np.isnan(column.values)
    if known.sum() < LEAST:
        return "unknown"
    values = column.values[known]
    logged = _better_logged(values)
    plain = taken(values, logged=logged)
    low, high = (float(np.percentile(plain, end)) for end in _CLIP)
    clipped = np.clip(plain, low, high)
    scale = float(clipped.std())
    if scale <= _FLAT * max(1.0, abs(float(clipped.mean()))):
        return "constant"
    bare = Line(
        column.name,
        "number",
        logged=logged,
        low=low,
        high=high,
        centre=float(clipped.mean()),
        scale=scale,
    )
    side, names = [np.nan_to_num(bare.standard(column.values))], [column.name]
    gap = None
    if (~known).sum() >= LEAST:
        gap = 1
        side.append((~known).astype(np.float64))
        names.append(f"{column.name}=missing")
    return Draft(bare, np.column_stack(side), tuple(names), {}, gap)


def _better_logged(values: Floats) -> bool:
    """Return whether the logarithm is the more even: of amounts it mostly is."""
    spread = np.ptp(values)
    if spread <= _FLAT * max(1.0, float(np.abs(values).max())):
        return False
    plain = abs(float(skew(values)))
    return plain > _SKEWED and abs(float(skew(taken(values, logged=True)))) < plain


def _of_category(column: TraitColumn, named: Collection[str]) -> Draft | Refusal:
    stated = int((column.codes != MISSING).sum())
    missing = column.codes == MISSING
    group = _group(column, named)
    if stated < LEAST:
        return "unknown"
    if set(group.values()) <= {-1} and missing.sum() < LEAST:
        return "constant" if group and len(group) == 1 else "too_many"
    names = {place: label for label, place in group.items() if place >= 0}
    side = [column.codes == column.labels.index(names[at]) for at in range(len(names))]
    told = [f"{column.name}={names[at]}" for at in range(len(names))]
    gap = None
    if missing.sum() >= LEAST:
        gap = len(side)
        side.append(missing)
        told.append(f"{column.name}=missing")
    columns = np.column_stack(side).astype(np.float64)
    return Draft(Line(column.name, "category"), columns, tuple(told), group, gap)


def _group(column: TraitColumn, named: Collection[str]) -> dict[str, int]:
    """Return the column of each category: see `Draft`."""
    count = np.bincount(column.codes[column.codes >= 0], minlength=len(column.labels))
    own = (count >= LEAST) | ((count > 0) & np.isin(column.labels, list(named)))
    common = [at for at in np.argsort(-count, kind="stable") if own[at]]
    rare = np.flatnonzero(~own & (count > 0))
    if count[rare].sum() >= LEAST:
        group = {column.labels[at]: place for place, at in enumerate(common)}
        return group | {column.labels[at]: -1 for at in rare}
    # The commonest is what others are compared with.
    return {column.labels[at]: place - 1 for place, at in enumerate(common)}


def _number_line(draft: Draft, weights: list[float]) -> Line:
    bare = draft.bare
    ends = [
        weights[0] * (end - bare.centre) / bare.scale for end in (bare.low, bare.high)
    ]
    # Nothing was learnt of what is missing: it counts as the riskiest value.
    missing = max(ends) if draft.gap is None else weights[draft.gap]
    return replace(bare, weight=weights[0], missing=max(0.0, missing))


def _category_line(draft: Draft, weights: list[float]) -> Line:
    mean = float(draft.columns.mean(axis=0) @ np.array(weights))
    added = {
        label: (weights[place] if place >= 0 else 0.0) - mean
        for label, place in sorted(draft.group.items())
    }
    worst = max(added.values(), default=0.0)
    missing = worst if draft.gap is None else weights[draft.gap] - mean
    missing = max(0.0, missing)
    return replace(draft.bare, labels=added, missing=missing, unseen=missing)
