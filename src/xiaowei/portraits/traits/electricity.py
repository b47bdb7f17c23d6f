"""Meter readings: level, growth, variation, idle days, use of capacity."""

from datetime import date
from typing import Final

import ibis
import ibis.expr.types as ir

from xiaowei.portraits.traits.trait import (
    PPM,
    Trait,
    days_ago,
    growth,
    months_ago,
    portrayed,
    ratio,
    total,
)

_FROM: Final = ("electricity",)
_YEAR: Final = 12
_QUARTER: Final = 3
_IDLE: Final = 10
"""A day is idle when it uses less than a tenth of the year's mean day."""


def portray(readings: ir.Table, *, as_of: date) -> ir.Table:
    """Return the traits of electricity.

    Args:
        readings: Shape: one row per meter and day (or month) known by the day. A
            reading stated twice counts as last known.
        as_of: the day of the portraits.

    Returns:
        Shape: one row per enterprise that has a reading.
    """
    latest = ibis.row_number().over(
        ibis.window(
            group_by=["enterprise_id", "meter", "happened_on"],
            order_by=[ibis.desc("known_on"), "file", "line"],
        )
    )
    rows = readings.mutate(place=latest).filter(lambda t: t.place == 0)
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
        known=(days.ago < _YEAR).sum().over(own),
        month=days.wh.sum().over(month).cast("int64"),
        first=(days.days == days.days.min().over(month)),
    )
    idle = days.wh * days.known * _IDLE < days.whole
    ppm = ratio(days.month * PPM, days.whole).round().cast("int64")
    return portrayed(days.mutate(idle=idle, ppm=ppm), TRAITS)


def _level(n: int) -> Trait:
    return Trait(
        f"kwh_{n}m",
        f"近{n}月用电量",
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
        "share",
        f"{n}m",
        _FROM,
        "lower_is_riskier",
        f"electricity of the last {n} months against the same months a year before, "
        "-1..1; null without a year before",
        lambda t: ibis.ifelse(
            t.ago.max() >= _YEAR,
            growth(
                total(t.wh, t.ago < n),
                total(t.wh, (t.ago >= _YEAR) & (t.ago < _YEAR + n)),
            ),
            ibis.null("float64"),
        ),
    )


def _variation(t: ir.Table) -> ir.Value:
    seen = ibis.least(t.ago.max() + 1, _YEAR)
    of_year = t.first & (t.ago < _YEAR)
    squares = (t.ppm * t.ppm).sum(where=of_year).cast("float64") / (PPM * PPM)
    known = (t.whole.max() > 0) & (seen > 1)
    spread = ibis.greatest(seen * squares - 1, 0.0).sqrt()
    return ibis.ifelse(known, spread, ibis.null("float64"))


TRAITS: Final = (
    _level(3),
    _level(12),
    _growth(3),
    _growth(12),
    Trait(
        "kwh_variation_12m",
        "近12月用电波动",
        "ratio",
        "12m",
        _FROM,
        "higher_is_riskier",
        "standard deviation of monthly electricity over its mean, 12 months",
        _variation,
    ),
    Trait(
        "kwh_idle_share_3m",
        "近3月停产天数占比",
        "share",
        "3m",
        _FROM,
        "higher_is_riskier",
        "days of the last 3 months with less than a tenth of the year's mean day",
        lambda t: ratio((t.idle & (t.ago < _QUARTER)).sum(), (t.ago < _QUARTER).sum()),
    ),
    Trait(
        "kwh_utilisation_3m",
        "近3月产能利用代理",
        "share",
        "3m",
        _FROM,
        "lower_is_riskier",
        "mean month of the last 3 over the highest of the last 12 (after 电E贷)",
        lambda t: ratio(
            total(t.wh, t.ago < _QUARTER).cast("float64") / _QUARTER,
            t.month.max(where=t.ago < _YEAR),
        ),
    ),
    Trait(
        "kwh_days_since",
        "距上次抄表天数",
        "days",
        "all",
        _FROM,
        "higher_is_riskier",
        "days since the last meter reading",
        lambda t: t.days.min().cast("int64"),
    ),
)
