"""Who pays an enterprise: how concentrated, how much goes straight back, for what."""

from typing import Final

import ibis
import ibis.expr.types as ir

from xiaowei.portraits.moments import Moments
from xiaowei.portraits.traits.bank import moved
from xiaowei.portraits.traits.beside import beside
from xiaowei.portraits.traits.invoice_months import invoice_months
from xiaowei.portraits.traits.trait import (
    Facts,
    Part,
    Trait,
    concentration,
    inside,
    ratio,
    total,
)
from xiaowei.portraits.whole import added

_FROM: Final = ("bank_flows",)
_BOTH: Final = ("bank_flows", "invoices")
_YEAR: Final = 12
_NO_PAYMENT: Final = ("loan", "owner")


def _named(facts: Facts) -> ir.Table:
    """Return flows with the other side: its code, or its name where it has none."""
    flows = facts["bank_flows"]
    return flows.mutate(other=ibis.coalesce(flows.counterparty_id, flows.counterparty))


def _paid(t: ir.Table) -> ir.Value:
    payment = ~t.purpose.fill_null("other").isin(_NO_PAYMENT)
    return ibis.ifelse((t.way == "in") & payment, t.amount_fen, 0)


def payers(facts: Facts, moments: Moments) -> ir.Table:
    """Return what each other side paid in the last 12 complete months.

    Returns:
        Shape: one row per key and named other side with a flow; `paid` fen, without
        loans and what the owner puts in.
    """
    cells = moments.cells(
        _named(facts),
        family="bank_flows",
        by=("other",),
        sums={"paid": _paid},
        within=_YEAR,
    )
    cells = cells.filter(cells.other.notnull() & (cells.ago >= 0))
    sides = cells.group_by([*moments.keys, "other"])
    return sides.aggregate(paid=ibis.greatest(added(cells.paid), 0))


def flow_days(facts: Facts, moments: Moments) -> ir.Table:
    """Return what each other side paid and got on each day of the last 12 months.

    Returns:
        Shape: one row per key, day and other side, null where nameless; `came`, `back`,
        the part of it that went back to the same side on the day, in fen.
    """
    cells = moments.cells(
        _named(facts),
        family="bank_flows",
        by=("other", "happened_on"),
        sums={"came": moved("in"), "went": moved("out")},
        within=_YEAR,
    )
    cells = cells.filter(cells.ago >= 0)
    days = cells.group_by([*moments.keys, "other", "happened_on"]).aggregate(
        came=added(cells.came), went=added(cells.went)
    )
    back = ibis.greatest(ibis.least(days.came, days.went), 0)
    return days.mutate(back=back)


def receipts(facts: Facts, moments: Moments) -> ir.Table:
    """Return what came in for goods beside what was invoiced.

    Returns:
        Shape: see `beside`; `received` of flows with a known purpose, and `invoiced`,
        valid sales with tax.
    """
    flows = moments.cells(
        facts["bank_flows"],
        family="bank_flows",
        sums={
            "amount": lambda t: ibis.ifelse(
                t.purpose.notnull(), moved("in", "trade")(t), ibis.null("int64")
            )
        },
    )
    sales = invoice_months(facts, moments, way="sale")
    sales = sales.mutate(amount=sales.total)
    return beside(moments, received=flows, invoiced=sales)


PAYERS: Final = (
    Trait(
        "payers_12m",
        "近12月付款方数",
        "number of payers, 12 months",
        "count",
        "12m",
        _FROM,
        "lower_is_riskier",
        "other sides that paid in the last 12 months, without loans and the owner's "
        "money",
        lambda t: (t.paid > 0).sum().cast("int64"),
    ),
    Trait(
        "payer_hhi_12m",
        "近12月付款方集中度",
        "concentration of payers, 12 months",
        "share",
        "12m",
        _FROM,
        "higher_is_riskier",
        "Herfindahl index: sum of squared shares of payers, 12 months, 0..1, without "
        "loans and the owner's money",
        lambda t: concentration(t.paid, whole=t.paid.sum()),
    ),
    Trait(
        "payer_top_share_12m",
        "近12月最大付款方占比",
        "share of the largest payer, 12 months",
        "share",
        "12m",
        _FROM,
        "higher_is_riskier",
        "share of the largest payer in the last 12 months, without loans and the "
        "owner's money",
        lambda t: ratio(t.paid.max(), t.paid.sum()),
    ),
)
DAYS: Final = (
    Trait(
        "wash_share_12m",
        "近12月当日原路转回占比",
        "share of inflow sent back the same day, 12 months",
        "share",
        "12m",
        _FROM,
        "higher_is_riskier",
        "what went back to the side it came from on the same day over all that came "
        "from named sides, 12 months",
        lambda t: ratio(
            total(t.back, t.other.notnull()), total(t.came, t.other.notnull())
        ),
    ),
    Trait(
        "flow_days_12m",
        "近12月有流水的天数",
        "days with a flow, 12 months",
        "count",
        "12m",
        _FROM,
        "lower_is_riskier",
        "days of the last 12 months with a flow through an account",
        lambda t: t.happened_on.nunique().cast("int64"),
    ),
)
RECEIPTS: Final = (
    Trait(
        "received_invoiced_ratio_12m",
        "近12月回款开票比",
        "receipts from trade over invoiced sales, 12 months",
        "ratio",
        "12m",
        _BOTH,
        "lower_is_riskier",
        "what came in for goods over valid sales invoices with tax, of those of the "
        "last 12 months since both are on record",
        lambda t: ratio(
            total(t.received, inside(t.ago, _YEAR)),
            total(t.invoiced, inside(t.ago, _YEAR)),
        ),
    ),
)

PARTS: Final = (
    Part(_FROM, payers, PAYERS),
    Part(_FROM, flow_days, DAYS),
    Part(_BOTH, receipts, RECEIPTS),
)
