"""What is delivered fits the contract of sources, and its dirt is all listed."""

import csv
from collections import Counter
from datetime import date
from pathlib import Path

import ibis
import pytest
from python_calamine import CalamineWorkbook

from xiaowei.facts.columns import map_columns
from xiaowei.facts.identity import credit_code_fault
from xiaowei.facts.intake import Delivery, take_in
from xiaowei.facts.lake import Lake
from xiaowei.facts.sources import SOURCES, SURROUNDINGS, source_of
from xiaowei.simulate.county import CountyFiles
from xiaowei.simulate.deliver import ENCODINGS


def _heads(path: Path) -> list[str]:
    if path.suffix == ".xlsx":
        book = CalamineWorkbook.from_path(path)
        return [str(cell) for cell in book.get_sheet_by_index(0).to_python()[0]]
    encoding = ENCODINGS.get(source_of(path.name).name, "utf-8")
    with path.open(encoding=encoding, newline="") as file:
        return next(csv.reader(file))


class TestDelivery:
    def test_has_a_file_of_every_source(self, files: CountyFiles) -> None:
        found = {source_of(path.name).name for path in files.sources.iterdir()}
        assert found == {source.name for source in (*SOURCES, *SURROUNDINGS)}
        assert set(files.rows) == {path.name for path in files.sources.iterdir()}

    def test_has_only_headings_that_the_contract_knows(
        self, files: CountyFiles
    ) -> None:
        for path in files.sources.iterdir():
            mapped = map_columns(
                _heads(path), source=source_of(path.name), file=path.name
            )
            assert mapped.unused == ()

    def test_comes_in_the_encodings_that_banks_get(self, files: CountyFiles) -> None:
        sales = (files.sources / "销项发票-2024.csv").read_bytes()
        purchases = (files.sources / "进项发票-2024.csv").read_bytes()
        assert sales.startswith(b"\xef\xbb\xbf")
        assert "有效发票".encode("gb18030") in purchases
        with pytest.raises(UnicodeDecodeError):
            purchases.decode()

    def test_says_nothing_of_the_truth(self, files: CountyFiles) -> None:
        for path in files.sources.glob("*.csv"):
            text = path.read_bytes()
            for word in (b"quality", b"fraud", b"fake", b"circular", b"intensity"):
                assert word not in text

    def test_has_no_day_after_the_last(self, files: CountyFiles) -> None:
        last = files.last_day.isoformat()
        for path in files.sources.glob("用电量*.csv"):
            with path.open(encoding="utf-8", newline="") as file:
                assert all(row["用电日期"] <= last for row in csv.DictReader(file))
        with (files.sources / "纳税申报.csv").open(
            encoding="utf-8-sig", newline=""
        ) as file:
            assert all(row["申报日期"] <= last for row in csv.DictReader(file))

    def test_has_valid_codes_but_for_two_dirty_rows(self, files: CountyFiles) -> None:
        bad = 0
        about_none = {source.name for source in SURROUNDINGS}
        for path in files.sources.glob("*.csv"):
            if source_of(path.name).name in about_none:
                continue
            encoding = ENCODINGS.get(source_of(path.name).name, "utf-8")
            with path.open(encoding=encoding, newline="") as file:
                codes = Counter(
                    row["统一社会信用代码"].strip() for row in csv.DictReader(file)
                )
            bad += sum(n for code, n in codes.items() if credit_code_fault(code))
        assert bad == 2


class TestDirt:
    def test_is_all_that_an_intake_sets_aside(
        self, village: CountyFiles, tmp_path: Path
    ) -> None:
        lake = Lake(tmp_path / "lake", engine=ibis.duckdb.connect())
        with (village.truth / "dirty.csv").open(encoding="utf-8", newline="") as file:
            dirt = Counter(
                (row["file"], row["outcome"]) for row in csv.DictReader(file)
            )

        for path in sorted(village.sources.iterdir()):
            account = take_in(
                Delivery(path, source_of(path.name), date(2025, 7, 1)), lake=lake
            ).account

            assert account.rows == village.rows[path.name]
            assert account.quarantined == dirt[path.name, "quarantined"]
            assert account.duplicates == dirt[path.name, "duplicate"]

    def test_stands_at_the_lines_that_are_listed(self, village: CountyFiles) -> None:
        with (village.truth / "dirty.csv").open(encoding="utf-8", newline="") as file:
            listed = list(csv.DictReader(file))
        signs = {
            "impossible_date": "2019-02-30",
            "words_in_amount": "1,234.5万",
            "no_number": "—",
            "stray_spaces": " ",
        }
        for row in listed:
            encoding = ENCODINGS.get(source_of(row["file"]).name, "utf-8")
            text = (village.sources / row["file"]).read_text(encoding=encoding)
            line = text.splitlines()[int(row["line"]) - 1]
            assert signs.get(row["kind"], "") in line
        assert len(listed) == 27
