"""What is other between two versions is named, and nothing else."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.decisions.rules.drawing import DAY, rule, rule_sets, stated

from xiaowei.decisions.rules.difference import Change, changes
from xiaowei.decisions.rules.grammar import RuleSet
from xiaowei.decisions.rules.plain import as_plain
from xiaowei.decisions.rules.reading import rule_set_of
from xiaowei.decisions.rules.settled import settle
from xiaowei.policy.book import Book, load_book

LOW: dict[str, Any] = {
    "trait": "pd",
    "operator": "<",
    "limit": "0.05",
    "unit": "share",
}
NORTH: dict[str, Any] = {"trait": "region", "operator": "=", "limit": "north"}
BOTH: dict[str, Any] = {"all": [LOW, NORTH]}


def one(when: dict[str, Any] = BOTH, outcome: str = "refer", **more: object) -> RuleSet:
    return rule_set_of(stated([rule("a", when, outcome, **more)]))


def order(codes: str) -> RuleSet:
    return rule_set_of(stated([rule(code, LOW, "refer") for code in codes]))


class TestChanges:
    @given(rules=rule_sets())
    @settings(max_examples=50, deadline=None)
    def test_are_none_between_a_set_and_itself(self, rules: RuleSet) -> None:
        assert changes(rules, rule_set_of(as_plain(rules))) == ()

    @given(one=rule_sets(), other=rule_sets())
    @settings(max_examples=100, deadline=None)
    def test_are_some_where_anything_decides_otherwise(
        self, one: RuleSet, other: RuleSet
    ) -> None:
        same = (one.rules, one.default) == (other.rules, other.default)

        assert same == (changes(one, other) == ())

    @pytest.mark.parametrize(
        ("after", "kinds"),
        [
            (one({"all": [{**LOW, "limit": "0.06"}, NORTH]}), ["limit"]),
            (one({"all": [{**LOW, "operator": "<="}, NORTH]}), ["operator"]),
            (one({"all": [LOW, {**NORTH, "limit": "south"}]}), ["limit"]),
            (one({"any": [LOW, NORTH]}), ["condition"]),
            (one({"all": [NORTH, LOW]}), ["condition"]),
            (one(LOW), ["condition"]),
            (one(outcome="decline"), ["outcome"]),
            (one(cap_yuan="100"), ["outcome"]),
            (one(rate_add="0.005"), ["outcome"]),
            (one(ask=[{"zh": "章程", "en": "charter"}]), ["outcome"]),
            (one(when_unknown="fire"), ["when_unknown"]),
            (one(reason="courts"), ["reason"]),
            (one(source="elsewhere"), ["source"]),
            (one(title={"zh": "甲", "en": "b"}), ["title"]),
        ],
    )
    def test_name_what_of_a_rule_is_other(
        self, after: RuleSet, kinds: list[str]
    ) -> None:
        found = changes(one(), after)

        assert [change.kind for change in found] == kinds
        assert found[0].code == "a"
        assert found[0].before != found[0].after

    @pytest.mark.parametrize(
        ("before", "after", "expected"),
        [
            ("abcd", "bcda", ["moved a"]),
            ("abcd", "dabc", ["moved d"]),
            ("abcd", "abxcd", ["added x"]),
            ("abcd", "acd", ["removed b"]),
            ("abcd", "badc", ["moved b", "moved d"]),
            ("abc", "xyz", ["removed a", "removed b", "removed c"]),
        ],
    )
    def test_name_as_few_moves_as_can_be(
        self, before: str, after: str, expected: list[str]
    ) -> None:
        found = [f"{c.kind} {c.code}" for c in changes(order(before), order(after))]

        assert len(set(found) & {"moved a", "moved b", "moved c", "moved d"}) == len(
            [line for line in expected if line.startswith("moved")]
        )
        assert {line for line in expected if not line.startswith("moved")} <= set(found)

    @settings(deadline=None)
    @given(codes=st.permutations("abcdefg"))
    def test_move_none_that_stays_in_its_order(self, codes: list[str]) -> None:
        moved = {c.code for c in changes(order("abcdefg"), order("".join(codes)))}

        stays = [code for code in codes if code not in moved]

        assert stays == sorted(stays)

    def test_say_the_sentence_before_and_after(self) -> None:
        (change,) = changes(one(LOW), one({**LOW, "limit": "0.06"}))

        assert change.text.zh == "a：限值由“违约概率低于5%”改为“违约概率低于6%”"
        assert change.text.en == (
            "a: limit from 'probability of default is below 5%' to "
            "'probability of default is below 6%'"
        )

    def test_say_what_is_new_and_where_it_stands(self) -> None:
        (change,) = changes(order("a"), order("ab"))

        assert isinstance(change, Change)
        assert change.text.en.startswith("b: added: after a: if probability of default")

    def test_name_default_and_days(self) -> None:
        plain = as_plain(one())
        after = rule_set_of({**plain, "default": "none", "until": DAY.isoformat()})

        found = [(change.kind, change.code) for change in changes(one(), after)]

        assert found == [("set", "default"), ("set", "days")]

    def test_name_a_number_of_the_book_only_where_both_have_another(self) -> None:
        named = {**LOW, "limit": {"policy": "risk_warning_pd"}}
        written = one(named)
        book = load_book()
        ready = settle(written, book=book, on=DAY).rules
        number = replace(
            book.entry("risk_warning_pd"), values=((date(2016, 1, 1), Decimal("0.2")),)
        )
        other = Book({**book.entries, "risk_warning_pd": number})

        assert changes(written, ready) == changes(ready, written) == ()
        (change,) = changes(ready, settle(written, book=other, on=DAY).rules)
        assert change.text.en == (
            "a: limit from 'probability of default is below 15% ('risk_warning_pd')' "
            "to 'probability of default is below 20% ('risk_warning_pd')'"
        )
