"""Prices found over few firms at a time are those of the whole problem."""

import numpy as np
import pytest
from scipy import sparse
from scipy.optimize import linprog
from tests.offers.portfolio.asking import limit, option, options
from tests.offers.portfolio.drawn import LIMITS, drawn_rows

from xiaowei.offers.portfolio.limits import Limit
from xiaowei.offers.portfolio.options import Options
from xiaowei.offers.portfolio.problem import Prices, Problem, priced
from xiaowei.offers.portfolio.relaxed import relax
from xiaowei.offers.portfolio.rows import rows_of
from xiaowei.offers.portfolio.views import View, problem_of


def problem(one: Options, limits: list[Limit]) -> Problem:
    return problem_of(one, rows_of(one, limits), View())


def by_linprog(one: Problem) -> float:
    """Return the optimum of the whole linear program over both ends of all options."""
    count = len(one.firm)
    lots = np.concatenate([one.least, one.most]).astype(float)
    firm = sparse.csr_array(
        (np.ones(2 * count), (np.tile(one.firm, 2), np.arange(2 * count)))
    )
    rows, by = one.rows, sparse.diags_array(lots)
    lot, lent = (sparse.hstack([each, each]) for each in (rows.per_lot, rows.per_firm))
    held = rows.mix @ (lot @ by + lent)
    lower, upper = rows.bounds
    above, below = np.isfinite(upper), np.isfinite(lower)
    found = linprog(
        -np.tile(one.profit_fen, 2) * lots / 1e6,
        A_ub=sparse.vstack([firm, held[above], -held[below]]),
        b_ub=np.concatenate([np.ones(one.firms), upper[above], -lower[below]]),
    )
    assert found.status == 0
    assert found.fun is not None
    return -found.fun * 1e6


class TestRelax:
    @pytest.mark.parametrize("firms", [50, 2_500])
    def test_bounds_the_book_by_the_optimum_of_the_whole_linear_program(
        self, firms: int
    ) -> None:
        one = problem(options(*drawn_rows(firms)), LIMITS(firms))

        found = relax(one, tell=lambda _: None)

        assert found.beyond < 1e-7
        assert found.priced.bound == pytest.approx(by_linprog(one), rel=1e-7)

    def test_breaks_few_firms(self) -> None:
        one = problem(options(*drawn_rows(300)), LIMITS(300))

        found = relax(one, tell=lambda _: None)

        # A corner of the program has no more broken firms than tight rows.
        assert len(found.broken) <= len(one.rows.rows)

    def test_says_what_it_does(self) -> None:
        told: list[str] = []

        relax(problem(options(*drawn_rows(30)), LIMITS(30)), tell=told.append)

        assert told == ["30 firms, 30 open"]


class TestPriced:
    @pytest.mark.parametrize("price", [0.0, 0.01, 0.3, 5.0])
    def test_bounds_every_book_at_any_price(self, price: float) -> None:
        one = problem(options(option(), option(enterprise_id="E2")), [limit(most=20)])
        best = 10

        bound = priced(one, Prices(np.array([price]), np.zeros(0))).bound

        assert bound >= best
