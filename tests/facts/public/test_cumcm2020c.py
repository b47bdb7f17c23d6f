"""The public set of CUMCM 2020-C, counted."""

from dataclasses import dataclass
from pathlib import Path

import ibis
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest
from tests.data import CUMCM, needs_cumcm

from xiaowei.facts.intake import take_in
from xiaowei.facts.lake import FileAccount, Lake
from xiaowei.facts.public import cumcm2020c

VOID = "void"
SPACES = "status_with_spaces"
RED = "red_letter"

# rows, quarantined, duplicates, then the rules as the set's own table counts them.
COUNTS = {
    "input_123_invoices.parquet": (210_947, 2, 803, 7_608, 0, 1_881),
    "output_123_invoices.parquet": (162_484, 1, 4_436, 11_206, 47, 8_556),
    "input_302_invoices.parquet": (395_175, 2, 4_681, 17_236, 0, 3_630),
    "output_302_invoices.parquet": (330_835, 0, 1_745, 27_555, 48, 5_697),
}


@dataclass(frozen=True, slots=True)
class Taken:
    """A lake that holds the whole set."""

    lake: Lake
    root: Path

    @property
    def accounts(self) -> dict[str, FileAccount]:
        """The accounts of the invoice files."""
        return {a.file: a for a in self.lake.accounts() if a.file in COUNTS}


def _taken(root: Path, engine: ibis.BaseBackend) -> Taken:
    lake = Lake(root, engine=engine)
    for delivery in cumcm2020c.deliveries(CUMCM):
        take_in(delivery, lake=lake)
    return Taken(lake, root)


@pytest.fixture(scope="module")
def taken(tmp_path_factory: pytest.TempPathFactory, engine: ibis.BaseBackend) -> Taken:
    return _taken(tmp_path_factory.mktemp("cumcm"), engine)


@needs_cumcm
@pytest.mark.data
class TestCumcm2020c:
    @pytest.mark.parametrize("file", COUNTS)
    def test_is_counted_row_by_row(self, taken: Taken, file: str) -> None:
        account = taken.accounts[file]
        rows, quarantined, duplicates, void, spaces, red = COUNTS[file]

        assert account.rows == rows
        assert account.quarantined == quarantined
        assert account.duplicates == duplicates
        assert account.accepted == rows - quarantined - duplicates
        assert account.notes == {VOID: void, SPACES: spaces, RED: red}

    @pytest.mark.parametrize("file", list(COUNTS)[:2])
    def test_adds_up_to_what_arrow_adds_up(self, taken: Taken, file: str) -> None:
        table = pq.read_table(CUMCM / file)
        names = table.column_names
        once = table.group_by(names).aggregate([])
        gap = pc.subtract(pc.add(once["金额"], once["税额"]), once["价税合计"])
        good = once.filter(pc.less(pc.abs(gap), 0.015))

        fen = pc.sum(pc.round(pc.multiply(good["金额"], 100))).as_py()

        assert taken.accounts[file].accepted == good.num_rows
        assert taken.accounts[file].accepted_amount_fen == round(fen)

    def test_keeps_void_and_red_letter_invoices(self, taken: Taken) -> None:
        invoices = taken.lake.facts("invoices")

        found = invoices.aggregate(
            voided=(invoices.state == "voided").sum(),
            negative=(invoices.net_fen < 0).sum(),
            states=invoices.state.nunique(),
        ).to_pyarrow()

        # The files have 63,605 void and 19,764 negative rows: what is lacking are
        # copies of such rows, and rows that do not add up.
        assert found["voided"][0].as_py() == 62_855
        assert found["negative"][0].as_py() == 19_626
        assert found["states"][0].as_py() == 2

    def test_holds_425_firms_and_123_ratings(self, taken: Taken) -> None:
        firms = taken.lake.facts("enterprises")
        history = taken.lake.facts("credit_history")

        assert firms.enterprise_id.nunique().to_pyarrow().as_py() == 425
        rated = history.group_by("rating", "defaulted").aggregate(n=history.count())
        assert {
            (row["rating"], row["defaulted"]): row["n"]
            for row in rated.to_pyarrow().to_pylist()
        } == {
            ("A", "no"): 27,
            ("B", "no"): 37,
            ("B", "yes"): 1,
            ("C", "no"): 32,
            ("C", "yes"): 2,
            ("D", "yes"): 24,
        }

    def test_is_known_on_its_last_day_and_not_before(self, taken: Taken) -> None:
        for family in ("enterprises", "credit_history"):
            known = taken.lake.facts(family).known_on.min().to_pyarrow().as_py()

            assert known == cumcm2020c.LAST_DAY
        invoices = taken.lake.facts("invoices")
        assert invoices.happened_on.max().to_pyarrow().as_py() == cumcm2020c.LAST_DAY

    def test_gives_the_same_bytes_and_adds_nothing_twice(
        self, taken: Taken, tmp_path: Path, engine: ibis.BaseBackend
    ) -> None:
        deliveries = cumcm2020c.deliveries(CUMCM)
        for delivery in deliveries:
            assert take_in(delivery, lake=taken.lake).added == 0

        (sales,) = (
            d for d in deliveries if d.path.name == "output_123_invoices.parquet"
        )
        account = take_in(sales, lake=Lake(tmp_path, engine=engine)).account

        assert account == taken.accounts[sales.path.name]
        for name in (*account.parts, f"rejects/{account.rejects_file}"):
            assert (taken.root / name).read_bytes() == (tmp_path / name).read_bytes()

    def test_has_a_point_of_churn_for_each_grade_and_rate(self) -> None:
        points = cumcm2020c.churn_points(CUMCM)

        assert len(points) == 29 * 3
        assert {grade for grade, _, _ in points} == {"A", "B", "C"}
        assert [share for _, rate, share in points if rate == 0.04] == [0, 0, 0]
        assert max(rate for _, rate, _ in points) == 0.15


class TestDeliveries:
    def test_name_the_files_that_are_missing(self, tmp_path: Path) -> None:
        with pytest.raises(cumcm2020c.MissingFileError) as caught:
            cumcm2020c.deliveries(tmp_path)

        assert str(caught.value) == (
            f"folder '{tmp_path}' lacks firms_123.csv, firms_302.csv, "
            "input_123_invoices.parquet, output_123_invoices.parquet, "
            "input_302_invoices.parquet, output_302_invoices.parquet, rate_churn.csv. "
            "Expected: the files of CUMCM 2020-C as Parquet and CSV. "
            "Give the folder that holds them: --public cumcm2020c=FOLDER."
        )
