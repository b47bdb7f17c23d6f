"""The whole-number problem of a budget, put to HiGHS."""

import math
from collections.abc import Sequence
from typing import Final

import highspy
import numpy as np
from highspy._core import _Highs

from xiaowei.money import Fen
from xiaowei.offers.candidate import Candidate, use_of

MAX_NODES: Final = 5_000
"""Where HiGHS stops searching; a count, since a clock would give other answers."""

_OPTIONS: Final = {
    "output_flag": False,
    "threads": 1,
    "random_seed": 0,
    "mip_rel_gap": 0.0,
    "mip_abs_gap": 0.5,
    "mip_feasibility_tolerance": 1e-9,
}
"""Half a fen of gap is none: profits are whole fen."""

_FEN_NOISE: Final = 1e-3
"""HiGHS states its bound as a float; profits are whole fen, so it is cut to them."""


def solve(
    candidates: Sequence[Candidate], *, budget_fen: Fen, max_nodes: int = MAX_NODES
) -> tuple[list[int], Fen | None]:
    """Solve the whole-number problem with HiGHS.

    Args:
        candidates: at least one, each worth a loan that the budget can hold.
        budget_fen: what may be used.
        max_nodes: where HiGHS stops searching.

    Returns:
        Lots of each candidate, none at all where HiGHS found nothing that holds in
        whole fen; and the bound in fen that no spread exceeds, None without one.
    """
    # The public class prints a banner on stdout, where data goes, before it can be
    # told not to; this is the class it wraps.
    solver = _Highs()
    for option, value in (_OPTIONS | {"mip_max_nodes": max_nodes}).items():
        solver.setOptionValue(option, value)
    solver.passModel(_model(candidates, budget_fen))
    solver.run()
    dual = solver.getInfo().mip_dual_bound
    bound = math.floor(dual + _FEN_NOISE) if math.isfinite(dual) else None
    lots = [round(value) for value in solver.getSolution().col_value]
    if not _holds(candidates, lots, budget_fen):
        return [0] * len(candidates), bound
    return _by_id(candidates, lots), bound


def _model(candidates: Sequence[Candidate], budget_fen: Fen) -> highspy.HighsLp:
    weights = np.array([one.budget_fen for one in candidates], dtype=np.int64)
    unit = int(np.gcd.reduce(weights))
    model = highspy.HighsLp()
    model.num_col_, model.num_row_ = len(candidates), 1
    model.sense_ = highspy.ObjSense.kMaximize
    model.col_cost_ = np.array([float(one.profit_fen) for one in candidates])
    model.col_lower_ = np.array([float(one.min_lots) for one in candidates])
    model.col_upper_ = np.array([float(one.cap_lots) for one in candidates])
    model.integrality_ = [highspy.HighsVarType.kSemiInteger] * len(candidates)
    model.row_lower_ = np.zeros(1)
    model.row_upper_ = np.array([float(budget_fen // unit)])
    model.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
    model.a_matrix_.start_ = np.array([0, len(candidates)])
    model.a_matrix_.index_ = np.arange(len(candidates))
    model.a_matrix_.value_ = (weights // unit).astype(np.float64)
    return model


def _holds(candidates: Sequence[Candidate], lots: Sequence[int], budget: Fen) -> bool:
    if len(lots) != len(candidates):
        return False
    pairs = zip(candidates, lots, strict=True)
    within = all(n == 0 or one.min_lots <= n <= one.cap_lots for one, n in pairs)
    return within and use_of(candidates, lots) <= budget


def _by_id(candidates: Sequence[Candidate], lots: Sequence[int]) -> list[int]:
    """Give the larger loan to the lower id where two candidates are alike in all."""
    alike: dict[tuple[int, int, Fen, Fen], list[int]] = {}
    for at, one in enumerate(candidates):
        likeness = (one.min_lots, one.cap_lots, one.profit_fen, one.budget_fen)
        alike.setdefault(likeness, []).append(at)
    given = list(lots)
    for places in alike.values():
        amounts = sorted((lots[at] for at in places), reverse=True)
        by_id = sorted(places, key=lambda at: candidates[at].enterprise_id)
        for at, amount in zip(by_id, amounts, strict=True):
            given[at] = amount
    return given
