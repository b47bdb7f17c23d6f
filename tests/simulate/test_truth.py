"""The truth is complete and agrees with what was lived."""

import csv
from pathlib import Path

from xiaowei.simulate.cash import COMING_IN, ITEMS
from xiaowei.simulate.county import CountyFiles
from xiaowei.simulate.fraud import KINDS
from xiaowei.simulate.history import County


def _rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


class TestTruth:
    def test_names_every_firm_with_its_fraud(
        self, county: County, files: CountyFiles
    ) -> None:
        rows = _rows(files.truth / "firms.csv")
        assert [row["enterprise_id"] for row in rows] == county.world.firms.codes
        deceiving = [row for row in rows if row["fraud_kind"]]
        assert {row["fraud_kind"] for row in deceiving} == set(KINDS)
        for row in deceiving:
            assert "2023-06" < row["fraud_from"] < "2024-12"
            assert float(row["intensity"]) > 0

    def test_says_when_each_firm_defaulted(
        self, county: County, files: CountyFiles
    ) -> None:
        rows = _rows(files.truth / "firms.csv")
        lost = [row for row in rows if row["default_on"]]
        days = county.world.days
        defaulted_on = county.life.treasury.defaulted_on
        assert len(lost) == (defaulted_on < days.count).sum()
        assert all("2022-07" < row["default_on"] < "2025-07" for row in lost)

    def test_holds_every_month_of_every_firm(self, files: CountyFiles) -> None:
        rows = _rows(files.truth / "monthly.csv")
        assert len(rows) == 300 * 36
        assert {row["month"] for row in rows} >= {"2022-07", "2025-06"}

    def test_rolls_cash_forward_as_written(self, files: CountyFiles) -> None:
        rows = _rows(files.truth / "monthly.csv")

        def fen(row: dict[str, str], column: str) -> int:
            return round(float(row[f"{column}_yuan"]) * 100)

        for row in rows[:3000]:
            came = sum(fen(row, item) for item in ITEMS[:COMING_IN])
            went = sum(fen(row, item) for item in ITEMS[COMING_IN:])
            assert fen(row, "cash_closing") == fen(row, "cash_opening") + came - went

    def test_lists_links_and_rings(self, county: County, files: CountyFiles) -> None:
        rows = _rows(files.truth / "relations.csv")
        kinds = {row["kind"] for row in rows}
        assert kinds == {"supplies", "circular", "packaged", "related_party"}
        circular = [row for row in rows if row["kind"] == "circular"]
        assert len(circular) == sum(len(ring) for ring in county.world.frauds.rings)
