"""A panel is learnt from: firms dealt, leaks found, ages not taken for leaks."""

from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd

from xiaowei.desk.home import open_home
from xiaowei.desk.modelling.lesson import Lesson
from xiaowei.desk.modelling.tables import Roles
from xiaowei.desk.modelling.training import train

FIRMS = 900
DAYS = pd.to_datetime(["2023-03-31", "2023-09-30", "2024-03-31", "2024-09-30"])


def panel() -> pd.DataFrame:
    """Firms on four days; the later, the more of them default soon after."""
    rng = np.random.default_rng(5)
    late = rng.normal(size=FIRMS)
    parts = []
    for at, day in enumerate(DAYS):
        odds = -3.2 + 1.2 * late + 0.5 * at
        bad = rng.random(FIRMS) < 1 / (1 + np.exp(-odds))
        parts.append(
            pd.DataFrame(
                {
                    "firm": [f"F{n}" for n in range(FIRMS)],
                    "day": day.date(),
                    "days_late": late + rng.normal(scale=0.1, size=FIRMS),
                    "age_days": 1_000 + np.arange(FIRMS) * 7 + (day - DAYS[0]).days,
                    "balance": np.arange(FIRMS) * 13.0,
                    "dunning_letters": np.where(bad, rng.poisson(6, FIRMS), 0),
                    "bad": bad.astype(int),
                }
            )
        )
    return pd.concat(parts, ignore_index=True)


def test_a_panel_loses_its_leaks_and_keeps_its_ages(tmp_path: Path) -> None:
    panel().to_parquet(tmp_path / "panel.parquet")
    lesson = Lesson(
        name="panel",
        kind="scorecard",
        roles=Roles(outcome="bad", decided_on="day", group="firm"),
        judged_from=date(2024, 3, 31),
        window_months=0,
    )
    with open_home(tmp_path / "home") as home:
        made = train(home, tmp_path / "panel.parquet", lesson)

    assert made.split.dealt > 0
    assert "dunning_letters" in made.inspection.refused
    assert {"age_days", "balance"}.isdisjoint(made.inspection.refused)
    assert made.verdict.auc.value > 0.7
