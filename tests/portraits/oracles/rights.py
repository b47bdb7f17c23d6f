"""Patents, trademarks and software, reckoned a second time in plain Python."""

from datetime import date

from tests.factories import Row
from tests.portraits.oracles.harness import Portraits, Told, by_firm, lately

PATENTS = ("invention", "utility_model", "design")


def portray(facts: Told, as_of: date) -> Portraits:
    return {
        firm: _portrait(rows, as_of)
        for firm, rows in by_firm(facts["intellectual_property"]).items()
    }


def _portrait(rows: list[Row], as_of: date) -> Row:
    rights = {(row["right_no"], row["kind"]) for row in rows}
    live = [right for right in rights if _lives(_of(rows, right))]
    pledged = [
        right
        for right in live
        if any(row["event"] == "pledged" for row in _of(rows, right))
    ]

    def kinds(*wanted: str) -> int:
        return len([kind for _, kind in live if kind in wanted])

    def befell(event: str, months: int) -> list[Row]:
        return [
            row
            for row in rows
            if row["event"] == event and lately(row["happened_on"], as_of, months)
        ]

    return {
        "patents_now": kinds(*PATENTS),
        "inventions_now": kinds("invention"),
        "trademarks_now": kinds("trademark"),
        "software_now": kinds("software"),
        "rights_pledged_now": len(pledged),
        "rights_granted_24m": len(befell("granted", 24)),
        "rights_renewed_24m": len(befell("renewed", 24)),
        "rights_lapsed_24m": len(befell("lapsed", 24)),
        "licence_income_12m": sum(
            row["amount_fen"] or 0 for row in befell("licensed", 12)
        ),
    }


def _of(rows: list[Row], right: tuple[str, str]) -> list[Row]:
    return [row for row in rows if (row["right_no"], row["kind"]) == right]


def _lives(rows: list[Row]) -> bool:
    days = sorted(
        (row["happened_on"], row["event"] in {"lapsed", "transferred"})
        for row in rows
        if row["event"] in {"granted", "renewed", "lapsed", "transferred"}
    )
    return bool(days) and not days[-1][1]
