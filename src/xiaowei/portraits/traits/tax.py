"""VAT filings: what was declared, what was paid, how late."""

from datetime import date
from typing import Final

import ibis
import ibis.expr.types as ir

from xiaowei.portraits.traits.trait import (
    Trait,
    growth,
    months_ago,
    portrayed,
    ratio,
    total,
)

_FROM: Final = ("tax_filings",)
_YEAR: Final = 12


def portray(filings: ir.Table, *, as_of: date) -> ir.Table:
    """Return the traits of VAT filings.

    Args:
        filings: Shape: one row per filing known by the day. A period filed twice
            counts as last known: a correction replaces what it corrects.
        as_of: the day of the portraits.

    Returns:
        Shape: one row per enterprise that has a VAT filing.
    """
    vat = filings.filter(filings.tax == "vat")
    latest = ibis.row_number().over(
        ibis.window(
            group_by=["enterprise_id", "period_start", "period_end"],
            order_by=[ibis.desc("known_on"), ibis.desc("happened_on"), "file", "line"],
        )
    )
    rows = vat.mutate(place=latest).filter(lambda t: t.place == 0)
    late = ibis.greatest(rows.happened_on.delta(rows.due_on, unit="day"), 0)
    rows = rows.mutate(
        ago=months_ago(rows.period_end, as_of=as_of), late=late.cast("int64")
    )
    return portrayed(rows, TRAITS)


def _declared(n: int) -> Trait:
    return Trait(
        f"declared_sales_{n}m",
        f"近{n}月申报销售额",
        "fen",
        f"{n}m",
        _FROM,
        "lower_is_riskier",
        f"sales declared for VAT periods that ended in the last {n} months",
        lambda t: total(t.sales_fen, t.ago < n),
    )


TRAITS: Final = (
    _declared(3),
    _declared(12),
    Trait(
        "declared_growth_12m",
        "近12月申报销售同比",
        "share",
        "12m",
        _FROM,
        "lower_is_riskier",
        "declared sales of the last 12 months against the 12 before, -1..1",
        lambda t: ibis.ifelse(
            t.ago.max() >= _YEAR,
            growth(
                total(t.sales_fen, t.ago < _YEAR),
                total(t.sales_fen, (t.ago >= _YEAR) & (t.ago < 2 * _YEAR)),
            ),
            ibis.null("float64"),
        ),
    ),
    Trait(
        "vat_paid_12m",
        "近12月已缴增值税",
        "fen",
        "12m",
        _FROM,
        "lower_is_riskier",
        "VAT paid for periods that ended in the last 12 months",
        lambda t: total(t.paid_fen, t.ago < _YEAR),
    ),
    Trait(
        "declared_vat_burden_12m",
        "近12月申报税负",
        "share",
        "12m",
        _FROM,
        "none",
        "VAT due over declared sales of the last 12 months",
        lambda t: ratio(
            total(t.due_fen, t.ago < _YEAR), total(t.sales_fen, t.ago < _YEAR)
        ),
    ),
    Trait(
        "vat_unpaid_share_12m",
        "近12月欠缴率",
        "share",
        "12m",
        _FROM,
        "higher_is_riskier",
        "VAT due and not paid over VAT due, last 12 months",
        lambda t: ratio(
            total(
                ibis.greatest(t.due_fen - t.paid_fen, 0),
                t.ago < _YEAR,
            ),
            total(t.due_fen, t.ago < _YEAR),
        ),
    ),
    Trait(
        "late_filings_12m",
        "近12月逾期申报次数",
        "count",
        "12m",
        _FROM,
        "higher_is_riskier",
        "VAT filings of the last 12 months made after their due day",
        lambda t: ((t.ago < _YEAR) & (t.late > 0)).sum().cast("int64"),
    ),
    Trait(
        "filing_days_late_12m",
        "近12月平均逾期天数",
        "days",
        "12m",
        _FROM,
        "higher_is_riskier",
        "mean days late of VAT filings of the last 12 months, early ones as 0",
        lambda t: ratio(total(t.late, t.ago < _YEAR), (t.ago < _YEAR).sum()),
    ),
)
