"""Read models say what the journal adds up to, however they came to it."""

from collections.abc import Sequence
from dataclasses import replace

import pytest
import sqlalchemy as sa

from xiaowei.records.journal import Entry, Journal
from xiaowei.records.opening import open_journal
from xiaowei.records.views import View

AT = "2025-07-01T08:00:00+00:00"
META = sa.MetaData()
SUMS = sa.Table(
    "sums",
    META,
    sa.Column("firm", sa.Text, primary_key=True),
    sa.Column("fen", sa.BigInteger, nullable=False),
)


def take(connection: sa.Connection, entry: Entry) -> None:
    firm, fen = entry.body["firm"], entry.body["fen"]
    mine = SUMS.c.firm == firm
    held = connection.execute(sa.select(SUMS.c.fen).where(mine)).scalar()
    if held is None:
        connection.execute(SUMS.insert().values(firm=firm, fen=fen))
    else:
        connection.execute(SUMS.update().where(mine).values(fen=held + fen))


VIEW = View("sums", 1, META, {"paid": take})


def rows(journal: Journal) -> Sequence[tuple[str, int]]:
    with journal.store.reading() as connection:
        found = connection.execute(SUMS.select().order_by(SUMS.c.firm))
        return [(row.firm, row.fen) for row in found]


def pay(journal: Journal, times: int) -> None:
    for number in range(times):
        body = {"firm": f"F{number % 3}", "fen": number}
        journal.add("paid", body, made_at=AT)
        journal.add("run", {"n": number}, made_at=AT)


class TestView:
    def test_follows_the_journal(self, url: str) -> None:
        with open_journal(url, views=[VIEW]) as journal:
            pay(journal, 9)
            assert rows(journal) == [("F0", 9), ("F1", 12), ("F2", 15)]

    def test_dropped_comes_out_the_same(self, url: str) -> None:
        with open_journal(url, views=[VIEW]) as journal:
            pay(journal, 9)
            before = rows(journal)
            with journal.store.writing() as connection:
                connection.exec_driver_sql("DROP TABLE sums")
                connection.exec_driver_sql("DELETE FROM followed")
        with open_journal(url, views=[VIEW]) as journal:
            assert rows(journal) == before

    def test_is_built_for_a_journal_that_was_there_before(self, url: str) -> None:
        with open_journal(url) as journal:
            pay(journal, 4)
        with open_journal(url, views=[VIEW]) as journal:
            assert rows(journal) == [("F0", 3), ("F1", 1), ("F2", 2)]

    def test_of_other_code_is_built_anew(self, url: str) -> None:
        with open_journal(url, views=[VIEW]) as journal:
            pay(journal, 3)

        def twice(connection: sa.Connection, entry: Entry) -> None:
            take(connection, entry)
            take(connection, entry)

        newer = replace(VIEW, version=2, takes={"paid": twice})
        with open_journal(url, views=[newer]) as journal:
            assert rows(journal) == [("F0", 0), ("F1", 2), ("F2", 4)]

    def test_that_cannot_take_an_entry_keeps_it_from_the_journal(
        self, url: str
    ) -> None:
        with open_journal(url, views=[VIEW]) as journal:
            pay(journal, 3)
            with pytest.raises(KeyError):
                journal.add("paid", {"firm": "F0"}, made_at=AT)
            assert journal.verify() == 6
            assert rows(journal) == [("F0", 0), ("F1", 1), ("F2", 2)]
