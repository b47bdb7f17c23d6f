"""A modeller with few defaults, or with loans still young, trains a model for that."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from tests.risk.pmml_engine import jpmml
from typer.testing import CliRunner

from xiaowei.desk.home import open_home
from xiaowei.desk.modelling.keeping import model_on_record
from xiaowei.risk.pmml.writing import pmml_text
from xiaowei.risk.scorecard import Scorecard
from xiaowei.risk.sql import score_sql
from xiaowei.surfaces.cli import app

LOANS = 3_000


def said(place: Path, *words: str) -> Any:  # noqa: ANN401 - any JSON
    done = CliRunner().invoke(app, ["--home", str(place / "home"), *words])
    assert done.exit_code == 0, done.output
    return done.stdout


def few() -> pd.DataFrame:
    """Return 400 firms of two years with some 60 defaults."""
    rng = np.random.default_rng(3)
    late, trade = rng.normal(size=400), rng.choice(["H62", "C13"], 400)
    odds = -2.2 + 1.2 * late + 0.5 * (trade == "H62")
    days = pd.Timestamp("2022-01-01") + pd.to_timedelta(
        rng.integers(0, 730, 400), unit="D"
    )
    return pd.DataFrame(
        {
            "firm": [f"F{n:03d}" for n in range(400)],
            "decided": days.strftime("%Y-%m-%d"),
            "late": np.where(rng.random(400) < 0.1, np.nan, late),
            "trade": trade,
            "street": [f"{n} 号" for n in rng.permutation(400)],
            "defaulted": np.where(
                rng.random(400) < 1 / (1 + np.exp(-odds)), "是", "否"
            ),
        }
    )


def young() -> pd.DataFrame:
    """Return loans of three years; the day of default is empty where none came."""
    rng = np.random.default_rng(4)
    late = rng.integers(0, 3, LOANS)
    opened = np.datetime64("2022-01-01") + rng.integers(0, 3 * 365, LOANS)
    hazard = 1 / (1 + np.exp(4.4 - 0.8 * late))
    fell = opened + 10 + rng.geometric(hazard) * 30
    seen = fell <= np.datetime64("2025-06-30")
    return pd.DataFrame(
        {
            "firm": [f"L{n:04d}" for n in range(LOANS)],
            "opened": opened.astype(str),
            "late": late,
            "trade": rng.choice(["H62", "C13"], LOANS),
            "fell": pd.Series(fell.astype(str)).where(seen),
        }
    )


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("few")
    few().to_csv(place / "few.csv", index=False)
    young().to_csv(place / "young.csv", index=False)
    return place


LEARN_FEW = (
    "--outcome", "defaulted", "--decided-on", "decided", "--group", "firm",
    "--judged-from", "2023-04-01",
)  # fmt: skip
LEARN_YOUNG = (
    "--outcome", "fell", "--decided-on", "opened", "--group", "firm", "--as-of",
    "2025-06-30", "--judged-from", "2024-01-01", "--model", "hazard",
)  # fmt: skip


class TestFirth:
    def test_is_trained_kept_and_scores_with_reasons(self, place: Path) -> None:
        table = str(place / "few.csv")
        words = ("train", table, *LEARN_FEW, "--name", "few", "--model", "firth")
        told = said(place, *words, "--intervals", "5")
        card = json.loads(said(place, "models", "--json"))[-1]

        assert "left out 未入模 street" in told
        assert card["kind"] == "firth"
        assert card["small"]["traits"] == ["late", "trade"]
        assert card["cautions"] == []
        assert card["verdict"]["auc"]["value"] > 0.65
        rows = json.loads(
            said(
                place, "score", "few", table, "--reasons", "2", "--level", "0.9",
                "--keep", "firm", "--json",
            )
        )  # fmt: skip
        assert all(row["pd_low"] <= row["pd"] <= row["pd_high"] for row in rows)
        worst = max(rows, key=lambda row: float(row["pd"]))
        assert worst["reasons"][0]["traits"] == ["late"]
        late = {
            name: json.loads(said(place, *verb, "--json"))
            for name, verb in {
                "validate": ("validate", "few", table, "--outcome", "defaulted",
                             "--by", "x"),
                "frontier": ("frontier", table, "--outcome", "defaulted",
                             "--old", "late", "--new", "few"),
            }.items()
        }  # fmt: skip
        assert late["validate"]["verdict"]["firms"] == 400
        assert late["frontier"]["new"] == "few"

    def test_is_handed_to_another_engine_as_pmml(self, place: Path) -> None:
        table = str(place / "few.csv")
        words = ("train", table, *LEARN_FEW, "--name", "handed", "--model", "firth")
        said(place, *words)
        text = said(place, "score", "handed", "--pmml")
        rows = json.loads(said(place, "score", "handed", table, "--json"))
        with jpmml() as engine:
            told = engine(text, few())

        ours = [row["pd"] for row in rows]
        assert told["pd"].astype(float).tolist() == pytest.approx(ours, abs=5.1e-10)

    @pytest.mark.parametrize(
        ("form", "trade"),
        [("--sql", ":car:\t[b]餐饮[/b]"), ("--pmml", ":car: [b]餐饮[/b]")],
    )
    def test_is_handed_over_to_the_letter(
        self, place: Path, form: str, trade: str
    ) -> None:
        table = few()
        table["trade"] = table["trade"].replace("H62", trade)
        table.to_csv(place / "coded.csv", index=False)
        words = ("train", str(place / "coded.csv"), *LEARN_FEW, "--name", "coded")
        said(place, *words, "--model", "scorecard")
        told = said(place, "score", "coded", form)
        with open_home(place / "home") as home:
            _, model = model_on_record(home, "coded")
        assert isinstance(model, Scorecard)
        sql = form == "--sql"
        text = score_sql(model, table="firms") if sql else pmml_text(model)

        assert trade in told
        assert told.rstrip() == text.rstrip()

    def test_is_named_where_another_kind_learns_from_few(self, place: Path) -> None:
        words = ("train", str(place / "few.csv"), *LEARN_FEW, "--name", "rich")
        told = said(place, *words, "--model", "challenger")

        assert "caution 注意" in told
        assert "--model firth" in told


class TestHazard:
    def test_learns_from_loans_that_are_young(self, place: Path) -> None:
        table = str(place / "young.csv")
        words = ("train", table, *LEARN_YOUNG, "--window", "12", "--name", "months")
        card = json.loads(said(place, *words, "--intervals", "3", "--json"))
        frame = young()
        before = frame[frame["opened"] < "2024-01-01"]
        ripe = before[before["opened"] <= "2023-01-01"]

        assert card["split"]["learnt_from"] == len(before) > len(ripe) * 1.8
        assert card["split"]["judged"] == (
            (frame["opened"] >= "2024-01-01") & (frame["opened"] <= "2024-06-30")
        ).sum()  # fmt: skip
        verdict = card["verdict"]
        assert verdict["auc"]["value"] > 0.6
        assert verdict["mean_pd"] == pytest.approx(verdict["bad_rate"], rel=0.2)
        rows = json.loads(
            said(
                place, "score", "months", table, "--reasons", "1", "--level", "0.9",
                "--json",
            )
        )  # fmt: skip
        worst = max(rows, key=lambda row: float(row["pd"]))
        assert worst["reasons"][0]["traits"] == ["late"]
        assert worst["pd_low"] < worst["pd"] < worst["pd_high"]

    def test_names_what_it_lacks(self, place: Path) -> None:
        words = ("train", str(place / "young.csv"), *LEARN_YOUNG, "--name", "none")
        done = CliRunner().invoke(app, ["--home", str(place / "home"), *words])

        assert "--window" in str(done.exception)
        assert "without --window" in str(done.exception)


PRIORS = """
priors:
- {expert: 王丽, day: 2025-03-01, trait: late, from: 0, to: 1, direction: riskier,
   odds_ratio: 3, range_90: [1.5, 6], reason: 拖欠者多违约}
