"""Findings added up: log-odds, ranges, papers, trust."""

import math
from dataclasses import replace
from datetime import date

import numpy as np
import pytest

from xiaowei.desk.verifying import emphases_on
from xiaowei.policy.trades.reading import load_profiles
from xiaowei.portraits.parts import TRAITS
from xiaowei.said import Said
from xiaowei.verification.combine import (
    FAMILIES,
    MOST_EVIDENCE,
    Weights,
    evidence,
    logit,
    reasons,
    suspicion,
    suspicions,
)
from xiaowei.verification.finding import Finding, silent
from xiaowei.verification.fitting import fit_weights
from xiaowei.verification.papers import PAPERS, papers
from xiaowei.verification.trust import doubts, trust
from xiaowei.verification.verify import CHECKS

WEIGHTS = Weights(prevalence=0.02, weights=dict.fromkeys(FAMILIES, 0.5), clear=0.05)


def finding(check: str, tail: float, *, firm: str = "E1") -> Finding:
    """A finding of a check with a tail."""
    return Finding(
        enterprise_id=firm,
        check=check,
        outcome="differs" if tail < 0.01 else "agrees",
        text=Said("甲", "a"),
        severity="medium" if tail < 0.01 else "none",
        unlikely=tail,
    )


class TestEvidence:
    def test_never_exceeds_what_a_tail_can_say(self) -> None:
        tails = np.geomspace(1e-12, 1, 200)
        said = [evidence(float(tail)) for tail in tails]

        assert said == sorted(said, reverse=True)
        assert max(said) == MOST_EVIDENCE
        assert all(
            one <= -math.log(t) + 1e-9 for one, t in zip(said, tails, strict=True)
        )


class TestSuspicion:
    def test_is_the_prior_where_nothing_was_heard(self) -> None:
        one = suspicion(
            "E1",
            [silent("E1", check="reversals", why=Said("缺", "none"))],
            weights=WEIGHTS,
        )

        assert one.probability == pytest.approx(0.02)
        assert one.low < 0.02 < one.high
        assert set(one.silent) == set(FAMILIES)

    def test_adds_the_strongest_of_each_family(self) -> None:
        told = [
            finding("reversals", 0.001),
            finding("shown_and_undone", 0.01),
            finding("circular_trade", 1e-4),
        ]

        one = suspicion("E1", told, weights=WEIGHTS)

        expected = logit(0.02) + 0.5 * (evidence(0.001) + evidence(1e-4)) - 2 * 0.05
        assert logit(one.probability) == pytest.approx(expected)
        assert [part.family for part in one.parts[:2]] == ["circles", "undone"]

    def test_is_not_lower_for_want_of_data(self) -> None:
        """Silence must never look better than having been looked at and found sound."""
        sound = suspicion("E1", [finding("reversals", 0.8)], weights=WEIGHTS)
        unheard = suspicion(
            "E1",
            [silent("E1", check="reversals", why=Said("缺", "none"))],
            weights=WEIGHTS,
        )

        assert sound.probability < unheard.probability
        assert unheard.high - unheard.low > sound.high - sound.low

    def test_says_its_sum_line_by_line(self) -> None:
        one = suspicion(
            "E1",
            [finding("reversals", 1e-5), finding("ticket_caps", 0.7)],
            weights=WEIGHTS,
        )

        lines = [said.en for said in reasons(one)]
        assert lines[0].startswith("a (+")
        assert "saw nothing odd (-0.05)" in lines[1]
        assert "had no data" in lines[2]

    def test_keeps_firms_apart(self) -> None:
        told = [finding("reversals", 1e-5), finding("reversals", 0.9, firm="E2")]

        found = suspicions(told, weights=WEIGHTS)

        assert found["E1"].probability > 0.1 > found["E2"].probability


class TestEmphasis:
    def test_counts_evidence_as_the_trade_has_it_and_says_so(self) -> None:
        told = [finding("reversals", 1e-3), finding("circular_trade", 1e-2)]
        plain = suspicion("E1", told, weights=WEIGHTS)

        more = suspicion("E1", told, weights=WEIGHTS, emphasis={"reversals": 1.5})

        gained = logit(more.probability) - logit(plain.probability)
        assert gained == pytest.approx(0.5 * 0.5 * evidence(1e-3))
        assert reasons(more)[0].en.endswith(", times 1.5 for its trade)")
        assert "按行业画像×1.5" in reasons(more)[0].zh
        assert "times" not in reasons(more)[1].en

    def test_takes_what_does_not_apply_for_unheard_and_not_for_sound(self) -> None:
        told = [finding("reversals", 1e-6)]

        one = suspicion("E1", told, weights=WEIGHTS, emphasis={"reversals": 0.0})

        assert one.probability == pytest.approx(WEIGHTS.prevalence)
        assert "undone" in one.silent

    def test_lets_another_check_of_the_family_speak(self) -> None:
        told = [finding("reversals", 1e-6), finding("shown_and_undone", 1e-3)]

        one = suspicion("E1", told, weights=WEIGHTS, emphasis={"reversals": 0.1})

        heard = one.parts[0].finding
        assert heard is not None
        assert heard.check == "shown_and_undone"

    def test_never_lets_one_finding_say_more_than_any_can(self) -> None:
        told = [finding("reversals", 1e-9)]

        one = suspicion("E1", told, weights=WEIGHTS, emphasis={"reversals": 9.0})

        assert one.parts[0].log_odds == pytest.approx(0.5 * MOST_EVIDENCE - 0.05)

    def test_is_that_of_each_firms_profile(self) -> None:
        trades = {"E1": "F51", "E2": "H62", "E3": "R90"}
        weights = replace(WEIGHTS, more=1.5, less=0.5)

        found = emphases_on(
            trades, date(2026, 1, 31), weights=weights, profiles=load_profiles()
        )

        assert found["E1"]["sales_without_purchases"] == 1.5
        assert found["E2"]["electricity_against_invoices"] == 0.0
        assert found["E2"]["two_sides"] == 0.5
        assert found["E3"] == {}


