"""Products just missed: how far, what would have to change, and that it is true."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from itertools import combinations
from typing import Final

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.offers.asking import ASKED, Known, known_values, requirements

from xiaowei.offers.asked import FACTS, known
from xiaowei.offers.near_misses import FARTHEST, NearMiss, near_misses
from xiaowei.offers.products import Offering, judge_products, offerings_on
from xiaowei.offers.tiers import Tier
from xiaowei.policy.products.product import (
    OPERATORS,
    Condition,
    Group,
    Operator,
    Products,
    Requirement,
    Unit,
)
from xiaowei.policy.products.reading import load_products

DAY: Final = date(2026, 1, 31)
SHIPPED: Final = load_products()


def asks(trait: str, operator: Operator, limit: str, unit: Unit) -> Condition:
    return Condition(trait, operator, Decimal(limit), unit)


YEARS: Final = asks("tax_a_unbroken_years_all", ">=", "3", "count")
AGED: Final = asks("founded_days_since", ">=", "365", "days")
YOUNG: Final = asks("founded_days_since", "<=", "1825", "days")
SAFE: Final = asks("pd", "<", "0.05", "share")
CLEAN: Final = asks("defaults", "<=", "0", "count")
SOLD: Final = asks("sales_12m", ">=", "500000", "yuan")


def offering(*parts: Requirement, join: str = "all") -> tuple[Offering, ...]:
    group = Group("all" if join == "all" else "any", parts)
    product = replace(SHIPPED.entries["premium"], eligible=group)
    return offerings_on(Products({"one": product}), on=DAY)


def missed(
    offerings: tuple[Offering, ...],
    values: Known,
    *,
    tier: Tier = "steady",
    at_most: int = 2,
    farthest: Decimal = FARTHEST,
) -> NearMiss | None:
    found = near_misses(
        offerings, values=values, tier=tier, at_most=at_most, farthest=farthest
    )
    return found[0] if found else None


def eligible(offerings: tuple[Offering, ...], values: Known) -> bool:
    (verdict,) = judge_products(offerings, values=values, tier="steady")
    return verdict.eligible


class TestNearMiss:
    def test_says_how_far_and_what_would_have_to_change(self) -> None:
        found = missed(
            offering(YEARS, SAFE), {"tax_a_unbroken_years_all": 2, "pd": 0.0523}
        )

        assert found is not None
        assert found.lines == (
            ("信用优享贷：差 2 项", "unsecured premium loan: 2 changes away"),
            (
                "违约概率由 5.23% 变为 4.99%，相差 0.24%",
                "probability of default from 5.23% to 4.99%, 0.24% away",
            ),
            (
                "连续A级年数（无缺年）由 2 变为 3，相差 1",
                "calendar years graded A in a row, none left out from 2 to 3, 1 away",
            ),
        )

    def test_asks_for_papers_on_what_is_unknown(self) -> None:
        found = missed(offering(SOLD), {})

        assert found is not None
        (change,) = found.changes
        assert change.gap is None
        assert change.text == (
            "近12月销售额未知：补充材料，且须不低于 500,000 元",
            "sales of 12 months is unknown: papers are due that show at least CNY "
            "500,000",
        )

    def test_says_what_time_brings(self) -> None:
        found = missed(offering(AGED, YOUNG), {"founded_days_since": 330})

        assert found is not None
        assert found.lines[1] == (
            "成立天数由 330 天 变为 365 天，相差 35 天，随时间可达",
            "days since the founding from 330 days to 365 days, 35 days away, which "
            "time brings",
        )

    def test_says_what_time_takes(self) -> None:
        due = asks("loan_days_to_due", "<=", "60", "days")

        soon, late = (
            missed(offering(due), {"loan_days_to_due": days}) for days in (61, 121)
        )

        assert soon is not None
        assert soon.changes[0].by_waiting
        assert late is None

    def test_never_calls_a_gap_nothing(self) -> None:
        found = missed(offering(asks("pd", "<=", "0.05", "share")), {"pd": 0.05001})

        assert found is not None
        assert found.changes[0].text.en == (
            "probability of default from 5.001% to 5%, 0.001% away"
        )

    @pytest.mark.parametrize(
        "values",
        [{"founded_days_since": 2000, "defaults": 0}, {"defaults": 1}],
    )
    def test_is_not_what_can_never_come_about(self, values: Known) -> None:
        assert missed(offering(AGED, YOUNG, CLEAN), values) is None

    def test_finds_one_value_for_all_that_is_asked_of_it(self) -> None:
        found = missed(offering(AGED, YOUNG), {})

        assert found is not None
        (change,) = found.changes
        assert Decimal(365) <= change.target <= Decimal(1825)
        assert change.text == (
            "成立天数未知：补充材料，且须不低于 365 天、不高于 1825 天",
            "days since the founding is unknown: papers are due that show at least 365 "
            "days and at most 1825 days",
        )

    def test_takes_the_nearest_way(self) -> None:
        either = Group("any", (SOLD, SAFE, YEARS))
        values = {"sales_12m": 49_000_000, "pd": 0.5, "tax_a_unbroken_years_all": 0}

        found = missed(offering(either), values)

        assert found is not None
        assert [change.rule.trait for change in found.changes] == ["sales_12m"]
        assert found.after == {"sales_12m": Decimal(50_000_000)}

    def test_lies_within_the_changes_allowed(self) -> None:
        three = offering(SOLD, SAFE, YEARS)

        assert missed(three, {}) is None
        found = missed(three, {}, at_most=3)
        assert found is not None
        assert len(found.changes) == 3

    @pytest.mark.parametrize(
        ("pd", "near"), [(0.0999, True), (0.1, False), (0.85, False)]
    )
    def test_lies_no_farther_off_than_its_limit_is_high(
        self, pd: float, near: bool
    ) -> None:
        assert (missed(offering(SAFE), {"pd": pd}) is not None) == near

    def test_of_an_amount_over_nothing_is_told_by_ten_thousand_yuan(self) -> None:
        paid = offering(asks("own_overdue_now", "<=", "0", "yuan"))

        assert missed(paid, {"own_overdue_now": 1_000_000}) is not None
        assert missed(paid, {"own_overdue_now": 1_000_001}) is None

    def test_is_none_of_a_product_the_firm_may_have(self) -> None:
        assert missed(offering(SAFE), {"pd": 0.01}) is None

    def test_is_none_of_a_product_for_another_tier(self) -> None:
        assert missed(offering(SAFE), {"pd": 0.06}, tier="risk_warning") is None

    def test_is_none_where_limits_contradict_each_other(self) -> None:
        never = asks("pd", ">", "0.06", "share")

        assert missed(offering(SAFE, never), {"pd": 0.055}) is None

    def test_comes_in_the_order_of_nearness(self) -> None:
        offerings = offerings_on(SHIPPED, on=DAY)
        values: dict[str, float] = {
            "founded_days_since": 4000,
            "sales_12m": 500_000_000,
            "sales_active_months_12m": 12,
            "tax_a_unbroken_years_all": 2,
            "tax_credit_fresh_days": 100,
            "late_filings_12m": 0,
            "vat_unpaid_share_12m": 0,
            "status_now": 1,
            "court_bars": 0,
            "defaults": 0,
            "worst_finding": 0,
            "pd": 0.02,
        }

        found = near_misses(offerings, values=values, tier="steady")

        assert [one.product.code for one in found][:2] == ["premium", "park"]
        counts = [len(one.changes) for one in found]
        assert counts == sorted(counts)


class TestNearMissOfAnyProduct:
    @given(requirement=requirements(), values=known_values())
    def test_is_mended_by_the_changes_it_names(
        self, requirement: Requirement, values: Known
    ) -> None:
        offerings = offering(requirement)
        found = missed(offerings, values)

        if found is not None:
            assert not eligible(offerings, values)
            assert eligible(offerings, {**values, **found.after})
            assert len(found.changes) == len(found.after) <= 2

    @given(requirement=requirements(), values=known_values())
    def test_names_no_change_that_is_not_due(
        self, requirement: Requirement, values: Known
    ) -> None:
        offerings = offering(requirement)
        found = missed(offerings, values)

        if found is not None:
            after = found.after
            for few in combinations(after, len(after) - 1):
                fewer = {name: after[name] for name in few}
                assert not eligible(offerings, {**values, **fewer})

    @given(requirement=requirements(), values=known_values())
    def test_says_how_far_it_is(self, requirement: Requirement, values: Known) -> None:
        found = missed(offering(requirement), values)

        for change in found.changes if found else ():
            value = known(values, facts=ASKED)[change.rule.trait]
            assert change.value == value
            if value is None:
                assert change.gap is None
            else:
                assert change.gap == abs(change.target - value) > 0

    @given(
        values=known_values(),
        asked=st.sampled_from(sorted(ASKED)),
        operator=st.sampled_from(OPERATORS),
        nth=st.integers(0, 1),
    )
    def test_is_found_wherever_one_fact_could_change_for_the_better(
        self, values: Known, asked: str, operator: Operator, nth: int
    ) -> None:
        unit, limits = ASKED[asked]
        offerings = offering(asks(asked, operator, limits[nth], unit))
        risk, up = FACTS[asked].risk, operator in {">", ">="}
        worse = risk == ("higher_is_riskier" if up else "lower_is_riskier")

        found = missed(offerings, values, farthest=Decimal(10**9))

        below_nothing = limits[nth] == "0" and operator == "<"
        if eligible(offerings, values) or (worse and values[asked] is not None):
            assert found is None
        elif not below_nothing:
            assert found is not None

    @given(requirement=requirements(), values=known_values())
    def test_makes_nothing_riskier(
        self, requirement: Requirement, values: Known
    ) -> None:
        found = missed(offering(requirement), values)

        for change in found.changes if found else ():
            risk = FACTS[change.rule.trait].risk
            if change.value is not None and risk != "none":
                assert (change.target > change.value) == (risk == "lower_is_riskier")
