"""A cut of the journal's end shows in what was anchored outside."""

from pathlib import Path

import pytest
from tests.records.test_journal import behind_the_guards, fill

from xiaowei.records.anchors import (
    AnchorFileError,
    CutJournalError,
    anchor,
    check_anchors,
)
from xiaowei.records.opening import open_journal

AT = "2025-07-01T08:00:00+00:00"


class TestAnchors:
    def test_hold_while_the_journal_grows(self, url: str, tmp_path: Path) -> None:
        file = tmp_path / "anchors.jsonl"
        with open_journal(url) as journal:
            for _ in range(3):
                anchor(journal, file, made_at=AT)
                fill(journal, 2)
            assert check_anchors(journal, file) == 3

    @pytest.mark.parametrize("again", [False, True])
    def test_show_a_tail_that_was_cut(
        self, url: str, tmp_path: Path, *, again: bool
    ) -> None:
        file = tmp_path / "anchors.jsonl"
        with open_journal(url) as journal:
            fill(journal, 4)
            anchor(journal, file, made_at=AT)
            with behind_the_guards(journal.store) as connection:
                connection.exec_driver_sql("DELETE FROM journal WHERE seq > 2")
            if again:
                fill(journal, 3)
            # The chain alone does not show it.
            assert journal.verify() == (5 if again else 2)
            with pytest.raises(CutJournalError, match="entry 4"):
                check_anchors(journal, file)

    def test_name_a_line_that_is_none(self, url: str, tmp_path: Path) -> None:
        file = tmp_path / "anchors.jsonl"
        with open_journal(url) as journal:
            anchor(journal, file, made_at=AT)
            file.write_text(file.read_text() + "{}\n")
            with pytest.raises(AnchorFileError, match="line 2"):
                check_anchors(journal, file)