class TestUsual:
    def test_is_taken_off_in_a_line_of_its_own(self) -> None:
        weights = replace(WEIGHTS, usual={"F": 0.3})
        told = [finding("reversals", 1e-4)]
        plain = suspicion("E1", told, weights=weights)

        one = suspicion("E1", told, weights=weights, section="F")

        assert logit(plain.probability) - logit(one.probability) == pytest.approx(0.3)
        assert "less what is usual in its section (-0.30)" in [
            line.en for line in reasons(one)
        ]
        assert suspicion("E1", told, weights=weights, section="C") == plain

    def test_makes_nobody_better_of_whom_nothing_is_heard(self) -> None:
        weights = replace(WEIGHTS, usual={"F": 0.3})
        unheard = silent("E1", check="reversals", why=Said("缺", "none"))

        one = suspicion("E1", [unheard], weights=weights, section="F")

        assert one.probability == pytest.approx(0.02)


class TestPapers:
    def test_are_named_for_every_family(self) -> None:
        assert set(PAPERS) == set(FAMILIES)

    def test_come_in_the_order_of_what_they_settle(self) -> None:
        one = suspicion("E1", [finding("circular_trade", 1e-6)], weights=WEIGHTS)

        asked = papers(one, weights=WEIGHTS)

        assert asked[0].family == "circles"
        assert [p.settles for p in asked] == sorted(
            (p.settles for p in asked), reverse=True
        )


class TestTrust:
    def test_falls_on_traits_of_the_source_in_doubt_alone(self) -> None:
        one = suspicion("E1", [finding("washed_flows", 1e-6)], weights=WEIGHTS)

        doubted = doubts(one, CHECKS, weights=WEIGHTS)
        believed = trust(TRAITS, doubted)

        assert set(doubted) == {"bank_flows"}
        for trait in TRAITS:
            assert (believed[trait.name] < 1) == ("bank_flows" in trait.sources)

    def test_falls_on_a_firms_own_word_where_who_it_is_is_in_doubt(self) -> None:
        one = suspicion("E1", [finding("shared_identity", 1e-6)], weights=WEIGHTS)

        doubted = doubts(one, CHECKS, weights=WEIGHTS)

        assert doubted.keys() >= {"invoices", "statements"}
        assert trust(TRAITS, doubted)["sales_12m"] < 1

    def test_is_whole_where_nothing_speaks_against_a_firm(self) -> None:
        one = suspicion("E1", [finding("washed_flows", 0.9)], weights=WEIGHTS)

        assert doubts(one, CHECKS, weights=WEIGHTS) == {}


class TestFitting:
    def test_finds_what_evidence_counts_and_keeps_what_it_never_saw(self) -> None:
        rng = np.random.default_rng(3)
        truth = rng.random(20_000) < 0.1
        heard = np.ones(20_000, dtype=np.bool_)
        said = {
            "circles": np.where(truth, rng.exponential(4, 20_000), 0.0),
            "tax": rng.exponential(0.5, 20_000),
            "goods": np.zeros(20_000),
        }

        found = fit_weights(said, dict.fromkeys(said, heard), truth, prevalence=0.02)

        assert found.prevalence == 0.02
        assert found.clear >= 0
        assert found.weights["circles"] > 0.9
        assert found.weights["tax"] < 0.1
        assert found.weights["goods"] == pytest.approx(0.5)

    def test_states_chances_that_come_true(self) -> None:
        """At the prevalence of the sample the mean chance is that of the sample."""
        rng = np.random.default_rng(5)
        truth = rng.random(40_000) < 0.05
        found = np.where(
            truth, rng.exponential(3, 40_000), rng.exponential(0.2, 40_000)
        )
        heard = {"tax": np.ones(40_000, dtype=np.bool_)}

        learnt = fit_weights({"tax": found}, heard, truth, prevalence=0.05)

        odds = logit(0.05) + learnt.weights["tax"] * found - learnt.clear
        stated = 1 / (1 + np.exp(-odds))
        assert stated.mean() == pytest.approx(truth.mean(), rel=0.1)

    def test_gives_no_finding_a_negative_weight(self) -> None:
        rng = np.random.default_rng(4)
        truth = rng.random(5_000) < 0.2
        against = np.where(truth, 0.0, rng.exponential(2, 5_000))
        heard = {"tax": np.ones(5_000, dtype=np.bool_)}

        found = fit_weights({"tax": against}, heard, truth, prevalence=0.02)

        assert found.weights["tax"] == 0.0


def test_a_rule_without_peers_says_little() -> None:
    rule = replace(finding("tax_against_invoices", 0.001), unlikely=None)

    one = suspicion("E1", [rule], weights=WEIGHTS)

    assert logit(one.probability) == pytest.approx(
        logit(0.02) + 0.5 * evidence(0.05) - 0.05
    )
