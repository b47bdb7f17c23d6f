"""Balances of accounts: how much there is, how low it falls, how long it lasts."""

from typing import Final

import ibis
import ibis.expr.types as ir

from xiaowei.portraits.moments import Moments
from xiaowei.portraits.traits.bank import moved
from xiaowei.portraits.traits.trait import Facts, Part, Trait, inside, ratio, total
from xiaowei.portraits.whole import rounded

_FROM: Final = ("bank_flows",)
_QUARTER: Final = 3
_DIGITS: Final = 12
_DAYS_A_MONTH: Final = 365.25 / 12


def accounts(facts: Facts, moments: Moments) -> ir.Table:
    """Return how each account stood over the last 3 complete months and since.

    A day closes with the balance of the flow that was stated last of its day; when a
    flow was stated is told by its first statement, whatever was corrected since.

    Returns:
        Shape: one row per key and account with a flow by then; in fen: `now`, the last
        closing balance, `low` and `mean` of days with a flow in the 3 months, `went`
        out in them; `oldest`, months ago of the first flow, at most 2.
    """
    closings = _closings(facts, moments)
    stated = ibis.ifelse(
        closings.closing.notnull(), closings.happened_on, ibis.null("date")
    )
    own = ibis.window(group_by=[*moments.keys, "account"])
    rows = closings.mutate(newest=stated.max().over(own) == closings.happened_on)
    lately = inside(rows.ago, _QUARTER)
    days = (lately & rows.closing.notnull()).sum()
    return rows.group_by([*moments.keys, "account"]).aggregate(
        now=rows.closing.max(where=rows.newest),
        low=rows.closing.min(where=lately),
        mean=rounded(ratio(total(rows.closing, lately), days)),
        went=total(rows.went, lately),
        oldest=rows.ago.max(),
    )


def _closings(facts: Facts, moments: Moments) -> ir.Table:
    """Return flows, the last of each account and day with the balance after it."""
    flows = moments.cells(
        facts["bank_flows"],
        family="bank_flows",
        by=("account", "happened_on", "flow_no"),
        sums={"went": moved("out")},
        lasts={"balance": lambda t: t.balance_fen},
        within=_QUARTER,
    )
    flow = [*moments.keys, "account", "flow_no"]
    firsts = _first_told(facts, moments)
    firsts = firsts.group_by(flow).aggregate(place=firsts.place.min()).view()
    flows = flows.left_join(firsts, [flows[key] == firsts[key] for key in flow]).select(
        *[flows[name] for name in flows.columns],
        place=firsts.place,
        told=flows.balance.notnull(),
    )
    day = ibis.window(
        group_by=[*moments.keys, "account", "happened_on", "told"],
        order_by=ibis.desc("place"),
    )
    flows = flows.mutate(rank=ibis.row_number().over(day))
    last = flows.told & (flows["rank"] == 0)
    return flows.mutate(closing=ibis.ifelse(last, flows.balance, ibis.null("int64")))


def _first_told(facts: Facts, moments: Moments) -> ir.Table:
    """Return where each statement of a flow stands: by day known, file and line."""
    return moments.cells(
        facts["bank_flows"],
        family="bank_flows",
        by=("account", "flow_no"),
        sums={},
        firsts={"place": _place},
        within=_QUARTER,
        all_told=True,
    )


def _place(t: ir.Table) -> ir.Value:
    line = t.line.cast("string").lpad(_DIGITS, "0")
    return t.known_on.cast("string") + " " + t.file + " " + line


def _runway(t: ir.Table) -> ir.Value:
    seen = ibis.least(t.oldest.max() + 1, _QUARTER)
    return ratio(t.now.sum(), t.went.sum()) * seen * _DAYS_A_MONTH


TRAITS: Final = (
    Trait(
        "balance_now",
        "账户余额",
        "balance of all accounts",
        "fen",
        "now",
        _FROM,
        "lower_is_riskier",
        "last balance stated of each account with a flow in the last 3 months or "
        "since, added up",
        lambda t: t.now.sum().cast("int64"),
    ),
    Trait(
        "balance_mean_3m",
        "近3月日终平均余额",
        "mean closing balance, 3 months",
        "fen",
        "3m",
        _FROM,
        "lower_is_riskier",
        "mean closing balance of each account over its days with a flow in the last 3 "
        "months, added up",
        lambda t: t["mean"].sum().cast("int64"),
    ),
    Trait(
        "balance_low_3m",
        "近3月日终最低余额",
        "lowest closing balance, 3 months",
        "fen",
        "3m",
        _FROM,
        "lower_is_riskier",
        "lowest closing balance of each account in the last 3 months, added up",
        lambda t: t.low.sum().cast("int64"),
    ),
    Trait(
        "runway_3m",
        "余额可支撑天数",
        "days that the balance lasts, by outflow of 3 months",
        "days",
        "3m",
        _FROM,
        "lower_is_riskier",
        "balance of all accounts over the mean daily outflow of the last 3 months, or "
        "since the first flow in them; below 0 where they are overdrawn",
        _runway,
    ),
)

PART: Final = Part(_FROM, accounts, TRAITS)
