"""Tax filings: what was declared, what was paid, how late, and what was invoiced."""

from functools import partial
from typing import Final, Literal

import ibis
import ibis.expr.types as ir

from xiaowei.portraits.moments import Moments, month_of
from xiaowei.portraits.traits.invoice_months import invoice_months
from xiaowei.portraits.traits.trait import (
    Facts,
    Part,
    Trait,
    growth,
    inside,
    ratio,
    total,
    unknown,
)
from xiaowei.portraits.whole import added

_FROM: Final = ("tax_filings",)
_BOTH: Final = ("invoices", "tax_filings")
_YEAR: Final = 12
_PERIOD: Final = ("period_start", "period_end")
_AMOUNTS: Final = ("sales_fen", "due_fen", "paid_fen")


Tax = Literal["vat", "income"]


def periods(facts: Facts, moments: Moments, *, tax: Tax) -> ir.Table:
    """Return the periods of a tax that have ended, each as last filed.

    A period filed twice counts as last known: a correction replaces what it corrects,
    but whether it was late is told by the filing that was made first.

    Returns:
        Shape: one row per key and period; amounts in fen, `ago`, `late` days (early
        ones as 0), `unpaid` fen, and `year_before`, the sales declared for the same
        period a year before.
    """
    told = facts["tax_filings"].filter(facts["tax_filings"].tax == tax)
    rows = moments.rows(told, family="tax_filings")
    firsts = moments.rows(told, family="tax_filings", all_told=True)
    keys = [*moments.keys, *_PERIOD]
    firsts = firsts.group_by(keys).aggregate(filed=firsts.happened_on.min()).view()
    rows = rows.filter(rows.period_end <= rows.as_of)
    joined = rows.inner_join(firsts, [rows[key] == firsts[key] for key in keys])
    rows = joined.select(
        *[rows[name] for name in (*keys, *_AMOUNTS, "due_on", "anchor")],
        filed=firsts.filed,
    )
    late = ibis.greatest(rows.filed.delta(rows.due_on, unit="day"), 0)
    rows = rows.mutate(
        ago=(rows.anchor - month_of(rows.period_end)).cast("int64"),
        late=late.cast("int64"),
        unpaid=ibis.greatest(rows.due_fen, 0) - ibis.greatest(rows.paid_fen, 0),
        first_month=month_of(rows.period_start),
        last_month=month_of(rows.period_end),
    )
    return _beside_year_before(rows, moments.keys)


def _beside_year_before(rows: ir.Table, keys: tuple[str, ...]) -> ir.Table:
    """Return filings, each with what was declared for its period a year before.

    The newest period is filed weeks after it has ended, so two windows of a year seldom
    hold the same number of filings; the same periods of two years can be compared.
    """
    earlier = rows.group_by([*keys, "first_month", "last_month"]).aggregate(
        year_before=added(rows.sales_fen)
    )
    earlier = earlier.view()
    joined = rows.left_join(
        earlier,
        [
            *[rows[key] == earlier[key] for key in keys],
            rows.first_month - _YEAR == earlier.first_month,
            rows.last_month - _YEAR == earlier.last_month,
        ],
    )
    return joined.select(
        *[rows[name] for name in rows.columns], year_before=earlier.year_before
    )


def declared_beside_invoiced(facts: Facts, moments: Moments) -> ir.Table:
    """Return VAT periods of a year with what was invoiced in their months.

    Returns:
        Shape: one row per key and period that ended in the last 12 months and began
        with or after the first sales invoice; `sales_fen`, as declared, `net`, of valid
        sales invoices of its months.
    """
    rows = periods(facts, moments, tax="vat")
    rows = rows.mutate(opened=rows.ago + rows.last_month - rows.first_month)
    rows = rows.filter(inside(rows.ago, _YEAR))
    sold = invoice_months(facts, moments, way="sale")
    own = ibis.window(group_by=moments.keys)
    sold = sold.mutate(begun=sold.ago.max().over(own)).view()
    same = [rows[key] == sold[key] for key in moments.keys]
    joined = rows.inner_join(sold, [*same, rows.opened <= sold.begun])
    inside_it = sold.ago.between(rows.ago, rows.opened)
    keys = [*moments.keys, *_PERIOD, "sales_fen"]
    months = joined.select(
        *[rows[name] for name in keys], net=ibis.ifelse(inside_it, sold.net, 0)
    )
    return months.group_by(keys).aggregate(net=added(months.net))


