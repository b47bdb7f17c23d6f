"""Facts of money, people and supplies drawn around a day, each as its contract says.

Each function is named after the family whose fact it draws.
"""

from datetime import date, timedelta

from tests.factories import Row
from tests.portraits.oracles.harness import Draw

_PURPOSES = (
    "trade",
    "trade",
    "wages",
    "tax",
    "rent",
    "loan",
    "repayment",
    "owner",
    None,
)


def _near(draw: Draw) -> date:
    """Draw a day; often one of few, so that facts fall on one."""
    few = draw.as_of - timedelta(days=7 * int(draw.rng.integers(1, 60)))
    return draw.one_of(draw.day(), few)


def _month_end(draw: Draw) -> date:
    return draw.day().replace(day=1) - timedelta(days=1)


def bank_flows(draw: Draw) -> Row:
    return {
        "account": draw.one_of("A1", "A2"),
        "flow_no": str(draw.rng.integers(10**6)),
        "happened_on": _near(draw),
        "way": draw.one_of("in", "out"),
        "amount_fen": int(draw.rng.integers(1, 10**7)),
        "balance_fen": draw.one_of(None, int(draw.rng.integers(10**8))),
        "counterparty_id": draw.one_of(None, "P1", "P2", "P3"),
        "counterparty": draw.one_of(None, "甲", "乙"),
        "purpose": draw.one_of(*_PURPOSES),
    }


def social_security(draw: Draw) -> Row:
    due_on = draw.day()
    due = int(draw.rng.integers(0, 10**5))
    return {
        "period_end": _month_end(draw),
        "headcount": int(draw.rng.integers(0, 30)),
        "base_fen": draw.one_of(None, int(draw.rng.integers(10**7))),
        "due_fen": due,
        "paid_fen": draw.one_of(due, due // 2, 0),
        "due_on": due_on,
        "happened_on": due_on + timedelta(days=int(draw.rng.integers(-9, 20))),
    }


def payroll(draw: Draw) -> Row:
    return {
        "period_end": _month_end(draw),
        "headcount": int(draw.rng.integers(0, 30)),
        "wages_fen": int(draw.rng.integers(10**7)),
        "happened_on": draw.day(),
    }


def tax_credit(draw: Draw) -> Row:
    day = draw.day(first=-1500)
    return {
        "year": day.year - 1,
        "grade": draw.one_of(*"AAABMCD"),
        "happened_on": day,
    }


def water(draw: Draw) -> Row:
    return {
        "meter": draw.one_of("W1", "W2"),
        "happened_on": draw.day(),
        "m3": float(draw.one_of(0.0, 0.5, 12.345, 300.1)),
    }


def utility_bills(draw: Draw) -> Row:
    day = draw.day()
    due = draw.one_of(
        day + timedelta(days=15),
        draw.as_of + timedelta(days=int(draw.rng.integers(-2, 3))),
    )
    return {
        "utility": draw.one_of("electricity", "water"),
        "bill_no": str(draw.rng.integers(10**6)),
        "due_fen": int(draw.rng.integers(10**6)),
        "due_on": due,
        "paid_on": draw.one_of(
            None, due + timedelta(days=int(draw.rng.integers(-9, 20)))
        ),
        "happened_on": day,
    }


def meters(draw: Draw) -> Row:
    return {
        "meter": draw.one_of("M0", "M1", "M2"),
        "capacity_kva": float(draw.one_of(50.0, 100.5, 315.0)),
        "shared": draw.one_of(None, "yes", "no"),
        "own_power": draw.one_of(None, "yes", "no"),
        "happened_on": draw.day(),
    }


def invoice_limits(draw: Draw) -> Row:
    return {
        "regime": draw.one_of("monthly_quota", "face_cap"),
        "limit_fen": int(draw.rng.integers(1, 10**8)),
        "happened_on": draw.day(),
    }
