"""Groups and circles of guarantees are found, however long the way around."""

from datetime import date

import pytest
from tests.factories import Row, held

from xiaowei.desk.bearing.ties import joined, ties_of

DAY = date(2025, 6, 30)
BEFORE = date(2024, 1, 1)


def owners(*pairs: tuple[str, str]) -> list[Row]:
    return [
        {
            "enterprise_id": firm,
            "person_id": person,
            "happened_on": BEFORE,
            "known_on": BEFORE,
        }
        for firm, person in pairs
    ]


def guaranteed(*pairs: tuple[str, str], until: date = date(2030, 1, 1)) -> list[Row]:
    return [
        {
            "enterprise_id": one,
            "guaranteed_id": other,
            "amount_fen": 100,
            "until_on": until,
            "happened_on": BEFORE,
            "known_on": BEFORE,
        }
        for one, other in pairs
    ]


def fellows(name: str, **families: list[Row]) -> set[str] | None:
    found = ties_of(held(**families), as_of=DAY).fellows(name)
    return None if found is None else set(found)


class TestJoined:
    @pytest.mark.parametrize("length", [2, 3, 4, 7])
    def test_goes_all_around_a_circle(self, length: int) -> None:
        ring = {(f"F{n}", f"F{(n + 1) % length}") for n in range(length)}

        assert joined(ring)["F0"] == {f"F{n}" for n in range(length)}

    def test_goes_against_the_way_of_a_guarantee_too(self) -> None:
        assert joined([("A", "B")])["B"] == {"A", "B"}


class TestFellows:
    def test_are_those_of_its_persons_and_of_guarantees_joined_to_them(self) -> None:
        who = owners(("A", "P"), ("B", "P"), ("C", "Q"), ("D", "R"))
        bonds = guaranteed(("B", "C"))

        assert fellows("A", owners=who, bureau_guarantees=bonds) == {"B", "C"}
        assert fellows("D", owners=who, bureau_guarantees=bonds) == set()

    def test_are_free_once_a_guarantee_has_ended(self) -> None:
        who = owners(("A", "P"))
        ended = guaranteed(("A", "C"), until=date(2025, 1, 1))

        assert fellows("A", owners=who, bureau_guarantees=ended) == set()
        assert fellows("A", owners=who, bureau_guarantees=guaranteed(("A", "C"))) == {
            "C"
        }

    def test_are_unknown_where_nobody_states_the_owners(self) -> None:
        assert fellows("A") is None
        assert fellows("Z", owners=owners(("A", "P"))) is None
