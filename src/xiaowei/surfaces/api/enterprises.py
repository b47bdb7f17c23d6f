"""Enterprises of the last run, their portraits and findings."""

from datetime import date
from typing import Annotated, Any, Final

from fastapi import APIRouter, Path, Query

from xiaowei.decisions.application import MOST_FEN, MOST_MONTHS
from xiaowei.desk import clock
from xiaowei.desk.access.looking import record_read
from xiaowei.desk.assessing import assessment_of
from xiaowei.desk.bearing.agreements import Wish
from xiaowei.desk.counsel.plain import counsel_of
from xiaowei.desk.counsel.products import counsel
from xiaowei.desk.deciding import seeing
from xiaowei.desk.deciding.deciders import PATIENCE
from xiaowei.desk.deciding.papers import papers_of
from xiaowei.policy.access.permissions import Permit
from xiaowei.policy.products.product import Kind
from xiaowei.surfaces.api import shapes
from xiaowei.surfaces.api.paging import Cursor, Limit, last_of, next_of
from xiaowei.surfaces.api.served import Served, Service, SignedIn
from xiaowei.surfaces.inputs import Code
from xiaowei.surfaces.report.document import Document

router = APIRouter(prefix="/enterprises", tags=["enterprises 企业"])
FIRST: Final = date(2000, 1, 1)
Id = Annotated[str, Path(min_length=1, max_length=100, pattern=r"^[^\x00-\x1f\x7f]+$")]


@router.get("")
def enterprises(
    served: Served,
    signed: SignedIn,
    tier: Annotated[str, Query(max_length=40, description="Only this tier.")] = "",
    limit: Limit = 50,
    cursor: Cursor = "",
) -> shapes.Page[shapes.Firm]:
    """List the enterprises of the last run that are in reach, by their codes."""
    permit = signed.permit("enterprises.read")
    last, run = last_of(cursor), served.latest()
    mine = seeing.enterprises_in_reach(served.home, permit)
    found = sorted(
        (
            firm
            for firm in run["firms"]
            if firm["enterprise_id"] > last
            and tier in {"", firm["tier"]}
            and (mine is None or firm["enterprise_id"] in mine)
        ),
        key=lambda firm: str(firm["enterprise_id"]),
    )
    return shapes.Page(
        items=[_firm(one) for one in found[:limit]],
        next=next_of(found, limit, lambda one: one["enterprise_id"]),
    )


@router.get("/{enterprise_id}")
def enterprise(served: Served, signed: SignedIn, enterprise_id: Id) -> shapes.Firm:
    """Return one enterprise as the last run has it."""
    return _firm(_found(served, signed.permit("enterprises.read"), enterprise_id))


@router.get("/{enterprise_id}/findings")
def findings(
    served: Served, signed: SignedIn, enterprise_id: Id
) -> list[dict[str, Any]]:
    """Return what the last run's verification 核验 found about an enterprise."""
    firm = _found(served, signed.permit("findings.read"), enterprise_id)
    found: list[dict[str, Any]] = firm["findings"]
    return found


@router.get("/{enterprise_id}/assessment")
def assessment(
    served: Served, signed: SignedIn, enterprise_id: Id
) -> shapes.Assessment:
    """Return the PD of an enterprise with its reasons, and which model said it."""
    permit = signed.permit("assessments.read")
    run = served.latest()
    found = assessment_of(run, _found(served, permit, enterprise_id, run=run))
    _record(served, permit, enterprise_id, f"assessment of {found['as_of']}")
    return shapes.Assessment(**found)


@router.get("/{enterprise_id}/offers")
def offers(  # noqa: PLR0913, PLR0917 - each is a parameter of the query
    served: Served,
    signed: SignedIn,
    enterprise_id: Id,
    product: Annotated[Code | None, Query(description="Else what suits best.")] = None,
    amount_fen: Annotated[
        int | None, Query(gt=0, le=MOST_FEN, description="Else what is lent.")
    ] = None,
    months: Annotated[
        int | None, Query(ge=1, le=MOST_MONTHS, description="Term.")
    ] = None,
    repaid_by: Annotated[Kind | None, Query(description="Kind of schedule.")] = None,
    drawn_on: Annotated[
        date | None, Query(ge=FIRST, description="Paid out; else the day of the run.")
    ] = None,
) -> shapes.Offers:
    """Say which products an enterprise may have, why, and what it would repay when."""
    permit = signed.permit("offers.read")
    run = served.latest()
    firm = _found(served, permit, enterprise_id, run=run)
    wish = Wish(
        product=product,
        amount_fen=amount_fen,
        months=months,
        kind=repaid_by,
        drawn_on=drawn_on,
    )
    # Each reads the lake by an engine of its own; whoever decides does not wait for it.
    with served.deciders.one(patience=PATIENCE, aside=True) as decider:
        home = decider.readable()
        found = counsel(home, enterprise_id, wish=wish, run=run)
    _record(served, permit, enterprise_id, f"offers of {firm['as_of']}")
    return shapes.Offers(**counsel_of(found))


@router.get("/{enterprise_id}/portrait")
def portrait(
    served: Served,
    signed: SignedIn,
    enterprise_id: Id,
    on: Annotated[
        date | None,
        Query(ge=FIRST, description="What was known by then; else by today."),
    ] = None,
) -> shapes.Portrait:
    """Portray an enterprise; what no live authorisation opens is silent."""
    permit = signed.permit("portraits.read")
    seeing.check_reach(served.home, enterprise_id, permit)
    day = min(on or served.day(), served.day())
    # Who portrays another day is another: the plans of the day stay where they are.
    aside = day != served.day()
    with served.deciders.one(patience=PATIENCE, aside=aside) as decider:
        found = decider.gatherer(day)
        traits, silenced = found.portrait(enterprise_id, seen_on=served.day())
    _record(served, permit, enterprise_id, f"portrait of {day}")
    return shapes.Portrait(
        enterprise_id=enterprise_id, on=day, traits=traits, silenced=list(silenced)
    )


@router.get("/{enterprise_id}/authorisations")
def authorisations(
    served: Served, signed: SignedIn, enterprise_id: Id
) -> list[shapes.Authorisation]:
    """List the authorisations of an enterprise, the first one first."""
    permit = signed.permit("consents.read")
    held = papers_of(served.home, permit, enterprise_id)
    return [shapes.Authorisation.model_validate(one) for one in held]


def _found(
    served: Service, permit: Permit, enterprise_id: str, *, run: Document | None = None
) -> dict[str, Any]:
    """Return an enterprise of the last run, or of the run that was read as the last."""
    seeing.check_reach(served.home, enterprise_id, permit)
    for firm in (run or served.latest())["firms"]:
        if firm["enterprise_id"] == enterprise_id:
            return dict(firm)
    raise seeing.UnknownFirmError(enterprise_id)


def _record(served: Service, permit: Permit, enterprise_id: str, what: str) -> None:
    record_read(
        served.house,
        permit,
        about=enterprise_id,
        what=what,
        why="asked for by the service's API",
        at=clock.moment(),
    )


def _firm(firm: dict[str, Any]) -> shapes.Firm:
    names = shapes.Firm.model_fields
    return shapes.Firm.model_validate({name: firm.get(name) for name in names})
