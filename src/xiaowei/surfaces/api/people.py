"""The people behind an enterprise, masked, and one value in full for a reason."""

from datetime import date
from typing import Annotated, Final

from fastapi import APIRouter, Query, Response
from pydantic import BaseModel, Field

from xiaowei.desk import clock
from xiaowei.desk.access.looking import UNMASK, record_read
from xiaowei.desk.deciding.deciders import PATIENCE
from xiaowei.desk.deciding.seeing import check_reach
from xiaowei.desk.people import (
    People,
    PersonField,
    Role,
    Wanted,
    people_of,
    show,
)
from xiaowei.policy.access.permissions import Permit
from xiaowei.surfaces.api.enterprises import FIRST, Id
from xiaowei.surfaces.api.served import Served, Service, SignedIn
from xiaowei.surfaces.inputs import Asked, Words

router = APIRouter(prefix="/enterprises", tags=["enterprises 企业"])
_MOST_MASK: Final = 200
On = Annotated[
    date | None, Query(ge=FIRST, description="By what was known then; else today.")
]


class PostShape(BaseModel):
    """What somebody is to an enterprise."""

    role: Role
    share: float | None = Field(description="0..1 of the capital.")
    since: date
    until: date | None


class PersonShape(BaseModel):
    """Somebody behind an enterprise; who it is, is masked."""

    number: int = Field(description="Place in the list of that day.")
    name: str | None = Field(description="Masked.")
    id_number: str = Field(description="Masked.")
    posts: list[PostShape]


class PeopleShape(BaseModel):
    """Who stood behind an enterprise on a day 关联人员."""

    enterprise_id: str
    on: date
    phone: str | None = Field(description="As registered; masked.")
    persons: list[PersonShape]


class Unmasking(Asked):
    """A masked value that somebody needs to see."""

    on: date = Field(ge=FIRST, description="The day of the list that was looked at.")
    field: PersonField
    number: Annotated[int, Field(ge=1, le=2**31 - 1)] | None = Field(
        default=None, description="Of the person; null for the phone."
    )
    seen: Annotated[str, Field(min_length=1, max_length=_MOST_MASK)] = Field(
        description="The mask of the person's number as the list showed it, whichever "
        "field is asked for; of the phone its own."
    )
    why: Words = Field(description="The reason; it goes on record.")


class Unmasked(BaseModel):
    """A value in full."""

    value: str


@router.get("/{enterprise_id}/people")
def people(
    served: Served, signed: SignedIn, enterprise_id: Id, on: On = None
) -> PeopleShape:
    """Say who stands behind an enterprise; who each of them is, is masked."""
    permit = signed.permit("people.read")
    found = _found(served, permit, enterprise_id, on)
    record_read(
        served.house,
        permit,
        about=enterprise_id,
        what=f"people behind it on {found.on}, masked",
        why="asked for by the service's API",
        at=clock.moment(),
    )
    return _shape(found)


@router.post("/{enterprise_id}/people/unmasked")
def unmasked(
    response: Response,
    served: Served,
    signed: SignedIn,
    enterprise_id: Id,
    asked: Unmasking,
) -> Unmasked:
    """Return one masked value in full; who saw it, and why, is on record first.

    It asks for the password again, see `POST /session/proof`, and no person sees more
    of them in an hour than the bank allows.
    """
    permit = signed.permit(UNMASK)
    found = _found(served, permit, enterprise_id, asked.on)
    value = show(
        served.house,
        permit,
        found,
        Wanted(asked.field, asked.number, asked.seen),
        why=asked.why,
        at=clock.moment(),
    )
    response.headers["Cache-Control"] = "no-store"
    return Unmasked(value=value)


def _found(
    served: Service, permit: Permit, enterprise_id: str, on: date | None
) -> People:
    check_reach(served.home, enterprise_id, permit)
    day = min(on or served.day(), served.day())
    with served.deciders.one(patience=PATIENCE, aside=True) as decider:
        return people_of(decider.readable().lake, enterprise_id, on=day)


def _shape(found: People) -> PeopleShape:
    return PeopleShape(
        enterprise_id=found.enterprise_id,
        on=found.on,
        phone=None if found.phone is None else str(found.phone),
        persons=[
            PersonShape(
                number=one.number,
                name=None if one.name is None else str(one.name),
                id_number=str(one.id_number),
                posts=[
                    PostShape(
                        role=post.role,
                        share=post.share,
                        since=post.since,
                        until=post.until,
                    )
                    for post in one.posts
                ],
            )
            for one in found.persons
        ],
    )
