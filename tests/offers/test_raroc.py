"""A price covers money, work, loss and capital; the curve is Basel's; parts add up."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xiaowei.offers.demand import Churn
from xiaowei.offers.raroc import Costs, best_rate, capital_of, costs_on, price_of
from xiaowei.policy.book import NotYetSetError, load_book

DAY = date(2025, 6, 30)
COSTS = costs_on(load_book(), on=DAY)
CURVE = Churn(16.41, 0.943)
PDS = st.floats(0, 0.4)
RATES = st.integers(100, 1500).map(lambda bp: Decimal(bp) / 10_000)


class TestCapitalOf:
    @pytest.mark.parametrize(
        ("pd", "lgd", "weight"),
        # Risk weights of other retail exposures, Basel II (2006), annex 5.
        [
            (0.0003, 0.45, 0.0445),
            (0.0005, 0.45, 0.0663),
            (0.0100, 0.45, 0.4577),
            (0.0200, 0.45, 0.5799),
            (0.0500, 0.45, 0.6642),
            (0.1000, 0.45, 0.7554),
            (0.2000, 0.45, 1.0028),
        ],
    )
    def test_is_that_of_the_published_table(
        self, pd: float, lgd: float, weight: float
    ) -> None:
        assert capital_of(pd, lgd) * 12.5 == pytest.approx(weight, abs=6e-5)

    def test_is_none_where_nothing_is_left_to_chance(self) -> None:
        assert capital_of(0.0, 0.65) == capital_of(1.0, 0.65) == 0


class TestCostsOn:
    def test_takes_the_lpr_of_the_day_and_the_term(self) -> None:
        book = load_book()

        assert costs_on(book, on=date(2024, 10, 20)).lpr == Decimal("0.0335")
        assert costs_on(book, on=date(2024, 10, 21)).lpr == Decimal("0.0310")
        assert costs_on(book, on=DAY, months=61).lpr == Decimal("0.0350")
        assert costs_on(book, on=DAY, months=60).lpr == Decimal("0.0300")

    def test_knows_no_lpr_before_there_was_one(self) -> None:
        with pytest.raises(NotYetSetError):
            costs_on(load_book(), on=date(2019, 8, 19))

    def test_is_capped_by_the_lpr_and_by_the_bank(self) -> None:
        assert COSTS.cap == Decimal("0.1200")
        assert costs_on(load_book(), on=date(2019, 9, 1)).cap == Decimal("0.15")


class TestPriceOf:
    @given(rate=RATES, pd=PDS)
    def test_is_the_sum_of_its_parts(self, rate: Decimal, pd: float) -> None:
        price = price_of(rate, pd=pd, costs=COSTS)
        parts = (
            price.funding,
            price.operation,
            price.loss,
            price.interest_lost,
            price.capital,
            price.surplus,
        )

        assert sum(parts) == pytest.approx(float(rate))

    @given(pd=PDS)
    def test_earns_just_the_hurdle_at_its_floor(self, pd: float) -> None:
        floor = price_of(Decimal("0.06"), pd=pd, costs=COSTS).floor
        at_floor = price_of(Decimal(floor), pd=pd, costs=COSTS)

        assert at_floor.raroc == pytest.approx(float(COSTS.hurdle))
        assert at_floor.surplus == pytest.approx(0, abs=1e-9)
        assert at_floor.pays

    @given(low=PDS, high=PDS)
    def test_never_falls_as_the_pd_rises(self, low: float, high: float) -> None:
        low, high = sorted((low, high))
        rate = Decimal("0.06")

        assert (
            price_of(rate, pd=low, costs=COSTS).floor
            <= price_of(rate, pd=high, costs=COSTS).floor + 1e-12
        )

    def test_says_what_it_is_made_of(self) -> None:
        head, *parts = price_of(Decimal("0.0555"), pd=0.01, costs=COSTS).lines

        assert "LPR+255bp" in head.zh
        assert "RAROC" in head.en
        assert len(parts) == 6


class TestBestRate:
    @given(pd=st.floats(0.0001, 0.04))
    def test_earns_more_than_any_other_rate(self, pd: float) -> None:
        best = best_rate(CURVE, pd=pd, costs=COSTS, least=Decimal("0.04"))

        def worth(rate: Decimal) -> float:
            price = price_of(rate, pd=pd, costs=COSTS)
            return float(CURVE.kept([float(rate)])[0]) * price.surplus

        grid = [Decimal(bp) / 10_000 for bp in range(400, 1201, 7)]
        assert price_of(best, pd=pd, costs=COSTS).pays
        assert worth(best) >= max(map(worth, grid)) - 1e-9

    def test_is_the_cap_where_nothing_pays(self) -> None:
        best = best_rate(CURVE, pd=0.3, costs=COSTS, least=Decimal("0.04"))

        assert best == COSTS.cap
        assert not price_of(best, pd=0.3, costs=COSTS).pays

    def test_is_within_the_law_and_the_bank_s_least(self) -> None:
        least = Decimal("0.0900")
        assert best_rate(CURVE, pd=0.001, costs=COSTS, least=least) >= least

    def test_moves_with_the_lpr(self) -> None:
        book = load_book()
        then, now = (
            best_rate(
                CURVE, pd=0.01, costs=costs_on(book, on=day), least=Decimal("0.03")
            )
            for day in (date(2020, 1, 1), DAY)
        )

        assert now < then

    def test_knows_nothing_of_a_firm_but_its_risk(self) -> None:
        # What may set two prices apart is named here; a region or an owner is not.
        assert set(Costs.__dataclass_fields__) == {
            "lpr", "funding", "operation", "capital_floor", "hurdle", "tax", "cap",
            "lgd",
        }  # fmt: skip
