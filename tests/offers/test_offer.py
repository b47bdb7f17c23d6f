"""Offers to all applicants under one budget."""

from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from xiaowei.offers.applicant import Applicant, ApplicantError
from xiaowei.offers.demand import Churn
from xiaowei.offers.offer import BudgetError, Portfolio, make_offers
from xiaowei.offers.recipe import follow_recipe
from xiaowei.offers.terms import Meaning, Terms

WAN = 1_000_000
ANY = Applicant(
    enterprise_id="E1",
    pd=0.02,
    pd_high=0.05,
    rating="A",
    tier="steady",
    sales_12m_fen=1_000 * WAN,
)
applicants = st.lists(
    st.builds(
        Applicant,
        enterprise_id=st.text("E0123456789", min_size=1, max_size=6),
        pd=st.none() | st.floats(0, 1) | st.floats(0, 0.1) | st.floats(0, 0.1),
        pd_high=st.none() | st.floats(0, 1),
        rating=st.sampled_from(["A", "B", "C", "D", None]),
        tier=st.sampled_from(["high_potential", "steady", "risk_warning"]),
        sales_12m_fen=st.none() | st.integers(-(10**9), 10**10),
    ),
    max_size=12,
    unique_by=lambda one: one.enterprise_id,
)


def county(count: int, *, seed: int = 7) -> list[Applicant]:
    rng = np.random.default_rng(seed)
    pds = rng.beta(0.6, 4, count)
    sales = rng.lognormal(6, 1.5, count) * WAN
    ratings = rng.choice(["A", "B", "C", "D"], count, p=[0.3, 0.3, 0.25, 0.15])
    return [
        Applicant(
            enterprise_id=f"E{at:05d}",
            pd=float(pds[at]),
            pd_high=min(1.0, 2 * float(pds[at])),
            rating=None if at % 3 else str(ratings[at]),
            tier="risk_warning" if pds[at] >= 0.15 else "steady",
            sales_12m_fen=int(sales[at]),
        )
        for at in range(count)
    ]


def must_hold(portfolio: Portfolio) -> None:
    terms = portfolio.terms
    for offer in portfolio.offers:
        assert offer.steps
        assert all(line.zh and line.en for line in offer.steps)
        if offer.rate is None:
            assert (offer.limit_fen, offer.expected_profit_fen) == (0, 0)
            continue
        assert terms.min_limit_fen <= offer.limit_fen <= terms.max_limit_fen
        assert offer.limit_fen % terms.lot_fen == 0
        assert terms.min_rate <= offer.rate <= terms.max_rate
        assert offer.rate % Decimal("0.0001") == 0
    for whole, part in (
        (portfolio.offered_fen, "limit_fen"),
        (portfolio.drawn_fen, "drawn_fen"),
        (portfolio.expected_profit_fen, "expected_profit_fen"),
    ):
        assert whole == sum(getattr(offer, part) for offer in portfolio.offers)
    used = portfolio.offered_fen if terms.meaning == "offered" else portfolio.drawn_fen
    assert used <= portfolio.budget_fen


