"""What meters say of sales: growth, use of capacity, and power burned for show."""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import ibis
import numpy as np
import pyarrow as pa

from xiaowei.portraits.moments import months_ago
from xiaowei.said import Said, percent
from xiaowei.verification.chances import (
    MIN_PEERS,
    Floats,
    middle_and_upper,
    middles_of_groups,
    peer_tails,
)
from xiaowei.verification.electricity.band import gaps_of, metered
from xiaowei.verification.electricity.gaps import Gaps, gaps, milder
from xiaowei.verification.electricity.panel import Panel, panel_of
from xiaowei.verification.evidence import gravest, of_invoice
from xiaowei.verification.finding import Case, Check, Evidence, Finding, silent
from xiaowei.verification.measured import Measured, with_tails
from xiaowei.verification.months import months_of

_YEAR: Final = 12
_LEAST_MONTHS: Final = 9
_HOURS: Final = 730.0
_POWER_FACTOR: Final = 0.85
_NORMAL_QUARTILE: Final = 0.6745

_DOUBT: Final = Said(
    "；该户有合用电表或自备电源，电表未必见其全部用电，判断已放宽",
    "; a meter is shared or the firm has power of its own, so the meter may not see "
    "all of it: judged more mildly",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Metered(Measured):
    """A measure of firms in whose trades electricity says something of sales.

    Args:
        check: the name of the check.
        mute: the firms in whose trade electricity is not seen to say anything.
    """

    check: str
    mute: Callable[[Case], Sequence[str]]

    def __call__(self, case: Case) -> list[Finding]:
        """Return findings; "not applicable" for other trades that have meters."""
        panel = panel_of(case)
        unsaid = [
            silent(firm, check=self.check, why=_NOT_METERED)
            for firm, ours in zip(panel.firms, panel.metered, strict=True)
            if not ours and case.asks_for(firm)
        ]
        # The zero-argument form fails in a dataclass with slots, which is made anew.
        found = Measured.__call__(self, case)
        mute = [
            silent(firm, check=self.check, why=_TELLS_NOTHING)
            for firm in self.mute(case)
            if case.asks_for(firm)
        ]
        return [*unsaid, *mute, *found]


_NOT_METERED: Final = Said(
    "本行业用电与销售无关，不适用",
    "not applicable: in this trade electricity says nothing about sales",
)
_TELLS_NOTHING: Final = Said(
    "同业数据中看不出用电与销售有关，不适用",
    "not applicable: among the firms of this trade sales are not seen to follow "
    "electricity",
)


def _metered(case: Case) -> Panel:
    return case.held("power_metered", lambda: metered(case))


def _told(case: Case) -> Gaps:
    return case.held("power_gaps", lambda: gaps_of(_metered(case)))


def _mute(case: Case) -> list[str]:
    """Return the firms in whose trade sales are not seen to follow electricity."""
    firms, mute = _metered(case).firms, _told(case).mute
    return [firm for firm, one in zip(firms, mute, strict=True) if one]


def _none(_: Case) -> list[str]:
    return []


def _growth(case: Case) -> pa.Table:
    """Return how far sales outran electricity, beside the firm's own past."""
    panel, told = _metered(case), _told(case)
    judged = told.judged
    ours = panel.of(judged)
    return _table(
        ours,
        told.oddness[judged],
        months=told.months[judged],
        grew=told.grew[judged],
        used=told.power[judged],
        due=told.due[judged],
        slope=told.slope[judged],
    )


def _capacity(case: Case) -> pa.Table:
    """Return how much more was sold for its power and capacity than peers sell."""
    panel = _metered(case)
    sold, used = panel.sales[:, -_YEAR:], panel.kwh[:, -_YEAR:]
    both = ~np.isnan(sold) & ~np.isnan(used)
    count = both.sum(axis=1)
    able = (count >= _LEAST_MONTHS) & ~np.isnan(panel.kva)
    a_month = np.maximum(count, 1)
    sales = np.where(both, sold, 0.0).sum(axis=1) / a_month
    kwh = np.where(both, used, 0.0).sum(axis=1) / a_month
    able &= (sales > 0) & (kwh > 0) & ~_told(case).mute
    ours, sales, kwh = panel.of(able), sales[able], kwh[able]
    dense = np.log(sales) - (np.log(kwh) + np.log(ours.kva)) / 2
    middle = middles_of_groups(np.log(sales / kwh), ours.divisions)
    return _table(
        ours,
        _within(dense, ours.divisions),
        use=kwh / (ours.kva * _HOURS * _POWER_FACTOR),
        a_kwh=sales / kwh,
        of_peers=np.exp(middle),
    )


def _idle(case: Case) -> pa.Table:
    """Return how far electricity outran the people who are insured."""
    panel = _metered(case)
    heads = months_of(case).of("insured", panel.firms)
    told = gaps(
        panel.kwh,
        heads,
        sections=panel.sections,
        divisions=panel.divisions,
        degrees=panel.degrees,
    )
    judged = told.judged
    return _table(
        panel.of(judged),
        told.oddness[judged],
        months=told.months[judged],
        grew=told.grew[judged],
        heads=told.power[judged],
        due=told.due[judged],
    )


def _table(panel: Panel, oddness: Floats, **numbers: Any) -> pa.Table:  # noqa: ANN401
    """Return a measure; what is doubted is drawn in before it is judged."""
    doubted = panel.shared | panel.own_power
    columns = {
        "enterprise_id": pa.array(panel.firms, pa.string()),
        "doubted": pa.array(doubted, pa.bool_()),
        **{name: pa.array(values) for name, values in numbers.items()},
    }
    table = pa.table(columns)
    if len(panel.firms) < MIN_PEERS:
        return with_tails(table, np.ones(len(panel.firms)))
    mild = milder(oddness, doubted)
    return with_tails(table, peer_tails(mild, panel.sections))


def _within(values: Floats, groups: Sequence[str]) -> Floats:
    """Return values in upper spreads of their division, so that divisions compare."""
    left = values - middles_of_groups(values, groups)
    own = np.asarray(groups, dtype=np.str_)
    whole = middle_and_upper(left)[1] if len(left) else 1.0
    for group in np.unique(own):
        inside = own == group
        share = inside.sum() / (inside.sum() + 2 * MIN_PEERS)
        theirs = middle_and_upper(left[inside])[1]
        spread = share * theirs + (1 - share) * whole
        left[inside] *= _NORMAL_QUARTILE / max(spread, 1e-9)
    return left


def _times(log: float) -> str:
    return percent(math.exp(log), digits=0)


def _say_growth(row: Mapping[str, Any]) -> Finding:
    grew, used, due = (_times(row[name]) for name in ("grew", "used", "due"))
    doubt = _DOUBT if row["doubted"] else Said("", "")
    return Finding(
        enterprise_id=row["enterprise_id"],
        check=GROWTH.name,
        outcome="differs",
        expected=Said(
            f"用电为此前的{used}，按弹性{row['slope']:.2f}，销售应约为{due}",
            f"electricity at {used} of before; with an elasticity of "
            f"{row['slope']:.2f} sales of about {due}",
        ),
        observed=Said(f"开票为此前的{grew}", f"invoiced sales at {grew} of before"),
        text=Said(
            f"近{row['months']}月开票为此前的{grew}，用电为{used}"
            f"（均已剔除同业共同变动与气温影响）{doubt.zh}",
            f"invoiced sales of {row['months']} months are {grew} of before, "
            f"electricity {used}, both beyond what trade and weather did{doubt.en}",
        ),
        benign=Said(
            "提价、外协加工、自备电源、节能改造或共用电表",
            "higher prices, outsourced work, own generation, saving, or a shared meter",
        ),
    )


def _say_capacity(row: Mapping[str, Any]) -> Finding:
    use = percent(row["use"], digits=0)
    dense = percent(row["a_kwh"] / row["of_peers"], digits=0)
    doubt = _DOUBT if row["doubted"] else Said("", "")
    return Finding(
        enterprise_id=row["enterprise_id"],
        check=CAPACITY.name,
        outcome="differs",
        expected=Said(
            "每度电与每千伏安的销售与同业相当",
            "sales per kWh and per kVA like those of peers",
        ),
        observed=Said(
            f"每度电销售为同业的{dense}", f"sales per kWh are {dense} of peers'"
        ),
        text=Said(
            f"近一年容量利用率{use}，每度电销售为同业中位的{dense}{doubt.zh}",
            f"{use} of the electric capacity was used in the last year, and sales per "
            f"kWh are {dense} of the peers' median{doubt.en}",
        ),
        benign=Said(
            "代工转售、外协加工、产品附加值高、自备电源或另有厂区",
            "goods bought and sold on, outsourced work, dear products, own generation, "
            "or another site",
        ),
    )


def _say_idle(row: Mapping[str, Any]) -> Finding:
    grew, heads, due = (_times(row[name]) for name in ("grew", "heads", "due"))
    doubt = _DOUBT if row["doubted"] else Said("", "")
    return Finding(
        enterprise_id=row["enterprise_id"],
        check=IDLE.name,
        outcome="differs",
        expected=Said(
            f"参保人数为此前的{heads}，用电应约为{due}",
            f"with {heads} of the insured staff of before, electricity of about {due}",
        ),
        observed=Said(f"用电为此前的{grew}", f"electricity at {grew} of before"),
        text=Said(
            f"近{row['months']}月用电为此前的{grew}，参保人数为{heads}"
            f"（均已剔除同业共同变动与气温影响）{doubt.zh}",
            f"electricity of {row['months']} months is {grew} of before, insured staff "
            f"{heads}, both beyond what trade and weather did{doubt.en}",
        ),
        benign=Said(
            "新设备、自动化、加班或劳务外包、为邻户代供电",
            "new machines, automation, longer hours, agency workers, or power passed "
            "on to a neighbour",
        ),
    )


def _show(case: Case, firms: Sequence[str]) -> Mapping[str, tuple[Evidence, ...]]:
    """Return the largest sales of the window in which each firm's gap is the widest."""
    panel, told = _metered(case), _told(case)
    months = dict(zip(panel.firms, told.months.tolist(), strict=True))
    windows = ibis.memtable(
        pa.table(
            {
                "enterprise_id": pa.array(firms, pa.string()),
                "months": pa.array([months[firm] for firm in firms], pa.int64()),
            }
        )
    )
    invoices = case.current("invoices")
    sales = invoices.filter(
        (invoices.direction == "sale") & (invoices.state == "valid")
    )
    sales = sales.mutate(ago=months_ago(sales.happened_on, as_of=case.as_of))
    joined = sales.join(windows, "enterprise_id")
    within = joined.filter((joined.ago >= 0) & (joined.ago < joined.months))
    return gravest(within.mutate(weight=within.net_fen.abs()), say=of_invoice)


GROWTH: Final = Check(
    name="electricity_against_invoices",
    title=Said("用电与开票", "Electricity against invoices"),
    meaning=Said(
        "近3、6、12或18月销售较此前的增长，减去用电按本企业弹性（向行业收缩，含滞后）"
        "所能解释的部分，剔除同业共同的季节与春节变动，以及气温对本企业的影响，与同业相比；"
        "用电不说明销售的行业不适用；对小幅虚增把握有限",
        "growth of sales of the last 3, 6, 12 or 18 months against before, less what "
        "electricity gives reason for by the firm's elasticity (drawn to its trade's, "
        "with lags), less what season and Spring Festival do to the whole trade and "
        "what heat and cold do to the firm, compared with peers; not applicable where "
        "electricity says nothing of sales; weak against small inflation",
    ),
    needs=("invoices", "electricity"),
    find=Metered(
        check="electricity_against_invoices",
        measure=_growth,
        say=_say_growth,
        worst="high",
        show=_show,
        mute=_mute,
    ),
)
CAPACITY: Final = Check(
    name="capacity_against_sales",
    title=Said("产能与销售", "Capacity against sales"),
    meaning=Said(
        "近一年每度电、每千伏安合同容量的销售与本大类同业相比；电用得少而卖得多，"
        "可能卖的不是自己做的",
        "sales of the last year per kWh and per kVA under contract, compared with "
        "peers of the division: little power and large sales mean more sold than made",
    ),
    needs=("invoices", "electricity", "meters"),
    find=Metered(
        check="capacity_against_sales",
        measure=_capacity,
        say=_say_capacity,
        worst="medium",
        mute=_mute,
    ),
)
IDLE: Final = Check(
    name="idle_power",
    title=Said("空转用电", "Power without people"),
    meaning=Said(
        "近3、6、12或18月用电较此前的增长，减去参保人数所能解释的部分，"
        "剔除同业共同变动，与同业相比；为虚增销售而空转时用电增而人不增",
        "growth of electricity of the last 3, 6, 12 or 18 months against before, less "
        "what the insured staff gives reason for and what the whole trade did, "
        "compared with peers: power burned for show takes no people",
    ),
    needs=("invoices", "electricity", "social_security"),
    find=Metered(
        check="idle_power",
        measure=_idle,
        say=_say_idle,
        worst="medium",
        mute=_none,
    ),
)
