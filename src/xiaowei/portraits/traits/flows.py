"""Levels, growth, variation and activity of sales and of purchases, month by month."""

from datetime import date
from functools import partial
from typing import Final, Literal

import ibis
import ibis.expr.types as ir

from xiaowei.portraits.traits.trait import (
    EVER,
    PPM,
    Trait,
    growth,
    months_ago,
    portrayed,
    ratio,
    total,
    window_text,
)

WINDOWS: Final = (3, 6, 12, 24, EVER)
_LONG: Final = (12, 24)
_YEAR: Final = 12
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
    whole = {
        f"whole_{n}": total(months.net, months.ago < n).over(
            ibis.window(group_by="enterprise_id")
        )
        for n in _LONG
    }
    months = months.mutate(**whole)
    return months.mutate(**{f"ppm_{n}": _ppm(months, n) for n in _LONG})


def _ppm(months: ir.Table, n: int) -> ir.Value:
    share = ratio(months.net * PPM, months[f"whole_{n}"])
    return ibis.ifelse(months.ago < n, share.round().cast("int64"), 0)


def flow_traits(way: Way) -> tuple[Trait, ...]:
    """Return the traits of sales or of purchases."""
    return (*_levels(way), *_growths(way), *_rhythm(way))


def _levels(way: Way) -> list[Trait]:
    name, zh = NAMES[way]
    return [
        Trait(
            f"{name}_{(words := window_text(n))[0]}",
            f"{words[2]}{zh}额",
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
            "share",
            f"{n}m",
            _FROM,
            "lower_is_riskier",
            f"{name} of the last {n} months against the same months a year before, "
            "(now - before) / (|now| + |before|), -1..1; null without a year before",
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
    known = t.ago.max() >= _YEAR
    return ibis.ifelse(
        known, growth(total(t.net, t.ago < n), before), ibis.null("float64")
    )


def _active(t: ir.Table, *, n: int) -> ir.Value:
    return ((t.ago < n) & (t.tickets > 0)).sum().cast("int64")


def _variation(t: ir.Table, *, n: int) -> ir.Value:
    """Return sqrt(n * sum of squares - 1) of shares that add up to 1."""
    seen = ibis.least(t.ago.max() + 1, n)
    squares = t[f"ppm_{n}"] * t[f"ppm_{n}"]
    spread = seen * squares.sum().cast("float64") / (PPM * PPM) - 1
    known = (t[f"whole_{n}"].max() > 0) & (seen > 1)
    return ibis.ifelse(known, ibis.greatest(spread, 0.0).sqrt(), ibis.null("float64"))


def _log_spread(t: ir.Table) -> ir.Value:
    """Return the spread of log amounts, taken in whole thousandths (see PPM)."""
    counted = (t.ago < _LONG[-1]) & (t.net > 0)
    thousandths = (ibis.greatest(t.net, 1).ln() * 1000).round().cast("int64")
    n = counted.sum()
    first = thousandths.sum(where=counted).cast("float64")
    second = (thousandths * thousandths).sum(where=counted).cast("float64")
    spread = ibis.greatest(second / n - (first / n) * (first / n), 0.0).sqrt() / 1000
    return ibis.ifelse(n > 1, spread, ibis.null("float64"))
