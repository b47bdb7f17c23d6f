"""With which PDs a book is chosen: the stated ones, upper ones, or a tail of many.

All three know less to be worse: an upper PD rises with the width of what is not known,
and scenarios spread with it.
"""

from dataclasses import dataclass, field
from typing import Final, Literal, TypeAlias

import numpy as np
from scipy.special import expit, logit, ndtri

from xiaowei.errors import InputError
from xiaowei.offers.demand import FloatArray
from xiaowei.offers.portfolio.options import Options
from xiaowei.offers.portfolio.problem import Problem
from xiaowei.offers.portfolio.rows import Rows
from xiaowei.offers.portfolio.tail import Spread, tail_of, widths_of
from xiaowei.said import Said

Rule: TypeAlias = Literal["expected", "upper", "cvar"]

RULES: Final[dict[Rule, Said]] = {
    "expected": Said("按给定违约概率", "by the stated PD"),
    "upper": Said("按违约概率上分位数", "by an upper quantile of the PD"),
    "cvar": Said("按利润的条件风险价值（CVaR）", "by CVaR of profit"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """With which PDs a book is chosen.

    Args:
        rule: which.
        quantile: of the PD under `upper`, 0.5 to below 1.
        width: standard deviation of the logit of a PD of which none is stated, at
            least 0.
        spread: of the scenarios under `cvar`.
        seed: of the scenarios.

    Raises:
        ViewError: a number lies outside its range.
    """

    rule: Rule = "expected"
    quantile: float = 0.9
    width: float = 0.5
    spread: Spread = field(default_factory=Spread)
    seed: int = 0

    def __post_init__(self) -> None:
        """Refuse a rule that would be generous to those least known."""
        if not 0.5 <= self.quantile < 1 or not self.width >= 0:  # noqa: PLR2004
            raise ViewError(self.quantile, self.width)


class ViewError(InputError):
    """A quantile or a width has no meaning here."""

    def __init__(self, quantile: float, width: float) -> None:
        """Name both."""
        super().__init__(
            f"quantile {quantile}, width {width} of PDs cannot be used",
            expected="a quantile of 0.5 to below 1 and a width of at least 0",
            remedy="Correct these numbers under 'robust'",
        )


def upper_pds(options: Options, view: View) -> FloatArray:
    """Return the upper PD of every option: the stated one, else by its width.

    Args:
        options: with `pd_high` and `width` where known.
        view: quantile, and the width where none is stated.
    """
    known = np.clip(options.pd, 1e-12, 1 - 1e-12)
    shift = ndtri(view.quantile) * widths_of(options, width=view.width)
    by_width = np.maximum(expit(logit(known) + shift), options.pd)
    return np.where(np.isnan(options.pd_high), by_width, options.pd_high)


def problem_of(options: Options, rows: Rows, view: View) -> Problem:
    """Return what is to be solved under a view of the PDs.

    Args:
        options: of all firms.
        rows: of the limits over them.
        view: of their PDs.
    """
    pds = upper_pds(options, view) if view.rule == "upper" else options.pd
    tail = (
        tail_of(
            options,
            view.spread,
            width=view.width,
            rng=np.random.default_rng(view.seed),
        )
        if view.rule == "cvar"
        else None
    )
    return Problem(
        firm=options.firm,
        starts=options.starts,
        least=options.least_lots,
        most=options.most_lots,
        profit_fen=options.profit_fen(pds),
        rows=rows,
        tail=tail,
    )