class TestMakeOffers:
    @settings(max_examples=200, deadline=None)
    @given(
        people=applicants,
        budget=st.integers(10 * WAN, 2_000 * WAN),
        meaning=st.sampled_from(["offered", "drawn"]),
    )
    def test_stays_within_bounds_and_budget_to_the_fen(
        self,
        curves: Mapping[str, Churn],
        terms: Terms,
        people: list[Applicant],
        budget: int,
        meaning: Meaning,
    ) -> None:
        portfolio = make_offers(
            people,
            terms=replace(terms, meaning=meaning),
            budget_fen=budget,
            curves=curves,
        )

        must_hold(portfolio)
        assert len(portfolio.offers) == len(people)
        assert portfolio.gap_fen >= 0
        if meaning == "offered":
            assert portfolio.gap_fen == 0

    @settings(max_examples=200, deadline=None)
    @given(
        people=applicants,
        trait=st.sampled_from(["pd", "sales_12m_fen", "rating"]),
        budget=st.integers(10 * WAN, 500 * WAN),
    )
    def test_offers_no_more_where_less_is_known(
        self,
        curves: Mapping[str, Churn],
        terms: Terms,
        people: list[Applicant],
        trait: str,
        budget: int,
    ) -> None:
        if not people or people[0].rating == "D":
            return
        known = make_offers(people, terms=terms, budget_fen=budget, curves=curves)
        first = replace(people[0], **{trait: None})  # type: ignore[arg-type]
        less = make_offers(
            [first, *people[1:]], terms=terms, budget_fen=budget, curves=curves
        )

        name = first.enterprise_id
        (before,) = (one for one in known.offers if one.enterprise_id == name)
        (after,) = (one for one in less.offers if one.enterprise_id == name)
        assert after.expected_profit_fen <= before.expected_profit_fen
        if trait != "rating":
            assert after.limit_fen == 0

    def test_does_not_mind_the_order_of_applicants(
        self, curves: Mapping[str, Churn], terms: Terms
    ) -> None:
        people = county(80)

        made, reversed_ = (
            make_offers(some, terms=terms, budget_fen=555 * WAN, curves=curves)
            for some in (people, people[::-1])
        )

        assert made == reversed_

    @pytest.mark.parametrize("meaning", ["offered", "drawn"])
    def test_beats_the_recipe_under_the_same_pds(
        self, curves: Mapping[str, Churn], terms: Terms, meaning: Meaning
    ) -> None:
        people, budget = county(425), 10_000 * WAN
        meant = replace(terms, meaning=meaning)

        ours = make_offers(people, terms=meant, budget_fen=budget, curves=curves)
        theirs = follow_recipe(people, terms=meant, budget_fen=budget, curves=curves)

        must_hold(ours)
        assert ours.expected_profit_fen > theirs.expected_profit_fen

    def test_says_how_an_offer_came_about(
        self, curves: Mapping[str, Churn], terms: Terms
    ) -> None:
        (offer,) = make_offers(
            [ANY], terms=terms, budget_fen=50 * WAN, curves=curves
        ).offers

        lines = [line.en for line in offer.steps]
        assert lines[0] == (
            "cap: 20.00% of 12 months' valid sales of CNY 10,000,000, in lots of"
            " CNY 10,000, at most CNY 1,000,000, gives CNY 1,000,000"
        )
        assert lines[1].startswith("rate: with PD 2.00% and the churn curve of grade A")
        assert "expected a year per CNY 10,000 offered" in lines[1]
        assert lines[2] == (
            "allocation: number 1 of 1 by expected profit per yuan of budget; what the"
            " budget leaves gives CNY 500,000"
        )
        assert not any("x 10,000" in line for line in lines)
        assert all("CNY" not in line.zh for line in offer.steps)
        assert "销售 1,000.00 万元的 20.00%" in offer.steps[0].zh
        assert offer.limit_fen == 50 * WAN
        assert offer.loan is not None
        assert offer.loan.limit_fen == offer.limit_fen

    def test_says_why_there_is_no_offer(
        self, curves: Mapping[str, Churn], terms: Terms
    ) -> None:
        people = [
            replace(ANY, enterprise_id="E0", pd=0.01),
            ANY,
            replace(ANY, enterprise_id="E2", pd=0.20),
            replace(ANY, enterprise_id="E3", rating="D"),
            replace(ANY, enterprise_id="E4", rating=None),
        ]

        offers = make_offers(
            people, terms=terms, budget_fen=100 * WAN, curves=curves
        ).offers

        assert [offer.place for offer in offers] == [1, 2, None, None, 3]
        assert "the budget earns more with others" in offers[1].steps[-1].en
        assert "no rate from 4.00% to 15.00% is expected to earn" in (
            offers[2].steps[-1].en
        )
        assert offers[3].steps[0].en == "grade D is not lent to"
        assert "the highest churn (no grade)" in offers[4].steps[1].en
        assert all(offer.loan is None for offer in offers[1:])

    def test_refuses_a_budget_below_one_loan(
        self, curves: Mapping[str, Churn], terms: Terms
    ) -> None:
        with pytest.raises(BudgetError) as caught:
            make_offers([ANY], terms=terms, budget_fen=10 * WAN - 1, curves=curves)

        assert str(caught.value) == (
            "a budget of 99,999.99 yuan cannot make one loan. Expected: at least"
            " 100,000.00 yuan, the smallest loan. Raise the budget, or lower"
            " 'min_limit_yuan' in the policy overlay."
        )

    def test_takes_a_budget_of_one_loan(
        self, curves: Mapping[str, Churn], terms: Terms
    ) -> None:
        made = make_offers([ANY], terms=terms, budget_fen=10 * WAN, curves=curves)

        assert made.offered_fen == 10 * WAN

    def test_refuses_faulty_applicants(
        self, curves: Mapping[str, Churn], terms: Terms
    ) -> None:
        with pytest.raises(ApplicantError):
            make_offers([ANY, ANY], terms=terms, budget_fen=10 * WAN, curves=curves)

    def test_offers_nothing_to_nobody(
        self, curves: Mapping[str, Churn], terms: Terms
    ) -> None:
        made = make_offers([], terms=terms, budget_fen=10 * WAN, curves=curves)

        assert (made.offers, made.expected_profit_fen, made.gap_fen) == ((), 0, 0)

    def test_states_what_the_profit_rests_on(
        self, curves: Mapping[str, Churn], terms: Terms
    ) -> None:
        made = make_offers([ANY], terms=terms, budget_fen=10 * WAN, curves=curves)

        assert {"profit", "meaning", "lgd", "funding_rate", "pd"} <= set(
            made.assumptions
        )
