"""What other budgets would earn."""

from collections.abc import Mapping
from dataclasses import replace

import numpy as np
import pytest

from xiaowei.offers.demand import Churn
from xiaowei.offers.frontier import frontier
from xiaowei.offers.plan import Borrower, make_plans
from xiaowei.offers.pricing import price_table
from xiaowei.offers.terms import Meaning, Terms

LOT = 1_000_000
BUDGET = 1_003 * LOT


def borrowers() -> list[Borrower]:
    pds = np.random.default_rng(4).beta(0.6, 6, 60)
    return [
        Borrower(f"E{at:02d}", float(pd), "ABC"[at % 3], 10 + at)
        for at, pd in enumerate(pds)
    ]


class TestFrontier:
    @pytest.mark.parametrize("meaning", ["offered", "drawn"])
    def test_earns_no_less_with_more_budget(
        self, curves: Mapping[str, Churn], terms: Terms, meaning: Meaning
    ) -> None:
        table = price_table(curves, terms=replace(terms, meaning=meaning))

        points = frontier(borrowers(), table=table, budget_fen=BUDGET)

        profits = [point.profit_fen for point in points]
        assert profits == sorted(profits)
        assert len(points) == 20
        assert points[-1].budget_fen == 2_006 * LOT
        for point in points:
            used = point.offered_fen if meaning == "offered" else point.drawn_fen
            assert used <= point.budget_fen

    def test_passes_through_the_plan_of_the_budget(
        self, curves: Mapping[str, Churn], terms: Terms
    ) -> None:
        table = price_table(curves, terms=terms)
        (plan,) = make_plans(borrowers(), table=table, budgets_fen=[BUDGET])

        middle = frontier(borrowers(), table=table, budget_fen=BUDGET)[9]

        assert middle.budget_fen == BUDGET
        assert middle.profit_fen == plan.profit_fen
        assert middle.firms == plan.borrowers

    def test_gains_add_up_to_the_profit(
        self, curves: Mapping[str, Churn], terms: Terms
    ) -> None:
        table = price_table(curves, terms=terms)

        points = frontier(borrowers(), table=table, budget_fen=BUDGET)

        budgets = [0, *(point.budget_fen for point in points)]
        gained = sum(
            point.marginal * (after - before)
            for point, before, after in zip(points, budgets, budgets[1:], strict=False)
        )
        assert gained == pytest.approx(points[-1].profit_fen)

    def test_leaves_out_budgets_below_one_loan(
        self, curves: Mapping[str, Churn], terms: Terms
    ) -> None:
        table = price_table(curves, terms=terms)

        points = frontier(borrowers(), table=table, budget_fen=10 * LOT)

        assert points[0].budget_fen == 10 * LOT
        assert points[-1].budget_fen == 20 * LOT
