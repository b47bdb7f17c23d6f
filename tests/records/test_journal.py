"""The journal only grows, and shows every tampering."""

import sqlite3
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from xiaowei.records.journal import BrokenJournalError, Journal, NoRunError

AT = "2025-07-01T08:00:00+00:00"


def journal(folder: Path, *, entries: int = 0) -> Journal:
    opened = Journal(folder / "records.sqlite")
    for number in range(entries):
        opened.add("run", {"number": number}, made_at=AT, document=f"text {number}")
    return opened


class TestJournal:
    def test_gives_back_the_last_document(self, tmp_path: Path) -> None:
        entry, document = journal(tmp_path, entries=3).latest("run")

        assert (entry.seq, entry.body["number"], document) == (3, 2, "text 2")

    def test_gives_back_the_entries_of_one_kind(self, tmp_path: Path) -> None:
        opened = journal(tmp_path, entries=2)
        opened.add("opinion", {"number": 2}, made_at=AT)

        assert [entry.seq for entry in opened.entries("opinion")] == [3]
        assert [entry.seq for entry in opened.entries()] == [1, 2, 3]

    def test_says_how_to_make_the_first_run(self, tmp_path: Path) -> None:
        with pytest.raises(NoRunError, match="xiaowei --home HOME run FOLDER"):
            journal(tmp_path).latest("run")

    def test_keeps_a_document_that_comes_twice_once(self, tmp_path: Path) -> None:
        opened = journal(tmp_path)
        opened.add("run", {}, made_at=AT, document="same")
        opened.add("run", {}, made_at=AT, document="same")

        assert opened.verify() == 2
        with sqlite3.connect(tmp_path / "records.sqlite") as raw:
            assert raw.execute("SELECT count(*) FROM documents").fetchone() == (1,)

    @pytest.mark.parametrize(
        "act", ["UPDATE journal SET kind = 'x'", "DELETE FROM journal"]
    )
    def test_refuses_changes_through_the_database(
        self, tmp_path: Path, act: str
    ) -> None:
        journal(tmp_path, entries=2).close()
        raw = sqlite3.connect(tmp_path / "records.sqlite")

        with pytest.raises(sqlite3.IntegrityError, match="journal only grows"):
            raw.execute(act)
        raw.close()

    @pytest.mark.parametrize(
        "tamper",
        [
            "UPDATE journal SET body = '{\"number\":9}' WHERE seq = 2",
            "UPDATE journal SET made_at = '2024-01-01' WHERE seq = 3",
            "DELETE FROM journal WHERE seq = 2",
            "UPDATE journal SET seq = 9 WHERE seq = 3",
            "UPDATE journal SET hash = before WHERE seq = 1",
        ],
    )
    def test_detects_what_was_tampered_behind_the_guards(
        self, tmp_path: Path, tamper: str
    ) -> None:
        opened = journal(tmp_path, entries=3)
        raw = sqlite3.connect(tmp_path / "records.sqlite")
        for act in ("update", "delete"):
            raw.execute(f"DROP TRIGGER journal_no_{act}")
        raw.execute(tamper)
        raw.commit()
        raw.close()

        with pytest.raises(BrokenJournalError, match="does not follow"):
            opened.verify()

    def test_queues_writers_instead_of_losing_one(self, tmp_path: Path) -> None:
        journal(tmp_path).close()

        def write(number: int) -> None:
            opened = Journal(tmp_path / "records.sqlite")
            opened.add("run", {"number": number}, made_at=AT)
            opened.close()

        with ThreadPoolExecutor(8) as pool:
            list(pool.map(write, range(40)))

        assert journal(tmp_path).verify() == 40
