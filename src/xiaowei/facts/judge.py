"""Stated texts in; typed columns out, and for each bad row the reasons why."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

import ibis
import ibis.expr.types as ir

from xiaowei.errors import InputError
from xiaowei.facts.read import Stated
from xiaowei.facts.sources import MAX_YUAN, Column, Source
from xiaowei.money import AMOUNT_PATTERN, FEN_PER_YUAN

DTYPES: Final = {
    "code": "string",
    "text": "string",
    "choice": "string",
    "day": "date",
    "yuan": "int64",
    "kwh": "float64",
    "count": "int64",
}
EARLIEST: Final = date(1949, 10, 1)
"""No fact of an enterprise in mainland China is older than the republic's registers."""

_DAY: Final = r"^\d{4}-\d{1,2}-\d{1,2}([ T]00:00:00(\.0+)?)?$"
_PLAIN_DAY: Final = r"^(\d{4})(\d{2})(\d{2})$"
_POWERS_OF_TEN: Final = r"^\d(\.\d+)?E\+\d+$"
_TOLERANCE_FEN: Final = 1


@dataclass(frozen=True, slots=True)
class Mapped:
    """Which heading of a file stands for which column.

    Args:
        stated: our column name to the column of the stated table.
        heads: our column name to the heading in the file.
        unused: headings that stand for nothing we know.
    """

    stated: dict[str, str]
    heads: dict[str, str]
    unused: tuple[str, ...]


class MissingColumnError(InputError):
    """A file lacks columns that its source must have."""

    def __init__(
        self, file: str, *, missing: Sequence[Column], heads: Sequence[str]
    ) -> None:
        """Name the columns missing and the headings found."""
        wanted = "; ".join("one of " + " | ".join(column.heads) for column in missing)
        super().__init__(
            f"'{file}' lacks {len(missing)} column(s): its headings are "
            + ", ".join(heads),
            expected=wanted,
            remedy="Add or rename the column and hand the file in again",
        )


def map_columns(heads: Sequence[str], *, source: Source, file: str) -> Mapped:
    """Return which heading stands for which column of a source.

    Args:
        heads: the file's headings in order.
        source: what the file is to state.
        file: its name, for the message.

    Raises:
        MissingColumnError: a required column stands under none of its names.
    """
    places = {head.strip().lower(): place for place, head in enumerate(heads)}
    stated: dict[str, str] = {}
    named: dict[str, str] = {}
    for column in source.columns:
        for head in column.heads:
            if head.lower() in places:
                stated[column.name] = f"c{places[head.lower()]}"
                named[column.name] = head
                break
    lacking = [c for c in source.columns if c.required and c.name not in stated]
    if lacking:
        raise MissingColumnError(file, missing=lacking, heads=heads)
    unused = tuple(head for head in heads if head not in named.values())
    return Mapped(stated, named, unused)


def judge(
    stated: Stated, *, source: Source, mapped: Mapped, received_on: date
) -> ir.Table:
    """Return the rows of a file with typed columns and the reasons against each.

    Args:
        stated: the rows as stated.
        source: what they should be.
        mapped: which heading stands for which column.
        received_on: the day taken as known where neither file nor source gives one.

    Returns:
        Shape: one row per row of the file; `line`, the source's columns with
        happened_on and known_on filled in, its fixed columns, and `fault`, null for a
        good row, else every reason in one text.
    """
    raw = stated.rows
    typed: dict[str, ir.Value] = {}
    faults: list[ir.Value] = [raw.fault]
    for column in source.columns:
        if column.name not in mapped.stated:
            typed[column.name] = ibis.null(DTYPES[column.kind])
            continue
        cell = raw[mapped.stated[column.name]]
        value = _typed(cell, column)
        typed[column.name] = value
        faults.append(_fault(cell, value, column, mapped.heads[column.name]))
    for name, fixed in source.fixed.items():
        typed[name] = ibis.literal(fixed)
    table = raw.select(line=raw.line, **typed, fault=_joined(faults))
    return _with_days(table, source=source, received_on=received_on)


