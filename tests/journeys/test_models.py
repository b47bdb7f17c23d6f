"""A modeller trains a model on a table, validates it, and scores another."""

import json
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pandas as pd
import pytest
from python_calamine import CalamineWorkbook
from tests.data import SBA, needs_sba
from tests.journeys.conftest import Xiaowei
from typer.testing import CliRunner

from xiaowei.surfaces.cli import app

CASES = 4_000
SPREAD = 1.5
"""Of the log-odds, so that an AUC of about 0.8 can be had."""


def cases(seed: int) -> pd.DataFrame:
    """Return cases of four years; two columns are filled after the default."""
    rng = np.random.default_rng(seed)
    late, trade = rng.normal(size=CASES), rng.choice(["H62", "C13", "F51"], CASES)
    odds = -2 + SPREAD * late + 0.8 * (trade == "H62")
    bad = rng.random(CASES) < 1 / (1 + np.exp(-odds))
    days = pd.Timestamp("2020-01-01") + pd.to_timedelta(
        rng.integers(0, 4 * 365, CASES), unit="D"
    )
    return pd.DataFrame(
        {
            "firm": [f"F{n // 2:05d}" for n in rng.permutation(CASES)],
            "decided": days.strftime("%Y-%m-%d"),
            "days_late": np.where(rng.random(CASES) < 0.1, np.nan, late),
            "trade": trade,
            "region": rng.choice(["东城", "西城"], CASES),
            "dunning_letters": np.where(bad, rng.poisson(6, CASES), 0),
            "written_off_on": pd.Series("2026-01-31", range(CASES)).where(bad),
            "defaulted": np.where(bad, "是", "否"),
        }
    )


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("models")
    for name, seed in (("cases", 1), ("later", 2)):
        cases(seed).to_csv(place / f"{name}.csv", index=False)
    return place


def said(place: Path, *words: str) -> Any:  # noqa: ANN401 - any JSON
    """Give a command within this process, which saves five seconds."""
    done = CliRunner().invoke(app, ["--home", str(place / "home"), *words])
    assert done.exit_code == 0, done.output
    return done.stdout


