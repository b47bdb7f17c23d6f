"""A decision is made of its evidence, and never more generous for knowing less."""

import hashlib
import json
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pytest
from tests.decisions.cases import DAY, PORTRAIT, SOURCES, drawn

from xiaowei.decisions.application import Application, ApplicationError
from xiaowei.decisions.authorisation import (
    Authorisation,
    AuthorisationError,
    permissions,
)
from xiaowei.decisions.decision import Decision, Evidence, decide
from xiaowei.decisions.rules.reading import shipped_rules
from xiaowei.decisions.rules.settled import Settled, settle
from xiaowei.decisions.snapshot import SnapshotError, made_again, snapshot_of
from xiaowei.policy.book import load_book
from xiaowei.portraits.consent import ASKING
from xiaowei.records.journal import canonical

SEED = 20_261_129
MANY = 1_000
GOLDEN = 10_000
BOOK = load_book()
STRICT = {"approve": 0, "refer": 1, "decline": 2}


@pytest.fixture(scope="module")
def rules() -> Settled:
    return settle(shipped_rules(book=BOOK), book=BOOK, on=DAY)


@pytest.fixture(scope="module")
def cases() -> list[Evidence]:
    chance = np.random.default_rng(SEED)
    return [drawn(chance) for _ in range(MANY)]


TOUCHED = sorted(
    {"court_cases", "credit_history"}.union(*(SOURCES[name] for name in PORTRAIT))
)
"""Families that speak of anything drawn."""
RESTS = {"court_bars": "court_cases", "defaults": "credit_history"}
"""What the run says, and the family that it has it from."""


def without(case: Evidence, gone: str) -> Evidence:
    """Return what is known where a family is not handed in at all."""
    stated = case.standing
    if stated is not None:
        facts = {
            name: None if RESTS.get(name) == gone else value
            for name, value in stated.facts.items()
        }
        stated = replace(stated, facts=facts)
    portrait = {
        name: None if gone in SOURCES[name] else value
        for name, value in case.portrait.items()
    }
    held = [name for name in case.held if name != gone]
    return replace(case, portrait=portrait, held=held, standing=stated)


def no_more_generous(less: Decision, more: Decision) -> bool:
    """Test that less knowledge refers, or does no better by the firm."""
    if less.outcome == "refer":
        return True
    if STRICT[less.outcome] != STRICT[more.outcome]:
        return STRICT[less.outcome] > STRICT[more.outcome]
    if less.loan is None or more.loan is None:
        return True
    return (less.loan.amount_fen, -float(less.loan.rate)) <= (
        more.loan.amount_fen,
        -float(more.loan.rate),
    )


class TestDecide:
    def test_comes_to_every_outcome(
        self, cases: list[Evidence], rules: Settled
    ) -> None:
        found = [decide(case, rules) for case in cases]
        assert {one.outcome for one in found} == {"approve", "refer", "decline"}
        for one in found:
            assert (one.loan is not None) == (one.outcome == "approve")
            assert not (one.guards and one.outcome == "approve")

    def test_lends_no_more_than_is_asked_for_or_offered(
        self, cases: list[Evidence], rules: Settled
    ) -> None:
        for case in cases:
            loan = decide(case, rules).loan
            if loan is not None and case.loan is not None:
                assert 0 < loan.amount_fen <= case.application.amount_fen
                assert loan.amount_fen <= case.loan.amount_fen

    @pytest.mark.parametrize("gone", TOUCHED)
    def test_is_no_more_generous_or_referred_without_a_source(
        self, cases: list[Evidence], rules: Settled, gone: str
    ) -> None:
        for case in cases:
            less, more = (decide(one, rules) for one in (without(case, gone), case))
            assert no_more_generous(less, more)

    def test_refers_what_rests_on_sources_without_authorisation(
        self, cases: list[Evidence], rules: Settled
    ) -> None:
        for case in cases:
            less = replace(case, silenced=("sales_12m",))
            assert decide(less, rules).outcome != "approve"

    def test_refers_where_the_assessment_is_old_or_the_pd_has_risen(
        self, cases: list[Evidence], rules: Settled
    ) -> None:
        seen = set()
        for case in cases:
            decision = decide(case, rules)
            seen |= {guard.code for guard in decision.guards}
            stated = case.standing
            if stated is None or (case.day - stated.as_of).days > case.longest_days:
                assert decision.outcome != "approve"
        assert {"stale", "pd_risen", "not_assessed"} <= seen


