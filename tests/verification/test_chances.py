"""Tails and discoveries against brute force, on the edge, and where nothing is odd."""

from collections.abc import Sequence
from fractions import Fraction
from math import comb

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats
from scipy.special import logsumexp

from xiaowei.verification.chances import _tail as tail_of
from xiaowei.verification.chances import count_tails, discoveries, gap_tails, scattered


def fitted(k: Sequence[int], n: Sequence[int]) -> tuple[float, float]:
    """Fit a beta distribution to all firms given, in the longhand of the method.

    The expected n-weighted spread of rates is
    within * ((firms - 1) * (1 - alike) + alike * (total - sum of n**2 / total)).
    """
    total = sum(n)
    rate = (sum(k) + 0.5) / (total + 1)
    within = rate * (1 - rate)
    spread = sum(t * (h / t - rate) ** 2 for h, t in zip(k, n, strict=True))
    firms = len(k) - 1
    room = total - sum(t**2 for t in n) / total - firms
    alike = (spread / within - firms) / room if room > 0 else 0
    alike = min(max(alike, 1e-4), 0.99)
    return rate * (1 / alike - 1), (1 - rate) * (1 / alike - 1)


def longhand(hits: Sequence[int], trials: Sequence[int]) -> list[float]:
    """Return the same tails with a fit per firm and scipy's beta-binomial."""
    tails = []
    for place, (k, n) in enumerate(zip(hits, trials, strict=True)):
        others = [q for q in range(len(hits)) if q != place]
        a, b = fitted([hits[q] for q in others], [trials[q] for q in others])
        tails.append(float(stats.betabinom.pmf(np.arange(k, n + 1), n, a, b).sum()))
    return tails


def exact_tail(k: int, n: int, a: int, b: int) -> float:
    """Return a beta-binomial tail for whole a and b, in fractions."""

    def rising(x: int, times: int) -> int:
        product = 1
        for step in range(times):
            product *= x + step
        return product

    return float(
        sum(
            Fraction(comb(n, j) * rising(a, j) * rising(b, n - j), rising(a + b, n))
            for j in range(k, n + 1)
        )
    )


firms = st.integers(1, 60).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n)))


class TestCountTails:
    @settings(max_examples=60, deadline=None)
    @given(st.lists(firms, min_size=2, max_size=30))
    def test_agree_with_a_fit_per_firm(self, counts: list[tuple[int, int]]) -> None:
        hits, trials = zip(*counts, strict=True)

        found = count_tails(hits, trials)

        assert found == pytest.approx(longhand(hits, trials), rel=1e-6, abs=1e-12)
        assert ((found >= 0) & (found <= 1)).all()

    def test_keep_their_digits_where_they_are_tiny(self) -> None:
        """A firm with 100 hits of 300 among peers of one in a hundred."""
        trials = [300] * 41
        hits = [3] * 40 + [100]

        (*_, tail) = count_tails(hits, trials)

        a, b = fitted(hits[:-1], trials[:-1])
        terms = stats.betabinom.logpmf(np.arange(100, 301), 300, a, b)
        assert 0 < tail < 1e-80
        assert np.log(tail) == pytest.approx(float(logsumexp(terms)), rel=1e-9)

    def test_are_exact_fractions_where_those_can_be_reckoned(self) -> None:
        for k, n, a, b in [(1, 1, 1, 1), (3, 10, 2, 5), (9, 10, 1, 1), (20, 20, 1, 9)]:
            assert tail_of(k, n, a, b) == pytest.approx(exact_tail(k, n, a, b))

    def test_leave_each_firm_out_of_its_own_peers(self) -> None:
        (*_, odd) = count_tails([1] * 40 + [30], [30] * 41)
        (*_, among) = count_tails([1] * 40 + [30] * 40, [30] * 80)

        assert odd < 1e-6
        assert among > 0.1

    @pytest.mark.parametrize(
        ("hits", "trials"),
        [
            ([0] * 30, [5] * 30),
            ([5] * 30, [5] * 30),
            ([3] * 30, [10] * 30),
            ([0, 1] * 15, [1] * 30),
            ([1], [1]),
            ([0, 4], [4, 4]),
            ([1] * 29 + [10**6], [10] * 29 + [10**6]),
        ],
    )
    def test_are_chances_on_every_edge(
        self, hits: list[int], trials: list[int]
    ) -> None:
        found = count_tails(hits, trials)

        assert len(found) == len(hits)
        assert np.isfinite(found).all()
        assert ((found >= 0) & (found <= 1)).all()

    def test_are_1_without_a_hit(self) -> None:
        assert count_tails([0, 3, 2, 1], [5, 5, 5, 5])[0] == 1

    def test_bear_a_hundred_thousand_firms(self) -> None:
        rng = np.random.default_rng(0)
        trials = rng.integers(10, 200, 100_000)
        hits = rng.binomial(trials, rng.beta(2, 8, len(trials)))

        found = count_tails(hits.tolist(), trials.tolist())

        assert np.mean(found <= 0.05) == pytest.approx(0.04, abs=0.02)

    @pytest.mark.parametrize("few", [5, 50])
    def test_do_not_call_too_many_odd_where_none_is(self, few: int) -> None:
        """Rates are beta distributed; a tail of at most 1% is that rare or rarer."""
        rng = np.random.default_rng(4)
        tails = []
        for _ in range(20):
            trials = rng.integers(few, 4 * few, 300)
            hits = rng.binomial(trials, rng.beta(1.5, 4, len(trials)))
            tails.append(count_tails(hits.tolist(), trials.tolist()))

        assert np.mean(np.concatenate(tails) <= 0.01) < 0.015


