"""What is proven of rules is what looking at every firm shows, no more and no less."""

from itertools import combinations, product
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.decisions.rules.drawing import LIMITS, VALUES, of, rule, rule_sets, settled

from xiaowei.decisions.rules.grammar import Rule, RuleSet
from xiaowei.decisions.rules.proof import Proof, prove
from xiaowei.decisions.rules.ruling import Ruling, decide
from xiaowei.decisions.rules.settled import Settled

PD_BELOW = {"trait": "pd", "operator": "<", "limit": "0.05", "unit": "share"}
PD_FROM = {"trait": "pd", "operator": ">=", "limit": "0.05", "unit": "share"}
PD_MISSING = {"trait": "pd", "operator": "missing"}


def every_firm(rules: Settled) -> list[tuple[dict[str, Any], Ruling]]:
    names = rules.rules.fields
    rows = [
        dict(zip(names, values, strict=True))
        for values in product(*(VALUES[name] for name in names))
    ]
    return [(row, decide(rules, row)) for row in rows]


def worse(than: Ruling, one: Ruling) -> bool:
    if one.outcome != "approve":
        return True
    caps = [float("inf") if r.cap_fen is None else r.cap_fen for r in (one, than)]
    return caps[0] < caps[1] or one.rate_add > than.rate_add


def effect(one: Rule) -> object:
    return one.outcome, one.cap_fen, one.rate_add


def by_looking(rules: Settled) -> set[tuple[str, tuple[str, ...]]]:
    """Return what looking at every firm shows; no code of a proof is used."""
    seen = every_firm(rules)
    lines = rules.rules.rules
    shown: set[tuple[str, tuple[str, ...]]] = set()
    if any(ruling.rule is None for _, ruling in seen):
        shown.add(("gap" if rules.rules.default is None else "default", ()))
    for place, line in enumerate(lines):
        truths = {ruling.steps[place].truth for _, ruling in seen}
        fires = any(r.rule == line and not r.unknown for _, r in seen)
        if True not in truths:
            shown.add(("contradiction", (line.code,)))
        elif not fires:
            shown.add(("unreachable", (line.code,)))
        if False not in truths:
            shown.add(("tautology", (line.code,)))
    for first, later in combinations(range(len(lines)), 2):
        both = any(
            r.rule == lines[first] and not r.unknown and r.steps[later].truth
            for _, r in seen
        )
        if both and effect(lines[first]) != effect(lines[later]):
            shown.add(("overlap", (lines[first].code, lines[later].code)))
    return shown | gains(rules, seen)


def gains(
    rules: Settled, seen: list[tuple[dict[str, Any], Ruling]]
) -> set[tuple[str, tuple[str, ...]]]:
    shown: set[tuple[str, tuple[str, ...]]] = set()
    known = {tuple(row.values()): ruling for row, ruling in seen}
    for name in rules.rules.fields:
        for row, ruling in seen:
            if row[name] is not None or ruling.outcome != "approve":
                continue
            code = ruling.rule.code if ruling.rule else "default"
            for value in VALUES[name]:
                other = known[tuple({**row, name: value}.values())]
                if value is not None and worse(ruling, other):
                    shown.add(("generous", (code, name)))
    return shown


def proven(proof: Proof) -> set[tuple[str, tuple[str, ...]]]:
    assert not proof.unproven
    found: set[tuple[str, tuple[str, ...]]] = set()
    for one in proof.remarks:
        codes = one.rules
        if one.kind == "unreachable":
            codes = one.rules[:1]
        elif one.kind == "generous":
            codes = (one.rules[0], one.rules[2])
        found.add((one.kind, codes))
    return found


SMALL = ("pd", "debt_lenders_now", "tier")
OTHERS = ("amount", "applied_on", "region")


class TestProof:
    @settings(max_examples=250, deadline=None)
    @given(rules=rule_sets(names=SMALL, most=4))
    def test_misses_nothing_and_makes_up_nothing(self, rules: RuleSet) -> None:
        ready = settled(rules)

        assert proven(prove(ready)) == by_looking(ready)

    @settings(max_examples=150, deadline=None)
    @given(rules=rule_sets(names=OTHERS, most=4))
    def test_does_so_for_money_days_and_names_too(self, rules: RuleSet) -> None:
        ready = settled(rules)

        assert proven(prove(ready)) == by_looking(ready)

    @settings(max_examples=100, deadline=None)
    @given(rules=rule_sets(names=tuple(LIMITS), most=3))
    def test_shows_firms_that_the_evaluator_bears_out(self, rules: RuleSet) -> None:
        ready = settled(rules)

        for one in prove(ready).remarks:
            for row in (one.example, one.beside):
                assert row is None or decide(ready, row).steps
            assert (one.example is None) == (one.kind == "contradiction")

    @settings(max_examples=100, deadline=None)
    @given(rules=rule_sets(names=SMALL), most=st.integers(1, 3))
    def test_says_not_proven_where_it_may_not_look_further(
        self, rules: RuleSet, most: int
    ) -> None:
        ready = settled(rules)

        short, full = prove(ready, most=most), prove(ready)

        assert proven(full) >= {
            (kind, codes) for kind, codes in _told(short) if kind != "contradiction"
        }
        assert len(short.remarks) + len(short.unproven) >= len(full.remarks)
        assert not (short.sound and not full.sound)


