"""A new user's first minute: the demonstration on a simulated county."""

import csv
import json
from pathlib import Path
from typing import Any

import pytest
from tests.journeys.conftest import Xiaowei


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("demo")


@pytest.fixture(scope="module")
def run(place: Path, xiaowei: Xiaowei) -> dict[str, Any]:
    done = xiaowei(
        place / "home",
        "demo",
        str(place),
        "--seed",
        "7",
        "--json",
        str(place / "out.json"),
    )
    assert done.returncode == 0, done.stderr
    document: dict[str, Any] = json.loads((place / "out.json").read_text("utf-8"))
    return document


@pytest.fixture(scope="module")
def truth(run: dict[str, Any], place: Path) -> dict[str, dict[str, str]]:
    assert run["firms"]
    path = place / "county-7" / "truth" / "firms.csv"
    with path.open(encoding="utf-8-sig", newline="") as file:
        return {row["enterprise_id"]: row for row in csv.DictReader(file)}


class TestDemo:
    def test_goes_from_files_to_offers(self, run: dict[str, Any]) -> None:
        assert len(run["firms"]) == 300
        assert run["portfolio"]["firms"] > 0
        assert run["portfolio"]["gap"] == 0

    def test_sets_dirty_rows_aside_with_their_lines(
        self, run: dict[str, Any], place: Path
    ) -> None:
        dirty = [account for account in run["facts"] if account["quarantined"]]

        assert sum(account["quarantined"] for account in dirty) == 12
        for account in dirty:
            assert (place / "home" / "lake" / "rejects" / account["rejects"]).exists()

    def test_uses_every_source(self, run: dict[str, Any]) -> None:
        silent = {check["check"]: check["silent"] for check in run["checks"]}

        assert silent["tax_against_invoices"] < 150
        assert silent["electricity_against_invoices"] < 250

    def test_ranks_defaults_of_firms_that_the_bank_does_not_know(
        self, run: dict[str, Any], truth: dict[str, dict[str, str]]
    ) -> None:
        strangers = [
            f for f in run["firms"] if truth[f["enterprise_id"]]["customer"] == "no"
        ]
        bad = [f["pd"] for f in strangers if truth[f["enterprise_id"]]["default_on"]]
        good = [
            f["pd"] for f in strangers if not truth[f["enterprise_id"]]["default_on"]
        ]
        pairs = [(b > g) + 0.5 * (b == g) for b in bad for g in good]

        assert len(bad) >= 5
        assert sum(pairs) / len(pairs) > 0.75

    def test_reads_no_truth(self, run: dict[str, Any]) -> None:
        assert not any("truth" in account["file"] for account in run["facts"])

    def test_adds_nothing_the_second_time(
        self, run: dict[str, Any], place: Path, xiaowei: Xiaowei
    ) -> None:
        done = xiaowei(
            place / "home",
            "demo",
            str(place),
            "--seed",
            "7",
            "--json",
            str(place / "two.json"),
        )
        again = json.loads((place / "two.json").read_text("utf-8"))

        assert done.returncode == 0, done.stderr
        assert {**again, "timing": {}} == {**run, "timing": {}}
