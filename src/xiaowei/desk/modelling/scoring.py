"""A table scored by a model on record: PDs, their intervals, and why."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa

from xiaowei.desk.home import Home
from xiaowei.desk.modelling.committee import bounds_at
from xiaowei.desk.modelling.keeping import document_of, model_in_use
from xiaowei.desk.modelling.tables import picked, read_table
from xiaowei.errors import ConflictError
from xiaowei.policy.reasons.families import Families
from xiaowei.policy.reasons.reading import load_families
from xiaowei.risk.batches import pds_and_scores
from xiaowei.risk.estimator import RiskModel
from xiaowei.risk.intervals import PdBounds, pd_bounds, refits_of
from xiaowei.risk.sample import Floats
from xiaowei.risk.scorecard import Scorecard
from xiaowei.risk.why.parts import means_of, parts_of
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
        refer: the share of each outcome that may be told wrongly, by which it is said
            who is good, bad, or referred to people; null where it is not.
    """

    keep: Sequence[str] = ()
    parts: bool = False
    reasons: bool = False
    reference: Path | None = None
    families: Path | None = None
    level: float | None = None
    refer: float | None = None


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
        calls: good, bad or refer of each row; null where not asked for.
    """

    card: dict[str, Any]
    kept: pd.DataFrame
    pds: Floats
    scores: Sequence[int] | None
    parts: pd.DataFrame | None
    told: Told | None
    bounds: PdBounds | None
    calls: Sequence[str] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Scoring:
    """All that rows are scored by; once made, it opens nothing.

    Args:
        card: of the model.
        model: itself.
        beside: what is to be said beside the PD.
        refits: the model learnt anew; null where no interval is asked for.
        means: what traits add on average of those to compare with, or null.
        families: of reasons; null where none are asked for.
    """

    card: dict[str, Any]
    model: RiskModel
    beside: Asked
    refits: list[RiskModel] | None
    means: "pd.Series[float] | None"
    families: Families | None

    @property
    def texts(self) -> set[str]:
        """The traits that are categories: digits of theirs are text too."""
        if isinstance(self.model, Scorecard):
            bins = self.model.bins_.items()
            return {name for name, one in bins if one.kind == "category"}
        return set(getattr(self.model, "labels_", ()))

    def scored(
        self, table: pa.Table | pd.DataFrame, *, kept: pd.DataFrame | None = None
    ) -> Scored:
        """Return what is said of each row.

        Args:
            table: Shape: (rows, traits), in the model's order; one row or more.
            kept: Shape: (rows, columns) that stand beside; null for none.
        """
        model, beside = self.model, self.beside
        pds, scores = pds_and_scores(model, table)
        return Scored(
            card=self.card,
            kept=pd.DataFrame(index=range(len(pds))) if kept is None else kept,
            pds=pds,
            scores=None if scores is None else scores.tolist(),
            parts=_parts(model, table) if beside.parts else None,
            told=None
            if self.families is None
            else told_of(parts_of(model, table, means=self.means), self.families),
            bounds=None
            if self.refits is None or beside.level is None
            else pd_bounds(model, self.refits, table, level=beside.level),
            calls=None
            if beside.refer is None
            else bounds_at(self.card.get("referring", ()), beside.refer)
            .told(pds)
            .tolist(),
        )


def score(home: Home, asked: str, path: Path, *, beside: Asked) -> Scored:
    """Return the PD of each row of a table by a model on record, all in memory.

    Args:
        home: the workspace.
        asked: which model.
        path: a table that holds its traits.
        beside: what is to be said beside the PD.

    Raises:
        UnknownModelError: there is no such model.
        UnsignedModelError: it lacks the signatures that the policy demands.
        AlteredModelError: it was altered since it was put on record.
        TableError: a trait or column is not there.
        FamiliesError: the bank's own families are malformed.
        NoRefitsError: intervals are asked for and the model has none.
        LevelError: the level is none.
    """
    scoring = scoring_of(home, asked, beside=beside)
    frame = read_table(path, texts=scoring.texts)
    table = picked(frame, scoring.model.names, file=path.name)
    return scoring.scored(table, kept=picked(frame, beside.keep, file=path.name))


def scoring_of(home: Home, asked: str, *, beside: Asked) -> Scoring:
    """Return what rows are scored by.

    Args:
        home: the workspace.
        asked: which model.
        beside: what is to be said beside the PD.

    Raises:
        UnknownModelError: there is no such model.
        TableError: a trait of the reference is not there.
        FamiliesError: the bank's own families are malformed.
        NoRefitsError: intervals are asked for and the model has none.
    """
    card, model = model_in_use(home, asked)
    bare = Scoring(
        card=card,
        model=model,
        beside=beside,
        refits=None if beside.level is None else _refits(home, card),
        means=None,
        families=load_families(beside.families) if beside.reasons else None,
    )
    if not beside.reasons or beside.reference is None:
        return bare
    others = read_table(beside.reference, texts=bare.texts)
    reference = picked(others, model.names, file=beside.reference.name)
    return replace(bare, means=means_of(model, reference))


def _refits(home: Home, card: dict[str, Any]) -> list[RiskModel]:
    if not card.get("refits"):
        raise NoRefitsError(card["name"])
    digest = card["refits"]["document"]
    return refits_of(document_of(home, digest, name=card["name"]))


def _parts(model: Any, table: pa.Table | pd.DataFrame) -> pd.DataFrame:  # noqa: ANN401 - some have points
    if isinstance(model, Scorecard):
        return model.points(table)
    parts: pd.DataFrame = model.contributions(table)
    return parts
