"""Courses for owners: who is invited by lot, who comes, and what it does to them."""

from dataclasses import dataclass
from typing import Final

import numpy as np

from xiaowei.simulate.arrays import Flags, Floats, Ints
from xiaowei.simulate.firms import DAYS_A_YEAR, Firms
from xiaowei.simulate.seasons import Days

_A_YEAR: Final = 4
_INVITED: Final = 0.3
_COMES: Final = -1.5
_COMES_BY_QUALITY: Final = 1.0
_UNINVITED: Final = -4.0


@dataclass(frozen=True, slots=True)
class Courses:
    """What was held, for whom.

    Args:
        held: day of each course by number.
        invited: by lot. Shape: one row per course, one column per firm.
        came: of the same shape.
    """

    held: Ints
    invited: Flags
    came: Flags

    def growth(self, days: Days, *, effect: float) -> Floats:
        """Return what courses have added to the log of demand by each day.

        Args:
            days: the days.
            effect: of the first course on yearly log growth for a year; 0 for none.

        Returns:
            Shape: one row per day, one column per firm.
        """
        added = np.zeros((days.count, self.came.shape[1]))
        if effect == 0:
            return added
        first = np.where(self.came, self.held[:, None], days.count).min(
            axis=0, initial=days.count
        )
        since = np.arange(days.count)[:, None] - first
        return np.asarray(np.clip(since / DAYS_A_YEAR, 0, 1) * effect)


def draw_courses(
    firms: Firms, *, days: Days, first_day: int, rng: np.random.Generator
) -> Courses:
    """Draw courses. Who comes is a matter of quality, which alone makes comers better.

    Source: science.md A7, P(join) = logistic(-1.5 + q).

    Args:
        firms: the firms.
        days: the days.
        first_day: first day that is delivered.
        rng: where chance comes from.
    """
    number = max(round((days.count - first_day) / DAYS_A_YEAR * _A_YEAR), 1)
    held = np.linspace(first_day + 40, days.count - 20, number).astype(np.int64)
    shape = (number, firms.count)
    there = firms.opens[None, :] < held[:, None]
    invited = (rng.random(shape) < _INVITED) & there
    odds = _COMES + _COMES_BY_QUALITY * firms.quality
    odds = odds + np.where(invited, 0.0, _UNINVITED)
    came = (rng.random(shape) < 1 / (1 + np.exp(-odds))) & there
    return Courses(held, invited, came)
