"""A table of applicants and two policies in; how their frontiers compare out."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
import pandas as pd

from xiaowei.desk.home import Home
from xiaowei.desk.modelling.keeping import model_on_record
from xiaowei.desk.modelling.tables import (
    CaseTable,
    Roles,
    TableError,
    cases_of,
    picked,
)
from xiaowei.risk.frontier import Comparison, compare
from xiaowei.risk.sample import Floats

_SAFER: Final = "-"


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """Which two policies are compared, and where.

    Args:
        old: a column of the table that holds a risk, one that holds a score if a minus
            stands in front of its name, or the name of a model on record.
        new: likewise.
        roles: of the columns.
        approved: the share that the old policy approves, above 0 and below 1.
        seed: of the bootstrap.
    """

    old: str
    new: str
    roles: Roles
    approved: float = 0.5
    seed: int = 0


@dataclass(frozen=True, slots=True)
class Answer:
    """How two policies compare on the applicants whose outcome is known.

    Args:
        question: what was asked.
        whole: on all of them.
        unknown: applicants set aside as their outcome is not known.
        unscored: policy to the applicants it says nothing about; they come last.
        judged_on: the file and its fingerprint.
        learnt: policies that are models learnt from this very file, in part: what they
            gain is flattered.
    """

    question: Question
    whole: Comparison
    unknown: int
    unscored: Mapping[str, int]
    judged_on: Mapping[str, str]
    learnt: tuple[str, ...]

    def as_plain(self) -> dict[str, Any]:
        """Return it as plain values."""
        return {
            "old": self.question.old,
            "new": self.question.new,
            "seed": self.question.seed,
            "unknown": self.unknown,
            "unscored": dict(self.unscored),
            "judged_on": dict(self.judged_on),
            "learnt": list(self.learnt),
            **asdict(self.whole),
        }


def frontiers(home: Home, path: Path, question: Question) -> Answer:
    """Compare what two policies approve among applicants whose outcome is known.

    An applicant whom a policy says nothing about is approved last by it.

    Args:
        home: the workspace, for models on record.
        path: a table of applicants; also those declined must have an outcome, or the
            answer is about those approved alone.
        question: what is compared.

    Raises:
        TableError: the table cannot be used.
        UnknownModelError: a policy is neither a column nor a model.
        FrontierError: there is nothing to compare.
    """
    cases = cases_of(path, question.roles)
    names = (question.old, question.new)
    (old, _), (new, _) = told = [_policy(home, cases, name) for name in names]
    whole = compare(
        _last_if_unknown(old),
        _last_if_unknown(new),
        cases.bad,
        approved=question.approved,
        generator=np.random.default_rng(question.seed),
        groups=cases.groups,
    )
    return Answer(
        question=question,
        whole=whole,
        unknown=cases.unknown,
        unscored={
            name: int(np.isnan(risk).sum())
            for name, (risk, _) in zip(names, told, strict=True)
        },
        judged_on={"file": cases.name, "sha256": cases.sha256},
        learnt=tuple(
            dict.fromkeys(
                name for name, (_, own) in zip(names, told, strict=True) if own
            )
        ),
    )


def _policy(home: Home, cases: CaseTable, policy: str) -> tuple[Floats, bool]:
    """Return the risk a policy sees in each case, and whether it learnt from them."""
    name = policy.removeprefix(_SAFER)
    if name not in cases.traits.columns:
        card, model = model_on_record(home, policy)
        risk = model.pd(picked(cases.traits, model.names, file=cases.name))
        return risk, card["data"]["sha256"] == cases.sha256
    column = cases.traits[name]
    if not pd.api.types.is_numeric_dtype(column):
        raise TableError(
            cases.name,
            f"column '{name}' does not hold numbers",
            expected="a risk, or a score with a minus before its name",
            remedy="Name another column, or a model on record",
        )
    stated: Floats = column.to_numpy(dtype=np.float64, na_value=np.nan)
    return -stated if policy.startswith(_SAFER) else stated, False


def _last_if_unknown(risk: Floats) -> Floats:
    return np.where(np.isnan(risk), np.inf, risk)
