"""Authorisations: without a live one its sources are silent."""

from typing import Annotated

from fastapi import APIRouter, Header, Path

from xiaowei.decisions.authorisation import Authorisation
from xiaowei.desk.deciding import authorising, seeing
from xiaowei.desk.deciding.customers import only_for_customers
from xiaowei.surfaces.api import shapes
from xiaowei.surfaces.api.paging import MOST
from xiaowei.surfaces.api.served import Served, SignedIn
from xiaowei.surfaces.inputs import Key, Why

router = APIRouter(prefix="/authorisations", tags=["authorisations 授权"])
Number = Annotated[shapes.Number, Path(description="Of the authorisation.")]
Sent = Annotated[
    Key | None,
    Header(
        alias="Idempotency-Key",
        description="The same each time that one paper is sent; kept 30 days.",
    ),
]


@router.post("", status_code=201)
def authorise(
    served: Served, signed: SignedIn, asked: shapes.Authorise, key: Sent = None
) -> shapes.Authorisation:
    """Put a signed authorisation on record; it holds from the day of business on."""
    permit = signed.permit("consents.record")
    taken = authorising.authorise(
        served.home,
        Authorisation(
            enterprise_id=asked.enterprise_id,
            families=tuple(asked.families),
            purpose=asked.purpose,
            from_on=served.day(),
            until_on=asked.until_on,
            evidence=asked.evidence,
            by=permit.actor.person,
        ),
        key=None if key is None else f"{permit.actor.login}:{key}",
        check=only_for_customers(asked.enterprise_id, permit),
    )
    return shapes.Authorisation.model_validate(taken)


@router.post("/{number}/withdrawal", status_code=201)
def withdraw(
    served: Served, signed: SignedIn, number: Number, asked: Why
) -> shapes.Withdrawn:
    """Withdraw an authorisation: its sources are silent at once."""
    permit = signed.permit("consents.withdraw")
    held = authorising.authorisation(served.home, number)
    mine = held.by in permit.actor.hand.persons
    if not mine and not seeing.in_reach(served.home, held.enterprise_id, permit):
        raise authorising.UnknownAuthorisationError(number)
    told = authorising.withdraw(
        served.home, number, why=asked.why, by=permit.actor.person, on=served.day()
    )
    seen = seeing.applications(
        served.home, permit, enterprise_id=held.enterprise_id, most=MOST
    )
    # Of other managers' applications nothing is told, not even the number.
    numbers = {one["number"] for one in seen}
    decided = {one["decision"] for one in seen}
    return shapes.Withdrawn(
        **told
        | {
            "applications": [n for n in told["applications"] if n in numbers],
            "decisions": [n for n in told["decisions"] if n in decided],
        }
    )
