"""What is to be solved, and what prices of the rows make of it.

With a price on every row the firms part: each takes the option and lots worth most to
it at these prices, or none. What all take together bounds what any book can earn
(Lagrange), whatever the prices; where the prices are the best ones it is the optimum
of the problem in parts of lots.
"""

from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from xiaowei.offers.demand import FloatArray
from xiaowei.offers.portfolio.rows import Rows
from xiaowei.offers.portfolio.tail import Tail
from xiaowei.offers.pricing import IntArray

_NOISE: Final = 1e-3
_EPSILON: Final = 1e-13


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """Whole lots of at most one option per firm, within rows. Sorted by firm.

    Args:
        firm: place of the firm. Shape: one per option, as all arrays but `starts`.
        starts: first option of each firm. Shape: one per firm.
        least: fewest lots.
        most: most lots.
        profit_fen: of a lot.
        rows: what limits the book.
        tail: scenarios that count beside the profit; or null.
    """

    firm: IntArray
    starts: IntArray
    least: IntArray
    most: IntArray
    profit_fen: IntArray | FloatArray
    rows: Rows
    tail: Tail | None = None

    @property
    def firms(self) -> int:
        """How many there are."""
        return len(self.starts)

    @property
    def tail_weight(self) -> float:
        """What the tail counts for, 0..1."""
        return 0.0 if self.tail is None else self.tail.spread.weight

    def worth(self, lots: IntArray) -> float:
        """Return what is made greatest, for a book, in fen."""
        profit = (self.profit_fen @ lots).item()
        if self.tail is None:
            return float(profit)
        tail = self.tail.cvar(self.tail.of_book(lots))
        return (1 - self.tail_weight) * profit + self.tail_weight * tail


@dataclass(frozen=True, slots=True)
class Prices:
    """Prices of rows, and weights of scenarios.

    Args:
        rows: fen per unit of the row over `whole`; at least 0 for what holds it from
            above, at most 0 from below. Shape: one per row.
        tail: adding up to 1. Shape: one per scenario; empty without a tail.
    """

    rows: FloatArray
    tail: FloatArray


@dataclass(frozen=True, slots=True)
class Priced:
    """What every option is worth at prices.

    Args:
        per_lot: fen of a lot. Shape: one per option, as the next.
        per_firm: fen of being lent to at all.
        best: fen of the best of the firm, at least 0. Shape: one per firm.
        bound: what no book can be worth more than, in fen.
    """

    per_lot: FloatArray
    per_firm: FloatArray
    best: FloatArray
    bound: float

    def at(self, lots: IntArray | FloatArray) -> FloatArray:
        """Return what lots of each option are worth."""
        worth: FloatArray = self.per_lot * lots + self.per_firm
        return worth


def priced(problem: Problem, prices: Prices) -> Priced:
    """Return what every option is worth at prices, and the bound they prove.

    Args:
        problem: what is to be solved.
        prices: of the right signs; any others prove nothing.
    """
    rows = problem.rows
    each = rows.mix.T @ prices.rows
    profit = _profit(problem, prices)
    per_lot = profit - rows.per_lot.T @ each
    per_firm = -(rows.per_firm.T @ each)
    ends = np.maximum(
        per_lot * problem.least + per_firm, per_lot * problem.most + per_firm
    )
    best = np.maximum(np.maximum.reduceat(ends, problem.starts), 0.0)
    lower, upper = rows.bounds
    paid = np.where(prices.rows > 0, upper, np.where(prices.rows < 0, lower, 0.0))
    for_rows = prices.rows * paid
    bound = float(for_rows.sum() + best.sum())
    noise = _NOISE + _EPSILON * float(np.abs(for_rows).sum() + best.sum())
    return Priced(per_lot, per_firm, best, bound + noise)


def straightened(problem: Problem, prices: Prices) -> Problem:
    """Return a problem without a tail in which no book is worth less than in this one.

    The tail is the least over all weights of scenarios, so that at given weights,
    which make it straight in the lots, nothing is worth less.

    Args:
        problem: with a tail or without.
        prices: with the weights.
    """
    return replace(problem, profit_fen=_profit(problem, prices), tail=None)


def _profit(problem: Problem, prices: Prices) -> FloatArray:
    profit = problem.profit_fen.astype(np.float64)
    if problem.tail is None:
        return profit
    weight = problem.tail_weight
    return (1 - weight) * profit + weight * problem.tail.weighed(prices.tail)
