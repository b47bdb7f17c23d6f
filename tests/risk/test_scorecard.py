"""A scorecard has whole points, one trend per trait, and weights of one sign."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.risk.test_estimators import firms

from xiaowei.risk.bins import TraitBins, learn_bins
from xiaowei.risk.frames import TraitColumn, columns_of
from xiaowei.risk.scorecard import Scorecard


@pytest.fixture(scope="module")
def learnt() -> Scorecard:
    return Scorecard().fit(*firms())


class TestScorecard:
    def test_adds_whole_points_up_to_the_score(self, learnt: Scorecard) -> None:
        frame, _ = firms(1)
        points = learnt.points(frame)

        assert (points.dtypes == np.int64).all()
        np.testing.assert_array_equal(
            learnt.base_ + points.sum(axis=1), learnt.scores(frame)
        )

    def test_says_a_pd_that_falls_with_the_score(self, learnt: Scorecard) -> None:
        frame, _ = firms(1)
        order = np.argsort(learnt.scores(frame), kind="stable")

        assert (np.diff(learnt.pd(frame)[order]) <= 0).all()

    def test_keeps_out_what_says_nothing(self, learnt: Scorecard) -> None:
        assert {"days_late", "trade", "founded"} == set(learnt.bins_)

    def test_never_turns_evidence_round(self, learnt: Scorecard) -> None:
        assert all(weight > 0 for weight in learnt.weights_.values())
        for name, bins in learnt.bins_.items():
            order = np.argsort(bins.woe, kind="stable")
            assert (np.diff(learnt.points_[name][:-1][order]) <= 0).all()

    def test_holds_a_missing_value_no_safer_than_the_data_say_and_a_new_one_never(
        self, learnt: Scorecard
    ) -> None:
        for name, bins in learnt.bins_.items():
            missing, new = learnt.points_[name][-2:]
            assert new <= min(missing, 0)
            assert len(learnt.points_[name]) == bins.missing + 2

    def test_shows_itself_a_row_per_bin(self, learnt: Scorecard) -> None:
        table = learnt.table()
        whole = table.groupby("trait", sort=False)[["firms", "bads"]].sum()

        assert (whole["firms"] == 2_000).all()
        assert (whole["bads"] == firms()[1].sum()).all()
        assert (table.loc[table["bin"] == "missing", "trait"].value_counts() == 1).all()

    def test_is_calibrated_by_firms_it_has_not_seen(self) -> None:
        frame, defaulted = firms(2, count=200)
        noise = np.random.default_rng(3).normal(size=(200, 30))
        frame = frame.join(pd.DataFrame(noise).add_prefix("noise"))
        sure = Scorecard(folds=0).fit(frame, defaulted)
        humble = Scorecard().fit(frame, defaulted)

        assert sure.slope_ == 1
        assert humble.slope_ < 0.9


class TestLearnBins:
    @pytest.mark.parametrize(
        ("trend", "sign"), [("higher_is_riskier", 1), ("lower_is_riskier", -1)]
    )
    def test_keeps_to_the_trend_whatever_the_data_say(
        self, trend: str, sign: int
    ) -> None:
        frame, defaulted = firms()
        column = next(c for c in columns_of(frame) if c.name == "days_late")
        bins = learn_bins(column, defaulted, trend=trend)  # type: ignore[arg-type]

        assert (sign * np.diff(bins.woe[: bins.missing]) >= 0).all()

    def test_puts_rare_categories_together(self) -> None:
        rng = np.random.default_rng(0)
        labels = [f"zip{n}" for n in range(1_000)]
        (column,) = columns_of(pd.DataFrame({"zip": labels}))
        bins = learn_bins(column, (rng.random(1_000) < 0.3).astype(np.int64))

        assert bins.groups == (tuple(sorted(labels)),)
        assert bins.iv < 0.01

    @given(
        values=st.lists(
            st.none() | st.floats(-1e6, 1e6) | st.integers(0, 3),
            min_size=2,
            max_size=60,
        ),
        seed=st.integers(0, 9),
    )
    def test_holds_every_firm_once(self, values: list[float | None], seed: int) -> None:
        defaulted = np.random.default_rng(seed).integers(0, 2, len(values))
        defaulted[:2] = [0, 1]
        frame = pd.DataFrame({"a": pd.Series(values, dtype="float64")})
        (column,) = columns_of(frame)
        bins = learn_bins(column, defaulted)

        assert sum(bins.bads) == defaulted.sum()
        assert sum(bins.bads) + sum(bins.goods) == len(values)
        assert sum(bins.bads[bins.missing :]) + sum(bins.goods[bins.missing :]) == (
            frame["a"].isna().sum()
        )


class TestTraitBins:
    @pytest.mark.parametrize("count", [0, 1, 7, 40, 41, 300])
    def test_find_the_place_that_halving_finds(self, count: int) -> None:
        rng = np.random.default_rng(count)
        splits = np.sort(rng.normal(size=count))
        values = np.concatenate([rng.normal(size=2_000), splits, [-0.0, 0.0, np.nan]])
        values = np.concatenate([values, np.nextafter(splits, -np.inf)])
        column = TraitColumn("a", values, np.empty(0, np.int64))
        place = TraitBins("a", "number", splits=tuple(splits)).index(column)
        halved = np.searchsorted(splits, values, side="right")

        assert place.dtype == np.int64
        expected = np.where(np.isnan(values), count + 1, halved)
        np.testing.assert_array_equal(place, expected)

    def test_say_what_they_hold(self) -> None:
        bins = TraitBins("a", "number", splits=(1.0, 2.5), woe=(0.1, 0.0, -0.1, 0.2))
        words = [bins.label(place) for place in range(5)]

        assert words == [
            "[-inf, 1)",
            "[1, 2.5)",
            "[2.5, inf)",
            "missing",
            "new category",
        ]
