"""Whether a firm's equity goes on from year to year as its statements say."""

from collections.abc import Mapping
from typing import Any, Final

import ibis
import ibis.expr.types as ir
import numpy as np

from xiaowei.said import Said, percent
from xiaowei.verification.chances import rare_tails
from xiaowei.verification.evidence import amount
from xiaowei.verification.finding import Case, Check, Evidence, Finding, Severity
from xiaowei.verification.statistical import for_information

_BACK: Final = 4 * 365
"""Days that year ends may lie back."""
_A_YEAR: Final = (350, 380)
"""Days from one year end to the next; what is longer lacks a year."""
_BOUNDS: Final[tuple[tuple[int, Severity], ...]] = (
    (15, "high"),
    (5, "medium"),
    (2, "low"),
)
"""Per cent of total assets that equity is off by: beyond each it is so grave."""


def _equity(case: Case) -> list[Finding]:
    """Compare each year's closing equity with what the year should have made it."""
    rows = _years(case).order_by("enterprise_id", "happened_on").to_pyarrow()
    worst: dict[str, Mapping[str, Any]] = {}
    for year in rows.to_pylist():
        told = _rolled(year)
        firm = year["enterprise_id"]
        if told and (firm not in worst or told["share"] >= worst[firm]["share"]):
            worst[firm] = told
    found = [_say(year) for year in worst.values()]
    shares = np.array([year["share"] for year in worst.values()], dtype=np.float64)
    differs = np.array([one.outcome == "differs" for one in found], dtype=np.bool_)
    judged = for_information(found, list(rare_tails(shares, differs)))
    return [one for one in judged if case.asks_for(one.enterprise_id)]


def _years(case: Case) -> ir.Table:
    """Return statements, each with that of the year before. Shape: one row each."""
    rows = case.current("statements")
    by_year = ibis.window(group_by="enterprise_id", order_by="happened_on")
    rows = rows.mutate(
        **{
            f"last_{name}": rows[name].lag().over(by_year)
            for name in ("happened_on", "equity_fen", "file", "line")
        }
    )
    since = ibis.literal(case.as_of) - ibis.interval(days=_BACK)
    return rows.filter(rows.happened_on > since)


def _rolled(year: Mapping[str, Any]) -> Mapping[str, Any] | None:
    """Return a year with how far its equity is off, or null where it cannot be told.

    The closing of the year before is the opening; where that statement is not there the
    opening is what the firm states itself. What owners put in or took out may be left
    unsaid: then equity may well be higher, or lower, than the rest lets expect.
    """
    least, most = _A_YEAR
    before = year["last_happened_on"]
    follows = before and least <= (year["happened_on"] - before).days <= most
    opening = year["last_equity_fen"] if follows else year["opening_fen"]
    if opening is None or max(year["assets_fen"], abs(opening)) <= 0:
        return None
    put_in, drawn = year["paid_in_fen"], year["drawn_fen"]
    due = opening + year["profit_fen"] + (put_in or 0) - (drawn or 0)
    off = year["equity_fen"] - due
    unsaid = (off > 0 and put_in is None) or (off < 0 and drawn is None)
    off = 0 if unsaid else off
    base = max(year["assets_fen"], abs(opening))
    return {
        **year,
        "opening": opening,
        "follows": follows,
        "due": due,
        "off": off,
        "base": base,
        "share": abs(off) / base,
    }


def _say(year: Mapping[str, Any]) -> Finding:
    off, base = abs(year["off"]), year["base"]
    severity: Severity = next(
        (grave for bound, grave in _BOUNDS if 100 * off > bound * base), "none"
    )
    differs = severity != "none"
    due, stated, gap = (amount(n) for n in (year["due"], year["equity_fen"], off))
    way = Said("多", "higher") if year["off"] > 0 else Said("少", "lower")
    day, share = year["happened_on"], percent(year["share"], digits=1)
    return Finding(
        enterprise_id=year["enterprise_id"],
        check=EQUITY.name,
        outcome="differs" if differs else "agrees",
        severity=severity,
        expected=Said(f"期末权益{due.zh}", f"equity of {due.en} at the end"),
        observed=Said(f"期末权益{stated.zh}", f"equity of {stated.en}"),
        text=Said(
            f"{day}权益{stated.zh}，按年初、利润、投入与分配应为{due.zh}，{way.zh}{gap.zh}"
            f"（总资产的{share}）",
            f"equity of {stated.en} on {day} where opening, profit, what was put in "
            f"and taken out give {due.en}: {way.en} by {gap.en} ({share} of assets)",
        ),
        benign=_BENIGN if differs else None,
        evidence=_behind(year) if differs else (),
    )


def _behind(year: Mapping[str, Any]) -> tuple[Evidence, ...]:
    opening = amount(year["opening"])
    parts = (amount(year[n] or 0) for n in ("profit_fen", "paid_in_fen", "drawn_fen"))
    profit, put_in, drawn = parts
    closing = amount(year["equity_fen"])
    this = Evidence(
        str(year["file"]),
        int(year["line"]),
        Said(
            f"{year['happened_on']} 净利润{profit.zh}，投入{put_in.zh}，"
            f"分配{drawn.zh}，期末权益{closing.zh}",
            f"{year['happened_on']} profit {profit.en}, put in {put_in.en}, taken out "
            f"{drawn.en}, equity at the end {closing.en}",
        ),
    )
    if not year["follows"]:
        return (this,)
    before = Evidence(
        str(year["last_file"]),
        int(year["last_line"]),
        Said(
            f"{year['last_happened_on']} 期末权益{opening.zh}",
            f"{year['last_happened_on']} equity at the end {opening.en}",
        ),
    )
    return this, before


_BENIGN: Final = Said(
    "以前年度损益调整、资产评估增值、会计政策变更，或分配与投入填报不全",
    "corrections of earlier years, assets valued anew, another way of accounting, or "
    "what owners took out or put in not fully stated",
)

EQUITY: Final = Check(
    name="equity_roll_forward",
    title=Said("权益检验", "Equity from year to year"),
    meaning=Said(
        "近四年报表的期末权益，与年初权益加净利润、加投入、减分配之和相比，差额超过总资产的"
        f"{_BOUNDS[-1][0]}%为不一致；上年报表缺失时用本表年初数，投入或分配未填时只看另一方向",
        "closing equity of the statements of four years against opening equity plus "
        "profit and what was put in less what was taken out; a gap of more than "
        f"{_BOUNDS[-1][0]}% of assets is a difference. Without the statement of the "
        "year before its own opening counts; where what was put in or taken out is not "
        "stated only the other direction is looked at",
    ),
    needs=("statements",),
    find=_equity,
)
