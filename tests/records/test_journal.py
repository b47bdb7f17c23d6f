"""The journal only grows; on both databases."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

import pytest
import sqlalchemy as sa

from xiaowei.records.journal import Entry, Journal, NoRunError
from xiaowei.records.opening import open_journal
from xiaowei.records.store import Store

AT = "2025-07-01T08:00:00+00:00"


@pytest.fixture
def journal(url: str) -> Iterator[Journal]:
    with open_journal(url) as opened:
        yield opened


def fill(journal: Journal, entries: int) -> None:
    for number in range(entries):
        journal.add("run", {"number": number}, made_at=AT, document=f"text {number}")


@contextmanager
def behind_the_guards(store: Store) -> Iterator[sa.Connection]:
    """Open the database as one who may do all."""
    with store.writing() as connection:
        if store.kind == "sqlite":
            for table in ("journal", "documents"):
                for act in ("update", "delete"):
                    connection.exec_driver_sql(
                        f"DROP TRIGGER IF EXISTS {table}_no_{act}"
                    )
        else:
            connection.exec_driver_sql("SET session_replication_role = replica")
        yield connection


class TestJournal:
    def test_gives_back_the_last_document(self, journal: Journal) -> None:
        fill(journal, 3)
        entry, document = journal.latest("run")

        assert (entry.seq, entry.body["number"], document) == (3, 2, "text 2")

    def test_gives_back_the_entries_of_one_kind(self, journal: Journal) -> None:
        fill(journal, 2)
        journal.add("opinion", {"number": 2}, made_at=AT)

        assert [entry.seq for entry in journal.entries("opinion")] == [3]
        assert [entry.seq for entry in journal.entries()] == [1, 2, 3]
        assert [entry.seq for entry in journal.entries(after=1)] == [2, 3]

    def test_gives_back_more_than_one_chunk(self, journal: Journal) -> None:
        with journal.store.writing() as connection:
            for number in range(2_345):
                journal.append(connection, "run", {"n": number}, made_at=AT)

        assert [e.body["n"] for e in journal.entries()] == list(range(2_345))

    def test_says_how_to_make_the_first_run(self, journal: Journal) -> None:
        with pytest.raises(NoRunError, match="xiaowei --home HOME run FOLDER"):
            journal.latest("run")

    def test_keeps_a_document_that_comes_twice_once(self, journal: Journal) -> None:
        journal.add("run", {}, made_at=AT, document="same")
        journal.add("run", {}, made_at=AT, document="same")

        assert journal.verify() == 2
        with journal.store.reading() as connection:
            assert (
                connection.exec_driver_sql("SELECT count(*) FROM documents").scalar()
                == 1
            )

    def test_adds_nothing_when_a_follower_fails(self, journal: Journal) -> None:
        class Fails:
            def follow(self, connection: sa.Connection, entry: Entry) -> None:
                del connection, entry
                raise RuntimeError

        with pytest.raises(RuntimeError):
            Journal(journal.store, followers=[Fails()]).add("run", {}, made_at=AT)
        assert journal.verify() == 0

    @pytest.mark.parametrize("table", ["journal", "documents"])
    @pytest.mark.parametrize("act", ["UPDATE {} SET {} = 'x'", "DELETE FROM {}"])
    def test_refuses_changes_through_the_database(
        self, journal: Journal, act: str, table: str
    ) -> None:
        fill(journal, 2)
        column = {"journal": "kind", "documents": "text"}[table]

        with (
            pytest.raises(sa.exc.DBAPIError, match="only grows"),
            journal.store.writing() as connection,
        ):
            connection.exec_driver_sql(act.format(table, column))
        assert journal.verify() == 2

    def test_queues_writers_instead_of_losing_one(self, url: str) -> None:
        def write(number: int) -> None:
            with open_journal(url) as opened:
                opened.add("run", {"number": number}, made_at=AT)

        with ThreadPoolExecutor(8) as pool:
            list(pool.map(write, range(40)))

        with open_journal(url) as opened:
            assert opened.verify() == 40
            numbers = sorted(entry.body["number"] for entry in opened.entries())
            assert numbers == list(range(40))
