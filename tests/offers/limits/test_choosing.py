"""What a loan does to cash; the most that it bears, and by which schedule."""

from datetime import date

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.offers.limits.firms import (
    LOT,
    START,
    TERM,
    WAN,
    assumed,
    choice,
    history,
    paths,
    plan,
    twin,
)

from xiaowei.offers.limits.choosing import largest_lots
from xiaowei.offers.limits.paths import Paths
from xiaowei.offers.limits.season import month_after
from xiaowei.offers.limits.shortfall import bands, paid_by, shortfall
from xiaowei.policy.products.product import Kind


def steady(net: np.ndarray, *, opening: float = 0.0, taken: float = 0.0) -> Paths:
    return Paths(net=net, opening=opening, kept=0.0, taken=taken)


class TestShortfall:
    def test_counts_paths_that_fall_below_zero_in_any_month(self) -> None:
        net = np.array(
            [[5.0, -6.0, 9.0], [5.0, -5.0, 0.0], [-1.0, 9.0, 9.0], [1, 1, 1]]
        )
        found = shortfall(steady(net), paid=np.zeros(3))

        assert found.value == 0.5
        assert found.low < 0.5 < found.high

    def test_looks_no_further_than_the_term(self) -> None:
        net = np.array([[5.0, -6.0]])

        assert shortfall(steady(net), paid=np.zeros(1)).value == 0

    @settings(max_examples=60, deadline=None)
    @given(lots=st.integers(1, 300), more=st.integers(1, 300), seen=st.integers(6, 36))
    def test_never_falls_with_a_larger_loan(
        self, lots: int, more: int, seen: int
    ) -> None:
        of = paths(twin(history(seen)))

        def chance(count: int) -> float:
            schedule = plan("equal_instalments", count * LOT)
            return shortfall(of, paid=paid_by(schedule, start=START, spent=1.0)).value

        assert chance(lots) <= chance(lots + more)


class TestPaidBy:
    @pytest.mark.parametrize(
        "kind", ["equal_instalments", "equal_principal", "interest_first", "seasonal"]
    )
    def test_adds_up_to_the_schedule_to_the_fen(self, kind: Kind) -> None:
        schedule = plan(kind, 37 * WAN)
        paid = paid_by(schedule, start=START, spent=1.0)

        assert len(paid) == TERM
        assert int(paid.sum()) == schedule.paid_fen
        assert int(paid[-1]) == schedule.lines[-1].paid_fen

    def test_leaves_in_the_account_what_is_not_spent(self) -> None:
        schedule = plan("interest_first", 40 * WAN)
        part = paid_by(schedule, start=START, spent=0.25)
        whole = paid_by(schedule, start=START, spent=1.0)

        assert whole[0] - part[0] == 30 * WAN

    def test_counts_what_falls_due_before_the_paths_in_their_first_month(self) -> None:
        schedule = plan("equal_instalments", 12 * WAN)
        paid = paid_by(schedule, start=date(2025, 9, 1), spent=1.0)

        assert paid[0] == sum(line.paid_fen for line in schedule.lines[:3])
        assert int(paid.sum()) == schedule.paid_fen


class TestLargestLots:
    @given(most=st.integers(0, 500), bears=st.integers(-1, 600))
    def test_is_the_last_that_is_borne(self, most: int, bears: int) -> None:
        found = largest_lots(lambda lots: lots <= bears, most=most)

        assert found == max(min(most, bears), 0)


class TestChoice:
    def test_bears_its_limit_and_not_one_lot_more(self) -> None:
        numbers = assumed()
        of = paths(twin())
        lent = choice(of).cap.amount_fen
        assert lent is not None

        def high(amount: int) -> float:
            paid = paid_by(plan("equal_instalments", amount), start=START, spent=1.0)
            return shortfall(of, paid=paid).high

        assert lent >= 10 * WAN
        assert high(lent) <= numbers.limit_shortfall_most < high(lent + LOT)

    def test_repays_in_season_where_money_comes_once_a_year(self) -> None:
        net = np.random.default_rng(3).normal(-5 * WAN, WAN, (400, TERM + 2))
        november = next(
            place
            for place in range(TERM)
            if month_after(START, months=place).month == 11
        )
        net[:, november] += 300 * WAN
        found = choice(
            steady(net, opening=35.0 * WAN),
            kinds=("equal_instalments", "seasonal"),
            asked_fen=100 * WAN,
        )

        assert found.kind == "seasonal"
        assert "按季节还本" in found.reason.zh
        assert "equal instalments" in found.reason.en

    def test_repays_evenly_where_the_owner_takes_what_is_left(self) -> None:
        net = np.random.default_rng(3).normal(10 * WAN, WAN, (400, TERM + 2))
        of = Paths(net=net, opening=5.0 * WAN, kept=5.0 * WAN, taken=1.0)
        found = choice(
            of, kinds=("interest_first", "equal_instalments"), asked_fen=60 * WAN
        )

        assert found.kind == "equal_instalments"
        assert found.trial.asked.value < found.trials[0].asked.value

    def test_takes_the_products_first_where_all_are_alike(self) -> None:
        rich = steady(np.full((400, TERM + 2), 1e12))
        found = choice(rich, kinds=("equal_principal", "equal_instalments"))

        assert found.kind == "equal_principal"
        assert found.cap.amount_fen == 1_000 * WAN
        assert "at least" in found.cap.text.en

    def test_says_so_where_no_kind_bears_it(self) -> None:
        poor = steady(np.full((400, TERM + 2), -1.0))
        found = choice(poor, kinds=("equal_instalments", "interest_first"))

        assert found.cap.amount_fen == 0
        assert found.reason.en.startswith("no kind bears")


class TestBands:
    def test_rise_from_the_tenth_to_the_ninetieth(self) -> None:
        told = bands(paths(twin()).cash())

        assert len(told) == TERM + 2
        assert all(low <= middle <= high for low, middle, high in told)
