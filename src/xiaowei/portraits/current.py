"""A correction replaces what it corrects: facts in, each as last stated out."""

from typing import Final

import ibis
import ibis.expr.types as ir

_INVOICE: Final = (
    "enterprise_id",
    "direction",
    "invoice_no",
    "happened_on",
    "counterparty_id",
)
_STATED_AGAIN: Final[dict[str, tuple[tuple[str, ...], tuple[str, ...]]]] = {
    "tax_filings": (
        ("enterprise_id", "tax", "period_start", "period_end"),
        ("sales_fen", "due_fen", "paid_fen"),
    ),
    "electricity": (("enterprise_id", "meter", "happened_on"), ("kwh",)),
}
"""What a statement is about, and what it states of it."""


def current(facts: ir.Table, *, family: str) -> ir.Table:
    """Return facts as last stated; what a later fact corrects is left out.

    Of two filings of one period, or two readings of one meter and day, the one known
    last counts; of two known on one day the one filed last, then the one that stands
    later in the files. An invoice is the same as another where enterprise, direction,
    number, day and partner are; of two known on one day both count, for nothing says
    which came first.

    Args:
        facts: Shape: one row per fact known by the day.
        family: whose facts they are; a register is returned as it is.
    """
    if family == "invoices":
        return _current_invoices(facts)
    if family not in _STATED_AGAIN:
        return facts
    about, stated = _STATED_AGAIN[family]
    order = ["known_on", "happened_on", "file", "line", *stated]
    place = ibis.row_number().over(
        ibis.window(group_by=about, order_by=[ibis.desc(name) for name in order])
    )
    return facts.mutate(place=place).filter(lambda t: t.place == 0).drop("place")


def _current_invoices(invoices: ir.Table) -> ir.Table:
    """Return invoices without those that became known again later.

    Only what became known after it happened can correct anything; where nothing did,
    as in most deliveries, there is nothing to join with.
    """
    late = invoices.filter(invoices.known_on > invoices.happened_on)
    last = late.group_by(_INVOICE).aggregate(last=late.known_on.max()).view()
    joined = invoices.left_join(
        last, [invoices[name] == last[name] for name in _INVOICE]
    )
    stands = last["last"].isnull() | (invoices.known_on >= last["last"])
    return joined.filter(stands).select(*[invoices[name] for name in invoices.columns])
