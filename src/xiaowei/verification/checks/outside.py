"""Invoices against what others state: tax filings and electricity."""

import math
from collections.abc import Mapping
from typing import Final

import ibis
import ibis.expr.types as ir
from scipy import stats

from xiaowei.money import wan_text
from xiaowei.portraits.traits.trait import months_ago, total
from xiaowei.said import Said, percent
from xiaowei.verification.finding import Case, Check, Finding, Severity
from xiaowei.verification.statistical import judge_tails

_YEAR: Final = 12
_HALF: Final = 6
_MIN_FILINGS: Final = 6
_TAX_BOUNDS: Final[tuple[tuple[float, Severity], ...]] = (
    (0.5, "high"),
    (0.2, "medium"),
    (0.1, "low"),
)
"""Declared over invoiced sales may be off by up to a tenth: timing of voids and of
sales without invoice. Beyond it the gap is graver the wider it is."""

_SD_INVOICES: Final = 0.80
_SD_ELECTRICITY: Final = 0.32
_MONTH_TO_MONTH: Final = 0.3
"""Monthly spreads of the logarithm and their autocorrelation, as measured on real
invoices and real meters (docs/science: A4)."""

_METERED: Final = ("A", "B", "C", "D")
"""Sections of GB/T 4754 whose output takes electricity; for others the meter says
nothing about sales."""


def _tax(case: Case) -> list[Finding]:
    """Compare sales declared for VAT with sales invoiced in the same months."""
    declared = _declared(case)
    invoices = case.facts["invoices"]
    sales = invoices.filter(
        (invoices.direction == "sale") & (invoices.state == "valid")
    )
    months = sales.mutate(month=sales.happened_on.truncate("month"))
    invoiced = months.group_by(["enterprise_id", "month"]).aggregate(
        invoiced=months.net_fen.sum().cast("int64")
    )
    both = declared.left_join(invoiced, ["enterprise_id", "month"])
    sums = both.group_by("enterprise_id").aggregate(
        periods=both.count(),
        declared=both.declared.sum().cast("int64"),
        invoiced=both.invoiced.fill_null(0).sum().cast("int64"),
    )
    rows = sums.filter((sums.periods >= _MIN_FILINGS) & (sums.invoiced > 0))
    return [
        _of_tax(row) for row in rows.order_by("enterprise_id").to_pyarrow().to_pylist()
    ]


def _declared(case: Case) -> ir.Table:
    """Return sales declared per month of the last year, as last known."""
    filings = case.facts["tax_filings"]
    monthly = filings.filter(
        (filings.tax == "vat")
        & (
            filings.period_start.truncate("month")
            == filings.period_end.truncate("month")
        )
        & (months_ago(filings.period_end, as_of=case.as_of) < _YEAR)
    )
    latest = ibis.row_number().over(
        ibis.window(
            group_by=["enterprise_id", "period_end"],
            order_by=[ibis.desc("known_on"), ibis.desc("happened_on"), "file", "line"],
        )
    )
    last = monthly.mutate(place=latest).filter(lambda t: t.place == 0)
    return last.select(
        "enterprise_id",
        month=last.period_end.truncate("month"),
        declared=last.sales_fen,
    )


def _of_tax(row: Mapping[str, int]) -> Finding:
    gap = row["declared"] / row["invoiced"] - 1
    severity: Severity = next(
        (grave for bound, grave in _TAX_BOUNDS if abs(gap) > bound), "none"
    )
    return Finding(
        enterprise_id=str(row["enterprise_id"]),
        check=TAX.name,
        outcome="agrees" if severity == "none" else "differs",
        severity=severity,
        expected=Said(
            f"申报{wan_text(row['invoiced'])}万元，上下一成",
            f"{wan_text(row['invoiced'])}万 yuan declared, a tenth up or down",
        ),
        observed=Said(
            f"申报{wan_text(row['declared'])}万元",
            f"{wan_text(row['declared'])}万 yuan declared",
        ),
        text=Said(
            f"近{row['periods']}期申报销售额为开票额的{percent(1 + gap, digits=0)}",
            f"sales declared for {row['periods']} periods are "
            f"{percent(1 + gap, digits=0)} of those invoiced",
        ),
        benign=Said(
            "未开票收入、跨期申报或作废红冲的时间差",
            "sales without invoice, periods shifted, or voids booked later",
        )
        if severity != "none"
        else None,
    )


