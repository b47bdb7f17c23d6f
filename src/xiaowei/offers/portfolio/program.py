"""Some firms of a problem as a program for HiGHS, the others as they are set.

Columns are points (an option with its lots) or parts of them; counts of the book, the
rows over counts and the tail over scenarios stand beside, so that neither a row that
is a share of the whole book nor the tail makes the matrix dense beyond these firms.
Amounts are scaled to about 1 and back.
"""

from dataclasses import dataclass, field
from typing import Any, Final

import highspy
import numpy as np
import numpy.typing as npt
from highspy._core import _Highs
from scipy import sparse

from xiaowei.offers.demand import FloatArray
from xiaowei.offers.portfolio.problem import Prices, Problem
from xiaowei.offers.pricing import IntArray

_OPTIONS: Final = {
    "output_flag": False,
    "threads": 1,
    "random_seed": 0,
    "mip_feasibility_tolerance": 1e-9,
    "primal_feasibility_tolerance": 1e-9,
    "dual_feasibility_tolerance": 1e-9,
}
DEAR: Final = 1e4
"""The highest price of a row: so many times what a loan earns for what it uses."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Columns:
    """Columns over options. Shape of all: one per column.

    Args:
        option: whose.
        lots: that a unit adds.
        lent: whether a unit means that the firm is lent to: 1 or 0.
        upper: most of it.
        whole: whether it must be a whole number.
    """

    option: IntArray
    lots: IntArray
    lent: IntArray
    upper: FloatArray
    whole: npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True, kw_only=True)
class Own:
    """Rows over the columns alone, such as at most one option of a firm.

    Args:
        matrix: Shape: rows by columns.
        lower: Shape: one per row.
        upper: Shape: one per row.
    """

    matrix: sparse.csc_array
    lower: FloatArray
    upper: FloatArray


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """What stands beside the columns.

    Args:
        lots: of the options that are set. Shape: one per option.
        share: of every bound that the program has; below 1 for a sample of firms.
        box: lowest and highest price of every row in fen per unit, at which it may be
            tightened and broken; null where it may not.
        scenarios: that are looked at; the others are taken to be no worse. Shape: one
            place per scenario.
        barren: whether profit counts for nothing, only what rows are broken by.
    """

    lots: IntArray
    share: float = 1.0
    box: tuple[FloatArray, FloatArray] | None = None
    scenarios: IntArray = field(default_factory=lambda: np.zeros(0, dtype=np.int64))
    barren: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Solved:
    """What HiGHS found.

    Args:
        values: of the columns; empty where it found none.
        prices: of rows and scenarios; of no meaning with whole columns.
        beyond: by how much rows are broken, scaled; 0 where nothing is elastic.
        edge: fen that scenarios of the tail stay below; minus infinity without any.
        bound: fen that no better solution exceeds, those set left out; infinite
            where not known.
        impossible: proven that there is none.
    """

    values: FloatArray
    prices: Prices
    beyond: float
    edge: float
    bound: float
    impossible: bool


def solve_program(
    problem: Problem,
    columns: Columns,
    own: Own,
    setting: Setting,
    *,
    options: dict[str, float],
) -> Solved:
    """Put a program to HiGHS.

    Args:
        problem: whole.
        columns: what is open.
        own: rows of the columns alone.
        setting: what is set, and how.
        options: of HiGHS, such as `mip_max_nodes`.
    """
    made = _Program(problem, columns, own, setting)
    # The public class prints a banner on stdout, where data goes, before it can be
    # told not to; this is the class it wraps.
    solver = _Highs()
    for option, value in (_OPTIONS | options).items():
        solver.setOptionValue(option, value)
    solver.passModel(made.model())
    solver.run()
    return made.solved(solver)


class _Program:
    """The matrix: own rows, counts, rows over counts, scenarios, in this order."""

    def __init__(
        self, problem: Problem, columns: Columns, own: Own, setting: Setting
    ) -> None:
        rows = problem.rows
        self._problem, self._columns, self._own = problem, columns, own
        self._setting = setting
        lots = sparse.diags_array(columns.lots.astype(np.float64))
        lent = sparse.diags_array(columns.lent.astype(np.float64))
        at = columns.option
        self._adds = sparse.csr_array(
            rows.per_lot[:, at] @ lots + rows.per_firm[:, at] @ lent
        )
        self._scale = np.maximum(_largest(abs(self._adds)), 1.0)
        self._member = np.array([one.member for one in rows.rows], dtype=np.int64)
        self._earns = problem.profit_fen[at] * columns.lots.astype(np.float64)
        self._money = max(float(np.abs(self._earns).max(initial=0.0)), 1.0)
        self._fixed = rows.counts(setting.lots) * 1.0
        self._scenarios = len(setting.scenarios)

    def model(self) -> highspy.HighsLp:
        """Return it as HiGHS takes it; what is greatest is minus what it minimises."""
        matrix, (low, high) = self._matrix(), self._row_bounds()
        cost, lower, upper = self._column_bounds()
        model = highspy.HighsLp()
        model.num_row_, model.num_col_ = matrix.shape
        model.col_cost_, model.col_lower_, model.col_upper_ = cost, lower, upper
        model.row_lower_, model.row_upper_ = low, high
        model.a_matrix_.format_ = highspy.MatrixFormat.kColwise
        model.a_matrix_.start_ = matrix.indptr
        model.a_matrix_.index_ = matrix.indices
        model.a_matrix_.value_ = matrix.data
        if self._columns.whole.any():
            kinds = highspy.HighsVarType
            whole = np.zeros(matrix.shape[1], dtype=np.bool_)
            whole[: len(self._columns.whole)] = self._columns.whole
            model.integrality_ = [
                kinds.kInteger if one else kinds.kContinuous for one in whole
            ]
        return model

    def solved(self, solver: _Highs) -> Solved:
        """Return what was found, in fen."""
        found, status = solver.getSolution(), solver.getModelStatus()
        count, rows = len(self._columns.option), len(self._member)
        values = np.array(found.col_value)[:count] if found.value_valid else np.zeros(0)
        bad = np.array(found.col_value)[self._slack] if found.value_valid else 0.0
        duals = np.array(found.row_dual) if found.dual_valid else None
        info = solver.getInfo()
        bound = -info.mip_dual_bound * self._money if self._columns.whole.any() else 0.0
        return Solved(
            values=values,
            prices=self._prices(duals, rows),
            beyond=float(np.sum(bad)),
            edge=self._edge(np.array(found.col_value)),
            bound=bound if np.isfinite(bound) else np.inf,
            impossible=status == highspy.HighsModelStatus.kInfeasible,
        )

    def _edge(self, values: FloatArray) -> float:
        if not self._scenarios or not len(values):
            return -np.inf
        return float(values[-self._scenarios - 1]) * self._money

    @property
    def _slack(self) -> slice:
        start = len(self._columns.option) + self._adds.shape[0]
        count = 2 * len(self._member) if self._setting.box is not None else 0
        return slice(start, start + count)

    def _matrix(self) -> sparse.csc_array:
        counts, rows = self._adds.shape[0], len(self._member)
        by = sparse.diags_array(1 / self._scale)
        mix = sparse.diags_array(1 / self._scale[self._member]) @ (
            self._problem.rows.mix @ sparse.diags_array(self._scale)
        )
        eye = sparse.eye_array(rows)
        slack = sparse.hstack([eye, -eye]) if self._setting.box is not None else None
        blocks: list[list[Any]] = [
            [self._own.matrix, None, None, None],
            [by @ self._adds, -sparse.eye_array(counts), None, None],
            [None, mix, slack, None],
            [None, None, None, None],
        ]
        if self._scenarios:
            profits = self._profits()
            ones = sparse.csr_array(np.ones((self._scenarios, 1)))
            blocks[3][0] = sparse.csr_array(profits / self._money)
            blocks[3][3] = sparse.hstack([-ones, sparse.eye_array(self._scenarios)])
        return _stacked(blocks)

    def _profits(self) -> FloatArray:
        tail = self._problem.tail
        assert tail is not None  # noqa: S101 - asked for with scenarios only
        each: FloatArray = (
            tail.profits(self._columns.option, self._setting.scenarios).T
            * self._columns.lots
        )
        return each

    def _row_bounds(self) -> tuple[FloatArray, FloatArray]:
        lower, upper = self._problem.rows.bounds
        scale, share = self._scale[self._member], self._setting.share
        fixed = -self._fixed / self._scale
        low = [self._own.lower, fixed, share * lower / scale]
        high = [self._own.upper, fixed, share * upper / scale]
        if self._scenarios and self._problem.tail is not None:
            earned = self._problem.tail.of_book(self._setting.lots)
            earned = earned[self._setting.scenarios]
            low.append(-earned / self._money)
            high.append(np.full(self._scenarios, np.inf))
        return np.concatenate(low), np.concatenate(high)

    def _column_bounds(self) -> tuple[FloatArray, FloatArray, FloatArray]:
        counts = self._adds.shape[0]
        weight, barren = self._problem.tail_weight, self._setting.barren
        slack = self._slack_cost()
        slacks = len(slack)
        earns = self._earns * (0.0 if barren else (1 - weight) / self._money)
        cost = [-earns, np.zeros(counts), slack]
        lower = [np.zeros(len(earns)), np.full(counts, -np.inf), np.zeros(slacks)]
        upper = [self._columns.upper, np.full(counts, np.inf), np.full(slacks, np.inf)]
        if self._scenarios and self._problem.tail is not None:
            part = 0.0 if barren else weight
            each = self._problem.tail.most
            cost += [np.array([-part]), np.full(self._scenarios, part * each)]
            lower += [np.array([-np.inf]), np.zeros(self._scenarios)]
            upper += [np.array([np.inf]), np.full(self._scenarios, np.inf)]
        return np.concatenate(cost), np.concatenate(lower), np.concatenate(upper)

    def _slack_cost(self) -> FloatArray:
        """Cost of a unit short of a row, then beyond it, scaled."""
        if self._setting.box is None:
            return np.zeros(0)
        dear = 1.0 if self._setting.barren else DEAR
        by = self._scale[self._member] / (1.0 if self._setting.barren else self._money)
        low, high = (np.clip(one * by, -dear, dear) for one in self._setting.box)
        return np.concatenate([-low, high])

    def _prices(self, duals: FloatArray | None, rows: int) -> Prices:
        tail = self._problem.tail
        count = 0 if tail is None else tail.spread.scenarios
        even = np.full(count, 1 / max(count, 1))
        if duals is None:
            return Prices(np.zeros(rows), even)
        start = self._own.matrix.shape[0] + self._adds.shape[0]
        money = 1.0 if self._setting.barren else self._money
        scaled = -duals[start : start + rows] * money / self._scale[self._member]
        lower, upper = self._problem.rows.bounds
        scaled = np.where(np.isinf(upper), np.minimum(scaled, 0.0), scaled)
        scaled = np.where(np.isinf(lower), np.maximum(scaled, 0.0), scaled)
        weights = np.zeros(count)
        weights[self._setting.scenarios] = np.maximum(duals[start + rows :], 0.0)
        whole = weights.sum()
        return Prices(scaled, weights / whole if whole > 0 else even)


def _largest(matrix: sparse.csr_array) -> FloatArray:
    if not matrix.shape[1] or not matrix.shape[0]:
        return np.zeros(matrix.shape[0])
    return np.asarray(matrix.max(axis=1).todense(), dtype=np.float64).ravel()


def _stacked(blocks: list[list[Any]]) -> sparse.csc_array:
    """Stack blocks, leaving out rows and columns of blocks that hold nothing."""
    kept = [row for row in blocks if any(one is not None for one in row)]
    wide = [
        at
        for at in range(len(kept[0]))
        if any(row[at] is not None and row[at].shape[1] for row in kept)
    ]
    return sparse.csc_array(
        sparse.block_array([[row[at] for at in wide] for row in kept], format="csc")
    )
