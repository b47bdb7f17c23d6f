"""Files taken in by the desk: how far they are, and how a broken intake goes on."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from xiaowei.desk.home import Home, open_home
from xiaowei.desk.taking import take_all, take_folder
from xiaowei.facts.intake import Delivery
from xiaowei.facts.progress import Progress
from xiaowei.facts.sources import ELECTRICITY

HEADS = "企业代号,电表号,用电日期,用电量\n"
RECEIVED_ON = date(2026, 6, 30)


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Home]:
    with open_home(tmp_path / "home") as opened:
        yield opened


def deliveries(folder: Path, count: int) -> list[Delivery]:
    """Write files of one reading each."""
    paths = [folder / f"electricity-{number:02d}.csv" for number in range(count)]
    for number, path in enumerate(paths):
        path.write_text(f"{HEADS}E1,M{number},2025-03-04,5\n", encoding="utf-8")
    return [Delivery(path, ELECTRICITY, RECEIVED_ON) for path in paths]


class StopAtError(Exception):
    """Raised by whoever is told, as a user who presses Ctrl-C."""


class TestTakeAll:
    def test_goes_on_with_the_files_not_yet_held(
        self, tmp_path: Path, home: Home
    ) -> None:
        files = deliveries(tmp_path, 4)

        def stop(told: Progress) -> None:
            if told.file == "electricity-02.csv":
                raise StopAtError

        with pytest.raises(StopAtError):
            take_all(files, lake=home.lake, progress=stop)
        held = len(home.lake.accounts())
        taken = take_all(files, lake=home.lake)

        assert held == 2
        assert [receipt.added for receipt in taken.receipts] == [0, 0, 1, 1]
        assert home.lake.facts("electricity").count().to_pyarrow().as_py() == 4

    def test_tells_of_every_file_until_all_its_rows(
        self, tmp_path: Path, home: Home
    ) -> None:
        files = deliveries(tmp_path, 3)
        told: list[Progress] = []

        take_folder(
            tmp_path, lake=home.lake, received_on=RECEIVED_ON, progress=told.append
        )

        ends = {one.file: one for one in told}
        assert list(ends) == [delivery.path.name for delivery in files]
        assert {(one.done, one.of, one.unit) for one in ends.values()} == {
            (1, 1, "rows")
        }

    def test_merges_the_parts_of_many_small_files(
        self, tmp_path: Path, home: Home
    ) -> None:
        files = deliveries(tmp_path, 10)

        take_all(files, lake=home.lake)

        facts = home.lake.facts("electricity", enterprise_id="E1").to_pyarrow()
        assert facts.num_rows == 10
        assert len(home.lake.accounts()) == 10
        # The parts that were merged go when the lake is next held.
        take_all(files[:1], lake=home.lake)
        assert len(list(home.lake.root.glob("electricity/*/*.parquet"))) == 1
