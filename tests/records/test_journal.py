"""The journal only grows, and shows every tampering; on both databases."""

import random
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

import pytest
import sqlalchemy as sa

from xiaowei.records.journal import (
    BrokenJournalError,
    Entry,
    Journal,
    LostDocumentError,
    NoRunError,
)
from xiaowei.records.opening import open_journal
from xiaowei.records.store import Store

AT = "2025-07-01T08:00:00+00:00"
SEED = 20_261_129
TAMPERS = 120
TAMPER = (
    "UPDATE journal SET body = :body WHERE seq = :seq",
    "UPDATE journal SET made_at = '2024-01-01' WHERE seq = :seq",
    "UPDATE journal SET kind = 'opinion' WHERE seq = :seq",
    "UPDATE journal SET hash = '0' WHERE seq = :seq",
    "UPDATE journal SET before = hash WHERE seq = :seq",
    "DELETE FROM journal WHERE seq = :seq",
    "UPDATE journal SET seq = 99 WHERE seq = :seq",
    "UPDATE journal SET body = (SELECT body FROM journal WHERE seq = :other) "
    "WHERE seq = :seq",
    "UPDATE documents SET text = text || '.' WHERE text = :text",
    "DELETE FROM documents WHERE text = :text",
)


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

    def test_finds_every_tamper_behind_the_guards(self, journal: Journal) -> None:
        fill(journal, 12)
        chance = random.Random(SEED)  # noqa: S311 - which tamper, no secret
        found = 0
        for _ in range(TAMPERS):
            try:
                with behind_the_guards(journal.store) as connection:
                    tamper(connection, chance)
                    check(journal, connection)
            except (BrokenJournalError, LostDocumentError):
                found += 1
        assert found == TAMPERS
        assert journal.verify() == 12

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


def tamper(connection: sa.Connection, chance: random.Random) -> None:
    """Change one thing that was written; a cut of the tail is for anchors to find."""
    seq = chance.randint(1, 11)
    other = chance.choice([number for number in range(1, 13) if number != seq])
    act = sa.text(chance.choice(TAMPER))
    known = {"seq": seq, "other": other, "text": f"text {seq}", "body": '{"number":9}'}
    values = {name: known[name] for name in act.compile().params}
    assert connection.execute(act, values).rowcount == 1


def check(journal: Journal, connection: sa.Connection) -> None:
    """Verify within a transaction, which the fault then takes back."""

    class Within(Store):
        def __init__(self) -> None:
            self.kind = journal.store.kind

        @contextmanager
        def reading(self) -> Iterator[sa.Connection]:
            yield connection

    Journal(Within()).verify()
