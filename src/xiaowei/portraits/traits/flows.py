"""Levels, growth, variation and activity of sales and of purchases, month by month."""

from datetime import date
from functools import partial
from typing import Final, Literal

import ibis
import ibis.expr.types as ir

from xiaowei.portraits.traits.trait import (
    EVER,
    Trait,
    growth,
    months_ago,
    portrayed,
    span_title,
    total,
    variation,
    window_text,
)

WINDOWS: Final = (3, 6, 12, 24, EVER)
_LONG: Final = (12, 24)
_YEAR: Final = 12
_MILLION: Final = 1_000_000
_FROM: Final = ("invoices",)

Way = Literal["sale", "purchase"]
NAMES: Final[dict[Way, tuple[str, str]]] = {
    "sale": ("sales", "销售"),
    "purchase": ("purchases", "采购"),
}


def portray(invoices: ir.Table, *, way: Way, as_of: date) -> ir.Table:
    """Return the traits of one direction's monthly flow.

    Args:
        invoices: Shape: one row per invoice known by the day; both directions.
        way: which direction.
        as_of: the day of the portraits.

    Returns:
        Shape: one row per enterprise that has an invoice of this direction.
    """
    return portrayed(_months(invoices, way=way, as_of=as_of), flow_traits(way))


def _months(invoices: ir.Table, *, way: Way, as_of: date) -> ir.Table:
    """Return one row per enterprise and rolling month with its valid net amount."""
    rows = invoices.filter(invoices.direction == way)
    rows = rows.mutate(ago=months_ago(rows.happened_on, as_of=as_of))
    valid = rows.state == "valid"
    months = rows.group_by(["enterprise_id", "ago"]).aggregate(
        net=total(rows.net_fen, valid), tickets=valid.sum().cast("int64")
    )
    own = ibis.window(group_by="enterprise_id")
    months = months.mutate(
        **{f"whole_{n}": total(months.net, months.ago < n).over(own) for n in _LONG},
        **{f"seen_{n}": ibis.least(months.ago.max().over(own) + 1, n) for n in _LONG},
    )
    return months.mutate(
        **{
            f"gap_{n}": months[f"seen_{n}"] * months.net - months[f"whole_{n}"]
            for n in _LONG
        }
    )


def flow_traits(way: Way) -> tuple[Trait, ...]:
    """Return the traits of sales or of purchases."""
    return (*_levels(way), *_growths(way), *_rhythm(way))


def _levels(way: Way) -> list[Trait]:
    name, zh = NAMES[way]
    return [
        Trait(
            f"{name}_{(words := window_text(n))[0]}",
            f"{words[2]}{zh}额",
            f"{name} of {span_title(n)}",
            "fen",
            words[0],
            _FROM,
            "lower_is_riskier",
            f"net amount of valid {name} invoices {words[1]}, red letters included",
            partial(_net, n=n),
        )
        for n in WINDOWS
    ]


def _growths(way: Way) -> list[Trait]:
    name, zh = NAMES[way]
    return [
        Trait(
            f"{name}_growth_{n}m",
            f"近{n}月{zh}同比",
            f"growth of {name}, {n} months",
            "share",
            f"{n}m",
            _FROM,
            "lower_is_riskier",
            f"{name} of the last {n} months against the same months a year before, "
            "(now - before) / (|now| + |before|), -1..1; null unless the first invoice "
            "is as old as those months",
            partial(_growth, n=n),
        )
        for n in (3, 6, 12)
    ]


def _rhythm(way: Way) -> list[Trait]:
    name, zh = NAMES[way]
    variation = [
        Trait(
            f"{name}_variation_{n}m",
            f"近{n}月{zh}波动",
            f"variation of monthly {name}, {n} months",
            "ratio",
            f"{n}m",
            _FROM,
            "higher_is_riskier",
            f"standard deviation of monthly {name} over their mean, {n} months or "
            "since the first invoice; months without invoices count as 0",
            partial(_variation, n=n),
        )
        for n in _LONG
    ]
    activity = [
        Trait(
            f"{name}_active_months_{(words := window_text(n))[0]}",
            f"{words[2]}有{zh}的月数",
            f"months with {name}, {span_title(n)}",
            "months",
            words[0],
            _FROM,
            "lower_is_riskier",
            f"rolling months {words[1]} that have a valid {name} invoice",
            partial(_active, n=n),
        )
        for n in (*_LONG, EVER)
    ]
    month_spread = Trait(
        f"{name}_log_spread_24m",
        f"近24月{zh}对数波动",
        f"spread of the logarithm of monthly {name}, 24 months",
        "ratio",
        "24m",
        _FROM,
        "higher_is_riskier",
        f"standard deviation of the logarithm of monthly {name} over the months of the "
        "last 24 with a positive amount",
        _log_spread,
    )
    return [*variation, *activity, month_spread]


def _net(t: ir.Table, *, n: int) -> ir.Value:
    return total(t.net, t.ago < n)


def _growth(t: ir.Table, *, n: int) -> ir.Value:
    before = total(t.net, (t.ago >= _YEAR) & (t.ago < _YEAR + n))
    known = t.ago.max() >= _YEAR + n - 1
    return ibis.ifelse(
        known, growth(total(t.net, t.ago < n), before), ibis.null("float64")
    )


def _active(t: ir.Table, *, n: int) -> ir.Value:
    return ((t.ago < n) & (t.tickets > 0)).sum().cast("int64")


def _variation(t: ir.Table, *, n: int) -> ir.Value:
    return variation(
        t[f"gap_{n}"],
        within=t.ago < n,
        whole=t[f"whole_{n}"].max(),
        seen=t[f"seen_{n}"].max(),
    )


def _log_spread(t: ir.Table) -> ir.Value:
    """Return the spread of log amounts, reckoned in whole millionths.

    Sums of whole numbers do not depend on the order in which an engine adds them.
    """
    counted = (t.ago < _LONG[-1]) & (t.net > 0)
    logs = (ibis.greatest(t.net, 1).ln() * _MILLION).round().cast("int64")
    n, first = counted.sum(), total(logs, counted)
    squared = n * total(logs * logs, counted) - first * first
    spread = squared.cast("float64").sqrt() / n / _MILLION
    return ibis.ifelse(n > 1, spread, ibis.null("float64"))
