"""The search for circles beside one that tries every chain."""

from itertools import permutations, product

import numpy as np
import pytest

from xiaowei.verification.network.circles import (
    NONE,
    Circles,
    Terms,
    circles,
    month_of,
)
from xiaowei.verification.network.trade import Legs

JANUARY = 17_897
"""2019-01-01, in days since 1970."""


def legs_of(*rows: tuple[int, int, int, float], tax: float = 0.13) -> Legs:
    """Legs as (seller, buyer, day, net)."""
    order = sorted(rows, key=lambda row: (row[0], row[2], row[1]))
    seller, buyer, day, net = (np.array(column) for column in zip(*order, strict=True))
    firms = tuple(f"F{n:02d}" for n in range(int(max(seller.max(), buyer.max())) + 1))
    fen = net.astype(np.float64)
    return Legs(firms, seller, buyer, day + JANUARY, fen, fen * tax)


def members(found: Circles) -> list[list[int]]:
    return [[one for one in row if one != NONE] for row in found.members.tolist()]


RING = [(0, 1, 2, 100.0), (1, 2, 7, 95.0), (2, 3, 12, 90.0), (3, 0, 17, 86.0)]


class TestCircles:
    @pytest.mark.parametrize("length", range(2, 7))
    def test_of_each_length_are_found_in_order(self, length: int) -> None:
        order = [3, 0, 5, 1, 4, 2][:length]
        rows = [
            (order[n], order[(n + 1) % length], 3 * n, 100 * 0.95**n)
            for n in range(length)
        ]

        found = circles(legs_of(*rows))

        at = order.index(min(order))
        assert members(found) == [order[at:] + order[:at]]

    def test_whose_legs_run_backwards_in_time_are_none(self) -> None:
        back = [(s, b, 20 - day, net) for s, b, day, net in RING]

        assert len(circles(legs_of(*RING))) == 1
        assert len(circles(legs_of(*back))) == 0

    def test_that_lose_their_value_are_none(self) -> None:
        lost = [*RING[:2], (2, 3, 12, 40.0), (3, 0, 17, 38.0)]

        assert len(circles(legs_of(*lost))) == 0

    def test_that_gain_value_are_none(self) -> None:
        gained = [*RING[:3], (3, 0, 17, 130.0)]

        assert len(circles(legs_of(*gained))) == 0

    def test_that_take_too_long_are_none(self) -> None:
        late = [*RING[:3], (3, 0, 12 + 15, 86.0)]

        assert len(circles(legs_of(*late))) == 0

    def test_between_two_firms_for_more_are_work_on_material(self) -> None:
        assert len(circles(legs_of((0, 1, 2, 100.0), (1, 0, 6, 108.0)))) == 0
        assert len(circles(legs_of((0, 1, 2, 100.0), (1, 0, 6, 96.0)))) == 1

    def test_that_leave_tax_with_a_member_are_none(self) -> None:
        legs = legs_of(*RING)
        legs.tax[2] = 0

        assert len(circles(legs)) == 0

    def test_are_counted_once_a_month(self) -> None:
        twice = [(s, b, day + 2, net * 1.01) for s, b, day, net in RING]
        later = [(s, b, day + 31, net) for s, b, day, net in RING]

        found = circles(legs_of(*RING, *twice, *later))

        assert members(found) == [[0, 1, 2, 3]] * 2
        assert len(set(found.month.tolist())) == 2

    def test_say_where_the_search_was_cut(self) -> None:
        many = [(s, b, day, net) for s, b, day, net in RING]

        found = circles(legs_of(*many), Terms(most_chains=0))

        assert found.cut == ((588, 2),)
        assert len(found) == 0

    @pytest.mark.parametrize("seed", range(4))
    def test_are_those_that_trying_everything_finds(self, seed: int) -> None:
        rng = np.random.default_rng(seed)
        rows = [
            (int(s), int(b), int(day), float(net))
            for s, b, day, net in zip(
                rng.integers(0, 6, 70),
                rng.integers(0, 6, 70),
                rng.integers(0, 50, 70),
                rng.uniform(80, 120, 70),
                strict=True,
            )
            if s != b
        ]
        legs = legs_of(*rows)
        terms = Terms(next_days=9, whole_days=20)

        found = circles(legs, terms)

        seen = {
            (tuple(row), int(month))
            for row, month in zip(members(found), found.month, strict=True)
        }
        assert seen == _tried(legs, terms)
        assert len(seen) > 3


def _tried(legs: Legs, terms: Terms) -> set[tuple[tuple[int, ...], int]]:
    """Return circles and months, by trying each order of firms and legs of each."""
    pairs: dict[tuple[int, int], list[int]] = {}
    for n in range(len(legs)):
        pairs.setdefault((int(legs.seller[n]), int(legs.buyer[n])), []).append(n)
    found = set()
    for length in range(2, 7):
        for order in permutations(range(6), length):
            edges = [(order[n], order[(n + 1) % length]) for n in range(length)]
            if not all(edge in pairs for edge in edges):
                continue
            for steps in product(*(pairs[edge] for edge in edges)):
                if _circular(legs, list(steps), terms):
                    at = order.index(min(order))
                    month = int(month_of(legs.day[[steps[0]]])[0])
                    found.add((order[at:] + order[:at], month))
    return found


def _circular(legs: Legs, steps: list[int], terms: Terms) -> bool:
    day, share = legs.day[steps], legs.net[steps] / legs.net[steps[0]]
    gaps = np.diff(day)
    tax = legs.tax[steps]
    return bool(
        (gaps >= 0).all()
        and (gaps <= terms.next_days).all()
        and day[-1] - day[0] <= terms.whole_days
        and all(
            terms.lower(n) <= share[n - 1] <= 1 + terms.slack
            for n in range(2, len(steps) + 1)
        )
        and share[-1] <= terms.upper(len(steps))
        and np.abs(tax - np.roll(tax, 1)).max() <= terms.vat * legs.net[steps[0]]
    )
