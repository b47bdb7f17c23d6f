"""A bank's system is told of a decision that was just made, and asks for the rest."""

import json
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Final

import httpx
import pytest
from tests.desk.webhooks.checking import told_by_xiaowei
from tests.desk.webhooks.conftest import authority, open_to_here
from tests.desk.webhooks.receiving import Authority, Receiver, receiving
from tests.journeys.staff import PASSWORD, given, let_in, posted, serving, signed_in
from tests.surfaces.furnished import furnish
from typer.testing import CliRunner

from xiaowei.desk.access.signing import WrongPasswordError
from xiaowei.desk.home import open_home
from xiaowei.policy.access.permissions import NotAllowedError
from xiaowei.surfaces.cli import app

__all__ = ["authority"]

STAFF: Final = {"li.na": ("E1", "B1", "relationship_manager")}
TYPED: Final = PASSWORD + "\n"
BOSS: Final = ("--as", "boss")


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory, authority: Authority) -> Path:
    root = tmp_path_factory.mktemp("hooks") / "home"
    root.mkdir()
    open_to_here(root, authority, http=False)
    with open_home(root) as opened:
        furnish(opened, firms=3)
    let_in(root, STAFF)
    return root


@pytest.fixture
def receiver(authority: Authority) -> Iterator[Receiver]:
    with receiving(authority.context("localhost")) as one:
        yield one


def hooks(home: Path, *words: str, typed: str = "") -> Any:  # noqa: ANN401 - any JSON
    return json.loads(given(home, "webhooks", *words, "--json", typed=typed))


def until(holds: Callable[[], bool]) -> None:
    over = time.monotonic() + 90
    while not holds():
        assert time.monotonic() < over
        time.sleep(0.1)


class TestDecision:
    def test_is_told_to_a_receiver_that_then_asks_for_it(
        self, home: Path, receiver: Receiver
    ) -> None:
        made = hooks(home, "add", receiver.url(), *BOSS, typed=TYPED)
        number = str(made["number"])
        with serving(home) as pages, signed_in(pages, "li.na") as manager:
            wish = {"enterprise_id": "E1", "amount_fen": 20_000_000}
            filed = posted(manager, "/applications", **wish)
            until(lambda: bool(receiver.got))
            (got,) = receiver.got
            assert told_by_xiaowei(made["secret"], got.headers, got.body)
            told = got.told["data"]
            asked = manager.get(f"/decisions/{told['decision']}").json()

        assert got.told["type"] == "decision.made"
        assert set(told) == {"application", "decision", "outcome"}
        assert told["application"] == filed["number"] == asked["application"]
        assert told["outcome"] == asked["outcome"]
        assert receiver.names == ["localhost"]
        (sent,) = hooks(home, "deliveries", number)
        assert (sent["state"], sent["event_id"]) == ("done", receiver.ids()[0])

        assert hooks(home, "resend", number, *BOSS, typed=TYPED) == {"resent": 0}
        words = ("resend", number, "--entry", str(sent["entry"]), *BOSS)
        assert hooks(home, *words, typed=TYPED) == {"resent": 1}
        assert "decision.made" in given(home, "work", "--once")
        assert len(set(receiver.ids())) == 1
        assert len(receiver.ids()) == 2
        assert given(home, "records", "verify")


class TestCommandLine:
    def test_registers_turns_and_removes(self, home: Path, receiver: Receiver) -> None:
        words = ("webhooks", "add", receiver.url(path="/cli"), "--event", "job.dead")
        shown = given(home, *words, *BOSS, typed=TYPED).splitlines()
        (one,) = [one for one in hooks(home, "list") if one["url"].endswith("/cli")]
        number = str(one["number"])
        assert one["events"] == ["job.dead"]
        assert (one["state"], one["by"]) == ("active", "boss")
        assert shown[-1].startswith("whsec_")

        for verb, state in (("pause", "paused"), ("resume", "active")):
            turned = hooks(home, verb, number, *BOSS, typed=TYPED)
            assert turned["state"] == state
        rotated = hooks(home, "rotate", number, *BOSS, "--overlap", "2", typed=TYPED)
        assert rotated["secret"] not in shown
        listed = given(home, "webhooks", "list") + given(
            home, "webhooks", "list", "--json"
        )
        assert "whsec_" not in listed
        assert rotated["overlap_until"] in listed
        assert given(home, "webhooks", "deliveries", number) == ""
        hooks(home, "remove", number, *BOSS, typed=TYPED)
        assert number not in [str(one["number"]) for one in hooks(home, "list")]

    def test_asks_for_the_password_of_an_administrator(
        self, home: Path, receiver: Receiver
    ) -> None:
        before, url = hooks(home, "list"), receiver.url(path="/no")
        words = ["--home", str(home), "webhooks", "add", url, "--as"]
        for who, typed, refused in (
            ("boss", "wrong\n", WrongPasswordError),
            ("li.na", TYPED, NotAllowedError),
        ):
            done = CliRunner().invoke(app, [*words, who], input=typed)
            assert isinstance(done.exception, refused), done.output
        assert hooks(home, "list") == before


