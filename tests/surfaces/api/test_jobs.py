"""Long work is asked for over HTTP, and told of until it is over."""

from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
from tests.desk.jobs.invoices import ROWS, invoices
from tests.surfaces.api.asked import ask
from tests.surfaces.api.conftest import Served
from tests.surfaces.routes import service_of

from xiaowei.desk.jobs import uploads
from xiaowei.desk.jobs.handlers import TAKE, take_upload
from xiaowei.desk.jobs.working import Worker

FILE = "/uploads/sales_invoices-1.csv"


def run(served: Served, **asked: Any) -> httpx.Response:  # noqa: ANN401
    body = {"budget_fen": 100, "as_of": "2025-06-30"}
    return ask(served, "POST", "/runs", json=body, **asked)


class TestUpload:
    def test_is_taken_in_by_a_worker(self, served: Served) -> None:
        told = ask(served, "PUT", FILE, content=invoices(1))
        assert told.status_code == 202, told.text
        number = told.json()["number"]
        home = service_of(served[0]).state.service.home

        done = Worker(home, {TAKE: take_upload}).turn()

        assert done is not None
        job = ask(served, "GET", f"/jobs/{number}").json()
        assert (job["state"], job["kind"], job["tries"]) == ("done", "take", 1)
        assert job["answer"]["files"][0]["accepted"] == ROWS

    def test_may_be_larger_than_any_other_request(
        self, served: Served, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(uploads, "MOST_BYTES", 3_000_000)

        async def chunks(count: int) -> AsyncIterator[bytes]:
            for _ in range(count):
                yield b"x" * 100_000

        told = ask(served, "PUT", FILE, content=chunks(20))
        assert told.status_code == 202, told.text
        told = ask(served, "PUT", FILE, content=chunks(40))
        assert told.status_code == 422
        assert "3,000,000 bytes" in told.json()["detail"]

    @pytest.mark.parametrize("name", ["photos.csv", "sales_invoices.exe", "..%5Ca.csv"])
    def test_is_refused_where_its_name_states_no_source(
        self, served: Served, name: str
    ) -> None:
        assert ask(served, "PUT", f"/uploads/{name}", content=b"x").status_code == 422

    def test_waits_where_many_are_sent(self, served: Served) -> None:
        for _ in range(uploads.MOST_AT_ONCE):
            assert uploads._FREE.acquire(blocking=False)
        try:
            told = ask(served, "PUT", FILE, content=b"x")
        finally:
            for _ in range(uploads.MOST_AT_ONCE):
                uploads._FREE.release()
        assert told.status_code == 503
        assert told.headers["Retry-After"]


class TestJobs:
    def test_asked_for_twice_under_one_key_are_one(self, served: Served) -> None:
        first, again = (run(served, headers={"Idempotency-Key": "k1"}) for _ in "ab")
        assert first.status_code == again.status_code == 202
        assert first.json()["number"] == again.json()["number"]
        assert run(served).json()["number"] > first.json()["number"]

    def test_are_listed_page_by_page_the_newest_first(self, served: Served) -> None:
        made = [run(served).json()["number"] for _ in range(3)]
        found, cursor = list[int](), ""
        while cursor is not None:
            params = {"limit": 2, "cursor": cursor, "state": "waiting"}
            told = ask(served, "GET", "/jobs", params=params).json()
            found += [one["number"] for one in told["items"]]
            cursor = told["next"]
        assert found[:3] == made[::-1]
        assert found == sorted(set(found), reverse=True)

    def test_are_cancelled_once_and_resumed_once(self, served: Served) -> None:
        number = run(served).json()["number"]
        statuses = [
            (ask(served, "POST", f"/jobs/{number}/{act}"))
            for act in ("cancellation", "cancellation", "resumption", "resumption")
        ]
        assert [one.status_code for one in statuses] == [201, 409, 201, 409]
        assert statuses[2].json()["state"] == "waiting"
        assert ask(served, "GET", "/jobs/999999").status_code == 404