- {expert: 李强, day: 2025-03-02, trait: late, from: -1, to: 1, direction: riskier,
   odds_ratio: 4, range_90: [2, 8], reason: 同上}
- {expert: 李强, day: 2025-03-02, trait: trade, from: H62, to: C13, direction: riskier,
   odds_ratio: 8, range_90: [6, 10], reason: 制造业订单下滑}
"""


class TestExperts:
    def test_show_what_they_hold_beside_the_data(self, place: Path) -> None:
        file = place / "priors.yaml"
        file.write_text(PRIORS, encoding="utf-8")
        words = ("train", str(place / "few.csv"), *LEARN_FEW, "--priors", str(file))
        told = said(place, *words, "--name", "wise", "--intervals", "4")
        card = json.loads(said(place, "models", "--json"))[-1]

        assert card["kind"] == "experts"
        late, _, trade = card["small"]["experts"]
        assert late["prior"]["low"] < late["posterior"]["low"]
        assert late["posterior"]["high"] < late["prior"]["high"]
        assert (trade["apart"] > 2) == ("far apart 相左" in told)
        assert trade["data"]["value"] < trade["posterior"]["value"] < 8
        assert "李强 2025-03-02: 制造业订单下滑" in told
        rows = json.loads(
            said(
                place, "score", "wise", str(place / "few.csv"), "--reasons", "1",
                "--level", "0.9", "--json",
            )
        )  # fmt: skip
        assert len(rows) == 400

    @pytest.mark.parametrize(
        ("words", "fault"),
        [
            (("--model", "experts"), "needs --priors"),
            (("--model", "firth", "--priors", "x.yaml"), "takes no --priors"),
        ],
    )
    def test_go_with_their_own_kind(
        self, place: Path, words: tuple[str, ...], fault: str
    ) -> None:
        asked = ["train", str(place / "few.csv"), *LEARN_FEW, "--name", "x", *words]
        done = CliRunner().invoke(app, ["--home", str(place / "home"), *asked])

        assert done.exit_code == 2
        assert fault in done.output
