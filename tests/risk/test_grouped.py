"""Rows of one firm are held out together wherever a model tries itself."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from xiaowei.risk.challenger import Challenger
from xiaowei.risk.estimator import RiskModel
from xiaowei.risk.glassbox import GlassBox
from xiaowei.risk.measures import level_and_spread
from xiaowei.risk.sample import Ints, folds
from xiaowei.risk.scorecard import Scorecard

FIRMS, DAYS = 500, 4


def panel(seed: int) -> tuple[pd.DataFrame, Ints, list[str]]:
    """Firms seen on some days, with one outcome and traits that hardly change.

    Two traits tell the outcome a little; ten more tell the firm and nothing else.
    """
    rng = np.random.default_rng(seed)
    told = rng.normal(size=(FIRMS, 12))
    odds = -2 + 0.6 * told[:, 0] - 0.6 * told[:, 1]
    bad = (rng.random(FIRMS) < 1 / (1 + np.exp(-odds))).astype(np.int64)
    firm = np.tile(np.arange(FIRMS), DAYS)
    seen = told[firm] + rng.normal(scale=0.02, size=(FIRMS * DAYS, 12))
    table = pd.DataFrame(seen, columns=[f"t{at}" for at in range(12)])
    return table, bad[firm], [f"F{one}" for one in firm]


class TestFolds:
    @given(seed=st.integers(0, 50), count=st.integers(2, 6), groups=st.integers(6, 60))
    def test_hold_a_group_together(self, seed: int, count: int, groups: int) -> None:
        rng = np.random.default_rng(seed)
        names, classes = rng.integers(0, groups, 200), rng.integers(0, 2, 200)
        dealt = folds(classes, count=count, generator=rng, groups=names)

        for learn, judge in dealt:
            assert not set(names[learn]) & set(names[judge])
            assert len(learn) + len(judge) == 200
        assert sorted(np.concatenate([judge for _, judge in dealt])) == list(range(200))

    def test_deal_groups_of_either_class_evenly(self) -> None:
        names = np.repeat(np.arange(100), 3)
        classes = np.repeat((np.arange(100) < 20).astype(np.int64), 3)
        dealt = folds(
            classes, count=5, generator=np.random.default_rng(0), groups=names
        )

        assert [int(classes[judge].sum()) for _, judge in dealt] == [12] * 5

    def test_of_firms_alone_are_those_without_groups(self) -> None:
        classes = np.arange(60) % 3
        one, other = (
            folds(classes, count=4, generator=np.random.default_rng(1), groups=groups)
            for groups in (None, np.arange(60))
        )

        for (a, b), (c, d) in zip(one, other, strict=True):
            assert (a.tolist(), b.tolist()) == (c.tolist(), d.tolist())


@pytest.mark.parametrize(
    ("kind", "settings", "most_without"),
    [
        (Challenger, {}, 0.75),
        (GlassBox, {"bags": 4, "pairs": 0}, 0.85),
        (Scorecard, {"min_iv": 0.0}, 0.85),
    ],
)
def test_a_panel_learnt_by_firm_states_pds_as_far_apart_as_they_are(
    kind: type[RiskModel], settings: dict[str, object], most_without: float
) -> None:
    spreads: dict[bool, list[float]] = {True: [], False: []}
    for seed in range(3):
        table, bad, firms = panel(seed)
        others, fates, _ = panel(seed + 100)
        for grouped, found in spreads.items():
            model = kind(**settings).fit(table, bad, groups=firms if grouped else None)
            found.append(level_and_spread(model.pd(others), fates)[1])

    # Rows of a firm in both parts make a model trust what tells firms apart.
    assert np.mean(spreads[False]) < most_without
    assert np.mean(spreads[True]) > np.mean(spreads[False]) + 0.1
