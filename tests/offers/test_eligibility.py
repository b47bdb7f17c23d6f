"""Conditions met, not met or unknown, and what their lines say."""

import operator
import re
from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Final

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.offers.asking import ASKED, Known, known_values, requirements

from xiaowei.offers.asked import known
from xiaowei.offers.eligibility import Line, compiled, lines_of, state_of
from xiaowei.offers.rules import All, Rule
from xiaowei.policy.products.product import Condition, Group, Requirement, leaves

Test = Callable[[Decimal, Decimal], bool]

EN: Final[Mapping[str, Test]] = {
    "below": operator.lt,
    "at most": operator.le,
    "above": operator.gt,
    "at least": operator.ge,
}
ZH: Final[Mapping[str, Test]] = {
    "低于": operator.lt,
    "不高于": operator.le,
    "高于": operator.gt,
    "不低于": operator.ge,
}
PD: Final = Condition("pd", "<", Decimal("0.05"), "share")
CUSTOMERS: Final = Condition("customers_12m", ">=", Decimal(3), "count")
GROWN: Final = Condition("sales_growth_12m", ">", Decimal(0), "share")


def rules(requirement: Requirement) -> All:
    return compiled(requirement, code="x")


def lines(requirement: Requirement, values: Known) -> tuple[Line, ...]:
    return lines_of(rules(requirement), known(values, facts=ASKED), code="x")


def number(text: str) -> Decimal:
    return Decimal(re.sub(r"[^0-9.-]", "", text))


class TestState:
    @pytest.mark.parametrize(
        ("pd", "customers", "both", "either"),
        [
            (0.01, 3, "met", "met"),
            (0.01, 2, "not_met", "met"),
            (0.01, None, "unknown", "met"),
            (0.09, None, "not_met", "unknown"),
            (0.09, 2, "not_met", "not_met"),
            (None, None, "unknown", "unknown"),
        ],
    )
    def test_joins_what_is_met_not_met_and_unknown(
        self, pd: float | None, customers: int | None, both: str, either: str
    ) -> None:
        traits = known({"pd": pd, "customers_12m": customers}, facts=ASKED)
        parts = (PD, CUSTOMERS)

        assert state_of(rules(Group("all", parts)), traits) == both
        assert state_of(rules(Group("any", parts)), traits) == either

    @given(requirement=requirements(), values=known_values())
    def test_is_met_exactly_where_the_rules_hold(
        self, requirement: Requirement, values: Known
    ) -> None:
        found, traits = rules(requirement), known(values, facts=ASKED)

        assert (state_of(found, traits) == "met") == found.hit(traits)

    @given(
        requirement=requirements(),
        values=known_values(),
        lost=st.sets(st.sampled_from(sorted(ASKED))),
    )
    def test_is_never_better_for_knowing_less(
        self, requirement: Requirement, values: Known, lost: set[str]
    ) -> None:
        found = rules(requirement)
        less = {name: value for name, value in values.items() if name not in lost}

        before, after = (
            state_of(found, known(one, facts=ASKED)) for one in (values, less)
        )

        assert after in {before, "unknown"}

    @given(requirement=requirements(), values=known_values(), more=known_values())
    def test_is_not_met_only_where_no_knowledge_mends_it(
        self, requirement: Requirement, values: Known, more: Known
    ) -> None:
        found = rules(requirement)
        learnt = {
            name: more[name] if value is None else value
            for name, value in values.items()
        }

        if state_of(found, known(values, facts=ASKED)) == "not_met":
            assert state_of(found, known(learnt, facts=ASKED)) == "not_met"
        if state_of(found, known(values, facts=ASKED)) == "met":
            assert state_of(found, known(learnt, facts=ASKED)) == "met"


class TestLines:
    @given(requirement=requirements(), values=known_values())
    def test_say_what_was_done(self, requirement: Requirement, values: Known) -> None:
        said = lines(requirement, values)
        told = [line for line in said if isinstance(line.asked, Rule)]

        assert len({line.code for line in said}) == len(said)
        assert len(told) == len(list(leaves(requirement)))
        for line in told:
            english = re.fullmatch(
                r"(.+) is (.+), (below|at most|above|at least) (.+) is due: (.+)",
                line.text.en,
            )
            chinese = re.fullmatch(
                r"(.+?)(?:为 (.+)|未知)，要求(不低于|不高于|低于|高于) (.+)：(.+)",
                line.text.zh,
            )
            assert english
            assert chinese
            if line.state == "unknown":
                assert (english[2], english[5]) == ("unknown", "unknown")
                assert (chinese[2], chinese[5]) == (None, "无从认定")
                continue
            met = line.state == "met"
            assert english[5] == ("met" if met else "not met")
            assert chinese[5] == ("符合" if met else "不符合")
            assert EN[english[3]](number(english[2]), number(english[4])) == met
            assert ZH[chinese[3]](number(chinese[2]), number(chinese[4])) == met

    def test_say_value_operator_and_limit(self) -> None:
        (line,) = lines(PD, {"pd": 0.0412345})

        assert line.state == "met"
        assert line.text == (
            "违约概率为 4.12%，要求低于 5%：符合",
            "probability of default is 4.12%, below 5% is due: met",
        )

    def test_say_what_is_unknown(self) -> None:
        (line,) = lines(CUSTOMERS, {})

        assert line.text == (
            "近12月客户数未知，要求不低于 3：无从认定",
            "number of customers, 12 months is unknown, at least 3 is due: unknown",
        )

    def test_set_a_group_above_its_parts(self) -> None:
        asked = Group("all", (PD, Group("any", (CUSTOMERS, GROWN))))

        found = lines(asked, {"pd": 0.01, "customers_12m": 3, "sales_growth_12m": 0})

        assert [(line.code, line.depth, line.state) for line in found] == [
            ("x.1", 0, "met"),
            ("x.2", 0, "met"),
            ("x.2.1", 1, "met"),
            ("x.2.2", 1, "not_met"),
        ]
        assert found[1].text == (
            "以下至少一项须符合：符合",
            "at least one of the following: met",
        )
