"""Experts' opinions are put on record, and read back from there."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date, datetime
from functools import reduce
from typing import Any, Final

import ibis.expr.types as ir

from xiaowei.desk import clock
from xiaowei.desk.home import Home
from xiaowei.desk.knowledge import facts_held
from xiaowei.errors import InputError, NotFoundError
from xiaowei.industry.classification import industry_of, upwards
from xiaowei.industry.opinions import Kind, Opinion
from xiaowei.records.journal import Entry, Journal, NoRunError

OPINION: Final = "opinion"
"""Kind of the journal's entries that hold an opinion."""


@dataclass(frozen=True, slots=True)
class Recorded:
    """An opinion as it is on record.

    Args:
        seq: number of the journal's entry.
        opinion: what was said.
        recorded_on: the day it was put on record; the expert's own day may be another.
        model: enterprise to what the last run before said of it without having seen its
            outcome, 0..1: the case itself, or all firms of the trade; empty where there
            was no such run.
    """

    seq: int
    opinion: Opinion
    recorded_on: date
    model: Mapping[str, float]

    @property
    def said_on(self) -> date:
        """The day from which on what happens was not known when it was said."""
        return max(self.opinion.day, self.recorded_on)


def subject_of(home: Home, about: str, *, kind: Kind | None) -> tuple[Kind, str]:
    """Return what an opinion is about: a trade by its code, or an enterprise.

    Args:
        home: the workspace.
        about: a code of GB/T 4754 in any form, or an enterprise_id.
        kind: which of the two is meant; null where only one of them can be.

    Raises:
        UnknownSubjectError: it is neither.
        AmbiguousSubjectError: it is both and the kind is not said.
    """
    industry = industry_of(about) if kind != "case" else None
    case = kind != "industry" and _holds(facts_held(home.lake), about)
    if industry and case:
        raise AmbiguousSubjectError(about)
    if industry:
        return "industry", industry.code
    if case:
        return "case", about
    raise UnknownSubjectError(about)


def opine(home: Home, opinion: Opinion) -> tuple[Recorded, bool]:
    """Put an opinion on record.

    Args:
        home: the workspace.
        opinion: about a subject as `subject_of` returns it.

    Returns:
        the opinion on record, and whether it is new: what the expert said last of that
        subject for that day is not recorded again word for word.
    """
    same = [
        one for one in on_record(home.journal) if _slot(one.opinion) == _slot(opinion)
    ]
    if same and same[-1].opinion == opinion:
        return same[-1], False
    stated = asdict(opinion) | {"day": opinion.day.isoformat()}
    body = {"opinion": stated, "model": _model_of(home, opinion)}
    return _recorded(home.journal.add(OPINION, body, made_at=clock.now())), True


def on_record(journal: Journal) -> tuple[Recorded, ...]:
    """Return all opinions on record, the first one first."""
    return tuple(_recorded(entry) for entry in journal.entries(OPINION))


def _slot(opinion: Opinion) -> tuple[str, Kind, str, date]:
    return opinion.expert, opinion.kind, opinion.about, opinion.day


def _recorded(entry: Entry) -> Recorded:
    stated, model = entry.body["opinion"], entry.body["model"]
    opinion = Opinion(**{**stated, "day": date.fromisoformat(stated["day"])})
    made = datetime.fromisoformat(entry.made_at).date()
    return Recorded(entry.seq, opinion, made, model["firms"] if model else {})


def _model_of(home: Home, opinion: Opinion) -> dict[str, Any] | None:
    """Return what the last run says of those whom an outcome settles one day."""
    try:
        _, text = home.journal.latest("run")
    except NoRunError:
        return None
    run = json.loads(text)
    firms = {
        firm["enterprise_id"]: _unseen(firm)
        for firm in run["firms"]
        if _concerns(opinion, firm)
    }
    if not firms:
        return None
    return {"run_id": run["run_id"], "as_of": run["as_of"], "firms": firms}


def _unseen(firm: Mapping[str, Any]) -> float:
    held_out = firm.get("pd_held_out")
    return float(firm["pd"] if held_out is None else held_out)


def _concerns(opinion: Opinion, firm: Mapping[str, Any]) -> bool:
    if opinion.kind == "case":
        return bool(firm["enterprise_id"] == opinion.about)
    return next(upwards(opinion.about)) in upwards(firm.get("industry"))


def _holds(facts: Mapping[str, ir.Table], enterprise_id: str) -> bool:
    if not enterprise_id.isprintable():
        return False
    parts = [
        table.filter(table.enterprise_id == enterprise_id)
        .select("enterprise_id")
        .limit(1)
        for table in facts.values()
        if "enterprise_id" in table.columns
    ]
    if not parts:
        return False
    whole = reduce(lambda a, b: a.union(b), parts)
    return bool(whole.to_pyarrow().num_rows)


class UnknownSubjectError(NotFoundError):
    """An opinion is about nothing that is known here."""

    def __init__(self, about: str) -> None:
        """Name it."""
        super().__init__(
            f"'{about}' is no trade, and no enterprise that this home knows",
            expected="a code of GB/T 4754 such as H62, or an enterprise_id of files "
            "that were taken",
            remedy="Check the code, or take the enterprise's files first",
        )


class AmbiguousSubjectError(InputError):
    """An opinion may be about a trade or about an enterprise of that name."""

    def __init__(self, about: str) -> None:
        """Name it."""
        super().__init__(
            f"'{about}' is a code of GB/T 4754 and an enterprise of this home too",
            expected="one of the two",
            remedy="Say which with --kind industry or --kind case",
        )
