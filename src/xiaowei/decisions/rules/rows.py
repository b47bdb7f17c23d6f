"""What is known of one firm, as rules compare it: a value of its kind, or missing."""

import math
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from numbers import Integral
from typing import Any, Final

from xiaowei.decisions.rules.fields import FIELDS, Field, near
from xiaowei.decisions.rules.grammar import Value
from xiaowei.errors import InputError

_SHOWN: Final = 5


class RowError(InputError):
    """Rules cannot be applied to what is stated of a firm; every fault is named."""

    def __init__(self, faults: Sequence[str]) -> None:
        """Name each fault; values of firms are not repeated."""
        told = "; ".join(faults[:_SHOWN])
        more = f"; and {len(faults) - _SHOWN} more" if len(faults) > _SHOWN else ""
        super().__init__(
            f"rules cannot be applied, {len(faults)} fault(s): {told}{more}",
            expected="every field that the rules test, of its kind and unit, with null "
            "for what is not known",
            remedy="Mend what makes the rows; nothing was decided",
        )


def known(row: Mapping[str, Any], *, fields: Iterable[str]) -> dict[str, Value | None]:
    """Return what a row says of fields, null where it is missing.

    A float counts as the shortest decimal that reads back as the same float; NaN and
    infinities are missing.

    Args:
        row: field to value, money in fen; others are passed over.
        fields: those wanted.

    Raises:
        RowError: a field is not spoken of, or its value is not of its kind; every
            fault is named.
    """
    faults: list[str] = []
    found: dict[str, Value | None] = {}
    for name in fields:
        field = FIELDS[name]
        if name not in row:
            faults.append(f"'{name}' is not spoken of{near(name, row)}")
            continue
        try:
            value = _value(row[name], field)
        except TypeError:
            faults.append(
                f"'{name}' is a {type(row[name]).__name__}, not a {field.kind}"
            )
            continue
        if fault := _fault(value, field):
            faults.append(f"'{name}' {fault}")
        found[name] = value
    if faults:
        raise RowError(faults)
    return found


def range_text(field: Field) -> str:
    """Return what a field may be, for errors."""
    if field.choices is not None:
        return f"must be one of {', '.join(field.choices)}"
    low = "any" if field.low is None else field.low
    high = "any" if field.high is None else field.high
    return f"must be a {'whole ' if field.whole else ''}number, {low} to {high}"


def _value(value: Any, field: Field) -> Value | None:  # noqa: ANN401 - any row
    if value is None:
        return None
    if field.kind == "number":
        return _number(value)
    if field.kind == "text" and isinstance(value, str):
        return str(value)
    if field.kind == "day" and isinstance(value, date):
        if isinstance(value, datetime):
            raise TypeError
        return value
    raise TypeError


def _number(value: Any) -> Decimal | None:  # noqa: ANN401 - any row
    if isinstance(value, bool):
        raise TypeError
    if isinstance(value, Integral):
        return Decimal(int(value))
    if isinstance(value, float):
        return Decimal(repr(float(value))) if math.isfinite(value) else None
    if isinstance(value, Decimal):
        return value if value.is_finite() else None
    raise TypeError


def _fault(value: Value | None, field: Field) -> str:
    if value is None:
        return "is never missing" if field.always else ""
    if isinstance(value, str):
        return "" if _may(value, field.choices) else range_text(field)
    if isinstance(value, Decimal) and not _within(value, field):
        return range_text(field)
    return ""


def _may(value: str, choices: Mapping[str, object] | None) -> bool:
    return choices is None or value in choices


def _within(value: Decimal, field: Field) -> bool:
    if field.whole and value != value.to_integral_value():
        return False
    above = field.low is None or value >= field.low
    return above and (field.high is None or value <= field.high)
