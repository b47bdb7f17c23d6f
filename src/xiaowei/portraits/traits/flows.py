"""Levels, growth, variation and activity of sales and of purchases, month by month."""

from functools import partial
from typing import Final

import ibis
import ibis.expr.types as ir

from xiaowei.portraits.traits.invoice_months import NAMES, Way
from xiaowei.portraits.traits.trait import (
    EVER,
    Trait,
    grown,
    inside,
    months_seen,
    span_title,
    total,
    unknown,
    variation,
    window_text,
)
from xiaowei.portraits.whole import rounded

WINDOWS: Final = (3, 6, 12, 24, EVER)
_LONG: Final = (12, 24)
_YEAR: Final = 12
_MILLION: Final = 1_000_000
_FROM: Final = ("invoices",)


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
            f"months {words[1]} that have a valid {name} invoice",
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
    return total(t.net, inside(t.ago, n))


def _growth(t: ir.Table, *, n: int) -> ir.Value:
    return grown(t, t.net, months=n)


def _active(t: ir.Table, *, n: int) -> ir.Value:
    return (inside(t.ago, n) & (t.valid > 0)).sum().cast("int64")


def _variation(t: ir.Table, *, n: int) -> ir.Value:
    return variation(
        t.net,
        within=inside(t.ago, n),
        seen=months_seen(t, months=n),
    )


def _log_spread(t: ir.Table) -> ir.Value:
    """Return the spread of log amounts, reckoned in whole millionths.

    Sums of whole numbers do not depend on the order in which an engine adds them.
    """
    net = t.net
    counted = inside(t.ago, _LONG[-1]) & (net > 0)
    logs = rounded(ibis.greatest(net, 1).ln() * _MILLION)
    n, first = counted.sum(), total(logs, counted)
    squared = n * total(logs * logs, counted) - first * first
    return unknown(n > 1, squared.cast("float64").sqrt() / n / _MILLION)
