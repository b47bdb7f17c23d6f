"""A verdict counts who was judged, and its intervals hold what is true."""

import numpy as np
import pytest

from xiaowei.risk.verdict import Verdict, verdict_of


def judged(seed: int, *, firms: int = 2_000, stretch: float = 1.0) -> Verdict:
    rng = np.random.default_rng(seed)
    odds = rng.normal(-1.5, 1.0, firms)
    bad = (rng.random(firms) < 1 / (1 + np.exp(-odds))).astype(np.int64)
    stated = 1 / (1 + np.exp(-stretch * odds))
    return verdict_of(stated, bad, draws=100)


class TestVerdict:
    def test_holds_the_true_slope_and_level_in_nearly_all_worlds(self) -> None:
        found = [judged(seed) for seed in range(20)]

        assert sum(one.slope.low <= 1 <= one.slope.high for one in found) >= 17
        assert sum(one.intercept.low <= 0 <= one.intercept.high for one in found) >= 17

    def test_sees_pds_that_are_too_far_apart(self) -> None:
        assert judged(0, stretch=2.0).slope.high < 0.7

    def test_counts_every_firm_once(self) -> None:
        one = judged(0)

        assert sum(tenth.firms for tenth in one.tenths) == one.firms == 2_000
        assert sum(t.bad_rate * t.firms for t in one.tenths) == pytest.approx(one.bads)

    def test_leaves_out_a_part_of_one_kind_of_outcome(self) -> None:
        pd = np.linspace(0.1, 0.9, 40)
        bad = np.array([0, 1] * 10 + [0] * 20)
        one = verdict_of(pd, bad, segments=["a"] * 20 + ["b"] * 20, draws=20)

        assert set(one.segments) == {"a"}
        assert one.as_plain()["segments"]["a"]["firms"] == 20
