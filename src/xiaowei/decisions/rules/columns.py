"""Columns of a table as rules compare them, and where they are missing.

A float is compared with a limit as the shortest decimal that reads back as the same
float. As a limit has at most 15 digits, that comes to the same as comparing it with the
float nearest to the limit. Whole numbers and decimals are compared as they are.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal
from typing import Any, Final, TypeAlias

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from xiaowei.decisions.rules.fields import FIELDS, Field, near
from xiaowei.decisions.rules.grammar import Comparison, Value
from xiaowei.decisions.rules.rows import RowError, range_text
from xiaowei.decisions.rules.settled import bounds

Bools: TypeAlias = npt.NDArray[np.bool_]
Compare: TypeAlias = Callable[[Any, Any], Any]

_EPOCH: Final = date(1970, 1, 1).toordinal()
_COMPARE: Final[Mapping[str, tuple[Compare, str | None]]] = {
    "<": (np.less, ROUND_CEILING),
    "<=": (np.less_equal, ROUND_FLOOR),
    ">": (np.greater, ROUND_FLOOR),
    ">=": (np.greater_equal, ROUND_CEILING),
    "=": (np.equal, None),
    "!=": (np.not_equal, None),
}
"""How each operator compares, and which way a limit between whole numbers may move."""


@dataclass(frozen=True, slots=True)
class Column:
    """One field of many firms.

    Args:
        field: which.
        values: numbers, days since 1970, or places in `words`; anything where missing.
        missing: where it is missing; null where nowhere.
        words: the texts there are, or null for what is no text.
    """

    field: Field
    values: npt.NDArray[Any]
    missing: Bools | None
    words: tuple[str, ...] | None = None

    def holds(self, comparison: Comparison) -> tuple[Bools, Bools]:
        """Return where a settled comparison is true, and where it is not false."""
        gone = self._gone()
        if comparison.operator in ("missing", "known"):
            is_so = gone if comparison.operator == "missing" else ~gone
            return is_so, is_so
        met = self._met(comparison)
        return (met, met) if self.missing is None else (met & ~gone, met | gone)

    def fault(self) -> str:
        """Say what is not of the field's kind; empty if all is."""
        if self.field.always and self.missing is not None:
            return "is never missing"
        if self.words is not None:
            return range_text(self.field) if self._strange(self.words) else ""
        if self.field.kind != "number":
            return ""
        seen = self.values if self.missing is None else self.values[~self.missing]
        return "" if _within(seen, self.field) else range_text(self.field)

    def _strange(self, words: tuple[str, ...]) -> bool:
        """Say whether a text that the field may not have is that of some firm."""
        choices = self.field.choices
        odd = [
            n for n, w in enumerate(words) if choices is not None and w not in choices
        ]
        if not odd:
            return False
        used = np.isin(self.values, odd)
        return bool((used if self.missing is None else used & ~self.missing).any())

    def _gone(self) -> Bools:
        if self.missing is None:
            return np.zeros(len(self.values), dtype=bool)
        return self.missing

    def _met(self, comparison: Comparison) -> Bools:
        limits = bounds(comparison)
        if self.words is not None:
            agrees = comparison.operator in ("=", "in")
            fits = [(word in limits) == agrees for word in self.words]
            return np.asarray(np.array(fits, dtype=bool)[self.values])
        if comparison.operator == "between":
            low, high = limits
            return self._beside(">=", low) & self._beside("<=", high)
        return self._beside(comparison.operator, limits[0])

    def _beside(self, operator: str, limit: Value) -> Bools:
        compare, way = _COMPARE[operator]
        if isinstance(limit, date):
            return np.asarray(compare(self.values, limit.toordinal() - _EPOCH))
        number = Decimal(str(limit))
        if self.values.dtype.kind == "f":
            return np.asarray(compare(self.values, float(number)))
        if self.values.dtype.kind == "O":
            return np.asarray(compare(self.values, number), dtype=bool)
        if way is not None:
            return np.asarray(compare(self.values, int(number.to_integral_value(way))))
        if number % 1:
            return np.full(len(self.values), operator == "!=")
        return np.asarray(compare(self.values, int(number)))