@pytest.fixture(scope="module")
def card(place: Path, xiaowei: Xiaowei) -> dict[str, Any]:
    done = xiaowei(
        place / "home", "train", str(place / "cases.csv"), "--outcome", "defaulted",
        "--decided-on", "decided", "--group", "firm", "--window", "12",
        "--judged-from", "2023-01-01", "--segment", "region", "--name", "sme", "--json",
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    stated: dict[str, Any] = json.loads(done.stdout)
    return stated


class TestTrain:
    def test_refuses_what_tells_the_outcome(self, card: dict[str, Any]) -> None:
        assert set(card["traits"]) == {"days_late", "trade", "region"}
        refused = {one["column"] for one in card["refused"]}
        assert {"dunning_letters", "written_off_on"} <= refused

    def test_judges_later_cases_of_other_firms(self, card: dict[str, Any]) -> None:
        split, verdict = card["split"], card["verdict"]

        assert split["out_of_time"]
        assert split["shared"] > 0
        assert split["unripe"] > 0
        assert verdict["firms"] == split["judged"]
        assert verdict["auc"]["low"] < verdict["auc"]["value"] < verdict["auc"]["high"]
        assert verdict["auc"]["value"] > 0.75
        assert set(verdict["segments"]) == {"东城", "西城"}

    def test_grades_the_cases_judged_and_says_when_to_refer(
        self, card: dict[str, Any], place: Path
    ) -> None:
        assert sum(one["firms"] for one in card["grades"]) == card["verdict"]["firms"]
        assert sum(one["bads"] for one in card["grades"]) == card["verdict"]["bads"]
        assert all(one["prudent"] > 0 for one in card["grades"])
        tenth = next(one for one in card["referring"] if one["error"] == 0.1)

        rows = json.loads(
            said(
                place, "score", "sme", str(place / "later.csv"), "--refer", "0.1",
                "--keep", "firm", "--json",
            )
        )  # fmt: skip
        for row in rows:
            good, bad = row["pd"] <= tenth["good_up_to"], row["pd"] >= tenth["bad_from"]
            expected = "refer" if good == bad else ("good" if good else "bad")
            assert row["told"] == expected

    def test_says_so_where_no_day_is_stated(self, place: Path) -> None:
        told = said(
            place, "train", str(place / "cases.csv"), "--outcome", "defaulted",
            "--without", "decided", "--without", "firm", "--name", "dayless",
            "--model", "glassbox",
        )  # fmt: skip

        assert "NOT out of time" in told

    @pytest.mark.data
    @needs_sba
    def test_finds_the_term_of_sba_loans_without_being_told(self, place: Path) -> None:
        raw = pd.read_parquet(SBA / "sba_7a_part.parquet")
        raw = raw[raw["MIS_Status"].isin(["P I F", "CHGOFF"])]
        raw["ApprovalDate"] = pd.to_datetime(raw["ApprovalDate"])
        raw = raw.drop(columns=["LoanNr_ChkDgt", "Name", "City", "Zip", "Bank"])
        raw.to_parquet(place / "sba.parquet")
        told = json.loads(
            said(
                place, "train", str(place / "sba.parquet"), "--outcome", "MIS_Status",
                "--bad", "CHGOFF", "--decided-on", "ApprovalDate",
                "--judged-from", "2004-10-01", "--name", "sba", "--json",
            )
        )  # fmt: skip

        assert "Term" not in told["traits"]
        assert not {"ChgOffDate", "ChgOffPrinGr"} & set(told["traits"])
        assert told["split"]["judged"] == 7_722
        assert 0.58 < told["verdict"]["auc"]["value"] < 0.68


class TestModels:
    def test_are_listed_with_what_they_were_worth(
        self, card: dict[str, Any], place: Path
    ) -> None:
        assert card["fingerprint"][:12] in said(place, "models")
        listed = json.loads(said(place, "models", "--json"))
        (mine,) = (one for one in listed if one["name"] == card["name"])
        assert mine["verdict"] == card["verdict"]


class TestValidate:
    def test_puts_a_verdict_on_other_cases_on_record(
        self, card: dict[str, Any], place: Path, xiaowei: Xiaowei
    ) -> None:
        words = (
            "validate", card["fingerprint"][:8], str(place / "later.csv"),
            "--outcome", "defaulted", "--by", "模型验证团队",
        )  # fmt: skip
        files = [place / f"report.{form}" for form in ("html", "xlsx")]
        for file in files:
            told = json.loads(said(place, *words, "--json", "--report", str(file)))

        assert told["verdict"]["firms"] == CASES
        assert told["fingerprint"] == card["fingerprint"]
        assert "AUC" in said(place, *words)
        page = files[0].read_text("utf-8")
        assert card["fingerprint"] in page
        assert "模型验证团队" in page
        assert "http" not in page.replace("http-equiv", "").replace("HTTP", "")
        book = CalamineWorkbook.from_path(str(files[1]))
        assert len(book.sheet_names) == 5
        summary = book.get_sheet_by_name(book.sheet_names[0]).to_python()
        auc = next(row for row in summary if "AUC" in str(row[0]))
        assert auc[2] == pytest.approx(told["verdict"]["auc"]["value"])
        assert "each follows" in xiaowei(place / "home", "audit").stdout


class TestScore:
    def test_writes_a_row_per_row_with_reasons(
        self, card: dict[str, Any], place: Path
    ) -> None:
        assert card["name"] == "sme"
        out, table = place / "scores.parquet", place / "later.csv"
        words = ("--out", str(out), "--parts", "--keep", "firm")
        said(place, "score", "sme", str(table), *words)
        scores = pd.read_parquet(out)
        parts = [c for c in scores.columns if c.startswith("part_")]

        assert scores["firm"].tolist() == pd.read_csv(table)["firm"].tolist()
        assert (600 + scores[parts].sum(axis=1) == scores["score"]).all()

    def test_says_the_same_in_sql(self, card: dict[str, Any], place: Path) -> None:
        assert card["name"] == "sme"
        select = said(place, "score", "sme", "--sql")
        rows = json.loads(
            said(place, "score", "sme", str(place / "later.csv"), "--json")
        )
        with duckdb.connect() as engine:
            engine.register("firms", pd.read_csv(place / "later.csv"))
            told = engine.sql(select.replace("\n", " ")).fetchall()

        assert [row["score"] for row in rows] == [one[0] for one in told]

    def test_names_models_where_it_knows_none_of_that_name(
        self, card: dict[str, Any], place: Path, xiaowei: Xiaowei
    ) -> None:
        assert card["name"] == "sme"
        done = xiaowei(place / "home", "score", "nothing", str(place / "later.csv"))

        assert done.returncode == 3
        assert "sme" in done.stderr
