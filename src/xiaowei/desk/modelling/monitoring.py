"""A model on record and firms seen since in; what has changed for it out."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path
from typing import Any, Final

import numpy as np
import pyarrow as pa

from xiaowei.desk.home import Home
from xiaowei.desk.modelling.chunks import chunks
from xiaowei.desk.modelling.keeping import model_on_record
from xiaowei.desk.modelling.tables import (
    bads_of,
    days_of,
    picked,
    read_table,
    sha256_of,
)
from xiaowei.errors import ConflictError
from xiaowei.risk.cases import plus_months
from xiaowei.risk.estimator import RiskModel
from xiaowei.risk.frames import TraitColumn, columns_of
from xiaowei.risk.monitoring import Moved, moved_of
from xiaowei.risk.pd_grid import PdGrid
from xiaowei.risk.profile import (
    Profile,
    pd_profile,
    plain_profile,
    profile_of,
)
from xiaowei.risk.sample import Floats, Ints

_REMEMBERED: Final = 10_000
"""New categories of a trait beyond so many are counted and not named."""


class NoProfileError(ConflictError):
    """A model keeps no profile, and no reference was given."""

    def __init__(self, name: str) -> None:
        """Name it."""
        super().__init__(
            f"model '{name}' keeps no profile of what it was learnt from",
            expected="a model trained since profiles are kept, or a table of reference",
            remedy="Give the table it was learnt from with --reference",
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Ripening:
    """Which outcomes count.

    Args:
        outcome: the column that says who defaulted; null where nobody knows yet.
        bad: its value for a default; null where it says 1 or 0, yes or no, 是 or 否.
        decided_on: the column of the day of decision, or null.
        window_months: how long a default counts.
        as_of: the day asked for; null where all stated outcomes are final.
    """

    outcome: str | None = None
    bad: str | None = None
    decided_on: str | None = None
    window_months: int = 0
    as_of: date | None = None

    @property
    def columns(self) -> list[str]:
        """What it needs of the table."""
        return [name for name in (self.outcome, self.decided_on) if name]


def monitor(
    home: Home,
    asked: str,
    path: Path,
    *,
    reference: Path | None = None,
    ripening: Ripening | None = None,
) -> dict[str, Any]:
    """Return what has changed for a model, as plain values.

    The table is read in chunks: memory grows with the traits, not with the rows. A
    reference is read whole, as its tenths are exact.

    Args:
        home: the workspace.
        asked: which model.
        path: the firms seen.
        reference: those compared with; null for what the model was learnt from.
        ripening: which outcomes count.

    Raises:
        UnknownModelError: there is no such model.
        NoProfileError: it keeps no profile, and there is no reference.
        TableError: a column is not there or cannot be read.
    """
    card, model = model_on_record(home, asked)
    profiles, pds = _then(card, model, reference)
    watch = _Watch(model, profiles, pds, ripening or Ripening(), path)
    for chunk in chunks(path, watch.columns, texts=watch.texts):
        watch.take(chunk)
    verdict = card["verdict"]
    return {
        "model": {key: card[key] for key in ("name", "kind", "fingerprint", "made_at")},
        "seen": {
            "file": path.name,
            "sha256": sha256_of(path),
            "firms": watch.all.firms,
        },
        "reference": reference.name if reference else card["data"]["file"],
        "pd": _plain(watch.moved_pd()),
        "traits": [_plain(one) for one in watch.moved()],
        "mean_pd": {"then": verdict["mean_pd"], "now": _known(watch.all.mean_pd)},
        "expected_auc": _known(watch.all.expected_auc()) if watch.all.firms else None,
        "auc_then": verdict["auc"],
        "ratio_then": verdict["bad_rate"] / verdict["mean_pd"],
        "ripe": _ripe(watch.ripe),
        "unripe": watch.all.firms - watch.ripe.firms,
    }


class _Watch:
    """What is kept of the chunks seen so far."""

    def __init__(
        self,
        model: RiskModel,
        profiles: Sequence[Profile],
        pds: Profile,
        ripening: Ripening,
        path: Path,
    ) -> None:
        self.model, self.ripening, self.path = model, ripening, path
        self.profiles, self.pds = profiles, pds
        self.counts = [np.zeros(len(one.parts), dtype=np.int64) for one in profiles]
        self.pd_counts = np.zeros(len(pds.parts), dtype=np.int64)
        self.new: list[Counter[str]] = [Counter() for _ in profiles]
        self.all, self.ripe = PdGrid(), PdGrid()
        self.line = 2

    @property
    def columns(self) -> list[str]:
        return list(dict.fromkeys([*self.model.names, *self.ripening.columns]))

    @property
    def texts(self) -> set[str]:
        coded = {one.name for one in self.profiles if one.kind == "category"}
        return coded | {name for name in self.ripening.columns if name not in coded}

    def take(self, chunk: pa.Table) -> None:
        table = chunk.select(self.model.names)
        for at, column in enumerate(columns_of(table)):
            self.counts[at] += self.profiles[at].counted(column)
            for label, firms in self.profiles[at].new_of(column).items():
                if label in self.new[at] or len(self.new[at]) < _REMEMBERED:
                    self.new[at][label] += firms
        pds = self.model.pd(table)
        self.pd_counts += self.pds.counted(_pd_column(pds))
        self.all.add(pds)
        places, bad = self._ripe(chunk)
        self.ripe.add(pds[places], bad)
        self.line += chunk.num_rows

    def moved(self) -> list[Moved]:
        found = [
            moved_of(then, then.with_counts(counts), new=new)
            for then, counts, new in zip(
                self.profiles, self.counts, self.new, strict=True
            )
        ]
        return sorted(found, key=lambda one: (-one.psi.value, one.name))

    def moved_pd(self) -> Moved:
        return moved_of(self.pds, self.pds.with_counts(self.pd_counts))

    def _ripe(self, chunk: pa.Table) -> tuple[Ints, Ints]:
        ripening = self.ripening
        none = np.empty(0, dtype=np.int64)
        if ripening.outcome is None:
            return none, none
        stated = chunk.column(ripening.outcome).to_pandas()
        counts = stated.notna().to_numpy()
        if ripening.decided_on and ripening.as_of:
            column = chunk.column(ripening.decided_on).to_pandas()
            days = days_of(column, self.path.name, first_line=self.line)
            over = plus_months(days, ripening.window_months)
            # A case whose day is not stated cannot be known to be ripe.
            counts = counts & (over <= np.datetime64(ripening.as_of, "D"))
        places = np.flatnonzero(counts)
        bad = bads_of(stated.iloc[places], bad=ripening.bad, file=self.path.name)
        return places, bad


def _then(
    card: dict[str, Any], model: RiskModel, reference: Path | None
) -> tuple[list[Profile], Profile]:
    if reference is not None:
        table = picked(read_table(reference), model.names, file=reference.name)
        traits = [profile_of(column) for column in columns_of(table)]
        return traits, pd_profile(model.pd(table))
    if "profile" not in card:
        raise NoProfileError(card["name"])
    traits = [plain_profile(one) for one in card["profile"]["traits"]]
    return traits, plain_profile(card["profile"]["pd"])


def _pd_column(pds: Floats) -> TraitColumn:
    return TraitColumn("pd", pds, np.empty(0, np.int64))


def _plain(one: Moved) -> dict[str, Any]:
    return asdict(one) | {"moved": one.moved, "stirred": one.stirred}


def _ripe(grid: PdGrid) -> dict[str, Any] | None:
    found = grid.ripe()
    if found is None:
        return None
    return asdict(found) | {"level_holds": found.level_holds}


def _known(value: float) -> float | None:
    return None if np.isnan(value) else value
