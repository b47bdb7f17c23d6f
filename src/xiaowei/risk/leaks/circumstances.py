"""What is known of a table beside its columns: days, sides of a split, a snapshot."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Final

import numpy as np
import pandas as pd

from xiaowei.errors import InputError
from xiaowei.risk.leaks.bounds import Marks
from xiaowei.risk.leaks.candidate import Candidate, candidates_of
from xiaowei.risk.sample import Floats, Ints

Told = Any
"""The name of a column, one value for all firms, or one per firm."""


class NoDecisionDayError(InputError):
    """It was told when traits became known, and not when it was decided."""

    def __init__(self, traits: list[str]) -> None:
        """Name the traits."""
        super().__init__(
            f"it is told when {', '.join(traits)} became known, and no day of decision",
            expected="the day of the decision, to compare with",
            remedy="Tell it as `decided_on`",
        )


class NoSuchColumnError(InputError):
    """A column was named that the table lacks."""

    def __init__(self, name: str, *, held: list[str]) -> None:
        """Name it, and those that there are."""
        super().__init__(
            f"the table has no column '{name}'",
            expected=f"one of {', '.join(held)}",
            remedy="Name a column that it has, or hand in one value per row",
        )


class UnlikeLengthError(InputError):
    """Values and rows do not match in number."""

    def __init__(self, what: str, *, given: int, rows: int) -> None:
        """Say how many there are of each."""
        super().__init__(
            f"{what} holds {given} values",
            expected=f"{rows}, one per row of the table",
            remedy="Hand in one value per row, in the order of the rows",
        )


class EmptySideError(InputError):
    """A split has nothing on one side."""

    def __init__(self, *, rows: int, test: int) -> None:
        """Count what is on the side of the test."""
        super().__init__(
            f"{test} of {rows} rows are kept for the test",
            expected="some, and some to learn from",
            remedy="Mark the test rows with true or 1, the others with false or 0",
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Circumstances:
    """What the one who asks can tell; each part lets more kinds be found.

    A column whose name stands for values here plays its part and is not looked at as a
    trait; hand in its values instead, to have it looked at too.

    Args:
        decided_on: the day of the credit decision.
        happened: the day of the default, missing for firms without one.
        observed: the last day on which the outcome was watched.
        known_on: name of a trait to the day on which its value became known.
        planned: traits whose days were fixed beforehand, as a date of maturity.
        groups: firm, owner or group that rows belong to.
        test: whether a row is kept for the test and not learnt from.
        snapshot: the same rows in the same order as they were known on the day of the
            decision; any table.
    """

    decided_on: Told = None
    happened: Told = None
    observed: Told = None
    known_on: Mapping[str, Told] = field(default_factory=dict)
    planned: frozenset[str] = frozenset()
    groups: Told = None
    test: Told = None
    snapshot: Any = None

    def __post_init__(self) -> None:
        """Refuse days of knowledge that no decision can be compared with.

        Raises:
            NoDecisionDayError: `known_on` is told and `decided_on` is not.
        """
        if self.known_on and self.decided_on is None:
            raise NoDecisionDayError(sorted(self.known_on))

    @property
    def parts(self) -> frozenset[str]:
        """Return the names of columns that play a part."""
        told = (self.decided_on, self.happened, self.observed, self.groups, self.test)
        days = self.known_on.values()
        return frozenset(one for one in (*told, *days) if isinstance(one, str))


NOTHING_TOLD: Final = Circumstances()


def days_told(told: Told, held: Mapping[str, Candidate], *, rows: int) -> Floats | None:
    """Return the day of each firm, from 1970-01-01; None if nothing was told.

    Args:
        told: a column's name, a date, or one day per firm.
        held: the columns of the table by name.
        rows: how many firms there are.

    Raises:
        NoSuchColumnError: it names a column that the table lacks.
        UnlikeLengthError: there is not one per firm.
    """
    if isinstance(told, date | np.datetime64):
        told = [told] * rows
    column = _column_told(told, held, rows=rows)
    return None if column is None else column.values


def groups_told(told: Told, held: Mapping[str, Candidate], *, rows: int) -> Ints | None:
    """Return a number for the group of each firm; None if nothing was told.

    Raises:
        NoSuchColumnError: it names a column that the table lacks.
        UnlikeLengthError: there is not one per firm.
    """
    column = _column_told(told, held, rows=rows)
    return None if column is None else column.codes


def marks_told(told: Told, held: Mapping[str, Candidate], *, rows: int) -> Marks | None:
    """Return whether each firm is meant; None if nothing was told.

    Raises:
        NoSuchColumnError: it names a column that the table lacks.
        UnlikeLengthError: there is not one per firm.
        EmptySideError: all are meant, or none.
    """
    column = _column_told(told, held, rows=rows)
    if column is None:
        return None
    meant = np.asarray(column.values == 1, dtype=np.bool_)
    if meant.all() or not meant.any():
        raise EmptySideError(rows=rows, test=int(meant.sum()))
    return meant


def _column_told(
    told: Told, held: Mapping[str, Candidate], *, rows: int
) -> Candidate | None:
    if told is None:
        return None
    if isinstance(told, str):
        if told not in held:
            raise NoSuchColumnError(told, held=list(held))
        return held[told]
    values = told if isinstance(told, pd.Series) else pd.Series(list(told))
    if len(values) != rows:
        raise UnlikeLengthError("what was told", given=len(values), rows=rows)
    (column,) = candidates_of(pd.DataFrame({"told": values.to_numpy()}))
    return column
