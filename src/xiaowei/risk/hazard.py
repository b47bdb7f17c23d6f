"""Loans some of which are still young in; PDs over a window, from monthly hazards, out.

A young loan without a default is neither good nor left out: it counts for the months it
has been seen, and for no month more.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final, TypeAlias

import numpy as np
import pandas as pd

from xiaowei.errors import InputError
from xiaowei.risk.cases import Days
from xiaowei.risk.estimator import RiskModel
from xiaowei.risk.sample import Floats, Ints

Table: TypeAlias = pd.DataFrame
"""Shape: (loans, traits)."""

MONTH: Final = "month_on_book"
"""The trait that says which month of a loan a row is, 1 for the first."""


class SpellsError(InputError):
    """Months of loans cannot be learnt from."""

    def __init__(self, why: str) -> None:
        """Say why."""
        super().__init__(
            f"months of loans cannot be learnt from: {why}",
            expected="loans opened a month or more before the day asked for, defaults "
            f"after the opening, and no trait called '{MONTH}'",
            remedy="Correct the days, hand in more loans, or rename the trait",
        )


@dataclass(frozen=True, slots=True)
class Spells:
    """How long each loan was seen, and how it ended.

    Args:
        months: Shape: months seen, 0 or more; the last one is that of the default.
        defaulted: Shape: whether the last of them saw a default.
    """

    months: Ints
    defaulted: Ints

    def within(self, window: int) -> "Spells":
        """Return what was seen up to so many months; a later default is none yet."""
        early = (self.defaulted == 1) & (self.months <= window)
        return Spells(np.minimum(self.months, window), early.astype(np.int64))


def spells_of(opened_on: Days, defaulted_on: Days, *, as_of: date) -> Spells:
    """Return how long each loan was seen by a day.

    Args:
        opened_on: Shape: when each was opened; all are stated.
        defaulted_on: Shape: when each defaulted; NaT where it did not. A default after
            the day asked for is not known yet.
        as_of: the day asked for.

    Returns:
        of a default the month it came in, else the complete months seen.

    Raises:
        SpellsError: a loan was opened on no day, or defaulted before it.
    """
    if np.isnat(opened_on).any():
        raise SpellsError(f"row {int(np.isnat(opened_on).argmax())} was opened no day")
    wrong = defaulted_on < opened_on
    if wrong.any():
        raise SpellsError(f"row {int(wrong.argmax())} defaulted before it was opened")
    today = np.datetime64(as_of, "D")
    known = ~np.isnat(defaulted_on) & (defaulted_on <= today)
    ended = np.where(known, defaulted_on, today)
    months = np.maximum(_complete(opened_on, ended), 0) + known
    return Spells(months.astype(np.int64), known.astype(np.int64))


def months_table(
    table: pd.DataFrame, spells: Spells
) -> tuple[pd.DataFrame, Ints, Ints]:
    """Return a row for each month in which a loan was seen.

    Args:
        table: Shape: (loans, traits), as known at the opening.
        spells: of the loans.

    Returns:
        the table of months with `MONTH`, whether each saw a default, and the place of
        its loan.
    """
    place = np.repeat(np.arange(len(table)), spells.months)
    first = np.cumsum(spells.months) - spells.months
    month = np.arange(len(place)) - first[place] + 1
    rows = (
        table.iloc[place].reset_index(drop=True).assign(**{MONTH: month.astype(float)})
    )
    last = month == spells.months[place]
    return rows, (last & (spells.defaulted[place] == 1)).astype(np.int64), place


@dataclass(frozen=True, slots=True)
class Hazard:
    """A model of monthly hazards.

    Args:
        model: says with which chance a loan that stands so far defaults in a month.
        window: months over which PDs are stated.
    """

    model: RiskModel
    window: int

    def survival(self, table: pd.DataFrame) -> Floats:
        """Return the share that still stands after each month.

        Returns:
            Shape: (loans, window), 0..1, falling.
        """
        hazards = [
            self.model.pd(table.assign(**{MONTH: float(month)}))
            for month in range(1, self.window + 1)
        ]
        return np.asarray(np.cumprod(1 - np.column_stack(hazards), axis=1))

    def pd(self, table: "Table") -> Floats:
        """Return the PD of each loan over the window from its opening, 0..1.

        Args:
            table: Shape: (loans, traits).
        """
        return np.asarray(1 - self.survival(table)[:, -1], dtype=np.float64)


def hazard_of(
    model: RiskModel,
    table: pd.DataFrame,
    spells: Spells,
    *,
    window: int = 12,
    groups: Sequence[Any] | None = None,
) -> Hazard:
    """Learn monthly hazards from loans of any age.

    All months of a loan are on one side of whatever the model is tried on.

    Args:
        model: not fitted; whatever it is, it sees the month as a trait.
        table: Shape: (loans, traits), as known at the opening.
        spells: of the loans; what comes after the window is not learnt from.
        window: months over which PDs are stated, 1 or more.
        groups: one name per loan, such as its owner; null for each loan alone.

    Raises:
        SpellsError: no month was seen of any loan, in some month of the window none, or
            there is no default within it.

    Source: discrete-time hazards with censoring, Cox 1972, Allison 1982; it holds where
    months were not seen for the day alone, not for what would have come in them.
    """
    if MONTH in table.columns:
        raise SpellsError(f"a trait is called '{MONTH}'")
    seen = spells.within(window)
    if not len(table) or seen.months.max(initial=0) < window:
        raise SpellsError(
            f"no loan was seen for more than {seen.months.max(initial=0)} of {window} "
            "months"
        )
    rows, bad, place = months_table(table, seen)
    if not 0 < bad.sum() < len(bad):
        raise SpellsError(f"{int(bad.sum())} defaults in {len(bad)} months")
    mine = place if groups is None else np.asarray(groups, dtype=object)[place]
    model.fit(rows, bad, groups=mine)
    return Hazard(model, window)


def _complete(first: Days, last: Days) -> Ints:
    """Return how many complete months lie between days."""
    months = last.astype("datetime64[M]") - first.astype("datetime64[M]")
    before = _day(last) < _day(first)
    return np.asarray(months.astype(np.int64) - before, dtype=np.int64)


def _day(days: Days) -> Ints:
    months = days.astype("datetime64[M]").astype("datetime64[D]")
    return np.asarray(days.astype("datetime64[D]") - months, dtype=np.int64)
