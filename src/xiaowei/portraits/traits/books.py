"""How the books are kept: voids, red letters, tickets, and how recent they are."""

from datetime import date
from functools import partial
from typing import Final

import ibis
import ibis.expr.types as ir

from xiaowei.money import FEN_PER_WAN, FEN_PER_YUAN
from xiaowei.portraits.traits.flows import NAMES, Way
from xiaowei.portraits.traits.trait import (
    EVER,
    Trait,
    days_ago,
    months_ago,
    portrayed,
    ratio,
    span_title,
    total,
    window_text,
)

FACE_CAPS_FEN: Final = (1_000_000, 10_000_000, 100_000_000)
"""Paper VAT invoices carry at most 1万, 10万 or 100万 yuan before tax; the total with
tax is up to 17% higher, so tickets pile up at 0.9 to 1.17 times a cap."""

_FROM: Final = ("invoices",)
_INVOICE: Final[dict[Way, str]] = {
    "sale": "sales invoice",
    "purchase": "purchase invoice",
}
_MONTH_END: Final = 6
_YEAR: Final = 12


def portray(invoices: ir.Table, *, way: Way, as_of: date) -> ir.Table:
    """Return the traits of one direction's single invoices.

    Args:
        invoices: Shape: one row per invoice known by the day; both directions.
        way: which direction.
        as_of: the day of the portraits.

    Returns:
        Shape: one row per enterprise that has an invoice of this direction.
    """
    rows = invoices.filter(invoices.direction == way)
    following = rows.happened_on + ibis.interval(days=_MONTH_END)
    rows = rows.mutate(
        ago=months_ago(rows.happened_on, as_of=as_of),
        days=days_ago(rows.happened_on, as_of=as_of),
        voided=rows.state == "voided",
        valid=rows.state == "valid",
        red=(rows.state == "valid") & (rows.net_fen < 0),
        month_end=following.month() != rows.happened_on.month(),
    )
    return portrayed(rows, book_traits(way))


def at_cap(total_fen: ir.Value, cap: int) -> ir.Value:
    """Return whether a total with tax lies where a face cap makes tickets pile up."""
    return total_fen.between(cap * 9 // 10, cap * 117 // 100)


def book_traits(way: Way) -> tuple[Trait, ...]:
    """Return the traits of sales books or of purchase books."""
    return (*_undone(way), *_tickets(way), *_times(way))


def _undone(way: Way) -> list[Trait]:
    name, zh = NAMES[way]
    voids = [
        Trait(
            f"{name}_void_share_{(words := window_text(n))[0]}",
            f"{words[2]}{zh}作废率",
            f"share of voided {name}, {span_title(n)}",
            "share",
            words[0],
            _FROM,
            "higher_is_riskier",
            f"voided {name} invoices {words[1]} over all of them, by count",
            partial(_voids, n=n),
        )
        for n in (3, 12, 24, EVER)
    ]
    reds = [
        Trait(
            f"{name}_red_share_{(words := window_text(n))[0]}",
            f"{words[2]}{zh}红字率",
            f"share of red-letter {name}, {span_title(n)}",
            "share",
            words[0],
            _FROM,
            "higher_is_riskier",
            f"amount of red-letter {name} invoices {words[1]} over the amount of "
            "positive ones; may pass 1",
            partial(_reds, n=n),
        )
        for n in (12, 24)
    ]
    return [*voids, *reds]


def _tickets(way: Way) -> list[Trait]:
    name, zh = NAMES[way]
    counts = [
        Trait(
            f"{name}_invoices_{(words := window_text(n))[0]}",
            f"{words[2]}{zh}发票张数",
            f"number of {_INVOICE[way]}s, {span_title(n)}",
            "count",
            words[0],
            _FROM,
            "lower_is_riskier",
            f"valid {name} invoices {words[1]}",
            partial(_valid, n=n),
        )
        for n in (12, EVER)
    ]
    size = Trait(
        f"{name}_ticket_12m",
        f"近12月{zh}平均票面",
        f"mean {_INVOICE[way]}, 12 months",
        "fen",
        "12m",
        _FROM,
        "none",
        f"mean net amount of valid {name} invoices of the last 12 months that are no "
        "red letters, in whole fen",
        _ticket,
    )
    caps = [
        Trait(
            f"{name}_cap_{cap // FEN_PER_WAN}w_share_24m",
            f"近24月{zh}{cap // FEN_PER_WAN}万元顶额票占比",
            f"share of {_INVOICE[way]}s near the CNY {cap // FEN_PER_YUAN:,} cap, "
            "24 months",
            "share",
            "24m",
            _FROM,
            "none",
            f"valid positive {name} invoices of the last 24 months with a total of 0.9 "
            f"to 1.17 times the face cap of {cap // FEN_PER_WAN}万, by count",
            partial(_at_cap_share, cap=cap),
        )
        for cap in FACE_CAPS_FEN
    ]
    return [*counts, size, *caps]


def _voids(t: ir.Table, *, n: int) -> ir.Value:
    return ratio((t.voided & (t.ago < n)).sum(), (t.ago < n).sum())


def _reds(t: ir.Table, *, n: int) -> ir.Value:
    positive = total(t.net_fen, t.valid & ~t.red & (t.ago < n))
    return ratio(-total(t.net_fen, t.red & (t.ago < n)), positive)


def _valid(t: ir.Table, *, n: int) -> ir.Value:
    return (t.valid & (t.ago < n)).sum().cast("int64")


def _ticket(t: ir.Table) -> ir.Value:
    lately = t.valid & ~t.red & (t.ago < _YEAR)
    return ratio(total(t.net_fen, lately), lately.sum()).round().cast("int64")


def _at_cap_share(t: ir.Table, *, cap: int) -> ir.Value:
    lately = t.valid & ~t.red & (t.ago < 2 * _YEAR)
    return ratio((at_cap(t.total_fen, cap) & lately).sum(), lately.sum())


def _times(way: Way) -> list[Trait]:
    name, zh = NAMES[way]
    return [
        Trait(
            f"{name}_month_end_share_12m",
            f"近12月{zh}月末开票占比",
            f"share of {name} dated at month ends, 12 months",
            "share",
            "12m",
            _FROM,
            "none",
            f"valid {name} invoices of the last 12 months dated on one of the last "
            f"{_MONTH_END} days of their month, by count",
            lambda t: ratio(
                (t.month_end & t.valid & (t.ago < _YEAR)).sum(),
                (t.valid & (t.ago < _YEAR)).sum(),
            ),
        ),
        Trait(
            f"{name}_days_since",
            f"距上次{zh}开票天数",
            f"days since the last {_INVOICE[way]}",
            "days",
            "all",
            _FROM,
            "higher_is_riskier",
            f"days since the last valid {name} invoice",
            lambda t: t.days.min(where=t.valid).cast("int64"),
        ),
        Trait(
            f"{name}_history_months",
            f"{zh}记录长度",
            f"months of {name} on record",
            "months",
            "all",
            _FROM,
            "lower_is_riskier",
            f"rolling months since the first {name} invoice",
            lambda t: (t.ago.max() + 1).cast("int64"),
        ),
        Trait(
            f"{name}_span_days",
            f"{zh}首末票间隔",
            f"days from first to last {_INVOICE[way]}",
            "days",
            "all",
            _FROM,
            "lower_is_riskier",
            f"days from the first to the last valid {name} invoice",
            lambda t: (t.days.max(where=t.valid) - t.days.min(where=t.valid)).cast(
                "int64"
            ),
        ),
    ]
