"""Another engine says of a model's PMML what the model says itself, on every row."""

from collections.abc import Iterator
from typing import Any

import numpy as np
import pandas as pd
import pytest
from tests.risk.pmml_engine import Engine, jpmml
from tests.risk.test_estimators import firms

from xiaowei.risk.challenger import Challenger
from xiaowei.risk.estimator import RiskModel
from xiaowei.risk.glassbox import GlassBox
from xiaowei.risk.pmml.parts import PmmlError
from xiaowei.risk.pmml.writing import pmml_text
from xiaowei.risk.scorecard import Scorecard
from xiaowei.risk.small.experts_model import Experts
from xiaowei.risk.small.firth_model import Firth

ROWS = 100_000
ODD = {"days_late": 'days "late" <&', "trade": "行业 it's"}
LABELS = {"H62": 'H "62" \\ <&', "C13": "纺 织", "F51": " F51 "}
SAID: list[dict[str, Any]] = [
    {
        "expert": "王", "day": "2025-01-01", "trait": ODD["trade"], "start": " F51 ",
        "end": LABELS["H62"], "odds_ratio": 3.0, "low": 1.5, "high": 6.0, "reason": "x",
    },
    {
        "expert": "王", "day": "2025-01-01", "trait": ODD["days_late"], "start": 0.0,
        "end": 30.0, "odds_ratio": 3.0, "low": 1.5, "high": 6.0, "reason": "x",
    },
]  # fmt: skip
MODELS: list[RiskModel] = [
    Scorecard(),
    Challenger(folds=0, most_trees=60),
    Firth(level=None),
    Experts(priors=SAID),
]


@pytest.fixture(scope="module")
def engine() -> Iterator[Engine]:
    with jpmml() as started:
        yield started


def odd(seed: int, *, count: int = 2_000) -> tuple[pd.DataFrame, np.ndarray]:
    """Firms with odd names and labels; truths and days as numbers, as PMML has them."""
    frame, bad = firms(seed, count=count)
    frame = frame.assign(
        trade=frame["trade"].replace(LABELS),
        founded=(frame["founded"].astype("int64") // 86_400_000_000_000).astype(float),
        online=frame["online"].astype(float),
        amount=np.exp(np.random.default_rng(seed).normal(3, 3, count))
        - 20 * frame["online"],
    )
    return frame.drop(columns=["empty", "same"]).rename(columns=ODD), bad


def many(model: RiskModel) -> pd.DataFrame:
    """Return rows with gaps, new categories, ends of bins, and values beyond all."""
    table, _ = odd(5, count=ROWS)
    at = np.arange(ROWS)
    trade = table[ODD["trade"]].where(at % 7 != 0, "O'Neill & Söhne")
    table[ODD["trade"]] = trade.astype(object).where(trade.notna(), None)
    table["founded"] = table["founded"].where(at % 11 != 0)
    table.loc[at % 1_000 == 3, ODD["days_late"]] = [-1e9, 1e9] * (ROWS // 2_000)
    if isinstance(model, Scorecard):
        for name, bins in model.bins_.items():
            table.loc[: len(bins.splits) - 1, name] = bins.splits
    return table


class TestPmmlText:
    @pytest.mark.parametrize("bare", MODELS, ids=lambda one: type(one).__name__)
    def test_scores_as_the_model_itself_does(
        self, bare: RiskModel, engine: Engine
    ) -> None:
        table, bad = odd(0)
        model = bare.fit(table, bad)
        rows = many(model)
        told = engine(pmml_text(model), rows)

        assert len(told) == ROWS
        # Our PDs are rounded to nine decimals but those of trees, which are as exact.
        near = 1e-14 if isinstance(model, Challenger) else 5.1e-10
        np.testing.assert_allclose(
            told["pd"].astype(float), model.pd(rows), rtol=0, atol=near
        )
        assert told["pd"].nunique() > 20
        if isinstance(model, Scorecard):
            np.testing.assert_array_equal(
                told["score"].astype(float), model.scores(rows)
            )

    def test_takes_a_gap_for_what_trees_take_it_that_never_saw_one(
        self, engine: Engine
    ) -> None:
        rng = np.random.default_rng(1)
        table = pd.DataFrame({"a": rng.normal(size=800), "b": rng.normal(1, 1, 800)})
        bad = (rng.random(800) < 1 / (1 + np.exp(1 - table["a"] - table["b"]))) * 1
        model = Challenger(folds=0, most_trees=20).fit(table, bad)
        rows = table.mask(rng.random((800, 2)) < 0.3)

        told = engine(pmml_text(model), rows)
        np.testing.assert_allclose(
            told["pd"].astype(float), model.pd(rows), rtol=0, atol=1e-14
        )

    @pytest.mark.parametrize("model", [Scorecard(), Firth(folds=0, level=None)])
    def test_is_a_constant_of_a_model_without_traits(
        self, model: RiskModel, engine: Engine
    ) -> None:
        frame = pd.DataFrame({"a": np.zeros(20)})
        text = pmml_text(model.fit(frame, np.arange(20) % 2))

        told = engine(text, pd.DataFrame({"a": [0.0, 1.0]}))
        assert told["pd"].astype(float).tolist() == pytest.approx([0.5, 0.5])

    def test_is_refused_of_what_has_none(self) -> None:
        with pytest.raises(PmmlError, match="GlassBox"):
            pmml_text(GlassBox())
        table = pd.DataFrame({"a\x01": np.arange(400.0)})
        card = Scorecard(folds=0).fit(
            table, (np.arange(400) % 3 * np.arange(400) > 300) * 1
        )
        with pytest.raises(PmmlError, match="mark that XML cannot"):
            pmml_text(card)
