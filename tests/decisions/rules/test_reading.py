"""Rule sets are read whole, or every fault is named with what would be right."""

import json
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.decisions.rules.drawing import SAID, rule, rule_sets, stated

from xiaowei.decisions.rules.grammar import DEEPEST, MOST_RULES, MOST_TESTS, RuleSet
from xiaowei.decisions.rules.plain import as_plain, fingerprint
from xiaowei.decisions.rules.reading import RuleSetError, read_rules, rule_set_of
from xiaowei.policy.book import load_book

LOW: dict[str, Any] = {
    "trait": "pd",
    "operator": "<",
    "limit": "0.05",
    "unit": "share",
}


def set_with(when: object, **more: object) -> dict[str, Any]:
    return stated([rule("low", LOW, "approve") | {"when": when} | more])


def fault_of(plain: object) -> str:
    with pytest.raises(RuleSetError) as refused:
        rule_set_of(plain, file="own.yaml", book=load_book())
    return str(refused.value)


class TestReading:
    @settings(max_examples=200, deadline=None)
    @given(rules=rule_sets())
    def test_gives_back_what_was_written_by_yaml_and_json(self, rules: RuleSet) -> None:
        plain = as_plain(rules)

        assert rule_set_of(json.loads(json.dumps(plain))) == rules
        assert read_rules(yaml.safe_dump(plain), file="x") == rules
        assert fingerprint(rule_set_of(plain)) == fingerprint(rules)

    def test_takes_days_as_yaml_gives_them(self) -> None:
        plain = stated([rule("low", LOW, "approve")])

        text = yaml.safe_dump(plain).replace("'2020-01-01'", "2020-01-01")

        assert "since: 2020-01-01" in text
        assert read_rules(text, file="x") == rule_set_of(plain)

    def test_has_one_fingerprint_for_one_rule_however_it_is_written(self) -> None:
        zeros = rule_set_of(set_with({**LOW, "limit": "0.0500"}))
        usual = rule_set_of(set_with(LOW, when_unknown="refer", rate_add="0.0000"))

        assert fingerprint(zeros) == fingerprint(usual)

    def test_has_another_fingerprint_for_another_limit_or_operator(self) -> None:
        prints = {
            fingerprint(rule_set_of(set_with({**LOW, **other})))
            for other in ({}, {"limit": "0.06"}, {"operator": "<="})
        }

        assert len(prints) == 3

    def test_names_every_fault_at_once_by_file_and_rule(self) -> None:
        bad = stated(
            [
                rule("first", {**LOW, "trait": "pdd"}, "approve"),
                rule("second", {**LOW, "limit": 0.05}, "aprove"),
                rule("second", {**LOW, "unit": "yuan"}, "decline"),
            ]
        )

        said = fault_of(bad)

        assert "rules in 'own.yaml' have 5 fault(s)" in said
        assert "rule 1 'first'.when.trait: there is no trait or fact 'pdd'" in said
        assert "did you mean 'pd'" in said
        assert "rule 2 'second'.outcome: one of approve, refer, decline is due" in said
        assert "rule 2 'second'.when.limit: a quoted number" in said
        assert "rule 3 'second'.when.unit: pd is counted in share" in said
        assert "rules 2 and 3 are both 'second'" in said
        assert "Mend these rules" in said

    @pytest.mark.parametrize(
        ("when", "named"),
        [
            ({**LOW, "operator": "in"}, "'in' does not fit pd, a number; one of <, <="),
            ({**LOW, "limit": "5"}, "5 lies outside -1 to 1"),
            ({"trait": "pd", "operator": "<", "unit": "share"}, "'limit' is missing"),
            ({"trait": "pd", "operator": "<", "limit": "0.1"}, "counted in share"),
            ({**LOW, "operator": "missing"}, "no limit is due"),
            ({**LOW, "extra": 1}, "'extra' is not a part of it"),
            (
                {"trait": "tier", "operator": "=", "limit": "stedy"},
                "'stedy' is no tier; one of high_potential, steady, risk_warning; "
                "did you mean 'steady'",
            ),
            (
                {"trait": "region", "operator": "<", "limit": "north"},
                "'<' does not fit region, a text",
            ),
            (
                {"trait": "region", "operator": "in", "limit": ["a", "a"]},
                "a value stands twice",
            ),
            ({"trait": "region", "operator": "in", "limit": []}, "1 to 100 items"),
            (
                {**LOW, "operator": "between", "limit": ["0.2", "0.1"]},
                "0.2 is above 0.1; state the lower one first",
            ),
            (
                {**LOW, "operator": "between", "limit": ["0.2"]},
                "2 to 2 items are due",
            ),
            (
                {"trait": "applied_on", "operator": "<", "limit": "2024-02-30"},
                "a day such as 2024-01-01 is due, not '2024-02-30'",
            ),
            (
                {"trait": "amount", "operator": "<", "limit": "0.001", "unit": "yuan"},
                "no whole number of fen",
            ),
            (
                {
                    "trait": "amount",
                    "operator": "<",
                    "limit": "99999999999.99",
                    "unit": "yuan",
                },
                "",
            ),
            (
                {**LOW, "limit": {"policy": "risk_warning_pdd"}},
                "no number 'risk_warning_pdd'; did you mean 'risk_warning_pd'",
            ),
            (
                {**LOW, "limit": {"policy": "min_limit_yuan"}},
                "'min_limit_yuan' is counted in yuan, and pd in share",
            ),
            (
                {"trait": "region", "operator": "=", "limit": {"policy": "lgd"}},
                "the policy book holds numbers; region is a text",
            ),
            ({"all": []}, "1 to 20 items are due"),
            ({"all": [LOW], "any": [LOW]}, "'any' is not a part of it"),
            ("pd < 0.05", "a mapping is due, not a str"),
            ({"trait": ["pd"], "operator": "<"}, "a text is due"),
        ],
    )
    def test_says_what_is_wrong_with_a_condition(
        self, when: object, named: str
    ) -> None:
        if not named:
            rule_set_of(set_with(when), book=load_book())
            return

        assert named in fault_of(set_with(when))

    @pytest.mark.parametrize(
        ("more", "named"),
        [
            ({"when_unknown": "fire"}, "may not fire on what is unknown"),
            (
                {"outcome": "refer", "when_unknown": "skip"},
                "may not be skipped unknown",
            ),
            ({"outcome": "decline", "cap_yuan": "1"}, "leave the cap out"),
            ({"outcome": "decline", "rate_add": "0.01"}, "leave the add-on out"),
            ({"rate_add": "0.00005"}, "no whole number of basis points"),
            ({"rate_add": "0.3"}, "0.3 lies outside 0 to 0.2"),
            ({"reason": "cuorts"}, "did you mean 'courts'"),
            ({"reason": "person"}, "'person' is no family of reasons"),
            ({"code": "No 1"}, "small letters, digits and _"),
            ({"ask": []}, "1 to 20 items are due"),
            ({"title": "low"}, "a mapping is due"),
        ],
    )
    def test_says_what_is_wrong_with_a_rule(
        self, more: dict[str, object], named: str
    ) -> None:
        assert named in fault_of(set_with(LOW, **more))

    @pytest.mark.parametrize(
        ("change", "named"),
        [
            ({"default": "maybe"}, "one of approve, refer, decline, none is due"),
            ({"version": "0"}, "0 lies outside 1"),
            ({"until": "2019-01-01"}, "2019-01-01 is no later than since"),
            ({"rules": []}, "1 to 200 items are due"),
            ({"purpose": SAID | {"fr": "x"}}, "'fr' is not a part of it"),
        ],
    )
    def test_says_what_is_wrong_with_a_set(
        self, change: dict[str, object], named: str
    ) -> None:
        assert named in fault_of(stated([rule("low", LOW, "approve")]) | change)


