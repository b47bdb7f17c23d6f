"""A row's days in; when it became known, and which of the days cannot be, out."""

from collections.abc import Mapping
from datetime import date
from typing import Final, TypeAlias

import ibis
import ibis.expr.types as ir

from xiaowei.facts.columns import Mapped
from xiaowei.facts.reasons import Fault, not_yet
from xiaowei.facts.sources import LATEST, Source
from xiaowei.said import Said

Check: TypeAlias = tuple[ir.BooleanValue, Fault]
"""Whether a row has a fault, and the fault."""
NEVER: Final = ibis.literal(value=False)


def known_by(
    typed: Mapping[str, ir.Value], source: Source, received_on: date
) -> ir.DateValue:
    """Return the day on which a row that does not state it became known.

    A day after the receipt is a plan or a slip, so it says nothing of that.

    Args:
        typed: the row's columns.
        source: which of them tell of the day, see `Source.known`.
        received_on: taken where none does.
    """
    receipt, never = ibis.literal(received_on), ibis.literal(date.min)
    days = [
        ibis.ifelse(typed[name] <= receipt, typed[name], never).fill_null(never)
        for name in source.known
    ]
    return ibis.greatest(never, *days).nullif(never).fill_null(receipt)


def day_checks(
    typed: Mapping[str, ir.Value], source: Source, mapped: Mapped, received_on: date
) -> list[Check]:
    """Return what can be wrong with the days of a row, and how that is said.

    Args:
        typed: its columns, happened_on and known_on filled in.
        source: what it states.
        mapped: which headings stand for its columns.
        received_on: no fact can have happened or been known after it.
    """
    return [
        *_future_checks(typed, source, mapped, received_on),
        _early_check(typed, received_on),
        *_past_checks(typed, source, mapped),
    ]


def _future_checks(
    typed: Mapping[str, ir.Value], source: Source, mapped: Mapped, received_on: date
) -> list[Check]:
    """Find days on which nobody could have handed the file in yet."""
    return [
        _future(typed[name], source, mapped, (name, received_on))
        for name in ("happened_on", *source.past, "known_on")
        if name in mapped.stated
    ]


def _future(
    day: ir.Value, source: Source, mapped: Mapped, named: tuple[str, date]
) -> Check:
    name, received_on = named
    late = (day > ibis.literal(received_on)) & (day < ibis.literal(LATEST))

    def say(text: str) -> Said:
        return not_yet(
            text,
            head=mapped.heads[name],
            received_on=received_on,
            invoice=source.family == "invoices",
        )

    return late.fill_null(NEVER), Fault((mapped.stated[name],), say)


def _early_check(typed: Mapping[str, ir.Value], received_on: date) -> Check:
    early = Said(
        "获知日期早于发生日期。请核对这两个日期",
        "known on a day before it happened. Compare the two days",
    )
    happened = typed["happened_on"]
    past = happened <= ibis.literal(received_on)
    return past & (typed["known_on"] < happened), Fault((), lambda: early)


def _past_checks(
    typed: Mapping[str, ir.Value], source: Source, mapped: Mapped
) -> list[Check]:
    """Find rows that were known before what they say had come."""
    return [
        _before(typed["known_on"] < typed[name], name, mapped)
        for name in source.past
        if name in mapped.stated and "known_on" in mapped.stated
    ]


def _before(early: ir.BooleanValue, name: str, mapped: Mapped) -> Check:
    heads = [mapped.heads[one] for one in (name, "known_on")]
    cells = tuple(mapped.stated[one] for one in (name, "known_on"))

    def say(*texts: str) -> Said:
        day, known = (f"{h} {t}" for h, t in zip(heads, texts, strict=True))
        return Said(
            f"{known}早于{day}：获知时尚未发生。请核对这两个日期",
            f"{known} lies before {day}, which nobody can have known then. Compare "
            "the two days",
        )

    return early.fill_null(NEVER), Fault(cells, say)
