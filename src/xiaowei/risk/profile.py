"""Traits in; the parts their values fall into, as counts that add up by chunks, out."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Any, Final

import numpy as np

from xiaowei.risk.frames import ColumnKind, TraitColumn
from xiaowei.risk.sample import Floats, Ints

_PARTS: Final = 10
_LABELS: Final = 30
_OTHER: Final = "other 其他"
_MISSING: Final = "missing 缺失"
_NEW: Final = "new category 新类别"


@dataclass(frozen=True, slots=True)
class Profile:
    """How the values of one trait, or of the PD, are spread.

    Args:
        name: which.
        kind: numbers, or categories.
        cuts: of numbers: part k holds cuts[k-1] <= value < cuts[k].
        labels: of categories: those with a part of their own, the most frequent.
        others: of categories: those known that share a part.
        counts: Shape: firms of each part; see `parts`.
    """

    name: str
    kind: ColumnKind
    cuts: tuple[float, ...] = ()
    labels: tuple[str, ...] = ()
    others: tuple[str, ...] = ()
    counts: tuple[int, ...] = ()

    @property
    def parts(self) -> list[str]:
        """What each part is called; the missing one is the last but one."""
        if self.kind == "category":
            return [*self.labels, _OTHER, _MISSING, _NEW]
        ends = ["−∞", *(f"{cut:g}" for cut in self.cuts), "∞"]
        inner = [f"[{a}, {b})" for a, b in pairwise(ends)]
        return [*inner, _MISSING, _NEW]

    def counted(self, column: TraitColumn) -> Ints:
        """Return how many firms of a chunk fall into each part.

        Args:
            column: the trait; numbers and categories are taken for each other as a
                model takes them.
        """
        if self.kind == "category":
            place = self._places(column.as_categories())
        else:
            values = column.as_numbers().values
            place = np.searchsorted(np.array(self.cuts), values, side="right")
            place = np.where(np.isnan(values), len(self.cuts) + 1, place)
        return np.bincount(place, minlength=len(self.parts)).astype(np.int64)

    def with_counts(self, counts: Ints) -> "Profile":
        """Return it with these counts in place of its own."""
        return replace(self, counts=tuple(counts.tolist()))

    def new_of(self, column: TraitColumn) -> dict[str, int]:
        """Return the categories of a chunk that are not known, with their firms."""
        if self.kind == "number":
            return {}
        told = column.as_categories()
        known = {*self.labels, *self.others}
        count = np.bincount(told.codes[told.codes >= 0], minlength=len(told.labels))
        return {
            label: int(firms)
            for label, firms in zip(told.labels, count, strict=True)
            if firms and label not in known
        }

    def _places(self, column: TraitColumn) -> Ints:
        own = {label: at for at, label in enumerate(self.labels)}
        own |= dict.fromkeys(self.others, len(self.labels))
        new, missing = len(self.labels) + 2, len(self.labels) + 1
        place = [own.get(label, new) for label in column.labels]
        return np.array([*place, missing], dtype=np.int64)[column.codes]


def profile_of(column: TraitColumn) -> Profile:
    """Return the profile of a trait: tenths of numbers, the 30 commonest categories.

    Args:
        column: of the firms that later ones are compared with.
    """
    if column.kind == "category":
        count = np.bincount(
            column.codes[column.codes >= 0], minlength=len(column.labels)
        )
        order = np.argsort(-count, kind="stable")
        names = [column.labels[at] for at in order]
        bare = Profile(
            column.name,
            "category",
            labels=tuple(sorted(names[:_LABELS])),
            others=tuple(sorted(names[_LABELS:])),
        )
    else:
        bare = Profile(column.name, "number", cuts=_tenths(column.values))
    return bare.with_counts(bare.counted(column))


def pd_profile(pds: Floats) -> Profile:
    """Return the profile of PDs, in tenths."""
    return profile_of(TraitColumn("pd", pds, np.empty(0, np.int64)))


def profile_plain(one: Profile) -> dict[str, Any]:
    """Return a profile as plain values."""
    return {
        "name": one.name,
        "kind": one.kind,
        "cuts": list(one.cuts),
        "labels": list(one.labels),
        "others": list(one.others),
        "counts": list(one.counts),
    }


def plain_profile(stated: Mapping[str, Any]) -> Profile:
    """Return the profile that `profile_plain` wrote."""
    tuples: Mapping[str, Sequence[Any]] = {
        key: stated[key] for key in ("cuts", "labels", "others", "counts")
    }
    return Profile(
        stated["name"],
        stated["kind"],
        **{key: tuple(values) for key, values in tuples.items()},
    )


def _tenths(values: Floats) -> tuple[float, ...]:
    known = values[~np.isnan(values)]
    if not len(known):
        return ()
    inner = np.linspace(0, 1, _PARTS + 1)[1:-1]
    return tuple(np.unique(np.quantile(known, inner)).tolist())
