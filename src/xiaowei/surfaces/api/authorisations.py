"""Authorisations: without a live one its sources are silent."""

from typing import Annotated

from fastapi import APIRouter, Header, Path

from xiaowei.desk.deciding.papers import Signed, record_paper, withdraw_paper
from xiaowei.surfaces.api import shapes
from xiaowei.surfaces.api.served import Served, SignedIn
from xiaowei.surfaces.inputs import Authorise, Key, Why

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
    served: Served, signed: SignedIn, asked: Authorise, key: Sent = None
) -> shapes.Authorisation:
    """Put a signed authorisation on record; it holds from the day of business on."""
    leave = signed.permit("consents.record")
    paper = Signed(**{**asked.model_dump(), "families": tuple(asked.families)})
    taken = record_paper(served.home, leave, paper, on=served.day(), key=key)
    return shapes.Authorisation.model_validate(taken)


@router.post("/{number}/withdrawal", status_code=201)
def withdraw(
    served: Served, signed: SignedIn, number: Number, asked: Why
) -> shapes.Withdrawn:
    """Withdraw an authorisation: its sources are silent at once."""
    leave = signed.permit("consents.withdraw")
    day = served.day()
    told = withdraw_paper(served.home, leave, number, why=asked.why, on=day)
    return shapes.Withdrawn(**told)
