"""Money that comes in and goes out again within days, to look like turnover."""

from collections.abc import Mapping
from typing import Any, Final

import ibis
import ibis.expr.types as ir
import numpy as np
import pyarrow as pa

from xiaowei.said import Said, percent
from xiaowei.verification.chances import MIN_PEERS, peer_tails
from xiaowei.verification.evidence import amount, whole
from xiaowei.verification.finding import Case, Check, Evidence, Finding
from xiaowei.verification.measured import Measured, rows_behind, with_tails

_WITHIN_DAYS: Final = 3
_LESS: Final = 0.03
"""What goes out again may be so much less: what the favour costs."""
_SPAN_DAYS: Final = 730
_LEAST_FLOWS: Final = 30
_SURE: Final = 1.645
"""By so many spreads chance differs once in twenty."""
_LEAST_SHARE: Final = 0.01
_SLICES: Final = 40
"""Amounts are sliced on a logarithmic scale, a slice wider than _LESS, for the join."""


def _measure(case: Case) -> pa.Table:
    """Return how much of the money that came in surely went out again.

    Chance is what the same firm shows with time turned round: money that had gone out,
    as much and as near. What is surely beyond chance is the difference less so much as
    the flows that only one of both counts may differ by.
    """
    flows = _flows(case)
    totals = flows.group_by("enterprise_id").aggregate(
        incoming=flows.amount_fen.sum(where=flows["in"]).fill_null(0).cast("int64"),
        count=flows["in"].sum().cast("int64"),
    )
    pairs = case.once("washes", lambda: _pairs(flows))
    alone = pairs.again != pairs.turned
    sums = pairs.group_by("enterprise_id").aggregate(
        again=pairs.amount_fen.sum(where=pairs.again).fill_null(0).cast("int64"),
        turned=pairs.amount_fen.sum(where=pairs.turned).fill_null(0).cast("int64"),
        apart=(pairs.amount_fen.cast("float64") ** 2).sum(where=alone).sqrt(),
        pairs=pairs.again.sum().cast("int64"),
    )
    joined = totals.left_join(sums, "enterprise_id").drop("enterprise_id_right")
    known = joined.filter(joined["count"] >= _LEAST_FLOWS)
    table = known.order_by("enterprise_id").to_pyarrow()
    again, turned, apart = (
        np.array(table[name].fill_null(0).to_numpy(), dtype=np.float64)
        for name in ("again", "turned", "apart")
    )
    sure = (again - turned - _SURE * apart) / table["incoming"].to_numpy()
    if table.num_rows < MIN_PEERS:
        return with_tails(table, np.ones(table.num_rows))
    sections = [case.section_of(firm) for firm in table["enterprise_id"].to_pylist()]
    tails = peer_tails(sure, sections)
    return with_tails(table, np.where(sure < _LEAST_SHARE, 1.0, tails))


def _flows(case: Case) -> ir.Table:
    rows = case.current("bank_flows")
    since = ibis.literal(case.as_of) - ibis.interval(days=_SPAN_DAYS)
    trade = rows.purpose.fill_null("trade").isin(["trade", "owner", "other"])
    return rows.filter(
        (rows.happened_on > since) & trade & (rows.amount_fen > 0)
    ).mutate(**{"in": rows.way == "in"})


def _pairs(flows: ir.Table) -> ir.Table:
    """Return what came in beside what went out as much within days, and turned round.

    Returns:
        Shape: one row per flow that came in and has such another; `again`, whether as
        much went out on its day or after it, `turned`, whether on as many days before
        it. A busy account has both of nearly every flow.
    """
    sliced = flows.mutate(
        slice=(flows.amount_fen.cast("float64").ln() * _SLICES).floor().cast("int64"),
    )
    came = sliced.filter(sliced["in"])
    went = sliced.filter(~sliced["in"]).select(
        "enterprise_id",
        "slice",
        gone_on="happened_on",
        gone="amount_fen",
        gone_file="file",
        gone_line="line",
    )
    beside = [went.mutate(slice=went.slice + shift) for shift in (0, 1, 2)]
    near = beside[0].union(beside[1]).union(beside[2])
    met = came.join(near, ["enterprise_id", "slice"])
    apart = met.gone_on.delta(met.happened_on, unit="day")
    alike = met.gone.between(met.amount_fen * (1 - _LESS), met.amount_fen)
    met = met.mutate(apart=apart).filter(
        alike & apart.between(-_WITHIN_DAYS - 1, _WITHIN_DAYS)
    )
    # Money out and in on one day has no order: it counts as going out again, and one
    # day more before stands for what chance puts there.
    return met.group_by(["enterprise_id", "file", "line"]).aggregate(
        happened_on=met.happened_on.arbitrary(),
        amount_fen=met.amount_fen.arbitrary(),
        again=(met.apart >= 0).any(),
        turned=(met.apart < 0).any(),
        gone_on=met.gone_on.min(where=met.apart >= 0),
        gone=met.gone.max(where=met.apart >= 0),
    )


def _say(row: Mapping[str, Any]) -> Finding:
    share = percent((row["again"] or 0) / row["incoming"])
    gone = amount(row["again"] or 0)
    return Finding(
        enterprise_id=row["enterprise_id"],
        check=WASHES.name,
        outcome="differs",
        expected=Said(
            "进账不在数日内原额转出，偶合与先出后进相当",
            "money that comes in stays; as much goes out again by chance as comes in "
            "after going out",
        ),
        observed=Said(
            f"{row['pairs'] or 0}笔，{gone.zh}", f"{row['pairs'] or 0} times, {gone.en}"
        ),
        text=Said(
            f"近两年进账的{share}在{_WITHIN_DAYS}天内几乎原额转出（{gone.zh}）",
            f"{share} of what came in within two years went out again in "
            f"{_WITHIN_DAYS} days, all but the same amount ({gone.en})",
        ),
        benign=Said(
            "资金归集、过桥还贷、代收代付或退款",
            "a group's cash pool, bridging a loan, paid on behalf of others, refunds",
        ),
    )


def _of_pair(row: Mapping[str, object]) -> Evidence:
    came, gone = amount(whole(row["amount_fen"])), amount(whole(row["gone"]))
    return Evidence(
        str(row["file"]),
        whole(row["line"]),
        Said(
            f"{row['happened_on']} 进{came.zh}，{row['gone_on']} 出{gone.zh}",
            f"{row['happened_on']} in {came.en}, {row['gone_on']} out {gone.en}",
        ),
    )


def _behind(case: Case) -> ir.Table:
    pairs = case.once("washes", lambda: _pairs(_flows(case)))
    return pairs.filter(pairs.again).mutate(weight=pairs.amount_fen)


WASHES: Final = Check(
    name="washed_flows",
    title=Said("快进快出", "In and out again"),
    meaning=Said(
        "进账后三日内几乎原额转出的金额，减去先出后进的偶合，占进账的比例，与同业相比",
        "money that goes out within three days of coming in, all but the same amount, "
        "less what comes in after going out by chance, as a share of inflow, compared "
        "with peers of the trade",
    ),
    needs=("bank_flows",),
    find=Measured(
        measure=_measure,
        say=_say,
        worst="high",
        show=rows_behind(_behind, say=_of_pair),
    ),
)
