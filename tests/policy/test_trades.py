"""Profiles of trades: those shipped, and a bank's own."""

from datetime import date
from pathlib import Path

import pytest

from xiaowei.policy.trades.reading import ProfilesError, load_profiles, read_profiles

DAY = date(2026, 1, 31)
OWN = """
dimensions:
  smell: {title: {zh: 气味, en: smell}, traits: [-wash_share_12m]}
profiles:
  bakery:
    codes: [C141]
    since: 2026-01-01
    title: {zh: 烘焙, en: bakery}
    reason: {zh: 气味第一, en: smell comes first}
    weights: {smell: "0.6", scale: "0.4"}
    checks: {}
    papers: []
    set_by: credit committee minute 2025-12
    reference: {title: Minute}
"""


class TestShippedProfiles:
    def test_weigh_to_one_and_say_why(self) -> None:
        profiles = load_profiles()

        for profile in profiles.profiles.values():
            assert sum(profile.weights.values()) == 1
            assert profile.reason.zh
            assert profile.reason.en
            assert profile.reference["title"]
            assert profile.set_by

    def test_hold_from_their_day_on(self) -> None:
        profiles = load_profiles()

        assert profiles.on("H62", DAY) is profiles.profiles["catering"]
        assert profiles.on("H62", date(2015, 12, 31)) is None
        assert profiles.on("H6", DAY) is None


class TestOverlay:
    def test_stands_beside_the_shipped(self, tmp_path: Path) -> None:
        (tmp_path / "own.yaml").write_text(OWN, encoding="utf-8")
        profiles = load_profiles(tmp_path / "own.yaml")

        assert profiles.profiles["bakery"].codes == ("C141",)
        assert "catering" in profiles.profiles

    def test_wins_by_its_later_day(self) -> None:
        own = read_profiles(
            OWN.replace("C141", "C"), file="own.yaml", shipped=load_profiles()
        )

        assert own.on("C", DAY) is own.profiles["bakery"]
        assert own.on("C", date(2025, 12, 31)) is own.profiles["manufacturing"]

    @pytest.mark.parametrize(
        ("old", "new", "fault"),
        [
            ('scale: "0.4"', 'scale: "0.5"', "add up to 1.1"),
            ('scale: "0.4"', "scale: 0.4", "quoted shares"),
            ("scale:", "scala:", "no dimension 'scala'"),
            ("checks: {}", "checks: {two_sides: {emphasis: all}}", "check 'two_sides'"),
            ("since: 2026-01-01", "since: soon", "'since' must be a day"),
            ("    papers: []\n", "", "missing or not a part: papers"),
            ("en: smell}, t", "en: ''}, t", "'title' needs zh and en"),
            ("dimensions:", "dimensions: [", "expected"),
        ],
    )
    def test_is_refused_with_its_faults(self, old: str, new: str, fault: str) -> None:
        text = OWN.replace(old, new)

        with pytest.raises(ProfilesError, match=fault):
            read_profiles(text, file="own.yaml", shipped=load_profiles())

    def test_must_be_there(self, tmp_path: Path) -> None:
        with pytest.raises(ProfilesError, match="cannot be read"):
            load_profiles(tmp_path / "none.yaml")
