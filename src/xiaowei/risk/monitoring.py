"""Profiles then and now in; which traits and whether the score have moved out."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np

from xiaowei.risk.drift import SHIFTED, psi_interval, psi_of
from xiaowei.risk.measures import Interval
from xiaowei.risk.profile import Profile

_NAMED: Final = 20
_Z: Final = 1.959964


@dataclass(frozen=True, slots=True)
class Moved:
    """How far one trait, or the PD, has moved.

    Args:
        name: which.
        psi: population stability index with the 95% of sampling, 0 or more.
        by_chance: what it stays below in 95 of 100 samples where nothing has moved.
        p_value: how often chance alone makes it as large, 0..1.
        missing_then: share of firms without a value, 0..1.
        missing_now: likewise.
        missing_more: now less then, with the 95% of sampling.
        new_share: share of firms now whose category was not there, 0..1.
        new: the commonest of these categories with their firms.
        parts: name, share then and share now of each part.
    """

    name: str
    psi: Interval
    by_chance: float
    p_value: float
    missing_then: float
    missing_now: float
    missing_more: Interval
    new_share: float
    new: tuple[tuple[str, int], ...]
    parts: tuple[tuple[str, float, float], ...]

    @property
    def moved(self) -> bool:
        """Whether it has moved far, and not by chance."""
        return self.psi.value >= SHIFTED and self.psi.value > self.by_chance

    @property
    def stirred(self) -> bool:
        """Whether it has moved at all, by more than chance makes of it."""
        return self.psi.value > self.by_chance


def moved_of(
    then: Profile, now: Profile, *, new: Mapping[str, int] | None = None
) -> Moved:
    """Return how far one trait has moved.

    Args:
        then: of the firms compared with.
        now: of the firms seen, by the same parts.
        new: categories that were not there, with their firms.
    """
    first, second = np.array(then.counts), np.array(now.counts)
    psi, by_chance, p_value = psi_of(first, second)
    whole, today = max(int(first.sum()), 1), max(int(second.sum()), 1)
    free = max(int(((first + second) > 0).sum()) - 1, 1)
    low, high = psi_interval(psi, free=free, scale=1 / whole + 1 / today)
    before, after = first[-2] / whole, second[-2] / today
    far = _Z * float(
        np.sqrt(before * (1 - before) / whole + after * (1 - after) / today)
    )
    common = sorted((new or {}).items(), key=lambda one: (-one[1], one[0]))
    return Moved(
        name=then.name,
        psi=Interval(psi, low, high),
        by_chance=by_chance,
        p_value=p_value,
        missing_then=float(before),
        missing_now=float(after),
        missing_more=Interval(
            float(after - before),
            float(after - before - far),
            float(after - before + far),
        ),
        new_share=float(second[-1] / today),
        new=tuple(common[:_NAMED]),
        parts=tuple(
            (part, float(a / whole), float(b / today))
            for part, a, b in zip(then.parts, first, second, strict=True)
            if a or b
        ),
    )
