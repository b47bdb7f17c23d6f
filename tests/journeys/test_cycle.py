"""A modeller tells PDs through the cycle and ahead of it, for a model on record."""

import json
import shutil
import sqlite3
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from tests.desk.modelling.test_cycles import BADS, FIRMS, months, records
from tests.desk.portraying.lakes import add
from tests.journeys.conftest import Xiaowei
from typer.testing import CliRunner

from xiaowei.desk.home import open_home
from xiaowei.desk.modelling.signing import AlteredModelError, UnsignedModelError
from xiaowei.surfaces.cli import app

AS_OF = ("--as-of", "2024-07-15")
DAYS = ("2022-12-31", "2023-03-31", "2023-06-30", "2024-03-31")
"""The window of the last one is not over."""
EACH = 600
DEMAND = 'model_signatures_demanded: {values: {2016-01-01: "1"}, set_by: test}\n'


def cases(seed: int) -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    days = np.repeat(DAYS, EACH)
    late = rng.normal(size=len(days))
    bad = rng.random(len(days)) < 1 / (1 + np.exp(2.6 - late))
    return pd.DataFrame({"decided": days, "days_late": late, "bad": bad.astype(int)})


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory, xiaowei: Xiaowei) -> Path:
    place = tmp_path_factory.mktemp("cycle")
    with open_home(place / "home") as home:
        add(home.lake, {"credit_history": records(), "series": months("PMI")})
    for name, seed in (("past", 1), ("unseen", 2)):
        cases(seed).to_csv(place / f"{name}.csv", index=False)
    cases(3)[["days_late"]].to_csv(place / "new.csv", index=False)
    done = xiaowei(
        place / "home", "train", str(place / "past.csv"), "--outcome", "bad",
        "--without", "decided", "--name", "sme",
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return place


def said(place: Path, *words: str, fails: bool = False) -> str:
    """Give a command within this process, which saves five seconds."""
    done = CliRunner().invoke(app, ["--home", str(place / "home"), *words])
    assert (done.exit_code != 0) == fails, done.output
    return f"{done.output}{done.exception}" if fails else done.stdout


def tied(place: Path) -> dict[str, Any]:
    told: dict[str, Any] = json.loads(
        said(
            place, "tie", "sme", str(place / "unseen.csv"), "--outcome", "bad",
            "--decided-on", "decided", *AS_OF, "--json",
        )
    )  # fmt: skip
    return told


class TestCycle:
    def test_tells_the_defaults_and_the_state_of_each_quarter(
        self, place: Path
    ) -> None:
        told = json.loads(said(place, "cycle", *AS_OF, "--series", "PMI", "--json"))

        assert [one["bads"] for one in told["periods"]] == list(BADS)
        assert told["ahead"] == 4
        assert told["tells"]["low"] < told["tells"]["high"]
        assert told["states"][0]["value"] < told["states"][-1]["value"]

    def test_says_so_in_words(self, place: Path) -> None:
        told = said(place, "cycle", *AS_OF, "--series", "PMI")

        assert f"2023-03: {BADS[0]} of {FIRMS} defaulted 违约" in told
        assert "4 quarters ahead 未来" in told
        assert "PMI one standard deviation higher" in told

    def test_is_refused_where_the_lake_is_too_young(self, place: Path) -> None:
        told = said(place, "cycle", "--as-of", "2023-08-01", fails=True)

        assert "periods are too few" in told


class TestTie:
    def test_leaves_out_what_was_not_ripe(self, place: Path) -> None:
        told = tied(place)

        assert (told["cases"], told["left_out"]) == (3 * EACH, EACH)
        assert 0.5 < told["spread"] < 1.5

    def test_is_refused_without_a_day_of_decision(self, place: Path) -> None:
        told = said(
            place, "tie", "sme", str(place / "unseen.csv"), "--outcome", "bad",
            "--decided-on", "when", *AS_OF, fails=True,
        )  # fmt: skip

        assert "no column 'when'" in told


class TestAhead:
    def test_writes_the_pds_beside_each_row(self, place: Path) -> None:
        told = tied(place)
        out = place / "ahead.parquet"

        said(place, "ahead", "sme", str(place / "new.csv"), "--out", str(out))

        found = pd.read_parquet(out)
        assert len(found) == len(DAYS) * EACH
        assert found["pd_through"].rank().equals(found["pd"].rank())
        assert (found["pd_ahead_low"] < found["pd_ahead"]).all()
        assert (found["pd_ahead"] < found["pd_ahead_high"]).all()
        # Times have become worse than they were in the windows learnt from.
        assert found["pd_ahead"].mean() > found["pd"].mean()
        assert found["pd_ahead"].mean() == pytest.approx(
            told["mean"]["pd_ahead"], rel=0.15
        )

    def test_is_refused_for_a_model_that_was_never_tied(
        self, place: Path, tmp_path: Path
    ) -> None:
        said(
            place, "train", str(place / "past.csv"), "--outcome", "bad",
            "--without", "decided", "--name", "untied", "--seed", "5",
            "--model", "challenger",
        )  # fmt: skip

        told = said(
            place, "ahead", "untied", str(place / "new.csv"),
            "--out", str(tmp_path / "a.csv"), fails=True,
        )  # fmt: skip

        assert "model 'untied' is not tied to the cycle" in told
        assert not (tmp_path / "a.csv").exists()

    def test_is_refused_without_the_signatures_that_the_policy_demands(
        self, place: Path, tmp_path: Path
    ) -> None:
        tied(place)
        bank = copied(place, tmp_path)
        (bank / "home" / "policy.yaml").write_text(DEMAND, encoding="utf-8")

        assert isinstance(ahead(bank).exception, UnsignedModelError)
        assert not (bank / "a.csv").exists()

    def test_is_refused_where_what_ties_it_was_altered(
        self, place: Path, tmp_path: Path
    ) -> None:
        tied(place)
        bank = copied(place, tmp_path)
        with sqlite3.connect(bank / "home" / "records.sqlite") as records_:
            records_.execute("DROP TRIGGER documents_no_update")
            done = records_.execute(
                "UPDATE documents SET text = text || ' ' WHERE digest IN (SELECT "
                "json_extract(body, '$.document') FROM journal WHERE kind = ?)",
                ("model_level",),
            )
            assert done.rowcount >= 1
        records_.close()

        assert isinstance(ahead(bank).exception, AlteredModelError)
        assert not (bank / "a.csv").exists()


def copied(place: Path, into: Path) -> Path:
    """Return another home of the same records, in which a test may do as it likes."""
    bank = into / "bank"
    shutil.copytree(place, bank)
    return bank


def ahead(bank: Path) -> Any:  # noqa: ANN401 - a result of Typer
    words = ("ahead", "sme", str(bank / "new.csv"), "--out", str(bank / "a.csv"))
    return CliRunner().invoke(app, ["--home", str(bank / "home"), *words])
