"""The limit of a loan: the least of several caps, each with its own number.

A cap that cannot be known counts as 0, never as none: what is missing must be brought
before money is lent on it. Pieces of a cap that are not known count as the least
generous value that policy states. So no firm gains by showing less.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Literal, TypeAlias

from xiaowei.money import Fen, share_of, wan_text
from xiaowei.offers.limits.assumptions import Assumptions
from xiaowei.offers.limits.need import (
    Days,
    counted_growth,
    loan_need,
    turnover_need,
    working_capital,
)
from xiaowei.offers.terms import Terms, cny
from xiaowei.said import Said, percent

CapName: TypeAlias = Literal["cash", "need", "buyer", "group", "turnover", "policy"]

CAPS: Final[dict[CapName, Said]] = {
    "cash": Said("现金流可承受额度", "what its cash can bear"),
    "need": Said("流动资金需求", "its need for working capital"),
    "buyer": Said("单一买方依赖", "what hangs on one buyer"),
    "group": Said("集团与担保圈", "its group and circle of guarantees"),
    "turnover": Said("销售比例", "its share of sales"),
    "policy": Said("单户最高授信", "the largest loan"),
}
"""What a limit may be bound by; of two that are alike the later is told."""


@dataclass(frozen=True, slots=True)
class Cap:
    """One bound of a limit.

    Args:
        name: a key of CAPS.
        amount_fen: the most that it lets through, 0 or more; None where it cannot be
            known, which lets nothing through.
        text: how it came about, or what is missing.
    """

    name: CapName
    amount_fen: Fen | None
    text: Said


@dataclass(frozen=True, slots=True)
class Limit:
    """The most that may be lent, and why.

    Args:
        amount_fen: whole lots; 0 where the smallest loan does not fit.
        binds: the cap that is least.
        caps: all of them.
    """

    amount_fen: Fen
    binds: CapName
    caps: tuple[Cap, ...]

    @property
    def text(self) -> Said:
        """The amount and what binds it, in one line."""
        cap = next(one for one in self.caps if one.name == self.binds)
        title = CAPS[self.binds]
        return Said(
            f"额度 {wan_text(self.amount_fen)} 万元，受限于{title.zh}：{cap.text.zh}",
            f"limit {cny(self.amount_fen)}, bound by {title.en}: {cap.text.en}",
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What is known of a firm on the day, as caps ask for it; None where unknown.

    Args:
        sales_12m_fen: valid sales of the last 12 months.
        buyer_share: share of the largest buyer, 0..1.
        revenue_fen: of the last yearly statement.
        profit_fen: of the same.
        growth: of sales over a year before, -1 or more.
        days: how long money is tied up.
        own_fen: own funds that are free.
        debts_fen: what it owes all lenders.
        group_fen: what its group, it among them, owes the bank and guarantees.
    """

    sales_12m_fen: Fen | None
    buyer_share: float | None
    revenue_fen: Fen | None
    profit_fen: Fen | None
    growth: float | None
    days: Days
    own_fen: Fen | None
    debts_fen: Fen | None
    group_fen: Fen | None


def limit_of(caps: Sequence[Cap], *, terms: Terms) -> Limit:
    """Return the least of some caps in whole lots.

    Args:
        caps: at least one.
        terms: the lot and the smallest loan.
    """
    order = list(CAPS)
    least = min(caps, key=lambda cap: (cap.amount_fen or 0, -order.index(cap.name)))
    lots = (least.amount_fen or 0) // terms.lot_fen
    amount = lots * terms.lot_fen if lots >= terms.min_lots else 0
    return Limit(amount, least.name, tuple(caps))


def caps_of(known: Known, *, assumed: Assumptions, terms: Terms) -> tuple[Cap, ...]:
    """Return every cap beside that of the cash.

    Args:
        known: of the firm.
        assumed: the policy's numbers.
        terms: the largest loan and the share of sales.
    """
    largest = Cap(
        "policy",
        terms.max_limit_fen,
        Said(
            f"单户最高 {wan_text(terms.max_limit_fen)} 万元",
            f"no loan is larger than {cny(terms.max_limit_fen)}",
        ),
    )
    return (
        _need(known, assumed),
        _buyer(known, assumed),
        _group(known, assumed),
        _turnover(known, terms),
        largest,
    )


def _unknown(name: CapName, *missing: Said) -> Cap:
    zh = "、".join(one.zh for one in missing)
    en = ", ".join(one.en for one in missing)
    return Cap(
        name,
        None,
        Said(
            f"未知（缺{zh}），按零计，补齐后再核",
            f"unknown for want of {en}: it counts as nothing until that is shown",
        ),
    )


_SALES: Final = Said("近12个月销售", "sales of 12 months")
_WANTED: Final = {
    "revenue_fen": Said("年度报表", "a yearly statement"),
    "profit_fen": Said("年度净利润", "its profit"),
    "own_fen": Said("自有资金", "own funds"),
}


