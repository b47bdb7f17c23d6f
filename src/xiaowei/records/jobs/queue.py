"""Jobs in, leased one by one to those who do them; what became of each stays.

A job is leased, never given: whoever is at it says so again before the lease runs out,
and what is not said again is taken to be dead and leased to the next. Each lease has a
token of its own, so that one who was slow and thought dead ends nothing any more. A
job that fails for what it was asked is dead at once; one whose workers die or break
down is tried again, later each time, and dead after so many tries. 任务、租约、死信。
"""

import json
from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any, Final

import sqlalchemy as sa

from xiaowei.records.jobs.job import (
    JOBS,
    MOST_WAITING,
    Job,
    JobOverError,
    Lease,
    LostLeaseError,
    ManyJobsError,
    State,
    UnknownJobError,
    job_of,
)
from xiaowei.records.journal import Entry, Journal, canonical
from xiaowei.records.moments import seconds, stamp

ASKED: Final = "job.asked"
ENDED: Final = "job.ended"
STEERED: Final = "job.steered"
LEASE_SECONDS: Final = 60
"""So long after its worker's death at most a job is free for another."""
MOST_TRIES: Final = 3
_WAIT_SECONDS: Final = 60
"""Before the second try; twice as long before each later one."""


class Jobs:
    """The jobs of one home.

    Args:
        journal: of its records.
    """

    def __init__(self, journal: Journal) -> None:
        """Open them."""
        self._journal = journal
        self._store = journal.store

    def put(
        self,
        connection: sa.Connection,
        kind: str,
        asked: Mapping[str, Any],
        *,
        by: str,
        at: datetime,
    ) -> int:
        """Put a job on record, and return its number.

        Args:
            connection: of `Store.writing`, so that it is there if what asks for it is.
            kind: what is to be done.
            asked: how, as plain values.
            by: login of who asks.
            at: the moment.

        Raises:
            ManyJobsError: too many wait.
        """
        waiting = sa.select(sa.func.count()).where(JOBS.c.state == "waiting")
        if connection.execute(waiting).scalar_one() >= MOST_WAITING:
            raise ManyJobsError
        entry = self._journal.append(
            connection,
            ASKED,
            {"kind": kind, "asked": dict(asked), "by": by},
            made_at=stamp(at),
        )
        connection.execute(JOBS.insert().values(**_new(entry, seconds(at))))
        return entry.seq

    def lease(
        self, *, kinds: Collection[str], token: str, at: datetime
    ) -> Lease | None:
        """Return the job that is due the longest, now this worker's; null for none.

        Args:
            kinds: that the worker can do.
            token: of this lease, never used before.
            at: the moment.
        """
        due = (
            JOBS.select()
            .where(
                JOBS.c.kind.in_(sorted(kinds)),
                JOBS.c.state.in_(("waiting", "running")),
                JOBS.c.due_at <= seconds(at),
            )
            .order_by(JOBS.c.due_at, JOBS.c.number)
            .limit(1)
        )
        with self._store.writing() as connection:
            while (row := connection.execute(due).first()) is not None:
                job = job_of(row)
                if job.stopping:
                    self._close(connection, job, "cancelled", at=at)
                elif job.tries >= MOST_TRIES:
                    reason = job.reason or "its worker died each time"
                    self._close(connection, job, "dead", at=at, reason=reason)
                else:
                    _set(
                        connection,
                        job.number,
                        state="running",
                        tries=job.tries + 1,
                        token=token,
                        due_at=seconds(at) + LEASE_SECONDS,
                        **_NOTHING_DONE,
                    )
                    return Lease(_one(connection, job.number), token)
        return None

    def beat(
        self, lease: Lease, *, at: datetime, step: str, done: int = 0, whole: int = 0
    ) -> bool:
        """Say that a worker lives and how far it is; return whether it is to stop.

        Args:
            lease: its own.
            at: the moment.
            step: what it is doing.
            done: how far that has come.
            whole: of how much; 0 where nobody knows.

        Raises:
            LostLeaseError: the job is no longer this worker's.
        """
        with self._store.writing() as connection:
            job = self._held(connection, lease)
            _set(
                connection,
                job.number,
                due_at=seconds(at) + LEASE_SECONDS,
                step=step,
                done=done,
                whole=whole,
            )
        return job.stopping

    def end(
        self,
        connection: sa.Connection,
        lease: Lease,
        answer: Mapping[str, Any],
        *,
        at: datetime,
    ) -> None:
        """Say what came of a job, in the transaction that puts its effect on record.

        Args:
            connection: of `Store.writing`.
            lease: its own.
            answer: as plain values.
            at: the moment.

        Raises:
            LostLeaseError: the job is no longer this worker's; nothing of the
                transaction may stay.
        """
        job = self._held(connection, lease)
        self._close(connection, job, "done", at=at, answer=canonical(dict(answer)))

    def leave(self, lease: Lease, *, at: datetime, after: int = 0) -> None:
        """Say that a worker has left a job: cancelled if it is to be, else for another.

        Args:
            lease: its own.
            at: the moment.
            after: so many seconds from then on another may have it.

        Raises:
            LostLeaseError: see `beat`.
        """
        with self._store.writing() as connection:
            job = self._held(connection, lease)
            if job.stopping:
                self._close(connection, job, "cancelled", at=at)
                return
            _set(
                connection,
                job.number,
                state="waiting",
                token="",
                # Whoever is told to stop, or has to wait, has not failed.
                tries=job.tries - 1,
                due_at=seconds(at) + after,
            )

    def fail(self, lease: Lease, reason: str, *, again: bool, at: datetime) -> None:
        """Say that a job failed.

        Args:
            lease: its own.
            reason: why.
            again: whether it may go better another time.
            at: the moment.

        Raises:
            LostLeaseError: see `beat`.
        """
        with self._store.writing() as connection:
            job = self._held(connection, lease)
            if not again or job.tries >= MOST_TRIES:
                self._close(connection, job, "dead", at=at, reason=reason)
                return
            wait = _WAIT_SECONDS * 2 ** (job.tries - 1)
            _set(
                connection,
                job.number,
                state="waiting",
                token="",
                due_at=seconds(at) + wait,
                reason=reason,
            )

    def answers(self, kind: str, *, by: str) -> list[dict[str, Any]]:
        """Return what came of all jobs of a kind that one account asked for."""
        asked = sa.select(JOBS.c.answer).where(
            JOBS.c.kind == kind, JOBS.c.by == by, JOBS.c.state == "done"
        )
        with self._store.reading() as connection:
            return [json.loads(one) for one in connection.execute(asked).scalars()]

    def last(self, kind: str, asked: Mapping[str, Any]) -> Job | None:
        """Return the newest job of a kind that asks for just this; null for none."""
        same = (JOBS.c.kind == kind) & (JOBS.c.asked == canonical(dict(asked)))
        newest = JOBS.select().where(same).order_by(JOBS.c.number.desc()).limit(1)
        with self._store.reading() as connection:
            row = connection.execute(newest).first()
        return None if row is None else job_of(row)

    def cancel(self, number: int, *, by: str, at: datetime) -> Job:
        """Cancel a job: at once if it waits, else when its worker hears of it.

        Args:
            number: which.
            by: login of who cancels it.
            at: the moment.

        Raises:
            UnknownJobError: there is none of that number.
            JobOverError: it is over.
        """
        with self._store.writing() as connection:
            job = _one(connection, number)
            if job.state not in ("waiting", "running"):
                raise JobOverError(job, "a job that waits or is being done")
            self._steered(connection, number, "cancel", by=by, at=at)
            if job.state == "waiting":
                self._close(connection, job, "cancelled", at=at)
            else:
                _set(connection, number, stopping=True)
            return _one(connection, number)

    def resume(self, number: int, *, by: str, at: datetime) -> Job:
        """Let a job that is dead or cancelled be tried anew.

        Args:
            number: which.
            by: login of who wants it.
            at: the moment.

        Raises:
            UnknownJobError: there is none of that number.
            JobOverError: it is neither.
        """
        with self._store.writing() as connection:
            job = _one(connection, number)
            if job.state not in ("dead", "cancelled"):
                raise JobOverError(job, "a job that is dead or cancelled")
            self._steered(connection, number, "resume", by=by, at=at)
            _set(
                connection,
                number,
                state="waiting",
                tries=0,
                token="",
                due_at=seconds(at),
                stopping=False,
                reason="",
                **_NOTHING_DONE,
            )
            return _one(connection, number)

    def one(self, number: int) -> Job:
        """Return a job.

        Raises:
            UnknownJobError: there is none of that number.
        """
        with self._store.reading() as connection:
            return _one(connection, number)

    def counts(self) -> dict[str, int]:
        """Return how many jobs stand in each state; a state with none is left out."""
        asked = sa.select(JOBS.c.state, sa.func.count()).group_by(JOBS.c.state)
        with self._store.reading() as connection:
            return {row[0]: row[1] for row in connection.execute(asked)}

    def some(
        self, *, state: State | None = None, before: int | None = None, most: int = 100
    ) -> list[Job]:
        """Return jobs, the newest first.

        Args:
            state: those that stand there; null for all.
            before: those of a lower number; null for the newest.
            most: so many at most.
        """
        asked = JOBS.select().order_by(JOBS.c.number.desc()).limit(most)
        if state is not None:
            asked = asked.where(JOBS.c.state == state)
        if before is not None:
            asked = asked.where(JOBS.c.number < before)
        with self._store.reading() as connection:
            return [job_of(row) for row in connection.execute(asked)]

    def _steered(
        self, connection: sa.Connection, number: int, act: str, *, by: str, at: datetime
    ) -> None:
        body = {"job": number, "act": act, "by": by}
        self._journal.append(connection, STEERED, body, made_at=stamp(at))

    def _held(self, connection: sa.Connection, lease: Lease) -> Job:
        number = lease.job.number
        token = sa.select(JOBS.c.token).where(JOBS.c.number == number)
        if connection.execute(token).scalar() != lease.token:
            raise LostLeaseError(number)
        return _one(connection, number)

    def _close(
        self,
        connection: sa.Connection,
        job: Job,
        state: State,
        *,
        at: datetime,
        answer: str = "",
        reason: str = "",
    ) -> None:
        """End a job; that it ended stands in the journal, too."""
        _set(
            connection,
            job.number,
            state=state,
            token="",
            answer=answer,
            reason=reason,
        )
        body = {"job": job.number, "state": state, "reason": reason}
        self._journal.append(connection, ENDED, body, made_at=stamp(at))


_NOTHING_DONE: Final[Mapping[str, Any]] = {"step": "", "done": 0, "whole": 0}


def _new(entry: Entry, due_at: int) -> dict[str, Any]:
    return {
        "number": entry.seq,
        "kind": entry.body["kind"],
        "asked": canonical(entry.body["asked"]),
        "by": entry.body["by"],
        "made_at": entry.made_at,
        "state": "waiting",
        "tries": 0,
        "due_at": due_at,
        "token": "",
        "stopping": False,
        "answer": "",
        "reason": "",
        **_NOTHING_DONE,
    }


def _set(connection: sa.Connection, number: int, **values: Any) -> None:  # noqa: ANN401
    connection.execute(JOBS.update().where(JOBS.c.number == number).values(**values))


def _one(connection: sa.Connection, number: int) -> Job:
    row = connection.execute(JOBS.select().where(JOBS.c.number == number)).first()
    if row is None:
        raise UnknownJobError(number)
    return job_of(row)
