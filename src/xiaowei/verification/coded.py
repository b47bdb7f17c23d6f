"""Invoices that say by a code what they are for."""

from typing import Final

import ibis.expr.types as ir

from xiaowei.portraits.moments import months_ago
from xiaowei.verification.finding import Case

_CLASS_DIGITS: Final = 7
"""Digits of the tax office's code of goods that name its class."""


def coded(case: Case, *, months: int) -> ir.Table:
    """Return the valid invoices with a code of goods of the last months.

    Returns:
        Shape: one row per invoice; besides its own columns `ago` in months and
        `goods_class`.
    """
    rows = case.current("invoices")
    rows = rows.mutate(
        ago=months_ago(rows.happened_on, as_of=case.as_of),
        goods_class=rows.goods.left(_CLASS_DIGITS),
    )
    return rows.filter(
        (rows.state == "valid")
        & (rows.net_fen > 0)
        & rows.goods.notnull()
        & (rows.ago < months)
    )
