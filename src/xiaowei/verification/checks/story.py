"""What a firm's papers say, against what it cannot help doing."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import pyarrow as pa

from xiaowei.said import Said, percent
from xiaowei.verification.chances import MIN_PEERS, peer_tails
from xiaowei.verification.finding import Case, Check, Finding, Severity
from xiaowei.verification.measured import Measured, with_tails
from xiaowei.verification.months import SPAN, month_of_ago, months_of
from xiaowei.verification.story import PERIOD_MONTHS, one_story

_NAMES: Final[Mapping[str, Said]] = {
    "sales": Said("开票销售", "invoiced sales"),
    "purchases": Said("进项采购", "invoiced purchases"),
    "inflow": Said("货款流入", "inflow from trade"),
    "electricity": Said("用电", "electricity"),
    "insured": Said("参保人数", "insured staff"),
    "staff": Said("发薪人数", "staff on the payroll"),
}
_STEP: Final = 0.1
"""A step smaller than this, as a logarithm, is no story, however steady the firm."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Plot:
    """One paper against its witnesses.

    Args:
        name: of the check.
        paper: the measure that may be invented.
        witnesses: what it is set against.
        benign: what harmless reason could lie behind a step.
        worst: the gravest severity.
    """

    name: str
    paper: str
    witnesses: tuple[str, ...]
    benign: Said
    worst: Severity = "high"

    def measure(self, case: Case) -> pa.Table:
        """Return the highest step of each firm that some witness speaks of."""
        months = months_of(case)
        sections = [case.section_of(firm) for firm in months.firms]
        if len(months.firms) < MIN_PEERS:
            return _table([], {})
        steps = one_story(months, self.paper, self.witnesses, sections=sections)
        told = np.flatnonzero(~np.isnan(steps.height))
        table = _table(
            [months.firms[place] for place in told],
            {
                "size": steps.size[told],
                "spread": steps.spread[told],
                "since": steps.since[told],
                "witnesses": steps.witnesses[told],
                "as_of": [case.as_of] * len(told),
            },
        )
        if len(told) < MIN_PEERS:
            return with_tails(table, np.ones(len(told)))
        tails = peer_tails(steps.height[told], [sections[place] for place in told])
        return with_tails(table, np.where(steps.size[told] < _STEP, 1.0, tails))

    def say(self, row: Mapping[str, Any]) -> Finding:
        """Put a firm's step into words."""
        paper = _NAMES[self.paper]
        names = [_NAMES[name] for name in self.witnesses]
        beside = Said(
            "、".join(name.zh for name in names),
            ", ".join(name.en for name in names),
        )
        more = percent(float(np.expm1(row["size"])), digits=0)
        low, high = (
            percent(float(np.expm1(row["size"] + side * row["spread"])), digits=0)
            for side in (-1.645, 1.645)
        )
        since = _month(row)
        return Finding(
            enterprise_id=row["enterprise_id"],
            check=self.name,
            outcome="differs",
            expected=Said(
                f"{paper.zh}与{beside.zh}同向同幅",
                f"{paper.en} move with {beside.en}, as among peers",
            ),
            observed=Said(
                f"自{since}起多{more}（{low}至{high}）",
                f"{more} more from {since} on ({low} to {high})",
            ),
            text=Said(
                f"自{since}起{paper.zh}比{beside.zh}所能解释的多{more}",
                f"from {since} on {paper.en} are {more} above what {beside.en} explain",
            ),
            benign=self.benign,
        )

    def check(self, *, title: Said, meaning: Said, needs: tuple[str, ...]) -> Check:
        """Return the check of this plot."""
        return Check(
            name=self.name,
            title=title,
            meaning=meaning,
            needs=needs,
            find=Measured(measure=self.measure, say=self.say, worst=self.worst),
        )


