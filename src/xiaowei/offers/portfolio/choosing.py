"""The best book in whole lots, with a bound that proves how good it is.

The prices of the relaxed problem bound every book and tell which firms are at the
margin. HiGHS spreads whole lots over the nearest of these, the others as the prices
have them; the gap that is left settles all firms for which another choice would cost
more than it, and where few enough are left HiGHS solves for these to the end.
"""

import math
from dataclasses import dataclass
from typing import Final, Literal, TypeAlias

import numpy as np

from xiaowei.offers.demand import FloatArray
from xiaowei.offers.portfolio.problem import Problem, straightened
from xiaowei.offers.portfolio.relaxed import Relaxed, Tell, relax
from xiaowei.offers.portfolio.whole import (
    Choices,
    choices_within,
    free_choices,
    solve_whole,
)
from xiaowei.offers.pricing import IntArray

Proof: TypeAlias = Literal["solved", "open"]
"""Whether the gap is closed to the fen, or is what it says."""

BROKEN: Final = 1e-6
"""Rows broken by less, over what one loan adds to them, are kept."""

_NEAREST: Final = (150, 600, 2_500)
_WITHIN: Final = (400, 1_500)
_FEW: Final = 2_500
_FIRST_NODES: Final = 50
_NODES: Final = 1_000
_HALVINGS: Final = 40


@dataclass(frozen=True, slots=True, kw_only=True)
class Chosen:
    """A book.

    Args:
        lots: whole lots of each option.
        worth: of what is made greatest, in fen: profit, or with a tail its mixture.
        bound: no book within the limits is worth more.
        relaxed: the problem in parts of lots, with the prices of the rows.
        proof: how good the book is known to be.
    """

    lots: IntArray
    worth: float
    bound: float
    relaxed: Relaxed
    proof: Proof

    @property
    def gap(self) -> float:
        """What a better book could be worth more at most, in fen."""
        return max(self.bound - self.worth, 0.0)


def choose(problem: Problem, *, tell: Tell) -> Chosen | None:
    """Return the best book; null where no book was found that keeps all rows.

    Args:
        problem: what is to be solved.
        tell: is told of progress.
    """
    relaxed = relax(problem, tell=tell)
    if relaxed.beyond > BROKEN:
        return None
    search = _Search(problem, relaxed, tell)
    search.run()
    return search.chosen()


class _Search:
    """The best book so far, and the bound so far."""

    def __init__(self, problem: Problem, relaxed: Relaxed, tell: Tell) -> None:
        self._problem, self._relaxed, self._tell = problem, relaxed, tell
        self._straight = straightened(problem, relaxed.prices)
        self._bound = _whole_fen(problem, relaxed.priced.bound)
        self._lots: IntArray | None = None
        self._worth = -math.inf

    def run(self) -> None:
        """Search among the nearest, then among all that is undecided."""
        problem, relaxed = self._problem, self._relaxed
        near = nearness(problem, relaxed)
        self._take(relaxed.lots)
        self._solve(self._within(_WITHIN[0]), every=False)
        for size in _NEAREST if self._lots is None else ():
            firms = np.sort(np.argsort(near, kind="stable")[:size])
            free = free_choices(problem, relaxed.lots, firms)
            every = size >= problem.firms
            self._solve(free, nodes=_NODES if every else _FIRST_NODES, every=every)
            if self._lots is not None or every:
                break
        for count in _WITHIN[1:]:
            if self._done() or self._last():
                return
            self._solve(self._within(count), every=False)
        if not self._done():
            self._last()

    def _within(self, count: int) -> Choices:
        """Return what is open within the gap that leaves so many firms in doubt."""
        low, high = 0.0, max(min(self._gap, abs(self._bound)), 1.0)
        worth = self._relaxed.priced
        for _ in range(_HALVINGS):
            middle = (low + high) / 2
            some = choices_within(self._problem, worth, middle)
            if len(np.unique(self._problem.firm[some.options])) > count:
                high = middle
            else:
                low = middle
        return choices_within(self._problem, worth, low)

    def chosen(self) -> Chosen | None:
        """Return what was found."""
        if self._lots is None:
            return None
        return Chosen(
            lots=self._lots,
            worth=self._worth,
            bound=max(self._bound, self._worth),
            relaxed=self._relaxed,
            proof="solved" if self._gap < 1 else "open",
        )

    @property
    def _gap(self) -> float:
        return self._bound - self._worth

    def _done(self) -> bool:
        return self._gap < 1

    def _last(self) -> bool:
        """Solve for all that is undecided, where that is little enough."""
        if self._lots is None:
            return False
        problem = self._problem
        choices = choices_within(problem, self._relaxed.priced, self._gap)
        count = len(np.unique(problem.firm[choices.options]))
        self._tell(f"{count} firms undecided")
        if count > _FEW:
            return False
        self._solve(choices, every=True)
        return True

    def _solve(self, choices: Choices, *, nodes: int = _NODES, every: bool) -> None:
        self._tell(f"whole lots of {len(choices.options)} options")
        found = solve_whole(self._straight, choices, nodes=nodes)
        if found.lots is not None:
            self._take(found.lots)
        if every:
            # Whatever is not among the choices is no better than the best known.
            bound = -math.inf if found.impossible else found.bound
            reached = max(_whole_fen(self._problem, bound), self._worth)
            self._bound = min(self._bound, reached)

    def _take(self, lots: IntArray) -> None:
        worth = self._problem.worth(lots)
        if worth > self._worth and self._problem.rows.kept_by(lots):
            self._lots, self._worth = lots, worth


def nearness(problem: Problem, relaxed: Relaxed) -> FloatArray:
    """Return what each firm's next best choice costs in fen; broken ones come first."""
    worth = relaxed.priced
    ends = np.stack([worth.at(problem.least), worth.at(problem.most)])
    held = np.add.reduceat(
        np.where(relaxed.lots > 0, worth.at(relaxed.lots), 0.0), problem.starts
    )
    taken = np.stack([problem.least, problem.most]) == relaxed.lots
    same = problem.least == problem.most
    taken[1] |= same
    other = np.maximum.reduceat(
        np.where(taken, -np.inf, ends).max(axis=0), problem.starts
    )
    lent = np.add.reduceat(relaxed.lots, problem.starts) > 0
    other = np.where(lent, np.maximum(other, 0.0), other)
    near: FloatArray = held - other
    near[relaxed.broken] = -np.inf
    return near


def _whole_fen(problem: Problem, bound: float) -> float:
    """Cut a bound to whole fen, in which profits are; a tail's are not."""
    if problem.tail is not None or not math.isfinite(bound):
        return bound
    return math.floor(bound + 1e-3)
