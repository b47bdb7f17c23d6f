"""The first rule that is not false decides, and what is missing never pays."""

import json
from datetime import datetime
from decimal import Decimal
from itertools import product
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.decisions.rules.drawing import VALUES, of, rows, rule, rule_sets, settled

from xiaowei.decisions.rules.grammar import Join, RuleSet
from xiaowei.decisions.rules.rows import RowError
from xiaowei.decisions.rules.ruling import decide
from xiaowei.decisions.rules.truth import Truth, joined

LOW: dict[str, Any] = {
    "trait": "pd",
    "operator": "<",
    "limit": "0.05",
    "unit": "share",
}
HIGH: dict[str, Any] = {**LOW, "operator": ">=", "limit": "0.15"}
NORTH: dict[str, Any] = {"trait": "region", "operator": "=", "limit": "north"}
RANK = {"approve": 0, "refer": 1, "decline": 2}


class TestRuling:
    @pytest.mark.parametrize(
        ("pd", "expected"),
        [
            (0.0499, "approve"),
            (0.05, "refer"),
            (0.1499, "refer"),
            (0.15, "decline"),
            (None, "refer"),
            (float("nan"), "refer"),
            (Decimal("0.0499"), "approve"),
            (np.float64(0.15), "decline"),
            (0, "approve"),
        ],
    )
    def test_decides_at_the_limit_as_it_says(self, pd: object, expected: str) -> None:
        rules = of([rule("high", HIGH, "decline"), rule("low", LOW, "approve")])

        assert decide(rules, {"pd": pd}).outcome == expected

    def test_takes_the_first_rule_that_holds(self) -> None:
        rules = of([rule("low", LOW, "approve"), rule("north", NORTH, "decline")])

        ruling = decide(rules, {"pd": 0.01, "region": "north"})

        assert ruling.outcome == "approve"
        assert [step.standing for step in ruling.steps] == ["decided", "holds, later"]

    def test_refers_with_the_name_of_what_is_missing(self) -> None:
        when = {"any": [HIGH, NORTH]}
        rules = of([rule("stop", when, "decline")], default="approve")

        ruling = decide(rules, {"pd": None, "region": "south"})

        assert (ruling.outcome, ruling.unknown) == ("refer", True)
        assert ruling.missing == ("pd",)
        assert ruling.reasons == ("incomplete", "assessment")
        assert ruling.lines[0].zh == "转人工：stop无法判断，缺违约概率"
        assert "for want of probability of default" in ruling.lines[0].en

    def test_needs_no_value_that_cannot_matter(self) -> None:
        rules = of([rule("stop", {"any": [HIGH, NORTH]}, "decline")])

        assert decide(rules, {"pd": None, "region": "north"}).outcome == "decline"

    def test_refers_where_no_rule_decides_and_no_default_is(self) -> None:
        ruling = decide(of([rule("low", LOW, "approve")], default="none"), {"pd": 0.5})

        assert (ruling.outcome, ruling.rule, ruling.reasons) == ("refer", None, ())
        assert ruling.lines[0].en == "refer to a person: no rule decides"

    def test_gives_what_comes_with_a_rule_only_where_it_holds(self) -> None:
        paper = {"zh": "流水", "en": "bank flows"}
        lane = rule(
            "low", LOW, "approve", cap_yuan="500000", rate_add="0.005", ask=[paper]
        )
        rules = of([lane])

        held, unknown = decide(rules, {"pd": 0.01}), decide(rules, {"pd": None})

        assert (held.cap_fen, held.rate_add) == (50_000_000, Decimal("0.005"))
        assert held.ask[0].en == "bank flows"
        assert (unknown.cap_fen, unknown.ask) == (None, ())
        assert not unknown.rate_add

    def test_fires_on_the_unknown_where_a_stop_says_so(self) -> None:
        rules = of([rule("high", HIGH, "decline", when_unknown="fire")])

        ruling = decide(rules, {"pd": None})

        assert (ruling.outcome, ruling.unknown, ruling.missing) == (
            "decline",
            True,
            ("pd",),
        )

    def test_passes_over_an_unknown_lane_that_may_be_skipped(self) -> None:
        lane = rule("low", LOW, "approve", when_unknown="skip")
        rules = of([lane, rule("north", NORTH, "approve")])

        ruling = decide(rules, {"pd": None, "region": "north"})

        assert (ruling.outcome, ruling.rule and ruling.rule.code) == (
            "approve",
            "north",
        )
        assert ruling.steps[0].standing == "skipped"

    def test_tells_reasons_of_all_rules_that_came_to_the_same(self) -> None:
        rules = of(
            [
                rule("high", HIGH, "decline"),
                rule("north", NORTH, "decline", reason="place"),
                rule("north2", NORTH, "refer", reason="courts"),
            ]
        )

        ruling = decide(rules, {"pd": 0.2, "region": "north"})

        assert ruling.reasons == ("assessment", "place")

    def test_is_kept_as_json_with_every_value_and_question(self) -> None:
        ruling = decide(of([rule("low", LOW, "approve")]), {"pd": 0.04})

        plain = json.loads(json.dumps(ruling.as_plain(), ensure_ascii=False))

        (step,) = plain["trace"]
        assert step["seen"] == [
            {
                "trait": "pd",
                "value": "0.04",
                "asked": {
                    "zh": "违约概率低于5%",
                    "en": "probability of default is below 5%",
                },
                "truth": True,
            }
        ]
        assert plain["reasons"][0]["zh"] == "综合评估"
        assert len(plain["fingerprint"]) == 64


