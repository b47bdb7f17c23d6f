"""The page of jobs: what is seen of long work, and who steers it."""

import re
from datetime import timedelta
from secrets import token_urlsafe

import pytest
from tests.surfaces.work.conftest import Bank
from tests.surfaces.work.test_referrals import plain

from xiaowei.desk import clock
from xiaowei.desk.jobs import asking
from xiaowei.records.jobs.job import Lease
from xiaowei.records.jobs.queue import Jobs


def asked(bank: Bank, budget: int = 100) -> int:
    made = asking.ask_to_run(
        bank.home, budget_fen=budget, as_of=None, model=None, by="boss"
    )
    return made.number


def leased(bank: Bank) -> Lease:
    """Let some worker do the next job."""
    queue, at = Jobs(bank.home.journal), clock.moment()
    lease = queue.lease(kinds=["run"], token=token_urlsafe(), at=at)
    assert lease is not None
    return lease


@pytest.fixture(autouse=True)
def alone(bank: Bank) -> None:
    """Let no job of another test wait."""
    for one in asking.jobs(bank.home, state="waiting", most=100):
        asking.cancel(bank.home, one.number, by="boss")


class TestPage:
    def test_says_how_far_a_job_is_and_for_whom(self, bank: Bank) -> None:
        number = asked(bank)
        queue, lease = Jobs(bank.home.journal), leased(bank)
        queue.beat(lease, step="<b>portraits", done=3, whole=9, at=clock.moment())
        page = bank.get("audit", "/jobs").text

        assert f"任务 {number}" in plain(page)
        for said in ("全行运行", "执行中", "提交人 boss", "3/9"):
            assert said in plain(page), said
        assert "&lt;b&gt;portraits" in page
        assert '<progress max="9" value="3">' in page
        queue.fail(lease, "out of memory", again=False, at=clock.moment())
        page = bank.get("audit", "/jobs", state="dead").text
        assert "out of memory" in page
        assert "失败" in plain(page)

    def test_says_what_came_of_it(self, bank: Bank) -> None:
        asked(bank)
        queue, lease = Jobs(bank.home.journal), leased(bank)
        files = [
            {"file": "a.csv", "rows": 9, "accepted": 6, "quarantined": 2,
             "duplicates": 1},
        ]  # fmt: skip
        with bank.home.journal.store.writing() as connection:
            queue.end(connection, lease, {"files": files}, at=clock.moment())
        told = plain(bank.get("audit", "/jobs").text)
        assert "a.csv：9 行中收下 6 行，未收下 2 行，重复 1 行" in told

    def test_counts_each_state_and_shows_those_asked_for(self, bank: Bank) -> None:
        number = asked(bank)
        counted = asking.counts(bank.home)
        assert counted["waiting"] == 1
        page = bank.get("audit", "/jobs", state="waiting").text
        assert re.findall(r"任务 (\d+)", plain(page))[0] == str(number)
        assert "没有符合条件的项" in bank.get("audit", "/jobs", state="running").text
        for params in ({"state": "lost"}, {"before": "-1"}, {"before": "x"}):
            assert bank.get("audit", "/jobs", **params).status_code == 422

    def test_leads_on_to_older_ones(self, bank: Bank) -> None:
        made = [asked(bank, budget) for budget in range(60)]
        newest = bank.get("audit", "/jobs").text
        older = re.search(r"/jobs\?before=(\d+)", newest)
        assert older
        both = [newest, bank.get("audit", "/jobs", before=older[1]).text]
        shown = {
            int(n) for page in both for n in re.findall(r"任务 (\d+)", plain(page))
        }
        assert set(made) <= shown

    def test_is_where_somebody_begins_who_has_no_other(self, bank: Bank) -> None:
        page = bank.get("wang", "/jobs")
        assert page.status_code == 200
        assert 'name="act"' not in page.text


class TestSteering:
    def test_cancels_and_resumes(self, bank: Bank) -> None:
        number = asked(bank)
        page = bank.get("it", "/jobs").text
        assert f'action="/jobs/{number}"' in page
        for act, state in (("cancel", "cancelled"), ("resume", "waiting")):
            answer = bank.post("it", f"/jobs/{number}", act=act)
            assert answer.status_code == 303, plain(answer.text)
            assert asking.job(bank.home, number).state == state

    def test_says_why_it_did_nothing(self, bank: Bank) -> None:
        number, before = asked(bank), bank.rows()
        for act, path, status in (
            ("resume", number, 409),
            ("burn", number, 422),
            ("cancel", 10**12, 404),
        ):
            answer = bank.post("it", f"/jobs/{path}", act=act)
            assert answer.status_code == status
            assert 'role="alert"' in answer.text
        assert bank.rows() == before

    def test_is_for_those_who_may(self, bank: Bank) -> None:
        number = asked(bank)
        assert bank.post("audit", f"/jobs/{number}", act="cancel").status_code == 403
        assert asking.job(bank.home, number).state == "waiting"

    def test_says_that_a_running_one_stops_after_its_step(self, bank: Bank) -> None:
        number = asked(bank)
        lease = leased(bank)
        bank.post("it", f"/jobs/{number}", act="cancel")
        page = bank.get("it", "/jobs").text
        assert "将在当前步骤后停止" in page
        assert f'action="/jobs/{number}"' not in page
        Jobs(bank.home.journal).leave(lease, at=clock.moment() + timedelta(seconds=1))
