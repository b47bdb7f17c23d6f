"""Debts, guarantees and enquiries against a second reckoning, and by hand."""

from datetime import date, timedelta
from typing import Any

import pytest
from tests.factories import DAY, MONTH_END, Row
from tests.portraits.oracles import bureau as oracle
from tests.portraits.oracles.harness import Draw, check, single

from xiaowei.portraits.traits.bureau import PARTS


def bureau_loans(draw: Draw) -> Row:
    # Reports of several contracts come on the same few days.
    month = int(draw.rng.integers(1, 13))
    return {
        "subject": draw.one_of("enterprise", "enterprise", "legal_person"),
        "lender": draw.one_of("L1", "L2", "L3"),
        "contract_no": draw.one_of("C1", "C2", "C3", "C4"),
        "happened_on": draw.one_of(
            date(2018, month, 1), date(2019, month, 28), date(2020, 2, 21)
        ),
        "opened_on": draw.day(),
        "limit_fen": draw.one_of(0, 500, 1000),
        "balance_fen": draw.one_of(0, 300, 400),
        "overdue_fen": draw.one_of(0, 7),
        "dpd": draw.one_of(0, 1, 95),
        "five_class": draw.one_of(None, *oracle.CLASSES),
    }


def bureau_guarantees(draw: Draw) -> Row:
    day = draw.day()
    return {
        "contract_no": draw.one_of("G1", "G2", "G3"),
        "guaranteed_id": draw.one_of("E1", "E2", "Z"),
        "amount_fen": draw.one_of(100, 250),
        "happened_on": day,
        "until_on": draw.end(day),
    }


def bureau_enquiries(draw: Draw) -> Row:
    return {
        "subject": draw.one_of("enterprise", "legal_person"),
        "enquiry_no": f"Q{draw.rng.integers(40)}",
        "enquirer": draw.one_of("L1", "L2", "L3"),
        "reason": draw.one_of("application", "application", "review", "own"),
        "happened_on": draw.day(),
    }


def loan(**stated: Any) -> Row:  # noqa: ANN401
    return {
        "enterprise_id": "E1",
        "subject": "enterprise",
        "lender": "L1",
        "contract_no": "C1",
        "happened_on": DAY,
        "opened_on": date(2019, 1, 1),
        "limit_fen": 1000,
        "balance_fen": 400,
        "overdue_fen": 0,
        "dpd": 0,
    } | stated


class TestBureau:
    @pytest.mark.parametrize("seed", [1, 2])
    def test_agrees_with_a_second_reckoning(self, seed: int) -> None:
        draw = Draw(seed, MONTH_END)
        facts = {
            "bureau_loans": draw.rows(bureau_loans, most=25),
            "bureau_guarantees": draw.rows(bureau_guarantees, most=4),
            "bureau_enquiries": draw.rows(bureau_enquiries, most=8),
        }

        check(PARTS, facts, oracle.portray)

    def test_takes_a_loan_that_the_last_report_lacks_as_gone(self) -> None:
        rows = [loan(), loan(contract_no="C2", happened_on=DAY - timedelta(days=40))]

        found = single(PARTS[:1], {"bureau_loans": rows}, MONTH_END)["E1"]

        assert found["debt_balance_now"] == 400
        assert found["debt_limit_use_now"] == 0.4

    def test_knows_nothing_of_the_enterprise_from_its_legal_person(self) -> None:
        rows = [loan(subject="legal_person", balance_fen=5)]

        found = single(PARTS[:1], {"bureau_loans": rows}, MONTH_END)["E1"]

        assert found["person_debt_now"] == 5
        assert found["debt_balance_now"] is None
        assert found["debt_lenders_now"] is None
        assert found["debt_new_loans_6m"] is None
