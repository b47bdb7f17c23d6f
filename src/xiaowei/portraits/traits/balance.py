"""Sales beside purchases: margin proxy, VAT burden, months of buying more."""

from typing import Final

import ibis.expr.types as ir

from xiaowei.portraits.traits.invoice_months import both_ways
from xiaowei.portraits.traits.trait import Part, Trait, inside, ratio, total, unknown

_FROM: Final = ("invoices",)
_YEAR: Final = 12


def _both(t: ir.Table, value: ir.Value) -> ir.Value:
    """Return a value where an enterprise has valid invoices of both directions.

    Others are unknown, not lopsided.
    """
    return unknown((t.sales.sum() > 0) & (t.purchases.sum() > 0), value)


def _tax_less_input(t: ir.Table) -> ir.Value:
    year = inside(t.ago, _YEAR)
    return total(t.tax_out, year) - total(t.tax_in, year)


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
        lambda t: _both(
            t,
            ratio(
                total(t.sold, inside(t.ago, n)) - total(t.bought, inside(t.ago, n)),
                total(t.sold, inside(t.ago, n)),
            ),
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
        lambda t: _both(
            t, ratio(_tax_less_input(t), total(t.sold, inside(t.ago, _YEAR)))
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
        lambda t: _both(
            t,
            ratio(
                total(t.tax_out, inside(t.ago, _YEAR)),
                total(t.sold, inside(t.ago, _YEAR)),
            ),
        ),
    ),
    Trait(
        "overbought_months_12m",
        "近12月采购大于销售的月数",
        "months of buying more than selling, 12 months",
        "months",
        "12m",
        _FROM,
        "higher_is_riskier",
        "months of the last 12 in which purchases passed sales",
        lambda t: _both(
            t,
            (inside(t.ago, _YEAR) & (t.bought > t.sold)).sum().cast("int64"),
        ),
    ),
)

PART: Final = Part(("invoices",), both_ways, TRAITS)