def _month(row: Mapping[str, Any]) -> str:
    """Return the first month after a firm's step."""
    return month_of_ago(row["as_of"], SPAN - 1 - PERIOD_MONTHS * row["since"])


def _table(firms: list[str], columns: Mapping[str, Any]) -> pa.Table:
    if not firms:
        return pa.table(
            {"enterprise_id": pa.array([], pa.string()), "tail": pa.array([], "double")}
        )
    return pa.table({"enterprise_id": firms, **columns})


_PEOPLE: Final = _Plot(
    name="sales_against_people",
    paper="sales",
    witnesses=("insured", "staff"),
    benign=Said(
        "提价、外协加工、改用劳务派遣或自动化",
        "higher prices, outsourced work, agency labour, or machines",
    ),
)
_INFLOW: Final = _Plot(
    name="sales_against_inflow",
    paper="sales",
    witnesses=("inflow",),
    benign=Said(
        "账期拉长、票据结算或货款进了他行账户",
        "longer terms, bills instead of cash, or paid to an account not seen",
    ),
)
_BOUGHT: Final = _Plot(
    name="purchases_against_activity",
    paper="purchases",
    witnesses=("electricity", "insured", "staff", "inflow"),
    benign=Said(
        "备货、购置设备或改做贸易",
        "stock built up, equipment bought, or a turn to trading",
    ),
)
_HEADS: Final = _Plot(
    name="insured_against_payroll",
    paper="insured",
    witnesses=("staff", "sales"),
    benign=Said(
        "补缴、集团代缴或季节用工",
        "arrears made up, paid for a group's firms, or seasonal work",
    ),
)
_TURNED: Final = _Plot(
    name="inflow_against_sales",
    paper="inflow",
    witnesses=("sales", "electricity"),
    benign=Said(
        "回收旧账、预收款或未开票收入",
        "old debts collected, paid in advance, or sales without invoice",
    ),
)

SALES_AGAINST_PEOPLE: Final = _PEOPLE.check(
    title=Said("开票与用工", "Sales against people"),
    meaning=Said(
        "开票销售与参保、发薪人数同向变动；某月起多出人手所能解释的部分，与同业相比",
        "invoiced sales move with insured and paid staff; a step above what the people "
        "explain, compared with peers of the trade",
    ),
    needs=("invoices",),
)
SALES_AGAINST_INFLOW: Final = _INFLOW.check(
    title=Said("开票与回款", "Sales against inflow"),
    meaning=Said(
        "开票销售应由账户货款流入印证；某月起开票多出回款所能解释的部分，与同业相比",
        "invoiced sales are paid for; a step of sales above what inflow from trade "
        "explains, compared with peers of the trade",
    ),
    needs=("invoices", "bank_flows"),
)
PURCHASES_AGAINST_ACTIVITY: Final = _BOUGHT.check(
    title=Said("进项与经营", "Purchases against activity"),
    meaning=Said(
        "进项采购与用电、人手、回款同向变动；某月起多出的部分，与同业相比",
        "invoiced purchases move with electricity, people and inflow; a step above "
        "what these explain, compared with peers of the trade",
    ),
    needs=("invoices",),
)
INSURED_AGAINST_PAYROLL: Final = _HEADS.check(
    title=Said("参保与发薪", "Social security against payroll"),
    meaning=Said(
        "参保人数与发薪人数、销售同向变动；某月起参保多出的部分，与同业相比",
        "insured staff move with the payroll and sales; a step above what these "
        "explain is staff on paper, compared with peers of the trade",
    ),
    needs=("social_security",),
)
INFLOW_AGAINST_SALES: Final = _TURNED.check(
    title=Said("流水与开票", "Inflow against sales"),
    meaning=Said(
        "账户货款流入与开票、用电同向变动；某月起流入多出的部分可能是虚增流水",
        "inflow from trade moves with sales and electricity; a step above what these "
        "explain may be turnover without trade",
    ),
    needs=("bank_flows", "invoices"),
)
