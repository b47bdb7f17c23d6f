"""Taxes reckoned a second time, in plain Python."""

from collections.abc import Sequence
from datetime import date

from tests.factories import Row
from tests.portraits.oracles.base import Number, ago, growth, last, share, within


def taxes_of(filings: Sequence[Row], sales: Sequence[Row], as_of: date) -> Row:
    """Return the traits of one enterprise's filings.

    Args:
        filings: all that is known, corrected ones too.
        sales: its sales invoices as they stand.
        as_of: the day.
    """
    ended = [row for row in filings if row["period_end"] <= as_of]
    vat = [row for row in ended if row["tax"] == "vat"]
    income = [row for row in ended if row["tax"] == "income"]
    traits = _vat(vat, as_of) if vat else {}
    traits |= _income(income, as_of) if income else {}
    traits["declared_invoiced_ratio_12m"] = _invoiced(vat, sales, as_of)
    return traits


def _days_late(row: Row, told: Sequence[Row]) -> int:
    period = row["period_start"], row["period_end"]
    filed = [
        one["happened_on"]
        for one in told
        if (one["period_start"], one["period_end"]) == period
    ]
    return max(0, int((min(filed) - row["due_on"]).days))


def _months(row: Row, years: int = 0) -> tuple[int, ...]:
    start, end = row["period_start"], row["period_end"]
    return start.year + years, start.month, end.year + years, end.month


def _unpaid(rows: Sequence[Row]) -> Number:
    short = [max(row["due_fen"], 0) - max(row["paid_fen"], 0) for row in rows]
    return share(
        sum(max(one, 0) for one in short), sum(max(row["due_fen"], 0) for row in rows)
    )


def _vat(vat: Sequence[Row], as_of: date) -> Row:
    rows = last(vat, "period_start", "period_end")
    last_year = [row for row in rows if within(row["period_end"], as_of, 12)]
    declared = {_months(row): row["sales_fen"] for row in rows}
    pairs = [
        (row["sales_fen"], declared[_months(row, -1)])
        for row in last_year
        if _months(row, -1) in declared
    ]
    late = [_days_late(row, vat) for row in last_year]
    sales = sum(row["sales_fen"] for row in last_year)
    return {
        "declared_sales_3m": sum(
            row["sales_fen"] for row in rows if within(row["period_end"], as_of, 3)
        ),
        "declared_sales_12m": sales,
        "declared_growth_12m": growth(*map(sum, zip(*pairs, strict=True)))
        if pairs
        else None,
        "vat_paid_12m": sum(row["paid_fen"] for row in last_year),
        "declared_vat_burden_12m": share(
            sum(row["due_fen"] for row in last_year), sales
        ),
        "vat_unpaid_share_12m": _unpaid(last_year),
        "late_filings_12m": len([days for days in late if days > 0]),
        "filing_days_late_12m": share(sum(late), len(late)),
    }


def _income(income: Sequence[Row], as_of: date) -> Row:
    rows = last(income, "period_start", "period_end")
    rows = [row for row in rows if within(row["period_end"], as_of, 12)]
    return {
        "income_tax_paid_12m": sum(row["paid_fen"] for row in rows),
        "income_tax_burden_12m": share(
            sum(row["due_fen"] for row in rows), sum(row["sales_fen"] for row in rows)
        ),
        "income_tax_unpaid_share_12m": _unpaid(rows),
        "income_late_filings_12m": len([r for r in rows if _days_late(r, income) > 0]),
    }


def _invoiced(vat: Sequence[Row], sales: Sequence[Row], as_of: date) -> Number:
    begun = max((ago(row["happened_on"], as_of) for row in sales), default=-2)
    declared = invoiced = 0
    for row in last(vat, "period_start", "period_end"):
        months = range(
            ago(row["period_end"], as_of), ago(row["period_start"], as_of) + 1
        )
        if not within(row["period_end"], as_of, 12) or months[-1] > begun:
            continue
        declared += row["sales_fen"]
        invoiced += sum(
            sale["net_fen"]
            for sale in sales
            if sale["state"] == "valid" and ago(sale["happened_on"], as_of) in months
        )
    return share(declared, invoiced)
