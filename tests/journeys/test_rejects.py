"""A modeller asks what holds of all applicants, not of the accepted alone."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from tests.journeys.test_models import cases
from typer.testing import CliRunner

from xiaowei.surfaces.cli import app


def said(place: Path, *words: str) -> Any:  # noqa: ANN401 - any JSON
    done = CliRunner().invoke(app, ["--home", str(place / "home"), *words])
    assert done.exit_code == 0, done.output
    return done.stdout


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a home with a model, and applicants of whom some were declined."""
    place = tmp_path_factory.mktemp("rejects")
    cases(1).to_csv(place / "cases.csv", index=False)
    said(
        place, "train", str(place / "cases.csv"), "--outcome", "defaulted",
        "--decided-on", "decided", "--group", "firm", "--judged-from", "2023-01-01",
        "--name", "sme",
    )  # fmt: skip
    asked = cases(2)
    asked.to_csv(place / "all.csv", index=False)
    declined = (asked["days_late"] > 0.3).to_numpy()
    asked["chance"] = np.where(declined, 0.2, 1.0)
    accepted = np.random.default_rng(0).random(len(asked)) < asked["chance"]
    asked["defaulted"] = asked["defaulted"].where(accepted)
    asked.to_csv(place / "asked.csv", index=False)
    return place


class TestRejects:
    def test_estimates_what_came_of_all_within_bounds(self, place: Path) -> None:
        words = (
            "rejects", "sme", str(place / "asked.csv"), "--outcome", "defaulted",
            "--cut-off", "0.5", "--chance", "chance",
        )  # fmt: skip
        told = json.loads(said(place, *words, "--json"))
        scored = json.loads(
            said(place, "score", "sme", str(place / "all.csv"), "--json")
        )
        below = np.array([row["pd"] for row in scored]) <= 0.5
        truth = (cases(2)["defaulted"] == "是").to_numpy()[below].mean()
        rate = told["bad_rate"]

        assert rate["low"] < truth < rate["high"]
        assert rate["doubly_robust"]["value"] == pytest.approx(truth, abs=0.02)
        naive = abs(rate["accepted_only"] - truth)
        assert abs(rate["doubly_robust"]["value"] - truth) < naive / 2
        assert "必在" in said(place, *words)

    def test_gives_bounds_where_chances_are_not_known(self, place: Path) -> None:
        words = (
            "rejects", "sme", str(place / "asked.csv"), "--outcome", "defaulted",
            "--cut-off", "0.5",
        )  # fmt: skip

        assert json.loads(said(place, *words, "--json"))["auc"]["weighted"] is None
        assert "no estimate" in said(place, *words)

    def test_names_a_chance_that_is_none(self, place: Path) -> None:
        words = (
            "rejects", "sme", str(place / "asked.csv"), "--outcome", "defaulted",
            "--cut-off", "0.5", "--chance", "region",
        )  # fmt: skip
        done = CliRunner().invoke(app, ["--home", str(place / "home"), *words])

        assert "row 0 has a chance of nan" in str(done.exception)
