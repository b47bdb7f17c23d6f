"""Customers and suppliers: how many, how concentrated, how loyal."""

from datetime import date
from typing import Final

import ibis
import ibis.expr.types as ir

from xiaowei.portraits.traits.flows import Way
from xiaowei.portraits.traits.trait import (
    Trait,
    concentration,
    months_ago,
    portrayed,
    ratio,
    total,
)

NAMES: Final[dict[Way, tuple[str, str]]] = {
    "sale": ("customer", "客户"),
    "purchase": ("supplier", "供应商"),
}
_FROM: Final = ("invoices",)
_YEAR: Final = 12
_QUARTER: Final = 3


def portray(invoices: ir.Table, *, way: Way, as_of: date) -> ir.Table:
    """Return the traits of one side's trade partners.

    Args:
        invoices: Shape: one row per invoice known by the day; both directions.
        way: `sale` for customers, `purchase` for suppliers.
        as_of: the day of the portraits.

    Returns:
        Shape: one row per enterprise that has an invoice of this direction.
    """
    return portrayed(_partners(invoices, way=way, as_of=as_of), partner_traits(way))


def _partners(invoices: ir.Table, *, way: Way, as_of: date) -> ir.Table:
    """Return one row per enterprise and partner: amounts of two years, first month.

    A partner who has sent back as much as he took counts as 0, never below. A partner
    of voided invoices only stays among them: his enterprise has invoices, so that it
    has no customers is known.
    """
    rows = invoices.filter(invoices.direction == way)
    rows = rows.mutate(ago=months_ago(rows.happened_on, as_of=as_of))
    valid, ago = rows.state == "valid", rows.ago
    before = (ago >= _YEAR) & (ago < 2 * _YEAR)
    return rows.group_by(["enterprise_id", "counterparty_id"]).aggregate(
        now=ibis.greatest(total(rows.net_fen, valid & (ago < _YEAR)), 0),
        before=ibis.greatest(total(rows.net_fen, valid & before), 0),
        ever=ibis.greatest(total(rows.net_fen, valid), 0),
        since=ago.max(where=valid),
    )


def partner_traits(way: Way) -> tuple[Trait, ...]:
    """Return the traits of customers or of suppliers."""
    return (*_concentration(way), *_loyalty(way))


def _concentration(way: Way) -> list[Trait]:
    name, zh = NAMES[way]
    return [
        Trait(
            f"{name}s_12m",
            f"近12月{zh}数",
            f"number of {name}s, 12 months",
            "count",
            "12m",
            _FROM,
            "lower_is_riskier",
            f"{name}s with a positive net amount in the last 12 months",
            lambda t: (t.now > 0).sum().cast("int64"),
        ),
        Trait(
            f"{name}_hhi_12m",
            f"近12月{zh}集中度",
            f"concentration of {name}s, 12 months",
            "share",
            "12m",
            _FROM,
            "higher_is_riskier",
            f"Herfindahl index: sum of squared shares of {name}s, 12 months, 0..1; one "
            "whose net amount is below 0 counts as 0",
            lambda t: concentration(t.now, whole=t.now.sum()),
        ),
        Trait(
            f"{name}_hhi_all",
            f"累计{zh}集中度",
            f"concentration of {name}s, all months",
            "share",
            "all",
            _FROM,
            "higher_is_riskier",
            f"Herfindahl index: sum of squared shares of {name}s, all months known; "
            "one whose net amount is below 0 counts as 0",
            lambda t: concentration(t.ever, whole=t.ever.sum()),
        ),
        Trait(
            f"{name}_top_share_12m",
            f"近12月最大{zh}占比",
            f"share of the largest {name}, 12 months",
            "share",
            "12m",
            _FROM,
            "higher_is_riskier",
            f"share of the largest {name} in the last 12 months",
            lambda t: ratio(t.now.max(), t.now.sum()),
        ),
    ]


def _loyalty(way: Way) -> list[Trait]:
    name, zh = NAMES[way]
    return [
        Trait(
            f"{name}_kept_share_12m",
            f"老{zh}占比",
            f"share of returning {name}s, 12 months",
            "share",
            "12m",
            _FROM,
            "lower_is_riskier",
            f"share of the last 12 months with {name}s that had a positive net amount "
            f"in the 12 before; null where no {name} is as old",
            lambda t: ibis.ifelse(
                t.since.max() >= _YEAR,
                ratio(total(t.now, t.before > 0), t.now.sum()),
                ibis.null("float64"),
            ),
        ),
        Trait(
            f"{name}_lost_share_12m",
            f"流失{zh}占比",
            f"share of lost {name}s, 12 months",
            "share",
            "12m",
            _FROM,
            "higher_is_riskier",
            f"share of the 12 months before with {name}s that have no positive net "
            "amount since",
            lambda t: ratio(total(t.before, t.now <= 0), t.before.sum()),
        ),
        Trait(
            f"{name}_new_share_3m",
            f"新{zh}占比",
            f"share of new {name}s, 3 months",
            "share",
            "3m",
            _FROM,
            "none",
            f"share of the last 12 months with {name}s first seen in the last 3",
            lambda t: ratio(total(t.now, t.since < _QUARTER), t.now.sum()),
        ),
    ]
