"""Two orders of the same applicants are compared at equal bad rate."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import norm

from xiaowei.risk.frontier import (
    Comparison,
    FrontierError,
    compare,
    frontier_of,
    share_at,
)
from xiaowei.risk.sample import Floats, Ints

MANY = 200_000


def scored(bad: Ints, auc: float, rng: np.random.Generator) -> Floats:
    """Risks of equal spread among goods and bads that have an AUC (binormal)."""
    return np.asarray(rng.normal(size=len(bad)) + bad * np.sqrt(2) * norm.ppf(auc))


def drawn(count: int, rng: np.random.Generator, rate: float = 0.1) -> Ints:
    return (rng.random(count) < rate).astype(np.int64)


class TestCompare:
    @pytest.mark.parametrize(
        ("auc", "low", "high"), [(0.78, 0.33, 0.41), (0.80, 0.42, 0.51)]
    )
    def test_gains_what_theory_says(self, auc: float, low: float, high: float) -> None:
        rng = np.random.default_rng(1)
        bad = drawn(MANY, rng)
        found = compare(
            scored(bad, 0.72, rng), scored(bad, auc, rng), bad,
            approved=0.5, generator=rng, draws=10,
        )  # fmt: skip

        # Equal-variance binormal scores, from AUC 0.72 at half approved.
        assert low < found.gain.value < high
        assert found.saved.value > 0

    def test_gains_nothing_from_an_order_as_good(self) -> None:
        gains, covered = [], 0
        for seed in range(40):
            rng = np.random.default_rng(seed)
            bad = drawn(1_500, rng)
            found = compare(
                scored(bad, 0.72, rng), scored(bad, 0.72, rng), bad,
                approved=0.5, generator=rng, draws=100,
            )  # fmt: skip
            gains.append(found.gain.value)
            covered += found.gain.low <= 0 <= found.gain.high

        assert abs(np.mean(gains)) < 4 * np.std(gains) / np.sqrt(len(gains))
        assert covered >= 34

    def test_of_an_order_with_itself_swaps_nobody(self) -> None:
        rng = np.random.default_rng(2)
        bad = drawn(400, rng)
        risk = np.round(scored(bad, 0.8, rng))
        found = compare(risk, risk, bad, approved=0.37, generator=rng, draws=20)

        assert found.gain.value == pytest.approx(0)
        assert found.swap.into.applicants == pytest.approx(0)
        assert found.swap.into.bad_rate is None
        assert found.swap.both.applicants == pytest.approx(0.37 * 400)

    def test_swaps_as_many_in_as_out(self) -> None:
        rng = np.random.default_rng(3)
        bad = drawn(500, rng)
        found = compare(
            np.round(scored(bad, 0.6, rng)), scored(bad, 0.8, rng), bad,
            approved=0.6, generator=rng, draws=20,
        )  # fmt: skip
        swap = found.swap

        assert swap.into.applicants == pytest.approx(swap.out.applicants)
        whole = (swap.both, swap.out, swap.into, swap.neither)
        assert sum(part.applicants for part in whole) == pytest.approx(500)

    def test_is_less_sure_where_firms_of_one_owner_fare_alike(self) -> None:
        rng = np.random.default_rng(4)
        owner = np.repeat(np.arange(100), 10)
        bad = drawn(100, rng, 0.2)[owner]
        old, new = (
            rng.normal(size=100)[owner],
            (scored(drawn(100, rng), 0.5, rng))[owner],
        )
        alone, together = (
            compare(
                old, new, bad, approved=0.5, generator=np.random.default_rng(0),
                groups=groups, draws=200,
            )
            for groups in (None, owner.tolist())
        )  # fmt: skip

        def width(found: Comparison) -> float:
            return found.bad_rate.high - found.bad_rate.low

        assert together.groups == 100
        assert width(together) > 2 * width(alone)

    @pytest.mark.parametrize("approved", [0.0, 1.0, -0.1])
    def test_needs_a_share(self, approved: float) -> None:
        risk, bad = np.array([0.1, 0.2]), np.array([0, 1])
        with pytest.raises(FrontierError, match="share approved"):
            compare(
                risk, risk, bad, approved=approved, generator=np.random.default_rng(0)
            )

    def test_needs_known_risks_and_both_outcomes(self) -> None:
        rng, risk = np.random.default_rng(0), np.array([0.1, np.nan])
        with pytest.raises(FrontierError, match="not known"):
            compare(risk, risk, np.array([0, 1]), approved=0.5, generator=rng)
        with pytest.raises(FrontierError, match="fared alike"):
            compare(
                np.ones(2), np.ones(2), np.zeros(2, int), approved=0.5, generator=rng
            )


@st.composite
def worlds(draw: st.DrawFn) -> tuple[Floats, Ints, Floats]:
    count = draw(st.integers(2, 30))
    risk = draw(st.lists(st.integers(0, 6), min_size=count, max_size=count))
    bad = draw(st.lists(st.integers(0, 1), min_size=count, max_size=count))
    weight = draw(st.lists(st.integers(0, 3), min_size=count, max_size=count))
    weight[0] += 1
    return np.array(risk, float), np.array(bad), np.array(weight, float)


class TestFrontier:
    @settings(max_examples=150)
    @given(worlds())
    def test_never_falls_and_ends_at_the_rate_of_all(
        self, world: tuple[Floats, Ints, Floats]
    ) -> None:
        risk, bad, weight = world
        rates = frontier_of(risk, bad, weight)(np.linspace(0.05, 1, 20))

        assert (np.diff(rates) >= -1e-9).all()
        assert rates[-1] == pytest.approx((bad * weight).sum() / weight.sum())

    @settings(max_examples=150)
    @given(worlds(), st.floats(0, 1))
    def test_share_at_a_bad_rate_has_it_and_no_larger_share_does(
        self, world: tuple[Floats, Ints, Floats], bad_rate: float
    ) -> None:
        risk, bad, weight = world
        share = share_at(risk, bad, weight, bad_rate=bad_rate)
        at = frontier_of(risk, bad, weight)
        if share > 1e-9:
            assert at(np.array([share]))[0] <= bad_rate + 1e-9
        if share < 1 - 1e-6:
            assert at(np.array([min(1.0, share + 1e-3)]))[0] > bad_rate - 1e-9

    def test_counts_weights_as_so_many_firms(self) -> None:
        risk, bad = np.array([1.0, 2, 3, 3]), np.array([0, 1, 0, 1])
        weight = np.array([2.0, 1, 3, 0])
        each = np.repeat(np.arange(4), weight.astype(int))
        grid = np.linspace(0.1, 1, 10)

        weighed = frontier_of(risk, bad, weight)(grid)
        plain = frontier_of(risk[each], bad[each], np.ones(6))(grid)
        assert weighed == pytest.approx(plain)
