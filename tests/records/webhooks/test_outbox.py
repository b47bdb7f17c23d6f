"""Deliveries stand with the entry they tell of, are leased one by one, and end once."""

import secrets
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from tests.records.conftest import postgres, url

from xiaowei.records.journal import Entry, Journal
from xiaowei.records.moments import stamp
from xiaowei.records.opening import open_journal
from xiaowei.records.webhooks import outbox
from xiaowei.records.webhooks.deliveries import (
    VIEW,
    Delivery,
    LostDeliveryError,
    OpenDeliveryError,
    UnknownDeliveryError,
)
from xiaowei.records.webhooks.events import EVENTS, event_in
from xiaowei.records.webhooks.outbox import LEASE_SECONDS, WAITS, Outbox, Turn
from xiaowei.records.webhooks.receivers import (
    PAUSED,
    REGISTERED,
    REMOVED,
    UnknownReceiverError,
)

__all__ = ["postgres", "url"]

NOW = datetime(2025, 7, 1, 8, tzinfo=UTC)
BOSS = {"login": "boss", "person": "E0"}
DECIDED = {"application": 7, "outcome": "approve", "enterprise_id": "E1"}
SENDERS, MANY = 6, 40


def at(after: int) -> datetime:
    """Return the moment so many seconds after the first."""
    return NOW + timedelta(seconds=after)


def opened(url: str) -> Any:  # noqa: ANN401 - a context
    return open_journal(url, views=[VIEW])


def add(journal: Journal, kind: str, body: dict[str, Any], after: int = 0) -> int:
    return journal.add(kind, {**body, "by": BOSS}, made_at=stamp(at(after))).seq


def register(journal: Journal, path: str = "", *events: str) -> int:
    asked = list(events) or ["decision.made"]
    body = {"url": f"https://hooks.example/{path}", "events": asked}
    return add(journal, REGISTERED, body)


def decide(journal: Journal, after: int = 0) -> int:
    return add(journal, "decision", DECIDED, after)


def leased(journal: Journal, after: int = 0) -> Turn | None:
    return Outbox(journal).lease(token=secrets.token_hex(8), at=at(after))


def lease(journal: Journal, after: int = 0) -> Turn:
    made = leased(journal, after)
    assert made is not None
    return made


def some(journal: Journal, number: int) -> list[Delivery]:
    return Outbox(journal).some(number, most=1_000)


def one(journal: Journal, number: int) -> Delivery:
    (found,) = some(journal, number)
    return found


class TestEvent:
    def test_has_a_name_of_its_own_and_says_what_it_is(self) -> None:
        assert len({event.name for event in EVENTS}) == len(EVENTS)
        assert all(event.said.zh and event.said.en for event in EVENTS)
        assert all(event.name.count(".") == 1 for event in EVENTS)

    def test_is_told_to_whoever_asked_and_has_an_id_of_its_own(self) -> None:
        entries = [
            Entry(n, stamp(NOW), "decision", DECIDED, "0", f"{n:x}" * 64)
            for n in (1, 2)
        ]
        first, second = (event_in(entry, ["decision.made"]) for entry in entries)

        assert first is not None
        assert second is not None
        assert first.id != second.id
        assert "E1" not in first.body
        assert event_in(entries[0], ["decision.made"]) == first
        assert event_in(entries[0], ["job.dead", "referral.concluded"]) is None