@pytest.fixture(scope="module")
def clients(home: Path) -> Iterator[dict[str, httpx.Client]]:
    """Serve the home, and sign everybody in."""
    with serving(home) as pages:
        made = {name: signed_in(pages, name) for name in ("boss", "li.na")}
        yield made
        for one in made.values():
            one.close()


class TestService:
    def test_registers_for_an_administrator_what_may_be_told(
        self, clients: dict[str, httpx.Client], receiver: Receiver
    ) -> None:
        boss, manager = clients["boss"], clients["li.na"]
        body = {"url": receiver.url(path="/one"), "events": ["job.dead"]}
        assert manager.post("/webhooks", json=body).status_code == 403
        assert manager.get("/webhooks").status_code == 403
        for url in ("http://169.254.169.254/", "https://user@a.example/"):
            refused = boss.post("/webhooks", json={**body, "url": url})
            assert refused.status_code == 422
            assert refused.json()["type"] == "urn:xiaowei:problem:webhook-url"
        made = boss.post("/webhooks", json=body)
        assert made.status_code == 201, made.text
        twice = boss.post("/webhooks", json=body)
        assert twice.status_code == 409
        assert twice.json()["type"] == "urn:xiaowei:problem:twice-registered"

        path = f"/webhooks/{made.json()['number']}"
        for act, state in (("pause", "paused"), ("resumption", "active")):
            turned = boss.post(f"{path}/{act}")
            assert (turned.status_code, turned.json()["state"]) == (201, state)
        shown = boss.get("/webhooks").text + boss.get(path).text
        assert "whsec_" not in shown + boss.get(f"{path}/deliveries").text
        assert boss.post(f"{path}/removal").status_code == 201
        assert boss.get(path).status_code == 404

    def test_tells_of_a_job_that_died_and_once_more_when_asked(
        self, clients: dict[str, httpx.Client], receiver: Receiver
    ) -> None:
        boss, manager = clients["boss"], clients["li.na"]
        body = {"url": receiver.url(path="/two"), "events": ["job.dead"]}
        made = boss.post("/webhooks", json=body).json()
        number, secret = made["number"], made["secret"]
        # What cannot be taken in is a job that dies.
        sent = manager.put("/uploads/sales_invoices-bad.csv", content=b"\x00no")
        until(lambda: bool(receiver.got))
        first = receiver.got[0]
        assert first.told["data"] == {"job": sent.json()["number"], "outcome": "dead"}
        assert told_by_xiaowei(secret, first.headers, first.body)
        until(lambda: _sent(boss, number)[0]["state"] == "done")

        path, entry = f"/webhooks/{number}", _sent(boss, number)[0]["entry"]
        again = boss.post(f"{path}/rotation", json={"overlap_hours": 0}).json()
        told = boss.post(f"{path}/resending", json={"entry": entry})
        assert told.json() == {"resent": 1}
        until(lambda: len(receiver.got) == 2)
        last = receiver.got[-1]
        assert told_by_xiaowei(again["secret"], last.headers, last.body)
        assert not told_by_xiaowei(secret, last.headers, last.body)
        assert len(set(receiver.ids())) == 1


def _sent(client: httpx.Client, number: int) -> list[dict[str, Any]]:
    told: dict[str, Any] = client.get(f"/webhooks/{number}/deliveries").json()
    return list(told["items"])
