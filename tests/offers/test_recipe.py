"""The fixed-rate recipe, under the same budget and PDs."""

from collections.abc import Mapping
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xiaowei.offers.applicant import Applicant, ApplicantError
from xiaowei.offers.demand import Churn
from xiaowei.offers.recipe import follow_recipe, spread_by_size
from xiaowei.offers.terms import Terms
from xiaowei.said import Said

WAN = 1_000_000
ANY = Applicant(
    enterprise_id="E0",
    pd=0.10,
    pd_high=0.2,
    rating="B",
    tier="steady",
    sales_12m_fen=1_000 * WAN,
)


class TestSpreadBySize:
    @given(
        sizes=st.lists(st.integers(0, 10**12), max_size=30),
        budget=st.integers(0, 40 * 100 * WAN),
    )
    def test_spends_the_budget_to_the_fen_within_its_bounds(
        self, sizes: list[int], budget: int
    ) -> None:
        named = {f"E{at}": size for at, size in enumerate(sizes)}

        shares = spread_by_size(
            named, least_fen=10 * WAN, most_fen=100 * WAN, budget_fen=budget
        )

        assert all(10 * WAN <= share <= 100 * WAN for share in shares.values())
        assert sum(shares.values()) == min(budget, 100 * WAN * len(shares))
        assert len(shares) == min(len(sizes), budget // (10 * WAN))

    def test_is_proportional_between_the_bounds(self) -> None:
        sizes = {"A": 1_000, "B": 2_000, "C": 4_000, "D": 1, "E": 10**9}

        shares = spread_by_size(
            sizes, least_fen=10 * WAN, most_fen=100 * WAN, budget_fen=250 * WAN
        )

        assert (shares["D"], shares["E"]) == (10 * WAN, 100 * WAN)
        assert shares["A"] == pytest.approx(20 * WAN, rel=1e-6)
        assert shares["B"] == pytest.approx(40 * WAN, rel=1e-6)
        assert shares["C"] == pytest.approx(80 * WAN, rel=1e-6)

    def test_lends_to_the_largest_where_the_budget_is_small(self) -> None:
        shares = spread_by_size(
            {"A": 1, "B": 3, "C": 2},
            least_fen=10 * WAN,
            most_fen=100 * WAN,
            budget_fen=29 * WAN,
        )

        assert list(shares) == ["B", "C"]


class TestFollowRecipe:
    def test_claims_more_than_it_is_expected_to_earn(
        self, curves: Mapping[str, Churn], terms: Terms
    ) -> None:
        firms = [
            replace(ANY, enterprise_id=f"E{at}", sales_12m_fen=(at + 1) * 100 * WAN)
            for at in range(20)
        ]

        result = follow_recipe(firms, terms=terms, budget_fen=500 * WAN, curves=curves)

        assert result.offered_fen == 500 * WAN
        assert result.claimed_profit_fen > 0 > result.expected_profit_fen
        assert 0 < result.drawn_fen < result.offered_fen
        assert result.firms == 20

    def test_lends_at_the_rate_of_the_grade(
        self, curves: Mapping[str, Churn], terms: Terms
    ) -> None:
        firms = [
            replace(ANY, enterprise_id=f"E{at}", rating=rating)
            for at, rating in enumerate(["A", "B", "C", None, "D"])
        ]

        loans = follow_recipe(
            firms, terms=terms, budget_fen=200 * WAN, curves=curves
        ).loans

        rates = {loan.enterprise_id: str(loan.rate) for loan in loans}
        assert rates == {
            "E0": "0.0446",
            "E1": "0.0494",
            "E2": "0.0532",
            "E3": "0.0532",
        }

    def test_leaves_out_what_it_cannot_size_or_may_not_lend_to(
        self, curves: Mapping[str, Churn], terms: Terms
    ) -> None:
        firms = [
            ANY,
            replace(ANY, enterprise_id="E1", sales_12m_fen=None),
            replace(ANY, enterprise_id="E2", pd=None),
            replace(ANY, enterprise_id="E3", barred=(Said("停业", "closed"),)),
        ]

        result = follow_recipe(firms, terms=terms, budget_fen=500 * WAN, curves=curves)

        assert (result.firms, result.left_out) == (1, 2)
        assert result.offered_fen == 100 * WAN

    def test_refuses_faulty_applicants(
        self, curves: Mapping[str, Churn], terms: Terms
    ) -> None:
        with pytest.raises(ApplicantError):
            follow_recipe([ANY, ANY], terms=terms, budget_fen=WAN, curves=curves)
