"""Firms made up before an application are told from those that change now and then."""

from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any

import numpy as np
import pytest
from tests.factories import Row, registered
from tests.verification.cases import case, findings

from xiaowei.verification.checks.changes import CHANGES
from xiaowei.verification.finding import Case, Finding

AS_OF = date(2025, 6, 30)
FIRMS = 200
LIAR = "F007"
ITEMS = ("legal_person", "owners", "address", "scope", "capital", "name")
MADE_UP = ("legal_person", "owners", "address", "capital")


def firms() -> list[str]:
    return [f"F{n:03}" for n in range(FIRMS)]


def ago(days: int) -> date:
    return AS_OF - timedelta(days=days)


def change(firm: str, item: str, days: int, **stated: Any) -> Row:  # noqa: ANN401
    return {
        "enterprise_id": firm,
        "item": item,
        "before": "甲",
        "after": "乙",
        "happened_on": ago(days),
    } | stated


def graded(firm: str, grades: str, *, days: int = 60) -> list[Row]:
    """Return a firm's grades, the last so many days ago, one each year."""
    return [
        {
            "enterprise_id": firm,
            "year": 2024 - back,
            "grade": grade,
            "happened_on": ago(days + 365 * back),
        }
        for back, grade in enumerate(reversed(grades))
    ]


def now_and_then(seed: int) -> list[Row]:
    """Every tenth thing changed once in three years, in every firm alike."""
    rng = np.random.default_rng(seed)
    return [
        change(firm, item, int(rng.integers(0, 1095)))
        for firm in firms()
        for item in ITEMS
        if rng.random() < 0.1
    ]


def looked_at(changes: Iterable[Row], **families: Any) -> Case:  # noqa: ANN401
    register = [registered(enterprise_id=firm, status="open") for firm in firms()]
    return case(
        as_of=AS_OF,
        enterprises=families.pop("enterprises", register),
        registry_changes=list(changes),
        **families,
    )


def made_up(*, until: int = 0, seed: int = 0) -> list[Row]:
    """Return changes of all, and of the liar's four shortly before a day."""
    plain = [row for row in now_and_then(seed) if row["enterprise_id"] != LIAR]
    return [*plain, *(change(LIAR, item, until + 30) for item in MADE_UP)]


def differing(at: Case) -> dict[str, Finding]:
    found = findings(CHANGES, at)
    return {firm: one for firm, one in found.items() if one.outcome == "differs"}


class TestChanges:
    def test_call_who_was_made_up_before_the_day(self) -> None:
        found = differing(looked_at(made_up()))

        assert set(found) == {LIAR}
        assert found[LIAR].text.en == (
            "4 of 6 items changed in the 182 days up to 2025-06-30: legal "
            "representative, owners, address, capital"
        )
        assert "法定代表人、股东" in found[LIAR].text.zh
        assert found[LIAR].benign is not None
        assert {one.text.en[:10] for one in found[LIAR].evidence} == {"2025-05-31"}
        assert "住所 甲 → 乙" in " ".join(one.text.zh for one in found[LIAR].evidence)
        assert found[LIAR].evidence[0].file == "registry_changes.csv"

    def test_look_before_an_application_that_is_near(self) -> None:
        asked = {
            "enterprise_id": LIAR,
            "application_no": "A1",
            "amount_fen": 1,
            "outcome": "approved",
            "happened_on": ago(200),
        }
        rows = made_up(until=200)

        assert set(differing(looked_at(rows, applications=[asked]))) == {LIAR}
        assert differing(looked_at(rows)) == {}

    @pytest.mark.parametrize("seed", range(8))
    def test_leave_who_changes_now_and_then_in_peace(self, seed: int) -> None:
        at = looked_at(now_and_then(seed))

        assert len(findings(CHANGES, at)) == FIRMS
        assert differing(at) == {}

    def test_take_one_thing_changed_twice_for_one(self) -> None:
        plain = now_and_then(0)
        twice = [change(LIAR, "address", 10 * n) for n in range(1, 5)]

        assert differing(looked_at([*plain, *twice])) == {}

    def test_take_what_a_new_firm_sets_up_for_none(self) -> None:
        young = [
            registered(
                enterprise_id=firm,
                happened_on=ago(300) if firm == LIAR else date(2015, 1, 1),
            )
            for firm in firms()
        ]

        at = looked_at(made_up(), enterprises=young)

        assert LIAR not in findings(CHANGES, at)

    def test_hear_owners_who_come_and_go_and_a_grade_that_falls(self) -> None:
        owners = [
            {
                "enterprise_id": firm,
                "person_id": person,
                "role": role,
                "happened_on": since,
                "known_on": since,
            }
            for firm in firms()
            for person, role, since in (
                ("P1", "shareholder", date(2015, 1, 1)),
                ("P1", "legal_person", date(2015, 1, 1)),
                ("P2", "manager", ago(20)),
                *(
                    [("P3", "controller", ago(20)), ("P3", "legal_person", ago(20))]
                    if firm == LIAR
                    else []
                ),
            )
        ]
        grades = [
            row
            for firm in firms()
            for row in graded(firm, "BD" if firm == LIAR else "AB")
        ]
        plain = [row for row in now_and_then(3) if row["enterprise_id"] != LIAR]
        moved = change(LIAR, "address", 3)

        found = differing(looked_at([*plain, moved], owners=owners, tax_credit=grades))

        assert set(found) == {LIAR}
        assert found[LIAR].text.en.startswith("4 of 7 items")
        assert found[LIAR].text.en.endswith("address, tax grade fell to C or D")
        assert any("B → D" in one.text.en for one in found[LIAR].evidence)

    @pytest.mark.parametrize("grades", ["DD", "DC", "AB", "BM", "D"])
    def test_take_no_other_grade_for_a_fall(self, grades: str) -> None:
        rows = [row for firm in firms() for row in graded(firm, grades)]

        found = findings(CHANGES, looked_at(now_and_then(1), tax_credit=rows))

        assert all("grade" not in one.text.en for one in found.values())

    def test_say_the_same_where_one_is_asked_for(self) -> None:
        at = looked_at(made_up())
        whole = findings(CHANGES, at)
        asked = Case(facts=at.facts, as_of=AS_OF, industries={}, whom=frozenset({LIAR}))

        assert findings(CHANGES, asked) == {LIAR: whole[LIAR]}

    def test_are_silent_with_too_few_peers(self) -> None:
        few = [registered(enterprise_id=firm) for firm in firms()[:19]]

        found = findings(CHANGES, looked_at(made_up(), enterprises=few))

        assert {one.outcome for one in found.values()} == {"silent"}

    def test_leave_out_who_has_closed(self) -> None:
        shut = [registered(enterprise_id=firm, status="closed") for firm in firms()]

        assert findings(CHANGES, looked_at(made_up(), enterprises=shut)) == {}
