"""A model is learnt anew from draws of groups, and only chance is drawn."""

import numpy as np
import pytest
from sklearn.base import clone
from tests.risk.test_estimators import MODELS, every_model, firms

from xiaowei.risk.challenger import Challenger
from xiaowei.risk.estimator import RiskModel
from xiaowei.risk.refits import Cases, TooFewToRedrawError, refits
from xiaowei.risk.scorecard import Scorecard


def drawn(model: RiskModel, cases: Cases, seed: int = 0) -> list[RiskModel]:
    generator = np.random.default_rng(seed)
    return list(refits(model, cases, draws=3, generator=generator))


class TestRefits:
    @every_model
    def test_differ_from_each_other_and_not_from_themselves(
        self, model: RiskModel
    ) -> None:
        frame, bad = firms(count=800)
        mine = clone(model).fit(frame, bad)
        first, again = drawn(mine, Cases(frame, bad)), drawn(mine, Cases(frame, bad))
        pds = [one.pd(frame) for one in first]

        assert not np.array_equal(pds[0], pds[1])
        for one, other in zip(pds, again, strict=True):
            np.testing.assert_array_equal(one, other.pd(frame))

    def test_keep_the_number_of_trees(self) -> None:
        frame, bad = firms(count=800)
        mine = Challenger(most_trees=60).fit(frame, bad)

        for one in drawn(mine, Cases(frame, bad)):
            assert isinstance(one, Challenger)
            assert one.trees_ == mine.trees_

    def test_level_a_card_on_what_the_draw_left_out(self) -> None:
        frame, bad = firms(count=3_000)
        mine = Scorecard().fit(frame, bad)

        for one in drawn(mine, Cases(frame, bad)):
            assert isinstance(one, Scorecard)
            assert 0.5 < one.slope_ < 1.2
            assert one.slope_ != 1.0

    def test_draw_groups_whole(self) -> None:
        frame, bad = firms(count=400)
        groups = [f"G{at // 100}" for at in range(400)]
        mine = clone(MODELS[1]).fit(frame, bad)
        by_firm = np.std([m.pd(frame) for m in drawn(mine, Cases(frame, bad))], axis=0)
        shifted = frame.assign(days_late=np.repeat([0.0, 10, 20, 30], 100))
        mine = clone(MODELS[1]).fit(shifted, bad)
        found = drawn(mine, Cases(shifted, bad, groups))
        by_group = np.std([m.pd(shifted) for m in found], axis=0)

        assert by_group.mean() > by_firm.mean()

    def test_name_too_few_outcomes(self) -> None:
        frame, bad = firms(count=200)
        few = np.zeros_like(bad)
        few[:9] = 1

        with pytest.raises(TooFewToRedrawError, match="9 defaults and 191 other"):
            drawn(clone(MODELS[1]).fit(frame, few), Cases(frame, few))
