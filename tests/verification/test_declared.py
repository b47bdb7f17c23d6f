"""What firms declare is set against courts and bureau, with some grace."""

from datetime import date, timedelta
from typing import Any

import numpy as np
import pytest
from tests.factories import Row
from tests.verification.cases import case, findings

from xiaowei.verification.checks.declared import CASES, DEBTS, GUARANTEES
from xiaowei.verification.finding import Case, Check, Finding

AS_OF = date(2025, 6, 30)
ASKED = date(2025, 5, 12)
MONTH_END = date(2025, 4, 30)
FIRMS = 100
LIAR = "F07"
WAN = 1_000_000
CHECKS = (CASES, DEBTS, GUARANTEES)
ALL_SAID = {"open_cases": 9, "debts_fen": 900 * WAN, "guarantees_fen": 900 * WAN}


def before(days: int) -> date:
    """Return the day so long before the declaration."""
    return ASKED - timedelta(days=days)


def declaration(firm: str = LIAR, **stated: Any) -> Row:  # noqa: ANN401
    """Nothing is declared."""
    return {
        "enterprise_id": firm,
        "open_cases": 0,
        "debts_fen": 0,
        "guarantees_fen": 0,
        "happened_on": ASKED,
    } | stated


def lawsuit(firm: str = LIAR, **stated: Any) -> Row:  # noqa: ANN401
    """A case filed against a firm 100 days before, known 20 days later."""
    return {
        "enterprise_id": firm,
        "case_no": "C1",
        "stage": "filed",
        "role": "defendant",
        "amount_fen": 5 * WAN,
        "happened_on": before(100),
        "known_on": before(80),
    } | stated


def loan(firm: str = LIAR, **stated: Any) -> Row:  # noqa: ANN401
    """A loan of which 50万 are owed at the end of the month before."""
    return {
        "enterprise_id": firm,
        "subject": "enterprise",
        "lender": "B1",
        "contract_no": "K1",
        "opened_on": before(400),
        "limit_fen": 100 * WAN,
        "balance_fen": 50 * WAN,
        "overdue_fen": 0,
        "dpd": 0,
        "happened_on": MONTH_END,
        "known_on": AS_OF,
    } | stated


def guarantee(firm: str = LIAR, **stated: Any) -> Row:  # noqa: ANN401
    """A guarantee of 30万 that runs on."""
    return {
        "enterprise_id": firm,
        "contract_no": "G1",
        "guaranteed_id": "F99",
        "amount_fen": 30 * WAN,
        "happened_on": before(200),
        "until_on": before(-500),
    } | stated


def looked_at(declared: list[Row], **families: Any) -> Case:  # noqa: ANN401
    return case(as_of=AS_OF, declarations=declared, **families)


def seen(check: Check, declared: Row, *facts: Row) -> Finding:
    """Return what a check makes of the liar's declaration beside these facts."""
    family = check.needs[1]
    return findings(check, looked_at([declared], **{family: list(facts)}))[LIAR]


def county(seed: int, *, liar: bool) -> Case:
    """A hundred firms declare what is so, but for slips that harm nobody."""
    rng = np.random.default_rng(seed)
    declared, cases, loans, guarantees = [], [], [], []
    for number in range(FIRMS):
        firm = f"F{number:02}"
        lies = liar and firm == LIAR
        sued, owes, stands = (4, 2, 1) if lies else rng.integers(0, 3, 3)
        days = rng.integers(31, 300, sued)
        cases += [
            lawsuit(firm, case_no=f"C{n}", happened_on=before(int(ago)), line=n)
            for n, ago in enumerate(days)
        ]
        # One more that is too young, one that is over, one nobody heard of again.
        cases += [
            lawsuit(firm, case_no="Y", happened_on=before(9), known_on=before(2)),
            lawsuit(firm, case_no="O", closed_on=before(40), known_on=before(30)),
            lawsuit(firm, case_no="Q", happened_on=before(500)),
            lawsuit(firm, case_no="P", role="plaintiff"),
        ]
        balance = rng.integers(5, 80, owes) * WAN
        loans += [
            loan(firm, contract_no=f"K{n}", balance_fen=int(fen))
            for n, fen in enumerate(balance)
        ]
        loans.append(loan(firm, contract_no="OLD", happened_on=date(2025, 2, 28)))
        fen = rng.integers(5, 80, stands) * WAN
        guarantees += [
            guarantee(firm, contract_no=f"G{n}", amount_fen=int(one))
            for n, one in enumerate(fen)
        ]
        guarantees.append(guarantee(firm, contract_no="OVER", until_on=before(5)))
        slip = 0 if lies else 1 - 0.15 * rng.random()
        declared.append(
            declaration(
                firm,
                open_cases=0 if lies else sued,
                debts_fen=int(balance.sum() * slip),
                guarantees_fen=int(fen.sum() * slip),
            )
        )
    return looked_at(
        declared, court_cases=cases, bureau_loans=loans, bureau_guarantees=guarantees
    )


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.name)
class TestDeclared:
    def test_finds_the_one_who_leaves_it_out(self, check: Check) -> None:
        found = findings(check, county(0, liar=True))

        differs = {f: one for f, one in found.items() if one.outcome == "differs"}
        assert set(differs) == {LIAR}
        one = differs[LIAR]
        assert one.severity == "high"
        assert one.benign is not None
        assert one.unlikely == pytest.approx(2 / (len(found) + 1))
        assert "2025-05-12" in one.text.en
        assert {fact.file for fact in one.evidence} == {f"{check.needs[1]}.csv"}

    @pytest.mark.parametrize("seed", range(6))
    def test_leaves_who_tells_in_peace(self, check: Check, seed: int) -> None:
        found = findings(check, county(seed, liar=False))

        assert len(found) > FIRMS / 2
        assert {one.outcome for one in found.values()} == {"agrees"}

    def test_is_silent_where_one_side_says_nothing(self, check: Check) -> None:
        facts = {"court_cases": lawsuit, "bureau_loans": loan}
        row = facts.get(check.needs[1], guarantee)
        column = {CASES: "open_cases", DEBTS: "debts_fen"}.get(check, "guarantees_fen")
        family = check.needs[1]

        left_out = looked_at([declaration() | {column: None}], **{family: [row()]})
        of_another = looked_at([declaration()], **{family: [row("F08")]})
        later = looked_at([declaration()], **{family: [row(happened_on=AS_OF)]})

        for at in (left_out, of_another, later):
            assert findings(check, at) == {}

    def test_goes_by_the_last_declaration(self, check: Check) -> None:
        at = county(0, liar=True)
        honest = declaration(happened_on=before(-5), known_on=before(-5)) | ALL_SAID
        earlier = declaration(happened_on=before(5), known_on=before(5))
        families = {check.needs[1]: at.facts[check.needs[1]].to_pyarrow()}

        told = case(as_of=AS_OF, declarations=[earlier, honest], **families)

        assert findings(check, told)[LIAR].outcome == "agrees"

    def test_says_the_same_where_one_is_asked_for(self, check: Check) -> None:
        at = county(0, liar=True)
        whole = findings(check, at)
        asked = Case(facts=at.facts, as_of=AS_OF, industries={}, whom=frozenset({LIAR}))

        assert findings(check, asked) == {LIAR: whole[LIAR]}


