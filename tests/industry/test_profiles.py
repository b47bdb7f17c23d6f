"""What an enterprise is judged on by its trade, and what is said of it."""

from datetime import date

import numpy as np
import pytest

from xiaowei.industry.profiles import (
    DERIVED,
    NoProfileError,
    judge,
    peers_of,
    profile_of,
)
from xiaowei.policy.trades.profile import Profiles
from xiaowei.policy.trades.reading import load_profiles
from xiaowei.portraits.parts import TRAITS
from xiaowei.verification.verify import CHECKS

DAY = date(2026, 1, 31)
PEERS = {
    name: np.arange(101.0)
    for name in (
        "inflow_variation_12m",
        "inflow_largest_share_12m",
        "runway_3m",
        "margin_12m",
    )
}


@pytest.fixture(scope="module")
def profiles() -> Profiles:
    return load_profiles()


class TestShippedProfiles:
    def test_name_traits_that_portraits_have(self, profiles: Profiles) -> None:
        known = {trait.name for trait in TRAITS} | set(DERIVED)
        named = {
            name.lstrip("-")
            for dimension in profiles.dimensions.values()
            for name in dimension.traits
        }

        assert named <= known

    def test_lean_where_the_dictionary_sees_the_risk(self, profiles: Profiles) -> None:
        direction = {trait.name: trait.direction for trait in TRAITS}
        for dimension in profiles.dimensions.values():
            for name in dimension.traits:
                told = direction.get(name.lstrip("-"), "lower_is_riskier")
                less = name.startswith("-")
                assert told == ("higher_is_riskier" if less else "lower_is_riskier")

    def test_name_checks_that_there_are(self, profiles: Profiles) -> None:
        named = {
            name for profile in profiles.profiles.values() for name in profile.checks
        }

        assert named <= {check.name for check in CHECKS}


class TestProfileOf:
    @pytest.mark.parametrize(
        ("code", "expected"),
        [
            ("H6210", "catering"),
            ("H61", "general"),
            ("6510", "technology"),
            ("M73", "technology"),
            ("M74", "general"),
            ("C33", "manufacturing"),
            ("F5199", "trade"),
            ("A01", "farming"),
            (None, "general"),
        ],
    )
    def test_is_that_of_the_finest_code(
        self, profiles: Profiles, code: str | None, expected: str
    ) -> None:
        assert profile_of(profiles, code, on=DAY).key == expected

    def test_is_refused_before_the_first(self, profiles: Profiles) -> None:
        with pytest.raises(NoProfileError, match="2010-01-01"):
            profile_of(profiles, "H62", on=date(2010, 1, 1))


class TestJudge:
    def test_places_an_enterprise_among_peers_by_weight(
        self, profiles: Profiles
    ) -> None:
        values = {
            "inflow_variation_12m": 20.0,
            "inflow_largest_share_12m": 40.0,
            "runway_3m": 90.0,
            "margin_12m": 50.0,
        }
        judged = judge(values, code="H62", profiles=profiles, on=DAY, peers=PEERS)

        def rank(x: float) -> float:
            return 100 * (x + 0.5) / 101

        stable = 100 - (rank(20) + rank(40)) / 2
        places = {side.dimension.key: side.place for side in judged.sides}
        assert places["cash_stability"] == pytest.approx(stable)
        assert places["runway"] == pytest.approx(rank(90))
        assert judged.known == pytest.approx(0.70)
        assert judged.index == pytest.approx(
            0.30 * stable + 0.25 * rank(90) + 0.15 * rank(50)
        )
        assert judged.at_most == pytest.approx(judged.index + 30)

    def test_is_never_the_better_for_what_is_not_known(
        self, profiles: Profiles
    ) -> None:
        values: dict[str, float | None] = {
            name: 10.0 if name == "runway_3m" else 60.0 for name in PEERS
        }
        whole = judge(values, code="H62", profiles=profiles, on=DAY, peers=PEERS)

        for name in PEERS:
            for unknown in (None, float("nan")):
                less = judge(
                    {**values, name: unknown},
                    code="H62",
                    profiles=profiles,
                    on=DAY,
                    peers=PEERS,
                )
                assert less.index < whole.index
                assert less.known < whole.known
                assert less.at_most >= whole.at_most

    def test_leaves_what_is_missing_missing(self, profiles: Profiles) -> None:
        judged = judge(
            {"runway_3m": 3.0}, code="H62", profiles=profiles, on=DAY, peers=PEERS
        )
        stable = next(s for s in judged.sides if s.dimension.key == "cash_stability")

        assert stable.place is None
        assert stable.known == 0.0
        assert "counts for nothing; unknown: variation of" in stable.text.en

    def test_gives_no_place_among_too_few(self, profiles: Profiles) -> None:
        few = {name: column[:19] for name, column in PEERS.items()}
        judged = judge(
            {"runway_3m": 3.0}, code="H62", profiles=profiles, on=DAY, peers=few
        )

        assert (judged.known, judged.peers, judged.index) == (0, 0, 0)

    def test_says_that_the_profile_changed_weights_checks_and_papers(
        self, profiles: Profiles
    ) -> None:
        judged = judge({}, code="H62", profiles=profiles, on=DAY)
        zh, en = zip(*judged.lines, strict=True)

        assert "H62 餐饮业按“餐饮”画像评价" in zh[0]
        assert "现金流稳定15%→30%" in zh[1]
        assert "scale 15%→0%" in en[1]
        assert any("核验“用电与开票”不适用" in line for line in zh)
        assert any(line.startswith("papers besides: acquirer") for line in en)

    def test_changes_nothing_for_a_trade_without_a_profile(
        self, profiles: Profiles
    ) -> None:
        judged = judge({}, code="K70", profiles=profiles, on=DAY)

        assert judged.profile.key == "general"
        assert not any("changes weights" in line.en for line in judged.lines)
        assert judged.usual == judged.index

    def test_takes_the_value_of_rights_for_technology(self, profiles: Profiles) -> None:
        judged = judge(
            {"rights_value": 50.0},
            code="I65",
            profiles=profiles,
            on=DAY,
            peers={"rights_value": np.arange(101.0)},
        )

        assert judged.sides[0].dimension.key == "intellectual"
        assert judged.sides[0].place == pytest.approx(50)
        assert judged.known == pytest.approx(0.10)


class TestPeersOf:
    @pytest.mark.parametrize(
        ("code", "expected"), [("C331", 25), ("C332", 40), ("C13", 45), ("H62", 50)]
    )
    def test_are_those_of_the_finest_code_with_enough(
        self, code: str, expected: int
    ) -> None:
        industries = [*["C331"] * 25, *["C3320"] * 15, *["C13"] * 5, *["H62"] * 4, None]
        peers = peers_of(
            {"margin_12m": np.arange(50.0)}, industries=industries, code=code
        )

        assert len(peers["margin_12m"]) == expected
