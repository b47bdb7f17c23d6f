"""What each source says of each enterprise month by month, side by side."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import reduce
from typing import Final

import ibis
import ibis.expr.types as ir
import numpy as np
import pyarrow.compute as pc

from xiaowei.portraits.moments import anchor_of, months_ago
from xiaowei.verification.chances import Floats
from xiaowei.verification.finding import Case

SPAN: Final = 36
"""So many complete months up to the day are looked at."""

_VALUE: Final = "value"


@dataclass(frozen=True, slots=True)
class Months:
    """Monthly sums of every source.

    Args:
        firms: enterprises, in rising order.
        measures: name to Shape: one row per firm, one column per month, the oldest
            first; in fen, persons or kWh. A month of which a source says nothing is
            missing: all months of a firm that the source knows nothing of, and those
            before it first spoke. A later month without any invoice or flow is 0; one
            without a count of heads or a reading is missing.
    """

    firms: tuple[str, ...]
    measures: Mapping[str, Floats]

    def of(self, name: str, firms: Sequence[str] | None = None) -> Floats:
        """Return a measure; all missing where its source is silent for everybody.

        Args:
            name: of the measure.
            firms: whose, in this order; one that is not there is all missing. Null for
                all.
        """
        unknown = np.full((len(self.firms), SPAN), np.nan)
        matrix = self.measures.get(name, unknown)
        if firms is None:
            return matrix
        place = {firm: n for n, firm in enumerate(self.firms)}
        rows = np.vstack([matrix, np.full((1, SPAN), np.nan)])
        return rows[[place.get(firm, len(place)) for firm in firms]]


def month_of_ago(as_of: date, ago: int) -> str:
    """Return the month that lies so many before the last complete one.

    >>> month_of_ago(date(2025, 6, 30), 0), month_of_ago(date(2025, 6, 29), 5)
    ('2025-06', '2024-12')
    """
    number = anchor_of(as_of) - 1 - ago
    first = date(number // 12, number % 12 + 1, 1)
    return f"{first:%Y-%m}"


def months_of(case: Case) -> Months:
    """Return the months of a case, worked out for the first check that asks."""
    return case.held("months", lambda: _months(case))


def _months(case: Case) -> Months:
    parts = [
        of_family(case.current(family), case)
        for family, of_family in _FAMILIES.items()
        if family in case.facts
    ]
    if not parts:
        return Months((), {})
    whole = reduce(lambda a, b: a.union(b), parts)
    table = whole.filter(whole.ago.between(0, SPAN - 1)).to_pyarrow()
    coded = table["enterprise_id"].combine_chunks().dictionary_encode()
    order = np.argsort(np.asarray(coded.dictionary.to_pylist(), dtype=np.str_))
    firms = tuple(np.asarray(coded.dictionary.to_pylist(), dtype=np.str_)[order])
    place = np.empty(len(order), dtype=np.int64)
    place[order] = np.arange(len(order))
    row = place[coded.indices.to_numpy()]
    column = SPAN - 1 - table["ago"].to_numpy()
    value = table[_VALUE].to_numpy().astype(np.float64)
    measures = {}
    for name in pc.unique(table["measure"]).to_pylist():
        of_name = pc.equal(table["measure"], name).to_numpy()
        matrix = np.full((len(firms), SPAN), np.nan)
        matrix[row[of_name], column[of_name]] = value[of_name]
        measures[name] = matrix if name in _COUNTED else _zero_later(matrix)
    return Months(firms, measures)


def _zero_later(matrix: Floats) -> Floats:
    """Return a matrix whose gaps after the first value are nothing happening."""
    begun = np.maximum.accumulate(~np.isnan(matrix), axis=1)
    return np.where(np.isnan(matrix) & begun, 0.0, matrix)


def _invoices(rows: ir.Table, case: Case) -> ir.Table:
    sale, valid = rows.direction == "sale", rows.state == "valid"
    named = ibis.cases(
        (sale & valid, "sales"), (sale, "voided"), (valid, "purchases"), else_="other"
    )
    sums = _summed(rows, case, day=rows.happened_on, name=named, value=rows.total_fen)
    return sums.filter(sums.measure != "other")


def _flows(rows: ir.Table, case: Case) -> ir.Table:
    trade = rows.purpose.fill_null("trade") == "trade"
    named = ibis.cases(
        ((rows.way == "in") & trade, "inflow"),
        (trade, "outflow"),
        else_="other",
    )
    sums = _summed(rows, case, day=rows.happened_on, name=named, value=rows.amount_fen)
    return sums.filter(sums.measure != "other")


def _filings(rows: ir.Table, case: Case) -> ir.Table:
    """Return what was declared, a quarter's over its months alike."""
    vat = rows.filter(rows.tax == "vat")
    last, first = vat.period_end, vat.period_start
    count = (last.year() - first.year()) * 12 + last.month() - first.month() + 1
    vat = vat.mutate(months=count.cast("int64"), ago=months_ago(last, as_of=case.as_of))
    shifts = [
        vat.filter(vat.months > back).select(
            "enterprise_id",
            ago=vat.ago + back,
            value=vat.sales_fen // vat.months,
        )
        for back in range(3)
    ]
    rows = reduce(lambda a, b: a.union(b), shifts)
    grouped = rows.group_by(["enterprise_id", "ago"])
    sums = grouped.aggregate(value=rows.value.sum().cast("int64"))
    return _ordered(sums.mutate(measure=ibis.literal("declared")))


def _metered(rows: ir.Table, case: Case) -> ir.Table:
    wh = (rows.kwh * 1000).round().cast("int64")
    name = ibis.literal("electricity")
    return _summed(rows, case, day=rows.happened_on, name=name, value=wh)


def _insured(rows: ir.Table, case: Case) -> ir.Table:
    name = ibis.literal("insured")
    return _summed(rows, case, day=rows.period_end, name=name, value=rows.headcount)


def _paid(rows: ir.Table, case: Case) -> ir.Table:
    name = ibis.literal("staff")
    return _summed(rows, case, day=rows.period_end, name=name, value=rows.headcount)


_FAMILIES: Final[Mapping[str, Callable[[ir.Table, Case], ir.Table]]] = {
    "invoices": _invoices,
    "bank_flows": _flows,
    "tax_filings": _filings,
    "electricity": _metered,
    "social_security": _insured,
    "payroll": _paid,
}
_COUNTED: Final = frozenset({"electricity", "insured", "staff"})


def _summed(
    rows: ir.Table, case: Case, *, day: ir.Value, name: ir.Value, value: ir.Value
) -> ir.Table:
    named = rows.select(
        "enterprise_id",
        measure=name,
        ago=months_ago(day, as_of=case.as_of),
        value=value,
    )
    grouped = named.group_by(["enterprise_id", "measure", "ago"])
    return _ordered(grouped.aggregate(value=named.value.sum().cast("int64")))


def _ordered(sums: ir.Table) -> ir.Table:
    return sums.select(
        "enterprise_id", "measure", ago=sums.ago.cast("int64"), value=sums.value
    )
