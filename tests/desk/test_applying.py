"""Checks that do not apply to a trade."""

from datetime import date
from pathlib import Path
from typing import Final

import pytest
from tests.verification.cases import case

from xiaowei.desk.home import PROFILES, open_home
from xiaowei.desk.offering import worst_of
from xiaowei.desk.verifying import applying
from xiaowei.policy.trades.reading import ProfilesError, load_profiles
from xiaowei.said import Said
from xiaowei.verification.finding import Finding

AS_OF: Final = date(2026, 1, 31)
TRADES: Final = {"E1": "C13", "E2": "H62"}
OF_METERS: Final = "electricity_against_invoices"
OWN: Final = """
profiles:
  haulage:
    codes: [G54]
    since: 2016-01-01
    title: {zh: 运输, en: haulage}
    reason: {zh: 车在路上, en: lorries are on the road}
    weights: {scale: "1"}
    checks:
      electricity_against_invoices:
        emphasis: none
        reason: {zh: 烧油不用电, en: they burn fuel}
    papers: []
    set_by: test bank
    reference: {title: Own choice}
"""


def finding(firm: str) -> Finding:
    """A grave difference between meter and sales."""
    return Finding(
        enterprise_id=firm,
        check=OF_METERS,
        outcome="differs",
        severity="high",
        text=Said("不一致", "differs"),
        unlikely=1e-6,
    )


class TestApplying:
    def test_is_silent_where_a_profile_says_that_a_check_does_not(self) -> None:
        found = applying(
            [finding("E1"), finding("E2")],
            case(as_of=AS_OF, industries=TRADES),
            profiles=load_profiles(),
        )

        assert [one.outcome for one in found] == ["differs", "silent"]
        assert found[1].text is not None
        assert "does not apply" in found[1].text.en
        assert worst_of(found) == {"E1": 3}

    def test_leaves_firms_of_no_known_trade_alone(self) -> None:
        found = applying(
            [finding("E9")],
            case(as_of=AS_OF, industries=TRADES),
            profiles=load_profiles(),
        )

        assert found == [finding("E9")]


class TestOwnProfiles:
    def test_stand_beside_those_shipped(self, tmp_path: Path) -> None:
        with open_home(tmp_path / "home") as home:
            (home.root / PROFILES).write_text(OWN, encoding="utf-8")
            trades = {"E1": "G54", "E2": "H62", "E3": "C13"}

            found = applying(
                [finding(firm) for firm in trades],
                case(as_of=AS_OF, industries=trades),
                profiles=home.profiles,
            )

        assert [one.outcome for one in found] == ["silent", "silent", "differs"]

    def test_with_faults_are_refused_by_name(self, tmp_path: Path) -> None:
        with open_home(tmp_path / "home") as home:
            (home.root / PROFILES).write_text("profiles: [1]", encoding="utf-8")

            with pytest.raises(ProfilesError, match=PROFILES):
                home.profiles  # noqa: B018 - reading it is what is asked
