"""Orders that a firm claims, beside what it ever sold and what it could make."""

from typing import Final

import ibis
import ibis.expr.types as ir
import numpy as np
import pyarrow as pa

from xiaowei.said import Said, percent
from xiaowei.verification.chances import (
    MIN_PEERS,
    Floats,
    middles_of_groups,
    peer_tails,
)
from xiaowei.verification.electricity.panel import meters_of
from xiaowei.verification.evidence import amount, whole
from xiaowei.verification.finding import Case, Check, Evidence, Finding
from xiaowei.verification.measured import Measured, Row, rows_behind, with_tails
from xiaowei.verification.months import SPAN, months_of

_NEAR: Final = 365
"""Days: orders shown longer ago say nothing of today."""
_TOGETHER: Final = 30
"""Days within which papers are handed in for one application."""
_YEAR: Final = 12
_DAYS_A_YEAR: Final = 365
_LEAST_MONTHS: Final = 6
_LEAST_SPREAD: Final = 0.1
"""Logarithms of claimed over sold that differ by less are alike."""
_CLAIMED: Final = "orders claimed"


def _claims(case: Case) -> ir.Table:
    """Return the orders last shown, with what of each falls to the next 12 months.

    Returns:
        Shape: one row per order still to be delivered when it was shown;
        `enterprise_id`, `shown`, `share`, fen within twelve months, `weight`, the
        whole amount, and the order's columns.
    """

    def made() -> ir.Table:
        rows = case.current("order_claims")
        last = rows.known_on.max().over(ibis.window(group_by="enterprise_id"))
        rows = rows.mutate(shown=last)
        since = ibis.literal(case.as_of) - ibis.interval(days=_NEAR)
        together = rows.known_on > rows.shown - ibis.interval(days=_TOGETHER)
        rows = rows.filter((rows.shown > since) & together & (rows.due_on > rows.shown))
        begins = ibis.coalesce(rows.starts_on, rows.happened_on)
        whole_span = ibis.greatest(rows.due_on.delta(begins, unit="day"), 1)
        # What was to be delivered before it was shown is no longer to be made.
        left = rows.due_on.delta(ibis.greatest(begins, rows.shown), unit="day")
        within = ibis.least(ibis.greatest(left, 1), _DAYS_A_YEAR)
        share = ibis.least(within / whole_span, 1.0)
        return rows.mutate(
            share=(rows.amount_fen * share).round().cast("int64"),
            weight=rows.amount_fen,
        )

    return case.once(_CLAIMED, made)


def _claimed(case: Case) -> pa.Table:
    """Return what each firm claims for twelve months. Shape: one row per firm."""
    rows = _claims(case)
    sums = rows.group_by("enterprise_id").aggregate(
        shown=rows.shown.max(),
        orders=rows.count().cast("int64"),
        claimed=rows.share.sum().cast("int64"),
    )
    return sums.filter(sums.claimed > 0).order_by("enterprise_id").to_pyarrow()


def _best(sales: Floats) -> Floats:
    """Return the highest sales of twelve months on end; missing where too few known.

    Of a firm with less than a year of books what it sold is stretched to a year.
    """
    known = ~np.isnan(sales)
    months = known.sum(axis=1)
    sums = np.cumsum(np.where(known, sales, 0.0), axis=1)
    before = np.hstack([np.zeros((len(sales), 1)), sums[:, :-_YEAR]])
    best = (sums[:, _YEAR - 1 :] - before).max(axis=1, initial=0.0)
    best = best * _YEAR / np.clip(months, _LEAST_MONTHS, _YEAR)
    return np.where((months >= _LEAST_MONTHS) & (best > 0), best, np.nan)


def _sold(case: Case) -> pa.Table:
    """Return how much more each firm claims than it ever sold in a year."""
    table = _claimed(case)
    firms = table["enterprise_id"].to_pylist()
    best = _best(months_of(case).of("sales", firms))
    known = ~np.isnan(best)
    table = table.append_column("best", pa.array(best)).filter(pa.array(known))
    times = table["claimed"].to_numpy() / table["best"].to_numpy()
    return _judged(case, table.append_column("times", pa.array(times)), np.log(times))


def _able(case: Case) -> pa.Table:
    """Return how much more each firm claims for its hands and capacity than peers."""
    table = _claimed(case)
    firms = table["enterprise_id"].to_pylist()
    heads = _last(months_of(case).of("insured", firms))
    kva = meters_of(case, firms)[0]
    claimed = table["claimed"].to_numpy().astype(np.float64)
    divisions = [case.industries.get(firm, "")[:3] for firm in firms]
    logs = [np.log(claimed / one) for one in (heads, kva)]
    beside = np.stack([one - middles_of_groups(one, divisions) for one in logs])
    told = (~np.isnan(beside)).sum(axis=0)
    odd = np.where(np.isnan(beside), 0.0, beside).sum(axis=0) / np.maximum(told, 1)
    for name, values in (("heads", heads), ("kva", kva)):
        table = table.append_column(name, pa.array(values, from_pandas=True))
    table = table.append_column("times", pa.array(np.exp(odd)))
    known = told > 0
    return _judged(case, table.filter(pa.array(known)), odd[known])


