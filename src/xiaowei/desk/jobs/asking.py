"""Somebody asks for long work; its number is what he is told."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import date
from typing import Any, TypeAlias

from xiaowei.desk import clock
from xiaowei.desk.home import Home
from xiaowei.desk.jobs.handlers import BACKTEST, RUN, TAKE
from xiaowei.desk.ruling import lab
from xiaowei.desk.ruling.versions import rules_of
from xiaowei.money import Fen
from xiaowei.records.jobs.job import Job, State, UnknownJobError
from xiaowei.records.jobs.queue import Jobs
from xiaowei.records.keys import once
from xiaowei.records.moments import stamp

JobState: TypeAlias = State

__all__ = [
    "Job",
    "JobState",
    "ask_to_back_test",
    "ask_to_run",
    "ask_to_take",
    "back_test_of",
    "cancel",
    "counts",
    "job",
    "jobs",
    "plain",
    "resume",
]


def ask_to_take(
    home: Home, upload: str, *, received_on: date, by: str, key: str | None = None
) -> Job:
    """Ask that an upload be taken into the lake.

    Args:
        home: the workspace.
        upload: see `keep_upload`.
        received_on: the day taken as known where its rows state none.
        by: login of who asks.
        key: the same each time that this is asked; null for none.

    Raises:
        ManyJobsError: too many jobs wait.
        KeyUsedError: the key came with something else.
    """
    asked = {"upload": upload, "received_on": received_on.isoformat()}
    return _ask(home, TAKE, asked, by=by, key=key)


def ask_to_run(
    home: Home,
    *,
    budget_fen: Fen,
    as_of: date | None,
    model: str | None,
    by: str,
    key: str | None = None,
) -> Job:
    """Ask for a run of the whole line over what is held.

    Args:
        home: the workspace.
        budget_fen: what may be lent.
        as_of: the day; null for the last on which anything became known.
        model: a model on record whose PD counts; null for the run's own card.
        by: login of who asks.
        key: the same each time that this is asked; null for none.

    Raises:
        ManyJobsError: too many jobs wait.
        KeyUsedError: the key came with something else.
    """
    asked = {
        "budget_fen": budget_fen,
        "as_of": None if as_of is None else as_of.isoformat(),
        "model": model,
    }
    return _ask(home, RUN, asked, by=by, key=key)


def ask_to_back_test(
    home: Home,
    number: int,
    *,
    limits: Sequence[str] = (),
    by: str,
    key: str | None = None,
) -> Job:
    """Ask what rules would have decided on all decisions on record.

    Args:
        home: the workspace.
        number: of the version; 0 for the rules that are shipped.
        limits: those moved, each as RULE.TRAIT=VALUE.
        by: login of who asks.
        key: the same each time that this is asked; null for none.

    Raises:
        UnknownRulesError: there is none of that number.
        HalfAskedError, NoLimitError, RuleSetError: a limit cannot be moved so.
        ManyJobsError: too many jobs wait.
        KeyUsedError: the key came with something else.
    """
    lab.settled(home, lab.with_limits(rules_of(home, number), limits))
    return _ask(home, BACKTEST, _tried(number, limits), by=by, key=key)


def back_test_of(home: Home, number: int, *, job: int | None = None) -> Job | None:
    """Return a back-test of a version; null where there is none.

    Args:
        home: the workspace.
        number: of the version.
        job: which one; null for the newest of the version as it was drafted.

    Raises:
        UnknownJobError: the job is no back-test of the version.
    """
    queue = Jobs(home.journal)
    if job is None:
        return queue.last(BACKTEST, _tried(number, ()))
    found = queue.one(job)
    if found.kind != BACKTEST or found.asked["rules"] != number:
        raise UnknownJobError(job)
    return found


def _tried(number: int, limits: Sequence[str]) -> dict[str, Any]:
    return {"rules": number, "limits": list(limits)}


def plain(one: Job) -> dict[str, Any]:
    """Return a job as plain values."""
    return asdict(one)


def job(home: Home, number: int) -> Job:
    """Return a job.

    Raises:
        UnknownJobError: there is none of that number.
    """
    return Jobs(home.journal).one(number)


def jobs(
    home: Home, *, state: State | None = None, before: int | None = None, most: int
) -> list[Job]:
    """Return jobs, the newest first; see `Jobs.some`."""
    return Jobs(home.journal).some(state=state, before=before, most=most)


def counts(home: Home) -> dict[str, int]:
    """Return how many jobs stand in each state; a state with none is left out."""
    return Jobs(home.journal).counts()


def cancel(home: Home, number: int, *, by: str) -> Job:
    """Cancel a job: at once if it waits, else when its worker hears of it.

    Raises:
        UnknownJobError: there is none of that number.
        JobOverError: it is over.
    """
    return Jobs(home.journal).cancel(number, by=by, at=clock.moment())


def resume(home: Home, number: int, *, by: str) -> Job:
    """Let a job that is dead or cancelled be tried anew.

    Raises:
        UnknownJobError: there is none of that number.
        JobOverError: it is neither.
    """
    return Jobs(home.journal).resume(number, by=by, at=clock.moment())


def _ask(
    home: Home, kind: str, asked: Mapping[str, Any], *, by: str, key: str | None
) -> Job:
    queue, at = Jobs(home.journal), clock.moment()
    with home.journal.store.writing() as connection:

        def act() -> str:
            return str(queue.put(connection, kind, asked, by=by, at=at))

        if key is None:
            number = act()
        else:
            told = {"kind": kind, "asked": dict(asked)}
            number = once(connection, key, told, made_at=stamp(at), act=act)
    return queue.one(int(number))
