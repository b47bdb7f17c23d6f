"""Records go from either database into either, and come out the same."""

from pathlib import Path

import pytest
from tests.records.test_journal import fill
from tests.records.test_views import VIEW, pay, rows

from xiaowei.records.backup import NotEmptyError, copy_records, load_records
from xiaowei.records.keys import once
from xiaowei.records.opening import open_journal
from xiaowei.records.store import Store

AT = "2025-07-01T08:00:00+00:00"


class TestBackup:
    def test_goes_out_and_in_again(self, url: str, tmp_path: Path) -> None:
        copy, other = tmp_path / "copy.sqlite", f"sqlite:///{tmp_path / 'other.sqlite'}"
        with open_journal(url, views=[VIEW]) as journal:
            fill(journal, 3)
            pay(journal, 700)
            with journal.store.writing() as connection:
                once(connection, "k", 1, made_at=AT, act=lambda: "done")
            head = journal.head()
            assert copy_records(journal.store, copy) == head
            fill(journal, 1)
            sums = rows(journal)

        store = Store(other)
        assert load_records(copy, store) == head
        store.close()
        with open_journal(other, views=[VIEW]) as journal:
            assert journal.verify() == head[0]
            assert rows(journal) == sums
            first = next(journal.entries())
            assert journal.document(first.body["document"]) == "text 0"
            with journal.store.writing() as connection:
                assert once(connection, "k", 1, made_at=AT, act=lambda: "x") == "done"

    def test_comes_into_either_database(self, url: str, tmp_path: Path) -> None:
        copy = tmp_path / "copy.sqlite"
        with open_journal(f"sqlite:///{tmp_path / 'one.sqlite'}") as journal:
            fill(journal, 30)
            head = copy_records(journal.store, copy)
        store = Store(url)
        assert load_records(copy, store) == head
        with pytest.raises(NotEmptyError):
            load_records(copy, store)
        store.close()
        with open_journal(url) as journal:
            assert journal.verify() == 30

    def test_is_never_made_over_another(self, url: str, tmp_path: Path) -> None:
        copy = tmp_path / "copy.sqlite"
        copy.write_bytes(b"mine")
        with open_journal(url) as journal, pytest.raises(NotEmptyError):
            copy_records(journal.store, copy)
        assert copy.read_bytes() == b"mine"