def _judged(case: Case, table: pa.Table, odd: Floats) -> pa.Table:
    if table.num_rows < MIN_PEERS:
        return with_tails(table, np.ones(table.num_rows))
    sections = [case.section_of(firm) for firm in table["enterprise_id"].to_pylist()]
    return with_tails(table, peer_tails(odd, sections, least=_LEAST_SPREAD))


def _last(months: Floats) -> Floats:
    """Return the last that is known of each row; missing where nothing or none is."""
    known = ~np.isnan(months)
    place = SPAN - 1 - np.argmax(known[:, ::-1], axis=1)
    last = months[np.arange(len(months)), place]
    return np.where(last > 0, last, np.nan)


def _say_sold(row: Row) -> Finding:
    claimed, best = amount(row["claimed"]), amount(round(row["best"]))
    share = percent(row["times"], digits=0)
    return Finding(
        enterprise_id=row["enterprise_id"],
        check=ORDERS.name,
        outcome="differs",
        expected=Said(
            f"与同业相当；历史最高12个月销售{best.zh}",
            f"as among peers; at most {best.en} were ever sold in 12 months",
        ),
        observed=Said(
            f"未来12个月订单{claimed.zh}", f"orders of {claimed.en} for 12 months"
        ),
        text=Said(
            f"{row['shown']}出示{row['orders']}份订单，未来12个月{claimed.zh}，为历史最高12个月"
            f"销售的{share}",
            f"{claimed.en} of orders for the next 12 months shown on {row['shown']} "
            f"({row['orders']} in all): {share} of the most it ever sold in 12",
        ),
        benign=_BENIGN,
    )


def _say_able(row: Row) -> Finding:
    claimed, times = amount(row["claimed"]), percent(row["times"], digits=0)
    zh, en = [], []
    if row["heads"]:
        zh.append(f"参保{row['heads']:.0f}人")
        en.append(f"{row['heads']:.0f} insured")
    if row["kva"]:
        zh.append(f"{row['kva']:.0f}千伏安")
        en.append(f"{row['kva']:.0f} kVA")
    able = Said("、".join(zh), ", ".join(en))
    return Finding(
        enterprise_id=row["enterprise_id"],
        check=ABLE.name,
        outcome="differs",
        expected=Said(
            "按人数和用电容量与同业相当", "for its people and power as among peers"
        ),
        observed=Said(f"为同业中位的{times}", f"{times} of the peers' median"),
        text=Said(
            f"{row['shown']}出示的未来12个月订单{claimed.zh}，按其{able.zh}计为同业中位的{times}",
            f"orders of {claimed.en} for 12 months shown on {row['shown']}: for "
            f"{able.en} that is {times} of the peers' median",
        ),
        benign=_BENIGN,
    )


def _of_order(row: Row) -> Evidence:
    fen = amount(whole(row["weight"]))
    buyer = row["counterparty"] or row["counterparty_id"] or "–"
    text = f"{row['happened_on']} {row['contract_no']} {buyer}"
    return Evidence(
        str(row["file"]),
        whole(row["line"]),
        Said(
            f"{text} {fen.zh}，{row['due_on']}前交付",
            f"{text} {fen.en}, due {row['due_on']}",
        ),
    )


_BENIGN: Final = Said(
    "新增产能、外协加工、框架协议未必全额执行，或中标大项目",
    "new capacity, work given out, a frame contract that need not be drawn in full, or "
    "a large tender won",
)

ORDERS: Final = Check(
    name="orders_against_sales",
    title=Said("订单与销售", "Orders against sales"),
    meaning=Said(
        f"最近一次（{_NEAR}天内）出示的订单中未来12个月应交付的金额，与三年内最高的连续12个月"
        "开票销售之比，与同门类出示订单的企业相比",
        f"of the orders last shown (within {_NEAR} days) what is due in the next 12 "
        "months, over the highest invoiced sales of 12 months on end in three years, "
        "compared with firms of the section that show orders",
    ),
    needs=("order_claims", "invoices"),
    find=Measured(
        measure=_sold,
        say=_say_sold,
        worst="high",
        show=rows_behind(_claims, say=_of_order),
    ),
)
ABLE: Final = Check(
    name="orders_against_capacity",
    title=Said("订单与产能", "Orders against capacity"),
    meaning=Said(
        "最近一次出示的订单中未来12个月应交付的金额，按参保人数与电表合同容量，与同大类出示订单的"
        "企业相比",
        "of the orders last shown what is due in the next 12 months, per insured "
        "person and per kVA under contract, compared with firms of the division that "
        "show orders",
    ),
    needs=("order_claims", "social_security"),
    find=Measured(
        measure=_able,
        say=_say_able,
        worst="medium",
        show=rows_behind(_claims, say=_of_order),
    ),
)
