"""What is sent twice is done once, and a crash leaves no key stuck."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from xiaowei.records.journal import Journal
from xiaowei.records.keys import DAYS, KeyFormError, KeyUsedError, once
from xiaowei.records.opening import open_journal

AT = "2025-07-01T08:00:00+00:00"
LATER = "2025-07-31T08:00:00+00:00"
MUCH_LATER = "2025-08-01T08:00:01+00:00"
KEYS = 40
TRIES = 8


def send(journal: Journal, key: str, asked: object, made_at: str = AT) -> str:
    with journal.store.writing() as connection:

        def act() -> str:
            entry = journal.append(connection, "paid", {"a": asked}, made_at=made_at)
            return str(entry.seq)

        return once(connection, key, asked, made_at=made_at, act=act)


class TestOnce:
    def test_does_once_what_comes_again(self, url: str) -> None:
        with open_journal(url) as journal:
            assert send(journal, "k", 1) == send(journal, "k", 1) == "1"
            assert send(journal, "other", 1) == "2"
            assert journal.verify() == 2

    def test_refuses_a_key_with_something_else(self, url: str) -> None:
        with open_journal(url) as journal:
            send(journal, "k", 1)
            with pytest.raises(KeyUsedError, match="'k'"):
                send(journal, "k", 2)
            assert journal.verify() == 1

    @pytest.mark.parametrize("key", ["", "k" * 201])
    def test_refuses_what_is_no_key(self, url: str, key: str) -> None:
        with open_journal(url) as journal, pytest.raises(KeyFormError):
            send(journal, key, 1)

    def test_that_fails_leaves_the_key_free(self, url: str) -> None:
        with open_journal(url) as journal:

            def fails() -> str:
                raise RuntimeError

            with (
                pytest.raises(RuntimeError),
                journal.store.writing() as connection,
            ):
                once(connection, "k", 1, made_at=AT, act=fails)
            assert send(journal, "k", 1) == "1"

    def test_forgets_a_key_after_its_days_and_no_sooner(self, url: str) -> None:
        assert DAYS == 30
        with open_journal(url) as journal:
            send(journal, "k", 1)
            send(journal, "other", 1, LATER)
            assert send(journal, "k", 1, LATER) == "1"
            send(journal, "third", 1, MUCH_LATER)
            assert send(journal, "k", 1, MUCH_LATER) == "4"

    def test_holds_for_many_at_once(self, url: str) -> None:
        with open_journal(url):
            pass

        def sends(number: int) -> str:
            with open_journal(url) as journal:
                return send(journal, f"k{number % KEYS}", number % KEYS)

        with ThreadPoolExecutor(8) as pool:
            answers = list(pool.map(sends, range(KEYS * TRIES)))
        with open_journal(url) as journal:
            assert journal.verify() == KEYS
        assert len(set(answers)) == KEYS
        assert answers[:KEYS] * TRIES == answers