def _need(known: Known, assumed: Assumptions) -> Cap:
    """Return the greater of the two ways to judge a need, so that papers only help."""
    sales, debts = known.sales_12m_fen, known.debts_fen
    if debts is None:
        return _unknown("need", Said("征信借款余额", "debts by the bureau"))
    debts = max(debts, 0)
    annex = _by_annex(known, assumed, debts)
    if sales is None and annex.amount_fen is None:
        return _unknown("need", _SALES)
    ways = [annex] if sales is None else [annex, _by_turnover(sales, assumed, debts)]
    ways.sort(key=lambda cap: cap.amount_fen or 0, reverse=True)
    zh, en = "；".join(w.text.zh for w in ways), "; ".join(w.text.en for w in ways)
    return Cap("need", ways[0].amount_fen or 0, Said(zh, en))


def _by_annex(known: Known, assumed: Assumptions, debts: Fen) -> Cap:
    revenue, profit, own = known.revenue_fen, known.profit_fen, known.own_fen
    if revenue is None or profit is None or own is None:
        lacks = [said for name, said in _WANTED.items() if getattr(known, name) is None]
        zh, en = "、".join(one.zh for one in lacks), ", ".join(one.en for one in lacks)
        return Cap(
            "need",
            None,
            Said(f"附件公式缺{zh}，不能测算", f"the annex's formula lacks {en}"),
        )
    if revenue <= 0:
        return Cap("need", 0, Said("上年度无销售收入", "no sales last year"))
    growth = counted_growth(known.growth, most=assumed.cap_need_growth)
    days = known.days.tied_up(assumed)
    capital = working_capital(
        sales_fen=revenue,
        margin=min(profit / revenue, 1.0),
        growth=growth,
        days=days,
    )
    amount = loan_need(capital, own_fen=max(own, 0), loans_fen=debts)
    return Cap(
        "need",
        amount,
        Said(
            f"附件公式：营运资金量 {wan_text(capital)} 万元（周转 {days:.0f} 天，增长"
            f" {percent(growth)}），减自有资金 {wan_text(max(own, 0))} 万元与现有借款"
            f" {wan_text(debts)} 万元，余 {wan_text(amount)} 万元",
            f"by the annex: working capital {cny(capital)} ({days:.0f} days, growth"
            f" {percent(growth)}) less own funds {cny(max(own, 0))} and debts"
            f" {cny(debts)} leaves {cny(amount)}",
        ),
    )


def _by_turnover(sales: Fen, assumed: Assumptions, debts: Fen) -> Cap:
    part = assumed.cap_need_turnover_share
    amount = turnover_need(sales, share=part, loans_fen=debts)
    return Cap(
        "need",
        amount,
        Said(
            f"周转法：近12个月销售 {wan_text(sales)} 万元的 {percent(part)}，"
            f"减现有借款 {wan_text(debts)} 万元，余 {wan_text(amount)} 万元",
            f"by turnover: {percent(part)} of 12 months' sales of {cny(sales)} less"
            f" debts {cny(debts)} leaves {cny(amount)}",
        ),
    )


def _buyer(known: Known, assumed: Assumptions) -> Cap:
    sales = known.sales_12m_fen
    if sales is None:
        return _unknown("buyer", _SALES)
    stated = known.buyer_share
    share = 1.0 if stated is None else min(max(stated, 0.0), 1.0)
    most = share_of(max(sales, 0), assumed.cap_buyer_share)
    told = Said(
        "最大买方占比" + ("未知，按 100% 计" if stated is None else percent(share)),
        "the share of the largest buyer is "
        + ("unknown and counts as 100%" if stated is None else percent(share)),
    )
    # A share of next to nothing binds nothing, but stays a number that can be told.
    amount = int(most / max(share, 0.01))
    part = percent(assumed.cap_buyer_share)
    return Cap(
        "buyer",
        amount,
        Said(
            f"{told.zh}，贷款×占比不超过年销售的 {part}，即 {wan_text(amount)} 万元",
            f"{told.en}; loan x share is at most {part} of yearly sales, which is"
            f" {cny(amount)}",
        ),
    )


def _group(known: Known, assumed: Assumptions) -> Cap:
    held, most = known.group_fen, assumed.cap_group_fen
    if held is None:
        return _unknown("group", Said("股东或征信担保信息", "owners, or guarantees"))
    amount = max(most - held, 0)
    return Cap(
        "group",
        amount,
        Said(
            f"集团及担保圈上限 {wan_text(most)} 万元，已用 {wan_text(held)} 万元",
            f"a group may owe {cny(most)}, of which {cny(held)} is taken",
        ),
    )


def _turnover(known: Known, terms: Terms) -> Cap:
    sales = known.sales_12m_fen
    if sales is None:
        return _unknown("turnover", _SALES)
    amount = share_of(max(sales, 0), terms.turnover_share)
    share = percent(terms.turnover_share)
    return Cap(
        "turnover",
        amount,
        Said(
            f"近12个月销售 {wan_text(sales)} 万元的 {share}",
            f"{share} of 12 months' sales of {cny(sales)}",
        ),
    )
