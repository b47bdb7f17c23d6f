"""Two secrets of a receiver sign at most; a backup has them, the journal has none."""

from pathlib import Path

from tests.records.conftest import postgres, url

from xiaowei.records.backup import copy_records
from xiaowei.records.journal import Journal
from xiaowei.records.opening import open_journal
from xiaowei.records.store import url_of
from xiaowei.records.webhooks import secrets
from xiaowei.records.webhooks.secrets import Kept

__all__ = ["postgres", "url"]

NOW, LATER = 1_000, 2_000


def keep(journal: Journal, receiver: int, entry: int, *, until: int = LATER) -> None:
    one = Kept(receiver, entry, f"secret-{entry}", None)
    with journal.store.writing() as connection:
        secrets.keep(connection, one, overlap_until=until)


def live(journal: Journal, receiver: int, at: int = NOW) -> list[str]:
    with journal.store.reading() as connection:
        return [one.secret for one in secrets.live(connection, receiver, at=at)]


class TestKeep:
    def test_lets_the_one_before_sign_until_its_end(self, url: str) -> None:
        with open_journal(url) as journal:
            keep(journal, 1, 1)
            keep(journal, 2, 2)
            assert live(journal, 1, at=10 * LATER) == ["secret-1"]
            keep(journal, 1, 3)
            assert live(journal, 1, at=LATER - 1) == ["secret-3", "secret-1"]
            assert live(journal, 1, at=LATER) == ["secret-3"]
            assert live(journal, 2) == ["secret-2"]

    def test_lets_no_third_one_sign(self, url: str) -> None:
        with open_journal(url) as journal:
            for entry in (1, 2, 3):
                keep(journal, 1, entry)
            assert live(journal, 1) == ["secret-3", "secret-2"]
            with journal.store.reading() as connection:
                assert len(secrets.every(connection)) == 2

    def test_ends_the_one_before_at_once_where_it_is_to(self, url: str) -> None:
        with open_journal(url) as journal:
            keep(journal, 1, 1)
            keep(journal, 1, 2, until=NOW)
            assert live(journal, 1) == ["secret-2"]


class TestForget:
    def test_drops_those_of_one_receiver(self, url: str) -> None:
        with open_journal(url) as journal:
            keep(journal, 1, 1)
            keep(journal, 2, 2)
            with journal.store.writing() as connection:
                secrets.forget(connection, 1)
            assert live(journal, 1) == []
            assert live(journal, 2) == ["secret-2"]


class TestBackup:
    def test_has_them(self, url: str, tmp_path: Path) -> None:
        file = tmp_path / "copy.sqlite"
        with open_journal(url) as journal:
            keep(journal, 1, 1)
            journal.add("run", {"n": 1}, made_at="2025-07-01T08:00:00+00:00")
            copy_records(journal.store, file)
        with open_journal(url_of(file)) as copied:
            assert live(copied, 1) == ["secret-1"]
