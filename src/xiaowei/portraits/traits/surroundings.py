"""What surrounds an enterprise: the rate of loans, the economy, and its own trade.

Series are few rows, the same for everybody: what a day knew of them is worked out once
and then joined to the enterprises. Of a period published early and revised later, the
revision counts from the day it was published; a period not yet published is not known.
"""

from typing import Final

import ibis
import ibis.expr.types as ir

from xiaowei.portraits.moments import Moments
from xiaowei.portraits.traits.registry import registered
from xiaowei.portraits.traits.states import YEAR, ago_of
from xiaowei.portraits.traits.trait import Facts, Part, Trait, unknown
from xiaowei.portraits.whole import added, rounded

LPR: Final = "LPR1Y"
ECONOMY: Final = "PMI"
INDUSTRY: Final = "INDUSTRY-"
"""Begins the name of a trade's series; a code of GB/T 4754 follows, such as C13."""

_FROM: Final = ("enterprises", "series")
STALE: Final = 6
"""An index whose last period ended more complete months ago tells nothing of now."""
_TICKS: Final = 10**6
"""Values are added and compared as whole millionths, so that no order of adding tells
in their last digit."""


def readings(facts: Facts, moments: Moments) -> ir.Table:
    """Return what each day knew of each series.

    Returns:
        Shape: one row per day and series; in millionths `now`, the last period's value,
        `before`, that of the same month a year earlier, `stood`, the last value of
        12 or more complete months ago, and `added`, the sum over the year up to the
        last period; `months`, of how many months that is; `newest`, how many months
        before the last complete one the last period lies, -1 for the month after it.
    """
    days = _days(moments)
    rows = moments.rows(facts["series"], family="series")
    rows = rows.mutate(
        ago=ago_of(rows, rows.happened_on), ticks=rounded(rows.value * _TICKS)
    )
    months = rows.group_by([*days, "series", "ago"]).aggregate(
        ticks=rows.ticks.argmax(rows.happened_on)
    )
    own = ibis.window(group_by=[*days, "series"])
    newest = months.ago.min().over(own)
    t = months.mutate(newest=newest, since=months.ago - newest)
    return t.group_by([*days, "series"]).aggregate(
        now=t.ticks.max(where=t.since == 0),
        before=t.ticks.max(where=t.since == YEAR),
        stood=t.ticks.argmin(t.ago, where=t.ago >= YEAR),
        added=added(ibis.ifelse(t.since < YEAR, t.ticks, 0)),
        months=(t.since < YEAR).sum().cast("int64"),
        newest=t.newest.min(),
    )


def surroundings(facts: Facts, moments: Moments) -> ir.Table:
    """Return what was known of the surroundings of each enterprise in the register.

    Returns:
        Shape: one row per key; `lpr`, `lpr_before`, and for `economy` and `trade` the
        value, `_before` and `_mean`; null where no series of it is known.
    """
    days = _days(moments)
    firms = registered(facts, moments).select(*moments.keys, "industry")
    told = readings(facts, moments)
    common, trades = _common(told, days).view(), _of_trades(firms, told, days).view()
    same = [firms[day] == common[day] for day in days]
    joined = firms.left_join(common, same) if days else firms.cross_join(common)
    joined = joined.left_join(
        trades,
        [firms.industry == trades.industry, *[firms[d] == trades[d] for d in days]],
    )
    return joined.select(
        *[firms[key] for key in moments.keys],
        *[common[name] for name in ("lpr", "lpr_before", *_of("economy"))],
        *[trades[name] for name in _of("trade")],
    )


def _days(moments: Moments) -> list[str]:
    """Return what tells days apart, where there are many."""
    return [key for key in moments.keys if key != "enterprise_id"]


def _of(name: str) -> tuple[str, str, str]:
    return name, f"{name}_before", f"{name}_mean"


def _common(told: ir.Table, days: list[str]) -> ir.Table:
    """Return what is the same for everybody, one row per day."""
    rate, economy = told.series == LPR, (told.series == ECONOMY) & _fresh(told)
    whole = told.group_by(days) if days else told
    found: ir.Table = whole.aggregate(
        lpr=told.now.max(where=rate),
        lpr_before=told.stood.max(where=rate),
        economy=told.now.max(where=economy),
        economy_before=told.before.max(where=economy),
        economy_mean=_mean(told).max(where=economy),
    )
    return found


