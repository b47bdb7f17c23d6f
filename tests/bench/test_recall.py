"""Recall at a rate of false alarms, as benches measure it."""

import numpy as np
import pytest
from bench.peers.deceit import Floats, Judged
from bench.peers.recall import DRAWS, Draws, between

FIRMS = 4_000


def judged(liars: Floats) -> Judged:
    """Four counties of firms, some of whom deceive."""
    none = np.zeros(FIRMS)
    return Judged(
        said={},
        heard={},
        tails={},
        rules=none,
        kind=np.where(liars > 0, "fake_sales", "").astype(np.str_),
        intensity=none,
        camouflage=np.zeros(FIRMS, dtype=np.int64),
        section=np.full(FIRMS, "C"),
        outrun=none,
        world=np.arange(FIRMS) % 4,
    )


def recall(score: Floats, liars: Floats, *, rate: float) -> tuple[float, float, float]:
    """A value and its bounds."""
    draws = Draws(judged(liars))
    honest = liars == 0
    return between(draws.recall(score, ~honest, draws.limits(score, honest, rate=rate)))


@pytest.fixture(scope="module")
def liars() -> Floats:
    """One firm in ten deceives."""
    return np.asarray((np.arange(FIRMS) % 10 == 0).astype(np.float64))


def test_is_the_rate_itself_where_nothing_is_told(liars: Floats) -> None:
    value, low, high = recall(np.zeros(FIRMS), liars, rate=0.05)

    assert value == pytest.approx(0.05)
    assert low == pytest.approx(0.05)
    assert high == pytest.approx(0.05)


def test_is_whole_where_all_is_told(liars: Floats) -> None:
    assert recall(liars, liars, rate=0.01) == (1.0, 1.0, 1.0)


def test_is_what_the_normal_curve_has(liars: Floats) -> None:
    rng = np.random.default_rng(6)
    score = rng.normal(2 * liars, 1)

    value, low, high = recall(score, liars, rate=0.05)

    assert value == pytest.approx(0.6388, abs=0.06)
    assert low < 0.6388 < high
    assert 0.03 < high - low < 0.2


def test_draws_the_sample_itself_first_and_whole_counties(liars: Floats) -> None:
    draws = Draws(judged(liars))

    assert draws.times.shape == (DRAWS + 1, FIRMS)
    assert draws.times[0].tolist() == [1.0] * FIRMS
    of_county = draws.times[1:].reshape(DRAWS, FIRMS // 4, 4).mean(axis=1)
    assert of_county.mean() == pytest.approx(1.0, abs=0.05)
    assert of_county.std() == pytest.approx(np.sqrt(0.75), rel=0.1)
