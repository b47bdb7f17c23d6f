"""Links among enterprises, reckoned a second time in plain Python."""

from datetime import date

from tests.factories import Row
from tests.portraits.oracles import courts
from tests.portraits.oracles.harness import Portraits, Told, by_firm, lasts


def portray(facts: Told, as_of: date) -> Portraits:
    found: Portraits = {}
    for row in facts["enterprises"]:
        found[row["enterprise_id"]] = {
            f"{name}_shared_now": _sharing(facts["enterprises"], row, name)
            for name in ("address", "phone")
        }
    for firm, rows in _persons(facts["owners"], as_of).items():
        found.setdefault(firm, {}).update(rows)
    _kin(found, facts, as_of)
    _guarantees(found, facts["bureau_guarantees"], as_of)
    return found


def _sharing(rows: list[Row], mine: Row, name: str) -> int | None:
    if mine[name] is None:
        return None
    return len([row for row in rows if row[name] == mine[name]]) - 1


def _persons(owners: list[Row], as_of: date) -> Portraits:
    live = by_firm([row for row in owners if lasts(row, as_of)])
    persons = {firm: {row["person_id"] for row in rows} for firm, rows in live.items()}
    return {
        firm: {
            "others": {
                other
                for other, theirs in persons.items()
                if other != firm and theirs & persons.get(firm, set())
            }
        }
        for firm in by_firm(owners)
    }


def _kin(found: Portraits, facts: Told, as_of: date) -> None:
    status = {row["enterprise_id"]: row["status"] for row in facts["enterprises"]}
    cases = by_firm(facts["court_cases"])
    for traits in found.values():
        if "others" not in traits:
            continue
        others = traits.pop("others")
        traits["linked_firms_now"] = len(others)
        told = [status[other] for other in others if status.get(other)]
        gone = [word for word in told if word in {"revoked", "closed"}]
        traits["linked_gone_now"] = len(gone) if told else None
        heard = [courts.by_case(cases[other]) for other in others if other in cases]
        traits["linked_court_open_now"] = (
            sum(courts.is_open(c, as_of) for one in heard for c in one.values())
            if heard
            else None
        )


def _guarantees(found: Portraits, rows: list[Row], as_of: date) -> None:
    bonds = {
        (row["enterprise_id"], row["guaranteed_id"])
        for row in rows
        if lasts(row, as_of) and row["enterprise_id"] != row["guaranteed_id"]
    }

    def circle(firm: str) -> bool:
        first = {b for a, b in bonds if a == firm}
        second = {b for a, b in bonds if a in first}
        third = {b for a, b in bonds if a in second - {firm}}
        return firm in second | third

    for firm in by_firm(rows):
        found.setdefault(firm, {})["guarantee_circle_now"] = int(circle(firm))
    for firm in {b for _, b in bonds}:
        found.setdefault(firm, {})["guarantors_now"] = len(
            {a for a, b in bonds if b == firm}
        )
