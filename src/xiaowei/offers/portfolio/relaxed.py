"""The problem in parts of lots, at 100,000 firms: the best prices of the rows.

Few firms are at the margin. Prices from a sample of firms tell which ends (an option
with its fewest or most lots) are worth far less to a firm than its best one; only the
others are put into the linear program, and a firm with one of them is set to it.
Where the new prices would have a firm choose an end that was left out, it is opened,
and so on until none would: then no firm is worth more otherwise, which proves the
optimum of the whole. Samples of 1,000 and 10,000 firms come before all firms.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from itertools import count
from typing import Final, TypeAlias

import numpy as np
import numpy.typing as npt
from scipy import sparse

from xiaowei.offers.demand import FloatArray
from xiaowei.offers.portfolio.problem import Priced, Prices, Problem, priced
from xiaowei.offers.portfolio.program import (
    Columns,
    Own,
    Setting,
    Solved,
    solve_program,
)
from xiaowei.offers.pricing import IntArray

Tell: TypeAlias = Callable[[str], None]
"""Is told, in a word or two, what is done next."""

Bools: TypeAlias = npt.NDArray[np.bool_]

_SAMPLES: Final = (1_000, 10_000)
_OPEN_FIRMS: Final = 2_000
_NEAR: Final = 0.002
_REACH: Final = 0.01
_MOVES: Final = 4
_MANY_MOVES: Final = 12
_TAILS: Final = 2
_SAMPLE_TURNS: Final = 6
_WIDER: Final = 3.0
_FARTHEST: Final = 10.0
_SURE: Final = 1e-9
_WHOLE: Final = 1e-7


@dataclass(frozen=True, slots=True, kw_only=True)
class Relaxed:
    """The optimum in parts of lots.

    Args:
        prices: of rows and scenarios.
        priced: what options are worth at them, and the bound.
        lots: of firms that get whole lots. Shape: one per option.
        broken: firms that do not, or for which another choice is worth as much.
        beyond: by how much rows had to be broken, scaled; 0 where they hold.
    """

    prices: Prices
    priced: Priced
    lots: IntArray
    broken: IntArray
    beyond: float


def relax(problem: Problem, *, tell: Tell, barren: bool = False) -> Relaxed:
    """Return the best prices, and what firms choose at them.

    Args:
        problem: what is to be solved.
        tell: is told of progress.
        barren: leave profit out and break the rows as little as can be.
    """
    prices = None
    for size in (*_SAMPLES, problem.firms):
        step = problem.firms // size
        if step > 1 or size == problem.firms:
            stage = _Stage(problem, step=step, barren=barren)
            found = stage.solve(prices, tell=tell)
            prices = found.prices
    return found


class _Stage:
    """Every so many firms, as if they stood for all; at step 1 all firms."""

    def __init__(self, problem: Problem, *, step: int, barren: bool) -> None:
        self._problem, self._barren = problem, barren
        self._priceable = _barren(problem) if barren else problem
        self._share = 1 / step
        self._scenarios = _worst(self._priceable)
        self._in = np.zeros(problem.firms, dtype=np.bool_)
        self._in[::step] = True
        self._among = self._in[problem.firm]
        # Shape: ends (fewest lots, most lots) by options.
        self._lots = np.stack([problem.least, problem.most])
        self._there = np.stack(
            [self._among, self._among & (problem.most > problem.least)]
        )

    def solve(self, prices: Prices | None, *, tell: Tell) -> Relaxed:
        """Return the optimum of the stage; only that of all firms is proven.

        Prices may move within a box about those known so far, as few open firms alone
        would drive them far off. Where one ends at its edge the box is moved.
        """
        problem = self._problem
        ends, lots = self._begin(prices)
        # Without profit no price exceeds what a row is scaled by: no box is needed.
        reach = np.inf if prices is None or self._barren else _REACH
        moves = 0
        for turn in count(1):
            firms = np.unique(problem.firm[ends.any(axis=0)])
            tell(f"{self._in.sum()} firms, {len(firms)} open")
            lots = np.where(opened(problem, firms), 0, lots)
            setting = Setting(
                lots=lots,
                share=self._share,
                box=self._box(prices, reach),
                scenarios=self._scenarios,
                barren=self._barren,
            )
            found, columns = self._with_tail(ends, firms, setting)
            now = priced(self._priceable, found.prices)
            wrong = self._wrong(now, lots, ends, firms)
            done = not (len(wrong) or self._edged(found, reach))
            if done or (self._share < 1 and turn == _SAMPLE_TURNS):
                return _relaxed(problem, found, columns, now, lots)
            if len(wrong):
                wanted = (self._regrets(now) <= _NEAR) | (lots == self._lots)
                more = ends | (wanted & opened(problem, wrong) & self._there)
                if (more == ends).all():
                    # Only rounding tells them apart; the bound holds at any prices.
                    return _relaxed(problem, found, columns, now, lots)
                ends = more
            else:
                prices = found.prices
                reach = self._reach(reach, moves := moves + 1)
                ends, lots = self._begin(prices)
        raise AssertionError

    @staticmethod
    def _reach(reach: float, moves: int) -> float:
        """Return how far prices may move next: farther after every few moves."""
        often = moves % _MOVES == 0 or moves > _MANY_MOVES
        wider = reach * (_WIDER if often else 1.0)
        return wider if wider < _FARTHEST else np.inf

    def _box(
        self, prices: Prices | None, reach: float
    ) -> tuple[FloatArray, FloatArray]:
        lower, upper = self._problem.rows.bounds
        about = np.zeros(len(lower)) if prices is None else prices.rows
        by = np.full(len(lower), np.inf)
        if prices is not None and np.isfinite(reach):
            unit = self._problem.rows.units
            usual = float(np.abs(about * unit).max(initial=0.0))
            by = reach * np.maximum(usual, 1.0) / unit
        low = np.where(np.isinf(lower), np.maximum(about - by, 0.0), about - by)
        high = np.where(np.isinf(upper), np.minimum(about + by, 0.0), about + by)
        return np.minimum(low, high), np.maximum(low, high)

    @staticmethod
    def _edged(found: Solved, reach: float) -> bool:
        """Tell whether a price is held by its box, so that a row is not kept."""
        return bool(np.isfinite(reach)) and found.beyond > _SURE

    def _begin(self, prices: Prices | None) -> tuple[Bools, IntArray]:
        """Return the ends that are open at first, and lots of firms that are set."""
        problem = self._problem
        if prices is None:
            return self._there.copy(), np.zeros(len(problem.firm), dtype=np.int64)
        worth = priced(self._priceable, prices)
        regrets = np.where(self._there, self._regrets(worth), np.inf)
        second = self._second(regrets, worth)
        most = min(_OPEN_FIRMS, problem.firms) - 1
        near = np.partition(second, most)[most]
        ends = (regrets <= _WIDER * near) & (second <= near)[problem.firm]
        lots = np.where(self._among, best_lots(problem, worth), 0)
        return ends, lots

    def _second(self, regrets: FloatArray, worth: Priced) -> FloatArray:
        """Return what each firm's next best choice is worth less, over its stake."""
        starts = self._problem.starts
        low, high = regrets.min(axis=0), regrets.max(axis=0)
        first = np.minimum.reduceat(low, starts)
        again = np.where(low > first[self._problem.firm], low, high)
        second = np.minimum.reduceat(again, starts)
        nothing = worth.best / self._stakes
        found = np.where(nothing > 0, np.minimum(second, nothing), first)
        return np.where(self._in, found, np.inf)

    @property
    def _stakes(self) -> FloatArray:
        problem = self._priceable
        stake = np.abs(problem.profit_fen * problem.most.astype(np.float64))
        return np.maximum(np.maximum.reduceat(stake, problem.starts), 1.0)

    def _regrets(self, worth: Priced) -> FloatArray:
        """Return what each end is worth less than the best, over what is at stake."""
        firm = self._problem.firm
        regrets: FloatArray = worth.best[firm] - worth.at(self._lots)
        return regrets / self._stakes[firm]

    def _wrong(
        self, now: Priced, lots: IntArray, ends: Bools, firms: IntArray
    ) -> IntArray:
        """Return firms that would choose an end that was left out."""
        problem = self._problem
        held = np.add.reduceat(np.where(lots > 0, now.at(lots), 0.0), problem.starts)
        inside = np.where(ends, now.at(self._lots), 0.0).max(axis=0)
        inside = np.maximum.reduceat(inside, problem.starts)
        held[firms] = np.maximum(inside[firms], 0.0)
        wrong = now.best - held > _SURE * np.maximum(self._stakes, 1.0)
        return np.flatnonzero(wrong & self._in)

    def _with_tail(
        self, ends: Bools, firms: IntArray, setting: Setting
    ) -> tuple[Solved, Columns]:
        """Solve with the scenarios that matter, adding those that turn out to."""
        tail = self._priceable.tail
        while True:
            found, columns = self._linear(ends, firms, setting)
            if tail is None:
                return found, columns
            lots = setting.lots.astype(np.float64)
            np.add.at(lots, columns.option, found.values * columns.lots)
            slack = tail.of_book(lots) - found.edge
            worse = np.flatnonzero(slack < -_SURE * max(abs(found.edge), 1.0))
            if not len(np.setdiff1d(worse, self._scenarios)):
                return found, columns
            self._scenarios = np.union1d(self._scenarios, worse)
            setting = replace(setting, scenarios=self._scenarios)

    def _linear(
        self, ends: Bools, firms: IntArray, setting: Setting
    ) -> tuple[Solved, Columns]:
        """Solve the linear program over ends of firms."""
        side, option = np.nonzero(ends)
        ends_open = len(option)
        columns = Columns(
            option=option,
            lots=self._lots[side, option],
            lent=np.ones(ends_open, dtype=np.int64),
            upper=np.full(ends_open, np.inf),
            whole=np.zeros(ends_open, dtype=np.bool_),
        )
        at = np.searchsorted(firms, self._problem.firm[option])
        ones = np.ones(ends_open), (at, np.arange(ends_open))
        own = Own(
            matrix=sparse.csc_array(ones, shape=(len(firms), ends_open)),
            lower=np.full(len(firms), -np.inf),
            upper=np.ones(len(firms)),
        )
        found = solve_program(self._problem, columns, own, setting, options={})
        return found, columns


