"""A table scored by a model on record: PDs, their intervals, and why."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from xiaowei.desk.home import Home
from xiaowei.desk.modelling.keeping import model_on_record
from xiaowei.desk.modelling.tables import picked, read_table
from xiaowei.errors import ConflictError
from xiaowei.policy.reasons.reading import load_families
from xiaowei.risk.challenger import Challenger
from xiaowei.risk.estimator import RiskModel
from xiaowei.risk.glassbox import GlassBox
from xiaowei.risk.intervals import PdBounds, pd_bounds, refits_of
from xiaowei.risk.sample import Floats
from xiaowei.risk.scorecard import Scorecard
from xiaowei.risk.why.parts import parts_of
from xiaowei.risk.why.told import Told, told_of


class NoRefitsError(ConflictError):
    """A model was not learnt anew, so that its PDs have no intervals."""

    def __init__(self, name: str) -> None:
        """Name it."""
        super().__init__(
            f"model '{name}' was never learnt anew: its PDs have no interval",
            expected="a model trained with --intervals",
            remedy="Train it with 'xiaowei train --intervals 50', or leave out --level",
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What is to be said of each row beside its PD.

    Args:
        keep: columns of the table to stand beside, such as the enterprise.
        parts: whether what each trait adds is told.
        reasons: whether families of reasons are told.
        reference: a table of firms to compare with, such as the approved; null for what
            the model itself begins with.
        families: a bank's own families of reasons, laid over the shipped ones.
        level: of the intervals of PDs, 0..1; null for none.
    """

    keep: Sequence[str] = ()
    parts: bool = False
    reasons: bool = False
    reference: Path | None = None
    families: Path | None = None
    level: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Scored:
    """A table scored.

    Args:
        card: of the model.
        kept: Shape: (rows, columns asked for), of the table.
        pds: Shape: one PD per row.
        scores: Shape: one score per row of a scorecard, else null.
        parts: Shape: (rows, traits): points of a scorecard, else what each trait adds
            to the log-odds; null where not asked for.
        told: families of reasons; null where not asked for.
        bounds: between which PDs each row lies; null where not asked for.
    """

    card: dict[str, Any]
    kept: pd.DataFrame
    pds: Floats
    scores: Sequence[int] | None
    parts: pd.DataFrame | None
    told: Told | None
    bounds: PdBounds | None


def score(home: Home, asked: str, path: Path, *, beside: Asked) -> Scored:
    """Return the PD of each row of a table by a model on record.

    Args:
        home: the workspace.
        asked: which model.
        path: a table that holds its traits.
        beside: what is to be said beside the PD.

    Raises:
        UnknownModelError: there is no such model.
        TableError: a trait or column is not there.
        FamiliesError: the bank's own families are malformed.
        NoRefitsError: intervals are asked for and the model has none.
        LevelError: the level is none.
    """
    card, model = model_on_record(home, asked)
    frame = read_table(path)
    table = picked(frame, model.names, file=path.name)
    return Scored(
        card=card,
        kept=picked(frame, beside.keep, file=path.name),
        pds=model.pd(table),
        scores=model.scores(table).tolist() if isinstance(model, Scorecard) else None,
        parts=_parts(model, table) if beside.parts else None,
        told=_told(model, table, beside) if beside.reasons else None,
        bounds=None
        if beside.level is None
        else pd_bounds(model, _refits(home, card), table, level=beside.level),
    )


def _refits(home: Home, card: dict[str, Any]) -> list[RiskModel]:
    if not card.get("refits"):
        raise NoRefitsError(card["name"])
    return refits_of(home.journal.document(card["refits"]["document"]))


def _told(model: RiskModel, table: pd.DataFrame, beside: Asked) -> Told:
    reference = None
    if beside.reference is not None:
        others = read_table(beside.reference)
        reference = picked(others, model.names, file=beside.reference.name)
    parts = parts_of(model, table, reference=reference)
    return told_of(parts, load_families(beside.families))


def _parts(model: RiskModel, table: pd.DataFrame) -> pd.DataFrame:
    if isinstance(model, Challenger | GlassBox):
        return model.contributions(table)
    if isinstance(model, Scorecard):
        return model.points(table)
    return pd.DataFrame(index=table.index)
