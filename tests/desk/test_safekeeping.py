"""A backup holds what a home is made of, and stays as it was when it is used."""

import hashlib
import json
from pathlib import Path

import pytest

from xiaowei.desk import safekeeping
from xiaowei.desk.home import OVERLAYS, VIEWS, open_home
from xiaowei.errors import ConflictError
from xiaowei.facts.lake import MANIFEST, LostPartError
from xiaowei.records.schema import META
from xiaowei.records.store import Store
from xiaowei.records.upgrade import downgrade

AT = "2025-07-01T08:00:00+00:00"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    root = tmp_path / "home"
    with open_home(root) as home:
        home.journal.add("note", {"n": 1}, made_at=AT, document="kept")
    return root


class TestBackUp:
    def test_holds_every_overlay_of_policy(self, root: Path, tmp_path: Path) -> None:
        with open_home(root) as home:
            for name in OVERLAYS:
                (root / name).write_text(f"# {name}\n", encoding="utf-8")
            safekeeping.back_up(home, tmp_path / "backup")
        safekeeping.restore(tmp_path / "backup", tmp_path / "other")

        assert "access.yaml" in OVERLAYS
        for name in OVERLAYS:
            assert (tmp_path / "other" / name).read_text() == f"# {name}\n"

    def test_is_not_changed_by_being_restored(self, root: Path, tmp_path: Path) -> None:
        backup = tmp_path / "backup"
        with open_home(root) as home:
            safekeeping.back_up(home, backup)
        store = Store(f"sqlite:///{backup / 'records.sqlite'}")
        downgrade(store, "0001")
        store.close()
        before = (backup / "records.sqlite").read_bytes()
        _state_again(backup)

        safekeeping.restore(backup, tmp_path / "other")
        assert (backup / "records.sqlite").read_bytes() == before
        safekeeping.check_backup(backup)
        with open_home(tmp_path / "other") as home:
            assert home.journal.verify() == 1

    def test_names_a_part_of_the_lake_that_is_gone(
        self, root: Path, tmp_path: Path
    ) -> None:
        (root / "lake" / MANIFEST).write_text(
            '{"form": 3, "accounts": [], "parts": ["invoices/bucket=00/x.parquet"], '
            '"retired": [], "origins": {}}',
            encoding="utf-8",
        )
        with open_home(root) as home, pytest.raises(LostPartError, match=r"x\.parquet"):
            safekeeping.back_up(home, tmp_path / "backup")
        assert not (tmp_path / "backup").exists()

    def test_is_never_made_over_another(self, root: Path, tmp_path: Path) -> None:
        (tmp_path / "backup").mkdir()
        with open_home(root) as home, pytest.raises(ConflictError):
            safekeeping.back_up(home, tmp_path / "backup")


class TestTables:
    def test_that_are_copied_are_all_that_there_are(self, tmp_path: Path) -> None:
        with (
            open_home(tmp_path / "home") as home,
            home.journal.store.reading() as connection,
        ):
            names = connection.exec_driver_sql(
                "SELECT name FROM sqlite_master WHERE type = 'table'"
            ).scalars()
            found = set(names)
        views = {table.name for view in VIEWS for table in view.tables.sorted_tables}
        assert found - views - {"alembic_version"} == set(META.tables)


def _state_again(backup: Path) -> None:
    """Write the list of a backup for what it holds now."""
    file = backup / safekeeping.CONTENTS
    stated = json.loads(file.read_text(encoding="utf-8"))
    for name in stated["files"]:
        digest = hashlib.sha256((backup / name).read_bytes()).hexdigest()
        stated["files"][name] = digest
    file.write_text(json.dumps(stated), encoding="utf-8")
