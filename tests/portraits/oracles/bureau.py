"""Debts, guarantees and enquiries, reckoned a second time in plain Python."""

from datetime import date

from tests.factories import Row
from tests.portraits.oracles.base import ago
from tests.portraits.oracles.harness import (
    Portraits,
    Told,
    by_firm,
    lasts,
    lately,
    share,
)

CLASSES = ["normal", "special_mention", "substandard", "doubtful", "loss"]


def portray(facts: Told, as_of: date) -> Portraits:
    found: Portraits = {}
    loans = [r for r in facts["bureau_loans"] if ago(r["happened_on"], as_of) < 24]
    debts, given = by_firm(loans), by_firm(facts["bureau_guarantees"])
    asked = by_firm(facts["bureau_enquiries"])
    for firm in debts.keys() | given.keys() | asked.keys():
        traits: Row = {}
        if firm in debts:
            traits |= _debts(debts[firm], as_of)
        if firm in given:
            live = [row for row in given[firm] if lasts(row, as_of)]
            traits["guaranteed_now"] = sum(row["amount_fen"] for row in live)
            traits["guarantees_now"] = len(live)
            owed = traits.get("debt_balance_now")
            if owed:
                traits["guaranteed_to_debt_now"] = traits["guaranteed_now"] / owed
        if firm in asked:
            traits |= _asked(asked[firm], as_of)
        found[firm] = traits
    return found


def _debts(rows: list[Row], as_of: date) -> Row:
    own = [row for row in rows if row["subject"] == "enterprise"]
    person = _newest([row for row in rows if row["subject"] == "legal_person"])
    traits: Row = {}
    if person:
        traits["person_debt_now"] = sum(row["balance_fen"] for row in person)
        traits["person_overdue_now"] = sum(row["overdue_fen"] for row in person)
    if not own:
        return traits
    now = _newest(own)
    before = _newest([row for row in own if ago(row["happened_on"], as_of) >= 6])
    balance = sum(row["balance_fen"] for row in now)
    limit = sum(row["limit_fen"] for row in now)
    classes = [CLASSES.index(row["five_class"]) for row in now if row["five_class"]]
    traits |= {
        "debt_balance_now": balance,
        "debt_limit_now": limit,
        "debt_limit_use_now": share(balance, limit),
        "debt_lenders_now": _lenders(now),
        "debt_overdue_now": sum(row["overdue_fen"] for row in now),
        "debt_class_now": max(classes) + 1 if classes else None,
        "debt_new_loans_6m": len([r for r in now if lately(r["opened_on"], as_of, 6)]),
    }
    if before:
        traits["debt_lenders_change_6m"] = _lenders(now) - _lenders(before)
    for n in (12, 24):
        past_due = [row["dpd"] for row in own if lately(row["happened_on"], as_of, n)]
        traits[f"debt_dpd_{n}m"] = max(past_due, default=None)
    return traits


def _newest(rows: list[Row]) -> list[Row]:
    last = max((row["happened_on"] for row in rows), default=None)
    return [row for row in rows if row["happened_on"] == last]


def _lenders(rows: list[Row]) -> int:
    return len({row["lender"] for row in rows if row["balance_fen"] > 0})


def _asked(rows: list[Row], as_of: date) -> Row:
    applied = [row for row in rows if row["reason"] == "application"]

    def last(months: int) -> list[Row]:
        return [row for row in applied if lately(row["happened_on"], as_of, months)]

    return {
        "enquiries_3m": len(last(3)),
        "enquiries_6m": len(last(6)),
        "enquirers_12m": len({row["enquirer"] for row in last(12)}),
    }
