"""VAT filings: what was declared, what was paid, how late."""

from datetime import date
from typing import Final

import ibis
import ibis.expr.types as ir

from xiaowei.portraits.current import current
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
            counts as last known: a correction replaces what it corrects, but whether
            it was late is told by the first filing.
        as_of: the day of the portraits.

    Returns:
        Shape: one row per enterprise that has a VAT filing of a period that has ended.
    """
    day = ibis.literal(as_of)
    vat = filings.filter((filings.tax == "vat") & (filings.period_end <= day))
    period = ibis.window(group_by=["enterprise_id", "period_start", "period_end"])
    vat = vat.mutate(first_filed=vat.happened_on.min().over(period))
    rows = current(vat, family="tax_filings")
    late = ibis.greatest(rows.first_filed.delta(rows.due_on, unit="day"), 0)
    rows = rows.mutate(
        ago=months_ago(rows.period_end, as_of=as_of),
        late=late.cast("int64"),
        unpaid=ibis.greatest(rows.due_fen, 0) - ibis.greatest(rows.paid_fen, 0),
        first_month=_month(rows.period_start),
        last_month=_month(rows.period_end),
    )
    return portrayed(_beside_year_before(rows), TRAITS)


def _month(day: ir.Value) -> ir.Value:
    return day.year() * _YEAR + day.month()


def _beside_year_before(rows: ir.Table) -> ir.Table:
    """Return filings, each with what was declared for its period a year before.

    The newest period is filed weeks after it has ended, so two windows of a year seldom
    hold the same number of filings; the same periods of two years can be compared.
    """
    earlier = rows.group_by(["enterprise_id", "first_month", "last_month"]).aggregate(
        year_before=rows.sales_fen.sum().cast("int64")
    )
    earlier = earlier.view()
    joined = rows.left_join(
        earlier,
        [
            rows.enterprise_id == earlier.enterprise_id,
            rows.first_month - _YEAR == earlier.first_month,
            rows.last_month - _YEAR == earlier.last_month,
        ],
    )
    return joined.select(
        *[rows[name] for name in rows.columns], year_before=earlier.year_before
    )


def _declared_growth(t: ir.Table) -> ir.Value:
    paired = (t.ago < _YEAR) & t.year_before.notnull()
    grown = growth(total(t.sales_fen, paired), total(t.year_before, paired))
    return ibis.ifelse(paired.sum() > 0, grown, ibis.null("float64"))


def _declared(n: int) -> Trait:
    return Trait(
        f"declared_sales_{n}m",
        f"近{n}月申报销售额",
        f"declared sales of {n} months",
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
        "growth of declared sales, 12 months",
        "share",
        "12m",
        _FROM,
        "lower_is_riskier",
        "declared sales of periods that ended in the last 12 months against the same "
        "periods a year before, (now - before) / (|now| + |before|), -1..1; null "
        "without such a pair",
        _declared_growth,
    ),
    Trait(
        "vat_paid_12m",
        "近12月已缴增值税",
        "VAT paid, 12 months",
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
        "declared VAT burden, 12 months",
        "share",
        "12m",
        _FROM,
        "none",
        "VAT due over declared sales of periods that ended in the last 12 months; may "
        "be negative",
        lambda t: ratio(
            total(t.due_fen, t.ago < _YEAR), total(t.sales_fen, t.ago < _YEAR)
        ),
    ),
    Trait(
        "vat_unpaid_share_12m",
        "近12月欠缴率",
        "share of VAT due and unpaid, 12 months",
        "share",
        "12m",
        _FROM,
        "higher_is_riskier",
        "VAT due and not paid over VAT due, for periods that ended in the last 12 "
        "months; a negative due counts as 0",
        lambda t: ratio(
            total(ibis.greatest(t.unpaid, 0), t.ago < _YEAR),
            total(ibis.greatest(t.due_fen, 0), t.ago < _YEAR),
        ),
    ),
    Trait(
        "late_filings_12m",
        "近12月逾期申报次数",
        "late VAT filings, 12 months",
        "count",
        "12m",
        _FROM,
        "higher_is_riskier",
        "VAT periods that ended in the last 12 months first filed after the due day",
        lambda t: ((t.ago < _YEAR) & (t.late > 0)).sum().cast("int64"),
    ),
    Trait(
        "filing_days_late_12m",
        "近12月平均逾期天数",
        "mean days VAT filings were late, 12 months",
        "days",
        "12m",
        _FROM,
        "higher_is_riskier",
        "mean days by which VAT periods that ended in the last 12 months were first "
        "filed after the due day, early ones as 0",
        lambda t: ratio(total(t.late, t.ago < _YEAR), (t.ago < _YEAR).sum()),
    ),
)
