"""Sales beside purchases: margin proxy, VAT burden, months of buying more."""

from datetime import date
from typing import Final

import ibis.expr.types as ir

from xiaowei.portraits.traits.trait import (
    Trait,
    months_ago,
    portrayed,
    ratio,
    total,
)

_FROM: Final = ("invoices",)
_YEAR: Final = 12


def portray(invoices: ir.Table, *, as_of: date) -> ir.Table:
    """Return the traits that need both directions.

    Args:
        invoices: Shape: one row per invoice known by the day; both directions.
        as_of: the day of the portraits.

    Returns:
        Shape: one row per enterprise that has valid invoices of both directions;
        others are unknown, not lopsided.
    """
    rows = invoices.filter(invoices.state == "valid")
    rows = rows.mutate(ago=months_ago(rows.happened_on, as_of=as_of))
    sale = rows.direction == "sale"
    months = rows.group_by(["enterprise_id", "ago"]).aggregate(
        sold=total(rows.net_fen, sale),
        bought=total(rows.net_fen, ~sale),
        tax_out=total(rows.tax_fen, sale),
        tax_in=total(rows.tax_fen, ~sale),
    )
    both = (
        rows.group_by("enterprise_id")
        .aggregate(ways=rows.direction.nunique())
        .filter(lambda t: t.ways > 1)
    )
    return portrayed(months.semi_join(both, "enterprise_id"), TRAITS)


def _margin(n: int) -> Trait:
    return Trait(
        f"margin_{n}m",
        f"近{n}月毛利代理",
        f"margin proxy, {n} months",
        "share",
        f"{n}m",
        _FROM,
        "lower_is_riskier",
        f"(sales - purchases) / sales of the last {n} months; a proxy: stock, wages "
        "and purchases without invoice are not seen; may fall below -1",
        lambda t: ratio(
            total(t.sold, t.ago < n) - total(t.bought, t.ago < n),
            total(t.sold, t.ago < n),
        ),
    )


TRAITS: Final = (
    _margin(12),
    _margin(24),
    Trait(
        "vat_burden_12m",
        "近12月增值税税负",
        "VAT burden, 12 months",
        "share",
        "12m",
        _FROM,
        "none",
        "(output VAT - input VAT) / sales of the last 12 months; may be negative",
        lambda t: ratio(
            total(t.tax_out, t.ago < _YEAR) - total(t.tax_in, t.ago < _YEAR),
            total(t.sold, t.ago < _YEAR),
        ),
    ),
    Trait(
        "vat_rate_12m",
        "近12月平均销项税率",
        "mean output VAT rate, 12 months",
        "share",
        "12m",
        _FROM,
        "none",
        "output VAT over sales of the last 12 months",
        lambda t: ratio(total(t.tax_out, t.ago < _YEAR), total(t.sold, t.ago < _YEAR)),
    ),
    Trait(
        "overbought_months_12m",
        "近12月采购大于销售的月数",
        "months of buying more than selling, 12 months",
        "months",
        "12m",
        _FROM,
        "higher_is_riskier",
        "rolling months of the last 12 in which purchases passed sales",
        lambda t: ((t.ago < _YEAR) & (t.bought > t.sold)).sum().cast("int64"),
    ),
)
