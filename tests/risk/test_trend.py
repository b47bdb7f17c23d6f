"""A trend is told where there is one, and where chance would do as much it is not."""

import numpy as np

from xiaowei.risk.trend import LEAST, trend_of

SEED = 5
WORLDS = 2_000


class TestTrendOf:
    def test_of_noise_is_told_as_often_as_stated(self) -> None:
        generator = np.random.default_rng(SEED)
        found = [
            trend_of(generator.normal(size=12).tolist()).goes for _ in range(WORLDS)
        ]
        told = np.mean([one is not None for one in found])
        # Ranks of twelve allow no p between 0.0447 and 0.0578.
        assert 0.03 < told < 0.055

    def test_of_a_drift_within_noise_is_found(self) -> None:
        generator = np.random.default_rng(SEED)
        drift = np.linspace(0, 4, 12)
        worlds = (drift + generator.normal(size=12) for _ in range(500))
        found = [trend_of(world.tolist()).goes for world in worlds]
        assert np.mean([one == "up" for one in found]) > 0.85
        assert "down" not in found

    def test_is_not_told_of_few(self) -> None:
        assert trend_of(range(LEAST - 1)).goes is None
        assert trend_of(range(LEAST)).goes == "up"

    def test_of_what_stands_still_is_none(self) -> None:
        found = trend_of([0.2] * 9)
        assert (found.tau, found.p_value, found.goes) == (0.0, 1.0, None)

    def test_leaves_out_what_is_not_known(self) -> None:
        found = trend_of([None, 5, None, 4, 3, 2, 1, None])
        assert (found.points, found.goes) == (5, "down")
