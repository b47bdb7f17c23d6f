"""Books of one template are told from books that only share a season."""

import numpy as np
import pyarrow as pa
import pytest
from tests.verification.cases import case, findings
from tests.verification.network.books import AS_OF, books, sales

from xiaowei.verification.checks.templates import SHARED_TEMPLATE
from xiaowei.verification.finding import Case

CLIENTS = 10
FIRST = 500
"""Number of the first client among the firms."""


def looked_at(*more: pa.Table, seed: int = 0) -> Case:
    return case(as_of=AS_OF, invoices=pa.concat_tables([books(seed), *more]))


def called(at: Case) -> set[str]:
    found = findings(SHARED_TEMPLATE, at)
    return {firm for firm, one in found.items() if one.outcome == "differs"}


def clients(count: int, *, noise: float, common: float = 1.0) -> pa.Table:
    """Return books of clients: one weekly pattern up to scale, and some noise."""
    rng = np.random.default_rng(5)
    pattern = common * rng.normal(0, 0.8, 60)
    own = rng.normal(0, noise, (count, 60)) + rng.normal(15, 1, (count, 1))
    firm, week = np.nonzero(np.ones((count, 60)))
    net = np.exp(pattern[week] + own[firm, week])
    whom = [f"C{FIRST + f}-{w % 9}" for f, w in zip(firm, week, strict=True)]
    return sales(firm + FIRST, whom, week * 7 + rng.integers(0, 7, len(firm)), net)


def named(count: int) -> set[str]:
    return {f"F{FIRST + n}" for n in range(count)}


class TestSharedTemplate:
    @pytest.mark.parametrize("noise", [0.05, 0.2])
    def test_calls_clients_whose_weeks_follow_one_pattern(self, noise: float) -> None:
        found = called(looked_at(clients(CLIENTS, noise=noise)))

        assert named(CLIENTS) <= found
        assert len(found) <= CLIENTS + 1

    def test_shows_whom_a_client_is_like(self) -> None:
        found = findings(SHARED_TEMPLATE, looked_at(clients(CLIENTS, noise=0.1)))

        one = found[f"F{FIRST}"]
        assert sum(name in one.text.en for name in named(CLIENTS)) == 2
        assert len(one.evidence) == 5
        assert one.benign is not None

    def test_leaves_two_firms_that_move_together_alone(self) -> None:
        """A supplier and its dealer are no template."""
        assert called(looked_at(clients(2, noise=0.05))) == set()

    def test_leaves_firms_without_a_common_pattern_alone(self) -> None:
        assert called(looked_at(clients(CLIENTS, noise=0.8, common=0.0))) == set()

    def test_calls_clients_who_sell_to_the_same_new_customers(self) -> None:
        rng = np.random.default_rng(6)
        firm = np.repeat(np.arange(6), 8)
        whom = [f"NEW{n % 8}" for n in range(len(firm))]
        fresh = sales(
            firm, whom, rng.integers(0, 90, len(firm)), np.full(len(firm), 4e6)
        )

        at = looked_at(fresh)
        found = findings(SHARED_TEMPLATE, at)

        assert {f"F{n}" for n in range(6)} <= called(at)
        assert "several new customers with 5 firms (8 at most)" in found["F0"].text.en
        assert "customer" not in found["F0"].evidence[0].text.en

    def test_leaves_customers_whom_all_sell_to_alone(self) -> None:
        firm = np.repeat(np.arange(120), 4)
        whom = [f"NEW{n % 4}" for n in range(len(firm))]
        day = np.arange(len(firm)) % 90
        big = sales(firm, whom, day, np.full(len(firm), 4e6))

        assert called(looked_at(big)) == set()

    def test_calls_honest_worlds_no_more_often_than_stated(self) -> None:
        calls = [called(looked_at(seed=seed)) for seed in range(8)]

        assert sum(map(bool, calls)) <= 1