class TestMissing:
    @settings(max_examples=300, deadline=None)
    @given(
        rules=rule_sets(names=("pd", "debt_lenders_now", "tier")),
        row=rows(("pd", "debt_lenders_now", "tier")),
        name=st.sampled_from(["pd", "debt_lenders_now", "tier"]),
    )
    def test_never_pays_where_rules_do_not_ask_for_it(
        self, rules: RuleSet, row: dict[str, Any], name: str
    ) -> None:
        asks = any(one.operator in ("missing", "known") for one in rules.comparisons)
        ready = settled(rules)
        if asks or name not in rules.fields:
            return

        hidden = decide(ready, {**row, name: None}).outcome

        told = [
            decide(ready, {**row, name: v}).outcome
            for v in VALUES[name]
            if v is not None
        ]
        assert hidden == "refer" or all(RANK[hidden] >= RANK[one] for one in told)

    @settings(max_examples=200, deadline=None)
    @given(rules=rule_sets(), row=rows())
    def test_is_never_approved_by_a_rule_that_is_unknown(
        self, rules: RuleSet, row: dict[str, Any]
    ) -> None:
        ruling = decide(settled(rules), row)

        assert not (ruling.unknown and ruling.outcome == "approve")
        assert ruling.unknown == bool(ruling.missing)

    @pytest.mark.parametrize("join", ["all", "any"])
    def test_is_joined_as_if_it_were_either(self, join: Join) -> None:
        whole = {"all": all, "any": any}[join]
        truths: tuple[Truth, ...] = (True, False, None)
        for parts in product(truths, repeat=3):
            worlds = product(*([p] if p is not None else [True, False] for p in parts))
            seen = {whole(world) for world in worlds}

            assert joined(join, parts) == (seen.pop() if len(seen) == 1 else None)


class TestRows:
    @pytest.mark.parametrize(
        ("row", "named"),
        [
            ({}, "'pd' is not spoken of"),
            ({"pdd": 0.1}, "'pd' is not spoken of; did you mean 'pdd'"),
            ({"pd": "0.1"}, "'pd' is a str, not a number"),
            ({"pd": True}, "'pd' is a bool, not a number"),
            ({"pd": 1.2}, "'pd' must be a number, 0 to 1"),
            ({"pd": [0.1]}, "'pd' is a list"),
        ],
    )
    def test_are_refused_where_they_are_broken(
        self, row: dict[str, Any], named: str
    ) -> None:
        with pytest.raises(RowError, match=named):
            decide(of([rule("low", LOW, "approve")]), row)

    @pytest.mark.parametrize(
        ("name", "value", "named"),
        [
            ("amount", None, "'amount' is never missing"),
            ("amount", 1.5, "must be a whole number, 0 to any"),
            ("tier", "gold", "must be one of high_potential"),
            ("region", 7, "'region' is a int, not a text"),
            ("applied_on", datetime(2024, 1, 1), "is a datetime, not a day"),  # noqa: DTZ001
        ],
    )
    def test_are_refused_by_kind(self, name: str, value: object, named: str) -> None:
        rules = of([rule("a", {"trait": name, "operator": "known"}, "refer")])

        with pytest.raises(RowError, match=named):
            decide(rules, {name: value})

    def test_name_every_fault_and_no_value(self) -> None:
        rules = of([rule("a", {"all": [LOW, NORTH]}, "refer")])

        with pytest.raises(RowError) as refused:
            decide(rules, {"pd": "secret", "region": 7})

        assert "2 fault(s)" in str(refused.value)
        assert "secret" not in str(refused.value)
