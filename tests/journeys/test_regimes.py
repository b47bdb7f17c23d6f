"""A validator asks whether a model's level holds in each state of the economy."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from python_calamine import CalamineWorkbook
from tests.journeys.conftest import Xiaowei
from typer.testing import CliRunner

from xiaowei.surfaces.cli import app

READINGS = {50.8: 0.0, 51.3: 0.0, 48.2: 0.0, 43.1: 1.5, np.nan: 0.0}
"""Of the index, each with what it adds to the log-odds of a default."""
EACH = 500


def cases(seed: int, readings: dict[float, float]) -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    index = np.repeat(list(readings), EACH)
    added = np.repeat(list(readings.values()), EACH)
    late = rng.normal(size=len(index))
    odds = -2 + late + added
    return pd.DataFrame(
        {
            "days_late": late,
            "economy_index_now": index,
            "year": np.where(index > 49, "好年", "差年"),
            "defaulted": (rng.random(len(index)) < 1 / (1 + np.exp(-odds))).astype(int),
        }
    )


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory, xiaowei: Xiaowei) -> Path:
    place = tmp_path_factory.mktemp("regimes")
    cases(1, {50.1: 0.0, 50.2: 0.0, 50.3: 0.0}).to_csv(place / "past.csv", index=False)
    cases(2, READINGS).to_csv(place / "later.csv", index=False)
    done = xiaowei(
        place / "home", "train", str(place / "past.csv"), "--outcome", "defaulted",
        "--without", "economy_index_now", "--without", "year", "--name", "sme",
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return place


def judged(place: Path, *words: str, fails: bool = False) -> str:
    """Validate within this process, which saves five seconds."""
    whole = (
        "--home", str(place / "home"), "validate", "sme", str(place / "later.csv"),
        "--outcome", "defaulted", "--by", "检验组", *words,
    )  # fmt: skip
    done = CliRunner().invoke(app, list(whole))
    assert (done.exit_code != 0) == fails, done.output
    return done.output if not fails else f"{done.output}{done.exception}"


class TestValidate:
    def test_finds_the_state_in_which_the_level_does_not_hold(
        self, place: Path
    ) -> None:
        told = json.loads(judged(place, "--regime", "economy_index_now", "--json"))

        found: dict[str, dict[str, Any]] = {
            one["name"]: one for one in told["regimes"]["regimes"]
        }
        assert list(found) == ["up", "down", "shock", "unknown"]
        assert [one["readings"] for one in found.values()] == [2, 1, 1, 0]
        for name in ("up", "down", "unknown"):
            one = found[name]["intercept"]
            assert one["low"] < 0.3
            assert one["high"] > -0.3
        assert found["shock"]["intercept"]["low"] > 0
        assert found["shock"]["ece"]["low"] > 0.1

    def test_says_so_in_words(self, place: Path) -> None:
        told = judged(place, "--regime", "economy_index_now")

        assert "by economy_index_now 分经济状态" in told
        assert "shock: 500 cases of 1 readings" in told

    def test_shows_it_on_the_page_and_in_the_workbook(self, place: Path) -> None:
        page, book = place / "told.html", place / "told.xlsx"

        for file in (page, book):
            judged(place, "--regime", "year", "--report", str(file))

        shown = page.read_text(encoding="utf-8")
        assert "分经济状态的校准" in shown
        assert "Calibration by the state of the economy" in shown
        assert "好年" in shown
        sheets = CalamineWorkbook.from_path(str(book))
        (name,) = [one for one in sheets.sheet_names if "经济状态" in one]
        rows = sheets.get_sheet_by_name(name).to_python()
        assert {row[0] for row in rows} >= {"好年", "差年"}

    def test_leaves_it_out_where_nobody_asked(self, place: Path) -> None:
        page = place / "plain.html"

        told = judged(place, "--report", str(page), "--json")

        assert "regimes" not in json.loads(told)
        assert "分经济状态" not in page.read_text(encoding="utf-8")

    def test_names_a_column_that_is_not_there(self, place: Path) -> None:
        assert "no column 'pmi'" in judged(place, "--regime", "pmi", fails=True)
