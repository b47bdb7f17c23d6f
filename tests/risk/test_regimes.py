"""Whether a level holds in each state of the economy."""

from typing import Any

import numpy as np
import pytest
from scipy.special import expit

from xiaowei.risk.regimes import RegimeError, by_regime, regime_of
from xiaowei.risk.sample import Floats, Ints


def drawn(
    shifts: dict[Any, float], *, count: int = 6000, spread: float = 1.0
) -> tuple[Floats, Ints, list[Any]]:
    """Draw cases under readings, each with its shift of what comes in log-odds."""
    rng = np.random.default_rng(7)
    odds = rng.normal(-3, 1, (len(shifts), count))
    moved = np.array(list(shifts.values()))[:, None] + spread * (odds + 3) - 3
    bad = (rng.random(odds.shape) < expit(moved)).astype(np.int64)
    names = [reading for reading in shifts for _ in range(count)]
    return expit(odds).ravel(), bad.ravel(), names


class TestRegime:
    def test_takes_its_limits_from_the_caller(self) -> None:
        assert regime_of(0.4, neutral=0.0, shock=-2.0) == "up"
        assert regime_of(-3.0, neutral=0.0, shock=-2.0) == "shock"


class TestByRegime:
    def test_finds_the_state_in_which_the_level_does_not_hold(self) -> None:
        pd, bad, readings = drawn({51.2: 0.0, 48.0: 0.4, 41.0: 1.0})

        up, down, shock = by_regime(pd, bad, readings, column="index", draws=200)

        assert [one.name for one in (up, down, shock)] == ["up", "down", "shock"]
        for one, shift in ((up, 0.0), (down, 0.4), (shock, 1.0)):
            assert one.intercept is not None
            assert one.slope is not None
            assert one.intercept.low < shift < one.intercept.high
            assert one.slope.low < 1 < one.slope.high
        assert up.ece is not None
        assert shock.ece is not None
        assert up.ece.high < 0.02
        assert shock.ece.low > 0.04

    def test_finds_pds_that_are_too_far_apart_in_one_state(self) -> None:
        pd, bad, readings = drawn({"good years": 0.0}, spread=0.5)

        (one,) = by_regime(pd, bad, readings, column="years", draws=200)

        assert one.name == "good years"
        assert one.slope is not None
        assert one.slope.high < 0.7

    def test_counts_the_readings_it_rests_on(self) -> None:
        pd, bad, readings = drawn({51.2: 0.0, 50.3: 0.0, 48.0: 0.0}, count=1000)

        up, down = by_regime(pd, bad, readings, column="index", draws=20)

        assert (up.readings, down.readings) == (2, 1)

    def test_names_what_it_cannot_judge(self) -> None:
        pd, bad, readings = drawn({51.2: 0.0, 41.0: 0.0}, count=1000)
        few = np.flatnonzero([r == 51.2 for r in readings] | (np.arange(2000) > 1980))
        readings = [None if place < 300 else readings[place] for place in few]

        up, shock, unknown = by_regime(
            pd[few], bad[few], readings, column="index", draws=20
        )

        assert (shock.name, shock.firms, shock.ece) == ("shock", 19, None)
        assert (unknown.name, unknown.firms, unknown.readings) == ("unknown", 300, 0)
        assert up.firms == 700

    @pytest.mark.parametrize("gone", [None, float("nan"), np.datetime64("NaT")])
    def test_is_refused_where_nothing_is_known(self, gone: object) -> None:
        with pytest.raises(RegimeError, match="index"):
            by_regime(
                np.array([0.1, 0.2]), np.array([0, 1]), [gone, gone], column="index"
            )

    def test_is_refused_where_nothing_can_be_judged(self) -> None:
        with pytest.raises(RegimeError, match="too few"):
            by_regime(np.array([0.1, 0.2]), np.array([0, 1]), [50, 40], column="index")
