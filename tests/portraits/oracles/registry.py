"""The registry, reckoned a second time in plain Python."""

from datetime import date

from tests.factories import Row
from tests.portraits.oracles.harness import Portraits, Told, by_firm, lasts, lately

GRADES = ["open", "moved", "suspended", "revoked", "closed"]
ITEMS = ("name", "address", "capital", "scope", "owners")


def portray(facts: Told, as_of: date) -> Portraits:
    found: Portraits = {
        row["enterprise_id"]: {
            "founded_days_since": (as_of - row["happened_on"]).days,
            "capital_now": row["capital_fen"],
            "staff_now": row["staff"],
            "status_now": GRADES.index(row["status"]) + 1 if row["status"] else None,
        }
        for row in facts["enterprises"]
    }
    for firm, rows in by_firm(facts["owners"]).items():
        found.setdefault(firm, {}).update(_owners(rows, as_of))
    for firm, rows in by_firm(facts["registry_changes"]).items():
        found.setdefault(firm, {}).update(_changes(rows, as_of))
    for firm, rows in by_firm(facts["memberships"]).items():
        live = [row for row in rows if lasts(row, as_of)]
        found.setdefault(firm, {})["memberships_now"] = len(live)
    return found


def _owners(rows: list[Row], as_of: date) -> Row:
    live = [row for row in rows if lasts(row, as_of)]
    holders = [row for row in live if row["role"] == "shareholder"]
    legal = [row["happened_on"] for row in live if row["role"] == "legal_person"]
    shares = [row["share"] for row in holders if row["share"] is not None]
    return {
        "shareholders_now": len({row["person_id"] for row in holders}),
        "shareholder_top_share_now": max(shares, default=None),
        "legal_person_days_since": (as_of - max(legal)).days if legal else None,
    }


def _changes(rows: list[Row], as_of: date) -> Row:
    year = [row["item"] for row in rows if lately(row["happened_on"], as_of, 12)]
    two = [row["item"] for row in rows if lately(row["happened_on"], as_of, 24)]
    return {
        "registry_changes_12m": len(year),
        **{f"{item}_changes_12m": year.count(item) for item in ITEMS},
        "legal_person_changes_24m": two.count("legal_person"),
    }
