"""A budget is spread to the optimum, proven against HiGHS and without it."""

from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from xiaowei.offers.allocation import ONLY_FILL, Allocation, allocate
from xiaowei.offers.candidate import Candidate
from xiaowei.offers.solver import solve


@st.composite
def some(draw: st.DrawFn, *, most: int, cap: int, weights: int) -> list[Candidate]:
    size = draw(st.integers(0, most))
    made = []
    for at in range(size):
        fewest = draw(st.integers(1, 3))
        made.append(
            Candidate(
                enterprise_id=f"E{at}",
                min_lots=fewest,
                cap_lots=draw(st.integers(0, cap)),
                profit_fen=draw(st.integers(-5, 60)),
                budget_fen=draw(st.integers(weights, 10)) if weights < 10 else 10,
            )
        )
    return made


tiny_alike = some(most=5, cap=5, weights=10)
tiny_unlike = some(most=4, cap=5, weights=3)


def firms(count: int, seed: int, *, alike: bool = True) -> list[Candidate]:
    rng = np.random.default_rng(seed)
    caps = rng.integers(10, 101, count)
    profits = rng.integers(-5_000, 25_000, count)
    uses = (
        np.full(count, 1_000_000) if alike else rng.integers(200_000, 1_000_000, count)
    )
    return [
        Candidate(f"E{at:05d}", 10, int(caps[at]), int(profits[at]), int(uses[at]))
        for at in range(count)
    ]


def brute_force(candidates: list[Candidate], budget: int) -> int:
    choices = [
        [0, *range(one.min_lots, one.cap_lots + 1)]
        if one.cap_lots >= one.min_lots
        else [0]
        for one in candidates
    ]
    best = 0
    for lots in product(*choices):
        pairs = list(zip(candidates, lots, strict=True))
        if sum(one.budget_fen * n for one, n in pairs) <= budget:
            best = max(best, sum(one.profit_fen * n for one, n in pairs))
    return best


def by_dynamic_programme(candidates: list[Candidate], lots: int) -> int:
    """Solve lots of equal weight exactly, without HiGHS and without sorting."""
    best = np.zeros(lots + 1, dtype=np.int64)
    for one in candidates:
        given = best.copy()
        for n in range(one.min_lots, min(one.cap_lots, lots) + 1):
            gained = best[: lots + 1 - n] + one.profit_fen * n
            given[n:] = np.maximum(given[n:], gained)
        best = given
    return int(best.max())


def must_hold(allocation: Allocation, candidates: list[Candidate], budget: int) -> None:
    by_id = {one.enterprise_id: one for one in candidates}
    for name, lots in allocation.lots.items():
        assert by_id[name].min_lots <= lots <= by_id[name].cap_lots
        assert by_id[name].profit_fen > 0
    used = sum(by_id[name].budget_fen * n for name, n in allocation.lots.items())
    earned = sum(by_id[name].profit_fen * n for name, n in allocation.lots.items())
    assert (used, earned) == (allocation.used_fen, allocation.profit_fen)
    assert used <= budget
    assert allocation.gap_fen >= 0