def _told(proof: Proof) -> set[tuple[str, tuple[str, ...]]]:
    return proven(Proof(proof.remarks, (), proof.asked))


class TestRemarks:
    def test_name_a_gap_with_a_firm_that_falls_into_it(self) -> None:
        rules = of([rule("low", PD_BELOW, "approve")], default="none")

        (gap,) = prove(rules).remarks

        assert gap.kind == "gap"
        assert gap.fault
        assert gap.example is not None
        assert decide(rules, gap.example).rule is None

    def test_find_no_gap_where_all_is_covered(self) -> None:
        lines = [rule("low", PD_BELOW, "approve"), rule("high", PD_FROM, "decline")]

        proof = prove(of(lines, default="none"))

        assert proof.sound
        assert proof.lines[-1].en.endswith("no fault is found")

    def test_name_a_rule_that_two_before_it_leave_nothing(self) -> None:
        lines = [
            rule("low", PD_BELOW, "approve"),
            rule("high", PD_FROM, "decline"),
            rule("known", {"trait": "pd", "operator": "known"}, "refer"),
        ]

        (fault,) = prove(of(lines)).faults

        assert fault.kind == "unreachable"
        assert fault.rules[0] == "known"
        assert "an earlier rule decides" in fault.text.en

    def test_name_a_condition_that_never_holds(self) -> None:
        lines = [rule("never", {"all": [PD_BELOW, PD_FROM]}, "decline")]

        (fault,) = prove(of(lines)).faults

        assert (fault.kind, fault.rules) == ("contradiction", ("never",))
        assert "自相矛盾" in fault.lines[0].zh

    def test_name_no_number_between_two_whole_ones(self) -> None:
        def lenders(operator: str, limit: str) -> dict[str, str]:
            return {
                "trait": "debt_lenders_now",
                "operator": operator,
                "limit": limit,
                "unit": "count",
            }

        never = {"all": [lenders(">", "3"), lenders("<", "4")]}

        (fault,) = prove(of([rule("never", never, "decline")])).faults

        assert fault.kind == "contradiction"

    def test_name_a_firm_that_gains_by_not_saying(self) -> None:
        lines = [
            rule("untold", PD_MISSING, "approve"),
            rule("high", PD_FROM, "decline"),
        ]

        (fault,) = prove(of(lines)).faults

        assert fault.kind == "generous"
        assert fault.example == {"pd": None}
        assert fault.beside is not None
        assert fault.beside["pd"] is not None

    def test_name_a_lane_with_less_before_one_with_more(self) -> None:
        power = {
            "trait": "kwh_12m",
            "operator": ">",
            "limit": "1000",
            "unit": "kwh",
        }
        first = rule("power", power, "approve", cap_yuan="100", when_unknown="skip")
        second = rule("low", PD_BELOW, "approve", cap_yuan="200")

        (fault,) = prove(of([first, second])).faults

        assert fault.kind == "generous"
        assert prove(of([second, first])).sound

    def test_count_an_overlap_as_no_fault(self) -> None:
        lines = [rule("low", PD_BELOW, "approve"), rule("lower", PD_BELOW, "decline")]

        kinds = {one.kind: one.fault for one in prove(of(lines)).remarks}

        assert kinds["overlap"] is False
        assert kinds["unreachable"] is True

    @pytest.mark.parametrize("size", [40])
    def test_settle_a_long_set_within_the_bound(self, size: int) -> None:
        def lane(place: int) -> dict[str, Any]:
            low = {
                "trait": "sales_12m",
                "operator": "<",
                "limit": str(1000 * (place + 1)),
                "unit": "yuan",
            }
            return rule(f"r{place}", {"any": [low, PD_FROM]}, "refer")

        proof = prove(of([lane(place) for place in range(size)]))

        assert not proof.unproven
        assert not proof.faults
