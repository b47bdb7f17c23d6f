"""Any table with its outcome in; every column and row that tells the outcome out.

The kinds that are found stand in `xiaowei.risk.leaks.leak.KINDS`. Columns are looked at
alone first; what leaks alone is set aside before pairs, parts of the files and the
table as a whole are looked at, so that one leak is not found again in each.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import chain
from typing import Any, Final

import numpy as np
import pandas as pd

from xiaowei.errors import InputError
from xiaowei.risk.leaks.alone import told_alone
from xiaowei.risk.leaks.candidate import Candidate, candidates_of
from xiaowei.risk.leaks.circumstances import (
    NOTHING_TOLD,
    Circumstances,
    NoSuchColumnError,
    UnlikeLengthError,
    days_told,
    groups_told,
    marks_told,
)
from xiaowei.risk.leaks.days import told_by_days, told_by_ripeness
from xiaowei.risk.leaks.derived import told_by_descent
from xiaowei.risk.leaks.digits import told_by_digits
from xiaowei.risk.leaks.dossier import Dossier
from xiaowei.risk.leaks.encodings import (
    told_by_heart,
    told_by_others_mean,
    told_by_own_mean,
    told_within_groups,
)
from xiaowei.risk.leaks.leak import Leak
from xiaowei.risk.leaks.levels import (
    told_by_levels,
    told_by_missing,
    told_by_zero,
)
from xiaowei.risk.leaks.names import told_by_name
from xiaowei.risk.leaks.order import told_by_order
from xiaowei.risk.leaks.pairs import (
    told_by_crossing,
    told_by_equals,
    told_by_pairs,
)
from xiaowei.risk.leaks.segments import told_in_parts
from xiaowei.risk.leaks.snapshot import told_by_snapshot
from xiaowei.risk.leaks.spelling import told_by_spelling, told_to_be_identifier
from xiaowei.risk.leaks.split import told_by_copies, told_by_scale, told_by_sides
from xiaowei.risk.leaks.together import told_together
from xiaowei.risk.sample import Ints, TooFewOutcomesError

LEAST_OUTCOMES: Final = 10
"""Fewest of each outcome with which anything can be said."""

_OF_OTHERS: Final = frozenset(
    {"scaled_together", "own_mean", "leave_one_out", "memory"}
)
"""Kinds whose column was computed from an honest one, which they must not accuse."""


class UnlikeOutcomeError(InputError):
    """The outcome is not one 0 or 1 per firm."""

    def __init__(self, held: str) -> None:
        """Say what it holds instead."""
        super().__init__(
            f"the outcome holds {held}",
            expected="1 for a default and 0 for none, for every row",
            remedy="Code it so, and leave out rows whose outcome is not known",
        )


@dataclass(frozen=True, slots=True)
class Inspection:
    """What the check came to.

    Args:
        leaks: what was found, the refused before the suspects; a candidate may stand
            there once for each kind of leak.
        looked_at: names of the candidates.
        firms: how many rows there were.
        bads: how many of them defaulted.
    """

    leaks: tuple[Leak, ...]
    looked_at: tuple[str, ...]
    firms: int
    bads: int

    @property
    def refused(self) -> tuple[str, ...]:
        """Return the columns that must not enter a model, in order."""
        return self._columns("leak")

    @property
    def suspected(self) -> tuple[str, ...]:
        """Return the columns that a person must look at, in order."""
        refused = self.refused
        return tuple(one for one in self._columns("suspect") if one not in refused)

    def of(self, candidate: str) -> tuple[Leak, ...]:
        """Return what was found of one candidate or column."""
        return tuple(
            leak
            for leak in self.leaks
            if leak.candidate == candidate or candidate in leak.columns
        )

    def _columns(self, severity: str) -> tuple[str, ...]:
        named = (
            leak.columns or (leak.candidate,)
            for leak in self.leaks
            if leak.severity == severity
        )
        return tuple(dict.fromkeys(chain.from_iterable(named)))


def inspect(
    table: Any,  # noqa: ANN401 - any table there is
    outcome: Any,  # noqa: ANN401 - a name or any row of numbers
    *,
    circumstances: Circumstances = NOTHING_TOLD,
    seed: int = 0,
) -> Inspection:
    """Return every candidate that tells the outcome, with its kind and its figures.

    Args:
        table: a DataFrame of pandas, Polars or Spark, a table of Arrow, a relation of
            DuckDB, or a matrix; one row per firm or loan.
        outcome: 1 for a default, 0 else, one per row; or the name of that column.
        circumstances: what is known beside the columns; more kinds are found with it.
        seed: of the draws of rows and folds; the same seed gives the same result.

    Raises:
        UnlikeOutcomeError: the outcome holds something else than 0 and 1.
        UnlikeLengthError: there is not one outcome, or day, or mark, per row.
        NoSuchColumnError: the circumstances name a column that the table lacks.
        EmptySideError: all rows are for the test, or none is.
        TooFewOutcomesError: there are fewer than ten of either outcome.
    """
    dossier = _dossier_of(table, outcome, told=circumstances, seed=seed)
    leaks: dict[tuple[str, str], Leak] = {}
    for leak in sorted(_found(dossier), key=lambda one: one.severity):
        leaks.setdefault((leak.candidate, leak.kind), leak)
    return Inspection(
        leaks=tuple(leaks.values()),
        looked_at=tuple(one.name for one in dossier.candidates),
        firms=len(dossier.defaulted),
        bads=dossier.bads,
    )


def _dossier_of(
    table: Any,  # noqa: ANN401 - any table there is
    outcome: Any,  # noqa: ANN401 - a name or any row of numbers
    *,
    told: Circumstances,
    seed: int,
) -> Dossier:
    columns = candidates_of(table)
    held = {one.name: one for one in columns}
    defaulted = _outcomes(outcome, held)
    rows = len(columns[0].codes) if columns else 0
    if len(defaulted) != rows:
        raise UnlikeLengthError("the outcome", given=len(defaulted), rows=rows)
    snapshot = [] if told.snapshot is None else candidates_of(told.snapshot)
    for one in snapshot:
        if len(one.codes) != rows:
            raise UnlikeLengthError("the snapshot", given=len(one.codes), rows=rows)
    for name in (*told.known_on, *told.planned):
        if name not in held:
            raise NoSuchColumnError(name, held=list(held))
    parts = told.parts | ({outcome} if isinstance(outcome, str) else set())
    return Dossier(
        candidates=tuple(one for one in columns if one.name not in parts),
        defaulted=defaulted,
        seed=seed,
        decided=days_told(told.decided_on, held, rows=rows),
        happened=days_told(told.happened, held, rows=rows),
        observed=days_told(told.observed, held, rows=rows),
        known_on={
            name: days
            for name, day in told.known_on.items()
            if (days := days_told(day, held, rows=rows)) is not None
        },
        planned=told.planned,
        groups=groups_told(told.groups, held, rows=rows),
        test=marks_told(told.test, held, rows=rows),
        snapshot={one.name: one for one in snapshot},
    )


def _outcomes(outcome: Any, held: Mapping[str, Candidate]) -> Ints:  # noqa: ANN401
    if isinstance(outcome, str):
        if outcome not in held:
            raise NoSuchColumnError(outcome, held=list(held))
        values = held[outcome].values
    else:
        values = pd.to_numeric(pd.Series(list(outcome)), errors="coerce").to_numpy(
            float
        )
    strange = sorted({f"{one:g}" for one in values if one not in {0.0, 1.0}})
    if strange:
        raise UnlikeOutcomeError(", ".join(strange[:5]))
    defaulted = values.astype(np.int64)
    bads = int(defaulted.sum())
    goods = len(defaulted) - bads
    if min(bads, goods) < LEAST_OUTCOMES:
        raise TooFewOutcomesError(goods=goods, bads=bads, least=LEAST_OUTCOMES)
    return defaulted


def _found(dossier: Dossier) -> Iterator[Leak]:
    alone = list(chain.from_iterable(_of(one, dossier) for one in dossier.candidates))
    telling = _names([one for one in alone if one.kind not in _OF_OTHERS])
    alone += told_by_descent(dossier, telling, refused=_names(alone))
    rest = dossier.without(_names(alone))
    inside = list(told_within_groups(rest))
    rest = rest.without(_names(inside))
    joint = list(chain(told_by_pairs(rest), told_by_equals(rest)))
    joint += told_by_crossing(rest.without(_names(joint)))
    rest = rest.without(_names(joint))
    parts = list(told_in_parts(rest))
    yield from chain(alone, inside, joint, parts)
    yield from told_together(rest.without(_names(parts)))
    yield from told_by_order(dossier)
    yield from told_by_copies(dossier)
    yield from told_by_sides(dossier)
    yield from told_by_ripeness(dossier)


def _of(candidate: Candidate, dossier: Dossier) -> Iterator[Leak]:
    alone = list(told_alone(candidate, dossier))
    yield from alone
    if not alone:
        yield from told_by_own_mean(candidate, dossier)
        yield from told_by_others_mean(candidate, dossier)
        yield from told_by_heart(candidate, dossier)
    yield from told_by_levels(candidate, dossier)
    yield from told_by_missing(candidate, dossier)
    yield from told_by_zero(candidate, dossier)
    yield from told_by_digits(candidate, dossier)
    yield from told_by_spelling(candidate, dossier)
    yield from told_to_be_identifier(candidate)
    yield from told_by_days(candidate, dossier)
    yield from told_by_scale(candidate, dossier)
    yield from told_by_snapshot(candidate, dossier)
    yield from told_by_name(candidate)


def _names(leaks: list[Leak]) -> frozenset[str]:
    """Return the columns of the refused."""
    return frozenset(
        name for leak in leaks if leak.severity == "leak" for name in leak.columns
    )
