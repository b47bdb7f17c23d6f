"""Measures equal the library's where it has them; intervals cover what they should."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.metrics import brier_score_loss, cohen_kappa_score, roc_auc_score

from xiaowei.risk import measures

OUTCOMES = st.integers(0, 10_000)


class TestMeasures:
    @given(OUTCOMES)
    def test_equal_scikit_learn(self, seed: int) -> None:
        rng = np.random.default_rng(seed)
        pd = np.round(rng.random(60), 1)
        defaulted = np.append(rng.integers(0, 2, 58), [0, 1])
        given_, found = rng.integers(0, 4, 60), rng.integers(0, 4, 60)

        assert abs(measures.auc(pd, defaulted) - roc_auc_score(defaulted, pd)) < 1e-12
        assert (
            abs(measures.brier(pd, defaulted) - brier_score_loss(defaulted, pd)) < 1e-12
        )
        peer = cohen_kappa_score(
            given_, found, labels=[0, 1, 2, 3], weights="quadratic"
        )
        assert abs(measures.qwk(given_, found) - peer) < 1e-12

    def test_draw_the_curve_that_the_area_measures(self) -> None:
        rng = np.random.default_rng(4)
        pd, defaulted = rng.random(200), rng.integers(0, 2, 200)
        curve = np.array(measures.roc(pd, defaulted))

        area = np.trapezoid(curve[:, 1], curve[:, 0])

        assert abs(area - measures.auc(pd, defaulted)) < 1e-12
        assert measures.ks(pd, defaulted) == max(curve[:, 1] - curve[:, 0])

    def test_call_exact_probabilities_calibrated(self) -> None:
        rng = np.random.default_rng(8)
        pd = rng.beta(1, 4, 20_000)
        defaulted = (rng.random(20_000) < pd).astype(np.int64)

        intercept, slope = measures.slope(pd, defaulted)

        assert measures.ece(pd, defaulted) < 0.015
        assert abs(slope - 1) < 0.06
        assert abs(intercept) < 0.06

    def test_call_overconfident_probabilities_too_steep(self) -> None:
        rng = np.random.default_rng(8)
        odds = rng.normal(-1, 1, 5000)
        defaulted = (rng.random(5000) < 1 / (1 + np.exp(-odds))).astype(np.int64)

        _, slope = measures.slope(1 / (1 + np.exp(-3 * odds)), defaulted)

        assert slope < 0.45


class TestInterval:
    @settings(max_examples=5, deadline=None)
    @given(st.integers(0, 1000))
    def test_covers_its_value(self, seed: int) -> None:
        rng = np.random.default_rng(seed)
        defaulted = np.append(rng.integers(0, 2, 98), [0, 1])
        pd = np.clip(0.3 * defaulted + rng.random(100), 0, 1)

        found = measures.interval(
            lambda at: measures.auc(pd[at], defaulted[at]),
            firms=defaulted,
            generator=np.random.default_rng(0),
        )

        assert found.low <= found.value <= found.high

    def test_covers_the_truth_about_as_often_as_it_says(self) -> None:
        truth, covered = 0.7602, 0  # Phi(1 / sqrt 2), goods N(0, 1), bads N(1, 1)
        for seed in range(60):
            rng = np.random.default_rng(seed)
            defaulted = np.repeat([0, 1], [96, 27])
            risk = rng.normal(size=123) + defaulted
            found = measures.interval(
                lambda at, risk=risk, defaulted=defaulted: measures.auc(
                    risk[at], defaulted[at]
                ),  # type: ignore[misc]
                firms=defaulted,
                generator=rng,
                draws=300,
            )
            covered += found.low <= truth <= found.high

        assert covered >= 51  # 95% of 60 is 57; below 51 by chance once in 200


class TestLevelAndSpread:
    @settings(deadline=None)
    @given(seed=OUTCOMES, stretch=st.floats(0.3, 30))
    def test_is_that_of_an_unpenalised_logistic_regression(
        self, seed: int, stretch: float
    ) -> None:
        rng = np.random.default_rng(seed)
        odds = rng.normal(-1, 1, 400)
        defaulted = (rng.random(400) < 1 / (1 + np.exp(-odds))).astype(np.int64)
        told = np.clip(odds * stretch, -13, 13)
        level, spread = measures.level_and_spread(1 / (1 + np.exp(-told)), defaulted)

        # At the least loss both derivatives are nothing, however far apart PDs lie.
        gap = defaulted - 1 / (1 + np.exp(-(level + spread * told)))
        assert abs(gap.sum()) < 1e-3
        assert abs(gap @ told) < 1e-3 * np.abs(told).sum() / 10
