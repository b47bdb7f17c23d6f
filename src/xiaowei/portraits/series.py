"""Monthly series of sales, purchases, declared sales and electricity."""

from collections.abc import Callable, Mapping
from datetime import date
from functools import reduce
from typing import Final

import ibis
import ibis.expr.types as ir
import pyarrow as pa

from xiaowei.portraits.standing import current

MEASURES: Final = ("sales_fen", "purchases_fen", "declared_fen", "kwh")


def monthly(facts: Mapping[str, ir.Table]) -> ir.Table:
    """Return what each enterprise did in each calendar month.

    Args:
        facts: a family's name to its facts known by the day.

    Returns:
        Shape: one row per enterprise, month and measure; `enterprise_id`, `month`
        (its first day), `measure` of MEASURES, `value` (fen or kWh), in that order. A
        period of several months stands in its last; a month without facts has no row.
    """
    months = [
        of_family(current(facts[family], family=family))
        for family, of_family in _MONTHS.items()
        if family in facts
    ]
    whole = reduce(lambda a, b: a.union(b), months) if months else _nothing()
    return whole.order_by("enterprise_id", "month", "measure")


def month_names(first: date, last: date) -> list[str]:
    """Return all calendar months from one day's to another's.

    >>> month_names(date(2019, 11, 30), date(2020, 2, 1))
    ['2019-11', '2019-12', '2020-01', '2020-02']
    """
    count = (last.year - first.year) * 12 + last.month - first.month + 1
    months = (divmod(first.year * 12 + first.month - 1 + n, 12) for n in range(count))
    return [f"{year}-{month + 1:02d}" for year, month in months]


def _invoiced(invoices: ir.Table) -> ir.Table:
    rows = invoices.filter(invoices.state == "valid")
    sale = rows.direction == "sale"
    measure = ibis.ifelse(sale, "sales_fen", "purchases_fen")
    return _summed(rows, day=rows.happened_on, measure=measure, value=rows.net_fen)


def _declared(filings: ir.Table) -> ir.Table:
    rows = filings.filter(filings.tax == "vat")
    measure = ibis.literal("declared_fen")
    return _summed(rows, day=rows.period_end, measure=measure, value=rows.sales_fen)


def _metered(readings: ir.Table) -> ir.Table:
    # Watt-hours are whole numbers: their sums do not depend on the order of adding.
    wh = (readings.kwh * 1000).round().cast("int64")
    measure = ibis.literal("kwh")
    months = _summed(readings, day=readings.happened_on, measure=measure, value=wh)
    return months.mutate(value=(months.value / 1000).round().cast("int64"))


_MONTHS: Final[dict[str, Callable[[ir.Table], ir.Table]]] = {
    "invoices": _invoiced,
    "tax_filings": _declared,
    "electricity": _metered,
}


def _summed(
    rows: ir.Table, *, day: ir.Value, measure: ir.Value, value: ir.Value
) -> ir.Table:
    named = rows.select(
        "enterprise_id", month=day.truncate("month"), measure=measure, value=value
    )
    return named.group_by(["enterprise_id", "month", "measure"]).aggregate(
        value=named.value.sum().cast("int64")
    )


def _nothing() -> ir.Table:
    columns = {
        "enterprise_id": pa.string(),
        "month": pa.date32(),
        "measure": pa.string(),
        "value": pa.int64(),
    }
    return ibis.memtable(pa.schema(columns).empty_table())
