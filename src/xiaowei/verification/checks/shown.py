"""Sales shown at a month's end and taken back, by voiding or by red letters."""

from collections.abc import Mapping
from typing import Any, Final

import ibis
import ibis.expr.types as ir
import numpy as np
import pyarrow as pa

from xiaowei.portraits.moments import months_ago
from xiaowei.portraits.traits.trait import total
from xiaowei.said import Said, percent
from xiaowei.verification.chances import MIN_PEERS, peer_tails
from xiaowei.verification.evidence import amount, of_invoice
from xiaowei.verification.finding import Case, Check, Finding
from xiaowei.verification.measured import Measured, rows_behind, with_tails

_SPAN: Final = 24
_LATELY: Final = 12
_END_DAYS: Final = 6
_LEAST_INVOICES: Final = 20
_LEAST_SHARE: Final = 0.05
_LEAST_SPREAD: Final = 0.03


def _measure(case: Case) -> pa.Table:
    """Return how much of what was shown at month ends was taken back.

    The root of the share rids it of its spread's growth with its level; half of what
    the firm always showed is taken off, for some trades settle at month ends.
    """
    rows = _sales(case)
    sums = rows.group_by("enterprise_id").aggregate(
        count=rows.lately.sum().cast("int64"),
        issued=total(rows.net_fen, rows.lately & (rows.net_fen > 0)),
        undone=total(rows.net_fen.abs(), rows.lately & rows.undone),
        issued_before=total(rows.net_fen, ~rows.lately & (rows.net_fen > 0)),
        undone_before=total(rows.net_fen.abs(), ~rows.lately & rows.undone),
    )
    known = sums.filter((sums["count"] >= _LEAST_INVOICES) & (sums.issued > 0))
    table = known.order_by("enterprise_id").to_pyarrow()
    if table.num_rows < MIN_PEERS:
        return with_tails(table, np.ones(table.num_rows))
    values = {name: table[name].to_numpy() for name in table.column_names[2:]}
    share = values["undone"] / values["issued"]
    before = values["undone_before"] / np.maximum(values["issued_before"], 1)
    sections = [case.section_of(firm) for firm in table["enterprise_id"].to_pylist()]
    odd = np.sqrt(share) - 0.5 * np.sqrt(np.minimum(before, 1.0))
    tails = peer_tails(odd, sections, least=_LEAST_SPREAD)
    return with_tails(table, np.where(share < _LEAST_SHARE, 1.0, tails))


def _sales(case: Case) -> ir.Table:
    """Return sales of two years, each with whether it undid a month's end.

    A void counts if its invoice is of the last days of a month, a red letter if it is
    of the first fortnight of one: what it takes back was shown in the month before.
    """
    invoices = case.current("invoices")
    ago = months_ago(invoices.happened_on, as_of=case.as_of)
    rows = invoices.filter((invoices.direction == "sale") & (ago < _SPAN))
    later = rows.happened_on + ibis.interval(days=_END_DAYS)
    ends = later.month() != rows.happened_on.month()
    red = (rows.net_fen < 0) & (rows.state == "valid")
    back = red & (rows.happened_on.day() <= 2 * _END_DAYS)
    return rows.mutate(
        lately=months_ago(rows.happened_on, as_of=case.as_of) < _LATELY,
        undone=(ends & (rows.state == "voided")) | back,
    )


def _say(row: Mapping[str, Any]) -> Finding:
    share = percent(row["undone"] / row["issued"])
    before = percent(row["undone_before"] / max(row["issued_before"], 1))
    return Finding(
        enterprise_id=row["enterprise_id"],
        check=SHOWN.name,
        outcome="differs",
        expected=Said(
            f"与同业和本户以往（{before}）相当",
            f"a share like that of peers and of its own past, {before}",
        ),
        observed=Said(
            f"{share}的开票额在月末作废或次月初红冲",
            f"{share} of what it issued was undone around month ends",
        ),
        text=Said(
            f"近{_LATELY}月有{amount(row['undone']).zh}在月末开出后作废或红冲，占{share}",
            f"{amount(row['undone']).en} were issued at month ends and undone within "
            f"{_LATELY} months, {share} of all",
        ),
        benign=Said(
            "月末集中结算差错多，或客户退货",
            "slips in the rush of month ends, or returns",
        ),
    )


def _behind(case: Case) -> ir.Table:
    rows = _sales(case)
    return rows.filter(rows.undone & rows.lately).mutate(weight=rows.net_fen.abs())


SHOWN: Final = Check(
    name="shown_and_undone",
    title=Said("月末开票后撤回", "Shown at month ends and undone"),
    meaning=Said(
        f"近{_LATELY}月在月末开出后作废、或次月上半月红冲的金额占开票额的比例，减去本户以往的"
        "一半，与同业相比",
        f"the share by value of {_LATELY} months' sales voided at month ends or "
        "reversed in the fortnight after, less half of the firm's own past, compared "
        "with peers",
    ),
    needs=("invoices",),
    find=Measured(
        measure=_measure,
        say=_say,
        worst="high",
        show=rows_behind(_behind, say=of_invoice),
    ),
)
