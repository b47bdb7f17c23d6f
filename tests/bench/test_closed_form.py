"""The power of a check that knows the elasticity."""

import math

import pytest
from bench.peers.closed_form import mean_variance, power


class TestMeanVariance:
    @pytest.mark.parametrize("months", [1, 3, 6, 24])
    def test_is_the_sum_that_was_published(self, months: int) -> None:
        more = sum((months - k) * 0.3**k for k in range(1, months))

        told = mean_variance([months], 0.3)[0]

        assert told == pytest.approx((months + 2 * more) / months**2)


class TestPower:
    @pytest.mark.parametrize(
        ("times", "spread", "found"),
        [(1.5, 0.45, 0.35), (1.5, 0.80, 0.20), (3, 0.45, 0.96), (3, 0.80, 0.70)],
    )
    def test_is_what_was_published_of_half_a_year(
        self, times: float, spread: float, found: float
    ) -> None:
        sd = math.hypot(spread, 0.30)

        told = power(times, held=6, before=24, sd=sd, remembered=0.3, rate=0.05)

        assert told == pytest.approx(found, abs=0.005)