class TestDelivery:
    def test_stands_if_its_entry_does_and_else_not(self, url: str) -> None:
        with opened(url) as journal:
            number = register(journal)
            with suppress(RuntimeError), journal.store.writing() as connection:
                journal.append(connection, "decision", DECIDED, made_at=stamp(NOW))
                raise RuntimeError
            assert some(journal, number) == []
            entry = decide(journal)
            assert [found.entry for found in some(journal, number)] == [entry]

    def test_is_of_each_that_asked_when_it_happened(self, url: str) -> None:
        with opened(url) as journal:
            decide(journal)
            told = register(journal)
            other = register(journal, "a", "job.dead", "authorisation.withdrawn")
            entry = decide(journal)
            late = register(journal, "b")
            assert [found.entry for found in some(journal, told)] == [entry]
            assert some(journal, other) == some(journal, late) == []

    def test_of_nobody_needs_no_more_of_an_entry_than_it_holds(self, url: str) -> None:
        with opened(url) as journal:
            register(journal, "a", "job.dead")
            journal.add("decision", {"of": "old"}, made_at=stamp(NOW))
            assert journal.verify() == 2

    def test_comes_out_the_same_when_the_table_is_built_anew(self, url: str) -> None:
        with opened(url) as journal:
            number, gone = register(journal), register(journal, "a")
            for _ in range(3):
                decide(journal)
            Outbox(journal).told(lease(journal), at=NOW)
            add(journal, REMOVED, {"webhook": gone})
            before = some(journal, number)
            assert {found.state for found in before} == {"waiting", "done"}
        with open_journal(url) as bare, bare.store.writing() as connection:
            connection.execute(sa.text("DELETE FROM followed"))
        with opened(url) as journal:
            assert some(journal, number) == before
            rows = sa.text("SELECT state FROM webhook_deliveries WHERE receiver = :n")
            with journal.store.reading() as connection:
                states = connection.execute(rows, {"n": gone}).scalars().all()
            assert list(states) == ["dropped"] * 3


