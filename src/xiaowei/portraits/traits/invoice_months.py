"""The grain of an enterprise's books: each month's invoices, added up by direction."""

from functools import partial
from typing import Final, Literal

import ibis
import ibis.expr.types as ir

from xiaowei.portraits.moments import Moments, Of
from xiaowei.portraits.traits.trait import Facts, total

Way = Literal["sale", "purchase"]
NAMES: Final[dict[Way, tuple[str, str]]] = {
    "sale": ("sales", "销售"),
    "purchase": ("purchases", "采购"),
}
FACE_CAPS_FEN: Final = (1_000_000, 10_000_000, 100_000_000)
"""Paper VAT invoices carry at most 1万, 10万 or 100万 yuan before tax; the total with
tax is up to 17% higher, so tickets pile up at 0.9 to 1.17 times a cap."""
MONTH_END_DAYS: Final = 6
MONTHS: Final = "invoice_months"
"""The name among facts of what `all_months` returned."""


def at_cap(total_fen: ir.Value, cap: int) -> ir.Value:
    """Return whether a total with tax lies where a face cap makes tickets pile up."""
    return total_fen.between(cap * 9 // 10, cap * 117 // 100)


def _valid(t: ir.Table) -> ir.Value:
    return t.state == "valid"


def _positive(t: ir.Table) -> ir.Value:
    return (t.state == "valid") & (t.net_fen >= 0)


def _red(t: ir.Table) -> ir.Value:
    return (t.state == "valid") & (t.net_fen < 0)


def _month_end(t: ir.Table) -> ir.Value:
    following = t.happened_on + ibis.interval(days=MONTH_END_DAYS)
    return _valid(t) & (following.month() != t.happened_on.month())


def _near_cap(t: ir.Table, cap: int) -> ir.Value:
    return _positive(t) & at_cap(t.total_fen, cap)


_SUMS: Final[dict[str, Of]] = {
    "net": lambda t: ibis.ifelse(_valid(t), t.net_fen, 0),
    "tax": lambda t: ibis.ifelse(_valid(t), t.tax_fen, 0),
    "total": lambda t: ibis.ifelse(_valid(t), t.total_fen, 0),
    "red": lambda t: ibis.ifelse(_red(t), -t.net_fen, 0),
    "full": lambda t: ibis.ifelse(_positive(t), t.net_fen, 0),
}
_COUNTS: Final[dict[str, Of]] = {
    "rows": lambda t: t.state.notnull(),
    "voided": lambda t: t.state == "voided",
    "valid": _valid,
    "fulls": _positive,
    "month_end": _month_end,
    **{
        f"cap_{place}": partial(_near_cap, cap=cap)
        for place, cap in enumerate(FACE_CAPS_FEN)
    },
}


def all_months(facts: Facts, moments: Moments) -> ir.Table:
    """Return what each enterprise invoiced in each month, in both directions.

    Many parts look at this, so it is worked out once where a chunk of enterprises or
    one of them is portrayed, and handed to the parts among the facts.

    Args:
        facts: with `invoices`, or with what this returned of them.
        moments: the days asked for.

    Returns:
        Shape: one row per key, `direction` and month `ago` with an invoice: `rows`,
        `voided` and `valid` invoices, `net`, `tax` and `total` of valid ones (fen),
        `red` (fen, above 0), `full` and `fulls`, amount and number of valid ones that
        are no red letters, `month_end`, `cap_0`.., `first` and `last`, days of valid
        ones.
    """
    if MONTHS in facts:
        return facts[MONTHS]
    return moments.months(
        facts["invoices"],
        family="invoices",
        by=("direction",),
        sums=_SUMS,
        counts=_COUNTS,
        firsts={"first": _valid_day},
        lasts={"last": _valid_day},
    )


def invoice_months(facts: Facts, moments: Moments, *, way: Way) -> ir.Table:
    """Return what each enterprise invoiced in each month in one direction.

    Returns:
        Shape: one row per key and month `ago` with an invoice of the direction; the
        other columns of `all_months`.
    """
    months = all_months(facts, moments)
    return months.filter(months.direction == way).drop("direction")


def both_ways(facts: Facts, moments: Moments) -> ir.Table:
    """Return what each enterprise sold and bought in each month.

    Returns:
        Shape: one row per key and month `ago` with an invoice; of valid ones `sold`,
        `bought`, `tax_out`, `tax_in` in fen, `sales` and `purchases`, how many.
    """
    months = all_months(facts, moments)
    sale, purchase = (months.direction == way for way in ("sale", "purchase"))
    return months.group_by([*moments.keys, "ago"]).aggregate(
        sold=total(months.net, sale),
        bought=total(months.net, purchase),
        tax_out=total(months.tax, sale),
        tax_in=total(months.tax, purchase),
        sales=total(months.valid, sale),
        purchases=total(months.valid, purchase),
    )


def _valid_day(t: ir.Table) -> ir.Value:
    return ibis.ifelse(_valid(t), t.happened_on, ibis.null("date"))
