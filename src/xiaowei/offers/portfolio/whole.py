"""The problem in whole lots, for the firms that the prices leave undecided."""

from dataclasses import dataclass

import numpy as np
from scipy import sparse

from xiaowei.offers.portfolio.problem import Priced, Problem
from xiaowei.offers.portfolio.program import (
    Columns,
    Own,
    Setting,
    Solved,
    solve_program,
)
from xiaowei.offers.portfolio.relaxed import Bools, opened
from xiaowei.offers.pricing import IntArray

_NOISE = 1e-6


@dataclass(frozen=True, slots=True)
class Choices:
    """What is open to firms, and what the others are set to.

    Args:
        low: fewest lots of each option in question; 0 where it is not. Shape: one per
            option, as the next two.
        high: most lots.
        lots: of firms that are set; 0 for all others.
        must: whether the firm has to take something. Shape: one per firm.
    """

    low: IntArray
    high: IntArray
    lots: IntArray
    must: Bools

    @property
    def options(self) -> IntArray:
        """Places of options in question."""
        return np.flatnonzero(self.low)


@dataclass(frozen=True, slots=True)
class Whole:
    """What was found in whole lots.

    Args:
        lots: that keep every row to the fen; null where none were found.
        bound: fen that nothing among the choices exceeds.
        impossible: proven that no choice keeps all rows.
    """

    lots: IntArray | None
    bound: float
    impossible: bool


def free_choices(problem: Problem, lots: IntArray, firms: IntArray) -> Choices:
    """Leave every option open to some firms, and the others as they are."""
    free = opened(problem, firms)
    return Choices(
        low=np.where(free, problem.least, 0),
        high=np.where(free, problem.most, 0),
        lots=np.where(free, 0, lots),
        must=np.zeros(problem.firms, dtype=np.bool_),
    )


def choices_within(problem: Problem, worth: Priced, gap: float) -> Choices:
    """Leave open what a book could have that is better by less than the gap.

    At the prices, a choice other than a firm's best costs what it is worth less. Where
    that is more than the whole gap between bound and best known book, no better book
    has it.

    Args:
        problem: what is to be solved.
        worth: what options are worth at the best prices.
        gap: fen between the bound and the best known book.
    """
    gap += _NOISE * (1 + gap)
    left = worth.best[problem.firm] - gap - worth.per_firm
    with np.errstate(divide="ignore", invalid="ignore"):
        cut = left / worth.per_lot
    low, high = problem.least, problem.most
    up, down = worth.per_lot > 0, worth.per_lot < 0
    low = np.where(up, np.maximum(low, np.ceil(cut - _NOISE)), low)
    high = np.where(down, np.minimum(high, np.floor(cut + _NOISE)), high)
    inside = (low <= high) & (up | down | (left <= 0))
    low, high = np.where(inside, low, 0), np.where(inside, high, 0)
    must = worth.best > gap
    return _decided(problem, low.astype(np.int64), high.astype(np.int64), must)


def _decided(problem: Problem, low: IntArray, high: IntArray, must: Bools) -> Choices:
    """Set firms that have one choice left."""
    ways = np.add.reduceat(np.where(low > 0, high - low + 1, 0), problem.starts)
    sole = ((ways == 1) & must)[problem.firm] & (low > 0)
    return Choices(
        low=np.where(sole, 0, low),
        high=np.where(sole, 0, high),
        lots=np.where(sole, low, 0),
        must=must & (ways != 1),
    )


def solve_whole(problem: Problem, choices: Choices, *, nodes: int) -> Whole:
    """Solve in whole lots what is open; the rest is as it is set.

    Args:
        problem: what is to be solved, without a tail.
        choices: what is open.
        nodes: where HiGHS stops searching; a count, as a clock would not give the same
            answer again.
    """
    if not len(choices.options):
        kept = problem.rows.kept_by(choices.lots)
        worth = problem.worth(choices.lots) if kept else -np.inf
        return Whole(choices.lots if kept else None, worth, not kept)
    columns = _columns(choices)
    own = _own(problem, choices, columns)
    options = {"mip_max_nodes": nodes, "mip_rel_gap": 0.0, "mip_abs_gap": 1e-9}
    found = solve_program(
        problem, columns, own, Setting(lots=choices.lots), options=options
    )
    bound = (problem.profit_fen @ choices.lots).item() + found.bound
    return Whole(_lots(problem, choices, columns, found), bound, found.impossible)


def _columns(choices: Choices) -> Columns:
    """Return per option whether it is taken with its fewest, and lots beyond these."""
    taken = choices.options
    more = taken[choices.high[taken] > choices.low[taken]]
    ones, zeros = np.ones(len(taken), dtype=np.int64), np.zeros(len(more), np.int64)
    spans = (choices.high - choices.low)[more].astype(np.float64)
    return Columns(
        option=np.concatenate([taken, more]),
        lots=np.concatenate([choices.low[taken], np.ones(len(more), dtype=np.int64)]),
        lent=np.concatenate([ones, zeros]),
        upper=np.concatenate([np.ones(len(taken)), spans]),
        whole=np.ones(len(taken) + len(more), dtype=np.bool_),
    )


def _own(problem: Problem, choices: Choices, columns: Columns) -> Own:
    """Return the rows: at most one option per firm, and more lots of what is taken."""
    taken = choices.options
    count, width = len(taken), len(columns.option)
    firms, at = np.unique(problem.firm[taken], return_inverse=True)
    one = sparse.csr_array(
        (np.ones(count), (at, np.arange(count))), shape=(len(firms), width)
    )
    more = columns.option[count:]
    number = np.arange(len(more))
    place = np.searchsorted(taken, more)
    spans = columns.upper[count:]
    link = sparse.csr_array(
        (
            np.concatenate([np.ones(len(more)), -spans]),
            (np.concatenate([number, number]), np.concatenate([count + number, place])),
        ),
        shape=(len(more), width),
    )
    lower = np.where(choices.must[firms], 1.0, 0.0)
    return Own(
        matrix=sparse.csc_array(sparse.vstack([one, link])),
        lower=np.concatenate([lower, np.full(len(more), -np.inf)]),
        upper=np.concatenate([np.ones(len(firms)), np.zeros(len(more))]),
    )


def _lots(
    problem: Problem, choices: Choices, columns: Columns, found: Solved
) -> IntArray | None:
    if not len(found.values):
        return None
    lots = choices.lots.copy()
    values = np.rint(found.values).astype(np.int64)
    np.add.at(lots, columns.option, values * columns.lots)
    one_each = np.add.reduceat(lots > 0, problem.starts).max(initial=0) <= 1
    right = (lots == 0) | ((lots >= problem.least) & (lots <= problem.most))
    kept = one_each and bool(right.all()) and problem.rows.kept_by(lots)
    return lots if kept else None
