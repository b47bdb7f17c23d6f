"""A worker: jobs that are due in, one after another; each done, dead or left out."""

import secrets
import threading
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any, Final, TypeAlias

import sqlalchemy as sa

from xiaowei.desk import clock
from xiaowei.desk.home import Home, open_home
from xiaowei.errors import InputError, NotFoundError, XiaoweiError
from xiaowei.facts.lake import BusyLakeError
from xiaowei.records.jobs.job import Job, Lease, LostLeaseError
from xiaowei.records.jobs.queue import LEASE_SECONDS, Jobs

_BEATS_A_LEASE: Final = 4
_IDLE_SECONDS: Final = 1.0
_BUSY_SECONDS: Final = 3


class StoppedError(Exception):
    """A job is to be left: it was cancelled, or is another worker's."""


@dataclass(slots=True)
class Doing:
    """What a job's work tells of itself, and is told.

    Args:
        step: what is being done.
        done: how far that has come.
        whole: of how much; 0 where nobody knows.
        stopped: set where the work is to be left.
    """

    step: str = ""
    done: int = 0
    whole: int = 0
    stopped: threading.Event = field(default_factory=threading.Event)

    def tell(self, step: str, done: int = 0, whole: int = 0) -> None:
        """Say how far the work is.

        Raises:
            StoppedError: it is to be left.
        """
        if self.stopped.is_set():
            raise StoppedError
        self.step, self.done, self.whole = step, done, whole


@dataclass(frozen=True, slots=True)
class Effect:
    """What came of a job's work.

    Args:
        answer: as plain values.
        record: puts it on record, in the transaction that ends the job; null where it
            stands in the lake, where the same is never twice.
        after: tidies up once the job has ended.
    """

    answer: Mapping[str, Any]
    record: Callable[[sa.Connection], None] | None = None
    after: Callable[[], None] | None = None


Handler: TypeAlias = Callable[[Home, Mapping[str, Any], Doing], Effect]
"""Does a job: the home, what was asked, and where it tells of itself."""


class Worker:
    """Does the jobs of one home.

    Args:
        home: whose jobs; each is done in a home opened for it, so that it sees the
            bank's numbers as they stand then.
        handlers: kind of job to who does it.
    """

    def __init__(self, home: Home, handlers: Mapping[str, Handler]) -> None:
        """Take both; nothing is begun."""
        self._home, self._handlers = home, handlers
        self._jobs = Jobs(home.journal)
        self._stopping = threading.Event()
        self._doing = Doing()

    def work(self) -> None:
        """Do whatever is due until told to stop."""
        while not self._stopping.is_set():
            if self.turn() is None:
                self._stopping.wait(_IDLE_SECONDS)

    def stop(self) -> None:
        """Leave what is being done to another, and take nothing more."""
        self._stopping.set()
        self._doing.stopped.set()

    def turn(self) -> Job | None:
        """Do one job that is due, and return it as it stands then; null for none."""
        lease = self._jobs.lease(
            kinds=self._handlers, token=secrets.token_hex(16), at=clock.moment()
        )
        if lease is None:
            return None
        # Another has the job then, and says what comes of it.
        with suppress(LostLeaseError):
            self._do(lease)
        return self._jobs.one(lease.job.number)

    def _do(self, lease: Lease) -> None:
        self._doing = doing = Doing()
        if self._stopping.is_set():
            doing.stopped.set()
        over = threading.Event()
        heart = threading.Thread(
            target=self._beats, args=(lease, doing, over), daemon=True
        )
        heart.start()
        try:
            self._end(lease, doing)
        except StoppedError:
            self._jobs.leave(lease, at=clock.moment())
        except BusyLakeError:
            # Another worker takes files in: that is no fault, and no try.
            self._jobs.leave(lease, at=clock.moment(), after=_BUSY_SECONDS)
        except LostLeaseError:
            raise
        except Exception as error:
            self._fail(lease, error)
        finally:
            over.set()
            heart.join()

    def _end(self, lease: Lease, doing: Doing) -> None:
        job = lease.job
        with open_home(self._home.root) as home:
            effect = self._handlers[job.kind](home, job.asked, doing)
            with home.journal.store.writing() as connection:
                if effect.record:
                    effect.record(connection)
                Jobs(home.journal).end(
                    connection, lease, effect.answer, at=clock.moment()
                )
        if effect.after:
            effect.after()

    def _fail(self, lease: Lease, error: Exception) -> None:
        known = isinstance(error, XiaoweiError)
        self._jobs.fail(
            lease,
            # What a library says may hold a row of somebody's file.
            str(error) if known else f"an internal fault: {type(error).__name__}",
            again=not isinstance(error, InputError | NotFoundError),
            at=clock.moment(),
        )

    def _beats(self, lease: Lease, doing: Doing, over: threading.Event) -> None:
        while not over.wait(LEASE_SECONDS / _BEATS_A_LEASE):
            try:
                stopping = self._jobs.beat(
                    lease,
                    at=clock.moment(),
                    step=doing.step,
                    done=doing.done,
                    whole=doing.whole,
                )
            except LostLeaseError:
                stopping = True
            except Exception:  # noqa: S112 - the records may answer again
                continue
            if stopping:
                doing.stopped.set()
