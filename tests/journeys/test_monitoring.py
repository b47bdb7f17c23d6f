"""A modeller watches a model over firms seen since, whatever their number."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any, Final

import numpy as np
import pandas as pd
import pytest
from tests.journeys.test_models import CASES, cases
from typer.testing import CliRunner

from xiaowei.surfaces.cli import app

MOST_BYTES: Final = 5_000_000
MOST_GROWTH_KB: Final = 15_000


def said(place: Path, *words: str) -> Any:  # noqa: ANN401 - any JSON
    done = CliRunner().invoke(app, ["--home", str(place / "home"), *words])
    assert done.exit_code == 0, done.output
    return done.stdout


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("monitoring")
    cases(1).to_csv(place / "cases.csv", index=False)
    cases(2).to_csv(place / "later.csv", index=False)
    moved = cases(3)
    moved.loc[: CASES // 2, "days_late"] = np.nan
    moved.loc[: CASES // 4, "trade"] = "Z99"
    moved["defaulted"] = moved["defaulted"].where(np.arange(CASES) % 3 > 0)
    moved.to_csv(place / "moved.csv", index=False)
    said(
        place, "train", str(place / "cases.csv"), "--outcome", "defaulted",
        "--decided-on", "decided", "--group", "firm", "--window", "12",
        "--judged-from", "2023-01-01", "--name", "sme",
    )  # fmt: skip
    return place


class TestMonitor:
    def test_leaves_in_peace_what_has_not_moved(self, place: Path) -> None:
        told = json.loads(
            said(
                place, "monitor", "sme", str(place / "later.csv"), "--outcome",
                "defaulted", "--json",
            )
        )  # fmt: skip

        assert told["seen"]["firms"] == told["ripe"]["firms"] == CASES
        assert not any(one["moved"] for one in [told["pd"], *told["traits"]])
        assert told["ripe"]["level_holds"]
        assert told["ripe"]["auc"]["value"] == pytest.approx(
            told["expected_auc"], abs=0.03
        )

    def test_finds_what_has_moved_and_writes_it(self, place: Path) -> None:
        page = place / "moved.html"
        words = ("monitor", "sme", str(place / "moved.csv"), "--report", str(page))
        told = json.loads(said(place, *words, "--outcome", "defaulted", "--json"))
        late = next(one for one in told["traits"] if one["name"] == "days_late")
        trade = next(one for one in told["traits"] if one["name"] == "trade")

        assert late["moved"]
        assert late["missing_more"]["low"] > 0.3
        assert trade["new"] == [["Z99", CASES // 4 + 1]]
        assert told["unripe"] == sum(at % 3 == 0 for at in range(CASES))
        text = page.read_text("utf-8")
        assert "Z99" in text
        assert "显著漂移" in text
        assert "http" not in text.replace("http-equiv", "")
        assert "src=" not in text
        assert "moved 显著漂移 days_late" in said(place, *words)

    def test_keeps_the_course_of_a_model(self, place: Path) -> None:
        page = place / "course.html"
        for month in range(1, 7):
            seen = cases(20 + month)
            seen["days_late"] = seen["days_late"] + 0.2 * month
            seen.to_csv(place / f"m{month}.csv", index=False)
            words = ("monitor", "sme", str(place / f"m{month}.csv"), "--outcome")
            # A day said twice counts once, by what was said last.
            for _ in range(1 + month // 6):
                said(place, *words, "defaulted", "--on", f"2025-0{month}-28")
        told = json.loads(
            said(place, *words, "defaulted", "--json", "--report", str(page))
        )
        course = told["course"]

        days = [one["seen_on"] for one in course["points"]]
        assert days == [f"2025-0{month}-28" for month in range(1, 7)]
        assert course["trends"]["psi"]["goes"] == "up"
        assert course["trends"]["psi"]["points"] == 6
        assert "days_late" in course["points"][-1]["moved"]
        text = page.read_text("utf-8")
        assert "历次监测" in text
        assert "2025-01-28" in text
        assert "PSI of the PD 违约概率稳定性 rises 上升" in said(
            place, "monitor", "sme", str(place / "m6.csv")
        )

    def test_counts_ripe_cases_alone(self, place: Path) -> None:
        words = (
            "monitor", "sme", str(place / "later.csv"), "--outcome", "defaulted",
            "--decided-on", "decided", "--window", "12", "--as-of", "2022-12-31",
            "--json",
        )  # fmt: skip
        told = json.loads(said(place, *words))
        days = pd.to_datetime(cases(2)["decided"])
        ripe = (days + pd.DateOffset(months=12) <= "2022-12-31").sum()

        assert told["ripe"]["firms"] == ripe
        assert told["unripe"] == CASES - ripe

    def test_compares_with_another_table(self, place: Path) -> None:
        moved = str(place / "moved.csv")
        told = json.loads(
            said(place, "monitor", "sme", moved, "--reference", moved, "--json")
        )

        assert told["reference"] == "moved.csv"
        assert all(one["psi"]["value"] == 0 for one in told["traits"])
        assert told["ripe"] is None
        assert "no outcome is ripe" in said(place, "monitor", "sme", moved)

    @pytest.mark.parametrize(
        ("words", "fault"),
        [
            (("--outcome", "nothing"), "no column 'nothing'"),
            (("--outcome", "region"), "outcome 'region' holds"),
            (("--report", "x.pdf"), "names no form of report"),
        ],
    )
    def test_names_what_is_wrong(
        self, place: Path, words: tuple[str, ...], fault: str
    ) -> None:
        asked = ["monitor", "sme", str(place / "later.csv"), *words]
        done = CliRunner().invoke(app, ["--home", str(place / "home"), *asked])

        assert fault in str(done.exception)


PEAK = """
import sys
from pathlib import Path
from typer.testing import CliRunner
from xiaowei.surfaces.cli import app
done = CliRunner().invoke(app, sys.argv[1:])
assert done.exit_code == 0, (done.output, done.exception)
# Not ru_maxrss, which a child has from its parent.
peak = next(l for l in Path("/proc/self/status").open() if l.startswith("VmHWM"))
print(peak.split()[1])
"""


def peak_of(words: list[str]) -> int:
    """Return the memory that a command took at its highest, in KB."""
    done = subprocess.run(  # noqa: S603 - our own words
        words, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return int(done.stdout)


class TestBounds:
    def test_hold_memory_and_page_at_any_number_of_firms(self, tmp_path: Path) -> None:
        rng = np.random.default_rng(0)
        names = [f"t{at:02d}" for at in range(30)]
        learnt = pd.DataFrame(rng.normal(size=(2_000, 30)), columns=names)
        learnt["trade"] = rng.choice([f"H{at:03d}" for at in range(400)], 2_000)
        odds = learnt[names[:4]].sum(axis=1) - 1
        learnt["bad"] = (rng.random(2_000) < 1 / (1 + np.exp(-odds))).astype(int)
        learnt.to_parquet(tmp_path / "learnt.parquet")
        said(
            tmp_path, "train", str(tmp_path / "learnt.parquet"), "--outcome", "bad",
            "--name", "wide",
        )  # fmt: skip
        peaks = []
        for rows in (100_000, 400_000):
            seen = pd.DataFrame(
                rng.normal(size=(rows, 30)).astype(np.float32), columns=names
            )
            seen["trade"] = rng.choice([f"N{at:06d}" for at in range(50_000)], rows)
            seen.to_parquet(tmp_path / "seen.parquet", row_group_size=100_000)
            page = tmp_path / "page.html"
            words = [
                sys.executable, "-c", PEAK, "--home", str(tmp_path / "home"),
                "monitor", "wide", str(tmp_path / "seen.parquet"),
                "--report", str(page),
            ]  # fmt: skip
            peaks.append(peak_of(words))
            assert page.stat().st_size < MOST_BYTES

        # 300,000 rows more hold 36 MB as floats of four bytes, without their texts.
        assert peaks[1] - peaks[0] < MOST_GROWTH_KB
