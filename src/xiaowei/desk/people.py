"""The people behind an enterprise 关联人员: who stands for it, owns it and runs it.

What says who a person is travels masked; `show` gives one value in full, to somebody
who gave his password within minutes and says why, and puts both on record first.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final, Literal, TypeAlias

from xiaowei.desk.access.house import House
from xiaowei.desk.access.looking import unmask
from xiaowei.desk.deciding.seeing import UnknownFirmError
from xiaowei.desk.masking import Private
from xiaowei.errors import ConflictError, NotFoundError
from xiaowei.facts.lake import Lake
from xiaowei.policy.access.permissions import Permit
from xiaowei.portraits.moments import Moments, known_by
from xiaowei.portraits.standing import current
from xiaowei.portraits.traits.states import lasts

PersonField: TypeAlias = Literal["name", "id_number", "phone"]
Role: TypeAlias = Literal["legal_person", "controller", "shareholder", "manager"]
_RANKS: Final[dict[Role, int]] = {
    "legal_person": 0,
    "controller": 1,
    "shareholder": 2,
    "manager": 3,
}
"""In which order people are listed: first who answers for the enterprise."""


class NothingStatedError(NotFoundError):
    """The register states no such value."""

    def __init__(self, enterprise_id: str, field: str, number: int | None) -> None:
        """Name it."""
        whose = "" if number is None else f" of person {number}"
        super().__init__(
            f"the register states no {field}{whose} for '{enterprise_id}'",
            expected="a person of the list of that day, and a field that is not null",
            remedy="Look at the list anew",
        )


class ListMovedError(ConflictError):
    """Another value stands where somebody saw the one that he asks for."""

    def __init__(self, seen: str) -> None:
        """Say what was seen."""
        super().__init__(
            f"what was shown as '{seen[:40]}' is not there any more",
            expected="the number's mask as the list of that day shows it now",
            remedy="Look at the list anew, and ask for what it shows",
        )


@dataclass(frozen=True, slots=True)
class Post:
    """What somebody is to an enterprise.

    Args:
        role: which.
        share: 0..1 of the capital; null where none is stated.
        since: the first day.
        until: the last day; null while none is stated.
    """

    role: Role
    share: float | None
    since: date
    until: date | None


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody behind an enterprise.

    Args:
        number: place in the list of the day, from 1.
        name: null where the register states none.
        id_number: number or code of the person, as the register states it.
        posts: what the person is to the enterprise on the day, one or more.
    """

    number: int
    name: Private | None
    id_number: Private
    posts: tuple[Post, ...]


@dataclass(frozen=True, slots=True)
class People:
    """Who stood behind an enterprise on a day, by what was known on it.

    Args:
        enterprise_id: whose.
        on: the day.
        phone: as last registered; null where none is stated.
        persons: the legal representative 法定代表人 first.
    """

    enterprise_id: str
    on: date
    phone: Private | None
    persons: tuple[Person, ...]

    def value(self, field: PersonField, number: int | None) -> Private:
        """Return one value.

        Args:
            field: which.
            number: of the person; null for the phone, which is the enterprise's.

        Raises:
            NothingStatedError: there is none.
        """
        found: Private | None = None
        if field == "phone" and number is None:
            found = self.phone
        elif field != "phone" and number is not None:
            held = [one for one in self.persons if one.number == number]
            found = getattr(held[0], field) if held else None
        if found is None:
            raise NothingStatedError(self.enterprise_id, field, number)
        return found

    def told_by(self, number: int | None) -> str:
        """Return the mask that tells one of the list from the others.

        Args:
            number: of the person; null for the phone.

        Raises:
            NothingStatedError: there is none.
        """
        field: PersonField = "phone" if number is None else "id_number"
        return str(self.value(field, number))


@dataclass(frozen=True, slots=True)
class Wanted:
    """A masked value that somebody asks to see.

    Args:
        field: which.
        number: of the person; null for the phone.
        seen: the mask of the person's number that the list showed him, whichever field
            he asks for: many share the mask of a name. Of the phone its own.
    """

    field: PersonField
    number: int | None
    seen: str


def people_of(lake: Lake, enterprise_id: str, *, on: date) -> People:
    """Return who stands behind an enterprise on a day, as known by then.

    The register is public: it asks for no authorisation.

    Args:
        lake: the facts.
        enterprise_id: whose.
        on: the day.

    Raises:
        UnknownFirmError: the register says nothing of it by then.
    """
    registered = _registered(lake, enterprise_id, on)
    persons = _persons(_owners(lake, enterprise_id, on))
    if not (registered or persons):
        raise UnknownFirmError(enterprise_id)
    return People(enterprise_id, on, phone=_phone(registered), persons=persons)


def show(
    house: House,
    leave: Permit,
    people: People,
    wanted: Wanted,
    *,
    why: str,
    at: datetime,
) -> str:
    """Return a masked value in full, having put on record who sees it and why.

    Args:
        house: what access is decided from.
        leave: for `pii.unmask`, see `looking.unmask`.
        people: the list of the day on which the mask was seen.
        wanted: the value.
        why: the reason.
        at: the moment.

    Raises:
        NothingStatedError: there is no such value.
        ListMovedError: it is not the one that was seen.
        NoReasonError: no reason is given.
        TooManyReadsError: the person has seen as much within an hour as it may.
    """
    value = people.value(wanted.field, wanted.number)
    # What became known since may have moved the list: nobody sees another person's.
    told_by = people.told_by(wanted.number)
    if told_by != wanted.seen:
        raise ListMovedError(wanted.seen)
    return unmask(
        house,
        leave,
        value,
        about=people.enterprise_id,
        what=f"{wanted.field} of {told_by} as of {people.on}",
        why=why,
        at=at,
    )


def _registered(lake: Lake, enterprise_id: str, on: date) -> list[dict[str, Any]]:
    facts = lake.facts("enterprises", enterprise_id=enterprise_id)
    mine = known_by(facts.filter(facts.enterprise_id == enterprise_id), as_of=on)
    rows = current(mine, family="enterprises").select("phone").to_pyarrow()
    found: list[dict[str, Any]] = rows.to_pylist()
    return found


def _phone(registered: list[dict[str, Any]]) -> Private | None:
    stated = registered[0]["phone"] if registered else None
    return None if stated is None else Private("phone", stated)


def _owners(lake: Lake, enterprise_id: str, on: date) -> list[dict[str, Any]]:
    facts = lake.facts("owners", enterprise_id=enterprise_id)
    mine = facts.filter(facts.enterprise_id == enterprise_id)
    rows = Moments((on,)).rows(mine, family="owners")
    found: list[dict[str, Any]] = rows.filter(lasts(rows)).to_pyarrow().to_pylist()
    return found


def _persons(rows: Iterable[dict[str, Any]]) -> tuple[Person, ...]:
    held: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for row in sorted(rows, key=_place):
        held[row["person_id"]].append(row)
    return tuple(
        Person(
            number,
            name=_name(posts),
            id_number=Private("id_number", person),
            posts=tuple(
                Post(one["role"], one["share"], one["happened_on"], one["until_on"])
                for one in posts
            ),
        )
        for number, (person, posts) in enumerate(held.items(), start=1)
    )


def _place(row: dict[str, Any]) -> tuple[int, date, str]:
    return _RANKS[row["role"]], row["happened_on"], row["person_id"]


def _name(posts: Iterable[dict[str, Any]]) -> Private | None:
    stated = [one["person"] for one in posts if one["person"]]
    return Private("name", stated[0]) if stated else None
