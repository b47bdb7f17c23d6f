"""Pages of webhooks: who is told what, and what an administrator does about it."""

import re
from collections.abc import Iterator
from datetime import timedelta

import httpx
import pytest
from tests.surfaces.furnished import PASSWORD
from tests.surfaces.work.conftest import Bank
from tests.surfaces.work.test_ruling import field, said

from xiaowei.desk import clock
from xiaowei.desk.webhooks import administering
from xiaowei.records.access.secrets import SESSIONS
from xiaowei.records.jobs.queue import ENDED
from xiaowei.records.moments import seconds
from xiaowei.records.webhooks.outbox import Outbox

URL = "https://hooks.example/one"
SECRET = re.compile(r"whsec_[\w+/=-]{20,}")


@pytest.fixture(autouse=True)
def alone(bank: Bank) -> Iterator[None]:
    """Let no receiver of another test stand, and the password be just given."""
    given(bank, minutes_ago=0)
    for number in standing(bank):
        acted(bank, number, "remove", sure="yes")
    yield
    given(bank, minutes_ago=0)


def given(bank: Bank, *, minutes_ago: int) -> None:
    at = seconds(clock.moment() - timedelta(minutes=minutes_ago))
    with bank.home.journal.store.writing() as connection:
        connection.execute(SESSIONS.update().values(fresh_at=at))


def standing(bank: Bank) -> list[int]:
    return [one.number for one in administering.receivers(bank.home)]


def registered(bank: Bank, url: str = URL) -> httpx.Response:
    events = {"event.decision.made": "yes", "event.job.dead": "yes"}
    return bank.post("boss", "/webhooks", url=url, **events)


def receiver(bank: Bank) -> int:
    assert registered(bank).status_code == 201
    return standing(bank)[-1]


def acted(bank: Bank, number: int, act: str, **more: str) -> httpx.Response:
    return bank.post("boss", f"/webhooks/{number}", act=act, **more)


def died(bank: Bank) -> int:
    """Put a dead job on record, of which receivers are told; return its entry."""
    body = {"job": 7, "state": "dead", "reason": "x"}
    return int(bank.home.journal.add(ENDED, body, made_at=clock.now()).seq)


def sent(bank: Bank, *, answer: str) -> None:
    """Send what is next; an answer that is not empty is a failure, until it is dead."""
    outbox = Outbox(bank.home.journal)
    at = clock.moment()
    while (turn := outbox.lease(token=f"{at}", at=at)) is not None:
        if not answer:
            outbox.told(turn, at=at)
            return
        outbox.failed(turn, answer, at=at)
        at += timedelta(days=2)


def secret_in(page: httpx.Response) -> str:
    (found,) = set(SECRET.findall(page.text))
    return str(found)


class TestRegistering:
    def test_shows_the_secret_once_and_on_no_address(self, bank: Bank) -> None:
        page = registered(bank)
        assert page.status_code == 201
        assert "Location" not in page.headers
        assert page.headers["Cache-Control"] == "no-store"
        secret = secret_in(page)
        (number,) = standing(bank)
        for login in ("boss", "it", "audit"):
            for path in ("/webhooks", f"/webhooks/{number}"):
                later = bank.get(login, path)
                assert later.status_code == 200
                assert not SECRET.search(later.text)
        # Sent once more, as by loading the page anew, it registers nothing.
        again = registered(bank)
        assert again.status_code == 409
        assert f"接收方 {number} 已是此网址" in said(again)
        assert secret not in again.text
        assert standing(bank) == [number]

    @pytest.mark.parametrize(
        ("url", "why"),
        [
            ("http://hooks.example/one", "http"),
            ("https://127.0.0.1/", "127.0.0.1"),
            ("<b>", "URL"),
            ("", "URL"),
        ],
    )
    def test_says_why_nothing_is_sent_there(
        self, bank: Bank, url: str, why: str
    ) -> None:
        before = bank.rows()
        page = registered(bank, url)
        assert page.status_code == 422
        assert "不能向此网址发送通知" in said(page)
        assert why in said(page)
        assert "<b>" not in page.text.partition('id="url"')[2].partition(">")[0]
        assert 'name="event.decision.made" value="yes" checked' in page.text
        assert bank.rows() == before

    def test_takes_an_event_at_least(self, bank: Bank) -> None:
        page = bank.post("boss", "/webhooks", url=URL)
        assert page.status_code == 422
        assert "没有选择事件" in said(page)
        assert f'value="{URL}"' in page.text

    def test_asks_for_the_password_of_the_last_minutes(self, bank: Bank) -> None:
        number = receiver(bank)
        given(bank, minutes_ago=600)
        before = bank.rows()
        assert 'name="password"' in bank.get("boss", "/webhooks").text
        page = registered(bank, f"{URL}/two")
        assert page.status_code == 403
        assert "需要刚刚输入过密码" in said(page)
        for act in ("pause", "rotate", "remove", "resend"):
            told = acted(bank, number, act, hours="1", sure="yes")
            assert told.status_code == 403, act
        assert bank.rows() == before

    def test_takes_the_password_on_the_page_and_goes_on(self, bank: Bank) -> None:
        number = receiver(bank)
        for path, landing in (
            ("/webhooks", "/webhooks"),
            (f"/webhooks/{number}", f"/webhooks/{number}?did=prove"),
        ):
            given(bank, minutes_ago=600)
            wrong = bank.post("boss", path, act="prove", password="not this one")  # noqa: S106
            assert wrong.status_code == 401
            assert "not this one" not in wrong.text
            right = bank.post("boss", path, act="prove", password=PASSWORD)
            assert (right.status_code, right.headers["Location"]) == (303, landing)
            bank.tokens["boss"] = right.cookies["xiaowei"]
            assert 'name="password"' not in bank.get("boss", landing).text
        assert acted(bank, number, "pause").status_code == 303


