"""Loans that many lenders gave at a time, and a large loan before a firm goes quiet."""

from collections.abc import Mapping
from typing import Any, Final

import ibis
import ibis.expr.types as ir
import numpy as np
import pyarrow as pa

from xiaowei.said import Said, percent
from xiaowei.verification.chances import MIN_PEERS, Floats, both_tails, rare_tails
from xiaowei.verification.evidence import amount
from xiaowei.verification.finding import Case, Check, Evidence, Finding
from xiaowei.verification.measured import (
    CALLED_BY_RANK,
    Measured,
    rows_behind,
    with_tails,
)
from xiaowei.verification.months import SPAN, months_of

_WITHIN_DAYS: Final = 60
_SPAN_DAYS: Final = 730
_LENDERS: Final = 2
"""Fewer lenders than this at a time are nobody's worry."""
_YEAR: Final = 12
_HALF: Final = 6
_OUT_FOR: Final = 2
"""Months a loan has been out before what came after it is judged."""
_LARGE: Final = 1.5
"""A loan this many times the firm's earlier ones is large."""
_QUIET: Final = 0.5
"""Sales after a loan below this share of those before are quiet."""


def _yearly(case: Case, firms: list[str]) -> Floats:
    """Return the last year's invoiced sales of firms, 1 fen where none is known."""
    months = months_of(case)
    sums = np.nansum(months.of("sales")[:, -_YEAR:], axis=1)
    by_firm = dict(zip(months.firms, sums.tolist(), strict=True))
    return np.array([max(by_firm.get(firm, 0.0), 1.0) for firm in firms])


def _stacked(case: Case) -> pa.Table:
    """Return how much several lenders lent a firm at a time, beside its sales."""
    loans = case.once("stacked", lambda: _together(case))
    order = ibis.window(
        group_by="enterprise_id",
        order_by=[ibis.desc("limit_fen"), "opened_on", "contract_no"],
    )
    best = loans.mutate(place=ibis.row_number().over(order))
    best = best.filter(best.place == 0).drop("place")
    table = best.order_by("enterprise_id").to_pyarrow()
    firms = table["enterprise_id"].to_pylist()
    if len(firms) < MIN_PEERS:
        return with_tails(table, np.ones(len(firms)))
    lenders = table["lenders"].to_numpy()
    odd = np.log1p(table["limit_fen"].to_numpy() / _yearly(case, firms))
    odd = odd + np.log(np.maximum(lenders, 1))
    return with_tails(table, rare_tails(odd, lenders >= _LENDERS))


def _contracts(case: Case) -> ir.Table:
    rows = case.current("bureau_loans")
    since = ibis.literal(case.as_of) - ibis.interval(days=_SPAN_DAYS)
    rows = rows.filter((rows.subject == "enterprise") & (rows.opened_on > since))
    return rows.group_by(["enterprise_id", "contract_no"]).aggregate(
        lender=rows.lender.min(),
        opened_on=rows.opened_on.min(),
        limit_fen=rows.limit_fen.max(),
        file=rows.file.min(),
        line=rows.line.min(),
    )


def _together(case: Case) -> ir.Table:
    """Return for each contract what all lenders gave in the days up to it."""
    one = _contracts(case)
    other = one.view()
    apart = one.opened_on.delta(other.opened_on, unit="day")
    near = one.join(
        other,
        [
            one.enterprise_id == other.enterprise_id,
            apart.between(0, _WITHIN_DAYS),
        ],
    ).select(
        enterprise_id=one.enterprise_id,
        contract_no=one.contract_no,
        opened_on=one.opened_on,
        lender=other.lender,
        limit_fen=other.limit_fen,
    )
    keys = ["enterprise_id", "contract_no", "opened_on"]
    return near.group_by(keys).aggregate(
        lenders=near.lender.nunique().cast("int64"),
        limit_fen=near.limit_fen.sum().cast("int64"),
    )


def _say_stacked(row: Mapping[str, Any]) -> Finding:
    whole = amount(row["limit_fen"])
    return Finding(
        enterprise_id=row["enterprise_id"],
        check=STACKED.name,
        outcome="differs",
        expected=Said(
            "新增借款与销售规模相称，与同业相当",
            "new loans in proportion to sales, as among peers",
        ),
        observed=Said(
            f"{_WITHIN_DAYS}天内{row['lenders']}家机构共{whole.zh}",
            f"{whole.en} of {row['lenders']} lenders within {_WITHIN_DAYS} days",
        ),
        text=Said(
            f"至{row['opened_on']}的{_WITHIN_DAYS}天内从{row['lenders']}家机构新借{whole.zh}",
            f"borrowed {whole.en} of {row['lenders']} lenders in the {_WITHIN_DAYS} "
            f"days up to {row['opened_on']}",
        ),
        benign=Said(
            "转贷换行、项目集中投放或季节备货",
            "loans moved between banks, a project, or stock for a season",
        ),
    )


def _of_loan(row: Mapping[str, object]) -> Evidence:
    limit = amount(int(str(row["limit_fen"])))
    return Evidence(
        str(row["file"]),
        int(str(row["line"])),
        Said(
            f"{row['opened_on']} {row['lender']} {limit.zh}",
            f"{row['opened_on']} {row['lender']} {limit.en}",
        ),
    )


