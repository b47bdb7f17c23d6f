"""Money of each calendar month: what came, what went for what, how the month closed."""

from collections.abc import Mapping, Sequence
from typing import Final

import ibis
import ibis.expr.types as ir
import pyarrow as pa

from xiaowei.portraits.plan import of_firms
from xiaowei.portraits.standing import current

_OWNERS: Final = ("owner", "loan")
_UPKEEP: Final = ("wages", "rent", "social_security", "utilities")
_LINES: Final = 10**9
"""More lines than a file of flows has."""

FLOWS: Final = (
    "received",
    "bought",
    "upkeep",
    "taxes",
    "service",
    "drawn",
)
"""What `cash_months` tells of a month beside its close."""


TELLING: Final[Mapping[str, tuple[str, str]]] = {
    "invoices": ("", "total_fen"),
    "payroll": ("wages", "wages_fen"),
    "social_security": ("social", "paid_fen"),
    "tax_filings": ("taxes", "paid_fen"),
}
"""Family of which `invoice_cash` tells, to its measure and column; the measure of an
invoice is by its direction."""


def cash_months(flows: ir.Table, *, enterprises: Sequence[str] | None) -> ir.Table:
    """Return what moved through the accounts of enterprises in each calendar month.

    Money without a stated purpose counts as trade. What the owner puts in and what is
    lent to the firm is no receipt of it.

    Args:
        flows: Shape: facts of `bank_flows` known by the day, of those who agree.
        enterprises: whose; None for all that the facts are of.

    Returns:
        Shape: one row per enterprise and month with a flow, in that order;
        `enterprise_id`, `month` (its first day), fen of each of FLOWS, 0 or more.
    """
    rows = current(of_firms(flows, enterprises), family="bank_flows")
    purpose = rows.purpose.fill_null("other")
    out, known = rows.way == "out", purpose.isin((*_OWNERS, *_UPKEEP))
    kinds = {
        "received": ~out & ~purpose.isin(_OWNERS),
        "bought": out & ~known & ~purpose.isin(("tax", "repayment")),
        "upkeep": out & purpose.isin(_UPKEEP),
        "taxes": out & (purpose == "tax"),
        "service": out & purpose.isin(("repayment", "loan")),
        "drawn": out & (purpose == "owner"),
    }
    months = rows.select(
        "enterprise_id",
        month=rows.happened_on.truncate("month"),
        **{
            name: ibis.ifelse(where, rows.amount_fen, 0)
            for name, where in kinds.items()
        },
    )
    return (
        months.group_by(["enterprise_id", "month"])
        .aggregate(**{name: months[name].sum().cast("int64") for name in FLOWS})
        .order_by("enterprise_id", "month")
    )


def month_closes(flows: ir.Table, *, enterprises: Sequence[str] | None) -> ir.Table:
    """Return the balance with which each account closed each month with a flow.

    Args:
        flows: Shape: as for `cash_months`.
        enterprises: whose; None for all that the facts are of.

    Returns:
        Shape: one row per enterprise, account and month with a stated balance;
        `enterprise_id`, `account`, `month`, `close` fen: the balance after the flow of
        the month's last day that stands last in the files.
    """
    rows = current(of_firms(flows, enterprises), family="bank_flows")
    rows = rows.filter(rows.balance_fen.notnull())
    first = ibis.date(1900, 1, 1)
    place = rows.happened_on.delta(first, unit="day").cast("int64") * _LINES + rows.line
    stated = rows.mutate(month=rows.happened_on.truncate("month"), place=place)
    return (
        stated.group_by(["enterprise_id", "account", "month"])
        .aggregate(close=stated.balance_fen.argmax(stated.place).cast("int64"))
        .order_by("enterprise_id", "account", "month")
    )


def invoice_cash(
    facts: Mapping[str, ir.Table], *, enterprises: Sequence[str] | None
) -> ir.Table:
    """Return what invoices, wages and taxes tell of money where no account is seen.

    Args:
        facts: a family's name to its facts known by the day, of those who agree.
        enterprises: whose; None for all that the facts are of.

    Returns:
        Shape: one row per enterprise, month and measure; `enterprise_id`, `month`,
        `measure` of `sold`, `bought`, `wages`, `social`, `taxes`, `value` fen; invoices
        with tax, in the month they were issued, the others in that of payment.
    """
    parts = [
        _summed(rows, measure, value)
        for family, (measure, value) in TELLING.items()
        if (rows := _of(facts, family, enterprises)) is not None
    ]
    whole = parts[0] if parts else None
    for part in parts[1:]:
        whole = part if whole is None else whole.union(part)
    if whole is None:
        return _nothing()
    return whole.order_by("enterprise_id", "month", "measure")


def _nothing() -> ir.Table:
    columns = {
        "enterprise_id": pa.string(),
        "month": pa.date32(),
        "measure": pa.string(),
        "value": pa.int64(),
    }
    return ibis.memtable(pa.schema(columns).empty_table())


def _of(
    facts: Mapping[str, ir.Table], family: str, enterprises: Sequence[str] | None
) -> ir.Table | None:
    if family not in facts:
        return None
    return current(of_firms(facts[family], enterprises), family=family)


def _summed(rows: ir.Table, measure: str, value: str) -> ir.Table:
    if measure:
        told: ir.Value = ibis.literal(measure)
    else:
        rows = rows.filter(rows.state == "valid")
        told = ibis.ifelse(rows.direction == "sale", "sold", "bought")
    named = rows.select(
        "enterprise_id",
        month=rows.happened_on.truncate("month"),
        measure=told,
        value=rows[value],
    )
    return named.group_by(["enterprise_id", "month", "measure"]).aggregate(
        value=named.value.sum().cast("int64")
    )
