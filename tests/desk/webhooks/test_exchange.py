"""One exchange reaches the place that was checked, and lasts no longer than it may."""

import os
import socket
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import pytest
from tests.desk.webhooks import receiving as bad
from tests.desk.webhooks.receiving import (
    PORTS,
    Authority,
    Receiver,
    misbehaving,
    receiving,
)

from xiaowei.desk.openings import Openings, openings_in
from xiaowei.desk.webhooks import exchange
from xiaowei.desk.webhooks.exchange import Resolver, UntoldError, resolve, tell
from xiaowei.desk.webhooks.places import place_of

BODY = b'{"type":"decision.made"}'
HERE = ["127.0.0.1"]
SHUT = Openings()
LATE = 15
"""Seconds that half of one may take on a busy machine; whoever hangs or drips does so
for 30."""


@pytest.fixture
def openings(authority: Authority) -> Openings:
    """Open this machine, and trust the authority of the tests."""
    stated = {
        "ca": str(authority.file),
        "networks": [
            {
                "network": "127.0.0.0/8",
                "http": True,
                "ports": list(PORTS),
            }
        ],
    }
    return openings_in(stated, authority.file.parent)


@pytest.fixture
def secure(authority: Authority) -> Iterator[Receiver]:
    """Return a receiver whose certificate is of a name and not of its address."""
    with receiving(authority.context("hooks.example")) as one:
        yield one


@pytest.fixture
def plain() -> Iterator[Receiver]:
    with receiving() as one:
        yield one


class Names:
    """Answers each time with the next of some answers, and counts."""

    def __init__(self, *answers: Sequence[str]) -> None:
        """Take the answers; the last one stays."""
        self.asked, self._answers = list[str](), list(answers)

    def __call__(self, name: str, patience: float) -> Sequence[str]:
        assert patience > 0
        self.asked.append(name)
        at = min(len(self.asked), len(self._answers)) - 1
        return self._answers[at]


def send(
    url: str,
    openings: Openings,
    *,
    resolver: Resolver = resolve,
    patience: float = exchange.PATIENCE,
) -> int:
    place, headers = place_of(url), [("webhook-id", "evt_1")]
    return tell(
        place, BODY, headers, openings=openings, resolver=resolver, patience=patience
    )


def why(
    url: str, openings: Openings, resolver: Resolver = resolve, patience: float = 2
) -> str:
    with pytest.raises(UntoldError) as told:
        send(url, openings, resolver=resolver, patience=patience)
    return str(told.value)


