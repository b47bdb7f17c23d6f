"""How much may be invoiced, and how much of it is."""

from typing import Final

import ibis.expr.types as ir

from xiaowei.portraits.moments import Moments
from xiaowei.portraits.traits.invoice_months import invoice_months
from xiaowei.portraits.traits.trait import (
    Facts,
    Part,
    Trait,
    inside,
    months_seen,
    ratio,
    total,
)

_FROM: Final = ("invoice_limits",)
_BOTH: Final = ("invoice_limits", "invoices")
_YEAR: Final = 12
_QUARTER: Final = 3


def limits(facts: Facts, moments: Moments) -> ir.Table:
    """Return how much each enterprise may invoice.

    Returns:
        Shape: one row per key and `regime`; `limit_fen`.
    """
    return moments.rows(facts["invoice_limits"], family="invoice_limits")


def quota_months(facts: Facts, moments: Moments) -> ir.Table:
    """Return what was invoiced in each month beside the quota as it stands.

    Returns:
        Shape: one row per key with a monthly quota and month `ago` of the last 12 and
        since with a sales invoice; `net` and `quota` in fen.
    """
    sold = invoice_months(facts, moments, way="sale")
    sold = sold.filter(sold.ago < _YEAR)
    allowed = limits(facts, moments)
    quotas = allowed.filter(allowed.regime == "monthly_quota").view()
    joined = sold.inner_join(quotas, [sold[k] == quotas[k] for k in moments.keys])
    own = [sold[name] for name in (*moments.keys, "ago", "net")]
    return joined.select(*own, quota=quotas.limit_fen)


def _use(t: ir.Table) -> ir.Value:
    seen = months_seen(t, months=_QUARTER)
    return ratio(total(t.net, inside(t.ago, _QUARTER)), t.quota.max() * seen)


def _limit(regime: str, name: str, zh: str, en: str) -> Trait:
    return Trait(
        name,
        zh,
        en,
        "fen",
        "now",
        _FROM,
        "lower_is_riskier",
        f"{en}, as the tax office last set it",
        lambda t: t.limit_fen.max(where=t.regime == regime).cast("int64"),
    )


LIMITS: Final = (
    _limit(
        "monthly_quota",
        "invoice_quota_now",
        "数电发票月度总额度",
        "monthly quota of all-digital invoices",
    ),
    _limit(
        "face_cap",
        "invoice_cap_now",
        "发票单张最高限额",
        "face cap of a paper invoice",
    ),
)
QUOTAS: Final = (
    Trait(
        "quota_use_3m",
        "近3月开票额度使用率",
        "use of the monthly invoice quota, 3 months",
        "share",
        "3m",
        _BOTH,
        "none",
        "mean month of valid sales invoices of the last 3, or since the first of the "
        "last 12, over the monthly quota as it stands; may pass 1",
        _use,
    ),
    Trait(
        "quota_peak_12m",
        "近12月开票额度最高使用率",
        "highest use of the monthly invoice quota, 12 months",
        "share",
        "12m",
        _BOTH,
        "higher_is_riskier",
        "highest month of valid sales invoices of the last 12 over the monthly quota "
        "as it stands; may pass 1",
        lambda t: ratio(t.net.max(where=inside(t.ago, _YEAR)), t.quota.max()),
    ),
)

PARTS: Final = (
    Part(_FROM, limits, LIMITS),
    Part(_BOTH, quota_months, QUOTAS),
)
