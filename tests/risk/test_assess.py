"""Assessments: intervals hold the PD, reasons add up, too little is refused."""

import numpy as np
import pytest
from tests.risk.conftest import Planted

from xiaowei.risk.assess import Assessment, Outcomes, assess, learn
from xiaowei.risk.measures import auc
from xiaowei.risk.pd import PD_TRAITS
from xiaowei.risk.reasons import reasons, value_said
from xiaowei.risk.sample import Ints, Sample, TooFewOutcomesError
from xiaowei.risk.validation import held_out_pd


def outcomes(sample: Sample, defaulted: Ints) -> Outcomes:
    return Outcomes(dict(zip(sample.ids, map(int, defaulted), strict=True)), {})


def assessed(sample: Sample, defaulted: Ints) -> list[Assessment]:
    models = learn(sample, outcomes(sample, defaulted), expected=PD_TRAITS)
    return assess(sample, models)


class TestAssessment:
    def test_holds_its_pd_in_its_interval(self, planted: Planted) -> None:
        for one in assessed(*planted()):
            assert 0 <= one.pd_low <= one.pd <= one.pd_high <= 1

    def test_is_the_same_twice(self, planted: Planted) -> None:
        assert assessed(*planted(firms=150)) == assessed(*planted(firms=150))

    def test_is_surer_with_more_firms(self, planted: Planted) -> None:
        def width(firms: int) -> float:
            found = assessed(*planted(firms=firms))
            return float(np.mean([one.pd_high - one.pd_low for one in found]))

        assert width(1200) < width(150)

    def test_says_what_is_unknown(self, planted: Planted) -> None:
        sample, defaulted = planted()
        sample.traits["sales_void_share_24m"][7] = np.nan

        found = assessed(sample, defaulted)

        assert found[7].unknown == ("sales_void_share_24m",)
        assert found[8].unknown == ()

    @pytest.mark.parametrize(("goods", "bads"), [(100, 9), (9, 100), (0, 0)])
    def test_is_refused_where_too_few_outcomes_are_known(
        self, planted: Planted, goods: int, bads: int
    ) -> None:
        sample, _ = planted(firms=120)
        known = dict(zip(sample.ids, [0] * goods + [1] * bads, strict=False))

        with pytest.raises(
            TooFewOutcomesError, match=f"{bads} defaults and {goods} firms"
        ):
            learn(sample, Outcomes(known, {}), expected=PD_TRAITS)


class TestReasons:
    def test_add_up_to_the_score(self, planted: Planted) -> None:
        sample, defaulted = planted()

        for place, one in enumerate(assessed(sample, defaulted)):
            told = reasons(one, sample, place=place)
            assert one.base + sum(reason.points for reason in told) == one.score

    def test_name_first_what_cost_most(self, planted: Planted) -> None:
        sample, defaulted = planted()

        told = reasons(assessed(sample, defaulted)[0], sample, place=0)

        points = [reason.points for reason in told]
        assert points == sorted(points)

    def test_say_the_points_they_give_in_both_languages(self, planted: Planted) -> None:
        sample, defaulted = planted()
        sample.traits["sales_void_share_24m"][0] = np.nan

        for reason in reasons(assessed(sample, defaulted)[0], sample, place=0):
            stated = f"{reason.points:+d}" if reason.points else "0"
            assert f"{stated}分" in reason.text.zh
            assert f"{stated} points" in reason.text.en
            assert ("unknown" in reason.text.en) == (reason.value is None)

    def test_write_values_with_their_units(self) -> None:
        assert value_said(0.1234, unit="share").en == "12.3%"
        assert value_said(12.0, unit="months").zh == "12个月"
        assert value_said(123_456_789.0, unit="fen").zh == "123.46万元"


class TestHeldOut:
    def test_pd_knows_nothing_where_there_is_nothing_to_know(
        self, planted: Planted
    ) -> None:
        sample, _ = planted(firms=200)
        defaulted = np.random.default_rng(9).permutation(np.repeat([0, 1], [160, 40]))

        pd = held_out_pd(sample, defaulted.astype(np.int64), expected=PD_TRAITS)

        # A leak between folds would show as a PD that ranks pure chance.
        assert 0.35 < auc(pd, defaulted) < 0.65
        assert abs(pd.mean() - 0.2) < 0.03
