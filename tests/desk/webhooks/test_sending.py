"""Receivers that are real are told of what happened, under a signature that holds."""

import json
import logging
import re
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from tests.desk.deciding.conftest import ZHANG, Refer
from tests.desk.deciding.course import COURSES, Job, prepare, send
from tests.desk.webhooks.checking import told_by_xiaowei
from tests.desk.webhooks.receiving import (
    Authority,
    Got,
    Receiver,
    endless,
    hangs,
    misbehaving,
    receiving,
)

from xiaowei.desk import clock
from xiaowei.desk.checking import ChangedMeanwhileError
from xiaowei.desk.deciding import referring
from xiaowei.desk.home import Home, open_home
from xiaowei.desk.jobs import asking
from xiaowei.desk.jobs.working import Worker
from xiaowei.desk.sealing import new_keyring
from xiaowei.desk.webhooks import administering as admin
from xiaowei.desk.webhooks import exchange
from xiaowei.desk.webhooks.sending import Sender, senders_beside
from xiaowei.desk.webhooks.signature import headers_of
from xiaowei.errors import XiaoweiError
from xiaowei.policy.access.actor import Hand
from xiaowei.policy.access.permissions import NotAllowedError, Permit
from xiaowei.records.webhooks import outbox, receivers
from xiaowei.records.webhooks.outbox import WAITS

LI = Hand("李四", "李四")
WHY = "实地核查通过"
DECISION = ["decision.made"]


@pytest.fixture
def secure(authority: Authority) -> Iterator[Receiver]:
    with receiving(authority.context("localhost", "127.0.0.1")) as one:
        yield one


@pytest.fixture
def plain() -> Iterator[Receiver]:
    with receiving() as one:
        yield one


def all_sent(home: Home) -> int:
    """Send whatever is due, and return how much that was."""
    sender, count = Sender(home), 0
    while sender.turn() is not None:
        count += 1
    return count


def states(home: Home, number: int) -> list[str]:
    return [one.state for one in admin.deliveries(home, number, most=100)]


def stated(home: Home, table: str) -> list[Any]:
    with home.journal.store.reading() as connection:
        return list(connection.execute(sa.text(f"SELECT * FROM {table}")))  # noqa: S608


