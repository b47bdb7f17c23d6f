"""Intervals hold what they say: exact where exact ones exist, else by simulation."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from xiaowei.decisions.lab.intervals import combined, weighted_shares
from xiaowei.risk.measures import share_interval


class TestWeightedShares:
    @given(trials=st.integers(1, 400), part=st.floats(0, 1), weight=st.floats(0.1, 1e9))
    def test_are_the_exact_ones_where_weights_are_equal(
        self, trials: int, part: float, weight: float
    ) -> None:
        hits = round(trials * part)
        share, low, high = weighted_shares(
            *(
                np.array([one])
                for one in (hits * weight, trials * weight, trials * weight**2)
            )
        )
        expected = share_interval(hits, trials)

        assert share[0] == pytest.approx(hits / trials)
        assert (low[0], high[0]) == pytest.approx(expected, abs=1e-9)

    def test_know_nothing_without_weight(self) -> None:
        nothing = np.zeros(1)

        found = weighted_shares(nothing, nothing, nothing)
        assert [float(one[0]) for one in found] == [0.0, 0.0, 1.0]

    def test_hold_the_share_as_often_as_they_say(self) -> None:
        chance = np.random.default_rng(11)
        held = 0
        for _ in range(2_000):
            weights = chance.lognormal(0, 0.9, 300)
            bad = chance.random(300) < 0.04
            sums = (weights * bad).sum(), weights.sum(), (weights**2).sum()
            _, low, high = weighted_shares(*(np.array([one]) for one in sums))
            held += low[0] <= 0.04 <= high[0]

        assert held / 2_000 >= 0.95


class TestCombined:
    @given(
        factors=st.lists(st.floats(-9, 9), min_size=1, max_size=4),
        share=st.floats(0.1, 0.9),
    )
    def test_lie_around_the_sum(self, factors: list[float], share: float) -> None:
        stated = np.array([factors])
        shares = np.full_like(stated, share)
        value, low, high = combined(stated, shares, shares - 0.1, shares + 0.1)

        assert value[0] == pytest.approx(sum(factors) * share)
        wide = 0.1 * np.sqrt((stated**2).sum())
        assert (low[0], high[0]) == pytest.approx((value[0] - wide, value[0] + wide))
