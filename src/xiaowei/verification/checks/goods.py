"""Goods that fit the trade: what is bought and sold lately, beside what peers do."""

from collections.abc import Mapping
from typing import Any, Final

import ibis
import ibis.expr.types as ir
import numpy as np
import pyarrow as pa

from xiaowei.said import Said, percent
from xiaowei.verification.chances import MIN_PEERS, rare_tails
from xiaowei.verification.coded import coded
from xiaowei.verification.evidence import of_invoice
from xiaowei.verification.finding import Case, Check, Finding
from xiaowei.verification.measured import (
    CALLED_BY_RANK,
    Measured,
    rows_behind,
    with_tails,
)

_SPAN: Final = 36
_LATELY: Final = 12
_LEAST_INVOICES: Final = 20
_STRANGE: Final = 0.02
"""A class is strange to a trade if no more of its firms than this ever had it."""
_LEAST_SHARE: Final = 0.02


def _measure(case: Case) -> pa.Table:
    """Return how much of what a firm traded lately is strange to its trade."""
    strange = case.once("strange", lambda: _classes(case))
    sums = strange.group_by("enterprise_id").aggregate(
        count=strange["count"].sum().cast("int64"),
        value=strange.value.sum().cast("int64"),
        strange=strange.value.sum(where=strange.strange).fill_null(0).cast("int64"),
        classes=strange.strange.sum().cast("int64"),
    )
    known = sums.filter((sums["count"] >= _LEAST_INVOICES) & (sums.value > 0))
    table = known.order_by("enterprise_id").to_pyarrow()
    if table.num_rows < MIN_PEERS:
        return with_tails(table, np.ones(table.num_rows))
    share = table["strange"].to_numpy() / table["value"].to_numpy()
    return with_tails(table, rare_tails(share, share >= _LEAST_SHARE))


def _classes(case: Case) -> ir.Table:
    """Return each firm's classes of goods lately, and whether they are strange.

    A class is strange to a firm that had none of it before, whose trade hardly has it.

    Returns:
        Shape: one row per firm, direction and class of the last year.
    """
    rows = _invoices(case)
    trades = _trades(case)
    told = rows.join(trades, "enterprise_id")
    own = told.group_by(["enterprise_id", "trade", "direction", "goods_class"])
    sums = own.aggregate(
        count=told.lately.sum().cast("int64"),
        before=(~told.lately).sum().cast("int64"),
        value=told.net_fen.sum(where=told.lately).fill_null(0).cast("int64"),
    )
    firms = sums.group_by(["trade", "direction"]).aggregate(
        firms=sums.enterprise_id.nunique()
    )
    has = sums.group_by(["trade", "direction", "goods_class"]).aggregate(
        has=sums.enterprise_id.nunique()
    )
    beside = sums.join(firms, ["trade", "direction"]).join(
        has, ["trade", "direction", "goods_class"]
    )
    # The firm itself is no witness of what its trade has; a trade of few says nothing.
    rare = (beside.has - 1) <= _STRANGE * (beside.firms - 1)
    judged = beside.firms >= MIN_PEERS
    return beside.filter(judged & (beside["count"] > 0)).select(
        "enterprise_id",
        "direction",
        "goods_class",
        "count",
        "value",
        strange=rare & (beside.before == 0),
    )


def _invoices(case: Case) -> ir.Table:
    rows = coded(case, months=_SPAN)
    return rows.mutate(lately=rows.ago < _LATELY)


def _trades(case: Case) -> ir.Table:
    """Return each firm's division of GB/T 4754."""
    firms = sorted(case.industries)
    return ibis.memtable(
        pa.table(
            {
                "enterprise_id": pa.array(firms, pa.string()),
                "trade": pa.array(
                    [case.industries[firm][:3] for firm in firms], pa.string()
                ),
            }
        )
    )


def _say(row: Mapping[str, Any]) -> Finding:
    share = percent(row["strange"] / row["value"])
    return Finding(
        enterprise_id=row["enterprise_id"],
        check=GOODS.name,
        outcome="differs",
        expected=Said(
            "近一年购销的货物是本行业常见或本户做过的",
            "goods of the last year that its trade or the firm itself had before",
        ),
        observed=Said(
            f"{row['classes']}类、{share}的金额不是",
            f"{row['classes']} classes, {share} of the value, are not",
        ),
        text=Said(
            f"近{_LATELY}月购销金额的{share}是本户从未有过、同业也少见的货物",
            f"{share} of what was traded in {_LATELY} months is of goods that neither "
            "the firm before nor its trade has",
        ),
        benign=Said(
            "转型、新产品、购置设备或代购",
            "a new line of business, equipment, or bought for others",
        ),
    )


def _behind(case: Case) -> ir.Table:
    rows = _invoices(case)
    strange = case.once("strange", lambda: _classes(case))
    odd = strange.filter(strange.strange)
    keys = ["enterprise_id", "direction", "goods_class"]
    return rows.filter(rows.lately).semi_join(odd, keys).mutate(weight=rows.net_fen)


GOODS: Final = Check(
    name="goods_that_fit",
    title=Said("货物与行业", "Goods that fit the trade"),
    meaning=Said(
        "近一年购销发票的货物编码，本户此前没有、同大类企业也少见的金额占比，与其他企业相比",
        "goods codes of the last year's invoices: the share by value that the firm "
        "never had before and hardly any firm of its division has",
    ),
    needs=("invoices", "enterprises"),
    find=Measured(
        measure=_measure,
        say=_say,
        worst="high",
        show=rows_behind(_behind, say=of_invoice),
        called=CALLED_BY_RANK,
    ),
)
