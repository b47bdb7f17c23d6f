"""Findings from counts and tails: how grave, and silent where peers are few."""

import pytest

from xiaowei.said import Said
from xiaowei.verification.chances import MIN_PEERS
from xiaowei.verification.finding import Evidence, Finding, Severity
from xiaowei.verification.statistical import (
    Count,
    for_information,
    judge_counts,
    judge_tails,
)


def worded(firm: str) -> Finding:
    return Finding(
        enterprise_id=firm,
        check="a check",
        outcome="differs",
        text=Said("多", "many"),
        benign=Said("忙", "busy"),
        evidence=(Evidence("a.csv", 2, Said("一行", "a row")),),
    )


class TestJudgeTails:
    @pytest.mark.parametrize(
        ("tail", "worst", "severity"),
        [
            (1e-6, "high", "high"),
            (1e-6, "medium", "medium"),
            (1e-6, "low", "low"),
            (1.1e-6, "high", "medium"),
            (1e-3, "high", "medium"),
            (1.1e-3, "high", "low"),
            (0.05, "high", "low"),
            (0.051, "high", "none"),
        ],
    )
    def test_is_graver_the_less_likely_up_to_its_worst(
        self, tail: float, worst: Severity, severity: Severity
    ) -> None:
        (found,) = judge_tails([worded("E1")], [tail], worst=worst)

        assert found.severity == severity
        assert found.unlikely == round(tail, 9)

    def test_takes_excuse_and_evidence_from_what_agrees(self) -> None:
        odd, even = judge_tails([worded("A"), worded("B")], [1e-9, 0.9], worst="high")

        assert (odd.outcome, len(odd.evidence)) == ("differs", 1)
        assert (even.outcome, even.benign, even.evidence) == ("agrees", None, ())


class TestJudgeCounts:
    def test_is_silent_with_its_reason_among_nineteen(self) -> None:
        found = judge_counts(
            [Count(5, 5, worded(str(n))) for n in range(19)], worst="low"
        )

        assert {one.outcome for one in found} == {"silent"}
        assert {one.severity for one in found} == {"none"}
        assert found[0].text.zh == "可比企业不足20户，不作判断"

    def test_judges_twenty(self) -> None:
        counts = [Count(1, 50, worded(str(n))) for n in range(19)]

        found = judge_counts([*counts, Count(40, 50, worded("odd"))], worst="high")

        assert [one.enterprise_id for one in found if one.outcome == "differs"] == [
            "odd"
        ]

    def test_goes_by_a_firms_own_share_where_all_have_one(self) -> None:
        """Forty of fifty is odd beside peers, and not beside a share of four fifths."""
        counts = [Count(5, 50, worded(str(n)), 0.1) for n in range(29)]

        found = judge_counts([*counts, Count(40, 50, worded("own"), 0.8)], worst="high")

        assert {one.outcome for one in found} == {"agrees"}

    def test_has_nothing_to_say_of_nobody(self) -> None:
        assert judge_counts([], worst="low") == []


class TestForInformation:
    def test_gives_odds_to_what_a_rule_found_and_to_nothing_else(self) -> None:
        findings = [
            Finding(
                enterprise_id=f"E{n}",
                check="rule",
                outcome="differs" if n == 0 else "agrees",
                severity="low" if n == 0 else "none",
                text=Said("甲", "a"),
            )
            for n in range(MIN_PEERS)
        ]

        told = for_information(findings, [0.01] * MIN_PEERS)

        assert [one.unlikely for one in told] == [0.01] + [None] * (MIN_PEERS - 1)
        assert [one.outcome for one in told] == [one.outcome for one in findings]
        assert for_information(findings[:3], ()) == findings[:3]
