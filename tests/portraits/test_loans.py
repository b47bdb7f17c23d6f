"""Our own loans against a second reckoning, and by hand."""

from datetime import date, timedelta
from typing import Any

import pytest
from tests.factories import MONTH_END, Row
from tests.portraits.oracles import loans as oracle
from tests.portraits.oracles.harness import Draw, check, single

from xiaowei.portraits.traits.loans import PARTS


def loans(draw: Draw) -> Row:
    day = draw.day()
    return {
        "loan_no": draw.one_of("A", "B"),
        "product": "P",
        "principal_fen": draw.one_of(1000, 250_000),
        "rate": draw.one_of(0.0385, 0.06),
        "happened_on": day,
        "due_on": draw.end(day) or day + timedelta(days=365),
    }


def repayments(draw: Draw) -> Row:
    day = draw.day()
    paid = int(draw.one_of(0, 50, 100, 100))
    return {
        "loan_no": draw.one_of("A", "B"),
        "instalment": int(draw.rng.integers(12)),
        "happened_on": day,
        "due_fen": 100,
        "paid_fen": paid,
        "paid_on": draw.one_of(None, day, day + timedelta(days=1), draw.day()),
    }


def applications(draw: Draw) -> Row:
    return {
        "application_no": f"P{draw.rng.integers(8)}",
        "happened_on": draw.day(),
        "amount_fen": 1000,
        "outcome": draw.one_of("approved", "declined", "withdrawn"),
    }


def instalment(number: int, **stated: Any) -> Row:  # noqa: ANN401
    due = date(2019, 6, 20) + timedelta(days=31 * number)
    return {
        "enterprise_id": "E1",
        "loan_no": "A",
        "instalment": number,
        "happened_on": due,
        "due_fen": 10_300,
        "paid_fen": 10_300,
        "paid_on": due,
    } | stated


class TestLoans:
    @pytest.mark.parametrize("seed", [1, 2])
    def test_agree_with_a_second_reckoning(self, seed: int) -> None:
        draw = Draw(seed, MONTH_END)
        facts = {
            "loans": draw.rows(loans, most=2),
            "repayments": draw.rows(repayments, most=14),
            "applications": draw.rows(applications, most=5),
        }

        check(PARTS, facts, oracle.portray)

    def test_leave_next_to_nothing_of_a_loan_paid_back_in_equal_parts(self) -> None:
        """100,000 yuan at 6% over a year are 12 parts of 8,606.64."""
        due = date(2020, 1, 15)
        lent = {
            "enterprise_id": "E1",
            "loan_no": "A",
            "principal_fen": 10_000_000,
            "rate": 0.06,
            "happened_on": date(2019, 1, 15),
            "due_on": due,
        }
        part = 860_664
        paid = [
            instalment(n, due_fen=part, paid_fen=part, happened_on=day, paid_on=day)
            for n in range(1, 13)
            for day in [date(2019 + n // 12, n % 12 + 1, 15)]
        ]
        facts = {"loans": [lent], "repayments": paid}

        half = single(PARTS[1:2], facts, date(2019, 7, 31))["E1"]
        found = single(PARTS[1:2], facts, MONTH_END)["E1"]

        assert half["own_balance_now"] == pytest.approx(5_075_000, rel=0.02)
        assert found["own_balance_now"] < 10_000_000 * 0.003
        assert found["own_repaid_now"] == 1

    def test_stop_counting_days_once_an_instalment_is_paid_later(self) -> None:
        day = instalment(7)["happened_on"]
        late = day + timedelta(days=9)
        rows = [
            instalment(7, paid_fen=0, paid_on=None, known_on=day),
            instalment(7, paid_on=late, known_on=late),
        ]
        facts = {"repayments": rows}
        part = PARTS[2:3]

        before = single(part, facts, late - timedelta(days=1))["E1"]
        after = single(part, facts, MONTH_END)["E1"]

        assert before["own_unpaid_days_since"] == 8
        assert before["own_overdue_now"] == 10_300
        assert after["own_unpaid_days_since"] is None
        assert after["own_overdue_now"] == 0
        assert after["own_dpd_12m"] == 9