def _worst(problem: Problem) -> IntArray:
    """Return scenarios in which firms are likeliest to default, more than the tail."""
    if problem.tail is None:
        return np.zeros(0, dtype=np.int64)
    bad = problem.tail.shifts.mean(axis=0)
    few = min(int(_TAILS / problem.tail.most) + 1, len(bad))
    return np.sort(np.argsort(-bad, kind="stable")[:few])


def opened(problem: Problem, firms: IntArray) -> Bools:
    """Tell which options belong to some firms."""
    belongs = np.zeros(problem.firms, dtype=np.bool_)
    belongs[firms] = True
    return belongs[problem.firm]


def best_lots(problem: Problem, worth: Priced) -> IntArray:
    """Return what each firm chooses at prices: the first of what is worth most."""
    low, high = worth.at(problem.least), worth.at(problem.most)
    ends = np.maximum(low, high)
    lots = np.where(high >= low, problem.most, problem.least)
    chosen = (ends >= worth.best[problem.firm]) & (ends > 0)
    # Of several worth the same the first is taken.
    at = np.flatnonzero(chosen)
    at = (
        at[np.r_[True, problem.firm[at][1:] != problem.firm[at][:-1]]]
        if len(at)
        else at
    )
    taken = np.zeros(len(lots), dtype=np.int64)
    taken[at] = lots[at]
    return taken


def _barren(problem: Problem) -> Problem:
    return Problem(
        firm=problem.firm,
        starts=problem.starts,
        least=problem.least,
        most=problem.most,
        profit_fen=np.zeros_like(problem.profit_fen),
        rows=problem.rows,
    )


def _relaxed(
    problem: Problem, found: Solved, columns: Columns, now: Priced, lots: IntArray
) -> Relaxed:
    whole = found.values > 1 - _WHOLE
    parts = (found.values > _WHOLE) & ~whole
    lots = lots.copy()
    lots[columns.option[whole]] = columns.lots[whole]
    broken = np.unique(problem.firm[columns.option[parts]])
    lots[opened(problem, broken)] = 0
    return Relaxed(
        prices=found.prices,
        priced=now,
        lots=lots,
        broken=broken,
        beyond=found.beyond,
    )
