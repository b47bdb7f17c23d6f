"""Our own loans, reckoned a second time in plain Python."""

from datetime import date
from fractions import Fraction

from tests.factories import Row
from tests.portraits.oracles.base import back
from tests.portraits.oracles.harness import Portraits, Told, by_firm, lately, share


def portray(facts: Told, as_of: date) -> Portraits:
    lent, paid = by_firm(facts["loans"]), by_firm(facts["repayments"])
    applied = by_firm(facts["applications"])
    found: Portraits = {firm: {} for firm in lent | paid | applied}
    for firm, rows in lent.items():
        found[firm] |= _loans(rows, paid.get(firm, []), as_of)
    for firm, rows in paid.items():
        found[firm] |= _instalments(rows, as_of)
    for firm, rows in applied.items():
        found[firm] |= _applications(rows, as_of)
    return found


def _loans(loans: list[Row], paid: list[Row], as_of: date) -> Row:
    left, repaid = 0, 0
    for loan in loans:
        rows = [row for row in paid if row["loan_no"] == loan["loan_no"]]
        days = (loan["due_on"] - loan["happened_on"]).days
        cost = 1 + Fraction(loan["rate"]) * days / 730
        back_fen = Fraction(sum(row["paid_fen"] for row in rows)) / cost
        left += max(loan["principal_fen"] - int(back_fen + Fraction(1, 2)), 0)
        all_paid = all(row["paid_fen"] >= row["due_fen"] for row in rows)
        repaid += bool(rows) and loan["due_on"] <= as_of and all_paid
    first = min(loan["happened_on"] for loan in loans)
    return {
        "own_loans_all": len(loans),
        "own_first_loan_days_since": (as_of - first).days,
        "own_balance_now": left,
        "own_repaid_now": repaid,
    }


def _days_late(row: Row, as_of: date) -> int | None:
    if row["paid_fen"] < row["due_fen"]:
        last = back(as_of, 0)
        return _days(row["happened_on"], last)
    if row["paid_on"] is None:
        return None
    return _days(row["happened_on"], row["paid_on"])


def _days(due: date, until: date) -> int:
    return max((until - due).days, 0)


def _instalments(rows: list[Row], as_of: date) -> Row:
    unpaid = [row for row in rows if row["paid_fen"] < row["due_fen"]]
    year = [row for row in rows if lately(row["happened_on"], as_of, 12)]
    waits = [_days_late(row, as_of) for row in year]
    late = [days for days in waits if days is not None]
    oldest = min((row["happened_on"] for row in unpaid), default=None)
    return {
        "own_overdue_now": sum(row["due_fen"] - row["paid_fen"] for row in unpaid),
        "own_unpaid_days_since": (as_of - oldest).days if oldest else None,
        "own_dpd_12m": max(late, default=None),
        "own_late_share_12m": share(len([d for d in late if d > 0]), len(late)),
    }


def _applications(rows: list[Row], as_of: date) -> Row:
    year = [row for row in rows if lately(row["happened_on"], as_of, 12)]
    return {
        "applications_12m": len(year),
        "applications_declined_12m": len(
            [row for row in year if row["outcome"] == "declined"]
        ),
        "application_days_since": min(
            (as_of - row["happened_on"]).days for row in rows
        ),
    }
