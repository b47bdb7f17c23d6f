"""The firms of the last run that may be lent to are candidates at every rate."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from xiaowei.desk.home import open_home
from xiaowei.desk.portfolio.allocating import NoCapitalError, allocate_run, lines_of
from xiaowei.desk.portfolio.last_run import NobodyError, candidates_of_run

LIMITS = """\
limits:
  budget:
    title: {zh: 预算, en: budget}
    counts: offered
    most: "1000000"
  trade:
    title: {zh: 单一行业, en: one trade}
    counts: offered
    each: industry
    most: "700000"
"""


def firm(name: str, **stated: Any) -> dict[str, Any]:  # noqa: ANN401 - any part of a document
    """Return a firm as a run's document has it."""
    usual = {
        "enterprise_id": name,
        "industry": "C13",
        "park": None,
        "tier": "steady",
        "rating": "A",
        "defaulted": False,
        "pd": 0.01,
        "pd_high": 0.02,
        "traits": {"sales_12m": 400_000_000},
    }
    return {**usual, **stated}


def made_run(place: Path, *firms: dict[str, Any]) -> Path:
    """Put a run on record and return its home."""
    run = {
        "as_of": "2025-06-30",
        "firms": list(firms),
        "demand": {"curves": {g: {"k": 17.0, "b": 0.95} for g in "ABC"}},
    }
    with open_home(place) as home:
        home.journal.add(
            "run", {}, made_at="2025-06-30T00:00:00Z", document=json.dumps(run)
        )
    return place


class TestCandidatesOfRun:
    def test_get_no_more_than_bound_their_offer_nor_another_rate(
        self, tmp_path: Path
    ) -> None:
        bound = {"most_fen": 30_000_000, "least_rate": 0.061, "most_rate": 0.08}
        place = made_run(tmp_path, firm("E1", **bound), firm("E2"))
        with open_home(place) as home:
            options = candidates_of_run(home).options
        mine = options.firms[options.firm] == "E1"

        assert set(options.most_lots[mine]) == {30}
        assert {int(one) for one in options.names[mine]} == set(range(625, 801, 25))
        assert set(options.most_lots[~mine]) == {80}
        assert min(int(one) for one in options.names[~mine]) == 400

    def test_risky_firms_are_among_them_only_where_they_are_lent_to_in_stages(
        self, tmp_path: Path
    ) -> None:
        risky = {"tier": "risk_warning", "most_fen": 50_000_000}
        place = made_run(
            tmp_path, firm("E1", **risky, staged=True), firm("E2", **risky)
        )
        with open_home(place) as home:
            assert list(candidates_of_run(home).options.firms) == ["E1"]

    def test_leave_out_whoever_gets_no_offer_at_any_rate(self, tmp_path: Path) -> None:
        place = made_run(
            tmp_path,
            firm("good"),
            firm("graded_d", rating="D"),
            firm("warned", tier="risk_warning"),
            firm("defaulted", defaulted=True),
            firm("unknown", traits={"sales_12m": None}),
            firm("small", traits={"sales_12m": 100}),
        )

        with open_home(place) as home:
            options = candidates_of_run(home).options

        assert options.firms.tolist() == ["good"]
        # 4 % to 15 % every 25 bp; a fifth of 4 million yuan in lots of 10,000.
        assert options.count == 45
        assert np.unique(options.most_lots).tolist() == [80]
        assert options.pd_high.tolist() == [0.02] * 45

    def test_have_labels_that_are_unknown_where_nothing_is_stated(
        self, tmp_path: Path
    ) -> None:
        place = made_run(tmp_path, firm("one", industry=None))

        with open_home(place) as home:
            labels = candidates_of_run(home).options.labels

        assert labels["industry"].names == ("unknown",)
        assert labels["newcomer"].names == ("unknown",)

    def test_are_nobody_where_nobody_may_be_lent_to(self, tmp_path: Path) -> None:
        place = made_run(tmp_path, firm("one", rating="D"))

        with (
            open_home(place) as home,
            pytest.raises(NobodyError, match="none of 1 firms"),
        ):
            candidates_of_run(home)


class TestAllocateRun:
    def test_spreads_the_budget_over_trades(self, tmp_path: Path) -> None:
        place = made_run(
            tmp_path,
            firm("a"),
            firm("b", pd=0.02),
            firm("c", industry=None, pd=0.05, pd_high=0.08),
        )
        limits = tmp_path / "limits.yaml"
        limits.write_text(LIMITS, encoding="utf-8")

        with open_home(place) as home:
            done = allocate_run(home, limits, tell=lambda _: None)

        lines = lines_of(done)
        offered = dict(zip(lines["enterprise_id"], lines["offered_fen"], strict=True))
        assert offered == {"a": 70_000_000, "c": 30_000_000}
        assert done.book.gap_fen == 0
        assert done.curse is None

    def test_does_not_know_what_capital_a_loan_binds(self, tmp_path: Path) -> None:
        place = made_run(tmp_path, firm("a"))
        limits = tmp_path / "limits.yaml"
        limits.write_text(LIMITS.replace("offered", "capital"), encoding="utf-8")

        with open_home(place) as home, pytest.raises(NoCapitalError, match="'budget'"):
            allocate_run(home, limits, tell=lambda _: None)
