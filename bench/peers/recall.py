"""Recall at a rate of false alarms; intervals by drawing counties and firms anew."""

from dataclasses import dataclass
from typing import Final

import numpy as np
from bench.peers.deceit import Flags, Floats, Judged

DRAWS: Final = 1_000
_SEED: Final = 20_261_129

Interval = tuple[float, float, float]
"""A value and its bounds at 95%."""


@dataclass(frozen=True, slots=True)
class Limits:
    """Where a share of the honest firms lies above, in the sample and in each draw.

    Args:
        level: Shape: one per draw, the sample itself first; scores.
        part: the share of firms exactly at the level that count as above. Of firms that
            score alike as many count as the rate leaves room for.
    """

    level: Floats
    part: Floats


class Draws:
    """How often each firm stands in the sample and in each draw of it.

    Counties are drawn with replacement, and each of their firms as often as a Poisson
    number of that mean says: firms of one county are not independent.
    """

    def __init__(self, whole: Judged) -> None:
        """Draw."""
        rng = np.random.default_rng(_SEED)
        _, at = np.unique(whole.world, return_inverse=True)
        worlds = int(at.max(initial=0)) + 1
        often = rng.multinomial(worlds, np.full(worlds, 1 / worlds), DRAWS)
        firms = rng.poisson(often[:, at]).astype(np.float32)
        self.times = np.concatenate([np.ones((1, len(at)), np.float32), firms])

    def limits(self, score: Floats, honest: Flags, *, rate: float) -> Limits:
        """Return where a share of honest firms lies above.

        Args:
            score: per firm; higher is likelier deceit.
            honest: per firm.
            rate: 0..1.
        """
        order = np.argsort(-score[honest], kind="stable")
        values = score[honest][order]
        times = self.times[:, honest][:, order]
        above = np.cumsum(times, axis=1, dtype=np.float64)
        room = rate * above[:, -1:]
        place = np.minimum((above < room).sum(axis=1), len(values) - 1)
        level = values[place]
        starts = np.searchsorted(-values, -level, side="left")
        ends = np.searchsorted(-values, -level, side="right")
        rows = np.arange(len(level))
        before = np.where(starts > 0, above[rows, np.maximum(starts - 1, 0)], 0.0)
        equal = above[rows, ends - 1] - before
        part = np.where(equal > 0, (room[:, 0] - before) / np.maximum(equal, 1e-9), 0.0)
        return Limits(level, np.clip(part, 0.0, 1.0))

    def recall(self, score: Floats, of: Flags, limits: Limits) -> Floats:
        """Return the share of some firms above the limits; Shape: one per draw."""
        mine, times = score[of], self.times[:, of].astype(np.float64)
        level = limits.level[:, None]
        hit = (mine > level) + limits.part[:, None] * (mine == level)
        whole = times.sum(axis=1)
        found = (hit * times).sum(axis=1)
        return np.asarray(np.where(whole > 0, found / np.maximum(whole, 1e-9), np.nan))


def between(values: Floats) -> Interval:
    """Return the first value, the sample's, between the bounds of the draws."""
    low, high = np.nanquantile(values[1:], (0.025, 0.975))
    return float(values[0]), float(low), float(high)
