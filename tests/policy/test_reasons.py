"""Families of reasons: those shipped, and a bank's own."""

from pathlib import Path

import pytest

from xiaowei.policy.reasons.reading import (
    FamiliesError,
    load_families,
    read_families,
)
from xiaowei.portraits.portrait import TRAITS

OWN = """
families:
  checking: {title: {zh: 往来账户, en: current account}, traits: [status, savings*]}
withheld:
  person:
    title: {zh: 个人特征, en: what a person is}
    why: {zh: 不得使用, en: may not be used}
    traits: [personal_*]
    set_by: credit committee minute 2026-01
    reference: {title: Minute}
"""


class TestShippedFamilies:
    def test_hold_every_trait_of_the_dictionary(self) -> None:
        families = load_families()

        assert not [one.name for one in TRAITS if families.of(one.name).key == one.name]

    def test_use_every_pattern_of_a_family_that_portraits_know(self) -> None:
        families = load_families()
        beside = {"trade", "place", "person"}
        used = {families.of(one.name).key for one in TRAITS}

        assert used == {*families.told, *families.withheld} - beside

    @pytest.mark.parametrize(
        ("trait", "family"),
        [
            ("sales_12m", "sales"),
            ("sales_void_share_24m", "invoicing"),
            ("debt_overdue_now", "repayment"),
            ("debt_balance_now", "debt"),
            ("wages_outflow_share_12m", "cash"),
            ("Gender", "person"),
            ("owner_sex", "person"),
            ("consents_now", "consent"),
            ("bank_flows_fresh_days", "unprovable"),
        ],
    )
    def test_are_the_most_specific(self, trait: str, family: str) -> None:
        assert load_families().of(trait).key == family

    def test_leave_a_trait_they_do_not_know_to_itself(self) -> None:
        own = load_families().of("moon_phase")

        assert (own.key, own.title.zh, own.withheld) == (
            "moon_phase",
            "moon_phase",
            False,
        )


class TestOverlay:
    def test_stands_in_place_of_the_shipped(self, tmp_path: Path) -> None:
        (tmp_path / "own.yaml").write_text(OWN, encoding="utf-8")
        families = load_families(tmp_path / "own.yaml")

        assert families.of("savings_status").title.zh == "往来账户"
        assert families.of("personal_status").withheld
        assert not families.of("gender").withheld
        assert families.of("sales_12m").key == "sales"

    @pytest.mark.parametrize(
        ("text", "fault"),
        [
            ("[]", "'families' and 'withheld' are due"),
            ("families: [a]", "must map keys"),
            ("families: {a: {title: {zh: 甲, en: a}}}", "'a': states title, traits"),
            (OWN.replace("[status, savings*]", "status"), "'traits' must be a list"),
            (OWN.replace("zh: 不得使用, ", ""), "'why' needs zh and en"),
            (OWN.replace("{title: Minute}", "{}"), "'reference' must hold"),
            (OWN.replace("credit committee minute 2026-01", "''"), "must say who"),
            ("a: [", "faults|fault"),
        ],
    )
    def test_names_its_faults(self, text: str, fault: str) -> None:
        with pytest.raises(FamiliesError, match=fault):
            read_families(text, file="own.yaml")

    def test_names_a_file_that_is_not_there(self, tmp_path: Path) -> None:
        with pytest.raises(FamiliesError, match="cannot be read"):
            load_families(tmp_path / "none.yaml")
