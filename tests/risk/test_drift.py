"""A PSI is judged by what chance makes of samples of its size."""

import numpy as np
import pandas as pd
import pytest
from tests.risk.test_estimators import firms

from xiaowei.risk.drift import drift_of, expected_auc
from xiaowei.risk.measures import auc


class TestDriftOf:
    def test_is_by_chance_where_nothing_has_moved(self) -> None:
        beyond = [
            one.psi > one.by_chance
            for seed in range(60)
            for one in drift_of(
                firms(seed, count=500)[0], firms(seed + 100, count=500)[0]
            )
            if one.name in {"days_late", "trade", "online"}
        ]

        # 180 at 5%: nine, within four standard deviations.
        assert 0 < sum(beyond) <= 21

    def test_finds_what_has_moved_and_names_its_parts(self) -> None:
        then, _ = firms(0)
        now = firms(1)[0].assign(trade="Z99")
        now["days_late"] = now["days_late"] * 3
        moved = [one for one in drift_of(then, now) if one.moved]

        assert {one.name for one in moved} == {"trade", "days_late"}
        trade = next(one for one in moved if one.name == "trade")
        assert trade.parts[-1] == ("new category", 0.0, 1.0)

    def test_counts_every_firm(self) -> None:
        for one in drift_of(firms(0)[0], firms(1)[0]):
            assert sum(then for _, then, _ in one.parts) == pytest.approx(1)
            assert sum(now for _, _, now in one.parts) == pytest.approx(1)

    def test_looks_at_what_both_hold(self) -> None:
        then, now = pd.DataFrame({"a": [1.0], "b": [2.0]}), pd.DataFrame({"b": [2.0]})

        assert [one.name for one in drift_of(then, now)] == ["b"]


class TestExpectedAuc:
    def test_is_what_outcomes_show_where_pds_are_right(self) -> None:
        rng = np.random.default_rng(0)
        pd_ = rng.beta(1, 6, 50_000).round(3)
        bad = (rng.random(50_000) < pd_).astype(np.int64)

        assert expected_auc(pd_) == pytest.approx(auc(pd_, bad), abs=0.01)

    def test_is_unknown_where_nobody_can_default(self) -> None:
        assert np.isnan(expected_auc(np.zeros(3)))