def _with_days(table: ir.Table, *, source: Source, received_on: date) -> ir.Table:
    known = ibis.coalesce(table.known_on, table[source.known], ibis.literal(received_on))
    happened = ibis.coalesce(table[source.happened], known)
    early = "known on a day before it happened; compare the two days"
    faults: list[ir.Value] = [
        table.fault,
        ibis.ifelse(known < happened, early, ibis.null("string")),
    ]
    if source.sums is not None:
        first, second, total = (table[name] for name in source.sums)
        gap = (first + second - total).abs()
        text = (
            f"{source.sums[0]} + {source.sums[1]} differs from {source.sums[2]} by "
            + gap.cast("string")
            + " fen; compare with the invoice"
        )
        faults.append(ibis.ifelse(gap > _TOLERANCE_FEN, text, ibis.null("string")))
    return table.mutate(known_on=known, happened_on=happened, fault=_joined(faults))


def _joined(faults: Sequence[ir.Value]) -> ir.Value:
    return ibis.literal("; ").join(list(faults)).nullif("")


def _typed(cell: ir.Value, column: Column) -> ir.Value:
    kind = column.kind
    if kind == "day":
        return cell.cast("date") if cell.type().is_temporal() else _day(cell)
    if cell.type().is_numeric() and kind in {"yuan", "kwh", "count"}:
        return _number(cell.cast("float64"), kind)
    text = cell.cast("string").strip()
    if kind == "choice":
        words = list(column.choices.items())
        return text.lower().cases(*((k.lower(), v) for k, v in words), else_=None)
    if kind in {"code", "text"}:
        return text.nullif("")
    plain = text.re_search(AMOUNT_PATTERN)
    number = text.replace(",", "").try_cast("decimal(24, 4)")
    return ibis.ifelse(plain, _number(number, kind), ibis.null(DTYPES[kind]))


def _number(value: ir.Value, kind: str) -> ir.Value:
    if kind == "kwh":
        return value.cast("float64")
    if kind == "count":
        return ibis.ifelse(value == value.round(), value, ibis.null()).cast("int64")
    bounded = ibis.ifelse(value.abs() <= MAX_YUAN, value, ibis.null())
    return (bounded * FEN_PER_YUAN).round().cast("int64")


def _day(cell: ir.Value) -> ir.Value:
    text = cell.cast("string").strip().re_replace("[/.年月]", "-").re_replace("日$", "")
    text = text.re_replace(_PLAIN_DAY, r"\1-\2-\3")
    day = ibis.ifelse(text.re_search(_DAY), text.left(10).strip(), ibis.null("string"))
    return day.try_cast("date")


_SHOULD_BE: Final = {
    "code": "a code. Write it as text, e.g. 91330100716105852F",
    "text": "a text. Fill it in",
    "day": "a day of the calendar. Write e.g. 2019-02-28",
    "yuan": "an amount in yuan. Write digits, e.g. 120.50",
    "kwh": "an amount of electricity in kWh, 0 or more. Write digits, e.g. 120.5",
    "count": "a whole number of 0 or more. Write digits, e.g. 12",
}


def _fault(cell: ir.Value, value: ir.Value, column: Column, head: str) -> ir.Value:
    text = cell.cast("string").strip().fill_null("")
    should = _SHOULD_BE.get(column.kind) or "one of " + " | ".join(column.choices)
    wrong = ibis.literal(f"column {head}: '") + text.left(40) + f"' is not {should}"
    empty = f"column {head} is empty. It must hold {should}"
    bad = value.isnull() | _out_of_bounds(value, text, column).fill_null(False)  # noqa: FBT003
    if not column.required:
        return ibis.ifelse((text != "") & bad, wrong, ibis.null("string"))
    return ibis.cases((text == "", empty), (bad, wrong), else_=ibis.null("string"))


def _out_of_bounds(value: ir.Value, text: ir.Value, column: Column) -> ir.Value:
    if column.kind == "day":
        return value < ibis.literal(EARLIEST)
    if column.kind == "code":
        return text.re_search(_POWERS_OF_TEN)
    if column.kind in {"kwh", "count"}:
        return value < 0
    return ibis.literal(False)  # noqa: FBT003