def _electricity(case: Case) -> list[Finding]:
    """Compare the growth of invoiced sales with that of electricity."""
    sums = _halves(case)
    findings: list[Finding] = []
    tails: list[float] = []
    unsaid: list[Finding] = []
    for row in sums.order_by("enterprise_id").to_pyarrow().to_pylist():
        industry = case.industries.get(row["enterprise_id"], "")
        if industry and not industry.startswith(_METERED):
            unsaid.append(_not_metered(row["enterprise_id"]))
            continue
        gap = math.log(row["sold"] / row["sold_before"]) - math.log(
            row["wh"] / row["wh_before"]
        )
        tails.append(float(stats.norm.sf(gap / _gap_sd())))
        findings.append(_of_electricity(row))
    return [*unsaid, *judge_tails(findings, tails, worst="high")]


def _halves(case: Case) -> ir.Table:
    """Return sales and electricity of the last half-year and of the same one before."""
    invoices, readings = case.facts["invoices"], case.facts["electricity"]
    sales = invoices.filter(
        (invoices.direction == "sale") & (invoices.state == "valid")
    )
    ago = months_ago(sales.happened_on, as_of=case.as_of)
    sold = sales.group_by("enterprise_id").aggregate(
        sold=total(sales.net_fen, ago < _HALF),
        sold_before=total(sales.net_fen, (ago >= _YEAR) & (ago < _YEAR + _HALF)),
    )
    wh = (readings.kwh * 1000).round().cast("int64")
    ago = months_ago(readings.happened_on, as_of=case.as_of)
    used = readings.group_by("enterprise_id").aggregate(
        wh=total(wh, ago < _HALF),
        wh_before=total(wh, (ago >= _YEAR) & (ago < _YEAR + _HALF)),
    )
    both = sold.join(used, "enterprise_id")
    return both.filter(
        (both.sold > 0) & (both.sold_before > 0) & (both.wh > 0) & (both.wh_before > 0)
    )


def _gap_sd() -> float:
    """Return the spread of the gap between two half-years that tell the truth.

    Source: docs/science: A4, var of a mean of n months with autocorrelation rho:
    (n + 2 * sum_{k<n} (n - k) * rho**k) / n**2, once for each half-year.
    """
    n, rho = _HALF, _MONTH_TO_MONTH
    one = (n + 2 * sum((n - k) * rho**k for k in range(1, n))) / n**2
    return math.hypot(_SD_INVOICES, _SD_ELECTRICITY) * math.sqrt(2 * one)


def _of_electricity(row: Mapping[str, int]) -> Finding:
    sold = row["sold"] / row["sold_before"]
    used = row["wh"] / row["wh_before"]
    return Finding(
        enterprise_id=str(row["enterprise_id"]),
        check=ELECTRICITY.name,
        outcome="differs",
        expected=Said(
            f"销售与用电同步，为上年同期的{percent(used, digits=0)}",
            f"sales move with electricity: {percent(used, digits=0)} of a year ago",
        ),
        observed=Said(
            f"销售为上年同期的{percent(sold, digits=0)}",
            f"sales are {percent(sold, digits=0)} of the year before",
        ),
        text=Said(
            f"近{_HALF}月开票为上年同期的{percent(sold, digits=0)}，"
            f"用电为{percent(used, digits=0)}",
            f"invoiced sales of {_HALF} months are {percent(sold, digits=0)} of a "
            f"year ago, electricity {percent(used, digits=0)}",
        ),
        benign=Said(
            "提价、外协加工、自备电源、节能改造或共用电表",
            "higher prices, outsourced work, own generation, saving, or a shared meter",
        ),
    )


def _not_metered(enterprise_id: str) -> Finding:
    return Finding(
        enterprise_id=enterprise_id,
        check=ELECTRICITY.name,
        outcome="silent",
        text=Said(
            "本行业用电与销售无关，不适用",
            "not applicable: in this trade electricity says nothing about sales",
        ),
    )


TAX: Final = Check(
    name="tax_against_invoices",
    title=Said("申报与开票", "Tax filings against invoices"),
    meaning=Said(
        "近12月逐月申报的增值税销售额与同月有效销项之和相比，差一成以上为不一致",
        "sales declared for VAT in the last 12 months against valid sales invoices of "
        "the same months; a gap of more than a tenth is a difference",
    ),
    needs=("invoices", "tax_filings"),
    find=_tax,
)
ELECTRICITY: Final = Check(
    name="electricity_against_invoices",
    title=Said("用电与开票", "Electricity against invoices"),
    meaning=Said(
        "近6月销售同比与用电同比之差，按真实发票和电表的月度波动判断是否偶然；对小幅虚增"
        "把握有限",
        "growth of sales against growth of electricity over 6 months, judged by the "
        "monthly spread of real invoices and meters; weak against small inflation",
    ),
    needs=("invoices", "electricity"),
    find=_electricity,
)
