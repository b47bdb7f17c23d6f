"""Stated texts in; typed columns out, and for each bad row the reasons why."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Final

import ibis
import ibis.expr.types as ir
import pyarrow as pa

from xiaowei.facts.columns import Mapped
from xiaowei.facts.identity import credit_code_fault
from xiaowei.facts.known import NEVER, Check, day_checks, known_by
from xiaowei.facts.read import Stated
from xiaowei.facts.reasons import Fault, empty, in_one_cell, not_so
from xiaowei.facts.sources import EARLIEST, LATEST, MAX_YUAN, Column, Source
from xiaowei.money import AMOUNT_PATTERN, FEN_PER_YUAN
from xiaowei.said import Said

DTYPES: Final = {
    "code": "string",
    "text": "string",
    "choice": "string",
    "day": "date",
    "yuan": "int64",
    "kwh": "float64",
    "m3": "float64",
    "rate": "float64",
    "number": "float64",
    "count": "int64",
}

_ISO_DAY: Final = "____-__-__"
_ANY_DAY: Final = r"^(\d{4})(?:[-/.年](\d{1,2})[-/.月](\d{1,2})日?|(\d{2})(\d{2}))"
_TIME: Final = r"(?:[ T]\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)?)?$"
_POWERS_OF_TEN: Final = r"^\d(\.\d+)?[Ee]\+\d+$"
_LOST: Final = r"[\x00\x{FFFD}]"
_NO_CODE: Final = (
    r"[\x00-\x1F\x7F\x{A0}\x{200B}-\x{200F}\x{3000}\x{FEFF}\x{FFFD}"
    r"\x{FF10}-\x{FF19}\x{FF21}-\x{FF3A}\x{FF41}-\x{FF5A}]"
)
_LONGEST_CODE: Final = 100
_EXACT_UNTIL: Final = 10**15
_DECIMAL: Final = "decimal(18, 6)"
_THREE_DECIMALS: Final = r"^[^.]*(\.\d{0,3})?"
_TOLERANCE_FEN: Final = 1
_SPACES: Final = " \t\n\r\v\f"
_FLOATING: Final = {"kwh", "m3", "rate", "number"}
_PERCENT: Final = r"^\d+(\.\d+)?%$"
_SHARE: Final = r"^\d+(\.\d+)?$"


@dataclass(frozen=True, slots=True)
class Judged:
    """A file's rows with typed columns, and what is wrong with some of them.

    Args:
        rows: Shape: one row per row of the file; `line`, the source's columns with
            happened_on and known_on filled in, its fixed columns, `dated`, whether the
            row itself states when it became known, and `faults`, 0 for a good row, else
            a sum of powers of two, one for each fault it has.
        faults: the fault that each power of two stands for, from the lowest; the last
            is that of `mark_codes`.
    """

    rows: ir.Table
    faults: tuple[Fault, ...]

    def reason(self, faults: int, cells: Mapping[str, object]) -> str:
        """Say all that is wrong with a row, or that it cannot be read at all.

        Args:
            faults: what the row has in its column of that name.
            cells: the row as stated.
        """
        if faults & 1:
            return str(cells["fault"])
        return in_one_cell(
            fault.say(*(_shown(cells[name]) for name in fault.shown))
            for place, fault in enumerate(self.faults)
            if faults >> place & 1
        )


def judge(
    stated: Stated, *, source: Source, mapped: Mapped, received_on: date
) -> Judged:
    """Return the rows of a file with typed columns and the faults of each.

    Args:
        stated: the rows as stated.
        source: what they should be.
        mapped: which heading stands for which column.
        received_on: the day taken as known where neither file nor source gives one;
            no fact can have happened or been known after it.
    """
    raw = stated.rows
    typed: dict[str, ir.Value] = {}
    whole = Fault(("fault",), lambda text: Said(text, text))
    checks = [(raw.fault.notnull(), whole)]
    for column in source.columns:
        place = mapped.stated.get(column.name)
        if place is None:
            typed[column.name] = ibis.null(DTYPES[column.kind])
            continue
        cell = _Cell(raw[place])
        value = _typed(cell, column)
        typed[column.name] = value
        head = mapped.heads[column.name]
        unit = mapped.units.get(place, 1)
        checks += _checks(_Place(column, place, head, unit), cell, value)
    for name, fixed in source.fixed.items():
        typed[name] = ibis.literal(fixed)
    dated = typed["known_on"].notnull()
    known = ibis.coalesce(typed["known_on"], known_by(typed, source, received_on))
    happened = ibis.coalesce(typed[source.happened], known)
    typed |= {"known_on": known, "happened_on": happened}
    checks += day_checks(typed, source, mapped, received_on)
    checks += _sum_checks(typed, source, mapped)
    faults = _mask([bad for bad, _ in checks])
    rows = raw.select(line=raw.line, **typed, dated=dated, faults=faults)
    return Judged(rows, (*(fault for _, fault in checks), _code_fault(mapped)))


def mark_codes(judged: Judged) -> Judged:
    """Return the same with a fault for each row whose unified credit code is none.

    Args:
        judged: its rows are read twice, so they had better be worked out already.
    """
    if "enterprise_id" not in judged.rows.columns:
        return judged
    good = judged.rows.filter(judged.rows.faults == 0)
    codes = good.select("enterprise_id").distinct().to_pyarrow_batches()
    wrong = [
        code
        for batch in codes
        for code in batch["enterprise_id"].to_pylist()
        if credit_code_fault(code)
    ]
    if not wrong:
        return judged
    marks = ibis.memtable(pa.table({"enterprise_id": pa.array(wrong, pa.string())}))
    rows = judged.rows.left_join(marks, "enterprise_id")
    bit = ibis.ifelse(rows.enterprise_id_right.isnull(), 0, 1 << len(judged.faults) - 1)
    rows = rows.mutate(faults=rows.faults + bit).drop("enterprise_id_right")
    return replace(judged, rows=rows)


class _Cell:
    """A column as stated, and the same as text without surrounding spaces."""

    def __init__(self, value: ir.Value) -> None:
        self.value = value
        if value.type().is_string():
            self.text = value.strip()
            self.empty = value.isnull() | (self.text == "")
        else:
            self.text = _written(value)
            self.empty = value.isnull()


def _mask(bad: Sequence[ir.BooleanValue]) -> ir.IntegerValue:
    bits = [
        ibis.ifelse(one, 1 << place, 0).cast("int64") for place, one in enumerate(bad)
    ]
    return sum(bits[1:], start=bits[0])


def _sum_checks(
    typed: Mapping[str, ir.Value], source: Source, mapped: Mapped
) -> list[Check]:
    if source.sums is None:
        return []
    first, second, total = (typed[name] for name in source.sums)
    heads = [mapped.heads[name] for name in source.sums]
    cells = tuple(mapped.stated[name] for name in source.sums)

    def say(*texts: str) -> Said:
        one, two, three = (f"{h} {t}" for h, t in zip(heads, texts, strict=True))
        return Said(
            f"{one} + {two} 不等于 {three}。请核对发票",
            f"{one} + {two} is not {three}. Compare with the invoice",
        )

    gap = (first + second - total).abs()
    return [((gap > _TOLERANCE_FEN).fill_null(NEVER), Fault(cells, say))]


def _typed(cell: _Cell, column: Column) -> ir.Value:
    kind = column.kind
    if kind == "day":
        return cell.value.cast("date") if _is_temporal(cell.value) else _day(cell.text)
    if kind == "choice":
        words = ((word.lower(), ours) for word, ours in column.choices.items())
        return cell.text.lower().cases(*words, else_=None)
    if kind in {"code", "text"}:
        text = cell.text.nullif("")
        if column.pattern is None:
            return text
        return ibis.ifelse(text.re_search(column.pattern), text, ibis.null("string"))
    return _figure(cell, kind)


def _figure(cell: _Cell, kind: str) -> ir.Value:
    form = _DECIMAL if kind == "yuan" else "float64"
    if cell.value.type().is_numeric():
        return _number(cell.value.try_cast(form), kind)
    if kind == "rate":
        return _rate(cell.text)
    text = cell.text.replace(",", "")
    if kind == "yuan":
        # The third decimal alone says how half a fen is rounded; the type holds six.
        text = text.re_extract(_THREE_DECIMALS, 0)
    plain = cell.text.re_search(AMOUNT_PATTERN)
    number = _number(text.try_cast(form), kind)
    return ibis.ifelse(plain, number, ibis.null(DTYPES[kind]))


def _is_temporal(value: ir.Value) -> bool:
    return bool(value.type().is_date() or value.type().is_timestamp())


def _written(value: ir.Value) -> ir.StringValue:
    """Return what is no text as a text; whole numbers as a CSV would hold them.

    A floating number beyond 15 digits has lost some, so it is no text at all.
    """
    if not value.type().is_floating():
        return value.cast("string")
    whole = value.try_cast("int64").cast("string")
    return ibis.cases(
        (value.abs() >= _EXACT_UNTIL, ibis.null("string")),
        (value == value.round(), whole),
        else_=value.cast("string"),
    )


def _number(value: ir.Value, kind: str) -> ir.Value:
    bounded = ibis.ifelse(value.abs() <= MAX_YUAN, value, ibis.null())
    if kind in _FLOATING:
        return bounded.cast("float64")
    if kind == "count":
        whole = ibis.ifelse(bounded == bounded.round(), bounded, ibis.null())
        return whole.cast("int64")
    return (bounded.round(2) * FEN_PER_YUAN).cast("int64")


def _rate(text: ir.StringValue) -> ir.Value:
    """Return the share that a text states: 3.85% and 0.0385 are the same."""
    percent = text.replace("%", "").try_cast("float64") / 100
    return ibis.cases(
        (text.re_search(_PERCENT), percent),
        (text.re_search(_SHARE), text.try_cast("float64")),
        else_=ibis.null("float64"),
    )


def _day(text: ir.StringValue) -> ir.DateValue:
    """Return the day a text states, null where the calendar has none such.

    2019-02-03, 2019/2/3, 2019.2.3, 2019年2月3日 and 20190203 are read, with or without
    a time of day.
    """
    parts = _ANY_DAY + _TIME
    found = [text.re_extract(parts, place) for place in range(1, 6)]
    spaced = found[0] + "-" + found[1] + found[3] + "-" + found[2] + found[4]
    other = ibis.ifelse(text.re_search(parts), spaced, ibis.null("string"))
    iso = (text.length() == len(_ISO_DAY)) & text.like(_ISO_DAY)
    return ibis.ifelse(iso, text, other).try_cast("date")


def _code_fault(mapped: Mapped) -> Fault:
    head = mapped.heads.get("enterprise_id", "")

    def say(text: str) -> Said:
        fault = credit_code_fault(text) or Said("", "")
        return Said(
            f"列“{head}”：{fault.zh}。请核对营业执照",
            f"column {head}: {fault.en}. Compare with the licence",
        )

    return Fault((mapped.stated.get("enterprise_id", ""),), say)


@dataclass(frozen=True, slots=True)
class _Place:
    """Where a column stands in a file, and the yuan in the unit its heading names."""

    column: Column
    place: str
    head: str
    unit: int


def _checks(at: _Place, cell: _Cell, value: ir.Value) -> list[Check]:
    column = at.column
    unread = value.isnull() if column.pattern is None else NEVER
    bad = ~cell.empty & (unread | _out_of_bounds(cell, value, column))

    def say(text: str) -> Said:
        return not_so(text, column, head=at.head, unit=at.unit)

    def say_empty() -> Said:
        return empty(column, head=at.head, unit=at.unit)

    checks = [(bad, Fault((at.place,), say))]
    if column.required:
        checks.append((cell.empty, Fault((), say_empty)))
    return checks


def _out_of_bounds(cell: _Cell, value: ir.Value, column: Column) -> ir.BooleanValue:
    if column.kind == "day":
        bad = (value < ibis.literal(EARLIEST)) | (value >= ibis.literal(LATEST))
    elif column.kind == "code":
        bad = cell.text.re_search(f"{_POWERS_OF_TEN}|{_NO_CODE}")
        bad |= cell.text.length() > _LONGEST_CODE
    elif column.kind == "text":
        bad = cell.text.re_search(_LOST)
    elif column.kind in {"kwh", "m3", "count"}:
        bad = value < 0
    elif column.kind == "rate":
        bad = (value < 0) | (value > 1)
    else:
        return NEVER
    return bad.fill_null(NEVER)


def _shown(cell: object) -> str:
    return "" if cell is None else str(cell).strip(_SPACES)
