"""The rate at which an enterprise earns most."""

from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from xiaowei.offers.demand import Churn
from xiaowei.offers.pricing import (
    MissingCurveError,
    Prices,
    Rating,
    best_prices,
    lot_values,
    price_table,
)
from xiaowei.offers.terms import Terms

RATINGS: list[Rating] = ["A", "B", "C", None]
pds = st.floats(0, 1)


def price(
    curves: Mapping[str, Churn],
    terms: Terms,
    *,
    pd: float,
    rating: Rating,
    budget_price: float = 0.0,
) -> Prices:
    table = price_table(curves, terms=terms)
    return best_prices(table, pds=[pd], ratings=[rating], budget_price=budget_price)


class TestPriceTable:
    def test_holds_every_basis_point_and_no_other(
        self, curves: Mapping[str, Churn], terms: Terms
    ) -> None:
        rates = price_table(curves, terms=terms).rates_bp

        assert (rates[0], rates[-1], len(rates)) == (400, 1500, 1101)

    def test_names_a_grade_without_a_curve(
        self, curves: Mapping[str, Churn], terms: Terms
    ) -> None:
        with pytest.raises(MissingCurveError, match="grade B, C"):
            price_table({"A": curves["A"]}, terms=terms)


class TestLotValues:
    def test_follow_the_formula(
        self, curves: Mapping[str, Churn], terms: Terms
    ) -> None:
        table = price_table(curves, terms=terms)

        values = lot_values(table, pds=[0.02], ratings=["B"])

        at = list(table.rates_bp).index(585)
        kept = float(curves["B"].kept(0.0585))
        each = kept * (0.0585 * 0.98 - 0.65 * 0.02 - 0.03)
        assert values.profit_fen[0, at] == round(each * terms.lot_fen)
        assert values.drawn_fen[0, at] == np.ceil(kept * terms.lot_fen)

    def test_are_empty_for_nobody(
        self, curves: Mapping[str, Churn], terms: Terms
    ) -> None:
        table = price_table(curves, terms=terms)

        assert lot_values(table, pds=[], ratings=[]).profit_fen.shape == (0, 1101)


class TestBestPrices:
    def test_without_risk_and_cost_are_where_rate_times_kept_is_greatest(
        self, curves: Mapping[str, Churn], terms: Terms
    ) -> None:
        free = replace(terms, funding_rate=Decimal(0))

        prices = price(curves, free, pd=0.0, rating="A")

        rates = np.arange(400, 1501) / 10_000
        best = np.argmax(rates * curves["A"].kept(rates))
        assert abs(int(prices.rates_bp[0]) - int(400 + best)) <= 5
        assert prices.profit_fen[0] / terms.lot_fen == pytest.approx(0.0402, abs=3e-4)

    @given(pd=pds, rating=st.sampled_from(RATINGS))
    def test_stay_within_the_bounds_of_the_terms(
        self, curves: Mapping[str, Churn], terms: Terms, pd: float, rating: Rating
    ) -> None:
        prices = price(curves, terms, pd=pd, rating=rating)

        assert 400 <= prices.rates_bp[0] <= 1500

    @given(pd=pds, more=st.floats(0, 1), rating=st.sampled_from(RATINGS))
    def test_earn_no_more_at_a_higher_pd(
        self,
        curves: Mapping[str, Churn],
        terms: Terms,
        pd: float,
        more: float,
        rating: Rating,
    ) -> None:
        safer = price(curves, terms, pd=pd, rating=rating)
        riskier = price(curves, terms, pd=min(1.0, pd + more), rating=rating)

        assert riskier.profit_fen[0] <= safer.profit_fen[0]

    @given(pd=pds, rating=st.sampled_from(["A", "B", "C"]))
    def test_earn_no_more_without_a_grade_where_they_earn(
        self, curves: Mapping[str, Churn], terms: Terms, pd: float, rating: str
    ) -> None:
        rated = price(curves, terms, pd=pd, rating=rating)
        unrated = price(curves, terms, pd=pd, rating=None)

        assert unrated.profit_fen[0] <= max(0, rated.profit_fen[0])

    @given(pd=st.floats(0, 0.14), scarce=st.floats(0, 0.1))
    def test_use_less_budget_where_it_has_a_price(
        self, curves: Mapping[str, Churn], terms: Terms, pd: float, scarce: float
    ) -> None:
        free = price(curves, terms, pd=pd, rating="B")
        dear = price(curves, terms, pd=pd, rating="B", budget_price=scarce)

        assert dear.rates_bp[0] >= free.rates_bp[0]
        assert dear.drawn_fen[0] <= free.drawn_fen[0]

    def test_earn_nothing_beyond_the_break_even(
        self, curves: Mapping[str, Churn], terms: Terms
    ) -> None:
        assert price(curves, terms, pd=0.14, rating="C").profit_fen[0] > 0
        assert price(curves, terms, pd=0.15, rating="C").profit_fen[0] <= 0
