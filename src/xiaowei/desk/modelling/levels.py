"""A model on record and the cycle in; PDs through the cycle and ahead of it out."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, Final

import numpy as np
import pandas as pd
import pyarrow as pa

from xiaowei.desk import clock
from xiaowei.desk.home import Home
from xiaowei.desk.modelling.cycles import KnownCycle, cycle_known
from xiaowei.desk.modelling.keeping import (
    document_of,
    model_in_use,
    model_on_record,
)
from xiaowei.desk.modelling.tables import (
    CaseTable,
    Roles,
    TableError,
    cases_of,
    picked,
    read_table,
)
from xiaowei.desk.modelling.writing import written_whole
from xiaowei.errors import NotFoundError
from xiaowei.records.journal import Entry
from xiaowei.risk.cases import plus_months
from xiaowei.risk.point_in_time import PointInTime, point_in_time_of, tie
from xiaowei.risk.sample import Floats, Ints

LEVEL: Final = "model_level"
"""Kind of the journal's entries that hold what ties a model to the cycle."""
COLUMNS: Final = ("pd_through", "pd_ahead", "pd_ahead_low", "pd_ahead_high")


class UntiedModelError(NotFoundError):
    """A model was never set beside the cycle."""

    def __init__(self, name: str) -> None:
        """Name it."""
        super().__init__(
            f"model '{name}' is not tied to the cycle",
            expected="a model that 'xiaowei tie' has set beside the states",
            remedy=f"Give 'xiaowei tie {name} TABLE' cases that it had not seen",
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """As of when the cycle is told.

    Args:
        as_of: what became known later is not looked at, nor are outcomes of windows
            that were not over by it.
        window_months: of the PDs, a multiple of three.
        series: by which states are led, or null.
    """

    as_of: date
    window_months: int = 12
    series: str | None = None


def cycle_told(home: Home, asked: Asked) -> dict[str, Any]:
    """Return the cycle that the lake tells, as plain values.

    Raises:
        CycleError: too few periods are over.
        NoSeriesError: the series is not known for them.
    """
    return _plain(_cycle(home, asked)) | {"as_of": asked.as_of.isoformat()}


def tie_model(
    home: Home, model: str, path: Path, *, roles: Roles, asked: Asked
) -> dict[str, Any]:
    """Set a model's PDs beside the states of their windows, and put that on record.

    Args:
        home: the workspace.
        model: on record.
        path: a table of cases that the model had not seen; else PDs seem to be further
            apart than they are.
        roles: of its columns; `decided_on` is needed.
        asked: as of when.

    Returns:
        what ties it, the cycle, and how many cases were left out as their window
        reaches beyond the periods.

    Raises:
        UnknownModelError: there is no such model.
        TableError: the table cannot be used.
        CycleError, NoSeriesError: there is no cycle to be told.
        StatesError: no case is left with a known state, or with either outcome.
    """
    card, learnt = model_on_record(home, model)
    cases = cases_of(path, roles)
    known = _cycle(home, asked)
    ripe, states = _ripe(cases, known, asked)
    traits = picked(cases.traits, learnt.names, file=cases.name)
    pds = learnt.pd(traits.iloc[ripe].reset_index(drop=True))
    tied = tie(pds, cases.bad[ripe], states[ripe], cycle=known.cycle)
    told = {
        "name": card["name"],
        "fingerprint": card["fingerprint"],
        "as_of": asked.as_of.isoformat(),
        "window_months": asked.window_months,
        "judged_on": {"file": cases.name, "sha256": cases.sha256},
        "cases": len(ripe),
        "bads": int(cases.bad[ripe].sum()),
        "left_out": len(cases.bad) - len(ripe),
        "level": tied.level,
        "spread": tied.spread,
        "cycle": _plain(known),
        "mean": _means(tied, pds),
    }
    home.journal.add(LEVEL, told, made_at=clock.now(), document=tied.to_json())
    return told


def write_ahead(
    home: Home, model: str, path: Path, *, out: Path, level: float = 0.9
) -> int:
    """Write a table with PDs through the cycle and of the year ahead beside each row.

    Args:
        home: the workspace.
        model: on record, and tied.
        path: a table with the traits of the model.
        out: a name in .parquet or .csv; it appears whole or not at all.
        level: of the interval of the year's luck, 0..1.

    Returns:
        how many rows were written.

    Raises:
        UnknownModelError: there is no such model.
        UnsignedModelError: it lacks the signatures that the policy demands.
        AlteredModelError: it, or what ties it, was altered since it was put on record.
        UntiedModelError: it was never tied.
        TableError: a table cannot be read or written.
    """
    card, learnt = model_in_use(home, model)
    digest = _last(home, card).body["document"]
    tied = point_in_time_of(document_of(home, digest, name=card["name"]))
    frame = read_table(path)
    pds = learnt.pd(picked(frame, learnt.names, file=path.name))
    low, high = tied.interval(pds, level=level)
    found = (tied.through(pds), tied.ahead(pds), low, high)
    told = {"pd": pds, **dict(zip(COLUMNS, found, strict=True))}
    taken = sorted(set(told) & set(frame.columns))
    if taken:
        raise TableError(
            path.name,
            f"column {', '.join(map(repr, taken))} is there already",
            expected=f"a table without {', '.join(told)}",
            remedy="Rename or leave out that column",
        )
    table = pa.Table.from_pandas(
        pd.concat([frame, pd.DataFrame(told)], axis=1), preserve_index=False
    )
    with written_whole(out, table.schema) as writer:
        writer.write_table(table)
    return len(frame)


def _last(home: Home, card: Mapping[str, Any]) -> Entry:
    """Return what last tied a model to the cycle."""
    entries = [
        entry
        for entry in home.journal.entries(LEVEL)
        if entry.body["fingerprint"] == card["fingerprint"]
    ]
    if not entries:
        raise UntiedModelError(card["name"])
    return entries[-1]


def _cycle(home: Home, asked: Asked) -> KnownCycle:
    return cycle_known(
        home.lake,
        as_of=asked.as_of,
        window_months=asked.window_months,
        series=asked.series,
    )


def _ripe(cases: CaseTable, known: KnownCycle, asked: Asked) -> tuple[Ints, Floats]:
    """Return the places of cases whose window is over by the day, and all states."""
    if cases.decided_on is None:
        raise TableError(
            cases.name,
            "no day of decision is named",
            expected="a column of the day each case was decided on",
            remedy="Name it with --decided-on",
        )
    states = known.states_of(cases.decided_on)
    over = plus_months(cases.decided_on, asked.window_months)
    ripe = np.isfinite(states).all(axis=1) & (over <= np.datetime64(asked.as_of, "D"))
    return np.flatnonzero(ripe), states


def _means(tied: PointInTime, pds: Floats) -> dict[str, float]:
    """Return mean PDs of the cases: the model's, through the cycle, and ahead."""
    low, high = tied.interval(pds)
    found = (tied.through(pds), tied.ahead(pds), low, high)
    means = {name: float(one.mean()) for name, one in zip(COLUMNS, found, strict=True)}
    return {"pd": float(pds.mean()), **means}


def _plain(known: KnownCycle) -> dict[str, Any]:
    return {
        **known.cycle.as_plain(),
        "ends": [day.isoformat() for day in known.ends],
        "series": known.series,
    }
