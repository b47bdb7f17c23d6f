"""Customers and suppliers: how many, how concentrated, how loyal."""

from functools import partial
from typing import Final

import ibis
import ibis.expr.types as ir

from xiaowei.portraits.moments import Moments
from xiaowei.portraits.traits.invoice_months import Way
from xiaowei.portraits.traits.trait import (
    Facts,
    Part,
    Trait,
    concentration,
    ratio,
    total,
    unknown,
)
from xiaowei.portraits.whole import added

NAMES: Final[dict[Way, tuple[str, str]]] = {
    "sale": ("customer", "客户"),
    "purchase": ("supplier", "供应商"),
}
_FROM: Final = ("invoices",)
_YEAR: Final = 12
_QUARTER: Final = 3


def partners(facts: Facts, moments: Moments, *, way: Way) -> ir.Table:
    """Return what each enterprise traded with each partner.

    A partner who has sent back as much as he took counts as 0, never below. A partner
    of voided invoices only stays among them: his enterprise has invoices, so that it
    has no customers is known.

    Returns:
        Shape: one row per key and partner; `now`, net fen of the last 12
        complete months, `before`, of the 12 before them, `ever`, and `since`, months
        ago of the first.
    """
    invoices = facts["invoices"]
    cells = moments.cells(
        invoices.filter(invoices.direction == way),
        family="invoices",
        by=("counterparty_id",),
        sums={
            "net": lambda t: ibis.ifelse(t.state == "valid", t.net_fen, 0),
            "valid": lambda t: (t.state == "valid").cast("int64"),
        },
    )
    ago = cells.ago
    return cells.group_by([*moments.keys, "counterparty_id"]).aggregate(
        now=ibis.greatest(total(cells.net, ago.between(0, _YEAR - 1)), 0),
        before=ibis.greatest(total(cells.net, ago.between(_YEAR, 2 * _YEAR - 1)), 0),
        ever=ibis.greatest(added(cells.net), 0),
        since=ago.max(where=cells.valid > 0),
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
            lambda t: _hhi(t.now),
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
            lambda t: _hhi(t.ever),
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
            lambda t: unknown(
                t.since.max() >= _YEAR, ratio(total(t.now, t.before > 0), t.now.sum())
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


def _hhi(parts: ir.Value) -> ir.Value:
    return concentration(parts, whole=parts.sum())


def partner_part(way: Way) -> Part:
    """Return what is reckoned from the partners of one side."""
    return Part(("invoices",), partial(partners, way=way), partner_traits(way))
