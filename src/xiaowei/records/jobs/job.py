"""One job: what was asked for, where it stands, and what came of it."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, Literal, TypeAlias

import sqlalchemy as sa

from xiaowei.errors import ConflictError, NotFoundError
from xiaowei.records.schema import META

State: TypeAlias = Literal["waiting", "running", "done", "dead", "cancelled"]

MOST_WAITING: Final = 1_000
JOBS: Final = sa.Table(
    "jobs",
    META,
    sa.Column("number", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("asked", sa.Text, nullable=False),
    sa.Column("by", sa.Text, nullable=False),
    sa.Column("made_at", sa.Text, nullable=False),
    sa.Column("state", sa.Text, nullable=False),
    sa.Column("tries", sa.BigInteger, nullable=False),
    sa.Column("due_at", sa.BigInteger, nullable=False),
    sa.Column("token", sa.Text, nullable=False),
    sa.Column("stopping", sa.Boolean, nullable=False),
    sa.Column("step", sa.Text, nullable=False),
    sa.Column("done", sa.BigInteger, nullable=False),
    sa.Column("whole", sa.BigInteger, nullable=False),
    sa.Column("answer", sa.Text, nullable=False),
    sa.Column("reason", sa.Text, nullable=False),
    sa.Index("jobs_due", "state", "due_at"),
    sa.CheckConstraint(
        "state IN ('waiting', 'running', 'done', 'dead', 'cancelled')",
        name="jobs_state",
    ),
)


@dataclass(frozen=True, slots=True)
class Job:
    """One job.

    Args:
        number: that of the journal's entry which asked for it.
        kind: what is to be done.
        asked: how, as plain values.
        by: login of who asked.
        made_at: when, ISO 8601 in UTC.
        state: where it stands.
        tries: how often it was leased.
        stopping: whether it is to be cancelled as soon as its worker hears of it.
        step: what its worker is doing.
        done: how far that has come.
        whole: of how much; 0 where nobody knows.
        answer: what came of it; null before.
        reason: why it is dead, or waits for another try; empty otherwise.
    """

    number: int
    kind: str
    asked: Mapping[str, Any]
    by: str
    made_at: str
    state: State
    tries: int
    stopping: bool
    step: str
    done: int
    whole: int
    answer: Mapping[str, Any] | None
    reason: str


@dataclass(frozen=True, slots=True)
class Lease:
    """A job that one worker may do for a while.

    Args:
        job: which.
        token: shows that it is his.
    """

    job: Job
    token: str


class UnknownJobError(NotFoundError):
    """There is no job of a number."""

    def __init__(self, number: int) -> None:
        """Name it."""
        super().__init__(
            f"there is no job {number}",
            expected="the number of a job",
            remedy="List them with 'xiaowei jobs list'",
        )


class LostLeaseError(ConflictError):
    """A worker was thought dead, and his job is another's or over."""

    def __init__(self, number: int) -> None:
        """Name the job."""
        super().__init__(
            f"job {number} is no longer this worker's",
            expected="a lease that has not run out",
            remedy="Leave it to whoever holds it now",
        )


class ManyJobsError(ConflictError):
    """More jobs wait than are taken."""

    status = 503

    def __init__(self) -> None:
        """Say how many may wait."""
        super().__init__(
            f"{MOST_WAITING} jobs wait already",
            expected="fewer jobs that wait",
            remedy="Ask again when some are done",
        )


class JobOverError(ConflictError):
    """A job is not where it would have to be."""

    def __init__(self, job: Job, expected: str) -> None:
        """Say where it stands."""
        super().__init__(
            f"job {job.number} is {job.state}",
            expected=expected,
            remedy="Look at it with 'xiaowei jobs show'",
        )


def job_of(row: Any) -> Job:  # noqa: ANN401 - a row of SQLAlchemy
    """Return what a row of the table says."""
    return Job(
        number=row.number,
        kind=row.kind,
        asked=json.loads(row.asked),
        by=row.by,
        made_at=row.made_at,
        state=row.state,
        tries=row.tries,
        stopping=bool(row.stopping),
        step=row.step,
        done=row.done,
        whole=row.whole,
        answer=json.loads(row.answer) if row.answer else None,
        reason=row.reason,
    )
