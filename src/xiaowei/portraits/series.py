"""Monthly series of sales, purchases, declared sales and electricity."""

from collections.abc import Mapping
from datetime import date
from typing import Final

import ibis
import ibis.expr.types as ir

MEASURES: Final = ("sales_fen", "purchases_fen", "declared_fen", "kwh")


def monthly(facts: Mapping[str, ir.Table]) -> ir.Table:
    """Return what each enterprise did in each calendar month.

    Args:
        facts: a family's name to its facts known by the day.

    Returns:
        Shape: one row per enterprise, month and measure; `enterprise_id`, `month`
        (its first day), `measure` of MEASURES, `value` (fen or kWh). A month without
        facts has no row.
    """
    parts = []
    if "invoices" in facts:
        rows = facts["invoices"].filter(lambda t: t.state == "valid")
        sale = rows.direction == "sale"
        named = rows.mutate(
            month=rows.happened_on.truncate("month"),
            measure=ibis.ifelse(sale, "sales_fen", "purchases_fen"),
        )
        parts.append(_summed(named, value=named.net_fen))
    if "tax_filings" in facts:
        rows = facts["tax_filings"].filter(lambda t: t.tax == "vat")
        named = rows.mutate(
            month=rows.period_end.truncate("month"),
            measure=ibis.literal("declared_fen"),
        )
        parts.append(_summed(named, value=named.sales_fen))
    if "electricity" in facts:
        rows = facts["electricity"]
        named = rows.mutate(
            month=rows.happened_on.truncate("month"), measure=ibis.literal("kwh")
        )
        parts.append(_summed(named, value=named.kwh.round().cast("int64")))
    if not parts:
        return _nothing()
    whole = parts[0]
    for part in parts[1:]:
        whole = whole.union(part)
    return whole.order_by("enterprise_id", "month", "measure")


def month_names(first: date, last: date) -> list[str]:
    """Return all calendar months from one day's to another's.

    >>> month_names(date(2019, 11, 30), date(2020, 2, 1))
    ['2019-11', '2019-12', '2020-01', '2020-02']
    """
    count = (last.year - first.year) * 12 + last.month - first.month + 1
    months = (divmod(first.year * 12 + first.month - 1 + n, 12) for n in range(count))
    return [f"{year}-{month + 1:02d}" for year, month in months]


def _summed(rows: ir.Table, *, value: ir.Value) -> ir.Table:
    return rows.group_by(["enterprise_id", "month", "measure"]).aggregate(
        value=value.sum().cast("int64")
    )


def _nothing() -> ir.Table:
    schema = {
        "enterprise_id": "string",
        "month": "date",
        "measure": "string",
        "value": "int64",
    }
    return ibis.table(schema, name="nothing").limit(0)
