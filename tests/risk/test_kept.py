"""A model read back says the same to the bit; what is no model is refused."""

import json
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.base import clone
from tests.risk.test_estimators import MODELS, every_model, firms

from xiaowei.risk.estimator import RiskModel
from xiaowei.risk.kept import ModelTextError, fingerprint, model_of, model_text
from xiaowei.risk.scorecard import Scorecard


@pytest.fixture(scope="module")
def texts() -> dict[str, str]:
    frame, defaulted = firms()
    return {
        type(model).__name__: model_text(clone(model).fit(frame, defaulted))
        for model in MODELS
    }


class TestModelOf:
    @every_model
    def test_says_the_same_to_the_bit(
        self, model: RiskModel, texts: dict[str, str]
    ) -> None:
        frame, defaulted = firms()
        others, _ = firms(1)
        text = texts[type(model).__name__]
        back = model_of(text)

        np.testing.assert_array_equal(
            clone(model).fit(frame, defaulted).pd(others), back.pd(others)
        )
        assert model_text(back) == text
        assert fingerprint(model_text(back)) == fingerprint(text)

    def test_keeps_the_points_of_a_card(self, texts: dict[str, str]) -> None:
        frame, defaulted = firms()
        back = model_of(texts["Scorecard"])

        assert isinstance(back, Scorecard)
        assert back.table().equals(Scorecard().fit(frame, defaulted).table())

    def test_knows_a_bare_matrix_again(self) -> None:
        frame, defaulted = firms()
        matrix = frame[["days_late"]].to_numpy()
        card = Scorecard().fit(matrix, defaulted)

        np.testing.assert_array_equal(
            model_of(model_text(card)).pd(matrix), card.pd(matrix)
        )

    @pytest.mark.parametrize(
        "text",
        ["", "[]", "{}", '{"kind": "xiaowei.scorecard/9"}', "cos\nsystem\n(S'id'\ntR."],
    )
    def test_refuses_what_is_no_model(self, text: str) -> None:
        with pytest.raises(ModelTextError, match="no model"):
            model_of(text)

    @pytest.mark.parametrize(
        ("path", "value"),
        [
            (("settings", "evil"), 1),
            (("learnt", "slope"), "1"),
            (("learnt", "lines", 0, "points"), [1]),
            (("learnt", "lines", 0, "splits"), ["x"]),
            (("traits",), None),
        ],
    )
    def test_refuses_a_card_that_was_changed_amiss(
        self, path: tuple[Any, ...], value: object, texts: dict[str, str]
    ) -> None:
        body = json.loads(texts["Scorecard"])
        place = body
        for step in path[:-1]:
            place = place[step]
        place[path[-1]] = value

        with pytest.raises(ModelTextError):
            model_of(json.dumps(body))

    def test_refuses_numbers_that_are_none(self, texts: dict[str, str]) -> None:
        body = json.loads(texts["Scorecard"])
        body["learnt"]["slope"] = float("nan")

        with pytest.raises(ModelTextError, match="NaN"):
            model_of(json.dumps(body))

    @given(text=st.text())
    def test_never_fails_otherwise(self, text: str) -> None:
        with pytest.raises(ModelTextError):
            model_of(text)


class TestModelText:
    def test_is_refused_of_something_else(self) -> None:
        with pytest.raises(TypeError, match="has no text"):
            model_text(RiskModel())
