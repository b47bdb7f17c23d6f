"""A model says the same to the bit in memory, by Arrow in DuckDB, and in Spark."""

import duckdb
import ibis
import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from tests.risk.test_estimators import firms

from xiaowei.risk.batches import BatchError, BatchScorer
from xiaowei.risk.challenger import Challenger
from xiaowei.risk.estimator import RiskModel
from xiaowei.risk.glassbox import GlassBox
from xiaowei.risk.kept import ModelTextError, model_text
from xiaowei.risk.scorecard import Scorecard

ROWS = 5_000


def learnt(model: RiskModel) -> RiskModel:
    frame, defaulted = firms()
    return model.fit(frame.drop(columns="empty"), defaulted)


MODELS = {
    "card": Scorecard(),
    "trees": Challenger(most_trees=60, folds=0),
    "curves": GlassBox(bags=2, pairs=1, rounds=200),
}


@pytest.fixture(scope="module", params=list(MODELS))
def model(request: pytest.FixtureRequest) -> RiskModel:
    return learnt(MODELS[request.param])


@pytest.fixture(scope="module")
def rows() -> pa.Table:
    """Firms with gaps, a category that is new, and columns the model does not know."""
    frame, _ = firms(5, count=ROWS)
    trade = frame["trade"].where(np.arange(ROWS) % 11 > 0, "Z99")
    frame = frame.assign(
        trade=trade, row=np.arange(ROWS), founded=frame["founded"].dt.date
    )
    return pa.Table.from_pandas(
        frame[["row", *frame.columns.drop(["row", "empty"])[::-1]]],
        preserve_index=False,
    )


def said(batches: list[pa.RecordBatch]) -> pd.DataFrame:
    return pa.Table.from_batches(batches).to_pandas().sort_values("row")


class TestBatchScorer:
    def test_says_to_the_bit_what_the_model_says_in_memory(
        self, model: RiskModel, rows: pa.Table
    ) -> None:
        scorer = BatchScorer(model_text(model), keep=("row",))
        told = said(list(scorer(rows.to_batches(max_chunksize=700))))

        assert rows.column("trade").null_count > 0
        np.testing.assert_array_equal(told["pd"], model.pd(rows.select(model.names)))
        if isinstance(model, Scorecard):
            whole = model.scores(rows.select(model.names))
            np.testing.assert_array_equal(told["score"], whole)
        else:
            assert list(told) == ["row", "pd"]

    def test_says_the_same_of_batches_of_duckdb(
        self, model: RiskModel, rows: pa.Table
    ) -> None:
        scorer = BatchScorer(model_text(model), keep=("row",))
        with duckdb.connect() as engine:
            engine.register("firms", rows)
            reader = engine.sql("SELECT * FROM firms").to_arrow_reader(900)
            told = said(list(scorer(reader)))

        np.testing.assert_array_equal(told["pd"], model.pd(rows.select(model.names)))

    # Sockets that PySpark leaves to the collector.
    @pytest.mark.filterwarnings("ignore::ResourceWarning")
    @pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
    def test_says_the_same_in_spark(
        self, model: RiskModel, rows: pa.Table, spark: ibis.BaseBackend
    ) -> None:
        schema = "row bigint, pd double"
        schema += ", score bigint" if isinstance(model, Scorecard) else ""
        scorer = BatchScorer(model_text(model), keep=("row",))
        session = spark._session
        frame = session.createDataFrame(rows).repartition(3)
        told = frame.mapInArrow(scorer, schema).toArrow().to_pandas()
        told = told.sort_values("row")

        np.testing.assert_array_equal(told["row"], np.arange(ROWS))
        np.testing.assert_array_equal(told["pd"], model.pd(rows.select(model.names)))
        if isinstance(model, Scorecard):
            whole = model.scores(rows.select(model.names))
            np.testing.assert_array_equal(told["score"], whole)

    def test_hands_on_batches_without_rows(
        self, model: RiskModel, rows: pa.Table
    ) -> None:
        empty = rows.slice(0, 0).combine_chunks().to_batches()
        empty = empty or [pa.RecordBatch.from_pylist([], schema=rows.schema)]
        (told,) = BatchScorer(model_text(model))(empty)
        (full,) = BatchScorer(model_text(model))(rows.slice(0, 1).to_batches())

        assert told.num_rows == 0
        assert told.schema == full.schema

    def test_names_what_is_not_there(self, model: RiskModel, rows: pa.Table) -> None:
        scorer = BatchScorer(model_text(model), keep=("name",))

        with pytest.raises(BatchError, match="no column 'trade', 'name'"):
            list(scorer(rows.drop_columns("trade").to_batches()))

    def test_keeps_no_column_by_the_name_of_what_it_says(
        self, model: RiskModel, rows: pa.Table
    ) -> None:
        batch = rows.append_column("pd", rows.column("row")).to_batches()

        with pytest.raises(BatchError, match="'pd' is kept and said"):
            list(BatchScorer(model_text(model), keep=("pd",))(batch))

    def test_refuses_a_text_that_is_no_model(self, rows: pa.Table) -> None:
        with pytest.raises(ModelTextError):
            list(BatchScorer("{}")(rows.to_batches()))
