"""What is to be learnt, and of which kind; few defaults call for a small model."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Final, Literal

from xiaowei.desk.modelling.tables import Roles
from xiaowei.risk.challenger import Challenger
from xiaowei.risk.estimator import RiskModel
from xiaowei.risk.glassbox import GlassBox
from xiaowei.risk.hazard_card import HazardCard
from xiaowei.risk.scorecard import Scorecard
from xiaowei.risk.small.experts_model import Experts
from xiaowei.risk.small.firth_model import Firth
from xiaowei.risk.small.said import Statement, StatementsError, plain, read_statements
from xiaowei.said import Said

ModelKind = Literal["scorecard", "challenger", "glassbox", "firth", "experts", "hazard"]

FEW: Final = 100
"""Under so many defaults a model of many traits learns chance. Source: issue of the
house; Steyerberg 2019, chapter 4, has ten to twenty defaults for each weight."""

_MAKERS: Final[Mapping[ModelKind, type[RiskModel]]] = {
    "scorecard": Scorecard,
    "challenger": Challenger,
    "glassbox": GlassBox,
    "firth": Firth,
}
_SMALL: Final = frozenset({"firth", "experts"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Lesson:
    """What is to be learnt, and how it is judged.

    Args:
        name: what the model will be called.
        kind: which model.
        roles: of the columns.
        judged_from: the first day judged; null for the last quarter of cases.
        window_months: how long a default counts, 0 where outcomes are final.
        as_of: today for the cases; null where all outcomes are final.
        seed: of whatever is left to chance.
        intervals: how often the model is learnt anew from draws of its cases, by group,
            for intervals of PDs and to see how firmly reasons stand; 0 for never, else
            2 or more.
        by: who trains, by name; null where it is not said.
        priors: what experts hold, of a model of that kind; else nobody.
    """

    name: str
    kind: ModelKind
    roles: Roles
    judged_from: date | None = None
    window_months: int = 0
    as_of: date | None = None
    seed: int = 0
    intervals: int = 0
    priors: tuple[Statement, ...] = ()
    by: str | None = None


def statements_of(path: Path) -> tuple[Statement, ...]:
    """Return what experts hold, from a file of YAML.

    Args:
        path: the file.

    Raises:
        StatementsError: it cannot be read, or has faults; every one is named.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise StatementsError(path.name, [f"cannot be read: {error}"]) from error
    return read_statements(text, file=path.name)


def unlearnt(lesson: Lesson) -> RiskModel:
    """Return the model of a lesson, not fitted."""
    if lesson.kind == "hazard":
        return HazardCard(window=lesson.window_months, random_state=lesson.seed)
    if lesson.kind == "experts":
        return Experts(priors=plain(lesson.priors), random_state=lesson.seed)
    return _MAKERS[lesson.kind](random_state=lesson.seed)


def cautions(lesson: Lesson, *, bads: int) -> list[Said]:
    """Return what whoever trains should know of the kind chosen; maybe nothing.

    Args:
        lesson: what was learnt.
        bads: how many defaults it was learnt from.
    """
    if bads >= FEW or lesson.kind in _SMALL:
        return []
    return [
        Said(
            f"只有{bads}户违约可供训练，少于{FEW}户：{lesson.kind}易把偶然当规律，"
            "宜用 --model firth，或以 --priors 引入专家先验",
            f"only {bads} defaults are learnt from, fewer than {FEW}: a {lesson.kind} "
            "takes chance for rule; use --model firth, or --priors of experts",
        )
    ]
