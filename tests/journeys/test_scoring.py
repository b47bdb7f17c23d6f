"""A modeller asks of each applicant between which PDs it lies, and why."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from python_calamine import CalamineWorkbook
from tests.journeys.test_models import cases
from typer.testing import CliRunner

from xiaowei.surfaces.cli import app

DRAWS = 6
OWN = """
families:
  paying: {title: {zh: 还款, en: paying}, traits: [days_late]}
withheld:
  where:
    title: {zh: 地区, en: place}
    why: {zh: 不得因地区拒绝, en: nobody is refused for where it is}
    traits: [region]
    set_by: test
    reference: {title: Test}
"""


def said(place: Path, *words: str) -> Any:  # noqa: ANN401 - any JSON
    done = CliRunner().invoke(app, ["--home", str(place / "home"), *words])
    assert done.exit_code == 0, done.output
    return done.stdout


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("scoring")
    cases(1).to_csv(place / "cases.csv", index=False)
    cases(2).head(300).to_csv(place / "asking.csv", index=False)
    (place / "own.yaml").write_text(OWN, encoding="utf-8")
    for kind in ("scorecard", "challenger"):
        said(
            place, "train", str(place / "cases.csv"), "--outcome", "defaulted",
            "--decided-on", "decided", "--group", "firm", "--window", "12",
            "--judged-from", "2023-01-01", "--name", kind, "--model", kind,
            "--intervals", str(DRAWS),
        )  # fmt: skip
    return place


class TestTrain:
    def test_puts_models_learnt_anew_on_record(self, place: Path) -> None:
        card, trees = json.loads(said(place, "models", "--json"))

        assert card["refits"]["draws"] == trees["refits"]["draws"] == DRAWS
        assert card["refits"]["document"] != trees["refits"]["document"]
        for one in (card, trees):
            tau = one["firmness"]["tau"]
            assert -1 <= tau["low"] <= tau["value"] <= tau["high"] <= 1
        assert "each follows" in said(place, "audit")


class TestFairness:
    def test_stands_in_the_verdict_and_its_reports(self, place: Path) -> None:
        files = [place / f"fair.{form}" for form in ("html", "xlsx")]
        words = (
            "validate", "scorecard", str(place / "cases.csv"), "--outcome", "defaulted",
            "--by", "公平性小组", "--fair", "region", "--fair", "trade",
            "--cut-off", "0.2",
        )  # fmt: skip
        for file in files:
            told = json.loads(said(place, *words, "--json", "--report", str(file)))
        region, trade = told["fairness"]

        assert [one["column"] for one in (region, trade)] == ["region", "trade"]
        assert sum(group["firms"] for group in region["groups"]) == len(cases(1))
        catering = next(one for one in trade["groups"] if one["name"] == "H62")
        gaps = {gap["measure"]: gap for gap in catering["gaps"]}
        assert gaps["approval"]["differs"]
        assert gaps["approval"]["high"] < 0
        assert trade["frontier"][-1]["cost"]["value"] > 0
        page = files[0].read_text("utf-8")
        assert "公平性" in page
        assert "learnt anew from draws of cases" in page
        assert "approval at equal PD" in page
        book = CalamineWorkbook.from_path(str(files[1]))
        assert any("公平性" in name for name in book.sheet_names)
        assert "equal approval" in said(place, *words)

    def test_asks_for_the_cut_off(self, place: Path) -> None:
        words = (
            "validate", "scorecard", str(place / "cases.csv"), "--outcome", "defaulted",
            "--by", "x", "--fair", "region",
        )  # fmt: skip
        done = CliRunner().invoke(app, ["--home", str(place / "home"), *words])

        assert done.exit_code == 2
        assert "--cut-off" in done.output


class TestScore:
    @pytest.mark.parametrize("name", ["scorecard", "challenger"])
    def test_gives_reasons_that_add_up_and_bounds_that_hold_the_pd(
        self, place: Path, name: str
    ) -> None:
        rows = json.loads(
            said(
                place, "score", name, str(place / "asking.csv"), "--reasons", "2",
                "--families", str(place / "own.yaml"), "--level", "0.9", "--keep",
                "firm", "--against", str(place / "asking.csv"), "--json",
            )
        )  # fmt: skip

        assert len(rows) == 300
        for row in rows:
            assert row["pd_low"] < row["pd"] < row["pd_high"]
            assert 1 / (1 + np.exp(-row["log_odds"])) == pytest.approx(
                row["pd"], abs=1e-8
            )
            added = [reason["log_odds"] for reason in row["reasons"]]
            assert added == sorted(added, reverse=True)
            assert all(one > 0 for one in added)
            assert "where" not in {reason["family"] for reason in row["reasons"]}
        assert any(len(row["reasons"]) == 2 for row in rows)
        worst = max(rows, key=lambda row: float(row["pd"]))
        assert worst["reasons"][0]["zh"] == "还款"
        assert worst["reasons"][0]["traits"] == ["days_late"]

    def test_writes_reasons_as_columns(self, place: Path) -> None:
        out = place / "told.csv"
        said(
            place, "score", "scorecard", str(place / "asking.csv"), "--reasons", "2",
            "--out", str(out),
        )  # fmt: skip
        told = pd.read_csv(out)

        assert {"reason_1", "reason_2", "withheld", "log_odds"} <= set(told.columns)
        shown = said(
            place, "score", "scorecard", str(place / "asking.csv"), "--reasons", "1"
        )
        assert "reason_1" in shown

    @pytest.mark.parametrize(
        ("words", "fault"),
        [
            (("--level", "1.5"), "no interval of level 1.5"),
            (("--reasons", "1", "--families", "nowhere.yaml"), "cannot be read"),
        ],
    )
    def test_names_what_is_wrong(
        self, place: Path, words: tuple[str, ...], fault: str
    ) -> None:
        asked = ["score", "scorecard", str(place / "asking.csv"), *words]
        done = CliRunner().invoke(app, ["--home", str(place / "home"), *asked])

        assert fault in str(done.exception)

    def test_says_that_a_model_has_no_intervals(self, place: Path) -> None:
        said(
            place, "train", str(place / "cases.csv"), "--outcome", "defaulted",
            "--without", "decided", "--without", "firm", "--name", "bare",
        )  # fmt: skip
        asked = ["score", "bare", str(place / "asking.csv"), "--level", "0.9"]
        done = CliRunner().invoke(app, ["--home", str(place / "home"), *asked])

        assert "never learnt anew" in str(done.exception)
