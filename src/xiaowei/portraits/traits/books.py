"""How the books are kept: voids, red letters, tickets, and how recent they are."""

from functools import partial
from typing import Final

import ibis.expr.types as ir

from xiaowei.money import FEN_PER_WAN, FEN_PER_YUAN
from xiaowei.portraits.traits.flows import flow_traits
from xiaowei.portraits.traits.invoice_months import (
    FACE_CAPS_FEN,
    MONTH_END_DAYS,
    NAMES,
    Way,
    invoice_months,
)
from xiaowei.portraits.traits.trait import (
    EVER,
    Part,
    Trait,
    days_between,
    inside,
    ratio,
    span_title,
    total,
    window_text,
)
from xiaowei.portraits.whole import rounded

_FROM: Final = ("invoices",)
_INVOICE: Final[dict[Way, str]] = {
    "sale": "sales invoice",
    "purchase": "purchase invoice",
}
_YEAR: Final = 12


def book_part(way: Way) -> Part:
    """Return all that is reckoned from the months of one direction's books."""
    return Part(
        ("invoices",),
        partial(invoice_months, way=way),
        (*flow_traits(way), *book_traits(way)),
    )


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
            partial(_share, of=("voided", "rows"), n=n),
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
            partial(_share, of=("red", "full"), n=n),
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
            partial(_share, of=(f"cap_{place}", "fulls"), n=2 * _YEAR),
        )
        for place, cap in enumerate(FACE_CAPS_FEN)
    ]
    return [*counts, size, *caps]


def _share(t: ir.Table, *, of: tuple[str, str], n: int) -> ir.Value:
    part, whole = (total(t[name], inside(t.ago, n)) for name in of)
    return ratio(part, whole)


def _valid(t: ir.Table, *, n: int) -> ir.Value:
    return total(t.valid, inside(t.ago, n))


def _ticket(t: ir.Table) -> ir.Value:
    return rounded(_share(t, of=("full", "fulls"), n=_YEAR))


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
            f"{MONTH_END_DAYS} days of their month, by count",
            partial(_share, of=("month_end", "valid"), n=_YEAR),
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
            lambda t: t["last"].max(),
            ages=True,
        ),
        Trait(
            f"{name}_history_months",
            f"{zh}记录长度",
            f"months of {name} on record",
            "months",
            "all",
            _FROM,
            "lower_is_riskier",
            f"complete months since the first {name} invoice, its own included",
            lambda t: t.ago.max() + 1,
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
            lambda t: days_between(t["first"].min(), t["last"].max()),
        ),
    ]
