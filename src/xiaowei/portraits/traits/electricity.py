"""Meter readings: level, growth, variation, idle days, use of capacity."""

from typing import Final

import ibis
import ibis.expr.types as ir

from xiaowei.portraits.moments import Moments, Of
from xiaowei.portraits.traits.trait import (
    Facts,
    Part,
    Trait,
    grown,
    inside,
    months_seen,
    ratio,
    total,
    unknown,
    variation,
)
from xiaowei.portraits.whole import added, rounded

_FROM: Final = ("electricity",)
_YEAR: Final = 12
_QUARTER: Final = 3
_IDLE: Final = 10
"""A day is idle when it uses at most a tenth of the year's mean day."""


def watt_hours(t: ir.Table) -> ir.Value:
    """Return readings as whole numbers: their sums do not depend on any order."""
    return rounded(t.kwh * 1000)


_WH: Final[dict[str, Of]] = {"wh": watt_hours}


def metered_months(facts: Facts, moments: Moments) -> ir.Table:
    """Return what the meters of each enterprise read in each month.

    Returns:
        Shape: one row per key and month `ago` with a reading; `wh` of all meters and
        `last`, the day of the last reading.
    """
    cells = moments.cells(
        facts["electricity"],
        family="electricity",
        sums=_WH,
        lasts={"last": lambda t: t.happened_on},
    )
    return cells.group_by([*moments.keys, "ago"]).aggregate(
        wh=added(cells.wh), last=cells["last"].max()
    )


def metered_days(facts: Facts, moments: Moments) -> ir.Table:
    """Return the days with a reading of the last 12 complete months.

    Returns:
        Shape: one row per key and day; `ago`, `wh` of all meters and `idle`.
    """
    cells = moments.cells(
        facts["electricity"],
        family="electricity",
        by=("happened_on",),
        sums=_WH,
        within=_YEAR,
    )
    cells = cells.filter(cells.ago >= 0)
    days = cells.group_by([*moments.keys, "ago", "happened_on"]).aggregate(
        wh=added(cells.wh)
    )
    own = ibis.window(group_by=moments.keys)
    idle = days.wh * days.count().over(own) * _IDLE <= days.wh.sum().over(own)
    return days.mutate(idle=idle)


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
        lambda t: total(t.wh, inside(t.ago, n)).cast("float64") / 1000,
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
        lambda t: grown(t, t.wh, months=n),
    )


def _utilisation(t: ir.Table) -> ir.Value:
    lately = total(t.wh, inside(t.ago, _QUARTER)).cast("float64")
    seen = months_seen(t, months=_QUARTER)
    mean = unknown(seen > 0, lately / seen)
    return ratio(mean, t.wh.max(where=inside(t.ago, _YEAR)))


IDLE: Final = (
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
        lambda t: ratio(
            (t.idle & inside(t.ago, _QUARTER)).sum(), inside(t.ago, _QUARTER).sum()
        ),
    ),
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
        lambda t: variation(
            t.wh, within=inside(t.ago, _YEAR), seen=months_seen(t, months=_YEAR)
        ),
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
        lambda t: t["last"].max(),
        ages=True,
    ),
)

MONTHS: Final = Part(("electricity",), metered_months, TRAITS)
DAYS: Final = Part(("electricity",), metered_days, IDLE)
