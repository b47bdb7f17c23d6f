"""Which limits cannot hold together, when no book keeps all of them."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from itertools import combinations
from typing import Final

import numpy as np

from xiaowei.errors import ConflictError
from xiaowei.offers.portfolio.choosing import BROKEN
from xiaowei.offers.portfolio.limits import Limit
from xiaowei.offers.portfolio.options import Options
from xiaowei.offers.portfolio.problem import Problem
from xiaowei.offers.portfolio.relaxed import relax
from xiaowei.offers.portfolio.rows import rows_of
from xiaowei.offers.portfolio.views import View, problem_of
from xiaowei.offers.portfolio.whole import free_choices, solve_whole

_FEW_FIRMS: Final = 2_000
_TRIALS: Final = 200
_NODES: Final = 5_000
_PRICE: Final = 1e-9


class ContradictionError(ConflictError):
    """No book keeps all limits."""

    def __init__(self, limits: Sequence[Limit], *, whole: bool) -> None:
        """Name those that contradict each other.

        Args:
            limits: without any one of them the others can be kept.
            whole: whether they could be kept in parts of lots.
        """
        named = ", ".join(f"'{one.code}' ({one.title.en})" for one in limits)
        in_lots = " in whole lots" if whole else ""
        super().__init__(
            f"no book keeps these limits together{in_lots}: {named}"
            if len(limits) > 1
            else f"no book keeps the limit {named}{in_lots}",
            expected="limits that some book keeps",
            remedy="Loosen one of them, or offer more options",
        )
        self.limits = tuple(limits)


class NoBookError(ConflictError):
    """Limits hold in parts of lots, and no book in whole lots was found."""

    def __init__(self) -> None:
        """Say so."""
        super().__init__(
            "the limits can be kept in parts of lots, but no book in whole lots was "
            "found that keeps them",
            expected="room for whole lots between what is asked at least and allowed "
            "at most",
            remedy="Loosen a limit that asks for a least, or make lots smaller",
        )


def contradiction(options: Options, limits: Sequence[Limit]) -> tuple[Limit, ...]:
    """Return the smallest set of limits that no book keeps together.

    Priced without profit, only limits that contradict each other have a price; of
    these each is left out in turn for which the others still contradict. What is left
    contradicts, and no part of it does. For few firms smaller sets of all limits are
    tried as well.

    Args:
        options: of all firms.
        limits: each code once.

    Returns:
        Limits; none where all can be kept in parts of lots.
    """
    found = relax(_problem(options, limits), tell=_silent, barren=True)
    if found.beyond <= BROKEN:
        return ()
    rows = rows_of(options, limits).rows
    priced = {
        row.limit.code
        for row, price, unit in zip(
            rows,
            found.prices.rows,
            rows_of(options, limits).units,
            strict=True,
        )
        if abs(price) * unit > _PRICE
    }
    involved = [one for one in limits if one.code in priced]
    left = _filtered(options, involved if _broken(options, involved) else list(limits))
    return _smaller(options, limits, len(left), _broken) or tuple(left)


def contradiction_in_lots(
    options: Options, limits: Sequence[Limit]
) -> tuple[Limit, ...]:
    """Return limits that hold in parts of lots and not in whole ones, for few firms.

    Args:
        options: of all firms.
        limits: each code once.

    Returns:
        Limits of which none can be left out; none where it cannot be told.
    """
    if len(options.firms) > _FEW_FIRMS or not _broken_in_lots(options, limits):
        return ()
    left = list(limits)
    for one in limits:
        rest = [other for other in left if other.code != one.code]
        if _broken_in_lots(options, rest):
            left = rest
    return _smaller(options, limits, len(left), _broken_in_lots) or tuple(left)


def _filtered(options: Options, limits: list[Limit]) -> list[Limit]:
    left = limits
    for one in limits:
        rest = [other for other in left if other.code != one.code]
        if rest and _broken(options, rest):
            left = rest
    return left


def _smaller(
    options: Options,
    limits: Sequence[Limit],
    size: int,
    broken: Callable[[Options, Sequence[Limit]], bool],
) -> tuple[Limit, ...]:
    if len(options.firms) > _FEW_FIRMS:
        return ()
    trials = 0
    for few in range(1, size):
        for some in combinations(limits, few):
            trials += 1
            if trials > _TRIALS:
                return ()
            if broken(options, some):
                return some
    return ()


def _problem(options: Options, limits: Sequence[Limit]) -> Problem:
    problem = problem_of(options, rows_of(options, limits), View())
    return replace(problem, profit_fen=np.zeros_like(problem.profit_fen))


def _broken(options: Options, limits: Sequence[Limit]) -> bool:
    """Tell whether limits cannot be kept even in parts of lots."""
    if not any(one.least is not None or one.least_share is not None for one in limits):
        return False
    problem = _problem(options, limits)
    return relax(problem, tell=_silent, barren=True).beyond > BROKEN


def _broken_in_lots(options: Options, limits: Sequence[Limit]) -> bool:
    problem = _problem(options, limits)
    none = np.zeros(options.count, dtype=np.int64)
    every = free_choices(problem, none, np.arange(problem.firms))
    return solve_whole(problem, every, nodes=_NODES).impossible


def _silent(told: str) -> None:
    """Tell nobody."""
