"""A card scores in a database what it scores in memory, on every row."""

import duckdb
import numpy as np
import pandas as pd
from tests.risk.test_estimators import firms

from xiaowei.risk.scorecard import Scorecard
from xiaowei.risk.sql import quoted, score_sql

ROWS = 100_000


class TestScoreSql:
    def test_scores_as_the_card_itself_does(self) -> None:
        frame, defaulted = firms()
        odd = {"days_late": 'days "late"', "trade": "it's; --"}
        numbers = frame.assign(founded=frame["founded"].astype("int64"))
        card = Scorecard().fit(numbers.rename(columns=odd), defaulted)
        many, _ = firms(5, count=ROWS)
        many = many.assign(
            founded=many["founded"].astype("int64"),
            trade=many["trade"].where(np.arange(ROWS) % 7 != 0, "O'Neill"),
        ).rename(columns=odd)
        edges = [s for bins in card.bins_.values() for s in bins.splits]
        many.loc[: len(edges) - 1, 'days "late"'] = edges
        held = many.astype({"it's; --": object}).where(many.notna(), None)
        held = held.assign(row=np.arange(ROWS))
        with duckdb.connect() as engine:
            engine.register("firms", held)
            told = engine.sql(
                score_sql(card, table="firms", keep=["row"]) + " ORDER BY row"
            ).df()

        np.testing.assert_array_equal(told["score"], card.scores(many))
        np.testing.assert_allclose(told["pd"], card.pd(many), rtol=0, atol=1e-9)

    def test_is_a_constant_of_a_card_without_traits(self) -> None:
        frame = pd.DataFrame({"a": np.zeros(20)})
        card = Scorecard().fit(frame, np.arange(20) % 2)
        with duckdb.connect() as engine:
            engine.register("firms", frame)
            told = engine.sql(score_sql(card, table="firms")).df()

        assert set(told["score"]) == {600}


def test_quoted_names_hold_anything() -> None:
    assert quoted('x"; DROP TABLE y; --') == '"x""; DROP TABLE y; --"'
