"""Cases in court, reckoned a second time in plain Python."""

from collections import defaultdict
from datetime import date

from tests.factories import Row
from tests.portraits.oracles.harness import Portraits, Told, by_firm, lately, share


def portray(facts: Told, as_of: date) -> Portraits:
    return {
        firm: _portrait(rows, as_of)
        for firm, rows in by_firm(facts["court_cases"]).items()
    }


def is_open(case: list[Row], as_of: date) -> bool:
    """Test whether a case against the enterprise is not closed."""
    against = any(row["role"] == "defendant" for row in case)
    closed = [
        row
        for row in case
        if row["stage"] in {"filed", "judgment", "enforcement"}
        and not _stands(row, as_of)
    ]
    return against and not closed


def by_case(rows: list[Row]) -> dict[str, list[Row]]:
    cases: dict[str, list[Row]] = defaultdict(list)
    for row in rows:
        cases[row["case_no"]].append(row)
    return cases


def _stands(row: Row, as_of: date) -> bool:
    return row["closed_on"] is None or row["closed_on"] > as_of


def _portrait(rows: list[Row], as_of: date) -> Row:
    cases = by_case(rows)
    against = [row for row in rows if row["role"] == "defendant"]
    days = [
        row["happened_on"]
        for row in rows
        if any(r["role"] == "defendant" for r in cases[row["case_no"]])
    ]

    def begun(role: str, months: int) -> set[str]:
        return {
            number
            for number, case in cases.items()
            if lately(min(row["happened_on"] for row in case), as_of, months)
            and any(row["role"] == role for row in case)
        }

    amounts = [
        max(row["amount_fen"] for row in cases[number] if row["amount_fen"] is not None)
        for number in begun("defendant", 12)
        if any(row["amount_fen"] is not None for row in cases[number])
    ]
    enforced = {
        row["case_no"]
        for row in against
        if row["stage"] == "enforcement" and lately(row["happened_on"], as_of, 24)
    }
    sued, sues = begun("defendant", 24), begun("plaintiff", 24)
    standing = [row for row in against if _stands(row, as_of)]
    return {
        "court_sued_12m": len(begun("defendant", 12)),
        "court_sued_24m": len(sued),
        "court_sued_amount_12m": sum(amounts)
        if amounts or not begun("defendant", 12)
        else None,
        "court_enforced_24m": len(enforced),
        "court_dishonest_now": len([r for r in standing if r["stage"] == "dishonest"]),
        "court_restricted_now": len(
            [r for r in standing if r["stage"] == "restricted"]
        ),
        "court_open_now": len([c for c in cases.values() if is_open(c, as_of)]),
        "court_plaintiff_share_24m": share(len(sues), len(sued | sues)),
        "court_sued_days_since": (as_of - max(days)).days if days else None,
    }
