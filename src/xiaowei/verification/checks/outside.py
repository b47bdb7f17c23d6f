"""Invoices against what the tax office was told."""

from collections.abc import Mapping
from typing import Final

import ibis
import ibis.expr.types as ir

from xiaowei.portraits.moments import months_ago
from xiaowei.portraits.traits.trait import total
from xiaowei.said import Said, percent
from xiaowei.verification.chances import MIN_PEERS, gap_tails
from xiaowei.verification.evidence import amount, whole, with_evidence
from xiaowei.verification.finding import Case, Check, Evidence, Finding, Severity
from xiaowei.verification.statistical import for_information

_YEAR: Final = 12
_MIN_MONTHS_FILED: Final = 6
_TAX_BOUNDS: Final[tuple[tuple[int, Severity], ...]] = (
    (50, "high"),
    (20, "medium"),
    (10, "low"),
)
"""Per cent of the sales invoiced. What is declared may be off by up to a tenth: timing
of voids and of sales without invoice. Beyond it the gap is graver the wider it is; but
sales without invoice must be declared too: that more is declared than invoiced is never
more than low, and no sign of deceit, for who declares more pays more."""
_TIMING: Final = 0.1 / 3
"""Least spread of what is not declared, a share of the sales invoiced: the tenth that
timing may take is three of it, however exactly peers file."""


def _tax(case: Case) -> list[Finding]:
    """Compare sales declared for VAT with sales invoiced in the same months."""
    filings = _beside_invoices(case)
    sums = filings.group_by("enterprise_id").aggregate(
        periods=filings.count(),
        months=filings.months.sum().cast("int64"),
        declared=filings.declared.sum().cast("int64"),
        invoiced=filings.invoiced.sum().cast("int64"),
    )
    rows = sums.filter((sums.months >= _MIN_MONTHS_FILED) & (sums.invoiced > 0))
    filed = rows.order_by("enterprise_id").to_pyarrow().to_pylist()
    hidden = [(row["invoiced"] - row["declared"]) / row["invoiced"] for row in filed]
    findings = for_information(
        [_of_tax(row) for row in filed],
        list(gap_tails(hidden, least=_TIMING)) if len(hidden) >= MIN_PEERS else (),
    )
    gap = (filings.declared - filings.invoiced).abs()
    return with_evidence(findings, filings.mutate(weight=gap), say=_of_filing)


def _beside_invoices(case: Case) -> ir.Table:
    """Return filings of the last year beside what was invoiced in their months.

    Periods before the first full month of sales known are left out: invoices that were
    never handed in are not hidden sales.
    """
    invoices = case.current("invoices")
    sales = invoices.filter(invoices.direction == "sale")
    months = sales.group_by(
        enterprise_id=sales.enterprise_id, month=sales.happened_on.truncate("month")
    ).aggregate(net=total(sales.net_fen, sales.state == "valid"))
    own = ibis.window(group_by="enterprise_id")
    months = months.mutate(since=months.month.min().over(own))
    filings = _filed(case)
    joined = filings.join(
        months,
        [
            filings.enterprise_id == months.enterprise_id,
            filings.first_month > months.since,
        ],
    )
    within = joined.month.between(joined.first_month, joined.last_month)
    return joined.group_by(filings.columns).aggregate(
        invoiced=total(joined.net, within)
    )


def _filed(case: Case) -> ir.Table:
    """Return the VAT filings whose period ended in the last year, as last stated."""
    filings = case.current("tax_filings")
    ago = months_ago(filings.period_end, as_of=case.as_of)
    ended = filings.period_end <= ibis.literal(case.as_of)
    rows = filings.filter((filings.tax == "vat") & (ago < _YEAR) & ended)
    first, last = rows.period_start, rows.period_end
    return rows.select(
        "enterprise_id",
        "period_start",
        "period_end",
        "file",
        "line",
        first_month=first.truncate("month"),
        last_month=last.truncate("month"),
        months=(last.year() - first.year()) * _YEAR + last.month() - first.month() + 1,
        declared=rows.sales_fen,
    )


def _of_tax(row: Mapping[str, int]) -> Finding:
    declared, invoiced = row["declared"], row["invoiced"]
    gap = 100 * abs(declared - invoiced)
    severity: Severity = next(
        (grave for bound, grave in _TAX_BOUNDS if gap > bound * invoiced), "none"
    )
    if declared > invoiced and severity != "none":
        severity = "low"
    share = percent(declared / invoiced, digits=0)
    due, stated = amount(invoiced), amount(declared)
    return Finding(
        enterprise_id=str(row["enterprise_id"]),
        check=TAX.name,
        outcome="agrees" if severity == "none" else "differs",
        severity=severity,
        expected=Said(
            f"申报{due.zh}，上下一成", f"{due.en} declared, a tenth up or down"
        ),
        observed=Said(f"申报{stated.zh}", f"{stated.en} declared"),
        text=Said(
            f"近{row['periods']}期申报销售额为开票额的{share}",
            f"sales declared for {row['periods']} periods are {share} of those "
            "invoiced",
        ),
        benign=Said(
            "未开票收入、跨期申报或作废红冲的时间差",
            "sales without invoice, periods shifted, or voids booked later",
        )
        if severity != "none"
        else None,
    )


def _of_filing(row: Mapping[str, object]) -> Evidence:
    declared, invoiced = (amount(whole(row[name])) for name in ("declared", "invoiced"))
    period = f"{row['period_start']} – {row['period_end']}"
    return Evidence(
        str(row["file"]),
        whole(row["line"]),
        Said(
            f"{period} 申报{declared.zh}，开票{invoiced.zh}",
            f"{period} declared {declared.en}, invoiced {invoiced.en}",
        ),
    )


TAX: Final = Check(
    name="tax_against_invoices",
    title=Said("申报与开票", "Tax filings against invoices"),
    meaning=Said(
        "近12月按月或按季申报的增值税销售额与同期有效销项之和相比，差一成以上为不一致",
        "sales declared for VAT periods of the last 12 months against valid sales "
        "invoices of the same months; a gap of more than a tenth is a difference",
    ),
    needs=("invoices", "tax_filings"),
    find=_tax,
)
