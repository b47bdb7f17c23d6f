"""Any table in; its columns as candidates out: numbers, days and categories."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any, Final, Literal

import numpy as np
import pandas as pd
import pyarrow as pa

from xiaowei.risk.frames import MISSING, TraitColumn, columns_of
from xiaowei.risk.leaks.bounds import Marks
from xiaowei.risk.sample import Floats, Ints

Form = Literal["number", "day", "category"]

DAY_FORMATS: Final = (
    "%Y-%m-%d",
    "%Y/%m/%d",
    "%m/%d/%Y",
    "%d-%b-%y",
    "%d-%b-%Y",
    "%d.%m.%Y",
    "%Y%m%d",
    "%Y年%m月%d日",
)
"""How days are written; a column is one of days if nearly all its texts are."""

_LIKE_A_DAY: Final = re.compile(r"\d{1,4}[-/.年]|\d{8}$")
_DAYS_SHARE: Final = 0.95
_GLIMPSE: Final = 50
_LONG_DAY: Final = 8
_FIRST_DAY: Final = float(np.datetime64("1900-01-01").astype(np.int64))
_LAST_DAY: Final = float(np.datetime64("2100-01-01").astype(np.int64))


@dataclass(frozen=True)
class Candidate:
    """One column that may tell the outcome.

    Args:
        name: as the table states it.
        form: numbers, days counted from 1970-01-01, or categories.
        values: Shape: one number per firm, NaN where missing; of categories all NaN.
        codes: Shape: place of each firm's value among all, MISSING where missing.
        labels: the categories, or the texts that days were written as.
        levels: how many values there are.
    """

    name: str
    form: Form
    values: Floats
    codes: Ints
    labels: tuple[str, ...]
    levels: int

    @cached_property
    def known(self) -> Marks:
        """Return whether each firm's value is stated."""
        return np.asarray(self.codes != MISSING, dtype=np.bool_)

    @cached_property
    def is_whole(self) -> bool:
        """Return whether all numbers are whole."""
        known = self.values[self.known]
        return self.form == "number" and bool((known == np.floor(known)).all())

    def take(self, places: Ints) -> "Candidate":
        """Return the column of some firms."""
        return (
            made(self.name, self.values[places], form=self.form)
            if (self.form != "category")
            else _levelled(self.name, self.codes[places], self.labels)
        )


def candidates_of(table: Any) -> list[Candidate]:  # noqa: ANN401 - any table there is
    """Return the columns of a table, texts that are days among the days.

    Args:
        table: whatever `columns_of` reads.

    Raises:
        TypeError: a column holds neither numbers, days, truths nor texts.
    """
    if hasattr(table, "toArrow"):
        table = table.toArrow()
    if not isinstance(table, pd.DataFrame) and hasattr(table, "__arrow_c_stream__"):
        table = pa.table(table)
    days = set(_day_names(table))
    return [
        _of_column(column, is_day=column.name in days) for column in columns_of(table)
    ]


def made(name: str, values: Floats, *, form: Form = "number") -> Candidate:
    """Return a candidate of numbers or days.

    Args:
        name: of the column.
        values: Shape: one per firm, NaN where missing.
        form: what the numbers are.
    """
    distinct, places = np.unique(values, return_inverse=True)
    levels = len(distinct) - int(np.isnan(distinct).sum())
    codes = np.where(np.isnan(values), MISSING, places).astype(np.int64)
    return Candidate(name, form, values, codes, (), levels)


def _levelled(name: str, codes: Ints, labels: tuple[str, ...]) -> Candidate:
    blank = np.array([not label.strip() for label in labels] + [True])
    kept = np.where(blank[codes], MISSING, codes)
    used, places = np.unique(kept, return_inverse=True)
    stated = used != MISSING
    codes = places.astype(np.int64) - int(not stated.all())
    names = tuple(labels[code] for code in used[stated])
    empty = np.full(len(codes), np.nan)
    return Candidate(name, "category", empty, codes, names, len(names))


def _of_column(column: TraitColumn, *, is_day: bool) -> Candidate:
    if column.kind == "number":
        return made(column.name, column.values, form="day" if is_day else "number")
    written = _levelled(column.name, column.codes, column.labels)
    days = days_written(written.labels)
    if days is None:
        return written
    values = np.append(days, np.nan)[written.codes]
    parsed = made(column.name, values, form="day")
    return Candidate(
        column.name, "day", values, parsed.codes, written.labels, parsed.levels
    )


def days_written(labels: Sequence[str]) -> Floats | None:
    """Return texts as days from 1970-01-01; None if they are none.

    >>> days_written(["1970-01-02", "1970-02-01"])
    array([ 1., 31.])
    >>> days_written(["C13", "H62"]) is None
    True
    """
    if not labels or not _LIKE_A_DAY.match(labels[0]):
        return None
    for form in DAY_FORMATS:
        if _fits(labels[:_GLIMPSE], form):
            days = _parsed(labels, form)
            if (~np.isnan(days)).mean() >= _DAYS_SHARE:
                return days
    return None


def _fits(labels: Sequence[str], form: str) -> bool:
    if form == "%Y%m%d" and any(len(label) != _LONG_DAY for label in labels):
        return False
    return bool((~np.isnan(_parsed(labels, form))).mean() >= _DAYS_SHARE)


def _parsed(labels: Sequence[str], form: str) -> Floats:
    read = pd.to_datetime(
        pd.Series(list(labels), dtype=object), format=form, errors="coerce"
    )
    days = read.to_numpy().astype("datetime64[D]")
    found = np.where(np.isnat(days), np.nan, days.astype(np.int64).astype(np.float64))
    return np.where((found >= _FIRST_DAY) & (found < _LAST_DAY), found, np.nan)


def _day_names(table: Any) -> Iterator[str]:  # noqa: ANN401 - any table there is
    if isinstance(table, pa.Table):
        for field in table.schema:
            if pa.types.is_date(field.type) or pa.types.is_timestamp(field.type):
                yield field.name
    if isinstance(table, pd.DataFrame):
        for at, name in enumerate(table.columns):
            if _holds_days(table.iloc[:, at]):
                yield str(name)


def _holds_days(series: "pd.Series[Any]") -> bool:
    kind = series.dtype
    if isinstance(kind, pd.ArrowDtype):
        stated = kind.pyarrow_dtype
        return bool(pa.types.is_date(stated) or pa.types.is_timestamp(stated))
    if pd.api.types.is_datetime64_any_dtype(kind):
        return True
    if not pd.api.types.is_object_dtype(kind):
        return False
    first = next((one for one in series if not pd.isna(one)), None)
    return isinstance(first, date)
