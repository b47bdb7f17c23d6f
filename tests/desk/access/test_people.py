"""Who stands behind an enterprise is told as of a day, and masked."""

from datetime import date

import pytest
from tests.desk.access.conftest import Enter, Staff, later
from tests.desk.portraying.lakes import lake_of
from tests.factories import owner, registered

from xiaowei.desk.access.house import House
from xiaowei.desk.deciding.seeing import UnknownFirmError
from xiaowei.desk.people import (
    ListMovedError,
    NothingStatedError,
    People,
    Wanted,
    people_of,
    show,
)
from xiaowei.facts.lake import Lake
from xiaowei.records.access import reads

MOTHER, SON = "110101196503072345", "110101199003071234"
HANDED_OVER, TOLD = date(2022, 3, 1), date(2022, 3, 9)
DAY = date(2023, 1, 1)


@pytest.fixture(scope="module")
def lake(tmp_path_factory: pytest.TempPathFactory) -> Lake:
    """A firm that a mother led until her son did; other firms have their own."""
    owners = [
        owner(person_id=MOTHER, person="欧阳娜", until_on=None),
        owner(person_id=MOTHER, person="欧阳娜", until_on=HANDED_OVER, known_on=TOLD),
        owner(
            person_id=SON,
            person="张伟",
            happened_on=date(2022, 3, 2),
            known_on=TOLD,
        ),
        owner(person_id=MOTHER, person=None, role="shareholder", share=0.6),
        owner(person_id=SON, person=None, role="shareholder", share=0.4),
        owner(enterprise_id="E2", person_id="HASH-77", person=None),
    ]
    register = [
        registered(phone="13812345678"),
        registered(phone="13912345678", known_on=TOLD),
        registered(enterprise_id="E2", phone=None),
    ]
    facts = {"owners": owners, "enterprises": register}
    return lake_of(facts, tmp_path_factory.mktemp("people"))


def told(people: People) -> list[tuple[str, str, list[str]]]:
    return [
        (str(one.name), str(one.id_number), [post.role for post in one.posts])
        for one in people.persons
    ]


class TestPeople:
    def test_are_those_of_the_day_by_what_was_known_then(self, lake: Lake) -> None:
        mother, son = "110***********2345", "110***********1234"
        both = ["legal_person", "shareholder"]
        now = people_of(lake, "E1", on=DAY)
        assert told(now) == [
            ("张*", son, both),
            ("None", mother, ["shareholder"]),
        ]
        assert str(now.phone) == "139****5678"
        # It had happened, but nobody had said so.
        before = people_of(lake, "E1", on=date(2022, 3, 8))
        assert told(before) == [
            ("欧阳*", mother, both),
            ("None", son, ["shareholder"]),
        ]
        assert str(before.phone) == "138****5678"

    def test_are_none_of_whom_the_register_says_nothing(self, lake: Lake) -> None:
        for firm, day in (("E9", DAY), ("E1", date(2001, 1, 1))):
            with pytest.raises(UnknownFirmError):
                people_of(lake, firm, on=day)

    def test_show_no_value_however_they_are_printed(self, lake: Lake) -> None:
        printed = f"{people_of(lake, 'E1', on=DAY)!r}"
        for value in (MOTHER, SON, "张伟", "欧阳娜", "13912345678"):
            assert value not in printed


class TestShow:
    @pytest.mark.parametrize(
        ("wanted", "value"),
        [
            (Wanted("id_number", 1, "110***********1234"), SON),
            (Wanted("name", 1, "110***********1234"), "张伟"),
            (Wanted("phone", None, "139****5678"), "13912345678"),
        ],
    )
    def test_returns_a_value_once_who_sees_it_is_on_record(
        self,
        lake: Lake,
        boss: House,
        staff: Staff,
        enter: Enter,
        wanted: Wanted,
        value: str,
    ) -> None:
        staff("li.na", "P1", "credit_officer")
        leave = enter("li.na").permit("pii.unmask")
        people = people_of(lake, "E1", on=DAY)
        seen = show(boss, leave, people, wanted, why="call the owner", at=later())
        assert seen == value
        (entry,) = boss.journal.entries(reads.READ)
        assert entry.body["what"] == f"{wanted.field} of {wanted.seen} as of {DAY}"
        assert value not in str(entry.body)

    def test_shows_nobody_else_where_the_list_has_moved(
        self, lake: Lake, boss: House, staff: Staff, enter: Enter
    ) -> None:
        staff("li.na", "P1", "credit_officer")
        leave = enter("li.na").permit("pii.unmask")
        # She was first on the day before.
        people = people_of(lake, "E1", on=DAY)
        for field in ("id_number", "name"):
            seen = Wanted(field, 1, "110***********2345")
            with pytest.raises(ListMovedError, match="2345"):
                show(boss, leave, people, seen, why="call the owner", at=later())
        assert not list(boss.journal.entries(reads.READ))

    @pytest.mark.parametrize(
        "wanted",
        [
            Wanted("name", 2, "None"),
            Wanted("name", 9, "张*"),
            Wanted("name", None, "张*"),
            Wanted("phone", 1, "139****5678"),
        ],
    )
    def test_finds_nothing_that_the_register_does_not_state(
        self, lake: Lake, boss: House, staff: Staff, enter: Enter, *, wanted: Wanted
    ) -> None:
        staff("li.na", "P1", "credit_officer")
        leave = enter("li.na").permit("pii.unmask")
        people = people_of(lake, "E1", on=DAY)
        with pytest.raises(NothingStatedError):
            show(boss, leave, people, wanted, why="call the owner", at=later())
