"""A measure of a model month by month in; whether it goes one way out."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Literal

from scipy import stats

LEAST: Final = 5
"""Of fewer points no trend is told: even four that rise each time are chance in one of
twelve cases, counted both ways."""
SURE: Final = 0.05


@dataclass(frozen=True, slots=True)
class Trend:
    """Whether a measure rises or falls over time.

    Args:
        points: of how many days it is known.
        tau: Kendall's rank correlation with time, -1..1; null of fewer than `LEAST`.
        p_value: how often chance alone goes one way as much, 0..1, or null likewise.
    """

    points: int
    tau: float | None
    p_value: float | None

    @property
    def goes(self) -> Literal["up", "down"] | None:
        """Where it goes, or null where chance would do as much."""
        if self.tau is None or self.p_value is None or self.p_value >= SURE:
            return None
        return "up" if self.tau > 0 else "down"


def trend_of(values: Sequence[float | None]) -> Trend:
    """Return whether values in order of their days go one way (Mann-Kendall test).

    A rank test: one month out of order does not make a trend, nor hide one. Months that
    say nothing are left out; the order of the others stays.

    Args:
        values: of a measure, the earliest first; null where it is not known.

    Source:
        Mann, H. B. (1945): Nonparametric tests against trend. Econometrica 13.

    >>> trend_of([0.01, 0.02, None, 0.03, 0.05, 0.08, 0.13]).goes
    'up'
    >>> trend_of([0.01, 0.02, 0.03]).goes is None
    True
    """
    known = [value for value in values if value is not None]
    if len(known) < LEAST:
        return Trend(len(known), None, None)
    found = stats.kendalltau(range(len(known)), known)
    # Of values all alike no rank correlation is defined, and there is no trend.
    tau, p_value = float(found.statistic), float(found.pvalue)
    if math.isnan(tau):
        return Trend(len(known), 0.0, 1.0)
    return Trend(len(known), tau, p_value)
