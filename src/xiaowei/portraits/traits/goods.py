"""What is sold and bought, by the tax office's classification of goods."""

from typing import Final

import ibis
import ibis.expr.types as ir

from xiaowei.portraits.moments import Moments
from xiaowei.portraits.traits.trait import Facts, Part, Trait, ratio, total, unknown

_FROM: Final = ("invoices",)
_YEAR: Final = 12
_CATEGORY: Final = 3
"""So many first digits of a code say the class: the first says goods or services, the
two after it which."""


def goods(facts: Facts, moments: Moments) -> ir.Table:
    """Return what was sold and bought of each good in the last 12 complete months.

    Returns:
        Shape: one row per key and code of goods; `sold` and `bought` in fen, none
        below 0, and `traded`, what was bought of all goods of the class.
    """
    cells = moments.cells(
        facts["invoices"],
        family="invoices",
        by=("goods", "direction"),
        sums={"net": lambda t: ibis.ifelse(t.state == "valid", t.net_fen, 0)},
        within=_YEAR,
    )
    cells = cells.filter(cells.goods.notnull() & (cells.ago >= 0))
    rows = cells.group_by([*moments.keys, "goods"]).aggregate(
        sold=ibis.greatest(total(cells.net, cells.direction == "sale"), 0),
        bought=ibis.greatest(total(cells.net, cells.direction == "purchase"), 0),
    )
    rows = rows.mutate(category=rows.goods.substr(0, _CATEGORY))
    own = ibis.window(group_by=[*moments.keys, "category"])
    return rows.mutate(traded=rows.bought.sum().over(own))


def _bought_too(t: ir.Table) -> ir.Value:
    matched = ratio(total(t.sold, t.traded > 0), t.sold.sum())
    return unknown(t.bought.sum() > 0, matched)


TRAITS: Final = (
    Trait(
        "goods_sold_12m",
        "近12月销售商品种数",
        "number of goods sold, 12 months",
        "count",
        "12m",
        _FROM,
        "none",
        "codes of goods with a positive net amount of valid sales, 12 months",
        lambda t: (t.sold > 0).sum().cast("int64"),
    ),
    Trait(
        "goods_bought_share_12m",
        "近12月销售品类有进项占比",
        "share of sales in classes that are bought too, 12 months",
        "share",
        "12m",
        _FROM,
        "none",
        f"sales of goods of whose class, the first {_CATEGORY} digits of the code, "
        "something was bought over all sales with a code, 12 months; null where no "
        "purchase has a code",
        _bought_too,
    ),
)

PART: Final = Part(_FROM, goods, TRAITS)
