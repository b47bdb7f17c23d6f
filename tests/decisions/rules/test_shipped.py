"""The rules that a bank may start with are sound, and decide as a bank expects."""

from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any, Final

import pytest
import yaml

from xiaowei.decisions.rules.plain import as_plain
from xiaowei.decisions.rules.proof import prove
from xiaowei.decisions.rules.reading import (
    RuleSetError,
    read_rules,
    rule_set_of,
    shipped_rules,
)
from xiaowei.decisions.rules.ruling import Ruling, decide
from xiaowei.decisions.rules.settled import NotInForceError, Settled, settle
from xiaowei.policy.book import load_book

DAY: Final = date(2024, 6, 30)
GOOD: Final[dict[str, Any]] = {
    "consent": "yes",
    "status_now": 1,
    "court_bars": 0,
    "court_dishonest_now": None,
    "defaults": 0,
    "debt_balance_now": 0,
    "debt_class_now": None,
    "pd": 0.03,
    "pd_high": 0.06,
    "debt_overdue_now": 0,
    "fake_trade": 0.01,
    "worst_finding": 0,
    "sales_12m": 500_000_000,
    "customer_top_share_12m": 0.2,
    "tier": "steady",
    "offer_limit": 30_000_000,
    "amount": 30_000_000,
    "group_exposure": 30_000_000,
    "new_borrower": "no",
}


@pytest.fixture(scope="module")
def ready() -> Settled:
    book = load_book()
    return settle(shipped_rules(book=book), book=book, on=DAY)


class TestStart:
    def test_is_proven_sound(self, ready: Settled) -> None:
        proof = prove(ready)

        assert proof.sound, proof.lines
        assert {one.kind for one in proof.remarks} == {"overlap", "default"}

    def test_is_sound_on_every_day_on_which_a_number_changes(self) -> None:
        book = load_book()
        rules = shipped_rules(book=book)
        days = {day for name in rules.policy for day, _ in book.entry(name).values}

        for day in days:
            assert prove(settle(rules, book=book, on=day)).sound

    def test_speaks_of_what_the_test_firm_states(self, ready: Settled) -> None:
        assert set(ready.rules.fields) == set(GOOD)

    @pytest.mark.parametrize(
        ("change", "outcome", "rule"),
        [
            ({}, "approve", "known_borrower"),
            ({"new_borrower": "yes"}, "approve", "new_borrower"),
            ({"new_borrower": "yes", "pd": 0.05}, "refer", None),
            ({"new_borrower": None}, "refer", "known_borrower"),
            ({"consent": "no"}, "decline", "no_consent"),
            ({"consent": None}, "decline", "no_consent"),
            ({"status_now": 3}, "decline", "not_active"),
            ({"status_now": 2}, "refer", "moved"),
            ({"court_bars": 1, "court_dishonest_now": 1}, "decline", "dishonest"),
            ({"court_bars": 1, "court_dishonest_now": 0}, "refer", "restricted"),
            ({"court_bars": None}, "refer", "dishonest"),
            ({"defaults": 1}, "decline", "defaulted"),
            ({"debt_balance_now": 1, "debt_class_now": 3}, "decline", "bad_class"),
            ({"pd": 0.15}, "decline", "pd_high"),
            ({"pd": None}, "refer", "pd_high"),
            ({"debt_overdue_now": 1}, "refer", "overdue"),
            ({"fake_trade": 0.10}, "refer", "fake_trade"),
            ({"worst_finding": 3}, "refer", "fake_trade"),
            ({"sales_12m": None}, "refer", "revenue_unknown"),
            ({"customer_top_share_12m": 0.51}, "refer", "concentrated"),
            ({"customer_top_share_12m": 0.50}, "approve", "known_borrower"),
            ({"pd_high": 0.15}, "refer", "pd_vague"),
            ({"tier": "risk_warning"}, "refer", "warned"),
            ({"offer_limit": 0}, "refer", "nothing_offered"),
            ({"amount": 100_000_001}, "refer", "above_authority"),
            ({"amount": 100_000_000}, "approve", "known_borrower"),
            ({"group_exposure": 1_000_000_001}, "refer", "above_authority"),
        ],
    )
    def test_decides_as_a_bank_expects(
        self,
        ready: Settled,
        change: dict[str, Any],
        outcome: str,
        rule: str | None,
    ) -> None:
        ruling: Ruling = decide(ready, GOOD | change)

        assert (ruling.outcome, ruling.rule and ruling.rule.code) == (outcome, rule)

    @pytest.mark.parametrize("name", sorted(GOOD))
    def test_approves_nobody_for_what_is_missing(
        self, ready: Settled, name: str
    ) -> None:
        if name == "amount" or GOOD[name] is None:
            return

        assert decide(ready, GOOD | {name: None}).outcome != "approve"

    def test_caps_the_first_loan(self, ready: Settled) -> None:
        ruling = decide(ready, GOOD | {"new_borrower": "yes"})

        assert ruling.cap_fen == 30_000_000


class TestSettling:
    def test_takes_the_numbers_of_the_day(self, ready: Settled) -> None:
        assert ready.numbers["risk_warning_pd"] == Decimal("0.15")

    def test_changes_the_fingerprint_with_a_number_and_not_with_the_day(
        self, ready: Settled, tmp_path: Path
    ) -> None:
        own = tmp_path / "bank.yaml"
        changed = {"rule_fake_trade": {"values": {DAY: "0.20"}, "set_by": "committee"}}
        own.write_text(yaml.safe_dump(changed), encoding="utf-8")
        book = load_book(own)
        rules = shipped_rules(book=book)

        later = settle(rules, book=load_book(), on=date(2024, 7, 1))

        assert settle(rules, book=book, on=DAY).fingerprint != ready.fingerprint
        assert later.fingerprint == ready.fingerprint

    def test_refuses_a_day_on_which_the_rules_do_not_hold(self) -> None:
        book = load_book()
        plain = as_plain(shipped_rules(book=book)) | {"until": "2024-06-30"}
        rules = rule_set_of(plain)

        with pytest.raises(NotInForceError, match="do not hold on 2024-06-30"):
            settle(rules, book=book, on=DAY)
        with pytest.raises(NotInForceError, match="from 2016-01-01 on and before"):
            settle(rules, book=book, on=date(2015, 12, 31))

    def test_names_every_number_that_cannot_be_a_limit(self, tmp_path: Path) -> None:
        own = tmp_path / "bank.yaml"
        late = {"rule_fake_trade": {"values": {date(2025, 1, 1): "0.2"}, "set_by": "x"}}
        own.write_text(yaml.safe_dump(late), encoding="utf-8")
        text = yaml.safe_dump(as_plain(shipped_rules(book=load_book())))
        text = text.replace("policy: risk_warning_pd", "policy: min_limit_yuan")
        rules = read_rules(text.replace("cap_group_yuan", "cap_grup"), file="x")

        with pytest.raises(RuleSetError) as refused:
            settle(rules, book=load_book(own), on=DAY)

        said = str(refused.value)
        assert "'pd_high': 'min_limit_yuan' is counted in yuan" in said
        assert "no number 'cap_grup'; did you mean 'cap_group_yuan'" in said
        assert "'rule_fake_trade' has no value on 2024-06-30" in said
