"""What products may ask for, and how a value is written."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xiaowei.offers.asked import (
    DESK_FACTS,
    FACTS,
    UnknownFactsError,
    check_asked,
    known,
    rule_of,
    shown,
    written,
)
from xiaowei.policy.products.product import (
    OPERATORS,
    Condition,
    Group,
    Operator,
    Product,
)
from xiaowei.policy.products.reading import load_products
from xiaowei.portraits.parts import TRAITS

DAY = date(2026, 1, 31)
PREMIUM = load_products().entries["premium"]


class TestFacts:
    @pytest.mark.parametrize("product", load_products().on(DAY), ids=lambda p: p.code)
    def test_hold_all_that_shipped_products_ask_for(self, product: Product) -> None:
        check_asked([product])

    def test_of_the_desk_are_no_traits_and_bear_no_title_of_one(self) -> None:
        assert not DESK_FACTS.keys() & {trait.name for trait in TRAITS}
        labels = [fact.label for fact in FACTS.values()]
        assert len({label.zh for label in labels}) == len(labels)
        assert len({label.en for label in labels}) == len(labels)

    def test_that_only_grow_are_there(self) -> None:
        grows = {name for name, fact in FACTS.items() if fact.grows}

        assert {"founded_days_since", "defaults", "worst_dpd"} <= grows
        assert {name for name, fact in FACTS.items() if fact.drift > 0} <= grows


class TestUnknownFacts:
    def test_are_named_all_at_once_with_what_is_near(self) -> None:
        wrong = replace(
            PREMIUM,
            eligible=Group(
                "all",
                (
                    Condition("sales_12", ">=", Decimal(1), "yuan"),
                    Condition("sales_12m", ">=", Decimal(1), "share"),
                    Condition("zzz", ">=", Decimal(1), "share"),
                ),
            ),
        )

        with pytest.raises(UnknownFactsError) as caught:
            check_asked([wrong])

        said = caught.value.what
        assert said.startswith("3 condition(s)")
        assert "'premium': there is no trait or fact 'sales_12', near sales_12m" in said
        assert "'sales_12m' is counted in yuan, not in share" in said
        assert "'zzz'" in said


class TestKnown:
    @pytest.mark.parametrize("value", [None, float("nan"), float("inf")])
    def test_takes_what_is_no_number_for_unknown(self, value: float | None) -> None:
        assert known({"pd": value}, facts=FACTS)["pd"] is None

    def test_takes_what_is_not_there_for_unknown(self) -> None:
        assert set(known({}, facts=FACTS)) == set(FACTS)
        assert not any(known({}, facts=FACTS).values())

    def test_takes_a_float_as_it_is_written(self) -> None:
        assert known({"pd": 0.1, "other": 3}, facts=["pd"])["pd"] == Decimal("0.1")
        assert "other" not in known({"other": 3}, facts=FACTS)


class TestWritten:
    @pytest.mark.parametrize(
        ("fact", "value", "zh", "en"),
        [
            ("sales_12m", "50000001", "500,000.01 元", "CNY 500,000.01"),
            ("sales_12m", "0.5", "0.005 元", "CNY 0.005"),
            ("pd", "0.05", "5%", "5%"),
            ("pd", "0.123456", "12.3456%", "12.3456%"),
            ("sales_growth_12m", "-0.1", "-10%", "-10%"),
            ("founded_days_since", "1", "1 天", "1 day"),
            ("sales_history_months", "12", "12 个月", "12 months"),
            ("customers_12m", "100", "100", "100"),
            ("kwh_12m", "1E+3", "1000 千瓦时", "1000 kWh"),
            ("water_12m", "2.50", "2.5 立方米", "2.5 m3"),
        ],
    )
    def test_names_the_unit(self, fact: str, value: str, zh: str, en: str) -> None:
        assert written(Decimal(value), FACTS[fact].unit) == (zh, en)

    def test_is_short_where_the_rule_says_the_same(self) -> None:
        rule = rule_of(Condition("pd", "<", Decimal("0.05"), "share"), code="x")

        assert shown(rule, Decimal("0.0412345")).en == "4.12%"
        assert shown(rule, Decimal("0.0499999")).en == "4.99999%"

    @given(
        value=st.floats(-2, 2) | st.floats(allow_nan=False, allow_infinity=False),
        operator=st.sampled_from(OPERATORS),
        limit=st.decimals(-1, 1, places=3),
    )
    def test_never_says_other_than_the_rule_does(
        self, value: float, operator: Operator, limit: Decimal
    ) -> None:
        rule = rule_of(Condition("margin_12m", operator, limit, "share"), code="x")
        exact = Decimal(str(value))

        said = Decimal(shown(rule, exact).en.rstrip("%")).scaleb(-2)

        assert rule.hit({"margin_12m": said}) == rule.hit({"margin_12m": exact})
