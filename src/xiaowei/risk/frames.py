"""Any table of traits in; columns of numbers and categories out."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Any, Final, Literal

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from xiaowei.risk.sample import Floats, Ints

ColumnKind = Literal["number", "category"]

UNSEEN: Final = -2
"""Code of a category that was not there when the categories were learnt."""
MISSING: Final = -1
"""Code of a category that is not stated."""

_DAY: Final = np.timedelta64(1, "D")
_SIDES: Final = 2
_NUMBERS: Final = (bool, int, float, np.number, np.bool_, Decimal)


@dataclass(frozen=True, slots=True)
class TraitColumn:
    """One trait of many firms.

    Args:
        name: as the table states it; `x0`, `x1`, ... of a bare matrix.
        values: Shape: one number per firm, NaN where missing; a day counts from
            1970-01-01, true is 1. Empty of categories.
        codes: Shape: place of each firm's category in `labels`, MISSING where it is not
            stated. Empty of numbers.
        labels: the categories as text, sorted; none of numbers.
    """

    name: str
    values: Floats
    codes: Ints
    labels: tuple[str, ...] = ()
    kind: ColumnKind = "number"

    @property
    def rows(self) -> Floats | Ints:
        """One value per firm: numbers, or codes of categories."""
        return self.values if self.kind == "number" else self.codes

    def take(self, places: Ints) -> "TraitColumn":
        """Return the column of some firms, in the order of their places."""
        if self.kind == "number":
            return replace(self, values=self.values[places])
        return replace(self, codes=self.codes[places])

    def coded(self, labels: Sequence[str]) -> Ints:
        """Return codes by the labels of another table, UNSEEN where it lacks them."""
        place = {label: at for at, label in enumerate(labels)}
        mine = [place.get(label, UNSEEN) for label in self.labels]
        return np.array([*mine, MISSING], dtype=np.int64)[self.codes]

    def as_categories(self) -> "TraitColumn":
        """Return numbers as categories, written as text; categories as they are."""
        if self.kind == "category":
            return self
        return _texts(self.name, self.values)

    def as_numbers(self) -> "TraitColumn":
        """Return categories that are written as numbers as such; else as missing."""
        if self.kind == "number":
            return self
        mine = pd.to_numeric(pd.Series(self.labels, dtype=object), errors="coerce")
        found = np.append(mine.to_numpy(dtype=np.float64), np.nan)[self.codes]
        return _numbers(self.name, found)


def columns_of(table: Any) -> list[TraitColumn]:  # noqa: ANN401 - any table there is
    """Return the columns of a table.

    Args:
        table: a DataFrame of pandas, Polars or Spark, a table of Arrow, a relation of
            DuckDB, anything with `__arrow_c_stream__`, or a matrix of numbers.

    Raises:
        TypeError: a column holds neither numbers, days, truths nor texts.
        ValueError: it has not two dimensions.
    """
    if isinstance(table, pd.DataFrame):
        return [
            _of_pandas(str(name), table.iloc[:, at])
            for at, name in enumerate(table.columns)
        ]
    if hasattr(table, "toArrow"):
        table = table.toArrow()
    if hasattr(table, "__arrow_c_stream__"):
        arrow = pa.table(table)
        return [
            _of_arrow(name, arrow.column(at))
            for at, name in enumerate(arrow.column_names)
        ]
    matrix = np.asarray(table)
    if matrix.ndim != _SIDES:
        msg = f"Expected 2D array, got {matrix.ndim}D array instead"
        raise ValueError(msg)
    return [_of_array(f"x{at}", matrix[:, at]) for at in range(matrix.shape[1])]


def is_table(table: object) -> bool:
    """Return whether something has named columns."""
    return (
        isinstance(table, pd.DataFrame)
        or hasattr(table, "__arrow_c_stream__")
        or hasattr(table, "toArrow")
    )


def matrix_of(
    columns: Sequence[TraitColumn], *, labels: Mapping[str, Sequence[str]]
) -> Floats:
    """Return columns side by side, categories as their codes.

    Args:
        columns: of a table.
        labels: name of each category to the labels it was learnt with.

    Returns:
        Shape: (firms, columns); NaN where missing or where a category is new.
    """
    side = []
    for column in columns:
        if column.name in labels:
            codes = column.as_categories().coded(labels[column.name])
            side.append(np.where(codes < 0, np.nan, codes))
        else:
            side.append(column.as_numbers().values)
    return np.column_stack(side) if side else np.empty((0, 0))


def _of_pandas(name: str, series: "pd.Series[Any]") -> TraitColumn:
    kind = series.dtype
    if isinstance(kind, pd.ArrowDtype):
        return _of_arrow(name, pa.table({name: series}).column(0))
    if isinstance(kind, pd.StringDtype) and series.notna().any():
        # Ten times as fast as by way of Python's texts; of no text it is no category.
        return _of_arrow(name, pa.chunked_array([pa.array(series, pa.large_string())]))
    if isinstance(kind, pd.CategoricalDtype):
        return _texts(name, series.astype(object).to_numpy())
    if isinstance(kind, pd.DatetimeTZDtype):
        series = series.dt.tz_localize(None)
    if pd.api.types.is_datetime64_any_dtype(series.dtype):
        return _numbers(name, _days(series.to_numpy()))
    if pd.api.types.is_bool_dtype(kind) or pd.api.types.is_numeric_dtype(kind):
        return _of_array(name, series.to_numpy(dtype=np.float64, na_value=np.nan))
    return _of_array(name, series.to_numpy(dtype=object))


def _of_arrow(name: str, column: pa.ChunkedArray) -> TraitColumn:
    kind = column.type
    if pa.types.is_dictionary(kind):
        column = column.cast(kind.value_type)
        kind = kind.value_type
    if pa.types.is_date(kind) or pa.types.is_timestamp(kind):
        days = column.cast(pa.date32()).cast(pa.int32()).cast(pa.float64())
        return _numbers(name, days.to_numpy())
    if (
        pa.types.is_string(kind)
        or pa.types.is_large_string(kind)
        or pa.types.is_string_view(kind)
    ):
        coded = pc.dictionary_encode(column.cast(pa.string())).combine_chunks()
        return _coded(
            name,
            pc.fill_null(coded.indices, MISSING).to_numpy(zero_copy_only=False),
            coded.dictionary.to_pylist(),
        )
    if pa.types.is_boolean(kind):
        column = column.cast(pa.int8())
    if pa.types.is_null(kind):
        return _numbers(name, np.full(len(column), np.nan))
    if (
        pa.types.is_decimal(kind)
        or pa.types.is_integer(kind)
        or pa.types.is_floating(kind)
        or pa.types.is_boolean(kind)
    ):
        return _numbers(name, column.cast(pa.float64(), safe=False).to_numpy())
    msg = f"column '{name}' holds {kind}; argument must be a string or a number"
    raise TypeError(msg)


def _of_array(name: str, values: NDArray[Any]) -> TraitColumn:
    if values.dtype.kind in "iufb":
        return _numbers(name, values.astype(np.float64))
    if values.dtype.kind == "M":
        return _numbers(name, _days(values))
    if values.dtype.kind == "c":
        msg = f"Complex data not supported: column '{name}'"
        raise ValueError(msg)
    if values.dtype.kind in "US":
        return _texts(name, values.astype(object))
    return _of_objects(name, values)


def _of_objects(name: str, values: NDArray[Any]) -> TraitColumn:
    stated = values[~pd.isna(values)]
    if all(isinstance(one, _NUMBERS) for one in stated):
        found = np.full(len(values), np.nan)
        found[~pd.isna(values)] = stated.astype(np.float64)
        return _numbers(name, found)
    if all(isinstance(one, date | np.datetime64) for one in stated):
        return _numbers(name, _days(pd.to_datetime(pd.Series(values)).to_numpy()))
    if not all(isinstance(one, (str, *_NUMBERS)) for one in stated):
        msg = f"column '{name}': argument must be a string or a number"
        raise TypeError(msg)
    return _texts(name, values)


def _days(values: NDArray[Any]) -> Floats:
    days = (values.astype("datetime64[s]") - np.datetime64("1970-01-01", "s")) / _DAY
    return np.floor(np.where(np.isnat(values), np.nan, days))


def _numbers(name: str, values: Floats) -> TraitColumn:
    return TraitColumn(
        name, np.asarray(values, dtype=np.float64), np.empty(0, np.int64)
    )


def _texts(name: str, values: NDArray[Any]) -> TraitColumn:
    codes, labels = pd.factorize(pd.Series(values, dtype=object), use_na_sentinel=True)
    return _coded(name, np.asarray(codes, dtype=np.int64), [str(one) for one in labels])


def _coded(name: str, codes: NDArray[Any], labels: Sequence[str]) -> TraitColumn:
    """Sort the labels, so that the order of rows changes nothing."""
    order = sorted(set(labels))
    place = {label: at for at, label in enumerate(order)}
    moved = np.array([*(place[label] for label in labels), MISSING], dtype=np.int64)
    return TraitColumn(name, np.empty(0), moved[codes], tuple(order), "category")
