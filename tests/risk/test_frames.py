"""Any table gives the same columns: numbers, days, truths, texts, missing."""

from datetime import date, datetime
from typing import Any

import duckdb
import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

from xiaowei.risk.frames import MISSING, UNSEEN, columns_of, is_table, matrix_of

ROWS = {
    "count": [3, None, 5],
    "share": [0.5, 0.25, None],
    "open": [True, False, None],
    "trade": ["H62", None, "C13"],
    "since": [date(1970, 1, 2), None, date(1970, 1, 11)],
}


def tables() -> dict[str, Any]:
    arrow = pa.table(ROWS)
    frame = pd.DataFrame(
        {name: pd.Series(of, dtype=object) for name, of in ROWS.items()}
    )
    typed = arrow.to_pandas()
    typed["since"] = pd.to_datetime(typed["since"])
    typed["trade"] = typed["trade"].astype("category")
    return {
        "arrow": arrow,
        "objects": frame,
        "pandas": typed,
        "texts": frame.astype({"trade": pd.StringDtype(na_value=np.nan)}),
        "python": frame.astype({"trade": pd.StringDtype("python")}),
        "extension": arrow.to_pandas(types_mapper=pd.ArrowDtype),
        "duckdb": duckdb.connect().from_arrow(arrow),
    }


@pytest.mark.parametrize("name", tables())
def test_every_table_gives_the_same_columns(name: str) -> None:
    columns = {column.name: column for column in columns_of(tables()[name])}

    assert list(columns) == list(ROWS)
    numbers = {n: columns[n].values for n in ("count", "share", "open", "since")}
    np.testing.assert_array_equal(numbers["count"], [3, np.nan, 5])
    np.testing.assert_array_equal(numbers["share"], [0.5, 0.25, np.nan])
    np.testing.assert_array_equal(numbers["open"], [1, 0, np.nan])
    np.testing.assert_array_equal(numbers["since"], [1, np.nan, 10])
    assert columns["trade"].kind == "category"
    assert columns["trade"].labels == ("C13", "H62")
    assert columns["trade"].codes.tolist() == [1, MISSING, 0]


class TestColumnsOf:
    @pytest.mark.parametrize("storage", ["python", "pyarrow"])
    def test_take_a_column_of_text_without_any_as_missing_numbers(
        self, storage: str
    ) -> None:
        none = pd.Series([None, None], dtype=pd.StringDtype(storage))
        (column,) = columns_of(pd.DataFrame({"trade": none}))

        assert column.kind == "number"
        assert np.isnan(column.values).all()

    def test_names_the_columns_of_a_matrix_by_place(self) -> None:
        matrix = np.array([[1.0, 2.0], [np.nan, 4.0]])

        assert [column.name for column in columns_of(matrix)] == ["x0", "x1"]
        assert not is_table(matrix)

    def test_takes_times_as_days(self) -> None:
        times = pd.DataFrame({"at": [datetime(1970, 1, 3, 23, 59)]})  # noqa: DTZ001

        assert columns_of(times)[0].values.tolist() == [2]
        assert columns_of(pa.table(times))[0].values.tolist() == [2]

    @pytest.mark.parametrize(
        "table",
        [pd.DataFrame({"a": [{"b": 1}]}), pa.table({"a": [[1]]}), np.array([[{}]])],
    )
    def test_refuses_what_is_neither(self, table: object) -> None:
        with pytest.raises(TypeError, match="string or a number"):
            columns_of(table)

    def test_refuses_what_has_not_two_dimensions(self) -> None:
        with pytest.raises(ValueError, match="Expected 2D array"):
            columns_of(np.zeros(3))


class TestTraitColumn:
    def test_knows_a_category_that_was_not_there(self) -> None:
        (trade,) = columns_of(pa.table({"trade": ["H62", "Z99", None]}))

        assert trade.coded(("C13", "H62")).tolist() == [1, UNSEEN, MISSING]

    def test_reads_numbers_written_as_text_and_the_other_way(self) -> None:
        (text,) = columns_of(pa.table({"a": ["1.5", "x", None]}))
        (number,) = columns_of(np.array([[2.0], [np.nan]]))

        np.testing.assert_array_equal(text.as_numbers().values, [1.5, np.nan, np.nan])
        assert number.as_categories().labels == ("2.0",)
        assert number.as_categories().codes.tolist() == [0, MISSING]

    def test_goes_side_by_side_with_codes(self) -> None:
        columns = columns_of(pa.table({"a": [1.0, None], "b": ["x", "new"]}))

        np.testing.assert_array_equal(
            matrix_of(columns, labels={"b": ["x"]}), [[1, 0], [np.nan, np.nan]]
        )
