"""What the facts of the bench's world say, column by column."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any, Final

import numpy as np
import pyarrow as pa
from bench.peers.rows import Ints, Rows, chosen, days, month_before, text

from xiaowei.facts.contracts.contract import Column, Source

Saying = Callable[[Rows], Any]

FAR: Final = date(2027, 1, 1)
"""An end of what has not ended: in no bench a day comes that a fact states."""
_NUMBERED: Final = 100_000
_GOODS: Final = tuple(f"1{n:02d}0100000000000000" for n in range(20))
_INDUSTRIES: Final = ("C13", "C17", "E47", "F51", "F52", "H62", "I65", "M74")
_VOIDED, _RED, _SALES = 0.06, 0.02, 0.55


def said(rows: Rows, source: Source) -> dict[str, Any]:
    """Return all columns of a source but whose facts they are and when they happened.

    Args:
        rows: whose facts are drawn.
        source: what they state.
    """
    apart = {source.key, "happened_on", "known_on"}
    columns = {
        column.name: _one(rows, column, source.family)
        for column in source.columns
        if column.name not in apart
    }
    if source.family == "invoices":
        columns |= _invoices(rows)
    return columns


def _one(rows: Rows, column: Column, family: str) -> Any:  # noqa: ANN401
    named = _SAYINGS.get(f"{family}.{column.name}", _SAYINGS.get(column.name))
    if named is not None:
        return named(rows)
    if column.kind == "choice":
        return rows.among(sorted(set(column.choices.values())))
    return _KINDS[column.kind](rows)


def _invoices(rows: Rows) -> dict[str, Any]:
    """Return the columns of invoices that hang together."""
    red = rows.rng.random(rows.count) < _RED
    net = np.where(red, -1, 1) * rows.fen(13_000)
    tax = (net * 13 + 50) // 100
    # Few partners are met often: a third of the invoices are with the first of them.
    which = np.minimum((rows.rng.pareto(1.1, rows.count) * 3).astype(np.int64), 60)
    partner = (rows.firm * 2_654_435_761 + which * 40_503) % len(rows.codes)
    state = (rows.rng.random(rows.count) < _VOIDED).astype(np.int64)
    way = (rows.rng.random(rows.count) > _SALES).astype(np.int64)
    return {
        "counterparty_id": rows.codes.take(pa.array(partner)),
        "net_fen": net,
        "tax_fen": tax,
        "total_fen": net + tax,
        "state": chosen(("valid", "voided"), state),
        "direction": chosen(("sale", "purchase"), way),
    }


def _number(rows: Rows) -> pa.Array:
    return text(rows.firm * _NUMBERED + rows.place)


def _few(rows: Rows) -> pa.Array:
    return text(rows.place % 3)


def _period_start(rows: Rows) -> pa.Array:
    return days(month_before(rows.day)[0])


def _period_end(rows: Rows) -> pa.Array:
    return days(month_before(rows.day)[1])


def _due(rows: Rows) -> pa.Array:
    return days(month_before(rows.day)[1] + 14)


def _end(rows: Rows) -> pa.Array:
    """Return days that are over, none for most."""
    ended = rows.later(1, 1)
    return rows.mostly(ended, gone=0.9)


def _far(rows: Rows) -> pa.Array:
    ends = [FAR + timedelta(days=30 * n) for n in range(12)]
    return pa.array(ends, pa.date32()).take(pa.array(rows.below(len(ends))))


def _shared(rows: Rows, *, by: int) -> pa.Array:
    """Return text that so many neighbours have in common."""
    return text(rows.firm // by)


def _year(rows: Rows) -> Ints:
    return 2025 - rows.place


def _anyone(rows: Rows) -> pa.Array:
    return rows.codes.take(pa.array(rows.below(len(rows.codes))))


def _paid(rows: Rows) -> Ints:
    """Return amounts paid: in nine of ten cases some, else nothing."""
    paid: Ints = rows.fen(3_000) * (rows.below(10) > 0)
    return paid


_SAYINGS: Final[dict[str, Saying]] = {
    **dict.fromkeys(
        ("invoice_no", "flow_no", "bill_no", "enquiry_no", "case_no", "right_no"),
        _number,
    ),
    **dict.fromkeys(("application_no", "loans.loan_no", "course"), _number),
    "repayments.loan_no": lambda rows: text(rows.firm * _NUMBERED),
    "repayments.instalment": lambda rows: rows.place + 1,
    "period_start": _period_start,
    "period_end": _period_end,
    "due_on": _due,
    "loans.due_on": _far,
    "utility_bills.due_on": lambda rows: rows.later(0, 0),
    "paid_on": lambda rows: rows.mostly(rows.later(-10, 0), gone=0.1),
    "opened_on": lambda rows: days(rows.day - 400 - rows.place),
    "until_on": _far,
    "memberships.until_on": _end,
    "owners.until_on": _end,
    "closed_on": _end,
    "consents.covers": lambda rows: rows.among(["all"]),
    "consents.state": lambda rows: chosen(
        ("granted", "withdrawn"), (rows.below(20) == 0).astype(np.int64)
    ),
    "tax": lambda rows: chosen(("vat", "income"), (rows.below(9) == 0).astype(int)),
    "regime": lambda rows: chosen(("monthly_quota", "face_cap"), rows.place % 2),
    "year": _year,
    "meter": lambda rows: rows.among(["M1"]),
    "name": lambda rows: text(rows.firm),
    "industry": lambda rows: rows.among(_INDUSTRIES),
    "region": lambda rows: rows.among(["350211", "350212", "350213"]),
    "park": lambda rows: rows.mostly(_few(rows), gone=0.8),
    "address": lambda rows: _shared(rows, by=3),
    "phone": lambda rows: rows.mostly(_shared(rows, by=1), gone=0.3),
    "person_id": lambda rows: text(rows.firm // 2 * 7 + rows.place),
    "counterparty_id": lambda rows: rows.mostly(_anyone(rows), gone=0.2),
    "counterparty": lambda rows: rows.mostly(_anyone(rows), gone=0.5),
    "guaranteed_id": _anyone,
    "goods": lambda rows: rows.mostly(rows.among(_GOODS), gone=0.1),
    "dpd": lambda rows: rows.below(10) // 9 * 20,
    "overdue_fen": lambda rows: rows.fen(2_000) * (rows.below(10) == 0),
    "severity": lambda rows: rows.below(5) + 1,
    "paid_fen": _paid,
}
"""What a column says, by its name or by its family's and its own."""

_KINDS: Final[dict[str, Saying]] = {
    "code": _few,
    "text": _few,
    "day": _far,
    "yuan": lambda rows: rows.fen(5_000),
    "count": lambda rows: rows.below(40),
    "rate": lambda rows: rows.rng.random(rows.count).round(4),
    "kwh": lambda rows: (rows.rng.random(rows.count) * 9_000).round(2),
    "m3": lambda rows: (rows.rng.random(rows.count) * 300).round(2),
    "number": lambda rows: (rows.rng.random(rows.count) * 900).round(0),
}
