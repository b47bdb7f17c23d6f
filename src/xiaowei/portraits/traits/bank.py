"""Flows through accounts: what comes in, what it goes out for, how even it is.

What is stated later of a flow, even of its way or its purpose, takes its place, so
nothing is left out by these before `Moments` has said what stands.
"""

from functools import partial
from typing import Final

import ibis
import ibis.expr.types as ir

from xiaowei.portraits.moments import Moments, Of
from xiaowei.portraits.traits.trait import (
    Direction,
    Facts,
    Part,
    Trait,
    grown,
    inside,
    months_seen,
    ratio,
    total,
    variation,
)
from xiaowei.portraits.whole import added

_FROM: Final = ("bank_flows",)
_YEAR: Final = 12


def moved(way: str, *purposes: str) -> Of:
    """Return the amount of a flow that goes one way, 0 of any other.

    Args:
        way: `in` or `out`.
        purposes: for what; for anything where none is given.
    """

    def amount(t: ir.Table) -> ir.Value:
        chosen = t.way == way
        if purposes:
            chosen &= t.purpose.isin(purposes)
        return ibis.ifelse(chosen, t.amount_fen, 0)

    return amount


def _with_purpose(way: str) -> Of:
    return lambda t: ibis.ifelse((t.way == way) & t.purpose.notnull(), t.amount_fen, 0)


_SUMS: Final[dict[str, Of]] = {
    "came": moved("in"),
    "went": moved("out"),
    "came_for": _with_purpose("in"),
    "went_for": _with_purpose("out"),
    "trade": moved("in", "trade"),
    "wages": moved("out", "wages"),
    "tax": moved("out", "tax"),
    "rent": moved("out", "rent"),
    "service": moved("out", "repayment", "loan"),
    "owner": moved("out", "owner"),
}


def flow_months(facts: Facts, moments: Moments) -> ir.Table:
    """Return what moved through the accounts of each enterprise in each month.

    Returns:
        Shape: one row per key and month `ago` with a flow; in fen: `came` in, `went`
        out, `came_for` and `went_for` those with a purpose, `trade` that came, `wages`,
        `tax`, `rent`, `service` of loans and to the `owner` that went; `largest`, the
        largest single amount that came.
    """
    cells = moments.cells(
        facts["bank_flows"],
        family="bank_flows",
        sums=_SUMS,
        lasts={"largest": moved("in")},
    )
    return cells.group_by([*moments.keys, "ago"]).aggregate(
        **{name: added(cells[name]) for name in _SUMS},
        largest=cells.largest.max(),
    )


def _part(t: ir.Table, *, part: str, whole: str) -> ir.Value:
    year = inside(t.ago, _YEAR)
    return ratio(total(t[part], year), total(t[whole], year))


def _growth(t: ir.Table, *, n: int) -> ir.Value:
    return grown(t, t.came, months=n)


def _net_share(t: ir.Table) -> ir.Value:
    year = inside(t.ago, _YEAR)
    came, went = total(t.came, year), total(t.went, year)
    return ratio(came - went, came + went)


def _variation(t: ir.Table) -> ir.Value:
    seen = months_seen(t, months=_YEAR)
    return variation(t.came, within=inside(t.ago, _YEAR), seen=seen)


def _largest(t: ir.Table) -> ir.Value:
    year = inside(t.ago, _YEAR)
    return ratio(t.largest.max(where=year), total(t.came, year))


def _level(way: str, zh: str, en: str) -> Trait:
    column = {"inflow": "came", "outflow": "went"}[way]
    return Trait(
        f"{way}_12m",
        f"近12月{zh}",
        f"{en}, 12 months",
        "fen",
        "12m",
        _FROM,
        "lower_is_riskier",
        f"{en} in the last 12 months, loans and own transfers included",
        lambda t: total(t[column], inside(t.ago, _YEAR)),
    )


def _grown(n: int) -> Trait:
    return Trait(
        f"inflow_growth_{n}m",
        f"近{n}月流入同比",
        f"growth of money that came in, {n} months",
        "share",
        f"{n}m",
        _FROM,
        "lower_is_riskier",
        f"money that came in over the last {n} months against the same months a year "
        "before, (now - before) / (|now| + |before|), -1..1; null unless the first "
        "flow is as old as those months",
        partial(_growth, n=n),
    )


def _outflow(part: str, zh: str, what: str, direction: Direction) -> Trait:
    return Trait(
        f"{part}_outflow_share_12m",
        f"近12月{zh}占流出比",
        f"share of outflow for {what}, 12 months",
        "share",
        "12m",
        _FROM,
        direction,
        f"what went out for {what} over all that went out for a known purpose, 12 "
        "months",
        partial(_part, part=part, whole="went_for"),
    )


TRAITS: Final = (
    _level("inflow", "资金流入", "money that came into the accounts"),
    _level("outflow", "资金流出", "money that went out of the accounts"),
    Trait(
        "net_flow_share_12m",
        "近12月净流入占比",
        "net share of money that came in, 12 months",
        "share",
        "12m",
        _FROM,
        "lower_is_riskier",
        "(inflow - outflow) / (inflow + outflow) of the last 12 months, -1..1",
        _net_share,
    ),
    _grown(3),
    _grown(12),
    Trait(
        "inflow_variation_12m",
        "近12月流入波动",
        "variation of monthly inflow, 12 months",
        "ratio",
        "12m",
        _FROM,
        "higher_is_riskier",
        "standard deviation of monthly inflow over its mean, 12 months or since the "
        "first flow; months without a flow count as 0",
        _variation,
    ),
    Trait(
        "inflow_largest_share_12m",
        "近12月最大单笔流入占比",
        "share of the largest single inflow, 12 months",
        "share",
        "12m",
        _FROM,
        "higher_is_riskier",
        "largest single amount that came in over all that came in, 12 months",
        _largest,
    ),
    Trait(
        "trade_inflow_share_12m",
        "近12月货款占流入比",
        "share of inflow from trade, 12 months",
        "share",
        "12m",
        _FROM,
        "lower_is_riskier",
        "what came in for goods over all that came in for a known purpose, 12 months",
        partial(_part, part="trade", whole="came_for"),
    ),
    Trait(
        "service_inflow_share_12m",
        "近12月还贷占流入比",
        "loan service over inflow, 12 months",
        "ratio",
        "12m",
        _FROM,
        "higher_is_riskier",
        "what went out to lenders over all that came in for a known purpose, 12 "
        "months; may pass 1",
        partial(_part, part="service", whole="came_for"),
    ),
    _outflow("wages", "工资", "wages", "lower_is_riskier"),
    _outflow("tax", "税费", "tax", "lower_is_riskier"),
    _outflow("rent", "租金", "rent", "none"),
    _outflow("service", "还贷", "loan service", "higher_is_riskier"),
    _outflow("owner", "往来款", "the owner", "higher_is_riskier"),
)

PART: Final = Part(_FROM, flow_months, TRAITS)