class TestSnapshot:
    def test_is_made_again_to_the_byte_as_it_ever_was(self, rules: Settled) -> None:
        """Ten thousand decisions come out as in `golden.txt`.

        Where this fails a decision that was made would be made otherwise today. If that
        is meant, as where the shipped rules change, the new digest belongs there.
        """
        chance, all_of_them = np.random.default_rng(SEED), hashlib.sha256()
        for _ in range(GOLDEN):
            case = drawn(chance)
            made = snapshot_of(
                case, rules, decide(case, rules), book=BOOK, made_by={"xiaowei": "1"}
            )
            text = canonical(made)
            assert canonical(made_again(json.loads(text))) == text
            all_of_them.update(text.encode())
        kept = (Path(__file__).parent / "golden.txt").read_text(encoding="utf-8")
        assert all_of_them.hexdigest() == kept.strip()

    def test_keeps_the_numbers_of_its_day(
        self, cases: list[Evidence], rules: Settled
    ) -> None:
        case = cases[0]
        made = snapshot_of(
            case, rules, decide(case, rules), book=BOOK, made_by={"xiaowei": "1"}
        )
        kept = json.loads(canonical(made))
        number = kept["rules"]["numbers"]["risk_warning_pd"]
        assert number["value"] == "0.15"
        kept["rules"]["numbers"]["risk_warning_pd"]["value"] = "0.02"
        again = made_again(kept)
        assert again["rules"]["numbers"]["risk_warning_pd"]["value"] == "0.02"

    def test_of_another_form_is_refused(self) -> None:
        with pytest.raises(SnapshotError, match="schema 99"):
            made_again({"schema": 99, "evidence": {}})


class TestApplication:
    def test_names_every_fault(self) -> None:
        with pytest.raises(ApplicationError) as raised:
            Application(
                enterprise_id="",
                amount_fen=0,
                months=0,
                purpose="fun",  # type: ignore[arg-type]
                applied_on=DAY,
                manager="",
            )
        for fault in ("0 fen", "0 months", "'fun'", "no enterprise", "nobody"):
            assert fault in str(raised.value)


def paper(number: int, **changes: object) -> Authorisation:
    stated = {
        "enterprise_id": "E1",
        "families": ("tax_filings", "bureau_loans"),
        "purpose": "approval",
        "from_on": DAY,
        "until_on": DAY + timedelta(days=30),
        "evidence": "ab" * 32,
        "by": "张三",
        "number": number,
    }
    return Authorisation(**(stated | changes))  # type: ignore[arg-type]


class TestPermissions:
    def granted(
        self, *held: Authorisation, on: date = DAY, agreed: bool = False
    ) -> set[str]:
        found = permissions(held, purpose="approval", on=on, agreed=agreed)
        assert [one.family for one in found] == list(ASKING)
        return {one.family for one in found if one.granted}

    def test_need_a_live_paper_for_the_family_and_purpose(self) -> None:
        assert self.granted() == set()
        assert self.granted(paper(1)) == {"tax_filings", "bureau_loans"}
        assert self.granted(paper(1, purpose="post_loan")) == set()
        assert self.granted(paper(1), on=DAY - timedelta(days=1)) == set()
        assert self.granted(paper(1), on=DAY + timedelta(days=31)) == set()

    def test_end_on_the_very_day_of_withdrawal(self) -> None:
        gone = paper(1, withdrawn_on=DAY + timedelta(days=2))
        assert self.granted(gone, on=DAY + timedelta(days=1)) != set()
        assert self.granted(gone, on=DAY + timedelta(days=2)) == set()

    def test_a_withdrawal_closes_what_the_lake_agrees_to(self) -> None:
        assert self.granted(agreed=True) == set(ASKING)
        gone = paper(1, withdrawn_on=DAY)
        assert self.granted(gone, agreed=True) == set(ASKING) - set(gone.families)

    def test_a_later_paper_opens_again(self) -> None:
        gone = paper(1, withdrawn_on=DAY)
        assert self.granted(gone, paper(2)) == {"tax_filings", "bureau_loans"}

    def test_papers_with_faults_are_refused(self) -> None:
        with pytest.raises(AuthorisationError) as raised:
            paper(
                1,
                families=("gossip",),
                purpose="fun",
                until_on=DAY - timedelta(days=1),
                evidence="abc",
            )
        for fault in ("gossip", "'fun'", "it ends on", "no SHA-256"):
            assert fault in str(raised.value)
