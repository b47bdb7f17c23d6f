"""A worker does what is due; what it cannot do is dead, or tried again."""

import threading
from collections.abc import Mapping
from datetime import date
from typing import Any

import pytest
from tests.desk.jobs.invoices import ROWS, held, invoices

from xiaowei.desk.home import Home
from xiaowei.desk.jobs import asking, working
from xiaowei.desk.jobs.handlers import TAKE, take_upload
from xiaowei.desk.jobs.uploads import keep_upload
from xiaowei.desk.jobs.working import Doing, Effect, Worker
from xiaowei.errors import ConflictError
from xiaowei.records.jobs.job import Job, JobOverError, UnknownJobError
from xiaowei.records.keys import KeyUsedError

DAY = date(2025, 7, 1)


class BusyError(ConflictError):
    """Something is in the way."""

    def __init__(self) -> None:
        """Say so."""
        super().__init__("the lake is busy", expected="a free one", remedy="Wait")


def sent(home: Home, number: int, content: bytes | None = None) -> Job:
    name = f"sales_invoices-{number}.csv"
    body = invoices(number) if content is None else content
    upload = keep_upload(home.root, name, [body])
    return asking.ask_to_take(home, upload, received_on=DAY, by="li.na")


def worker(home: Home, handler: working.Handler = take_upload) -> Worker:
    return Worker(home, {TAKE: handler})


def turn(home: Home, handler: working.Handler = take_upload) -> Job:
    done = worker(home, handler).turn()
    assert done is not None
    return done


class TestWorker:
    def test_takes_files_in_and_says_what_became_of_them(self, home: Home) -> None:
        bad = invoices(2) + b"E1,9,2025-02-30,B1,1.00,0.00,1.00,\xe6\x9c\x89\n"
        for number, content in ((1, None), (2, bad)):
            sent(home, number, content)

        first, second = turn(home), turn(home)

        assert worker(home).turn() is None
        assert (first.state, second.state) == ("done", "done")
        assert second.answer is not None
        told = second.answer["files"][0]
        assert (told["rows"], told["accepted"], told["quarantined"]) == (
            ROWS + 1,
            ROWS,
            1,
        )
        assert told["rejects"]
        assert len(held(home)) == 2 * ROWS
        assert list((home.root / "uploads").iterdir()) == []

    def test_gives_up_at_once_what_cannot_be_read_and_goes_on(self, home: Home) -> None:
        poison, sound = sent(home, 1, b"\x00\x01no table"), sent(home, 2)

        assert turn(home).state == "dead"
        assert turn(home).state == "done"
        told = asking.job(home, poison.number)
        assert "sales_invoices-1.csv" in told.reason
        assert asking.job(home, sound.number).state == "done"
        assert len(held(home)) == ROWS

    @pytest.mark.parametrize(
        ("fault", "reason"),
        [
            (BusyError(), "the lake is busy"),
            (ValueError("row 7: 张三 13800000000"), "an internal fault: ValueError"),
        ],
    )
    def test_tries_again_what_may_go_better_and_tells_no_row(
        self, home: Home, fault: Exception, reason: str
    ) -> None:
        def fails(_: Home, __: Mapping[str, Any], ___: Doing) -> Effect:
            raise fault

        job = sent(home, 1)

        assert turn(home, fails).state == "waiting"
        told = asking.job(home, job.number)
        assert reason in told.reason
        assert "张三" not in told.reason
        # It is due a minute later, and not before.
        assert worker(home).turn() is None

    def test_leaves_what_is_cancelled_at_its_next_word(
        self, home: Home, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(working, "LEASE_SECONDS", 0.4)
        job = sent(home, 1)
        begun = threading.Event()

        def long(_: Home, __: Mapping[str, Any], doing: Doing) -> Effect:
            for n in range(600):
                doing.tell("counting", n, 600)
                begun.set()
                doing.stopped.wait(0.05)
            return Effect({})

        doing = threading.Thread(target=turn, args=(home, long))
        doing.start()
        assert begun.wait(30)
        assert asking.cancel(home, job.number, by="wang").state == "running"
        doing.join(30)
        told = asking.job(home, job.number)
        assert told.state == "cancelled"
        assert (told.step, told.whole) == ("counting", 600)
        assert asking.resume(home, job.number, by="wang").state == "waiting"
        assert turn(home).state == "done"

    def test_that_is_stopped_leaves_its_job_to_another(self, home: Home) -> None:
        sent(home, 1)
        stopping: list[Worker] = []

        def stops(_: Home, __: Mapping[str, Any], doing: Doing) -> Effect:
            stopping[0].stop()
            doing.tell("on")
            return Effect({})

        stopping.append(worker(home, stops))
        stopping[0].work()

        assert turn(home).state == "done"
        assert len(held(home)) == ROWS

    def test_puts_no_effect_on_record_of_a_job_that_is_another_s(
        self, home: Home
    ) -> None:
        job = sent(home, 1)

        def slow(own: Home, _: Mapping[str, Any], __: Doing) -> Effect:
            # Thought dead meanwhile: its lease is another's.
            with own.journal.store.writing() as connection:
                connection.exec_driver_sql("UPDATE jobs SET token = 'other'")

            def record(connection: Any) -> None:  # noqa: ANN401
                own.journal.append(connection, "run", {"n": 1}, made_at="")

            return Effect({}, record=record)

        assert turn(home, slow).state == "running"
        assert [one.kind for one in home.journal.entries()] == ["job.asked"]
        assert asking.job(home, job.number).answer is None


class TestAsking:
    def test_twice_under_one_key_is_asked_once(self, home: Home) -> None:
        def ask(budget: int) -> Job:
            return asking.ask_to_run(
                home, budget_fen=budget, as_of=DAY, model=None, by="wang", key="k"
            )

        assert ask(1).number == ask(1).number
        assert len(asking.jobs(home, most=10)) == 1
        with pytest.raises(KeyUsedError):
            ask(2)

    def test_of_no_such_job_is_an_error(self, home: Home) -> None:
        with pytest.raises(UnknownJobError):
            asking.job(home, 1)
        with pytest.raises(UnknownJobError):
            asking.cancel(home, 1, by="wang")
        job = sent(home, 1)
        asking.cancel(home, job.number, by="wang")
        with pytest.raises(JobOverError):
            asking.cancel(home, job.number, by="wang")
