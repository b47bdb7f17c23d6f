"""Invoices against what others state: tax filings and electricity."""

import math
from collections.abc import Mapping
from typing import Final

import ibis
import ibis.expr.types as ir
from scipy import stats

from xiaowei.portraits.moments import months_ago
from xiaowei.portraits.traits.trait import total
from xiaowei.said import Said, percent
from xiaowei.verification.chances import MIN_PEERS, gap_tails
from xiaowei.verification.evidence import amount, whole, with_evidence
from xiaowei.verification.finding import Case, Check, Evidence, Finding, Severity
from xiaowei.verification.statistical import for_information, judge_tails

_YEAR: Final = 12
_HALF: Final = 6
_MIN_MONTHS_FILED: Final = 6
_MIN_MONTHS_READ: Final = 4
_TAX_BOUNDS: Final[tuple[tuple[int, Severity], ...]] = (
    (50, "high"),
    (20, "medium"),
    (10, "low"),
)
"""Per cent of the sales invoiced. What is declared may be off by up to a tenth: timing
of voids and of sales without invoice. Beyond it the gap is graver the wider it is; but
sales without invoice must be declared too, so that more is declared than invoiced is
never more than low."""

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
    filings = _beside_invoices(case)
    sums = filings.group_by("enterprise_id").aggregate(
        periods=filings.count(),
        months=filings.months.sum().cast("int64"),
        declared=filings.declared.sum().cast("int64"),
        invoiced=filings.invoiced.sum().cast("int64"),
    )
    rows = sums.filter((sums.months >= _MIN_MONTHS_FILED) & (sums.invoiced > 0))
    filed = rows.order_by("enterprise_id").to_pyarrow().to_pylist()
    off = [abs(row["declared"] - row["invoiced"]) / row["invoiced"] for row in filed]
    findings = for_information(
        [_of_tax(row) for row in filed],
        list(gap_tails(off)) if len(off) >= MIN_PEERS else (),
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


def _electricity(case: Case) -> list[Finding]:
    """Compare the growth of invoiced sales with that of electricity."""
    sums = _years_apart(case)
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
        tails.append(float(stats.norm.sf(gap / _gap_sd(row["months"]))))
        findings.append(_of_electricity(row))
    judged = judge_tails(findings, tails, worst="high")
    return [*unsaid, *with_evidence(judged, _latest_sales(case))]


def _years_apart(case: Case) -> ir.Table:
    """Return sales and electricity of the same months of this year and the last.

    Only months of the last half-year count that have a reading in both years, for a
    month not read is not a month without use; and only firms whose sales are known for
    all of the months a year before.
    """
    used = _monthly(case, "electricity")
    sold = _monthly(case, "invoices")
    oldest = sold.group_by("enterprise_id").aggregate(since=sold.ago.max())
    known = oldest.filter(oldest.since >= _YEAR + _HALF - 1)
    now = used.filter(used.ago < _HALF).semi_join(known, "enterprise_id")
    before = used.select("enterprise_id", ago=used.ago - _YEAR, before=used.amount)
    months = now.join(before, ["enterprise_id", "ago"])
    for name, shift in (("sold", 0), ("sold_before", _YEAR)):
        their = sold.select(
            "enterprise_id", ago=sold.ago - shift, **{name: sold.amount}
        )
        joined = months.left_join(their, ["enterprise_id", "ago"])
        months = joined.select(*months.columns, name)
    sums = months.group_by("enterprise_id").aggregate(
        months=months.count(),
        wh=months.amount.sum().cast("int64"),
        wh_before=months.before.sum().cast("int64"),
        sold=months.sold.sum().cast("int64"),
        sold_before=months.sold_before.sum().cast("int64"),
    )
    return sums.filter(
        (sums.months >= _MIN_MONTHS_READ)
        & (sums.sold > 0)
        & (sums.sold_before > 0)
        & (sums.wh > 0)
        & (sums.wh_before > 0)
    )


def _monthly(case: Case, family: str) -> ir.Table:
    """Return fen sold or watt-hours used per enterprise and rolling month."""
    facts = case.current(family)
    if family == "invoices":
        facts = facts.filter(facts.direction == "sale")
        amount = ibis.ifelse(facts.state == "valid", facts.net_fen, 0)
    else:
        amount = (facts.kwh * 1000).round().cast("int64")
    rows = facts.select(
        "enterprise_id",
        ago=months_ago(facts.happened_on, as_of=case.as_of),
        amount=amount,
    )
    return rows.group_by(["enterprise_id", "ago"]).aggregate(
        amount=rows.amount.sum().cast("int64")
    )


def _latest_sales(case: Case) -> ir.Table:
    invoices = case.current("invoices")
    lately = months_ago(invoices.happened_on, as_of=case.as_of) < _HALF
    return invoices.filter(
        (invoices.direction == "sale") & (invoices.state == "valid") & lately
    )


def _gap_sd(months: int) -> float:
    """Return the spread of the gap between two years that tell the truth.

    Args:
        months: how many months of each year are compared.
    """
    once = _sum_variance(months, _SD_INVOICES) + _sum_variance(months, _SD_ELECTRICITY)
    return math.sqrt(2 * once)


def _sum_variance(months: int, sd: float) -> float:
    """Return the variance of the logarithm of a sum of monthly amounts.

    Amounts are lognormal, so their sum varies more than the mean of their logarithms.

    Args:
        months: how many are added.
        sd: spread of the logarithm of one.

    Source: Fenton 1960 and Wilkinson; the inputs are of docs/science: A4.
    """
    shared = [math.expm1(sd**2 * _MONTH_TO_MONTH**k) for k in range(months)]
    weights = [months, *(2 * (months - k) for k in range(1, months))]
    squared = sum(w * c for w, c in zip(weights, shared, strict=True)) / months**2
    return math.log1p(squared)


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
            f"近{row['months']}月开票为上年同期的{percent(sold, digits=0)}，"
            f"用电为{percent(used, digits=0)}",
            f"invoiced sales of {row['months']} months are {percent(sold, digits=0)} "
            f"of a year ago, electricity {percent(used, digits=0)}",
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
        "近12月按月或按季申报的增值税销售额与同期有效销项之和相比，差一成以上为不一致",
        "sales declared for VAT periods of the last 12 months against valid sales "
        "invoices of the same months; a gap of more than a tenth is a difference",
    ),
    needs=("invoices", "tax_filings"),
    find=_tax,
)
ELECTRICITY: Final = Check(
    name="electricity_against_invoices",
    title=Said("用电与开票", "Electricity against invoices"),
    meaning=Said(
        "近6月中两年均有抄表的月份，销售同比与用电同比之差，按真实发票和电表的月度波动"
        "判断是否偶然；对小幅虚增把握有限",
        "growth of sales against growth of electricity over those of the last 6 months "
        "that were read in both years, judged by the monthly spread of real invoices "
        "and meters; weak against small inflation",
    ),
    needs=("invoices", "electricity"),
    find=_electricity,
)
