"""Bühlmann and Straub's estimates against hand-reckoned tables."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from xiaowei.industry.credibility import (
    Spread,
    between_spread,
    blended_spread,
    credibility,
    pooled,
    within_variance,
)

BADS = np.array([5.0, 6, 10, 1, 5, 0])
FIRMS = np.array([19.0, 21, 54, 3, 20, 6])
"""The 123 firms by hand label: construction, manufacturing, services, own-account,
professional, agriculture (science A5)."""


class TestScienceTable:
    def test_cannot_be_learnt_from(self) -> None:
        within = within_variance(BADS / FIRMS, FIRMS)
        found = between_spread(BADS / FIRMS, noise=within / FIRMS)

        assert found is not None
        assert round(found.value, 4) == -0.0038
        assert [credibility(within / n, found.value) for n in FIRMS] == [0.0] * 6


class TestBetweenSpread:
    def test_is_as_reckoned_by_hand(self) -> None:
        # Weights 2 and 4, values 1 and 2, s2 = 1: mean 10/6, squares
        # 2 * 4/9 + 4 * 1/9 = 4/3, less (2 - 1) * 1, over 6 - 20/6.
        found = between_spread(np.array([1.0, 2]), noise=1 / np.array([2.0, 4]))

        assert found is not None
        assert found.value == pytest.approx((4 / 3 - 1) / (6 - 20 / 6))

    def test_compares_cells_with_those_of_their_group_alone(self) -> None:
        values = np.array([1.0, 2, 101, 102])
        found = between_spread(
            values, noise=np.full(4, 0.1), groups=np.array([0, 0, 1, 1])
        )

        assert found is not None
        assert found.value == pytest.approx(0.5 - 0.1)

    def test_says_nothing_of_cells_that_are_alone(self) -> None:
        ones = np.ones(2)

        assert between_spread(ones, noise=ones, groups=np.array([0, 1])) is None

    @pytest.mark.parametrize("first", [0.0, 1.0])
    def test_finds_the_factor_that_made_the_data(self, first: float) -> None:
        rng = np.random.default_rng(4)
        stated, noise = rng.uniform(0.1, 1, 20_000), rng.uniform(0.1, 1, 20_000)
        values = rng.normal(0, np.sqrt(2.5 * stated + noise))
        groups = np.repeat(np.arange(2_000), 10)

        found = between_spread(
            values, noise=noise, groups=groups, stated=stated, first=first
        )

        assert found is not None
        assert found.value == pytest.approx(2.5, abs=0.1)


class TestBlendedSpread:
    def test_is_what_was_stated_where_data_say_nothing(self) -> None:
        assert blended_spread(None, doubt=0.5) == 1.0

    def test_lies_between_by_what_each_is_worth(self) -> None:
        assert blended_spread(Spread(3.0, 0.5), doubt=0.5) == pytest.approx(2.0)
        assert blended_spread(Spread(3.0, 1e-9), doubt=0.5) == pytest.approx(3.0)

    def test_is_never_below_none(self) -> None:
        assert blended_spread(Spread(-9.0, 0.1), doubt=1.0) == 0.0


class TestCredibility:
    @given(st.floats(1e-9, 1e9), st.floats(-1e3, 1e3))
    def test_lies_within_0_and_1(self, noise: float, between: float) -> None:
        assert 0 <= credibility(noise, between) <= 1

    @given(st.floats(0.1, 1e6), st.floats(1.01, 100), st.floats(1e-3, 10))
    def test_grows_with_the_firms(
        self, firms: float, more: float, between: float
    ) -> None:
        assert credibility(1 / (firms * more), between) > credibility(
            1 / firms, between
        )

    def test_is_none_without_data(self) -> None:
        assert credibility(float("inf"), 0.2) == 0.0


class TestPooled:
    def test_weighs_by_precision(self) -> None:
        assert pooled([1.0, 4.0], [2.0, 1.0]) == (2.0, 3.0)

    def test_is_unknown_of_nothing(self) -> None:
        value, precision = pooled([float("nan")], [0.0])

        assert np.isnan(value)
        assert precision == 0.0
