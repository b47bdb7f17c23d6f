"""A home is made, opened again, and refused with a reason."""

from datetime import date
from pathlib import Path

import pytest

from xiaowei.desk.home import HomeError, open_home
from xiaowei.desk.running import latest_run
from xiaowei.errors import InputError, NotFoundError


class TestHome:
    def test_is_made_where_there_is_none(self, tmp_path: Path) -> None:
        with open_home(tmp_path / "a" / "home") as home:
            assert home.lake.accounts() == ()
            assert home.journal.verify() == 0

    def test_is_refused_where_a_file_stands(self, tmp_path: Path) -> None:
        (tmp_path / "home").write_text("a file", encoding="utf-8")

        with (
            pytest.raises(HomeError, match="Give another one with --home"),
            open_home(tmp_path / "home"),
        ):
            pass

    def test_lays_its_own_policy_over_the_shipped_one(self, tmp_path: Path) -> None:
        (tmp_path / "policy.yaml").write_text(
            'lgd:\n  values: {2016-01-01: "0.45"}\n  set_by: minute 7\n',
            encoding="utf-8",
        )

        with open_home(tmp_path) as home:
            assert str(home.book.number("lgd", on=date(2025, 1, 1))) == "0.45"
            assert str(home.book.number("max_rate", on=date(2025, 1, 1))) == "0.15"

    def test_refuses_a_policy_with_faults(self, tmp_path: Path) -> None:
        (tmp_path / "policy.yaml").write_text("lgd: much\n", encoding="utf-8")

        with pytest.raises(InputError, match="lgd"), open_home(tmp_path):
            pass

    def test_has_no_run_at_first(self, tmp_path: Path) -> None:
        with open_home(tmp_path) as home, pytest.raises(NotFoundError):
            latest_run(home)
