"""What HiGHS is asked, and how it answers."""

import numpy as np
import pytest

from xiaowei.offers.candidate import Candidate, profit_of, use_of
from xiaowei.offers.solver import solve


def firms(count: int) -> list[Candidate]:
    rng = np.random.default_rng(5)
    caps = rng.integers(10, 101, count)
    profits = rng.integers(1, 25_000, count)
    uses = rng.integers(200_000, 1_000_000, count)
    return [
        Candidate(f"E{at:05d}", 10, int(caps[at]), int(profits[at]), int(uses[at]))
        for at in range(count)
    ]


class TestSolve:
    def test_gives_no_lot_or_at_least_the_fewest(self) -> None:
        lots, bound = solve(firms(50), budget_fen=300_000_000)

        assert all(n == 0 or n >= 10 for n in lots)
        assert use_of(firms(50), lots) <= 300_000_000
        assert profit_of(firms(50), lots) == bound

    def test_gives_the_same_answer_each_time(self) -> None:
        answers = [solve(firms(200), budget_fen=2_000_000_000) for _ in range(3)]

        assert answers[0] == answers[1] == answers[2]

    def test_gives_the_larger_loan_to_the_lower_id_of_equals(self) -> None:
        equals = [Candidate(name, 10, 100, 9, 1) for name in ("C", "A", "B")]

        lots, _ = solve(equals, budget_fen=105)

        assert sum(lots) == 105
        assert lots[1] >= lots[2] >= lots[0]

    def test_bounds_what_it_had_no_time_to_search(self) -> None:
        lots, bound = solve(firms(200), budget_fen=1_234_567_890, max_nodes=1)

        assert bound is not None
        assert profit_of(firms(200), lots) <= bound

    def test_leaves_standard_output_alone(
        self, capfd: pytest.CaptureFixture[str]
    ) -> None:
        solve(firms(60), budget_fen=300_000_000)

        assert capfd.readouterr() == ("", "")
