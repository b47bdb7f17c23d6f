"""How an offer came about, or why there is none, in lines for people."""

from xiaowei.money import wan_text, yuan_text
from xiaowei.offers.applicant import Applicant, turnover_lots
from xiaowei.offers.plan import Line, Plan
from xiaowei.offers.terms import Terms, cny
from xiaowei.said import Said, percent


def steps_of(
    applicant: Applicant, line: Line, *, cap_lots: int, plan: Plan, terms: Terms
) -> tuple[Said, ...]:
    """Return the steps to the offer of an enterprise that may be lent to.

    Args:
        applicant: the enterprise; its sales and PD are known.
        line: its line in the plan.
        cap_lots: most lots it may get.
        plan: the whole plan.
        terms: bounds and costs.
    """
    caps = (_cap(applicant, terms), *applicant.bounds.steps)
    if line.place is None:
        return *caps, *_moved(line, terms), _unpriced(line, terms)
    return (
        *caps,
        _price(applicant, line, terms),
        *_moved(line, terms),
        _place(line, cap_lots, plan, terms),
    )


def _cap(applicant: Applicant, terms: Terms) -> Said:
    sales, share = applicant.sales_12m_fen or 0, percent(terms.turnover_share)
    cap_lots = turnover_lots(applicant, terms=terms)
    cap, lot, most = cap_lots * terms.lot_fen, terms.lot_fen, terms.max_limit_fen
    return Said(
        f"额度上限：近12个月有效销售 {wan_text(sales)} 万元的 {share}，按"
        f" {wan_text(lot)} 万元向下取整，且不超过 {wan_text(most)} 万元，"
        f"得 {wan_text(cap)} 万元",
        f"cap: {share} of 12 months' valid sales of {cny(sales)}, in lots of"
        f" {cny(lot)}, at most {cny(most)}, gives {cny(cap)}",
    )


def _price(applicant: Applicant, line: Line, terms: Terms) -> Said:
    best, pd = percent(line.best), percent(applicant.pd or 0.0)
    zh = f"信誉评级 {applicant.rating} 的流失曲线"
    en = f"the churn curve of grade {applicant.rating}"
    if applicant.rating is None:
        zh, en = "各级中最高的流失率（未评级）", "the highest churn (no grade)"
    zh, en = f"利率：违约概率 {pd}，按{zh}，", f"rate: with PD {pd} and {en}, "
    if line.rate != line.best:
        return Said(f"{zh}{best} 时期望年利润最高", f"{en}{best} earns most")
    worth = _worth(line, terms)
    return Said(
        f"{zh}{best} 时利润最高，{worth.zh}", f"{en}{best} earns most, {worth.en}"
    )


def _worth(line: Line, terms: Terms) -> Said:
    earned, lot, lost = line.lot_profit_fen, terms.lot_fen, percent(1 - line.kept)
    return Said(
        f"每 {wan_text(lot)} 万元授信期望年利润 {yuan_text(earned)} 元，"
        f"预期流失 {lost}",
        f"{cny(earned)} expected a year per {cny(lot)} offered; {lost} of such"
        " customers would leave",
    )


def _moved(line: Line, terms: Terms) -> tuple[Said, ...]:
    """Say where strategy and product take the rate."""
    if line.rate == line.best:
        return ()
    best, rate, worth = percent(line.best), percent(line.rate), _worth(line, terms)
    return (
        Said(
            f"按分层策略、产品与保本要求由 {best} 调至 {rate}，{worth.zh}",
            f"tier strategy, product and what pays move the rate from {best} to {rate}:"
            f" {worth.en}",
        ),
    )


def _unpriced(line: Line, terms: Terms) -> Said:
    low, high = percent(terms.min_rate), percent(terms.max_rate)
    best, lot = line.lot_profit_fen, terms.lot_fen
    return Said(
        f"不予授信：{low} 至 {high} 内没有期望利润为正的利率，最好为每"
        f" {wan_text(lot)} 万元 {yuan_text(best)} 元",
        f"no offer: no rate from {low} to {high} is expected to earn; the best gives"
        f" {cny(best)} per {cny(lot)} offered",
    )


def _place(line: Line, cap_lots: int, plan: Plan, terms: Terms) -> Said:
    limit = line.lots * terms.lot_fen
    given = wan_text(limit)
    zh = f"分配：按每元预算的期望利润排第 {line.place} 位（共 {plan.wanted} 家）"
    en = (
        f"allocation: number {line.place} of {plan.wanted} by expected profit per yuan"
        " of budget"
    )
    if not line.lots:
        return Said(
            f"{zh}，预算已用于能带来更多利润的组合，不予授信",
            f"{en}; no offer: the budget earns more with others",
        )
    if line.lots < cap_lots:
        return Said(
            f"{zh}，预算所余使额度为 {given} 万元",
            f"{en}; what the budget leaves gives {cny(limit)}",
        )
    return Said(f"{zh}，得 {given} 万元", f"{en}; gets {cny(limit)}")
