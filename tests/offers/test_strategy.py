"""The strategy follows the tier and moves with it; new firms are lent to with care."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xiaowei.offers.asked import UnknownFactsError, Values
from xiaowei.offers.strategy import (
    Course,
    UnknownProductsError,
    check_strategies,
    course_of,
    tier_line,
)
from xiaowei.offers.tiers import TIERS, Standing, Tier, decide_tier, tier_rules
from xiaowei.policy.book import load_book
from xiaowei.policy.products.product import Condition
from xiaowei.policy.products.reading import load_products
from xiaowei.policy.strategy.reading import load_strategies

DAY = date(2025, 6, 30)
HELD = load_strategies().on(DAY)
PRODUCTS = {one.code: one for one in load_products().on(DAY)}
OLD: Values = {"founded_days_since": 3_000.0, "sales_history_months": 40.0}
YOUNG: Values = {"founded_days_since": 200.0, "sales_history_months": 5.0}


def course(tier: Tier, values: Values | None = OLD) -> Course:
    return course_of(HELD, tier=tier, values=values)


def standing(pd: float) -> Standing:
    return Standing(
        pd=pd,
        pd_high=pd + 0.02,
        growth=0.0,
        expected_value=0.01,
        worst_finding=0,
        defaults=0,
    )


class TestFollowsTheTier:
    @pytest.mark.parametrize("tier", TIERS)
    def test_that_of_the_tier_holds_for_an_established_firm(self, tier: Tier) -> None:
        found = course(tier)

        assert found.parts == (HELD[tier],)
        assert found.limit_share == HELD[tier].limit_share
        assert found.title == HELD[tier].title

    @pytest.mark.parametrize(
        ("previous", "segment"),
        [(None, "steady"), ("steady", "steady"), ("risk_warning", "risk_warning")],
    )
    def test_the_same_firm_is_lent_to_as_the_tier_it_came_from(
        self, previous: Tier | None, segment: Tier
    ) -> None:
        # Between 0.14 and 0.15 a firm stays under warning, and does not come under it.
        rules = tier_rules(load_book(), on=DAY)
        tiering = decide_tier(standing(0.145), rules=rules, previous=previous)

        assert course(tiering.tier).parts == (HELD[segment],)

    def test_a_firm_that_recovers_gets_the_other_strategy(self) -> None:
        rules = tier_rules(load_book(), on=DAY)
        before = decide_tier(standing(0.16), rules=rules)
        after = decide_tier(standing(0.13), rules=rules, previous=before.tier)
        worse, better = course(before.tier), course(after.tier)

        assert (before.tier, after.tier) == ("risk_warning", "steady")
        assert worse.limit_share < better.limit_share
        assert worse.longest_months < better.longest_months
        assert not worse.offers(PRODUCTS["working_capital"])
        assert better.offers(PRODUCTS["working_capital"])


class TestNewFirms:
    def test_have_the_stricter_of_both_strategies_number_by_number(self) -> None:
        found = course("risk_warning", YOUNG)

        assert found.new
        assert found.limit_share == Decimal("0.50")
        assert found.longest_months == HELD["risk_warning"].longest_months
        assert found.watch_days == HELD["risk_warning"].watch_days
        assert found.products == ("phased",)
        assert found.staged == "only"

    @pytest.mark.parametrize(
        ("values", "new"),
        [
            (OLD, False),
            ({"sales_history_months": 40.0}, False),
            ({"sales_history_months": 30.0}, True),
            ({"founded_days_since": 3_000.0}, True),
            ({}, True),
            ({**OLD, "sales_history_months": 24.0}, True),
            (
                {**OLD, "founded_days_since": 1_095.0, "sales_history_months": 30.0},
                True,
            ),
        ],
    )
    def test_are_those_not_known_to_be_established(
        self, values: Values, *, new: bool
    ) -> None:
        assert course("steady", values).new is new

    def test_are_none_where_nobody_s_age_is_known(self) -> None:
        assert not course("steady", None).new

    @given(
        st.sampled_from(list(TIERS)),
        st.none() | st.floats(0, 5_000),
        st.none() | st.floats(0, 100),
    )
    def test_never_get_more_for_what_is_not_known(
        self, tier: Tier, days: float | None, months: float | None
    ) -> None:
        told = course(
            tier, {"founded_days_since": days, "sales_history_months": months}
        )
        less = course(tier, {"sales_history_months": months})

        assert less.limit_share <= told.limit_share
        assert less.rate_bp >= told.rate_bp
        assert less.longest_months <= told.longest_months
        assert set(less.products) <= set(told.products)


class TestProducts:
    def test_risk_warning_firms_may_have_only_what_is_released_in_stages(self) -> None:
        found = course("risk_warning")

        assert [code for code, one in PRODUCTS.items() if found.offers(one)] == [
            "phased"
        ]

    def test_a_product_in_one_sum_is_not_offered_where_stages_are_due(self) -> None:
        found = replace(course("risk_warning"), products=("phased", "premium"))

        assert not found.offers(PRODUCTS["premium"])
        assert found.offers(PRODUCTS["phased"])

    def test_the_line_of_the_tier_says_which_strategy_does_not_offer_it(self) -> None:
        line = tier_line(
            PRODUCTS["working_capital"],
            tier="steady",
            course=course("steady", YOUNG),
        )

        assert line.state == "not_met"
        assert "does not offer it" in line.text.en
        assert "不提供" in line.text.zh

    def test_a_product_that_must_run_longer_than_the_strategy_lends_is_not_offered(
        self,
    ) -> None:
        product = PRODUCTS["working_capital"]
        least = product.repayment.min_months
        enough = replace(course("steady"), longest_months=least)
        short = replace(enough, longest_months=least - 1)
        line = tier_line(product, tier="steady", course=short)

        assert enough.offers(product)
        assert not short.offers(product)
        assert tier_line(product, tier="steady", course=enough).state == "met"
        assert line.state == "not_met"
        assert f"for at most {least - 1} months" in line.text.en
        assert f"期限最长 {least - 1} 个月，产品至少 {least} 个月" in line.text.zh


class TestCheck:
    def test_lets_what_is_shipped_pass(self) -> None:
        check_strategies(HELD, products=list(PRODUCTS.values()))

    def test_refuses_a_product_that_does_not_exist(self) -> None:
        held = {**HELD, "steady": replace(HELD["steady"], products=("premum",))}

        with pytest.raises(UnknownProductsError, match="'steady' offers 'premum'"):
            check_strategies(held, products=list(PRODUCTS.values()))

    def test_refuses_a_trait_that_does_not_exist(self) -> None:
        due = Condition("founded", ">", Decimal(1), "days")
        held = {**HELD, "newcomer": replace(HELD["newcomer"], established_when=due)}

        with pytest.raises(UnknownFactsError, match="no trait or fact 'founded'"):
            check_strategies(held, products=list(PRODUCTS.values()))


class TestSaid:
    def test_every_number_and_the_reason_are_said_in_both_languages(self) -> None:
        found = course("risk_warning", YOUNG)
        zh = "\n".join(line.zh for line in found.lines)
        en = "\n".join(line.en for line in found.lines)

        assert "50.00%" in en
        assert "12 months" in en
        assert "每 7 天监测" in zh
        assert "months of sales on record is 5" in en
