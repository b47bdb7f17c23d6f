"""Rules that test themselves and say themselves."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xiaowei.offers.rules import All, Any, Comparison, MissingTraitError, Rule
from xiaowei.said import Said

PD = Said("违约概率", "PD")
numbers = st.decimals(-5, 5, places=4)


def rule(comparison: Comparison = "<", *, limit: str = "0.05") -> Rule:
    return Rule("R1", "pd", PD, comparison, Decimal(limit), Decimal("0.01"))


class TestRule:
    @pytest.mark.parametrize(
        ("comparison", "below", "at", "above"),
        [
            ("<", True, False, False),
            ("<=", True, True, False),
            (">", False, False, True),
            (">=", False, True, True),
            ("unknown", False, False, False),
        ],
    )
    def test_hits_on_its_side_of_the_limit(
        self, comparison: Comparison, below: bool, at: bool, above: bool
    ) -> None:
        values = [Decimal("0.0499"), Decimal("0.05"), Decimal("0.0501")]

        hits = [rule(comparison).hit({"pd": value}) for value in values]

        assert hits == [below, at, above]

    @pytest.mark.parametrize("comparison", ["<", "<=", ">", ">="])
    def test_meets_no_limit_with_what_is_unknown(self, comparison: Comparison) -> None:
        assert not rule(comparison).hit({"pd": None})

    def test_can_ask_for_what_is_unknown(self) -> None:
        assert rule("unknown").hit({"pd": None})

    @pytest.mark.parametrize("comparison", ["<", "<=", ">", ">="])
    def test_says_the_operator_and_limit_it_uses(self, comparison: Comparison) -> None:
        assert rule(comparison).text == (
            f"违约概率 {comparison} 0.05",
            f"PD {comparison} 0.05",
        )

    def test_says_that_it_asks_for_the_unknown(self) -> None:
        assert rule("unknown").text == ("违约概率 未知", "PD unknown")

    def test_says_the_limit_it_was_moved_to(self) -> None:
        assert rule("<").eased(1).text.en == "PD < 0.06"
        assert rule("<").eased(-1).text.en == "PD < 0.04"
        assert rule(">=").eased(1).text.en == "PD >= 0.04"
        assert rule(">=").eased(-1).text.en == "PD >= 0.06"
        assert rule("unknown").eased(-1) == rule("unknown")

    @given(
        comparison=st.sampled_from(["<", "<=", ">", ">="]), value=numbers, limit=numbers
    )
    def test_is_met_by_no_less_when_eased(
        self, comparison: Comparison, value: Decimal, limit: Decimal
    ) -> None:
        one = rule(comparison, limit=str(limit))
        traits = {"pd": value}

        harder, same, easier = (one.eased(ease).hit(traits) for ease in (-1, 0, 1))

        assert harder <= same <= easier

    def test_names_the_missing_trait_and_the_mend(self) -> None:
        with pytest.raises(MissingTraitError, match=r"'R1' needs trait 'pd'.*growth"):
            rule().hit({"growth": Decimal(1)})

    @pytest.mark.parametrize(
        ("value", "said"),
        [
            ("0.04", "PD is 0.04: 'PD < 0.05' holds"),
            ("0.06", "PD is 0.06: 'PD < 0.05' does not hold"),
            (None, "PD is unknown: 'PD < 0.05' does not hold"),
        ],
    )
    def test_gives_the_value_it_met_as_its_reason(
        self, value: str | None, said: str
    ) -> None:
        traits = {"pd": None if value is None else Decimal(value)}

        assert rule().reasons(traits)[0].text.en == said


class TestAllAndAny:
    @given(first=numbers, second=numbers)
    def test_join_as_their_names_say(self, first: Decimal, second: Decimal) -> None:
        left = Rule("L", "left", PD, ">", Decimal(0))
        right = Rule("R", "right", PD, ">", Decimal(0))
        traits = {"left": first, "right": second}

        assert All((left, right)).hit(traits) == (first > 0 and second > 0)
        assert Any((left, right)).hit(traits) == (first > 0 or second > 0)

    def test_say_every_part(self) -> None:
        parts = (rule("<"), rule(">=", limit="0.01"))

        assert All(parts).text.en == "PD < 0.05 and PD >= 0.01"
        assert Any(parts).text.zh == "违约概率 < 0.05，或 违约概率 >= 0.01"

    def test_nest(self) -> None:
        both = All((Any((rule("<"), rule("unknown"))), rule(">=", limit="0.01")))

        assert both.hit({"pd": Decimal("0.02")})
        assert not both.hit({"pd": None})
        assert len(both.reasons({"pd": None})) == 3
        assert both.eased(1).parts[1].text.en == "PD >= 0.00"