def _loans_behind(case: Case) -> ir.Table:
    rows = _contracts(case)
    return rows.mutate(weight=rows.limit_fen)


def _quiet(case: Case) -> pa.Table:
    """Return how large a firm's last loan is, and how quiet it has been since."""
    loans = case.current("loans")
    table = loans.order_by("enterprise_id", "happened_on", "loan_no").to_pyarrow()
    held: dict[str, list[Mapping[str, Any]]] = {}
    for row in table.to_pylist():
        held.setdefault(row["enterprise_id"], []).append(row)
    months = months_of(case)
    places = {firm: place for place, firm in enumerate(months.firms)}
    activity = {name: months.of(name) for name in ("sales", "inflow")}
    rows = [
        found
        for firm, of_firm in held.items()
        if firm in places
        and (
            found := _last_loan(
                case, of_firm, {k: v[places[firm]] for k, v in activity.items()}
            )
        )
    ]
    names = (
        "enterprise_id",
        "drawn_on",
        "principal_fen",
        "times",
        "left",
        "file",
        "line",
    )
    told = pa.table(
        {name: [row[name] for row in rows] for name in names}
        if rows
        else {name: pa.array([], pa.string()) for name in names}
    )
    if len(rows) < MIN_PEERS:
        return with_tails(told, np.ones(len(rows)))
    times, left = (told[name].to_numpy() for name in ("times", "left"))
    shows = (times >= _LARGE) & (left <= _QUIET)
    return with_tails(told, both_tails(times, -left, shows))


def _last_loan(
    case: Case, loans: list[Mapping[str, Any]], activity: Mapping[str, Floats]
) -> Mapping[str, Any] | None:
    """Return the last loan that has been out for some months, beside those before."""
    end = case.as_of.year * _YEAR + case.as_of.month
    for place in range(len(loans) - 1, 0, -1):
        loan = loans[place]
        drawn = loan["happened_on"]
        at = SPAN - (end - drawn.year * _YEAR - drawn.month)
        left = _left(activity, at) if _HALF <= at <= SPAN - _OUT_FOR else None
        if left is None:
            continue
        before = float(np.mean([one["principal_fen"] for one in loans[:place]]))
        return {
            "enterprise_id": loan["enterprise_id"],
            "drawn_on": drawn,
            "principal_fen": loan["principal_fen"],
            "times": loan["principal_fen"] / max(before, 1.0),
            "left": left,
            "file": loan["file"],
            "line": loan["line"],
        }
    return None


def _left(activity: Mapping[str, Floats], at: int) -> float | None:
    """Return what is left of a firm's trade after a month, 1 for all of it."""
    shares = []
    for months in activity.values():
        before = months[max(at - _YEAR, 0) : at]
        after = months[at + 1 :]
        if np.isnan(before).all() or np.isnan(after).all():
            continue
        usual = float(np.nanmean(before))
        if usual > 0:
            shares.append(float(np.nanmean(after)) / usual)
    return float(np.mean(shares)) if shares else None


def _say_quiet(row: Mapping[str, Any]) -> Finding:
    principal = amount(row["principal_fen"])
    left = percent(row["left"], digits=0)
    times = f"{row['times']:.1f}"
    return Finding(
        enterprise_id=row["enterprise_id"],
        check=QUIET.name,
        outcome="differs",
        expected=Said("借款后经营照常", "trade goes on after a loan"),
        observed=Said(f"经营降到借款前的{left}", f"trade at {left} of before"),
        text=Said(
            f"{row['drawn_on']}借{principal.zh}，为此前的{times}倍，其后经营只有此前的{left}",
            f"{principal.en} drawn on {row['drawn_on']}, {times} times its earlier "
            f"loans; since then it trades {left} of before",
        ),
        benign=Said(
            "季节性停工、搬迁或在建项目",
            "a season's stop, a move, or a project under construction",
        ),
        evidence=(
            Evidence(
                str(row["file"]),
                int(row["line"]),
                Said(
                    f"{row['drawn_on']} {principal.zh}",
                    f"{row['drawn_on']} {principal.en}",
                ),
            ),
        ),
    )


STACKED: Final = Check(
    name="loans_at_a_time",
    title=Said("多头借贷", "Loans of many lenders at a time"),
    meaning=Said(
        f"征信中{_WITHIN_DAYS}天内由多家机构新增的授信，相对年销售额和机构家数，与其他企业相比",
        f"credit newly given by several lenders within {_WITHIN_DAYS} days, beside a "
        "year's sales and the number of lenders, compared with other firms",
    ),
    needs=("bureau_loans",),
    find=Measured(
        measure=_stacked,
        say=_say_stacked,
        worst="high",
        show=rows_behind(_loans_behind, say=_of_loan),
        called=CALLED_BY_RANK,
    ),
)
QUIET: Final = Check(
    name="quiet_after_loan",
    title=Said("大额用信后沉寂", "Quiet after a large loan"),
    meaning=Said(
        f"最近一笔贷款不低于此前平均的{_LARGE}倍，且其后销售、回款降到此前一半以下，与其他企业相比",
        f"a last loan of at least {_LARGE} times the earlier ones, after which sales "
        "and inflow fell below half, compared with other firms",
    ),
    needs=("loans",),
    find=Measured(measure=_quiet, say=_say_quiet, worst="high"),
)
