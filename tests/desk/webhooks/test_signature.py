"""Signatures are those of Standard Webhooks; a receiver's check takes no other."""

import time
from pathlib import Path

import pytest
from tests.desk.webhooks.checking import told_by_xiaowei

from xiaowei.desk.webhooks.signature import headers_of, is_plain, new_secret
from xiaowei.records.webhooks.events import EVENTS

CHECK = Path(__file__).with_name("checking.py")
PAGE = Path(__file__).parents[3] / "docs" / "api.md"


def now() -> int:
    return int(time.time())  # noqa: TID251 - a receiver's own clock


class TestHeaders:
    def test_are_those_of_the_specification_s_own_example(self) -> None:
        told = dict(
            headers_of(
                "msg_p5jXN8AQM9LWM0D4loKWxJek",
                b'{"test": 2432232314}',
                moment=1614265330,
                keys=["whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"],
            )
        )
        assert told == {
            "webhook-id": "msg_p5jXN8AQM9LWM0D4loKWxJek",
            "webhook-timestamp": "1614265330",
            "webhook-signature": "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
        }

    def test_hold_for_the_old_secret_and_the_new(self) -> None:
        new, old, other = (new_secret() for _ in range(3))
        told = dict(headers_of("evt_1", b"{}", moment=now(), keys=[new, old]))

        assert told_by_xiaowei(new, told, b"{}")
        assert told_by_xiaowei(old, told, b"{}")
        assert not told_by_xiaowei(other, told, b"{}")

    @pytest.mark.parametrize(
        ("header", "value"),
        [
            ("webhook-id", "evt_2"),
            ("webhook-timestamp", "the second before"),
            ("webhook-signature", "v1,"),
        ],
    )
    def test_hold_for_nothing_else(self, header: str, value: str) -> None:
        key = new_secret()
        moment = now()
        told = dict(headers_of("evt_1", b"{}", moment=moment, keys=[key]))
        value = str(moment - 1) if header == "webhook-timestamp" else value

        assert told_by_xiaowei(key, told, b"{}")
        assert not told_by_xiaowei(key, told, b"{ }")
        assert not told_by_xiaowei(key, told | {header: value}, b"{}")

    def test_of_long_ago_are_no_longer_taken(self) -> None:
        key = new_secret()
        told = dict(headers_of("evt_1", b"{}", moment=now() - 301, keys=[key]))
        assert not told_by_xiaowei(key, told, b"{}")


class TestSecret:
    def test_is_new_each_time_and_of_32_bytes(self) -> None:
        made = {new_secret() for _ in range(100)}
        assert len(made) == 100
        assert {len(one) for one in made} == {len("whsec_") + 44}
        assert all(map(is_plain, made))


class TestPage:
    def test_names_every_event(self) -> None:
        page = PAGE.read_text(encoding="utf-8")
        for event in EVENTS:
            assert f"| `{event.name}` | {event.said.en} {event.said.zh} |" in page

    def test_shows_the_check_that_is_tested_here(self) -> None:
        check = CHECK.read_text(encoding="utf-8").partition("def ")[2]
        lines = [line.partition("  #")[0].rstrip() for line in check.splitlines()]
        assert "def " + "\n".join(lines).strip() in PAGE.read_text(encoding="utf-8")
