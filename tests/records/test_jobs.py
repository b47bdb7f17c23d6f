"""Jobs are leased, lost with their worker and taken up again, and end once."""

import secrets
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest

from xiaowei.records.jobs import queue
from xiaowei.records.jobs.job import (
    Job,
    JobOverError,
    Lease,
    LostLeaseError,
    ManyJobsError,
    UnknownJobError,
)
from xiaowei.records.jobs.queue import LEASE_SECONDS, MOST_TRIES, Jobs
from xiaowei.records.journal import Journal
from xiaowei.records.moments import stamp
from xiaowei.records.opening import open_journal

NOW = datetime(2025, 7, 1, 8, tzinfo=UTC)
MUCH_LATER = 10_000
JOBS, WORKERS = 60, 6


def at(after: int) -> datetime:
    """Return the moment so many seconds after the first."""
    return NOW + timedelta(seconds=after)


def put(journal: Journal, kind: str = "take", after: int = 0) -> int:
    with journal.store.writing() as connection:
        return Jobs(journal).put(connection, kind, {"n": 1}, by="li.na", at=at(after))


def leased(journal: Journal, after: int = 0) -> Lease | None:
    token = secrets.token_hex(8)
    return Jobs(journal).lease(kinds=["take"], token=token, at=at(after))


def lease(journal: Journal, after: int = 0) -> Lease:
    made = leased(journal, after)
    assert made is not None
    return made


def end(journal: Journal, held: Lease) -> None:
    with journal.store.writing() as connection:
        Jobs(journal).end(connection, held, {"rows": 7}, at=NOW)


def ends_and_breaks(journal: Journal, held: Lease) -> None:
    with journal.store.writing() as connection:
        journal.append(connection, "run", {"n": 1}, made_at=stamp(NOW))
        Jobs(journal).end(connection, held, {}, at=NOW)
        raise RuntimeError


def states(journal: Journal) -> Counter[str]:
    return Counter(one.state for one in Jobs(journal).some(most=1_000))


def stands(journal: Journal, number: int) -> Job:
    return Jobs(journal).one(number)