def _of_trades(firms: ir.Table, told: ir.Table, days: list[str]) -> ir.Table:
    """Return what is known of each trade: of its own series, else of the next wider."""
    names = firms.filter(firms.industry.notnull()).select(*days, "industry").distinct()
    series = told.filter(
        told.series.startswith(INDUSTRY)
        & (told.series.length() > len(INDUSTRY))
        & _fresh(told)
    )
    series = series.mutate(code=series.series.substr(len(INDUSTRY))).view()
    joined = names.inner_join(
        series,
        [
            names.industry.startswith(series.code),
            *[names[day] == series[day] for day in days],
        ],
    )
    pairs = joined.select(
        *[names[day] for day in days],
        names.industry,
        length=series.code.length(),
        trade=series.now,
        trade_before=series.before,
        trade_mean=_mean(series),
    )
    own = ibis.window(group_by=[*days, "industry"])
    marked = pairs.mutate(longest=pairs.length.max().over(own))
    return marked.filter(marked.length == marked.longest)


def _fresh(told: ir.Table) -> ir.BooleanValue:
    """Return whether a series tells how things stand, not how they stood long ago."""
    return told.newest <= STALE


def _mean(told: ir.Table) -> ir.Value:
    """Return the mean over a year, in millionths; null where half of it is unknown."""
    return unknown(told.months > YEAR // 2, told.added.cast("float64") / told.months)


def _level(t: ir.Table, name: str) -> ir.Value:
    return t[name].max().cast("float64") / _TICKS


def _change(t: ir.Table, name: str) -> ir.Value:
    gone = t[name].max() - t[f"{name}_before"].max()
    return gone.cast("float64") / _TICKS


def _index(name: str, zh: str, en: str, meaning: str) -> tuple[Trait, ...]:
    told = f"{name}_index"
    return (
        Trait(
            f"{told}_now",
            f"{zh}景气指数",
            f"index of {en}",
            "ratio",
            "now",
            _FROM,
            "lower_is_riskier",
            f"{meaning}: its value for the last period published, in its own points, "
            f"as last revised; null where that ended more than {STALE} complete "
            "months ago",
            lambda t: _level(t, name),
        ),
        Trait(
            f"{told}_change_12m",
            f"近12月{zh}景气指数变动",
            f"change in the index of {en}, 12 months",
            "ratio",
            "12m",
            _FROM,
            "lower_is_riskier",
            f"{told}_now less the value for the same month a year earlier, in points, "
            "both as revised by the day",
            lambda t: _change(t, name),
        ),
        Trait(
            f"{told}_mean_12m",
            f"近12月{zh}景气指数均值",
            f"mean index of {en}, 12 months",
            "ratio",
            "12m",
            _FROM,
            "lower_is_riskier",
            f"mean of the year up to the last period of {told}_now, in points; null "
            "where half of the months or more are unknown",
            lambda t: _level(t, f"{name}_mean"),
        ),
    )


TRAITS: Final = (
    Trait(
        "lpr_now",
        "一年期贷款市场报价利率",
        "one-year loan prime rate",
        "share",
        "now",
        _FROM,
        "none",
        f"series {LPR}: the rate last published, a year; it stands until the next",
        lambda t: _level(t, "lpr"),
    ),
    Trait(
        "lpr_change_12m",
        "近12月贷款市场报价利率变动",
        "change in the loan prime rate, 12 months",
        "share",
        "12m",
        _FROM,
        "higher_is_riskier",
        "lpr_now less the rate that stood 12 complete months ago",
        lambda t: _change(t, "lpr"),
    ),
    *_index("economy", "宏观", "the economy", f"series {ECONOMY}"),
    *_index(
        "trade",
        "所属行业",
        "its own trade",
        f"series {INDUSTRY} followed by the code of the enterprise's trade or, where "
        "there is none, of the next wider one",
    ),
)

PART: Final = Part(_FROM, surroundings, TRAITS, alone=False)