class TestBounds:
    def test_stop_depth(self) -> None:
        when = LOW
        for _ in range(DEEPEST):
            when = {"all": [when]}
        rule_set_of(set_with(when))

        assert "groups stand more than 3 deep" in fault_of(set_with({"any": [when]}))

    def test_stop_the_number_of_tests_and_rules(self) -> None:
        wide = {"any": [{"all": [LOW] * 16}, {"all": [LOW] * 15}]}
        many = [rule(f"r{n}", LOW, "refer") for n in range(MOST_RULES + 1)]

        assert f"31 tests are more than {MOST_TESTS}" in fault_of(set_with(wide))
        assert "1 to 200 items are due, not 201" in fault_of(stated(many))

    def test_stop_a_file_that_is_too_long(self) -> None:
        with pytest.raises(RuleSetError, match="characters"):
            read_rules("#" * (2**20 + 1), file="long.yaml")

    @pytest.mark.parametrize(
        "text",
        [
            "!!python/object/apply:os.system ['true']",
            "a: &a [*a]",
            "{: :",
            "- 1",
            "null",
            "rules: {a: 1, a: 2}",
            "&a {rules: [*a]}",
        ],
    )
    def test_stop_texts_that_are_no_rules(self, text: str) -> None:
        with pytest.raises(RuleSetError):
            read_rules(text, file="odd.yaml")

    @settings(max_examples=300, deadline=None)
    @given(data=st.data())
    def test_hold_whatever_values_are_put_anywhere(self, data: st.DataObject) -> None:
        odd = st.recursive(
            st.one_of(
                st.none(),
                st.booleans(),
                st.integers(),
                st.floats(),
                st.text(max_size=5),
                st.sampled_from(["pd", "<", "all", "policy", "__import__('os')"]),
            ),
            lambda inner: st.one_of(
                st.lists(inner, max_size=3),
                st.dictionaries(
                    st.sampled_from(["all", "any", "trait", "operator", "limit", "x"]),
                    inner,
                    max_size=3,
                ),
            ),
            max_leaves=8,
        )
        plain = set_with(data.draw(odd))
        plain[data.draw(st.sampled_from(sorted(plain)))] = data.draw(odd)

        with pytest.raises(RuleSetError):
            rule_set_of(plain)
