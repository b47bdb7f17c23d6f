"""Test cases as officers write them, run by the evaluator that decides."""

import pytest
from tests.decisions.rules.drawing import of, rule

from xiaowei.decisions.rule_cases import CasesError, cases_of, read_cases, try_cases

RULES = of(
    [
        rule(
            "large",
            {"trait": "amount", "operator": ">", "limit": "500000", "unit": "yuan"},
            "decline",
        ),
        rule(
            "low",
            {"trait": "pd", "operator": "<", "limit": "0.05", "unit": "share"},
            "approve",
        ),
    ]
)
CASES = """
cases:
  - {name: large, firm: {amount: "500000.01"}, outcome: decline, rule: large}
  - {name: at the limit, firm: {amount: "500000", pd: "0.01"}, outcome: approve}
  - {name: pd not known, firm: {amount: "1"}, outcome: refer, rule: low}
  - {name: left, firm: {amount: "1", pd: "0.05"}, outcome: refer, rule: default}
"""


class TestTryCases:
    def test_pass_where_what_is_due_comes(self) -> None:
        tried = try_cases(RULES, read_cases(CASES, file="cases.yaml"))

        assert [one.passed for one in tried] == [True] * 4
        assert [one.rule for one in tried] == ["large", "low", "low", "default"]

    @pytest.mark.parametrize(
        ("stated", "word"),
        [
            ("firm: {amount: '1', pd: '0.01'}, outcome: decline", "decline is due"),
            ("firm: {amount: '1'}, outcome: refer, rule: large", "refer by large"),
            ("firm: {pd: '0.01'}, outcome: approve", "cannot be decided"),
            ("firm: {amount: '1', pd: '3'}, outcome: approve", "0 to 1"),
        ],
    )
    def test_fail_and_say_what_came(self, stated: str, word: str) -> None:
        text = f"cases: [{{name: a, {stated}}}]"
        (tried,) = try_cases(RULES, read_cases(text, file="cases.yaml"))

        assert not tried.passed
        assert word in tried.text.en
        assert tried.as_plain()["passed"] is False


class TestReadCases:
    def test_gives_back_what_was_kept(self) -> None:
        cases = read_cases(CASES, file="cases.yaml")

        assert cases_of({"cases": [one.as_plain() for one in cases]}) == cases

    def test_takes_a_day(self) -> None:
        text = "cases: [{name: a, firm: {applied_on: 2024-06-30}, outcome: refer}]"
        (case,) = read_cases(text, file="a")

        assert cases_of({"cases": [case.as_plain()]}) == (case,)

    @pytest.mark.parametrize(
        ("text", "word"),
        [
            ("cases: []", "1 to 1000"),
            (
                "cases: [{name: a, firm: {pdd: '1'}, outcome: refer}]",
                "did you mean 'pd'",
            ),
            ("cases: [{name: a, firm: {pd: 0.1}, outcome: refer}]", "quoted"),
            ("cases: [{name: a, firm: {pd: '0.1'}, outcome: maybe}]", "approve, refer"),
            ("cases: [{name: a, outcome: refer}]", "'firm' is missing"),
            ("cases: [{name: a, firm: {tier: 3}, outcome: refer}]", "a text is due"),
            ("cases: {", "not YAML"),
            (
                "cases: [{name: a, firm: {}, outcome: refer},"
                " {name: a, firm: {}, outcome: refer}]",
                "comes 2 times",
            ),
        ],
    )
    def test_names_every_fault(self, text: str, word: str) -> None:
        with pytest.raises(CasesError, match=word):
            read_cases(text, file="cases.yaml")
