"""The three tiers, what moves them and what does not."""

from dataclasses import replace
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xiaowei.offers.tiers import (
    TIERS,
    Standing,
    Tier,
    TierRules,
    decide_tier,
)

RANK = {tier: at for at, tier in enumerate(TIERS)}
GOOD = Standing(
    pd=0.02,
    pd_high=0.05,
    growth=0.30,
    expected_value=0.015,
    worst_finding=0,
    defaults=0,
)
shares = st.floats(0, 1)
previous_tiers = st.sampled_from([None, *TIERS])
standings = st.builds(
    Standing,
    pd=st.none() | shares,
    pd_high=st.none() | shares,
    growth=st.none() | st.floats(-1, 3),
    expected_value=st.none() | st.floats(-0.7, 0.1),
    worst_finding=st.none() | st.integers(0, 3),
    defaults=st.integers(0, 2),
)


def rank(standing: Standing, rules: TierRules, previous: Tier | None = None) -> int:
    return RANK[decide_tier(standing, rules=rules, previous=previous).tier]


class TestDecideTier:
    @pytest.mark.parametrize(
        ("change", "expected"),
        [
            ({}, "high_potential"),
            ({"pd": 0.0499}, "high_potential"),
            ({"pd": 0.05}, "steady"),
            ({"pd": 0.1499}, "steady"),
            ({"pd": 0.15}, "risk_warning"),
            ({"pd": None}, "risk_warning"),
            ({"pd": float("nan")}, "risk_warning"),
            ({"pd_high": 0.10}, "steady"),
            ({"pd_high": None}, "steady"),
            ({"growth": 0.10}, "steady"),
            ({"growth": 0.1001}, "high_potential"),
            ({"growth": None}, "steady"),
            ({"expected_value": 0.0}, "steady"),
            ({"expected_value": None}, "steady"),
            ({"worst_finding": 1}, "high_potential"),
            ({"worst_finding": 2}, "steady"),
            ({"worst_finding": 3}, "risk_warning"),
            ({"worst_finding": None}, "risk_warning"),
            ({"defaults": 1}, "risk_warning"),
        ],
    )
    def test_follows_the_boundaries(
        self, rules: TierRules, change: dict[str, float | None], expected: Tier
    ) -> None:
        standing = replace(GOOD, **change)  # type: ignore[arg-type]

        assert decide_tier(standing, rules=rules).tier == expected

    @given(standing=standings, worse=shares, previous=previous_tiers)
    def test_is_no_better_at_a_higher_pd(
        self, rules: TierRules, standing: Standing, worse: float, previous: Tier | None
    ) -> None:
        higher = replace(standing, pd=max(standing.pd or 0.0, worse))
        if standing.pd is None:
            return

        assert rank(higher, rules, previous) >= rank(standing, rules, previous)

    @given(
        standing=standings,
        previous=previous_tiers,
        trait=st.sampled_from(
            ["pd", "pd_high", "growth", "expected_value", "worst_finding"]
        ),
    )
    def test_is_no_better_for_what_is_unknown(
        self, rules: TierRules, standing: Standing, previous: Tier | None, trait: str
    ) -> None:
        unknown = replace(standing, **{trait: None})  # type: ignore[arg-type]

        assert rank(unknown, rules, previous) >= rank(standing, rules, previous)

    @given(
        steps=st.lists(st.floats(-0.0099, 0.0099), min_size=1, max_size=20),
        boundary=st.sampled_from([0.05, 0.15]),
        start=st.sampled_from(list(TIERS)),
    )
    def test_does_not_flap_about_a_boundary(
        self, rules: TierRules, steps: list[float], boundary: float, start: Tier
    ) -> None:
        seen = [start]
        for step in steps:
            standing = replace(GOOD, pd=boundary + step)
            seen.append(decide_tier(standing, rules=rules, previous=seen[-1]).tier)

        moves = sum(a != b for a, b in pairwise(seen))
        assert moves <= 1

    @pytest.mark.parametrize(
        ("previous", "pd", "expected"),
        [
            ("steady", 0.155, "steady"),
            ("steady", 0.16, "risk_warning"),
            ("risk_warning", 0.145, "risk_warning"),
            ("risk_warning", 0.1399, "steady"),
            ("high_potential", 0.0599, "high_potential"),
            ("high_potential", 0.06, "steady"),
            ("steady", 0.04, "steady"),
            ("steady", 0.0399, "high_potential"),
        ],
    )
    def test_moves_only_beyond_the_margin(
        self, rules: TierRules, previous: Tier, pd: float, expected: Tier
    ) -> None:
        standing = replace(GOOD, pd=pd)

        assert decide_tier(standing, rules=rules, previous=previous).tier == expected

    @pytest.mark.parametrize("previous", list(TIERS))
    def test_lets_a_severe_finding_count_at_once(
        self, rules: TierRules, previous: Tier
    ) -> None:
        standing = replace(GOOD, worst_finding=3)

        assert rank(standing, rules, previous) == RANK["risk_warning"]

    def test_gives_only_the_warnings_that_hit(self, rules: TierRules) -> None:
        standing = replace(GOOD, pd=0.2, defaults=1)

        lines = decide_tier(standing, rules=rules).lines

        assert [line.en for line in lines] == [
            "tier: risk-warning",
            "probability of default is 0.2000: 'probability of default >= 0.15' holds",
            "defaults on record is 1: 'defaults on record >= 1' holds",
        ]

    def test_says_what_keeps_from_high_potential(self, rules: TierRules) -> None:
        tiering = decide_tier(replace(GOOD, growth=None), rules=rules)

        assert [reason.rule.code for reason in tiering.reasons] == ["H3"]
        assert tiering.lines[0].zh == "分层：稳健型"
        assert tiering.lines[1].zh == "销售年增长为 未知：“销售年增长 > 0.10”不符合"

    def test_says_the_limit_that_the_margin_moved(self, rules: TierRules) -> None:
        standing = replace(GOOD, pd=0.16)

        tiering = decide_tier(standing, rules=rules, previous="steady")

        assert tiering.reasons[0].text.en.endswith(">= 0.16' holds")


class TestTierRules:
    def test_have_a_code_each(self, rules: TierRules) -> None:
        parts = (*rules.high_potential.parts, *rules.risk_warning.parts)
        reasons = [part.reasons(GOOD.traits)[0] for part in parts]

        assert len({reason.rule.code for reason in reasons}) == len(parts) == 10

    def test_say_themselves(self, rules: TierRules) -> None:
        assert rules.risk_warning.text.en == (
            "probability of default >= 0.15 or probability of default "
            "unknown or worst open finding (0 none, 3 high) >= 3 or"
            " worst open finding (0 none, 3 high) unknown or defaults on record >= 1"
        )