class TestSender:
    def test_tells_of_a_decision_under_a_signature_that_holds(
        self, opened: Home, leave: Permit, secure: Receiver
    ) -> None:
        made = admin.register(opened, leave, secure.url(), DECISION)
        prepare()
        job = Job(list(COURSES).index("approve"))
        number = int(send(opened, job, 0, 0))
        decision = int(send(opened, job, 1, number))

        assert all_sent(opened) == 1
        (got,) = secure.got
        entry = opened.journal.entry(decision)
        assert entry is not None
        assert got.told == {
            "type": "decision.made",
            "timestamp": entry.made_at,
            "data": {
                "application": number,
                "decision": decision,
                "outcome": "approve",
            },
        }
        assert told_by_xiaowei(made.secret, got.headers, got.body)
        assert not told_by_xiaowei(made.secret, got.headers, got.body + b" ")
        assert secure.names == ["localhost"]
        assert states(opened, made.receiver.number) == ["done"]
        assert all_sent(opened) == 0

    def test_tells_each_of_what_it_asked_for_and_of_no_person(
        self, opened: Home, leave: Permit, plain: Receiver, refer: Refer
    ) -> None:
        for n, name in enumerate(admin.NAMES):
            admin.register(opened, leave, plain.url(path=f"/{n}"), [name])
        prepare()
        number = refer(ZHANG)
        referring.claim(opened, number, by=LI)
        conclusion = referring.Conclusion(outcome="decline", why=WHY)
        referring.conclude(opened, number, conclusion, by=LI)
        paper = int(send(opened, Job(3), 0, 0))
        send(opened, Job(3), 1, paper)
        job = asking.ask_to_run(
            opened, budget_fen=1, as_of=None, model=None, by="li.na"
        )
        with opened.journal.store.writing() as connection:
            connection.execute(sa.text("UPDATE jobs SET tries = 3"))
        assert Worker(opened, {"run": lambda *_: pytest.fail("dead")}).turn() is None
        # One that ended otherwise is none that is dead.
        done = asking.ask_to_run(opened, budget_fen=2, as_of=None, model=None, by="x")
        asking.cancel(opened, done.number, by="x")

        all_sent(opened)
        told = {one.path: one.told for one in plain.got}
        assert [told[f"/{n}"]["type"] for n in range(4)] == list(admin.NAMES)
        assert len(plain.got) == 4
        assert told["/1"]["data"]["outcome"] == "decline"
        assert told["/2"]["data"]["authorisation"] == paper
        assert told["/3"]["data"] == {"job": job.number, "outcome": "dead"}
        whole = b" ".join(one.body for one in plain.got).decode()
        for hidden in ("张三", "李四", WHY, "E1", "E3", "li.na", "fen", "20000000"):
            assert hidden not in whole

    def test_keeps_the_id_of_what_it_sends_again(
        self,
        opened: Home,
        leave: Permit,
        plain: Receiver,
        refer: Refer,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        monkeypatch.setattr(outbox, "WAITS", (0, 0, 0))
        made = admin.register(opened, leave, plain.url(), DECISION)
        plain.answers += [(500, {}), (302, {"Location": plain.url(path="/else")})]
        refer()

        assert all_sent(opened) == 3
        assert len(set(plain.ids())) == 1
        assert {one.body for one in plain.got} == {plain.got[0].body}
        assert [one.path for one in plain.got] == ["/hooks"] * 3
        (one,) = admin.deliveries(opened, made.receiver.number, most=9)
        assert (one.state, one.tries) == ("done", 3)
        assert one.event_id == plain.ids()[0]

        entry = one.entry
        assert admin.resend(opened, leave, made.receiver.number, entry) == 1
        assert all_sent(opened) == 1
        assert len(set(plain.ids())) == 1

    def test_gives_up_after_more_than_a_day_and_lists_why(
        self,
        opened: Home,
        leave: Permit,
        plain: Receiver,
        refer: Refer,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        assert timedelta(hours=24) < timedelta(seconds=sum(WAITS)) < timedelta(days=3)
        assert list(WAITS) == sorted(WAITS)
        monkeypatch.setattr(outbox, "WAITS", (0, 0))
        made = admin.register(opened, leave, plain.url(), DECISION)
        number = made.receiver.number
        plain.answers += [(500, {}), (404, {}), (503, {})]
        refer()

        assert all_sent(opened) == 3
        (dead,) = admin.deliveries(opened, number, state="dead", most=9)
        assert (dead.tries, dead.reason) == (3, "it answered 503")
        closed = opened.journal.newest("webhook_closed").body
        assert (closed["state"], closed["reason"]) == ("dead", "it answered 503")
        assert admin.resend(opened, leave, number, None) == 1
        assert admin.resend(opened, leave, number, None) == 0
        assert all_sent(opened) == 1
        assert states(opened, number) == ["done"]
        assert len(set(plain.ids())) == 1

    def test_is_held_up_by_nobody_who_hangs_or_answers_without_end(
        self,
        opened: Home,
        leave: Permit,
        plain: Receiver,
        refer: Refer,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        monkeypatch.setattr(exchange, "PATIENCE", 0.6)
        with misbehaving(hangs) as hung, misbehaving(endless) as flood:
            url = f"http://127.0.0.1:{hung}/"
            slow = admin.register(opened, leave, url, DECISION).receiver.number
            url = f"http://127.0.0.1:{flood}/"
            full = admin.register(opened, leave, url, DECISION).receiver.number
            good = admin.register(opened, leave, plain.url(), DECISION).receiver.number
            for _ in range(3):
                refer()
            with senders_beside(opened):
                _until(lambda: states(opened, good) == ["done"] * 3)
                _until(lambda: states(opened, full) == ["done"] * 3)
                _until(lambda: "longer than 0.6 s" in _reasons(opened, slow))
        assert len(set(plain.ids())) == 3
        assert "done" not in states(opened, slow)

    def test_sends_nothing_where_settings_open_nothing(
        self, home: Home, leave: Permit, plain: Receiver, refer: Refer
    ) -> None:
        made = admin.register(home, leave, "https://localhost:8443/", DECISION)
        refer()

        assert all_sent(home) == 1
        (one,) = admin.deliveries(home, made.receiver.number, most=9)
        assert one.state == "waiting"
        assert "this machine itself" in one.reason
        assert plain.got == []

    def test_waits_for_whoever_is_paused_and_drops_what_is_removed(
        self, opened: Home, leave: Permit, plain: Receiver, refer: Refer
    ) -> None:
        number = admin.register(opened, leave, plain.url(), DECISION).receiver.number
        admin.pause(opened, leave, number)
        refer()
        assert all_sent(opened) == 0
        admin.resume(opened, leave, number)
        assert all_sent(opened) == 1
        refer()
        admin.remove(opened, leave, number)
        refer()

        assert all_sent(opened) == 0
        assert len(plain.got) == 1
        assert stated(opened, "webhook_secrets") == []
        kept = [(one.state, one.entry) for one in stated(opened, "webhook_deliveries")]
        assert sorted(state for state, _ in kept) == ["done", "dropped"]


class TestSecret:
    def test_is_replaced_by_whoever_saw_the_last_one(
        self, opened: Home, leave: Permit, plain: Receiver
    ) -> None:
        number = admin.register(opened, leave, plain.url(), DECISION).receiver.number
        check = admin.with_secret(number, None)
        first = admin.rotate(opened, leave, number, check=check)
        with pytest.raises(ChangedMeanwhileError):
            admin.rotate(opened, leave, number, check=check)
        seen = first.receiver.rotated_at
        assert admin.receiver(opened, number).rotated_at == seen
        admin.rotate(opened, leave, number, check=admin.with_secret(number, seen))

    def test_signs_beside_the_new_one_for_as_long_as_is_stated(
        self,
        opened: Home,
        leave: Permit,
        plain: Receiver,
        refer: Refer,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        first = admin.register(opened, leave, plain.url(), DECISION)
        number = first.receiver.number
        second = admin.rotate(opened, leave, number, overlap_hours=2)
        refer()
        all_sent(opened)
        third = admin.rotate(opened, leave, number, overlap_hours=0)
        refer()
        all_sent(opened)
        fourth = admin.rotate(opened, leave, number)
        now = clock.moment()
        monkeypatch.setattr(clock, "moment", lambda: now + timedelta(hours=25))
        refer()
        all_sent(opened)

        held = [
            [_holds(one.secret, got) for one in (first, second, third, fourth)]
            for got in plain.got
        ]
        assert held == [
            [True, True, False, False],
            [False, False, True, False],
            [False, False, False, True],
        ]
        with pytest.raises(admin.OverlapError):
            admin.rotate(opened, leave, number, overlap_hours=169)

    def test_is_sealed_where_there_is_a_keyring(
        self, opened: Home, leave: Permit, plain: Receiver, refer: Refer
    ) -> None:
        before = admin.register(opened, leave, plain.url(path="/a"), DECISION)
        _ring(opened)
        after = admin.register(opened, leave, plain.url(path="/b"), DECISION)
        kept = [one.secret for one in stated(opened, "webhook_secrets")]
        assert before.secret in kept
        assert after.secret not in kept

        with senders_beside(opened):
            refer()
            _until(lambda: len(plain.got) == 2)
        kept = [one.secret for one in stated(opened, "webhook_secrets")]
        assert {one.split(".")[0] for one in kept} == {"x1"}
        for got in plain.got:
            made = before if got.path == "/a" else after
            assert told_by_xiaowei(made.secret, got.headers, got.body)

    def test_that_does_not_open_is_said_of_what_it_would_have_signed(
        self, opened: Home, leave: Permit, plain: Receiver, refer: Refer
    ) -> None:
        _ring(opened)
        made = admin.register(opened, leave, plain.url(), DECISION)
        (opened.root / "keys.yaml").unlink()
        (opened.root / "keys.yaml").write_text(new_keyring("other"), "utf-8")
        (opened.root / "keys.yaml").chmod(0o600)
        refer()
        all_sent(opened)

        assert plain.got == []
        assert "does not open" in _reasons(opened, made.receiver.number)

    def test_stands_in_nothing_but_its_own_table(
        self,
        opened: Home,
        leave: Permit,
        plain: Receiver,
        refer: Refer,
        caplog: pytest.LogCaptureFixture,
        capfd: pytest.CaptureFixture[str],
    ) -> None:
        caplog.set_level(logging.DEBUG)
        made = admin.register(opened, leave, plain.url(), DECISION)
        number = made.receiver.number
        again = admin.rotate(opened, leave, number)
        plain.answers.append((500, {}))
        refer()
        all_sent(opened)
        listed = [admin.plain(one) for one in admin.receivers(opened)]
        sent = [admin.plain(one) for one in admin.deliveries(opened, number, most=9)]
        entries = [one.body for one in opened.journal.entries()]
        out, err = capfd.readouterr()

        told = json.dumps([listed, sent, entries], ensure_ascii=False)
        told += repr([made, again]) + caplog.text + out + err
        for secret in (made.secret, again.secret):
            assert secret.removeprefix("whsec_") not in told
        assert not re.search("whsec_", told)
        tables = "webhook_receivers", "webhook_deliveries", "idempotency_keys"
        assert "whsec_" not in str([stated(opened, one) for one in tables])


class TestAdministering:
    def test_is_on_record_by_whom_and_comes_out_again(
        self, opened: Home, leave: Permit, plain: Receiver, refer: Refer
    ) -> None:
        one = admin.register(opened, leave, plain.url(), DECISION).receiver
        two = admin.register(opened, leave, plain.url(path="/2"), admin.NAMES).receiver
        for _ in range(2):
            refer()
        all_sent(opened)
        admin.rotate(opened, leave, one.number)
        admin.pause(opened, leave, two.number)
        admin.resend(opened, leave, one.number, None)
        refer()
        told = [
            entry
            for entry in opened.journal.entries()
            if entry.kind.startswith("webhook_") and entry.kind != "webhook_closed"
        ]
        assert [entry.kind.removeprefix("webhook_") for entry in told] == [
            "registered", "registered", "rotated", "paused", "resent",
        ]  # fmt: skip
        assert {entry.body["by"]["login"] for entry in told} == {"boss"}

        before = _told(opened)
        with opened.journal.store.writing() as connection:
            connection.execute(sa.text("UPDATE followed SET version = 0"))
        with open_home(opened.root) as again:
            assert _told(again) == before
        assert opened.journal.verify() > 0

    def test_is_refused_to_whoever_has_no_leave_for_it(
        self, opened: Home, plain: Receiver, leave: Permit
    ) -> None:
        other = Permit(leave.actor, "users.change", "all")
        with pytest.raises(NotAllowedError):
            admin.register(opened, other, plain.url(), DECISION)
        assert admin.receivers(opened) == []

    def test_refuses_what_is_twice_too_many_or_nothing(
        self,
        opened: Home,
        leave: Permit,
        plain: Receiver,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        kinds: list[tuple[str, list[str], str]] = [
            (plain.url(), [], "no event is asked for"),
            (plain.url(), ["decision.unmade"], "no event 'decision.unmade'"),
            ("https://10.0.0.1/", DECISION, "private"),
        ]
        for url, events, why in kinds:
            with pytest.raises(XiaoweiError, match=why):
                admin.register(opened, leave, url, events)
        one = admin.register(opened, leave, plain.url(), DECISION).receiver
        with pytest.raises(XiaoweiError, match=f"webhook {one.number} is of that URL"):
            admin.register(opened, leave, plain.url("LocalHost"), DECISION)
        monkeypatch.setattr(receivers, "MOST", 1)
        with pytest.raises(XiaoweiError, match="1 webhooks are registered"):
            admin.register(opened, leave, plain.url(path="/2"), DECISION)
        with pytest.raises(XiaoweiError, match="is active already"):
            admin.resume(opened, leave, one.number)
        admin.remove(opened, leave, one.number)
        with pytest.raises(XiaoweiError, match=f"no webhook {one.number}"):
            admin.pause(opened, leave, one.number)
        admin.register(opened, leave, plain.url(), DECISION)


def _until(holds: Callable[[], bool], seconds: float = 30) -> None:
    over = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < over
        time.sleep(0.05)


def _reasons(home: Home, number: int) -> str:
    return " ".join(one.reason for one in admin.deliveries(home, number, most=100))


def _holds(secret: str, got: Got) -> bool:
    """Test whether a secret signed what came, whenever that was."""
    moment = int(got.headers["webhook-timestamp"])
    told = dict(
        headers_of(got.headers["webhook-id"], got.body, moment=moment, keys=[secret])
    )
    return told["webhook-signature"] in got.headers["webhook-signature"].split()


def _ring(home: Home) -> None:
    """Give a home a keyring."""
    file = home.root / "keys.yaml"
    file.write_text(new_keyring("2025-07"), "utf-8")
    file.chmod(0o600)
    with (home.root / "settings.yaml").open("a", encoding="utf-8") as settings:
        settings.write("keyring: keys.yaml\n")


def _told(home: Home) -> list[Any]:
    """Return all that is told of receivers and of what they were told."""
    found = admin.receivers(home)
    return [
        (
            one,
            [
                (sent.entry, sent.event, sent.event_id, sent.body, sent.state)
                for sent in admin.deliveries(home, one.number, most=99)
            ],
        )
        for one in found
    ]
