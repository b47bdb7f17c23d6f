"""A rule says the very operator and limit that it tests."""

from datetime import date
from decimal import Decimal
from itertools import combinations
from typing import Any

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from tests.decisions.rules.drawing import (
    DAY,
    LIMITS,
    NO_BOOK,
    comparisons,
    conditions,
    rule,
    rule_sets,
    stated,
)

from xiaowei.decisions.rules.fields import FIELDS
from xiaowei.decisions.rules.grammar import (
    OPERATORS,
    Comparison,
    Condition,
    Limit,
    RuleSet,
)
from xiaowei.decisions.rules.reading import rule_set_of, shipped_rules
from xiaowei.decisions.rules.saying import (
    comparison_said,
    condition_said,
    rule_said,
    value_said,
)
from xiaowei.decisions.rules.settled import settle
from xiaowei.policy.book import load_book


def condition(plain: dict[str, Any]) -> Condition:
    return rule_set_of(stated([rule("a", plain, "refer")])).rules[0].when


class TestComparisons:
    @settings(max_examples=300, deadline=None)
    @given(
        one=comparisons(tuple(LIMITS)).map(condition),
        other=comparisons(tuple(LIMITS)).map(condition),
    )
    def test_say_another_thing_where_they_test_another(
        self, one: Comparison, other: Comparison
    ) -> None:
        assume(one != other)
        mine, theirs = comparison_said(one), comparison_said(other)

        assert mine.zh != theirs.zh
        assert mine.en != theirs.en

    @settings(max_examples=300, deadline=None)
    @given(
        name=st.sampled_from(
            [name for name, field in FIELDS.items() if field.kind == "number"]
        ),
        numbers=st.lists(
            st.decimals("-1000", "1000", places=4), min_size=2, max_size=2, unique=True
        ),
    )
    def test_of_any_number_say_each_limit_to_its_last_digit(
        self, name: str, numbers: list[Decimal]
    ) -> None:
        unit = FIELDS[name].limit_unit
        one, other = (
            comparison_said(Comparison(name, "<", (Limit(number),), unit))
            for number in numbers
        )

        assert one.zh != other.zh
        assert one.en != other.en

    @pytest.mark.parametrize(
        ("plain", "zh", "en"),
        [
            (
                {
                    "trait": "amount",
                    "operator": ">",
                    "limit": "1000000",
                    "unit": "yuan",
                },
                "申请金额高于100 万元",
                "amount applied for is above CNY 1,000,000",
            ),
            (
                {
                    "trait": "amount",
                    "operator": "<=",
                    "limit": "999999.99",
                    "unit": "yuan",
                },
                "申请金额不超过999,999.99 元",
                "amount applied for is at most CNY 999,999.99",
            ),
            (
                {
                    "trait": "pd",
                    "operator": "between",
                    "limit": ["0.05", "0.125"],
                    "unit": "share",
                },
                "违约概率介于5%与12.5%之间（含两端）",
                "probability of default is from 5% to 12.5%, both included",
            ),
            (
                {
                    "trait": "tier",
                    "operator": "not in",
                    "limit": ["steady", "high_potential"],
                },
                "客户分层不属于高潜力支持型、稳健型",
                "tier is none of high-potential, steady",
            ),
            (
                {
                    "trait": "applied_on",
                    "operator": ">=",
                    "limit": "2024-01-01",
                },
                "申请日不低于2024-01-01",
                "day of the application is at least 2024-01-01",
            ),
            (
                {
                    "trait": "founded_days_since",
                    "operator": "<",
                    "limit": "180",
                    "unit": "days",
                },
                "成立天数低于180 天",
                "days since the founding is below 180 days",
            ),
            (
                {"trait": "region", "operator": "=", "limit": "扬中"},
                "地区为“扬中”",
                "region is '扬中'",
            ),
            (
                {"trait": "score", "operator": ">=", "limit": "600", "unit": "points"},
                "评分不低于600 分",
                "score is at least 600 points",
            ),
        ],
    )
    def test_say_units_as_people_do(
        self, plain: dict[str, Any], zh: str, en: str
    ) -> None:
        assert condition_said(condition(plain)) == (zh, en)


class TestConditions:
    @settings(max_examples=300, deadline=None)
    @given(
        one=conditions(tuple(LIMITS)).map(condition),
        other=conditions(tuple(LIMITS)).map(condition),
    )
    def test_say_all_and_any_apart(self, one: Condition, other: Condition) -> None:
        # A group of one says what its part says, and is no other condition.
        assume(_shape(one) != _shape(other))

        assert condition_said(one) != condition_said(other)


def _shape(condition: Condition) -> object:
    """Return what a condition asks, with groups of one and of their own kind undone."""
    if isinstance(condition, Comparison):
        return condition
    parts = [_shape(part) for part in condition.parts]
    return parts[0] if len(parts) == 1 else (condition.join, tuple(parts))


class TestRules:
    @settings(max_examples=100, deadline=None)
    @given(rules=rule_sets())
    def test_say_another_thing_where_they_do_another(self, rules: RuleSet) -> None:
        for one, other in combinations(rules.rules, 2):
            same = _shape(one.when) == _shape(other.when) and (
                one.outcome,
                one.cap_fen,
                one.rate_add,
                one.when_unknown,
            ) == (other.outcome, other.cap_fen, other.rate_add, other.when_unknown)
            assert same == (rule_said(one) == rule_said(other))

    def test_say_a_number_of_the_book_with_its_value_of_the_day(self) -> None:
        book = load_book()
        rules = shipped_rules(book=book)
        ready = settle(rules, book=book, on=DAY)

        loose, firm = rules.rule("pd_high"), ready.rules.rule("pd_high")

        assert loose is not None
        assert firm is not None
        assert "政策数“risk_warning_pd”" in rule_said(loose).zh
        assert rule_said(firm, names=ready.titles).zh.startswith(
            "若违约概率不低于15%（政策数“风险警示型的违约概率起点”），则拒绝"
        )

    @pytest.mark.parametrize("operator", OPERATORS)
    def test_have_words_for_every_operator(self, operator: Any) -> None:  # noqa: ANN401
        count = {"missing": 0, "known": 0, "between": 2}.get(operator, 1)
        name = "tier" if "in" in operator.split() else "pd"
        value = "steady" if name == "tier" else Decimal("0.1")
        unit = FIELDS[name].limit_unit

        said = comparison_said(
            Comparison(name, operator, (Limit(value),) * count, unit)
        )

        assert said.zh.startswith(FIELDS[name].label.zh)
        assert said.en.startswith(FIELDS[name].label.en)


class TestValues:
    def test_are_said_in_their_unit(self) -> None:
        assert value_said(None, field=FIELDS["pd"]).zh == "未知"
        assert (
            value_said(date(2024, 2, 1), field=FIELDS["applied_on"]).en == "2024-02-01"
        )
        assert value_said("C", field=FIELDS["section"]).zh == "制造业"
        assert (
            value_said(Decimal(-2_000_000), field=FIELDS["sales_12m"]).zh == "-2 万元"
        )


def test_a_set_settles_without_a_book_where_it_names_no_number() -> None:
    rules = rule_set_of(
        stated([rule("a", {"trait": "pd", "operator": "known"}, "refer")])
    )

    assert settle(rules, book=NO_BOOK, on=DAY).numbers == {}
