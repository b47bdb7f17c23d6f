"""The cycle against worlds whose states are known."""

import json

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.special import ndtr, ndtri

from xiaowei.risk.cycle import (
    Cycle,
    CycleError,
    Period,
    cycle_of,
    learn_cycle,
)
from xiaowei.risk.sample import Floats

RHO = 0.08
PD = 0.012
AHEAD = 4


def states(count: int, *, last: float, rng: np.random.Generator) -> Floats:
    """Draw states that last, of mean 0 and standard deviation 1."""
    drawn = [rng.normal()]
    while len(drawn) < count:
        drawn.append(last * drawn[-1] + np.sqrt(1 - last**2) * rng.normal())
    return np.array(drawn)


def rates(z: Floats, *, rho: float = RHO, pd: float = PD) -> Floats:
    found: Floats = ndtr((ndtri(pd) + np.sqrt(rho) * z) / np.sqrt(1 - rho))
    return found


def seen(
    z: Floats,
    rng: np.random.Generator,
    *,
    firms: int = 1500,
    series: Floats | None = None,
) -> list[Period]:
    return [
        Period(
            f"Q{n}",
            firms,
            int(rng.binomial(firms, rate)),
            None if series is None else float(series[n]),
        )
        for n, rate in enumerate(rates(z))
    ]


def width(cycle: Cycle) -> float:
    low, high = np.quantile(cycle.nodes, [0.05, 0.95])
    return float((high - low) * np.sqrt(cycle.rho / (1 - cycle.rho)))


class TestCycle:
    def test_finds_the_level_and_the_states_of_many_periods(self) -> None:
        rng = np.random.default_rng(5)
        z = states(80, last=0.5, rng=rng)

        cycle = learn_cycle(seen(z, rng, firms=20_000), ahead=AHEAD)

        assert cycle.pd.low < PD < cycle.pd.high
        assert 0.04 < cycle.rho < 0.16
        found = np.array([one.value for one in cycle.states])
        assert np.corrcoef(found, z)[0, 1] > 0.97

    def test_holds_the_next_year_as_often_as_it_says(self) -> None:
        """150 worlds of 8 quarters, of which it knows nothing but the counts."""
        rng = np.random.default_rng(11)
        inside = 0
        for _ in range(150):
            z = states(8 + AHEAD, last=rng.choice([0.0, 0.5, 0.8]), rng=rng)
            cycle = learn_cycle(seen(z[:8], rng), ahead=AHEAD)
            low, high = np.quantile(cycle.nodes, [0.05, 0.95])
            scale = np.sqrt(cycle.rho / (1 - cycle.rho))
            level = ndtri(cycle.pd.value) / np.sqrt(1 - cycle.rho)
            true = ndtri(rates(z[8:])).mean()
            inside += level + scale * low <= true <= level + scale * high

        # 150 trials at 0.9: 126 or more with a chance of 0.98.
        assert 126 <= inside <= 148

    def test_is_less_sure_of_a_year_ahead_than_of_one_seen(self) -> None:
        rng = np.random.default_rng(2)
        cycle = learn_cycle(seen(states(8, last=0.5, rng=rng), rng), ahead=1)

        low, high = np.quantile(cycle.nodes, [0.05, 0.95])

        assert all(high - low > one.high - one.low for one in cycle.states)

    @pytest.mark.parametrize("seed", range(3))
    def test_is_surer_the_more_periods_it_has(self, seed: int) -> None:
        rng = np.random.default_rng(seed)
        # Calm periods: that few of them were, does not prove that the next will be.
        periods = seen(np.zeros(40), rng, firms=5000)

        few, many = (learn_cycle(periods[-n:], ahead=AHEAD) for n in (4, 40))

        assert width(few) > 1.5 * width(many)

    def test_learns_from_a_series_that_leads(self) -> None:
        rng = np.random.default_rng(3)
        z = states(40, last=0.7, rng=rng)
        periods = seen(z, rng, series=-z)

        blind = learn_cycle([Period(p.name, p.firms, p.bads) for p in periods], ahead=1)
        bad, good = (learn_cycle(periods, ahead=1, series=s) for s in (-2.0, 2.0))

        assert bad.tells is not None
        assert bad.tells.high < 0
        assert np.mean(bad.nodes) > 1 > -1 > np.mean(good.nodes)
        assert width(bad) < width(blind)

    def test_learns_little_from_a_series_that_is_noise(self) -> None:
        rng = np.random.default_rng(4)
        z = states(12, last=0.0, rng=rng)

        cycle = learn_cycle(seen(z, rng, series=rng.normal(size=12)), ahead=1, series=0)

        assert cycle.tells is not None
        assert cycle.tells.low < 0 < cycle.tells.high

    def test_is_less_sure_where_the_series_was_never_before(self) -> None:
        rng = np.random.default_rng(6)
        series = rng.normal(size=8)
        periods = seen(np.zeros(8), rng, series=series)

        middle = float(series.mean())
        widths = [
            width(learn_cycle(periods, ahead=1, series=middle + away))
            for away in (0.0, 2.0, 4.0, 8.0)
        ]

        assert widths == sorted(widths)
        assert widths[-1] > 1.5 * widths[0]

    def test_takes_a_period_without_a_default(self) -> None:
        periods = [Period(f"Q{n}", 500, bads) for n, bads in enumerate((0, 0, 3, 5))]

        cycle = learn_cycle(periods, ahead=AHEAD)

        values = [one.value for one in cycle.states]
        assert values[0] < values[2] < values[3]

    @settings(max_examples=20, deadline=None)
    @given(
        st.lists(
            st.tuples(st.integers(1, 10**6), st.floats(0, 1)), min_size=4, max_size=12
        ),
        st.integers(1, 8),
    )
    def test_is_read_back_from_json_to_the_bit(
        self, told: list[tuple[int, float]], ahead: int
    ) -> None:
        periods = [
            Period(f"Q{n}", firms, int(firms * share))
            for n, (firms, share) in enumerate(told)
        ]

        cycle = learn_cycle(periods, ahead=ahead)

        assert cycle_of(json.loads(json.dumps(cycle.as_plain()))) == cycle
        assert 0 < cycle.rho < 1
        assert list(cycle.nodes) == sorted(cycle.nodes)
        for one in (cycle.pd, *cycle.states):
            assert one.low <= one.high

    @pytest.mark.parametrize(
        ("periods", "why"),
        [
            ([Period("Q0", 10, 1)] * 3, "3 periods are too few"),
            ([Period("Q0", 10, 11)] * 4, "Q0 has 11 defaults of 10 firms"),
            ([Period("Q0", 0, 0)] * 4, "Q0 has 0 defaults of 0 firms"),
            ([Period("Q0", 9, 1, 0.5)] * 4, "Q0 lacks"),
        ],
    )
    def test_is_refused_where_periods_say_nothing(
        self, periods: list[Period], why: str
    ) -> None:
        with pytest.raises(CycleError, match=why):
            learn_cycle(periods, ahead=1)
