"""What other budgets would earn, and what one more yuan of budget is worth."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from xiaowei.money import Fen
from xiaowei.offers.plan import Borrower, Plan, make_plans
from xiaowei.offers.pricing import PriceTable

POINTS: Final = 20
"""Points on the frontier; the budget itself is the middle one, twice it the last."""


@dataclass(frozen=True, slots=True)
class FrontierPoint:
    """One budget and what it would earn.

    Args:
        budget_fen: the budget.
        offered_fen: money offered of it.
        drawn_fen: money expected to be drawn.
        profit_fen: expected profit.
        firms: enterprises with a loan.
        marginal: profit per yuan of budget since the point before, or since 0.
    """

    budget_fen: Fen
    offered_fen: Fen
    drawn_fen: Fen
    profit_fen: Fen
    firms: int
    marginal: float


def frontier(
    borrowers: Sequence[Borrower],
    *,
    table: PriceTable,
    budget_fen: Fen,
    points: int = POINTS,
) -> tuple[FrontierPoint, ...]:
    """Return what budgets from a part of the given one to twice it would earn.

    Args:
        borrowers: each enterprise once.
        table: allowed rates, who stays at each, and the terms.
        budget_fen: the budget in the middle.
        points: how many budgets, evenly apart, in whole lots; those below the
            smallest loan are left out.

    Returns:
        By rising budget. Where the budget counts drawn money each point is filled
        only, within one lot of the optimum at its rates.
    """
    terms = table.terms
    steps = [2 * budget_fen * at // points for at in range(1, points + 1)]
    lots = sorted({step // terms.lot_fen for step in steps})
    budgets = [n * terms.lot_fen for n in lots if n >= terms.min_lots]
    plans = make_plans(borrowers, table=table, budgets_fen=budgets, quick=True)
    best: Plan | None = None
    before = (0, 0)
    made = []
    for budget, plan in zip(budgets, plans, strict=True):
        # A smaller budget's plan also fits the larger one, so filling alone can
        # never make more budget look worse.
        if best is None or plan.profit_fen > best.profit_fen:
            best = plan
        gained = (best.profit_fen - before[1]) / (budget - before[0])
        made.append(
            FrontierPoint(
                budget_fen=budget,
                offered_fen=best.lots * terms.lot_fen,
                drawn_fen=best.drawn_fen,
                profit_fen=best.profit_fen,
                firms=best.borrowers,
                marginal=gained,
            )
        )
        before = (budget, best.profit_fen)
    return tuple(made)
