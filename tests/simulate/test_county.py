"""The public face: same seed, same bytes; nothing half-written; clear refusals."""

from datetime import date
from pathlib import Path

import pytest

from xiaowei.simulate.county import (
    CountyFiles,
    FolderTakenError,
    PlanError,
    simulate_county,
    write_county,
)
from xiaowei.simulate.sheets import Sheet


def _bytes(files: CountyFiles) -> dict[str, bytes]:
    root = files.sources.parent
    return {
        str(path.relative_to(root)): path.read_bytes()
        for path in sorted(root.rglob("*"))
        if path.is_file()
    }


class TestWriteCounty:
    def test_gives_the_same_bytes_for_the_same_seed(self, tmp_path: Path) -> None:
        first, second = (
            write_county(tmp_path / name, seed=5, firms=40, months=12)
            for name in ("one", "two")
        )
        assert _bytes(first) == _bytes(second)

    def test_gives_other_bytes_for_another_seed(self, tmp_path: Path) -> None:
        first, second = (
            write_county(tmp_path / str(seed), seed=seed, firms=20, months=12)
            for seed in (5, 6)
        )
        assert _bytes(first).keys() == _bytes(second).keys()
        for name, content in _bytes(first).items():
            assert content != _bytes(second)[name]

    def test_counts_the_rows_of_each_file(self, files: CountyFiles) -> None:
        for path in files.sources.glob("*.csv"):
            lines = path.read_bytes().count(b"\r\n")
            assert lines == files.rows[path.name] + 1

    def test_refuses_a_folder_that_exists(self, tmp_path: Path) -> None:
        with pytest.raises(FolderTakenError, match=r"exists already.*Name another"):
            write_county(tmp_path, seed=1, firms=20, months=12)

    def test_leaves_nothing_behind_when_writing_fails(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def full_disk(sheet: Sheet, *, folder: Path) -> None:
            raise OSError(28, f"no space for {sheet.file} in {folder}")

        monkeypatch.setattr("xiaowei.simulate.deliver.write_csv", full_disk)

        with pytest.raises(OSError, match="no space"):
            write_county(tmp_path / "county", seed=1, firms=20, months=12)
        assert list(tmp_path.iterdir()) == []

    def test_makes_the_folders_above(self, tmp_path: Path) -> None:
        written = write_county(tmp_path / "a" / "b", seed=1, firms=20, months=12)
        assert written.sources == tmp_path / "a" / "b" / "sources"
        assert written.last_day == date(2025, 6, 30)
        assert {path.name for path in written.truth.iterdir()} == {
            "firms.csv",
            "monthly.csv",
            "relations.csv",
            "dirty.csv",
        }


class TestSimulateCounty:
    def test_names_all_that_is_wrong_at_once(self) -> None:
        with pytest.raises(PlanError) as raised:
            simulate_county(
                seed=1, firms=19, months=11, until=date(2025, 6, 30), fraud_share=1.1
            )
        for fault in ("19 firms", "11 months", "1.1"):
            assert fault in raised.value.what

    def test_lives_through_earlier_rates_of_vat(self) -> None:
        county = simulate_county(
            seed=2, firms=20, months=36, until=date(2019, 12, 31), fraud_share=0.2
        )
        tickets = county.tickets.where(county.tickets.net > 100_000)
        percent = set((100 * tickets.tax / tickets.net).round().astype(int).tolist())
        assert {17, 16, 13, 6, 3} <= percent