def columns_of(batch: Any, *, fields: tuple[str, ...]) -> dict[str, Column]:  # noqa: ANN401
    """Return the columns of fields.

    Args:
        batch: a PyArrow record batch.
        fields: those wanted.

    Raises:
        RowError: a column is not there or holds what is not of its kind; every fault
            is named.
    """
    found: dict[str, Column] = {}
    faults: list[str] = []
    names = batch.schema.names
    for name in fields:
        if name not in names:
            faults.append(f"'{name}' is not spoken of{near(name, names)}")
            continue
        field = FIELDS[name]
        column = _column(batch.column(name), field)
        if column is None:
            kind = batch.schema.field(name).type
            faults.append(f"'{name}' is a column of {kind}, not of {_due(field)}")
        elif fault := column.fault():
            faults.append(f"'{name}' {fault}")
        else:
            found[name] = column
    if faults:
        raise RowError(faults)
    return found


def _due(field: Field) -> str:
    due = {
        "number": "whole numbers, float64 or decimals",
        "text": "texts",
        "day": "days",
    }
    return due[field.kind]


def _column(array: Any, field: Field) -> Column | None:  # noqa: ANN401 - no types
    kind = array.type
    if pa.types.is_null(kind):
        count = len(array)
        words = ("",) if field.kind == "text" else None
        gone = np.ones(count, dtype=bool) if count else None
        return Column(field, np.zeros(count, dtype=np.int64), gone, words)
    making: Mapping[str, Callable[[Any, Field], Column | None]] = {
        "number": _numbers,
        "text": _texts,
        "day": _days,
    }
    return making[field.kind](array, field)


def _numbers(array: Any, field: Field) -> Column | None:  # noqa: ANN401 - no types
    kind = array.type
    if pa.types.is_decimal(kind):
        values = [Decimal(0) if one is None else one for one in array.to_pylist()]
        return Column(field, np.array(values, dtype=object), _nulls(array))
    if not (pa.types.is_integer(kind) or pa.types.is_float64(kind)):
        return None
    if pa.types.is_integer(kind):
        return Column(field, _bare(array), _nulls(array))
    # Nulls come as NaN.
    numbers = array.to_numpy(zero_copy_only=False)
    odd = ~np.isfinite(numbers)
    return Column(field, numbers, odd if odd.any() else None)


def _texts(array: Any, field: Field) -> Column | None:  # noqa: ANN401 - no types
    coded = array if pa.types.is_dictionary(array.type) else None
    kind = array.type.value_type if coded is not None else array.type
    if not (pa.types.is_string(kind) or pa.types.is_large_string(kind)):
        return None
    coded = array.dictionary_encode() if coded is None else coded
    gone = _nulls(coded)
    words = coded.dictionary.to_pylist()
    if None in words:
        return None
    places = pc.fill_null(coded.indices, 0) if gone is not None else coded.indices
    # A column of nothing but nulls has no words, and place 0 is looked up for each.
    return Column(field, places.to_numpy(), gone, tuple(words or [""]))


def _days(array: Any, field: Field) -> Column | None:  # noqa: ANN401 - no types
    if not pa.types.is_date(array.type):
        return None
    gone = _nulls(array)
    days = array.cast(pa.date32()).cast(pa.int32())
    return Column(field, _bare(days), gone)


def _bare(array: Any) -> npt.NDArray[Any]:  # noqa: ANN401 - no types
    """Return whole numbers where they lie, whatever stands for a null."""
    buffers = [None, array.buffers()[1]]
    whole = pa.Array.from_buffers(
        array.type, len(array), buffers, null_count=0, offset=array.offset
    )
    return np.asarray(whole.to_numpy())


def _nulls(array: Any) -> Bools | None:  # noqa: ANN401 - no types
    if not array.null_count:
        return None
    return np.asarray(array.is_null().to_numpy(zero_copy_only=False))


def _within(values: npt.NDArray[Any], field: Field) -> bool:
    if not len(values):
        return True
    if field.whole and values.dtype.kind == "f" and (np.floor(values) != values).any():
        return False
    if field.whole and values.dtype.kind == "O" and (values % 1 != 0).any():
        return False
    above = field.low is None or bool(values.min() >= field.low)
    return above and (field.high is None or bool(values.max() <= field.high))
