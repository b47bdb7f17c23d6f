"""Books written from one template: many clients that move alike or share customers."""

from datetime import date, timedelta
from typing import Any, Final

import ibis
import ibis.expr.types as ir
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from xiaowei.portraits.whole import added
from xiaowei.said import Said, percent
from xiaowei.verification.chances import Floats
from xiaowei.verification.evidence import of_invoice
from xiaowei.verification.finding import Case, Check, Finding
from xiaowei.verification.measured import Measured, Row, rows_behind, with_tails
from xiaowei.verification.network.alike import alike_tails, directions, twins
from xiaowei.verification.network.fellows import (
    MOST_SELLERS,
    fellow_tails,
    shared_new,
)
from xiaowei.verification.network.trade import Ints

_WEEKS: Final = 52
_LEAST_WEEKS: Final = 20
"""Weeks with sales; fewer draw no profile."""
_WEEK: Final = 7
_YEAR: Final = _WEEK * _WEEKS
_ENDS: Final = 6
"""Days of a month's begin and end, when many write their invoices."""
_UNIT_FEN: Final = 1_000_000.0
"""Weeks below ten thousand yuan count as little: the logarithm is of 1 plus these."""
_FELLOWS: Final = "new customers in common"


def _sales(case: Case) -> ir.Table:
    invoices = case.current("invoices")
    return invoices.filter(
        (invoices.direction == "sale")
        & (invoices.state == "valid")
        & (invoices.net_fen > 0)
    )


