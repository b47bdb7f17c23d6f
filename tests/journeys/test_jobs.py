"""A bank hands in files and asks for runs; workers beside the service do them."""

import json
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import httpx
import pytest
from playwright.sync_api import Browser, expect
from tests.desk.jobs.invoices import ROWS, invoices
from tests.journeys.staff import PASSWORD, given, let_in, serving, signed_in

from xiaowei.desk.home import open_home

STAFF: Final = {
    "li.na": ("E1", "B1", "relationship_manager"),
    "zhao": ("E6", "", "risk_modeller"),
    "qin": ("E7", "", "it_operator"),
}
MOST_SECONDS: Final = 240


@pytest.fixture(scope="module")
def home(judged: Path) -> Path:
    return judged / "home"


def jobs(home: Path, *words: str) -> Any:  # noqa: ANN401 - any JSON
    return json.loads(given(home, "jobs", *words, "--json"))


def over(client: httpx.Client, number: int) -> dict[str, Any]:
    """Wait until a job is over, and return it."""
    until = time.monotonic() + MOST_SECONDS
    while time.monotonic() < until:
        told: dict[str, Any] = client.get(f"/jobs/{number}").json()
        if told["state"] not in {"waiting", "running"}:
            return told
        time.sleep(0.5)
    pytest.fail(f"job {number} is not over")


@pytest.fixture(scope="module")
def sent(home: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, int]:
    """Files that were handed in, done by a worker that ends when all is done."""
    folder = tmp_path_factory.mktemp("files")
    (folder / "sales_invoices-good.csv").write_bytes(invoices(7))
    (folder / "sales_invoices-bad.csv").write_bytes(b"\x00\x00no table")
    made = {
        name: jobs(
            home, "send", str(folder / f"sales_invoices-{name}.csv"), "--by", "张三"
        )
        for name in ("good", "bad")
    }
    given(home, "work", "--once")
    return {name: one["number"] for name, one in made.items()}


class TestCommandLine:
    def test_takes_in_what_was_sent(self, home: Path, sent: dict[str, int]) -> None:
        good, bad = (jobs(home, "show", str(sent[name])) for name in ("good", "bad"))

        assert (good["state"], good["by"]) == ("done", "张三")
        assert good["answer"]["files"][0]["accepted"] == ROWS
        assert bad["state"] == "dead"
        assert "sales_invoices-bad.csv" in bad["reason"]
        assert [one["number"] for one in jobs(home, "list", "--state", "dead")] == [
            sent["bad"]
        ]
        assert "dead" in given(home, "jobs", "show", str(sent["bad"]))
        shown = given(home, "jobs", "show", str(sent["good"]))
        assert f"{ROWS} rows = {ROWS} accepted + 0 set aside" in shown

    def test_cancels_and_resumes(self, home: Path, sent: dict[str, int]) -> None:
        number = str(sent["bad"])
        assert jobs(home, "resume", number, "--by", "张三")["state"] == "waiting"
        assert jobs(home, "cancel", number, "--by", "张三")["state"] == "cancelled"


@pytest.fixture(scope="module")
def pages(home: Path, sent: dict[str, int]) -> Iterator[str]:
    """Serve the home to its staff, once the files were dealt with."""
    assert sent
    let_in(home, STAFF)
    with serving(home) as url:
        yield url


class TestService:
    def test_makes_a_run_that_was_asked_for(self, home: Path, pages: str) -> None:
        with signed_in(pages, "zhao") as zhao:
            before, written = _runs(home), (home / "report.html").stat().st_mtime
            body = {"budget_fen": 3_000_000_000}
            asked = zhao.post("/runs", json=body, headers={"Idempotency-Key": "r1"})
            assert asked.status_code == 202, asked.text
            number = asked.json()["number"]
            run = over(zhao, number)
            again = zhao.post("/runs", json=body, headers={"Idempotency-Key": "r1"})
            with signed_in(pages, "li.na") as manager:
                put = manager.put("/uploads/sales_invoices-8.csv", content=invoices(8))
                assert put.status_code == 202
                taken = over(manager, put.json()["number"])
                assert manager.post("/runs", json=body).status_code == 403

        assert run["state"] == "done", run
        assert again.json()["number"] == number
        assert _runs(home) == before + 1
        assert (home / "report.html").stat().st_mtime > written
        assert taken["answer"]["files"][0]["added"] == ROWS
        assert given(home, "records", "verify")

    @pytest.mark.browser
    def test_shows_jobs_to_whoever_runs_the_machines(
        self, pages: str, sent: dict[str, int], browser: Browser
    ) -> None:
        page = browser.new_page()
        page.goto(f"{pages}/")
        page.get_by_label("账户").fill("qin")
        page.get_by_label("密码").fill(PASSWORD)
        page.get_by_role("button", name="登录").click()
        # The book shows customers, of whom an IT operator sees none.
        expect(page).to_have_url(f"{pages}/jobs")
        good, row = (
            page.get_by_role("row").filter(has_text=re.compile(rf"任务 {sent[one]}\D"))
            for one in ("good", "bad")
        )
        expect(good).to_contain_text(f"收下 {ROWS} 行")
        row.get_by_role("button").click()
        until = time.monotonic() + MOST_SECONDS
        while "失败" not in row.inner_text() and time.monotonic() < until:
            time.sleep(0.5)
            page.get_by_role("link", name="刷新").click()
        expect(row).to_contain_text("sales_invoices-bad.csv")
        page.close()

    def test_that_is_killed_leaves_no_worker_behind(self, home: Path) -> None:
        words = [sys.executable, "-m", "xiaowei", "--home", str(home), "serve"]
        server = subprocess.Popen([*words, "--port", "0"])  # noqa: S603 - our own
        try:
            (worker,) = _children(server.pid, "work")
        finally:
            server.send_signal(signal.SIGKILL)
            server.wait()
        until = time.monotonic() + 60
        while Path(f"/proc/{worker}").exists() and time.monotonic() < until:
            time.sleep(0.2)
        assert not Path(f"/proc/{worker}").exists()


def _runs(home: Path) -> int:
    with open_home(home) as opened:
        return sum(1 for _ in opened.journal.entries("run"))


def _children(parent: int, verb: str) -> Iterator[int]:
    """Wait until a process has children that do a verb, and return them."""
    until = time.monotonic() + 60
    while time.monotonic() < until:
        found = [
            int(one.name)
            for one in Path("/proc").iterdir()
            if one.name.isdigit() and _is_child(one, parent, verb)
        ]
        if found:
            yield from found
            return
        time.sleep(0.2)


def _is_child(process: Path, parent: int, verb: str) -> bool:
    try:
        told = (process / "stat").read_text().rpartition(")")[2].split()
        words = (process / "cmdline").read_bytes().split(b"\0")
    except OSError:
        return False
    return int(told[1]) == parent and verb.encode() in words
