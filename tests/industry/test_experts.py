"""What experts weigh, how they are pooled, and what that does to a PD."""

from dataclasses import replace
from datetime import date
from math import exp, log

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xiaowei.industry.experts import (
    Settled,
    expert_weights,
    opinion_effect,
    opinion_priors,
    pool,
    settled,
    track,
)
from xiaowei.industry.opinions import Opinion


def opinion(expert: str, shift: float, confidence: float = 1.0) -> Opinion:
    return Opinion(
        expert=expert,
        day=date(2026, 1, 15),
        kind="case",
        about="E1",
        shift=shift,
        confidence=confidence,
        reasoning="two large orders lost",
        saw_model=False,
    )


def past(expert: str, stated: float, times: int) -> list[Settled]:
    return [Settled(expert=expert, model=0.1, stated=stated, outcome=0.2)] * times


class TestTrack:
    def test_is_the_ratio_of_errors_drawn_towards_1(self) -> None:
        worth = track([*past("good", 0.15, 20), *past("bad", 0.0, 20)], record=20)

        # Squared errors are a quarter of the model's and four times as large.
        assert worth["good"] == pytest.approx(40 / (20 + 20 * 0.25))
        assert worth["bad"] == pytest.approx(40 / (20 + 20 * 4))

    def test_hardly_counts_a_single_opinion(self) -> None:
        assert track(past("new", 0.19, 1), record=20)["new"] < 1.06

    def test_settles_an_opinion_by_its_confidence(self) -> None:
        (one,) = settled(
            opinion("a", 1.0, 0.5), model={"E1": 0.1}, outcomes={"E1": 1.0}
        )

        assert one.stated / (1 - one.stated) == pytest.approx(exp(0.5) / 9)

    def test_counts_an_opinion_on_a_trade_once_however_many_its_firms(self) -> None:
        model = {f"E{n}": 0.1 for n in range(100)}
        outcomes = {f"E{n}": float(n < 20) for n in range(90)}
        lines = settled(opinion("a", 1.0, 0.5), model=model, outcomes=outcomes)

        assert len(lines) == 90
        assert sum(one.share for one in lines) == pytest.approx(1)
        # 20 of 90 defaulted, the model said 10%: to say that it is worse was right.
        assert 1 < track(lines, record=20)["a"] < 1.01

    def test_settles_nothing_where_nothing_is_known(self) -> None:
        assert not settled(opinion("a", 1.0, 0.5), model={"E1": 0.1}, outcomes={})
        assert not settled(opinion("a", 1.0, 0.5), model={}, outcomes={"E1": 1.0})


class TestExpertWeights:
    def test_are_as_judged_then_by_record(self) -> None:
        weights = expert_weights(
            ["a", "b", "c"], judged={"a": 0.6, "b": 0.2}, record={"b": 2.0}
        )

        # 0.6, 0.2 * 2 and, not judged, the mean of 0.4.
        assert weights == pytest.approx({"a": 3 / 7, "b": 2 / 7, "c": 2 / 7})

    def test_are_equal_where_nothing_is_known(self) -> None:
        assert expert_weights(["a", "b"]) == {"a": 0.5, "b": 0.5}


class TestPool:
    def test_is_the_mean_with_how_far_they_differ(self) -> None:
        pooled = pool([opinion("a", 0.1), opinion("b", 0.5)])

        assert pooled is not None
        assert pooled.shift == pytest.approx(0.3)
        assert pooled.dispersion == pytest.approx(0.08**0.5)
        assert "dispersion 0.28" in pooled.text.en

    def test_knows_no_dispersion_of_one(self) -> None:
        pooled = pool([opinion("a", 0.1)])

        assert pooled is not None
        assert pooled.dispersion is None
        assert "离散度–" in pooled.text.zh

    def test_is_none_where_nobody_is_sure_of_anything(self) -> None:
        assert pool([]) is None
        assert pool([opinion("a", 0.4, 0.0)]) is None

    def test_is_a_prior_as_unsure_as_they_differ(self) -> None:
        agreed, torn, shy = (
            pool([opinion("a", 0.2 - far, sure), opinion("b", 0.2 + far, sure)])
            for far, sure in ((0.0, 1.0), (0.5, 1.0), (0.0, 0.5))
        )

        assert agreed is not None
        assert torn is not None
        assert shy is not None
        assert agreed.prior(least_sd=0.2).coefficient == pytest.approx(exp(0.2))
        assert agreed.prior(least_sd=0.2).variance == pytest.approx(0.04)
        assert torn.prior(least_sd=0.2).variance == pytest.approx(0.04 + 0.5 / 2)
        assert shy.prior(least_sd=0.2).variance == pytest.approx(0.08)


class TestOpinionPriors:
    def test_are_of_trades_on_which_an_opinion_stands(self) -> None:
        trade = replace(opinion("a", 0.3), kind="industry", about="6210")
        old = replace(trade, about="C", day=date(2020, 1, 1))
        priors = opinion_priors(
            [trade, replace(trade, expert="b", about="H621"), old, opinion("c", 1.0)],
            on=date(2026, 3, 1),
            months=12,
            least_sd=0.2,
        )

        assert priors.keys() == {"H621"}
        assert priors["H621"].coefficient == pytest.approx(exp(0.3))


class TestOpinionEffect:
    def test_is_one_line_with_the_models_own_beside_it(self) -> None:
        pooled = pool([opinion("a", 0.2), opinion("b", 0.3, 0.5)])
        assert pooled is not None
        effect = opinion_effect(0.05, pooled, cap=0.35, points_to_double=20)

        assert effect.shift == pytest.approx((0.2 + 0.3 * 0.5) / 2)
        assert effect.points == round(-20 * effect.shift / log(2)) == -5
        assert effect.model_pd == 0.05
        assert "PD 5.00% (model) → 5.90%" in effect.line.en
        assert "-5分" in effect.line.zh
        assert "\n" not in effect.line.zh

    @given(st.floats(-2, 2), st.floats(0.001, 0.999))
    def test_never_passes_its_cap(self, shift: float, pd: float) -> None:
        pooled = pool([opinion("a", shift)])
        assert pooled is not None
        effect = opinion_effect(pd, pooled, cap=0.35, points_to_double=20)

        moved = log(effect.pd / (1 - effect.pd)) - log(pd / (1 - pd))
        assert abs(moved) <= 0.35 + 1e-9
        assert effect.capped == (abs(shift) > 0.35)
        assert ("cut at the cap" in effect.line.en) == effect.capped