class TestPut:
    def test_waits_for_a_worker_under_the_number_of_its_entry(self, url: str) -> None:
        with open_journal(url) as journal:
            number = put(journal)
            entry = journal.entry(number)
            job = stands(journal, number)

        assert entry is not None
        assert entry.body == {"kind": "take", "asked": {"n": 1}, "by": "li.na"}
        assert (job.state, job.tries, job.asked) == ("waiting", 0, {"n": 1})

    def test_is_refused_where_too_many_wait(
        self, url: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(queue, "MOST_WAITING", 2)
        with open_journal(url) as journal:
            put(journal)
            put(journal)
            with pytest.raises(ManyJobsError):
                put(journal)
            lease(journal)
            put(journal)
            assert journal.verify() == 3


class TestLease:
    def test_is_of_the_job_that_is_due_the_longest(self, url: str) -> None:
        with open_journal(url) as journal:
            late = put(journal, after=5)
            first, second = put(journal), put(journal)
            put(journal, kind="other")

            found = [lease(journal).job.number for _ in range(2)]
            assert found == [first, second]
            assert leased(journal) is None
            assert lease(journal, 5).job.number == late

    def test_runs_out_with_its_worker_and_goes_to_another(self, url: str) -> None:
        with open_journal(url) as journal:
            put(journal)
            dead = lease(journal)

            assert leased(journal, LEASE_SECONDS - 1) is None
            heir = lease(journal, LEASE_SECONDS)
            assert heir.job.tries == 2
            with pytest.raises(LostLeaseError, match=str(dead.job.number)):
                Jobs(journal).beat(dead, at=at(LEASE_SECONDS), step="reading")
            with pytest.raises(LostLeaseError):
                end(journal, dead)
            end(journal, heir)
            assert stands(journal, heir.job.number).answer == {"rows": 7}

    def test_lasts_as_long_as_its_worker_says_so(self, url: str) -> None:
        with open_journal(url) as journal:
            put(journal)
            held = lease(journal)
            for after in range(0, 10 * LEASE_SECONDS, LEASE_SECONDS - 1):
                assert not Jobs(journal).beat(
                    held, at=at(after), step="a", done=1, whole=4
                )
                assert leased(journal, after + LEASE_SECONDS - 1) is None
            job = stands(journal, held.job.number)
            assert (job.step, job.done, job.whole) == ("a", 1, 4)

    def test_is_refused_to_what_killed_its_workers_each_time(self, url: str) -> None:
        with open_journal(url) as journal:
            poison, sound = put(journal), put(journal, after=1)
            assert lease(journal).job.number == poison
            end(journal, lease(journal, 1))
            for n in range(1, MOST_TRIES):
                assert lease(journal, n * LEASE_SECONDS).job.number == poison
            assert leased(journal, MUCH_LATER) is None
            job = stands(journal, poison)
            assert (job.state, job.tries) == ("dead", MOST_TRIES)
            assert "died each time" in job.reason
            assert stands(journal, sound).state == "done"

    def test_is_given_to_one_of_many_at_once(self, url: str) -> None:
        with open_journal(url) as journal:
            for _ in range(JOBS):
                put(journal)

        def work(_: int) -> list[int]:
            done = []
            with open_journal(url) as journal:
                while (held := leased(journal)) is not None:
                    end(journal, held)
                    done.append(held.job.number)
            return done

        with ThreadPoolExecutor(WORKERS) as pool:
            done = Counter(n for one in pool.map(work, range(WORKERS)) for n in one)
        with open_journal(url) as journal:
            assert set(done.values()) == {1}
            assert states(journal) == {"done": JOBS}
            assert journal.verify() == 2 * JOBS


class TestEnd:
    def test_stands_or_falls_with_the_effect(self, url: str) -> None:
        with open_journal(url) as journal:
            put(journal)
            held = lease(journal)
            with pytest.raises(RuntimeError):
                ends_and_breaks(journal, held)
            assert stands(journal, held.job.number).state == "running"
            assert journal.verify() == 1
            end(journal, held)
            with pytest.raises(LostLeaseError):
                end(journal, held)
            assert [one.kind for one in journal.entries()] == [
                "job.asked",
                "job.ended",
            ]


class TestFail:
    def test_is_tried_again_later_each_time_and_dead_in_the_end(self, url: str) -> None:
        with open_journal(url) as journal:
            number, after = put(journal), 0
            for wait in (60, 120):
                held = lease(journal, after)
                Jobs(journal).fail(held, "disk", again=True, at=at(after))
                assert stands(journal, number).state == "waiting"
                assert leased(journal, after + wait - 1) is None
                after += wait
            held = lease(journal, after)
            Jobs(journal).fail(held, "disk", again=True, at=at(after))
            job = stands(journal, number)
            assert (job.state, job.reason) == ("dead", "disk")

    def test_is_dead_at_once_for_what_no_other_try_mends(self, url: str) -> None:
        with open_journal(url) as journal:
            number = put(journal)
            Jobs(journal).fail(lease(journal), "no file", again=False, at=NOW)
            assert stands(journal, number).state == "dead"
            resumed = Jobs(journal).resume(number, by="he", at=NOW)
            assert (resumed.state, resumed.tries, resumed.reason) == ("waiting", 0, "")
            end(journal, lease(journal))
            with pytest.raises(JobOverError, match="is done"):
                Jobs(journal).resume(number, by="he", at=NOW)


class TestCancel:
    def test_ends_a_job_that_waits_at_once(self, url: str) -> None:
        with open_journal(url) as journal:
            number = put(journal)
            assert Jobs(journal).cancel(number, by="he", at=NOW).state == "cancelled"
            assert leased(journal) is None
            with pytest.raises(JobOverError, match="is cancelled"):
                Jobs(journal).cancel(number, by="he", at=NOW)

    def test_is_heard_by_the_worker(self, url: str) -> None:
        with open_journal(url) as journal:
            number = put(journal)
            held = lease(journal)
            assert Jobs(journal).cancel(number, by="he", at=NOW).state == "running"
            assert Jobs(journal).beat(held, at=NOW, step="reading")
            Jobs(journal).leave(held, at=NOW)
            assert stands(journal, number).state == "cancelled"
            steered = list(journal.entries("job.steered"))
            assert [one.body for one in steered] == [
                {"job": number, "act": "cancel", "by": "he"}
            ]

    def test_ends_a_job_whose_worker_died_before_it_heard(self, url: str) -> None:
        with open_journal(url) as journal:
            number = put(journal)
            lease(journal)
            Jobs(journal).cancel(number, by="he", at=NOW)
            assert leased(journal, LEASE_SECONDS) is None
            assert stands(journal, number).state == "cancelled"


class TestLeave:
    def test_leaves_a_job_to_another_at_once(self, url: str) -> None:
        with open_journal(url) as journal:
            number = put(journal)
            for _ in range(2 * MOST_TRIES):
                Jobs(journal).leave(lease(journal), at=NOW)
            assert stands(journal, number).state == "waiting"
            assert stands(journal, number).tries == 0


class TestSome:
    def test_are_the_newest_first(self, url: str) -> None:
        with open_journal(url) as journal:
            numbers = [put(journal) for _ in range(5)]
            end(journal, lease(journal))
            jobs = Jobs(journal)
            assert [one.number for one in jobs.some(most=3)] == numbers[:1:-1]
            waiting = jobs.some(state="waiting", before=numbers[3])
            assert [one.number for one in waiting] == [numbers[2], numbers[1]]
            assert states(journal) == {"done": 1, "waiting": 4}

    def test_of_no_such_number_is_none(self, url: str) -> None:
        with open_journal(url) as journal, pytest.raises(UnknownJobError, match="7"):
            stands(journal, 7)