def _declared_growth(t: ir.Table) -> ir.Value:
    paired = inside(t.ago, _YEAR) & t.year_before.notnull()
    grown = growth(total(t.sales_fen, paired), total(t.year_before, paired))
    return unknown(paired.sum() > 0, grown)


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
        lambda t: total(t.sales_fen, inside(t.ago, n)),
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
        lambda t: total(t.paid_fen, inside(t.ago, _YEAR)),
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
            total(t.due_fen, inside(t.ago, _YEAR)),
            total(t.sales_fen, inside(t.ago, _YEAR)),
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
            total(ibis.greatest(t.unpaid, 0), inside(t.ago, _YEAR)),
            total(ibis.greatest(t.due_fen, 0), inside(t.ago, _YEAR)),
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
        lambda t: (inside(t.ago, _YEAR) & (t.late > 0)).sum().cast("int64"),
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
        lambda t: ratio(
            total(t.late, inside(t.ago, _YEAR)), inside(t.ago, _YEAR).sum()
        ),
    ),
)

INCOME: Final = (
    Trait(
        "income_tax_paid_12m",
        "近12月已缴所得税",
        "income tax paid, 12 months",
        "fen",
        "12m",
        _FROM,
        "lower_is_riskier",
        "income tax paid for periods that ended in the last 12 months",
        lambda t: total(t.paid_fen, inside(t.ago, _YEAR)),
    ),
    Trait(
        "income_tax_burden_12m",
        "近12月所得税税负",
        "declared burden of income tax, 12 months",
        "share",
        "12m",
        _FROM,
        "lower_is_riskier",
        "income tax due over declared sales of periods that ended in the last 12 "
        "months; may be negative",
        lambda t: ratio(
            total(t.due_fen, inside(t.ago, _YEAR)),
            total(t.sales_fen, inside(t.ago, _YEAR)),
        ),
    ),
    Trait(
        "income_tax_unpaid_share_12m",
        "近12月所得税欠缴率",
        "share of income tax due and unpaid, 12 months",
        "share",
        "12m",
        _FROM,
        "higher_is_riskier",
        "income tax due and not paid over income tax due, for periods that ended in "
        "the last 12 months; a negative due counts as 0",
        lambda t: ratio(
            total(ibis.greatest(t.unpaid, 0), inside(t.ago, _YEAR)),
            total(ibis.greatest(t.due_fen, 0), inside(t.ago, _YEAR)),
        ),
    ),
    Trait(
        "income_late_filings_12m",
        "近12月所得税逾期申报次数",
        "late income tax filings, 12 months",
        "count",
        "12m",
        _FROM,
        "higher_is_riskier",
        "income tax periods that ended in the last 12 months first filed after the due "
        "day",
        lambda t: (inside(t.ago, _YEAR) & (t.late > 0)).sum().cast("int64"),
    ),
)
INVOICED: Final = (
    Trait(
        "declared_invoiced_ratio_12m",
        "近12月申报开票比",
        "declared over invoiced sales, 12 months",
        "ratio",
        "12m",
        _BOTH,
        "lower_is_riskier",
        "sales declared for VAT periods that ended in the last 12 months over valid "
        "sales invoices of their months, of periods since the first sales invoice",
        lambda t: ratio(t.sales_fen.sum(), t.net.sum()),
    ),
)

PARTS: Final = (
    Part(_FROM, partial(periods, tax="vat"), TRAITS),
    Part(_FROM, partial(periods, tax="income"), INCOME),
    Part(_BOTH, declared_beside_invoiced, INVOICED),
)
