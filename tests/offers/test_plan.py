"""Rates and amounts under either meaning of the budget."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from xiaowei.offers.demand import Churn
from xiaowei.offers.plan import Borrower, Plan, budget_price, make_plans
from xiaowei.offers.pricing import PriceTable, lot_values, price_table
from xiaowei.offers.terms import Meaning, Terms

LOT = 1_000_000
borrowers_of = st.lists(
    st.tuples(
        st.floats(0, 0.2), st.sampled_from(["A", "B", "C", None]), st.integers(2, 4)
    ),
    max_size=3,
)


def few_rates(
    curves: Mapping[str, Churn], terms: Terms, meaning: Meaning
) -> PriceTable:
    small = replace(
        terms, meaning=meaning, min_limit_fen=2 * LOT, max_limit_fen=4 * LOT
    )
    table = price_table(curves, terms=small)
    kept = {rating: values[::220] for rating, values in table.kept.items()}
    return replace(table, rates_bp=table.rates_bp[::220], kept=kept)


def named(rows: Sequence[tuple[float, str | None, int]]) -> list[Borrower]:
    return [Borrower(f"E{at}", *row) for at, row in enumerate(rows)]


def many(count: int, seed: int) -> list[Borrower]:
    rng = np.random.default_rng(seed)
    pds = rng.beta(0.6, 6, count)
    ratings = rng.choice(["A", "B", "C"], count)
    caps = rng.integers(10, 101, count)
    return [
        Borrower(f"E{at:04d}", float(pds[at]), str(ratings[at]), int(caps[at]))
        for at in range(count)
    ]


def best_of_all(borrowers: Sequence[Borrower], table: PriceTable, budget: int) -> int:
    """Try every rate with every number of lots for every borrower."""
    values = lot_values(
        table,
        pds=[one.pd for one in borrowers],
        ratings=[one.rating for one in borrowers],
    )
    by_draw = table.terms.meaning == "drawn"
    choices = []
    for at, one in enumerate(borrowers):
        mine = [(0, 0)]
        for rate in range(len(table.rates_bp)):
            use = int(values.drawn_fen[at, rate]) if by_draw else LOT
            earns = int(values.profit_fen[at, rate])
            mine += [(n * earns, n * use) for n in range(2, one.cap_lots + 1)]
        choices.append(mine)
    return max(
        sum(profit for profit, _ in picked)
        for picked in product(*choices)
        if sum(use for _, use in picked) <= budget
    )


def must_hold(plan: Plan, table: PriceTable, budget: int) -> None:
    terms = table.terms
    for line in plan.lines.values():
        assert line.lots == 0 or terms.min_lots <= line.lots <= terms.max_lots
        assert terms.min_rate <= line.rate <= terms.max_rate
    used = plan.drawn_fen if terms.meaning == "drawn" else plan.lots * LOT
    assert used <= budget
    lines = plan.lines.values()
    assert plan.profit_fen == sum(line.lots * line.lot_profit_fen for line in lines)
    assert plan.gap_fen >= 0


class TestMakePlans:
    @settings(max_examples=200, deadline=None)
    @given(rows=borrowers_of, budget=st.integers(0, 13 * LOT))
    def test_offered_equals_trying_every_rate_and_amount(
        self,
        curves: Mapping[str, Churn],
        terms: Terms,
        rows: list[tuple[float, str | None, int]],
        budget: int,
    ) -> None:
        table = few_rates(curves, terms, "offered")
        borrowers = named(rows)

        (plan,) = make_plans(borrowers, table=table, budgets_fen=[budget])

        must_hold(plan, table, budget)
        assert plan.gap_fen == 0
        assert plan.profit_fen == best_of_all(borrowers, table, budget)

    @settings(max_examples=200, deadline=None)
    @given(rows=borrowers_of, budget=st.integers(0, 13 * LOT))
    def test_drawn_states_no_less_than_it_misses(
        self,
        curves: Mapping[str, Churn],
        terms: Terms,
        rows: list[tuple[float, str | None, int]],
        budget: int,
    ) -> None:
        table = few_rates(curves, terms, "drawn")
        borrowers = named(rows)

        (plan,) = make_plans(borrowers, table=table, budgets_fen=[budget])

        must_hold(plan, table, budget)
        best = best_of_all(borrowers, table, budget)
        assert plan.profit_fen <= best <= plan.bound_fen

    def test_drawn_states_the_gap_that_one_price_of_budget_leaves(
        self, curves: Mapping[str, Churn], terms: Terms
    ) -> None:
        table = few_rates(curves, terms, "drawn")
        borrowers = named([(0.004, "A", 2), (0.009, "B", 3), (0.068, "C", 3)])
        budget = 5 * LOT // 2

        (plan,) = make_plans(borrowers, table=table, budgets_fen=[budget])

        best = best_of_all(borrowers, table, budget)
        assert plan.profit_fen < best <= plan.bound_fen
        assert plan.bound_fen / best < 1.003
        assert plan.proof == "open"

    @pytest.mark.parametrize("meaning", ["offered", "drawn"])
    def test_holds_for_all_firms_of_the_contest(
        self, curves: Mapping[str, Churn], terms: Terms, meaning: Meaning
    ) -> None:
        table = price_table(curves, terms=replace(terms, meaning=meaning))
        budgets = [1_000_000_000, 5_000_000_000, 10_000_000_000]

        plans = make_plans(many(425, 7), table=table, budgets_fen=budgets)

        for plan, budget in zip(plans, budgets, strict=True):
            must_hold(plan, table, budget)
            missed = plan.gap_fen / plan.profit_fen
            assert missed == 0 if meaning == "offered" else missed < 1e-4

    def test_asks_equals_for_the_same_rate(
        self, curves: Mapping[str, Churn], drawn_terms: Terms
    ) -> None:
        table = price_table(curves, terms=drawn_terms)
        borrowers = [Borrower(f"E{at}", 0.02, "B", 40 + at) for at in range(9)]

        (plan,) = make_plans(borrowers, table=table, budgets_fen=[50 * LOT])

        assert len({line.rate for line in plan.lines.values()}) == 1

    @pytest.mark.parametrize("meaning", ["offered", "drawn"])
    def test_does_not_mind_the_order_of_borrowers(
        self, curves: Mapping[str, Churn], terms: Terms, meaning: Meaning
    ) -> None:
        table = price_table(curves, terms=replace(terms, meaning=meaning))
        borrowers = many(60, 3)
        budgets = [1_234_000_000]

        assert make_plans(borrowers, table=table, budgets_fen=budgets) == make_plans(
            borrowers[::-1], table=table, budgets_fen=budgets
        )

    def test_counts_a_budget_of_drawn_money_further_than_one_of_offers(
        self, curves: Mapping[str, Churn], terms: Terms, drawn_terms: Terms
    ) -> None:
        borrowers, budgets = many(100, 1), [1_000_000_000]
        by_offer, by_draw = (
            make_plans(
                borrowers, table=price_table(curves, terms=each), budgets_fen=budgets
            )[0]
            for each in (terms, drawn_terms)
        )

        assert by_draw.profit_fen > by_offer.profit_fen
        assert by_draw.lots > by_offer.lots


class TestBudgetPrice:
    def test_is_nothing_where_budget_is_not_scarce(
        self, curves: Mapping[str, Churn], drawn_terms: Terms
    ) -> None:
        table = price_table(curves, terms=drawn_terms)
        values = lot_values(table, pds=[0.01, 0.02], ratings=["A", "B"])
        caps = np.array([50, 50])

        assert budget_price(values, caps_lots=caps, budget_fen=100 * LOT) == 0

    def test_rises_as_budget_falls(
        self, curves: Mapping[str, Churn], drawn_terms: Terms
    ) -> None:
        table = price_table(curves, terms=drawn_terms)
        values = lot_values(table, pds=[0.01, 0.02], ratings=["A", "B"])
        caps = np.array([50, 50])

        prices = [
            budget_price(values, caps_lots=caps, budget_fen=lots * LOT)
            for lots in (2, 10, 20, 40)
        ]

        assert prices == sorted(prices, reverse=True)
