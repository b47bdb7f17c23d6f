"""Reasons add up to the PD, name nothing that may not be named, and stand or not."""

from typing import Any

import numpy as np
import pandas as pd
import pytest
from scipy.stats import kendalltau
from sklearn.base import clone
from tests.risk.test_estimators import MODELS, every_model, firms

from xiaowei.policy.reasons.reading import read_families
from xiaowei.risk.estimator import RiskModel
from xiaowei.risk.refits import Cases, refits
from xiaowei.risk.scorecard import Scorecard
from xiaowei.risk.why.firmness import NoReasonsError, firmness_of, taus_of
from xiaowei.risk.why.parts import Parts, parts_of
from xiaowei.risk.why.told import told_of

FAMILIES = read_families(
    """
families:
  paying: {title: {zh: 还款, en: paying}, traits: [days_*]}
  firm: {title: {zh: 企业, en: the firm}, traits: [trade, founded]}
withheld:
  web:
    title: {zh: 上网, en: online}
    why: {zh: 不得使用, en: may not be used}
    traits: [online]
    set_by: test
    reference: {title: Test}
""",
    file="test.yaml",
)


def learnt(model: RiskModel) -> Any:  # noqa: ANN401 - the kinds differ
    frame, bad = firms()
    return clone(model).fit(frame, bad)


def parts(**traits: list[float]) -> Parts:
    baseline = -2.0
    table = pd.DataFrame(traits)
    terms = tuple(tuple(name.split(" & ")) for name in traits)
    return Parts(table, terms, baseline, baseline + table.to_numpy().sum(axis=1))


class TestPartsOf:
    @every_model
    def test_add_up_to_the_log_odds_of_the_pd(self, model: RiskModel) -> None:
        mine, (frame, _) = learnt(model), firms(1)
        approved = firms(2)[0].head(300)
        for reference in (None, approved):
            found = parts_of(mine, frame, reference=reference)
            pd_ = 1 / (1 + np.exp(-found.log_odds))
            np.testing.assert_allclose(pd_, mine.pd(frame), rtol=0, atol=1e-9)
        mean = parts_of(mine, approved, reference=approved).traits.mean()
        np.testing.assert_allclose(mean, 0, atol=1e-12)

    def test_give_a_card_without_a_line_a_row_per_firm(self) -> None:
        frame, bad = firms()
        card = Scorecard().fit(frame[["same"]], bad)
        found = parts_of(card, frame[["same"]])

        np.testing.assert_allclose(
            1 / (1 + np.exp(-found.log_odds)), card.pd(frame[["same"]]), atol=1e-9
        )
        assert told_of(found, FAMILIES).adverse(0, most=3) == []

    def test_are_refused_of_another_model(self) -> None:
        with pytest.raises(TypeError, match="does not say"):
            parts_of(RiskModel(), firms()[0])


class TestToldOf:
    @every_model
    def test_adds_up_to_log_odds_less_the_baseline(self, model: RiskModel) -> None:
        frame, _ = firms(1)
        found = parts_of(learnt(model), frame)
        told = told_of(found, FAMILIES)

        np.testing.assert_allclose(
            told.added.sum(axis=1), found.log_odds - found.baseline, atol=1e-12
        )

    @every_model
    def test_never_names_what_may_not_be_named(self, model: RiskModel) -> None:
        told = told_of(parts_of(learnt(model), firms(1)[0].head(200)), FAMILIES)
        for place in range(200):
            for reason in told.adverse(place, most=9):
                assert not reason.family.withheld
                assert "online" not in " ".join(reason.traits)

    def test_sorts_adverse_reasons_and_leaves_out_what_helps(self) -> None:
        told = told_of(
            parts(
                days_late=[0.2], trade=[0.7], founded=[-0.1], online=[2.0], moon=[-1]
            ),
            FAMILIES,
        )
        found = told.adverse(0, most=5)

        assert [one.family.key for one in found] == ["firm", "paying"]
        assert found[0].log_odds == pytest.approx(0.6)
        assert found[0].traits == ("trade",)
        assert told.withheld.tolist() == [2.0]
        assert told.ranked(5).shape == (1, 5)
        assert len(told.adverse(0, most=1)) == 1

    def test_shares_a_pair_between_its_families(self) -> None:
        told = told_of(
            parts(**{"days_late & trade": [1.0], "trade & online": [0.5]}), FAMILIES
        )
        by_key = dict(
            zip([f.key for f in told.families], told.added[0].tolist(), strict=True)
        )

        assert by_key == {"firm": 0.5, "paying": 0.5, "web": 0.5}


class TestTausOf:
    def test_are_those_of_scipy(self) -> None:
        rng = np.random.default_rng(3)
        one, other = rng.integers(0, 5, (2, 40, 7)).astype(float)

        np.testing.assert_allclose(
            taus_of(one, other),
            [kendalltau(a, b).statistic for a, b in zip(one, other, strict=True)],
            atol=1e-12,
        )

    def test_are_unknown_where_all_is_equal(self) -> None:
        assert np.isnan(taus_of(np.zeros((1, 3)), np.eye(3)[:1])).all()


def anew(
    model: RiskModel, cases: Cases, *, draws: int, seed: int = 1
) -> list[RiskModel]:
    generator = np.random.default_rng(seed)
    return list(refits(model, cases, draws=draws, generator=generator))


class TestFirmnessOf:
    def test_is_high_where_much_is_known_and_low_of_noise(self) -> None:
        found = []
        for strength in (1.5, 0.05):
            rng = np.random.default_rng(5)
            table = pd.DataFrame(rng.normal(size=(3_000, 4)), columns=list("abcd"))
            odds = -1 + strength * (table @ np.array([1.0, 0.75, 0.5, 0.25]))
            bad = (rng.random(3_000) < 1 / (1 + np.exp(-odds))).astype(np.int64)
            card = Scorecard(min_iv=0.0).fit(table, bad)
            others = anew(card, Cases(table, bad), draws=12)
            found.append(firmness_of(card, others, table.head(500), families=FAMILIES))
        sure, noise = found

        assert (sure.families, sure.draws) == (4, 12)
        assert sure.tau.low > 0.8
        assert noise.tau.value < 0.5
        assert sure.kept is not None
        assert noise.kept is not None
        assert sure.kept.value > noise.kept.value + 0.2

    def test_needs_a_model_that_tells(self) -> None:
        frame, bad = firms()
        card = Scorecard().fit(frame[["same"]], bad)

        with pytest.raises(NoReasonsError, match="tells no firm"):
            firmness_of(card, [card], frame[["same"]], families=FAMILIES)

    def test_is_one_of_the_model_itself(self) -> None:
        frame, bad = firms(count=600)
        model = clone(MODELS[1]).fit(frame, bad)
        told = firmness_of(model, [model, model], frame, families=FAMILIES)

        assert told.tau.value == pytest.approx(1)
        assert told.firm_share == 1
        assert told.kept is not None
        assert told.kept.value == pytest.approx(1)