class TestTell:
    def test_reaches_a_name_under_its_certificate(
        self, secure: Receiver, openings: Openings
    ) -> None:
        names = Names(HERE)
        url = secure.url("hooks.example", "/a/b?c=d")

        assert send(url, openings, resolver=names) == 204
        (got,) = secure.got
        assert (got.path, got.body) == ("/a/b?c=d", BODY)
        assert got.headers["host"] == f"hooks.example:{secure.port}"
        assert got.headers["webhook-id"] == "evt_1"
        assert got.headers["content-type"] == "application/json"
        assert secure.names == ["hooks.example"]
        assert names.asked == ["hooks.example"]

    def test_takes_no_certificate_of_another_name_or_authority(
        self, secure: Receiver, openings: Openings
    ) -> None:
        other, names = secure.url("other.example"), Names(HERE)
        assert "certificate" in why(other, openings, names)
        assert "certificate" in why(secure.url("127.0.0.1"), openings)
        strangers = Openings(openings.networks)
        assert "certificate" in why(secure.url("hooks.example"), strangers, names)
        assert secure.got == []

    @pytest.mark.parametrize("text", [None, "", "no certificate"])
    def test_says_where_the_authorities_of_a_bank_cannot_be_read(
        self, secure: Receiver, openings: Openings, tmp_path: Path, text: str | None
    ) -> None:
        file = tmp_path / "ca.pem"
        if text is not None:
            file.write_text(text, "utf-8")
        stated = Openings(openings.networks, file)
        told = why(secure.url("hooks.example"), stated, Names(HERE))
        assert told == "the file 'webhooks.ca' of the settings holds no authority"

    def test_sends_nothing_to_an_address_that_is_not_opened(
        self, secure: Receiver, plain: Receiver
    ) -> None:
        for one in (secure, plain):
            for host in ("localhost", "127.0.0.1"):
                assert "this machine itself" in why(one.url(host), SHUT)
            told = why(one.url("hooks.example"), SHUT, Names(HERE))
            assert "this machine itself" in told
        assert secure.got == plain.got == []
        assert secure.names == []

    @pytest.mark.parametrize(
        "found",
        [
            ["8.8.8.8", "127.0.0.1"],
            ["2606:4700::1111", "::ffff:127.0.0.1"],
            ["10.0.0.5"],
            ["169.254.169.254"],
            ["fe80::1%1"],
            ["fd00:ec2::254"],
            ["64:ff9b::7f00:1"],
        ],
    )
    def test_sends_nothing_where_one_address_of_a_name_is_refused(
        self, found: list[str], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        connected = list[object]()
        monkeypatch.setattr(
            socket, "create_connection", lambda *a, **_: connected.append(a)
        )
        told = why("https://hooks.example/", SHUT, Names(found))
        assert told.startswith("refused: ")
        assert connected == []

    def test_goes_to_what_was_checked_though_the_name_moves(
        self, secure: Receiver, openings: Openings
    ) -> None:
        names = Names(HERE, ["10.0.0.5"], ["169.254.169.254"])
        url = secure.url("hooks.example")

        assert send(url, openings, resolver=names) == 204
        # It moved before the connection was made, and nobody asked it again.
        assert len(names.asked) == 1
        assert len(secure.got) == 1
        assert "10.0.0.5 is private" in why(url, openings, names)
        assert "169.254.169.254" in why(url, openings, names)
        assert len(names.asked) == 3
        assert len(secure.got) == 1

    def test_asks_the_system_for_no_name_after_the_check(
        self, secure: Receiver, openings: Openings, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        asked, ask = list[object](), socket.getaddrinfo

        def look(host: object, *more: object, **other: object) -> object:
            asked.append(host)
            return ask(host, *more, **other)  # type: ignore[arg-type]

        monkeypatch.setattr(socket, "getaddrinfo", look)
        assert send(secure.url("hooks.example"), openings, resolver=Names(HERE)) == 204
        # An address as it stands is no name that anybody could move.
        assert set(asked) <= {"127.0.0.1"}

    @pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
    def test_follows_no_redirect(
        self, plain: Receiver, openings: Openings, status: int
    ) -> None:
        with receiving() as inside:
            plain.answers.append((status, {"Location": inside.url("127.0.0.1")}))
            assert send(plain.url("127.0.0.1"), openings) == status
            assert (len(plain.got), inside.got) == (1, [])

    def test_asks_no_proxy(
        self, plain: Receiver, openings: Openings, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        with receiving() as proxy:
            for name in ("http_proxy", "https_proxy", "all_proxy"):
                monkeypatch.setenv(name, proxy.url("127.0.0.1", "/"))
                monkeypatch.setenv(name.upper(), proxy.url("127.0.0.1", "/"))
            monkeypatch.setenv("NO_PROXY", "")
            # What runs beside this process would ask it.
            assert "http_proxy" in os.environ  # noqa: TID251 - what is tested
            assert send(plain.url("127.0.0.1"), openings) == 204
            assert (len(plain.got), proxy.got) == (1, [])

    def test_tries_the_next_address_of_a_name(
        self, plain: Receiver, openings: Openings
    ) -> None:
        # Nobody listens on the first one.
        names = Names(["127.0.0.2", "127.0.0.1"])
        assert send(plain.url("hooks.example"), openings, resolver=names) == 204

    @pytest.mark.parametrize(
        ("does", "reason"),
        [
            (bad.hangs, "longer than 0.5 s"),
            (bad.drips, "longer than 0.5 s"),
            (bad.floods, "more than 65536 bytes"),
            (bad.babbles, "no answer"),
            (bad.closes, "no answer"),
        ],
    )
    def test_leaves_whoever_does_not_answer(
        self,
        openings: Openings,
        does: Callable[[socket.socket], None],
        reason: str,
    ) -> None:
        for scheme in ("http", "https"):
            with misbehaving(does) as port:
                begun = time.monotonic()
                url = f"{scheme}://127.0.0.1:{port}/"
                told = why(url, openings, patience=0.5)
                assert time.monotonic() - begun < LATE
            assert reason in told or scheme == "https"

    def test_counts_an_answer_whose_body_has_no_end(self, openings: Openings) -> None:
        with misbehaving(bad.endless) as port:
            begun = time.monotonic()
            assert send(f"http://127.0.0.1:{port}/", openings) == 200
            assert time.monotonic() - begun < exchange.PATIENCE / 2

    def test_waits_for_no_name_longer_than_it_may(self, openings: Openings) -> None:
        def late(_name: str, patience: float) -> Sequence[str]:
            time.sleep(patience)
            raise TimeoutError

        assert "longer than 0.2 s" in why("https://a.example/", openings, late, 0.2)

    def test_says_what_has_no_address_and_who_is_not_there(
        self, openings: Openings
    ) -> None:
        with misbehaving(bad.closes) as port:
            pass
        told = why(f"http://127.0.0.1:{port}/", openings)
        assert told == "no answer: ConnectionRefusedError"
        assert why("https://no-such-name.invalid/", openings) == (
            "its name has no address"
        )


class TestResolve:
    def test_returns_the_addresses_of_a_name(self) -> None:
        assert set(resolve("localhost", 5)) & {"127.0.0.1", "::1"}

    def test_breaks_off(self, monkeypatch: pytest.MonkeyPatch) -> None:
        go_on = threading.Event()

        def late(*_: object, **__: object) -> list[object]:
            go_on.wait(30)
            return []

        monkeypatch.setattr(socket, "getaddrinfo", late)
        with pytest.raises(TimeoutError):
            resolve("localhost", 0.1)
        go_on.set()
