"""Sales that too little was bought for, beside what others of the trade buy."""

from collections.abc import Mapping
from typing import Any, Final

import ibis.expr.types as ir
import numpy as np
import pyarrow as pa

from xiaowei.portraits.moments import months_ago
from xiaowei.portraits.traits.trait import total
from xiaowei.said import Said, percent
from xiaowei.verification.chances import MIN_PEERS, peer_tails
from xiaowei.verification.evidence import amount, of_invoice
from xiaowei.verification.finding import Case, Check, Finding
from xiaowei.verification.measured import (
    CALLED_BY_RANK,
    Measured,
    rows_behind,
    with_tails,
)

_MONTHS: Final = 24
_MIN_SALES_FEN: Final = 10_000_000
_LEAST_TAIL: Final = 0.003
"""Some three in a thousand honest firms of any trade hand in next to no purchases, as
simulated counties (102 to 104, 3 and 4) have it: no ratio is rarer than that."""
_DIVISION: Final = 3
"""Characters of a code of GB/T 4754 that name its division."""


def _measure(case: Case) -> pa.Table:
    """Return how many times its purchases a firm sold in two years.

    A firm of which no purchase was ever handed in is left out: it may have bought, and
    nobody told us.
    """
    valid = _lately(case)
    sums = valid.group_by("enterprise_id").aggregate(
        sold=total(valid.net_fen, valid.direction == "sale"),
        bought=total(valid.net_fen, valid.direction == "purchase"),
    )
    known = sums.filter((sums.sold >= _MIN_SALES_FEN) & (sums.bought > 0))
    table = known.order_by("enterprise_id").to_pyarrow()
    if table.num_rows < MIN_PEERS:
        return with_tails(table, np.ones(table.num_rows))
    gaps = np.log(table["sold"].to_numpy() / table["bought"].to_numpy())
    trades = [
        case.industries.get(firm, "")[:_DIVISION]
        for firm in table["enterprise_id"].to_pylist()
    ]
    return with_tails(table, np.maximum(peer_tails(gaps, trades), _LEAST_TAIL))


def _lately(case: Case) -> ir.Table:
    invoices = case.current("invoices")
    ago = months_ago(invoices.happened_on, as_of=case.as_of)
    return invoices.filter((invoices.state == "valid") & (ago < _MONTHS))


def _say(row: Mapping[str, Any]) -> Finding:
    share = percent(row["bought"] / row["sold"])
    bought, sold = amount(row["bought"]), amount(row["sold"])
    return Finding(
        enterprise_id=row["enterprise_id"],
        check=WITHOUT_PURCHASES.name,
        outcome="differs",
        expected=Said(
            "采购占销售的比例与同大类企业相当",
            "purchases of a share of sales like that of firms of its division",
        ),
        observed=Said(f"采购为销售的{share}", f"purchases are {share} of sales"),
        text=Said(
            f"近{_MONTHS}月销售{sold.zh}，采购仅{bought.zh}，同业少见",
            f"sold {sold.en} and bought only {bought.en} in {_MONTHS} months, which is "
            "rare in its trade",
        ),
        benign=Said(
            "进项未全部提供、向农户或个人采购、以劳务为主",
            "purchases not handed in, bought from farmers or persons, or labour sold",
        ),
    )


def _behind(case: Case) -> ir.Table:
    rows = _lately(case)
    return rows.filter(rows.direction == "sale").mutate(weight=rows.net_fen)


WITHOUT_PURCHASES: Final = Check(
    name="sales_without_purchases",
    title=Said("有销无进", "Sales without purchases"),
    meaning=Said(
        f"近{_MONTHS}月销售为采购的倍数，与同大类企业相比；从未提供进项的不判断",
        f"sales over purchases of the last {_MONTHS} months, beside firms of the "
        "division; a firm of which no purchase was handed in is not judged",
    ),
    needs=("invoices", "enterprises"),
    find=Measured(
        measure=_measure,
        say=_say,
        worst="low",
        show=rows_behind(_behind, say=of_invoice),
        called=CALLED_BY_RANK,
    ),
)
"""Who sells goods has bought them, or what they are made of: invented sales have no
source unless purchases are invented, too."""