class TestCases:
    @pytest.mark.parametrize(
        ("stated", "held"),
        [
            ({}, True),
            ({"happened_on": before(30)}, True),
            ({"happened_on": before(29)}, False),
            ({"known_on": before(0)}, True),
            ({"known_on": before(-1)}, False),
            ({"closed_on": before(0), "known_on": before(-9)}, False),
            ({"closed_on": before(-1), "known_on": before(-9)}, True),
            ({"happened_on": before(365)}, False),
            ({"happened_on": before(365), "stage": "judgment"}, True),
            ({"role": "third_party"}, None),
        ],
    )
    def test_are_held_against_a_firm_that_must_know_them(
        self, stated: Row, held: bool | None
    ) -> None:
        at = looked_at([declaration()], court_cases=[lawsuit(**stated)])

        found = findings(CASES, at)

        outcomes = {None: [], True: ["differs"], False: ["agrees"]}
        assert [one.outcome for one in found.values()] == outcomes[held]

    def test_count_once_whatever_became_of_them(self) -> None:
        later = [
            lawsuit(stage=stage, happened_on=before(ago), line=ago)
            for stage, ago in (("judgment", 60), ("enforcement", 20))
        ]

        one = seen(CASES, declaration(), lawsuit(line=7), *later)

        assert one.severity == "medium"
        assert one.text == (
            "2025-05-12申报未结被诉案件0件，当时已有1件",
            "open cases against it: 0 declared on 2025-05-12, 1 on record by then",
        )
        assert [(fact.line, fact.text.en) for fact in one.evidence] == [
            (7, "2025-02-01 C1 1")
        ]

    def test_are_open_though_a_firm_is_off_the_list(self) -> None:
        off = lawsuit(stage="dishonest", closed_on=before(40))

        assert seen(CASES, declaration(), lawsuit(), off).outcome == "differs"


class TestAmounts:
    @pytest.mark.parametrize(
        ("declared", "outcome", "severity"),
        [
            (50 * WAN, "agrees", "none"),
            (40 * WAN, "agrees", "none"),
            (40 * WAN - 1, "differs", "low"),
            (25 * WAN - 1, "differs", "medium"),
            (10 * WAN - 1, "differs", "high"),
        ],
    )
    def test_are_graver_the_more_is_left_out(
        self, declared: int, outcome: str, severity: str
    ) -> None:
        one = seen(DEBTS, declaration(debts_fen=declared), loan())

        assert (one.outcome, one.severity) == (outcome, severity)

    def test_leave_trifles_alone(self) -> None:
        one = seen(GUARANTEES, declaration(), guarantee(amount_fen=WAN - 1))

        assert one.outcome == "agrees"

    def test_hold_nothing_against_who_repaid_since(self) -> None:
        repaid = loan(balance_fen=0, happened_on=before(1))

        assert seen(DEBTS, declaration(), loan(), repaid).outcome == "agrees"

    def test_leave_new_loans_and_guarantees_alone(self) -> None:
        fresh = loan(opened_on=before(5), happened_on=before(1))
        just_given = guarantee(happened_on=before(29))

        assert findings(DEBTS, looked_at([declaration()], bureau_loans=[fresh])) == {}
        assert seen(GUARANTEES, declaration(), just_given).outcome == "agrees"

    def test_count_the_loans_of_the_legal_person(self) -> None:
        one = seen(DEBTS, declaration(), loan(subject="legal_person"))

        assert one.outcome == "differs"