class TestReceivers:
    def test_are_seen_by_those_who_run_the_machines(self, bank: Bank) -> None:
        number = receiver(bank)
        page = bank.get("it", "/webhooks")
        for one in (
            f"接收方 {number}",
            URL,
            "启用",
            "作出决策",
            "任务失败",
            "尚无通知",
        ):
            assert one in said(page), one
        for login in ("it", "audit"):
            for path in ("/webhooks", f"/webhooks/{number}"):
                shown = bank.get(login, path).text
                assert re.findall(r'method="post" action="([^"]*)"', shown) == [
                    "/sign-out"
                ]
            told = bank.post(login, f"/webhooks/{number}", act="pause")
            assert told.status_code == 403
        assert bank.get("xu", "/webhooks").status_code == 403
        assert bank.get("it", "/webhooks/999").status_code == 404

    def test_pause_and_go_on(self, bank: Bank) -> None:
        number = receiver(bank)
        for act, state in (("pause", "paused"), ("resume", "active")):
            assert acted(bank, number, act).status_code == 303
            assert administering.receiver(bank.home, number).state == state
        again = acted(bank, number, "resume")
        assert again.status_code == 409
        assert "状态已变" in said(again)
        assert acted(bank, number, "burn").status_code == 422

    def test_get_a_new_secret_once_for_one_form(self, bank: Bank) -> None:
        first = secret_in(registered(bank))
        (number,) = standing(bank)
        page = bank.get("boss", f"/webhooks/{number}")
        form = {"hours": "24", "rotated_at": field(page, "rotated_at")}
        for hours in ("", "x", "169", "9" * 5000):
            wrong = acted(bank, number, "rotate", **{**form, "hours": hours})
            assert wrong.status_code == 422, hours
        fresh = acted(bank, number, "rotate", **form)
        assert fresh.status_code == 201
        assert secret_in(fresh) != first
        assert "旧密钥同时签名至" in said(fresh)
        # Loaded anew, the page would replace the secret that was just kept.
        again = acted(bank, number, "rotate", **form)
        assert again.status_code == 412
        assert not SECRET.search(again.text)
        assert "已更换过" in said(again)

    def test_are_removed_by_whoever_is_sure(self, bank: Bank) -> None:
        number = receiver(bank)
        died(bank)
        page = acted(bank, number, "remove")
        assert page.status_code == 200
        assert "确定移除此接收方" in said(page)
        assert "待发的通知将丢弃" in said(page)
        assert standing(bank) == [number]
        gone = acted(bank, number, "remove", sure="yes")
        assert gone.headers["Location"] == "/webhooks?did=remove"
        assert standing(bank) == []
        assert "接收方已移除" in said(bank.get("boss", "/webhooks", did="remove"))
        assert bank.get("boss", f"/webhooks/{number}").status_code == 404


class TestDeliveries:
    def test_are_shown_with_tries_and_the_last_answer(self, bank: Bank) -> None:
        number = receiver(bank)
        first = died(bank)
        sent(bank, answer="")
        second = died(bank)
        sent(bank, answer="it answered <500>")
        page = bank.get("it", f"/webhooks/{number}")
        told = said(page)
        assert told.index(f"记录 {second}") < told.index(f"记录 {first}")
        assert "it answered <500>" in told
        assert "<500>" not in page.text
        assert re.search(rf"记录 {first} · \S+ \S+ 已送达 已尝试 1 次 已收下", told)
        dead = said(bank.get("it", f"/webhooks/{number}", state="dead"))
        assert f"记录 {second}" in dead
        assert f"记录 {first}" not in dead
        assert "it answered <500>" in said(bank.get("it", "/webhooks"))
        for wrong in ({"state": "lost"}, {"before": "x"}):
            assert bank.get("it", f"/webhooks/{number}", **wrong).status_code == 422

    def test_are_sent_again(self, bank: Bank) -> None:
        number = receiver(bank)
        entry = died(bank)
        early = acted(bank, number, "resend", entry=str(entry))
        assert early.status_code == 409
        assert "仍待发送" in said(early)
        sent(bank, answer="")
        assert acted(bank, number, "resend", entry=str(entry)).status_code == 303
        assert states(bank, number) == {entry: "waiting"}
        sent(bank, answer="down")
        other = died(bank)
        sent(bank, answer="down")
        assert states(bank, number) == {entry: "dead", other: "dead"}
        assert acted(bank, number, "resend").status_code == 303
        assert states(bank, number) == {entry: "waiting", other: "waiting"}
        assert acted(bank, number, "resend", entry="9" * 9).status_code == 404


def states(bank: Bank, number: int) -> dict[int, str]:
    told = administering.deliveries(bank.home, number, most=10)
    return {one.entry: one.state for one in told}