class TestLease:
    def test_is_one_at_a_time_of_a_receiver(self, url: str) -> None:
        with opened(url) as journal:
            number = register(journal)
            first, second = decide(journal), decide(journal)
            turn = lease(journal)
            assert (turn.delivery.entry, turn.delivery.tries) == (first, 1)
            assert turn.url == "https://hooks.example/"
            assert leased(journal) is None
            Outbox(journal).told(turn, at=NOW)
            assert lease(journal).delivery.entry == second
            assert number == turn.delivery.receiver

    def test_goes_to_whoever_was_tried_the_longest_ago(self, url: str) -> None:
        with opened(url) as journal:
            numbers = [register(journal, str(n)) for n in range(3)]
            for _ in range(2):
                decide(journal)
            order = list[int]()
            for second in range(6):
                turn = lease(journal, second)
                order.append(turn.delivery.receiver)
                Outbox(journal).told(turn, at=at(second))
            assert order == numbers * 2
            assert leased(journal, LEASE_SECONDS) is None

    def test_runs_out_with_its_sender_and_goes_to_another(self, url: str) -> None:
        with opened(url) as journal:
            number = register(journal)
            decide(journal)
            dead = lease(journal)
            assert leased(journal, LEASE_SECONDS - 1) is None
            heir = lease(journal, LEASE_SECONDS)
            assert heir.delivery.event_id == dead.delivery.event_id
            for late in (Outbox(journal).told, _failed(journal)):
                with pytest.raises(LostDeliveryError, match="no longer"):
                    late(dead, at=at(LEASE_SECONDS))
            Outbox(journal).told(heir, at=at(LEASE_SECONDS))
            assert (one(journal, number).state, one(journal, number).tries) == (
                "done",
                2,
            )
            with pytest.raises(LostDeliveryError):
                Outbox(journal).told(heir, at=at(LEASE_SECONDS))

    def test_is_refused_to_what_killed_its_senders_each_time(self, url: str) -> None:
        with opened(url) as journal:
            number = register(journal)
            decide(journal)
            for n in range(len(WAITS) + 1):
                lease(journal, n * LEASE_SECONDS)
            assert leased(journal, len(WAITS) * LEASE_SECONDS + 1) is None
            assert leased(journal, 10 * len(WAITS) * LEASE_SECONDS) is None
            assert one(journal, number).state == "dead"
            assert "died each time" in one(journal, number).reason

    def test_is_given_to_one_of_many_at_once(self, url: str) -> None:
        with opened(url) as journal:
            numbers = [register(journal, str(n)) for n in range(4)]
            entries = [decide(journal) for _ in range(MANY // 4)]

            def send(_: int) -> list[tuple[int, int]]:
                sent, idle = list[tuple[int, int]](), 0
                while idle < 3:
                    turn = leased(journal)
                    if turn is None:
                        idle += 1
                        continue
                    Outbox(journal).told(turn, at=NOW)
                    sent.append((turn.delivery.receiver, turn.delivery.entry))
                return sent

            with ThreadPoolExecutor(SENDERS) as pool:
                told = [
                    pair for sent in pool.map(send, range(SENDERS)) for pair in sent
                ]
            # Whoever found all receivers busy gave up; what is left is sent here.
            told += send(0)
            assert Counter(told) == Counter(
                (number, entry) for number in numbers for entry in entries
            )
            assert journal.verify() == 4 + MANY // 4 + MANY

    def test_is_of_nobody_who_is_paused(self, url: str) -> None:
        with opened(url) as journal:
            number = register(journal)
            add(journal, PAUSED, {"webhook": number})
            decide(journal)
            assert leased(journal) is None
            assert one(journal, number).state == "waiting"


class TestFailed:
    def test_waits_longer_each_time_and_is_dead_in_the_end(self, url: str) -> None:
        with opened(url) as journal:
            number, after = register(journal), 0
            decide(journal)
            for wait in WAITS:
                Outbox(journal).failed(lease(journal, after), "no", at=at(after))
                assert one(journal, number).state == "waiting"
                assert leased(journal, after + wait - 1) is None
                after += wait
            Outbox(journal).failed(lease(journal, after), "gone", at=at(after))
            found = one(journal, number)
            assert (found.state, found.reason) == ("dead", "gone")
            assert found.tries == len(WAITS) + 1
            assert leased(journal, after + 10 * WAITS[-1]) is None


class TestResend:
    def test_begins_anew_under_the_same_id(self, url: str) -> None:
        with opened(url) as journal:
            number = register(journal)
            entry = decide(journal)
            box = Outbox(journal)
            with pytest.raises(OpenDeliveryError):
                box.resend(number, entry, by=BOSS, at=NOW)
            first = lease(journal)
            with pytest.raises(OpenDeliveryError):
                box.resend(number, entry, by=BOSS, at=NOW)
            box.told(first, at=NOW)
            assert box.resend(number, None, by=BOSS, at=NOW) == 0
            assert leased(journal) is None
            assert box.resend(number, entry, by=BOSS, at=NOW) == 1
            again = lease(journal)
            assert again.delivery.event_id == first.delivery.event_id
            assert again.delivery.tries == 1

    def test_is_of_what_there_is(self, url: str) -> None:
        with opened(url) as journal:
            number = register(journal)
            box = Outbox(journal)
            with pytest.raises(UnknownDeliveryError):
                box.resend(number, 99, by=BOSS, at=NOW)
            with pytest.raises(UnknownReceiverError):
                box.resend(99, None, by=BOSS, at=NOW)
            with pytest.raises(UnknownReceiverError):
                box.some(99, most=1)
            assert journal.verify() == 1


class TestSome:
    def test_are_the_newest_first_by_state_and_page(
        self, url: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(outbox, "WAITS", ())
        with opened(url) as journal:
            number = register(journal)
            entries = [decide(journal) for _ in range(5)]
            box = Outbox(journal)
            box.failed(lease(journal), "no", at=NOW)
            box.told(lease(journal), at=NOW)
            entry = [found.entry for found in box.some(number, most=2)]
            assert entry == entries[:2:-1]
            older = box.some(number, before=entry[-1], most=9)
            assert [found.entry for found in older] == entries[2::-1]
            dead = box.some(number, state="dead", most=9)
            assert [found.entry for found in dead] == entries[:1]


def _failed(journal: Journal) -> Any:  # noqa: ANN401 - as `told` is called
    def failed(turn: Turn, *, at: datetime) -> None:
        Outbox(journal).failed(turn, "late", at=at)

    return failed
