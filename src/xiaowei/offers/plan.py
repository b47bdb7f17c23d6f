"""Which enterprise gets how much at which rate, for one budget or for many.

Where the budget counts money offered, the rate of each enterprise is its own best
rate: a higher or lower one frees no budget. Where it counts money expected to be
drawn, a higher rate leaves budget to others. One price of budget is then found at
which the drawn money just fits, each enterprise gets the rate that is worth most at
that price, so that equal enterprises are asked the same, and the amounts are spread to
the optimum at these rates. What choosing rates and amounts together could earn beyond
that is bounded by Lagrange's dual and stated as the gap.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

import numpy as np

from xiaowei.money import Fen
from xiaowei.offers.allocation import ONLY_FILL, Allocation, Proof, allocate
from xiaowei.offers.bounds import FREE, Bounds
from xiaowei.offers.candidate import Candidate
from xiaowei.offers.pricing import (
    IntArray,
    LotValues,
    Moves,
    Prices,
    PriceTable,
    Rating,
    lot_values,
    prices_at,
)
from xiaowei.offers.terms import RATE_STEP

_HALVINGS: Final = 45
_NODES_WHEN_DRAWN: Final = 50
"""Lagrange's bound, not HiGHS, says how good such a plan is: more nodes moved none."""

_FEN_NOISE: Final = 1e-3


@dataclass(frozen=True, slots=True)
class Borrower:
    """An enterprise that may be lent to.

    Args:
        enterprise_id: who.
        pd: probability of default, 0..1.
        rating: A, B, C or None.
        cap_lots: most lots it may get, at least the fewest of the terms.
        bounds: of its rate.
    """

    enterprise_id: str
    pd: float
    rating: Rating
    cap_lots: int
    bounds: Bounds = FREE


@dataclass(frozen=True, slots=True)
class Line:
    """One enterprise in a plan.

    Args:
        rate: yearly rate asked for.
        best: yearly rate at which a lot is worth most, before its bounds move it.
        kept: share of customers kept at it, 0..1.
        lot_profit_fen: expected profit of one lot at it.
        lot_drawn_fen: expected drawn money of one lot at it.
        lots: lots given; 0 for none.
        place: 1 for the best by profit per fen of budget; None where no rate pays.
    """

    rate: Decimal
    best: Decimal
    kept: float
    lot_profit_fen: Fen
    lot_drawn_fen: Fen
    lots: int
    place: int | None


@dataclass(frozen=True, slots=True)
class Plan:
    """A budget spread over borrowers.

    Args:
        lines: enterprise to its line, by id.
        wanted: how many enterprises are worth a loan.
        profit_fen: expected profit of all.
        drawn_fen: expected drawn money of all.
        bound_fen: no rates and amounts within the terms can earn more; where bounds
            move the rates, no amounts at these rates.
        budget_price: profit forgone per fen of drawn budget; 0 where the budget counts
            money offered.
        proof: how the optimum is known.
    """

    lines: Mapping[str, Line]
    wanted: int
    profit_fen: Fen
    drawn_fen: Fen
    bound_fen: Fen
    budget_price: float
    proof: Proof

    @property
    def gap_fen(self) -> Fen:
        """What better rates and amounts could still earn at most; 0 is the optimum."""
        return self.bound_fen - self.profit_fen

    @property
    def lots(self) -> int:
        """Lots given to all."""
        return sum(line.lots for line in self.lines.values())

    @property
    def borrowers(self) -> int:
        """How many enterprises get a loan."""
        return sum(1 for line in self.lines.values() if line.lots)


def make_plans(
    borrowers: Sequence[Borrower],
    *,
    table: PriceTable,
    budgets_fen: Sequence[Fen],
    quick: bool = False,
) -> list[Plan]:
    """Spread each of several budgets over the same borrowers.

    Args:
        borrowers: each enterprise once, in any order.
        table: allowed rates, who stays at each, and the terms.
        budgets_fen: each at least 0.
        quick: where the budget counts drawn money, fill only; the plan then stays
            within one lot of the optimum at its rates.

    Returns:
        One plan per budget, in their order.
    """
    by_id = sorted(borrowers, key=lambda one: one.enterprise_id)
    values = lot_values(
        table, pds=[one.pd for one in by_id], ratings=[one.rating for one in by_id]
    )
    if table.terms.meaning == "offered":
        return [_by_offer(by_id, table, values, budget) for budget in budgets_fen]
    nodes = ONLY_FILL if quick else _NODES_WHEN_DRAWN
    return [_by_draw(by_id, table, values, budget, nodes) for budget in budgets_fen]


