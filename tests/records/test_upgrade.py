"""Records of every released schema are brought to today's, whole or not at all."""

import sqlite3
from pathlib import Path

import pytest
import sqlalchemy as sa

from xiaowei.records import migrations
from xiaowei.records.journal import Journal
from xiaowei.records.opening import open_journal
from xiaowei.records.store import Store, StoreUnreachableError, StoreUrlError
from xiaowei.records.upgrade import (
    HEAD,
    NewerRecordsError,
    downgrade,
    upgrade,
    version_of,
)

AT = "2025-07-01T08:00:00+00:00"
BEFORE_STEPS = """
CREATE TABLE journal (
  seq INTEGER NOT NULL, made_at TEXT NOT NULL, kind TEXT NOT NULL,
  body TEXT NOT NULL, before TEXT NOT NULL, hash TEXT NOT NULL,
  PRIMARY KEY (seq), UNIQUE (hash));
CREATE TABLE documents (digest TEXT NOT NULL, text TEXT NOT NULL, PRIMARY KEY (digest));
CREATE TRIGGER journal_no_update BEFORE UPDATE ON journal
  BEGIN SELECT RAISE(ABORT, 'journal only grows'); END;
INSERT INTO journal VALUES (1, '2025-07-01T08:00:00+00:00', 'run', '{"n":1}',
  '0000000000000000000000000000000000000000000000000000000000000000',
  'f0a0');
"""
"""As the records of version 0.1.0 were made, before steps were counted."""


class TestUpgrade:
    def test_goes_to_the_last_step_there_is(self, url: str) -> None:
        steps = sorted(
            file.name[1:5]
            for file in (Path(migrations.__file__).parent / "versions").glob("s*.py")
        )
        assert steps[-1] == HEAD
        store = Store(url)
        assert upgrade(store)
        assert version_of(store) == HEAD
        assert not upgrade(store)
        store.close()

    def test_keeps_every_entry_down_and_up_again(self, url: str) -> None:
        with open_journal(url) as journal:
            for number in range(5):
                journal.add("run", {"n": number}, made_at=AT, document=f"text {number}")
        store = Store(url)
        for step in ("0001", "base"):
            downgrade(store, step)
            assert Journal(store).verify() == 5
        store.close()
        with open_journal(url) as journal:
            assert journal.verify() == 5
            journal.add("run", {"n": 5}, made_at=AT)
            assert journal.verify() == 6

    def test_refuses_records_of_a_later_version(self, url: str) -> None:
        with open_journal(url) as journal, journal.store.writing() as connection:
            connection.exec_driver_sql("UPDATE alembic_version SET version_num = '9'")
        with pytest.raises(NewerRecordsError, match="schema 9"), open_journal(url):
            pass

    def test_takes_over_records_made_before_steps_were_counted(
        self, tmp_path: Path
    ) -> None:
        file = tmp_path / "records.sqlite"
        with sqlite3.connect(file) as raw:
            raw.executescript(BEFORE_STEPS)
        with open_journal(f"sqlite:///{file}") as journal:
            assert [entry.body for entry in journal.entries()] == [{"n": 1}]
            with (
                pytest.raises(sa.exc.DBAPIError, match="only grows"),
                journal.store.writing() as connection,
            ):
                connection.exec_driver_sql("DELETE FROM journal")

    def test_that_fails_leaves_nothing_half_done(
        self, url: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def fails(*_: object, **__: object) -> None:
            raise RuntimeError

        monkeypatch.setattr("alembic.op.create_index", fails)
        with pytest.raises(RuntimeError), open_journal(url):
            pass
        monkeypatch.undo()
        store = Store(url)
        assert version_of(store) is None
        with store.reading() as connection:
            assert not sa.inspect(connection).has_table("journal")
        store.close()
        with open_journal(url) as journal:
            assert journal.verify() == 0


class TestStore:
    def test_refuses_other_kinds_of_database(self) -> None:
        with pytest.raises(StoreUrlError, match="mysql"):
            Store("mysql://root:secret@host/db")

    def test_says_what_does_not_answer_without_its_password(self) -> None:
        with pytest.raises(StoreUnreachableError) as raised:
            Store("postgresql://me:secret@127.0.0.1:1/none")
        assert "secret" not in str(raised.value)
        assert "127.0.0.1" in str(raised.value)
