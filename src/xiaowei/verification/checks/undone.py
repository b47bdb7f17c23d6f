"""Invoices undone: red letters against what they reverse, voids near period ends."""

from collections.abc import Mapping
from typing import Final

import ibis
import ibis.expr.types as ir

from xiaowei.said import Said, percent
from xiaowei.verification.evidence import amount, with_evidence
from xiaowei.verification.finding import Case, Check, Finding
from xiaowei.verification.statistical import Count, judge_counts

_MIN_REDS: Final = 5
_MIN_VOIDS: Final = 10
_MONTH_END_DAYS: Final = 6


def _reversals(case: Case) -> list[Finding]:
    """Look for the positive invoice that each red letter reverses."""
    lone = _lone_reds(case.current("invoices"))
    counts = lone.group_by("enterprise_id").aggregate(
        trials=lone.count(),
        hits=lone.lone.sum().cast("int64"),
        amount=lone.net_fen.abs().sum(where=lone.lone).fill_null(0).cast("int64"),
    )
    rows = counts.filter(counts.trials >= _MIN_REDS).order_by("enterprise_id")
    judged = [
        Count(
            row["hits"],
            row["trials"],
            Finding(
                enterprise_id=row["enterprise_id"],
                check=REVERSALS.name,
                outcome="differs",
                expected=Said(
                    "红字能对应一张同对方、同额的蓝字，找不到的比例与同业相当",
                    "each reverses an invoice of the same partner and amount; the "
                    "share that does not is like that of peers",
                ),
                observed=Said(
                    f"{row['hits']}/{row['trials']}张找不到",
                    f"{row['hits']} of {row['trials']} reverse nothing known",
                ),
                text=Said(
                    f"{row['hits']}张红字发票（{amount(row['amount']).zh}）找不到所冲蓝字",
                    f"{row['hits']} red-letter invoices "
                    f"({amount(row['amount']).en}) reverse no known invoice",
                ),
                benign=Said(
                    "部分冲红、合并冲红，或蓝字开在数据起点之前",
                    "partial or joint reversals, or originals older than the data",
                ),
            ),
        )
        for row in rows.to_pyarrow().to_pylist()
    ]
    findings = judge_counts(judged, worst="medium")
    return with_evidence(findings, lone.filter(lone.lone))


def _lone_reds(invoices: ir.Table) -> ir.Table:
    """Return red letters of sales, each with whether nothing is left for it to reverse.

    One original excuses one reversal of its partner and amount, on its day or later.
    Going through them in order, a red letter is alone where reversals outnumber
    originals by more than they ever did before.
    """
    valid = invoices.filter(
        (invoices.state == "valid") & (invoices.direction == "sale")
    )
    key = ["enterprise_id", "counterparty_id", "size"]
    sized = valid.mutate(size=valid.net_fen.abs(), red=valid.net_fen < 0)
    keys = sized.filter(sized.red).select(*key).distinct()
    rows = sized.semi_join(keys, key)
    order = ["happened_on", "red", "file", "line", "invoice_no"]
    until = ibis.cumulative_window(group_by=key, order_by=order)
    earlier = ibis.window(group_by=key, order_by=order, preceding=(None, 1))
    rows = rows.mutate(open=ibis.ifelse(rows.red, 1, -1).sum().over(until))
    rows = rows.mutate(most=rows.open.max().over(earlier).fill_null(0))
    rows = rows.mutate(lone=rows.open > ibis.greatest(rows.most, 0))
    return rows.filter(rows.red).select(*invoices.columns, "lone")


def _period_end(case: Case) -> list[Finding]:
    """Compare how many voids are of a month's end with the firm's other invoices."""
    invoices = case.current("invoices")
    sales = invoices.filter(invoices.direction == "sale")
    later = sales.happened_on + ibis.interval(days=_MONTH_END_DAYS)
    sales = sales.mutate(
        ends=later.month() != sales.happened_on.month(), void=sales.state == "voided"
    )
    counts = sales.group_by("enterprise_id").aggregate(
        trials=sales.void.sum().cast("int64"),
        hits=(sales.void & sales.ends).sum().cast("int64"),
        others=(~sales.void).sum().cast("int64"),
        other_ends=(sales.ends & ~sales.void).sum().cast("int64"),
    )
    rows = counts.filter(counts.trials >= _MIN_VOIDS).order_by("enterprise_id")
    judged = [_void_count(row) for row in rows.to_pyarrow().to_pylist()]
    findings = judge_counts(judged, worst="medium")
    return with_evidence(findings, sales.filter(sales.void & sales.ends))


def _void_count(row: Mapping[str, int]) -> Count:
    share = (row["other_ends"] + 0.5) / (row["others"] + 1)
    voided = percent(row["hits"] / row["trials"])
    return Count(
        row["hits"],
        row["trials"],
        Finding(
            enterprise_id=str(row["enterprise_id"]),
            check=PERIOD_END.name,
            outcome="differs",
            expected=Said(
                f"作废票的月末比例与本户其余发票相当（{percent(share)}），如同其他企业",
                "a month-end share of voids like that of its other invoices, "
                f"{percent(share)}, as with other firms",
            ),
            observed=Said(
                f"{row['hits']}/{row['trials']}张作废票开在月末{_MONTH_END_DAYS}天",
                f"{row['hits']} of {row['trials']} voids are of the last "
                f"{_MONTH_END_DAYS} days of a month",
            ),
            text=Said(
                f"作废发票中{voided}开在月末，其余发票中{percent(share)}",
                f"{voided} of its voids are of the end of a month, and "
                f"{percent(share)} of its other invoices",
            ),
            benign=Said(
                "月末赶开的发票出错也多",
                "invoices written in the rush of a month's end have more slips",
            ),
        ),
        share,
    )


REVERSALS: Final = Check(
    name="reversals",
    title=Said("红字对应蓝字", "Red letters and what they reverse"),
    meaning=Said(
        "销项红字发票应对应此前开给同一购方的同额蓝字；找不到的张数与其他企业相比",
        "a red-letter sales invoice should reverse an earlier one of the same buyer "
        "and amount; those that do not are counted and compared with other firms",
    ),
    needs=("invoices",),
    find=_reversals,
)
PERIOD_END: Final = Check(
    name="period_end_voids",
    title=Said("月末作废", "Voids near period ends"),
    meaning=Said(
        "月末先开票冲业绩、随后作废：作废票的月末比例与本户其余发票相比，并参照其他企业",
        "invoices issued at a month's end for show and voided after: the month-end "
        "share of voids beside that of the firm's other invoices, as in other firms",
    ),
    needs=("invoices",),
    find=_period_end,
)
