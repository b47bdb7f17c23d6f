"""A budget filled best first, mended, and what it leaves undecided."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from xiaowei.offers.candidate import Candidate, profit_of, use_of
from xiaowei.offers.filling import Filling, fill, mend, undecided
from xiaowei.offers.solver import solve


def firms(count: int, seed: int) -> list[Candidate]:
    rng = np.random.default_rng(seed)
    caps = rng.integers(10, 101, count)
    profits = rng.integers(1, 25_000, count)
    made = [
        Candidate(f"E{at:05d}", 10, int(caps[at]), int(profits[at]), 1)
        for at in range(count)
    ]
    return sorted(made, key=lambda one: one.order)


class TestFill:
    def test_gives_the_best_all_they_may_have(self) -> None:
        wanted = [Candidate("A", 10, 100, 9, 1), Candidate("B", 10, 100, 8, 1)]

        filling = fill(wanted, budget_fen=150)

        assert filling.lots == (100, 50)
        assert (filling.left_fen, filling.breaking) == (0, 1)
        assert filling.gap_fen == 0

    def test_has_no_break_where_the_budget_holds_all(self) -> None:
        filling = fill([Candidate("A", 10, 100, 9, 1)], budget_fen=150)

        assert (filling.breaking, filling.left_fen, filling.gap_fen) == (None, 50, 0)

    def test_passes_over_who_does_not_fit_to_who_does(self) -> None:
        wanted = [
            Candidate("A", 10, 10, 9, 1),
            Candidate("B", 10, 100, 8, 1),
            Candidate("C", 5, 100, 7, 1),
        ]

        assert fill(wanted, budget_fen=15).lots == (10, 0, 5)


class TestMend:
    def test_takes_lots_from_the_least_profitable_before(self) -> None:
        wanted = [
            Candidate("A", 10, 100, 90, 1),
            Candidate("B", 10, 12, 85, 1),
            Candidate("C", 10, 100, 80, 1),
        ]

        mended = mend(fill(wanted, budget_fen=115))

        assert mended.lots == (95, 10, 10)

    def test_leaves_what_would_earn_less(self) -> None:
        wanted = [Candidate("A", 10, 100, 900, 1), Candidate("B", 10, 100, 1, 1)]
        filling = fill(wanted, budget_fen=101)

        assert mend(filling) == filling

    @given(seed=st.integers(0, 2**32 - 1), budget=st.integers(10, 2_000))
    def test_earns_no_less_within_the_same_budget(self, seed: int, budget: int) -> None:
        wanted = firms(20, seed)
        filling = fill(wanted, budget_fen=budget)

        mended = mend(filling)

        assert mended.profit_fen >= filling.profit_fen
        assert use_of(wanted, mended.lots) + mended.left_fen == budget
        assert all(
            n == 0 or one.min_lots <= n <= one.cap_lots
            for one, n in zip(wanted, mended.lots, strict=True)
        )


class TestUndecided:
    @given(seed=st.integers(0, 2**32 - 1), budget=st.integers(10, 2_000))
    def test_leaves_out_only_who_is_settled_in_every_better_spread(
        self, seed: int, budget: int
    ) -> None:
        wanted = firms(20, seed)
        filling = mend(fill(wanted, budget_fen=budget))
        if filling.breaking is None or filling.gap_fen == 0:
            return

        lots, _ = solve(wanted, budget_fen=budget)

        open_to = set(undecided(filling))
        if profit_of(wanted, lots) > filling.profit_fen:
            for at, one in enumerate(wanted):
                kept = one.cap_lots if at < filling.breaking else 0
                assert at in open_to or lots[at] == kept

    def test_leaves_out_who_costs_a_fen_more_than_the_gap(self) -> None:
        wanted = [
            Candidate(f"E{profit}", 10, 20, profit, 1)
            for profit in (151, 150, 100, 95, 94)
        ]
        lots = (20, 20, 0, 0, 0)
        profit = profit_of(wanted, lots)

        filling = Filling(wanted, lots, left_fen=5, breaking=2, bound_fen=profit + 50)

        assert undecided(filling) == [1, 2, 3]

    def test_leaves_out_most_of_many(self) -> None:
        wanted = firms(400, 1)

        full = sum(one.cap_lots for one in wanted[:150])

        filling = mend(fill(wanted, budget_fen=full + 3))

        assert filling.gap_fen > 0
        assert 0 < len(undecided(filling)) < 60
