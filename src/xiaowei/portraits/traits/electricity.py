"""Meter readings: level, growth, variation, idle days, use of capacity."""

from datetime import date
from typing import Final

import ibis
import ibis.expr.types as ir

from xiaowei.portraits.current import current
from xiaowei.portraits.traits.trait import (
    Trait,
    days_ago,
    growth,
    months_ago,
    portrayed,
    ratio,
    total,
    variation,
)

_FROM: Final = ("electricity",)
_YEAR: Final = 12
_QUARTER: Final = 3
_IDLE: Final = 10
"""A day is idle when it uses at most a tenth of the year's mean day."""


def portray(readings: ir.Table, *, as_of: date) -> ir.Table:
    """Return the traits of electricity.

    Args:
        readings: Shape: one row per meter and day (or month) known by the day. A
            reading stated twice counts as last known.
        as_of: the day of the portraits.

    Returns:
        Shape: one row per enterprise that has a reading.
    """
    rows = current(readings, family="electricity")
    # Watt-hours are whole numbers: their sums do not depend on the order of adding.
    rows = rows.mutate(
        wh=(rows.kwh * 1000).round().cast("int64"),
        ago=months_ago(rows.happened_on, as_of=as_of),
        days=days_ago(rows.happened_on, as_of=as_of),
    )
    days = rows.group_by(["enterprise_id", "ago", "days"]).aggregate(wh=rows.wh.sum())
    own = ibis.window(group_by="enterprise_id")
    month = ibis.window(group_by=["enterprise_id", "ago"])
    days = days.mutate(
        whole=total(days.wh, days.ago < _YEAR).over(own),
        seen=ibis.least(days.ago.max().over(own) + 1, _YEAR),
        known=(days.ago < _YEAR).sum().over(own),
        month=days.wh.sum().over(month).cast("int64"),
        first=(days.days == days.days.min().over(month)),
    )
    idle = days.wh * days.known * _IDLE <= days.whole
    return portrayed(
        days.mutate(idle=idle, gap=days.seen * days.month - days.whole), TRAITS
    )


def _level(n: int) -> Trait:
    return Trait(
        f"kwh_{n}m",
        f"近{n}月用电量",
        f"electricity of {n} months",
        "kwh",
        f"{n}m",
        _FROM,
        "lower_is_riskier",
        f"electricity of all meters in the last {n} months",
        lambda t: total(t.wh, t.ago < n).cast("float64") / 1000,
    )


def _growth(n: int) -> Trait:
    return Trait(
        f"kwh_growth_{n}m",
        f"近{n}月用电同比",
        f"growth of electricity, {n} months",
        "share",
        f"{n}m",
        _FROM,
        "lower_is_riskier",
        f"electricity of the last {n} months against the same months a year before, "
        "(now - before) / (|now| + |before|), -1..1; null unless the first reading is "
        "as old as those months",
        lambda t: ibis.ifelse(
            t.ago.max() >= _YEAR + n - 1,
            growth(
                total(t.wh, t.ago < n),
                total(t.wh, (t.ago >= _YEAR) & (t.ago < _YEAR + n)),
            ),
            ibis.null("float64"),
        ),
    )


def _variation(t: ir.Table) -> ir.Value:
    return variation(
        t.gap,
        within=t.first & (t.ago < _YEAR),
        whole=t.whole.max(),
        seen=t.seen.max(),
    )


def _utilisation(t: ir.Table) -> ir.Value:
    lately = total(t.wh, t.ago < _QUARTER).cast("float64")
    return ratio(
        lately / ibis.least(t.seen.max(), _QUARTER), t.month.max(where=t.ago < _YEAR)
    )


TRAITS: Final = (
    _level(3),
    _level(12),
    _growth(3),
    _growth(12),
    Trait(
        "kwh_variation_12m",
        "近12月用电波动",
        "variation of electricity, 12 months",
        "ratio",
        "12m",
        _FROM,
        "higher_is_riskier",
        "standard deviation of monthly electricity over its mean, 12 months or since "
        "the first reading; months without a reading count as 0",
        _variation,
    ),
    Trait(
        "kwh_idle_share_3m",
        "近3月停产天数占比",
        "share of idle days by meter, 3 months",
        "share",
        "3m",
        _FROM,
        "higher_is_riskier",
        "days with a reading, of the last 3 months, that use at most a tenth of the "
        "mean of such days of the last 12",
        lambda t: ratio((t.idle & (t.ago < _QUARTER)).sum(), (t.ago < _QUARTER).sum()),
    ),
    Trait(
        "kwh_utilisation_3m",
        "近3月产能利用代理",
        "use of capacity by meter, 3 months",
        "share",
        "3m",
        _FROM,
        "lower_is_riskier",
        "mean month of the last 3, or since the first reading, over the highest of "
        "the last 12 (after 电E贷)",
        _utilisation,
    ),
    Trait(
        "kwh_days_since",
        "距上次抄表天数",
        "days since the last meter reading",
        "days",
        "all",
        _FROM,
        "higher_is_riskier",
        "days since the last meter reading",
        lambda t: t.days.min().cast("int64"),
    ),
)
