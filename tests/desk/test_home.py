"""A home is made, opened again, and refused with a reason."""

from datetime import date
from pathlib import Path

import pytest

from xiaowei.desk.home import Home, HomeError, open_home
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


class TestSpill:
    def test_is_each_homes_own_and_gone_with_it(self, tmp_path: Path) -> None:
        with open_home(tmp_path) as one, open_home(tmp_path) as other:
            folders = {spill_of(one), spill_of(other)}

            assert len(folders) == 2
            assert all(folder.is_dir() for folder in folders)
            assert all(folder.parent == tmp_path for folder in folders)
        assert not any(folder.exists() for folder in folders)

    def test_takes_what_does_not_fit_into_memory(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        # Of an engine that is open nothing changes the settings.
        monkeypatch.setattr("xiaowei.desk.home.MEMORY", "60MB")
        with open_home(tmp_path) as home:
            home.lake.engine.raw_sql(
                "CREATE TEMP TABLE wide AS SELECT range AS a, hash(range) AS b, "
                "hash(range + 1) AS c FROM range(8_000_000)"
            )

            assert any(spill_of(home).glob("duckdb_temp*"))

    def test_goes_with_an_engine_that_draws_no_bars(self, tmp_path: Path) -> None:
        """They would stand amid the JSON that a verb writes to standard output."""
        with open_home(tmp_path) as home:
            told = home.lake.engine.raw_sql(
                "SELECT current_setting('enable_progress_bar')"
            )

            assert told.fetchone() == (False,)

    def test_of_a_killed_process_is_removed_by_the_next(self, tmp_path: Path) -> None:
        left = tmp_path / "spill-left"
        left.mkdir()
        (left / "held").touch()
        (left / "duckdb_temp_storage_S32K-0.tmp").write_bytes(b"x" * 100)
        begun = tmp_path / "spill-begun"
        begun.mkdir()

        with open_home(tmp_path):
            assert not left.exists()
            assert begun.exists()


def spill_of(home: Home) -> Path:
    """Where a home's engine puts what does not fit."""
    told = home.lake.engine.raw_sql("SELECT current_setting('temp_directory')")
    return Path(told.fetchone()[0])
