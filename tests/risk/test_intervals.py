"""Bounds of PDs hold them, in worlds where the PDs are known."""

import numpy as np
import pandas as pd
import pytest
from sklearn.base import clone
from tests.risk.test_estimators import MODELS, every_model, firms

from xiaowei.risk.estimator import RiskModel
from xiaowei.risk.intervals import LevelError, pd_bounds, refits_of, refits_text
from xiaowei.risk.kept import ModelTextError
from xiaowei.risk.refits import Cases, refits
from xiaowei.risk.sample import Floats
from xiaowei.risk.scorecard import Scorecard

LEVEL = 0.9
WORLDS = 6


def drawn(seed: int, *, count: int) -> tuple[pd.DataFrame, Floats]:
    """Firms and their true PDs, of steps, which a card can state."""
    rng = np.random.default_rng(seed)
    table = pd.DataFrame(
        {
            "late": rng.integers(0, 4, count).astype(float),
            "trade": rng.choice(["H62", "C13"], count),
        }
    )
    odds = -2 + 0.6 * table["late"] + 0.7 * (table["trade"] == "H62")
    # One in twenty keeps its days to itself, and is no better for it.
    table["late"] = table["late"].where(rng.random(count) > 0.05)
    odds = odds.where(table["late"].notna(), odds.mean())
    return table, np.asarray(1 / (1 + np.exp(-odds)))


class TestPdBounds:
    def test_hold_true_pds_about_as_often_as_they_say(self) -> None:
        held, wide = [], []
        for seed in range(WORLDS):
            table, truth = drawn(seed, count=1_500)
            rng = np.random.default_rng([seed, 1])
            bad = (rng.random(1_500) < truth).astype(np.int64)
            card = Scorecard().fit(table, bad)
            generator = np.random.default_rng([seed, 2])
            anew = list(refits(card, Cases(table, bad), draws=15, generator=generator))
            others, pds = drawn(seed + 100, count=1_000)
            bounds = pd_bounds(card, anew, others, level=LEVEL)
            stated = others["late"].notna().to_numpy()
            # What PD a firm has whose days are not known is a mean over its likes.
            held.append(((bounds.low <= pds) & (pds <= bounds.high))[stated].mean())
            width = bounds.high - bounds.low
            wide.append((width[~stated].mean(), width[stated].mean()))

        assert 0.8 < np.mean(held) <= 1
        missing, known = np.mean(wide, axis=0)
        assert missing > known

    @every_model
    def test_widen_with_the_level_and_hold_the_pd(self, model: RiskModel) -> None:
        frame, bad = firms(count=600)
        mine = clone(model).fit(frame, bad)
        generator = np.random.default_rng(0)
        anew = list(refits(mine, Cases(frame, bad), draws=4, generator=generator))
        some, most = (pd_bounds(mine, anew, frame, level=one) for one in (0.5, 0.95))
        pd_ = mine.pd(frame)

        assert ((most.low <= some.low) & (some.high <= most.high)).all()
        assert ((some.low <= pd_ + 1e-9) & (pd_ <= some.high + 1e-9)).all()

    @pytest.mark.parametrize(("level", "models"), [(0.0, 4), (1.0, 4), (0.9, 1)])
    def test_name_a_level_that_cannot_be(self, level: float, models: int) -> None:
        frame, bad = firms(count=300)
        card = Scorecard(folds=0).fit(frame, bad)

        with pytest.raises(LevelError, match="no interval of level"):
            pd_bounds(card, [card] * models, frame, level=level)


class TestRefitsOf:
    def test_says_the_same_to_the_bit(self) -> None:
        frame, bad = firms(count=600)
        mine = clone(MODELS[1]).fit(frame, bad)
        generator = np.random.default_rng(0)
        anew = list(refits(mine, Cases(frame, bad), draws=2, generator=generator))
        text = refits_text(anew)

        for one, back in zip(anew, refits_of(text), strict=True):
            np.testing.assert_array_equal(one.pd(frame), back.pd(frame))
        assert refits_text(refits_of(text)) == text

    @pytest.mark.parametrize(
        "text", ["", "[]", "{}", '{"kind": "xiaowei.refits/1", "models": []}']
    )
    def test_refuses_what_is_none(self, text: str) -> None:
        with pytest.raises(ModelTextError):
            refits_of(text)