def _weekly(case: Case) -> pa.Table:
    """Return what each firm sold in each of the last weeks. Shape: firm and week."""
    sales = _sales(case)
    ago = ibis.literal(case.as_of).delta(sales.happened_on, unit="day")
    rows = sales.mutate(week=(ago // _WEEK).cast("int64"))
    rows = rows.filter((rows.week >= 0) & (rows.week < _WEEKS))
    weeks = rows.group_by("enterprise_id", "week").aggregate(net=added(rows.net_fen))
    days = weeks.group_by("enterprise_id").aggregate(weeks=weeks.count())
    long = days.filter(days.weeks >= _LEAST_WEEKS)
    return (
        weeks.semi_join(long, "enterprise_id")
        .order_by("enterprise_id", "week")
        .to_pyarrow()
    )


def _profiles(weekly: pa.Table, names: pa.Array) -> Floats:
    """Return the logarithm of each week's sales. Shape: firm, week; oldest first."""
    values = np.zeros((len(names), _WEEKS))
    firm = pc.index_in(weekly["enterprise_id"], names).to_numpy()
    fen = weekly["net"].to_numpy().astype(np.float64)
    values[firm, _WEEKS - 1 - weekly["week"].to_numpy()] = np.log1p(fen / _UNIT_FEN)
    return values


def _calendar(as_of: date) -> Floats:
    """Return how much of each week lies at a month's begin and end, at a quarter's end.

    Shape: fact, week; oldest first.
    """
    facts = np.zeros((4, _WEEKS))
    for ago in range(_YEAR):
        day = as_of - timedelta(days=ago)
        later = day + timedelta(days=_ENDS)
        ends = later.month != day.month
        week = _WEEKS - 1 - ago // _WEEK
        facts[:, week] += (
            day.day <= _ENDS,
            ends,
            ends and day.month % 3 == 0,
            _ENDS < day.day <= 2 * _ENDS,
        )
    return facts


def _new(case: Case) -> ir.Table:
    """Return first sales to customers whom nobody had sold to a year before."""
    sales = _sales(case)
    met = sales.group_by("counterparty_id").aggregate(met=sales.happened_on.min())
    since = ibis.literal(case.as_of) - ibis.interval(days=_YEAR)
    fresh = met.filter(met.met > since)
    return sales.semi_join(fresh, "counterparty_id")


def _fellows(case: Case) -> ir.Table:
    links = _new(case).select("enterprise_id", "counterparty_id").distinct()
    return case.once(_FELLOWS, lambda: shared_new(links))


def _measured(case: Case) -> pa.Table:
    """Return for each firm with a profile which others follow the same."""
    weekly = _weekly(case)
    names = pc.unique(weekly["enterprise_id"])
    firms = names.to_pylist()
    if not firms:
        return with_tails(_COLUMNS.empty_table(), np.zeros(0))
    sections = np.array([case.section_of(firm) for firm in firms], dtype=np.str_)
    _, groups = np.unique(sections, return_inverse=True)
    own = directions(_profiles(weekly, names), groups, _calendar(case.as_of))
    found = twins(own)
    together = _together(case, names)
    least = np.minimum(alike_tails(own, found), together.pop("tail"))
    columns = {
        "enterprise_id": names,
        "likeness": found.likeness[:, 1],
        "twin": names.take(_places(found.other[:, 0])),
        "second": names.take(_places(found.other[:, 1])),
        **together,
    }
    table = pa.table(columns, schema=_COLUMNS)
    return with_tails(table, np.minimum(2 * least, 1.0))


_COLUMNS: Final = pa.schema(
    {
        "enterprise_id": pa.string(),
        "likeness": pa.float64(),
        "twin": pa.string(),
        "second": pa.string(),
        "shared": pa.int64(),
        "fellows": pa.int64(),
    }
)


def _places(other: Ints) -> pa.Array:
    return pa.array(other, pa.int64(), mask=other < 0)


def _together(case: Case, names: pa.Array) -> dict[str, Any]:
    """Return with whom each firm shares new customers, and how likely that is."""
    rows = _fellows(case).order_by("enterprise_id", "other").to_pyarrow()
    place = pc.index_in(rows["enterprise_id"], names)
    rows = rows.filter(pc.is_valid(place))
    firm = pc.drop_null(place).to_numpy().astype(np.int64)
    held, other, both = (
        rows[name].to_numpy().astype(np.float64)
        for name in ("held", "other_held", "both")
    )
    most = np.zeros(len(names), dtype=np.int64)
    np.maximum.at(most, firm, both.astype(np.int64))
    fellows = np.bincount(firm[both > 1], minlength=len(names))
    tail = fellow_tails(firm, held, other, both, firms=len(names))
    return {"shared": most, "fellows": fellows, "tail": tail}


def _say(row: Row) -> Finding:
    alike = percent(max(row["likeness"], 0), digits=0)
    names = ", ".join(name for name in (row["twin"], row["second"]) if name)
    return Finding(
        enterprise_id=row["enterprise_id"],
        check=SHARED_TEMPLATE.name,
        outcome="differs",
        expected=Said(
            "除同业共同起伏外，与任何两户都不同步，也不共有成批新客户",
            "beyond what moves its trade, no two firms move with it or share its new "
            "customers",
        ),
        observed=Said(
            f"与两户的周销售同步至少{alike}；与{row['fellows']}户共有两个以上新客户",
            f"weekly sales like those of two firms to at least {alike}; several new "
            f"customers in common with {row['fellows']} firms",
        ),
        text=Said(
            f"去掉共同起伏后，周销售与{names}的相关至少{alike}；与{row['fellows']}户共有两个以上"
            f"新客户（最多{row['shared']}个）",
            f"less what moves all, its weekly sales correlate with those of {names} to "
            f"at least {alike}; it shares several new customers with "
            f"{row['fellows']} firms ({row['shared']} at most)",
        ),
        benign=_BENIGN,
    )


def _rows(case: Case) -> ir.Table:
    """Return a year's sales, those to new customers that several firms share first."""
    new = _new(case).select("enterprise_id", "counterparty_id").distinct()
    counts = new.group_by("counterparty_id").aggregate(sellers=new.count())
    shared = (counts.sellers > 1) & (counts.sellers <= MOST_SELLERS)
    few = counts.filter(shared).select(whom="counterparty_id")
    sales = _sales(case)
    since = ibis.literal(case.as_of) - ibis.interval(days=_YEAR)
    year = sales.filter(sales.happened_on > since)
    rows = year.left_join(few, year.counterparty_id == few.whom)
    return rows.mutate(
        weight=ibis.ifelse(rows.whom.notnull(), rows.net_fen + _FIRST, rows.net_fen)
    )


_FIRST: Final = 10**15
"""Fen beyond any invoice: puts some facts before all others."""

_BENIGN: Final = Said(
    "同一龙头企业的配套商、同一平台的商户、同一集团，或同一施工项目的分包商",
    "suppliers of one large buyer, merchants of one platform, firms of one group, or "
    "subcontractors of one project",
)

SHARED_TEMPLATE: Final = Check(
    name="shared_template",
    title=Said("同一模板", "One template for many books"),
    meaning=Said(
        f"近{_WEEKS}周的周销售去掉全体与同门类的共同起伏后，与另两户的相关，和各户错开若干周后"
        f"的偶然相关相比；以及与另两户共有的新客户（不超过{MOST_SELLERS}户共有）数，和偶然"
        "相比：中介按一个模板包装许多客户时二者都会出现",
        f"how weekly sales of {_WEEKS} weeks, less what moves all firms and its "
        "section, correlate with those of two others, beside chance where all are "
        "turned by weeks of their own; and how many new customers (of at most "
        f"{MOST_SELLERS} firms) it shares with two others, beside chance: both come of "
        "an agent who packages many clients from one template",
    ),
    needs=("invoices",),
    find=Measured(
        measure=_measured,
        say=_say,
        worst="medium",
        show=rows_behind(_rows, say=of_invoice),
    ),
)