def _by_offer(
    borrowers: Sequence[Borrower], table: PriceTable, values: LotValues, budget: Fen
) -> Plan:
    prices = _prices(borrowers, table, values, 0.0)
    uses = [table.terms.lot_fen] * len(borrowers)
    candidates = _candidates(borrowers, table, prices, uses)
    allocation = allocate(candidates, budget_fen=budget)
    return _plan(borrowers, prices, allocation, allocation.bound_fen, 0.0)


def _by_draw(
    borrowers: Sequence[Borrower],
    table: PriceTable,
    values: LotValues,
    budget: Fen,
    nodes: int,
) -> Plan:
    caps = np.array([one.cap_lots for one in borrowers], dtype=np.int64)
    price = budget_price(values, caps_lots=caps, budget_fen=budget)
    prices = _prices(borrowers, table, values, price)
    uses = [int(fen) for fen in prices.drawn_fen]
    candidates = _candidates(borrowers, table, prices, uses)
    allocation = allocate(candidates, budget_fen=budget, max_nodes=nodes)
    worth = np.max(values.worth(price), axis=1, initial=0.0)
    dual = math.floor(price * budget + float(caps @ worth) + _FEN_NOISE)
    bound = max(dual, allocation.profit_fen)
    return _plan(borrowers, prices, allocation, bound, price)


def budget_price(values: LotValues, *, caps_lots: IntArray, budget_fen: Fen) -> float:
    """Return the least price of budget at which the money drawn fits the budget.

    Args:
        values: what one lot earns and draws at each rate.
        caps_lots: most lots of each enterprise.
        budget_fen: money that may be drawn.

    Returns:
        Profit in fen per fen of drawn money; 0 where the budget is not scarce.
    """
    if _drawn(values, caps_lots, 0.0) <= budget_fen:
        return 0.0
    low, high = 0.0, float(np.max(values.profit_fen / values.drawn_fen))
    for _ in range(_HALVINGS):
        middle = (low + high) / 2
        if _drawn(values, caps_lots, middle) > budget_fen:
            low = middle
        else:
            high = middle
    return high


def _drawn(values: LotValues, caps_lots: IntArray, price: float) -> int:
    worth = values.worth(price)
    places = np.argmax(worth, axis=1)
    rows = np.arange(len(places))
    pays = worth[rows, places] > 0
    return int((caps_lots * values.drawn_fen[rows, places])[pays].sum())


def _prices(
    borrowers: Sequence[Borrower], table: PriceTable, values: LotValues, price: float
) -> Prices:
    ratings = [one.rating for one in borrowers]
    moves = _moves(borrowers, table)
    return prices_at(table, values, ratings=ratings, budget_price=price, moves=moves)


def _moves(borrowers: Sequence[Borrower], table: PriceTable) -> Moves | None:
    if all(one.bounds is FREE for one in borrowers):
        return None
    low, high = int(table.rates_bp[0]), int(table.rates_bp[-1])
    every = [one.bounds for one in borrowers]
    return Moves(
        added_bp=np.array([one.added_bp for one in every], dtype=np.int64),
        least_bp=np.array([_bp(one.least_rate, low) for one in every], dtype=np.int64),
        most_bp=np.array([_bp(one.most_rate, high) for one in every], dtype=np.int64),
    )


def _bp(rate: Decimal | None, otherwise: int) -> int:
    return otherwise if rate is None else int(rate / RATE_STEP)


def _candidates(
    borrowers: Sequence[Borrower],
    table: PriceTable,
    prices: Prices,
    uses: Sequence[Fen],
) -> list[Candidate]:
    fewest = table.terms.min_lots
    return [
        Candidate(one.enterprise_id, fewest, one.cap_lots, int(profit), use)
        for one, profit, use in zip(borrowers, prices.profit_fen, uses, strict=True)
    ]


def _plan(
    borrowers: Sequence[Borrower],
    prices: Prices,
    allocation: Allocation,
    bound: Fen,
    price: float,
) -> Plan:
    places = {name: at for at, name in enumerate(allocation.order, start=1)}
    lines = {
        one.enterprise_id: Line(
            rate=int(prices.rates_bp[at]) * RATE_STEP,
            best=int(prices.best_bp[at]) * RATE_STEP,
            kept=float(prices.kept[at]),
            lot_profit_fen=int(prices.profit_fen[at]),
            lot_drawn_fen=int(prices.drawn_fen[at]),
            lots=allocation.lots.get(one.enterprise_id, 0),
            place=places.get(one.enterprise_id),
        )
        for at, one in enumerate(borrowers)
    }
    proven = bound == allocation.profit_fen
    return Plan(
        lines=lines,
        wanted=len(allocation.order),
        profit_fen=allocation.profit_fen,
        drawn_fen=sum(line.lots * line.lot_drawn_fen for line in lines.values()),
        bound_fen=bound,
        budget_price=price,
        proof=allocation.proof if proven else "open",
    )
