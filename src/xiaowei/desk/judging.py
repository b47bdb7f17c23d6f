"""Judgements of experts are put on record, and read back from there."""

from datetime import date
from typing import Final

from xiaowei.desk import clock
from xiaowei.desk.home import Home
from xiaowei.industry.best_worst import Weighing
from xiaowei.industry.weighings import Judgement, comparisons_of
from xiaowei.records.journal import Journal

JUDGEMENT: Final = "judgement_of_experts"
"""Kind of the journal's entries that hold a judgement of experts."""


def judge(home: Home, judgement: Judgement) -> Weighing:
    """Put a judgement of experts on record.

    Args:
        home: the workspace.
        judgement: who weighs how much, by the best-worst method.

    Returns:
        the weights it comes to, and how consistent it is.

    Raises:
        InconsistentError: it contradicts itself more than the policy allows; nothing
            is recorded.
    """
    limit = home.book.number("industry_consistency", on=judgement.day)
    weighing = judgement.weighing.checked(limit=float(limit))
    stated = judgement.comparisons
    body = {
        "judge": judgement.judge,
        "day": judgement.day.isoformat(),
        "comparisons": {
            "best": stated.best,
            "worst": stated.worst,
            "best_over": dict(stated.best_over),
            "over_worst": dict(stated.over_worst),
        },
        "consistency_ratio": weighing.ratio,
    }
    home.journal.add(JUDGEMENT, body, made_at=clock.now())
    return weighing


def judgements_on_record(journal: Journal) -> tuple[Judgement, ...]:
    """Return all judgements of experts on record, the first one first."""
    return tuple(
        Judgement(
            judge=entry.body["judge"],
            day=date.fromisoformat(entry.body["day"]),
            comparisons=comparisons_of(entry.body["comparisons"]),
        )
        for entry in journal.entries(JUDGEMENT)
    )