class TestAllocate:
    @settings(max_examples=200, deadline=None)
    @given(candidates=tiny_alike, budget=st.integers(0, 200))
    def test_equals_trying_everything_with_equal_lots(
        self, candidates: list[Candidate], budget: int
    ) -> None:
        allocation = allocate(candidates, budget_fen=budget)

        must_hold(allocation, candidates, budget)
        assert allocation.profit_fen == brute_force(candidates, budget)
        assert allocation.gap_fen == 0

    @settings(max_examples=200, deadline=None)
    @given(candidates=tiny_unlike, budget=st.integers(0, 120))
    def test_equals_trying_everything_with_unequal_lots(
        self, candidates: list[Candidate], budget: int
    ) -> None:
        allocation = allocate(candidates, budget_fen=budget)

        must_hold(allocation, candidates, budget)
        assert allocation.profit_fen == brute_force(candidates, budget)
        assert allocation.gap_fen == 0

    @settings(max_examples=100, deadline=None)
    @given(seed=st.integers(0, 2**32 - 1), lots=st.integers(10, 2_000))
    def test_equals_highs_and_a_dynamic_programme(self, seed: int, lots: int) -> None:
        candidates = firms(40, seed)
        able = [one for one in candidates if one.profit_fen > 0]
        budget = lots * 1_000_000

        allocation = allocate(candidates, budget_fen=budget)

        given, bound = solve(able, budget_fen=budget)
        solved = sum(n * one.profit_fen for n, one in zip(given, able, strict=True))
        assert allocation.profit_fen == solved == bound
        assert allocation.profit_fen == by_dynamic_programme(candidates, lots)

    @settings(max_examples=200, deadline=None)
    @given(candidates=tiny_alike, budget=st.integers(0, 200), more=st.integers(0, 50))
    def test_earns_no_less_with_more_budget(
        self, candidates: list[Candidate], budget: int, more: int
    ) -> None:
        lower = allocate(candidates, budget_fen=budget)
        higher = allocate(candidates, budget_fen=budget + more)

        assert higher.profit_fen >= lower.profit_fen

    @settings(max_examples=200, deadline=None)
    @given(data=st.data(), candidates=tiny_unlike, budget=st.integers(0, 120))
    def test_does_not_mind_the_order_of_candidates(
        self, data: st.DataObject, candidates: list[Candidate], budget: int
    ) -> None:
        shuffled = data.draw(st.permutations(candidates))

        assert allocate(shuffled, budget_fen=budget) == allocate(
            candidates, budget_fen=budget
        )

    @pytest.mark.parametrize("lots", [10, 1_003, 5_000, 10_000, 10_007])
    def test_is_proven_best_for_all_firms_of_the_contest(self, lots: int) -> None:
        candidates = firms(425, 2020)

        allocation = allocate(candidates, budget_fen=lots * 1_000_000)

        must_hold(allocation, candidates, lots * 1_000_000)
        assert allocation.gap_fen == 0
        assert allocation.profit_fen == by_dynamic_programme(candidates, lots)

    def test_asks_highs_where_the_rest_is_less_than_a_loan(self) -> None:
        candidates = [
            Candidate("A", 10, 100, 900, 1),
            Candidate("B", 10, 100, 800, 1),
        ]

        allocation = allocate(candidates, budget_fen=105)

        assert allocation.lots == {"A": 95, "B": 10}
        assert allocation.proof == "solved"

    def test_needs_no_search_where_filling_meets_the_bound(self) -> None:
        candidates = [Candidate("A", 10, 100, 9, 1), Candidate("B", 10, 100, 8, 1)]

        allocation = allocate(candidates, budget_fen=110)

        assert allocation.lots == {"A": 100, "B": 10}
        assert allocation.proof == "filled"

    def test_gives_the_larger_loan_to_the_lower_id_of_equals(self) -> None:
        candidates = [Candidate(name, 10, 100, 9, 1) for name in ("B", "C", "A")]

        assert allocate(candidates, budget_fen=105).lots == {"A": 95, "B": 10}
        assert allocate(candidates, budget_fen=100).lots == {"A": 100}

    def test_states_the_gap_where_it_only_fills(self) -> None:
        candidates = [Candidate("A", 10, 10, 900, 1), Candidate("B", 10, 100, 800, 1)]

        filled = allocate(candidates, budget_fen=15, max_nodes=ONLY_FILL)
        solved = allocate(candidates, budget_fen=15)

        assert filled.lots == {"A": 10}
        assert (filled.proof, filled.gap_fen) == ("open", 4_000)
        assert solved.lots == {"B": 15}
        assert (solved.proof, solved.gap_fen) == ("solved", 0)

    def test_gives_nothing_to_nobody(self) -> None:
        allocation = allocate([], budget_fen=100)

        assert (allocation.lots, allocation.profit_fen) == ({}, 0)
