"""Fitting finds what was planted and obeys the experts' signs."""

import numpy as np
from sklearn.linear_model import LogisticRegression
from tests.risk.conftest import Planted

from xiaowei.risk.card import ANCHOR
from xiaowei.risk.fit import SHRINKAGE, Expected, calibrate, fit_card, fit_lines
from xiaowei.risk.pd import PD_TRAITS
from xiaowei.risk.sample import Sample


class TestFit:
    def test_equals_a_ridge_regression_where_no_sign_binds(
        self, planted: Planted
    ) -> None:
        sample, defaulted = planted(firms=800)
        card = fit_lines(sample, defaulted, expected=PD_TRAITS)
        columns = np.column_stack(
            [
                (
                    np.clip(
                        np.sign(v) * np.log1p(np.abs(v)) if one.logged else v,
                        line.low,
                        line.high,
                    )
                    - line.centre
                )
                / line.scale
                for one, line in zip(PD_TRAITS, card.lines, strict=True)
                for v in [sample.traits[one.trait]]
            ]
        )

        peer = LogisticRegression(C=1 / SHRINKAGE, tol=1e-10, max_iter=1000).fit(
            columns, defaulted
        )

        weights = [line.weight for line in card.lines]
        assert np.allclose(weights, peer.coef_[0], atol=1e-4)

    def test_gives_no_weight_against_the_experts_sign(self) -> None:
        rng = np.random.default_rng(3)
        values = rng.normal(size=300)
        defaulted = (values + rng.normal(size=300) > 1).astype(np.int64)
        sample = Sample(tuple(map(str, range(300))), {"t": values})

        wrong = fit_lines(
            sample,
            defaulted,
            expected=[Expected("t", "lower_is_riskier", logged=False)],
        )
        right = fit_lines(
            sample,
            defaulted,
            expected=[Expected("t", "higher_is_riskier", logged=False)],
        )

        assert wrong.lines[0].weight == 0
        assert right.lines[0].weight > 0.5

    def test_is_the_same_twice(self, planted: Planted) -> None:
        sample, defaulted = planted()

        cards = [
            fit_card(
                sample,
                defaulted,
                expected=PD_TRAITS,
                generator=np.random.default_rng(7),
            )
            for _ in range(2)
        ]

        assert cards[0] == cards[1]

    def test_takes_a_trait_that_is_never_known(self, planted: Planted) -> None:
        sample, defaulted = planted()
        unknown = {**sample.traits, "sales_24m": np.full(len(sample), np.nan)}

        card = fit_lines(Sample(sample.ids, unknown), defaulted, expected=PD_TRAITS)

        assert card.lines[0].weight == 0


class TestCalibration:
    def test_finds_the_odds_behind_scores(self) -> None:
        rng = np.random.default_rng(5)
        score = np.rint(rng.normal(ANCHOR, 40, 20_000)).astype(np.int64)
        odds = -1.0 + 0.8 * (ANCHOR - score) * np.log(2) / 20
        defaulted = (rng.random(20_000) < 1 / (1 + np.exp(-odds))).astype(np.int64)

        intercept, slope = calibrate(score, defaulted)

        assert abs(intercept + 1.0) < 0.06
        assert abs(slope - 0.8) < 0.06

    def test_never_turns_a_card_round(self) -> None:
        score = np.array([500, 520, 680, 700] * 30)
        defaulted = np.array([0, 0, 1, 1] * 30)

        _, slope = calibrate(score, defaulted)

        assert slope == 0