class TestGapTails:
    def test_are_half_at_the_median_and_fall_beyond_it(self) -> None:
        gaps = [*range(41)]

        found = gap_tails(gaps)

        assert found[20] == 0.5
        assert (np.diff(found) < 0).all()

    def test_do_not_move_with_unit_nor_with_a_few_liars(self) -> None:
        gaps = np.random.default_rng(1).normal(size=200)
        lied = gaps.copy()
        lied[:5] = 50

        assert gap_tails((3 + 7 * gaps).tolist()) == pytest.approx(
            gap_tails(gaps.tolist())
        )
        assert (gap_tails(lied.tolist())[:5] < 1e-4).all()

    def test_bear_gaps_that_are_all_the_same(self) -> None:
        assert gap_tails([2.0] * 30).tolist() == [0.5] * 30


class TestDiscoveries:
    @settings(max_examples=200, deadline=None)
    @given(st.lists(st.floats(0, 1), max_size=12), st.sampled_from([0.01, 0.05, 0.3]))
    def test_are_the_largest_set_whose_bound_holds(
        self, tails: list[float], rate: float
    ) -> None:
        found = discoveries(tails, rate=rate).tolist()

        sizes = [
            size
            for size in range(len(tails) + 1)
            if size == 0 or sorted(tails)[size - 1] * len(tails) / size <= rate
        ]
        cut = sorted(tails)[max(sizes) - 1] if max(sizes) else -1.0
        assert sum(found) == max(sizes)
        assert all(tail <= cut for tail, out in zip(tails, found, strict=True) if out)

    def test_are_none_of_none(self) -> None:
        assert discoveries([], rate=0.05).tolist() == []

    def test_hold_false_ones_down_where_none_is_true(self) -> None:
        rng = np.random.default_rng(8)

        worlds = [
            discoveries(rng.random(300).tolist(), rate=0.05).any() for _ in range(600)
        ]

        assert np.mean(worlds) < 0.08


class TestScattered:
    def test_draws_in_what_calls_too_many_and_keeps_the_order(self) -> None:
        rng = np.random.default_rng(8)
        honest = rng.random(5_000)
        wild = honest**1.6

        drawn = scattered(wild)

        assert (drawn <= 0.05).mean() == pytest.approx(0.05, abs=0.002)
        assert (drawn <= 0.01).mean() == pytest.approx(0.01, abs=0.004)
        assert (np.argsort(drawn) == np.argsort(wild)).all()

    def test_leaves_what_keeps_its_rate_as_it_is(self) -> None:
        tails = np.linspace(0.05, 1, 500)

        assert scattered(tails) is tails

    def test_leaves_few_firms_as_they_are(self) -> None:
        tails = np.full(5, 1e-6)

        assert scattered(tails) is tails
