"""Applications, from the first word to a second person's conclusion."""

from collections.abc import Callable
from typing import Annotated, TypeAlias

from fastapi import APIRouter, Header, Path, Query

from xiaowei.decisions.letter import letter_of
from xiaowei.desk.access.signing import Session
from xiaowei.desk.deciding import acting, referring, seeing
from xiaowei.desk.deciding.filing import Asked, decide_filed, file_application
from xiaowei.errors import XiaoweiError
from xiaowei.surfaces.api import shapes
from xiaowei.surfaces.api.paging import Cursor, Limit, next_of, number_in
from xiaowei.surfaces.api.served import Served, Service, SignedIn
from xiaowei.surfaces.inputs import Apply, Conclude, Key, Why

router = APIRouter(prefix="/applications", tags=["applications 申请"])
Route: TypeAlias = Callable[..., shapes.Act]
Number = Annotated[shapes.Number, Path(description="Of the application.")]
Sent = Annotated[
    Key | None,
    Header(
        alias="Idempotency-Key",
        description="The same each time that one application is sent; kept 30 days.",
    ),
]


@router.post("", status_code=201)
def apply(
    served: Served, signed: SignedIn, asked: Apply, key: Sent = None
) -> shapes.Decided:
    """Take an application, and decide it at once as far as policy allows."""
    wish = asked.model_dump(exclude={"hold"})
    filed = file_application(
        served.office,
        signed.permit("applications.submit"),
        Asked(**wish),
        key=key,
        hold=asked.hold,
    )
    return _whole(served, signed, filed.number, undecided=filed.undecided)


@router.get("")
def applications(
    served: Served,
    signed: SignedIn,
    state: Annotated[
        shapes.State | None, Query(description="Only those in it.")
    ] = None,
    limit: Limit = 50,
    cursor: Cursor = "",
) -> shapes.Page[shapes.Application]:
    """List applications in reach, the first one first."""
    found = seeing.applications(
        served.home,
        signed.permit("applications.read"),
        state=state,
        after=number_in(cursor),
        most=limit + 1,
    )
    return shapes.Page(
        items=[shapes.Application(**one) for one in found[:limit]],
        next=next_of(found, limit, lambda one: one["number"]),
    )


@router.get("/{number}")
def application(served: Served, signed: SignedIn, number: Number) -> shapes.Decided:
    """Return an application with its decision and conclusion."""
    seeing.application(served.home, number, signed.permit("applications.read"))
    return _whole(served, signed, number)


@router.post("/{number}/decision", status_code=201)
def decide(served: Served, signed: SignedIn, number: Number) -> shapes.Decided:
    """Decide an application that was held, or could not be decided yet."""
    decide_filed(served.office, signed.permit("applications.submit"), number)
    return _whole(served, signed, number)


@router.post("/{number}/claim", status_code=201)
def claim(served: Served, signed: SignedIn, number: Number) -> shapes.Act:
    """Take a referral into one's hands."""
    leave = signed.permit("referrals.claim")
    return shapes.Act(**acting.claim(served.home, leave, number))


@router.get("/{number}/letter")
def letter(served: Served, signed: SignedIn, number: Number) -> list[shapes.Text]:
    """Return what the customer is told, a paragraph each, in both languages."""
    permit = signed.permit("decisions.read")
    told = letter_of(seeing.application_whole(served.home, number, permit))
    return [shapes.Text(zh=one.zh, en=one.en) for one in told]


@router.post("/{number}/conclusion", status_code=201)
def conclude(
    served: Served, signed: SignedIn, number: Number, asked: Conclude
) -> shapes.Act:
    """Conclude a referral that one claimed; who took it never does.

    No more is approved than one's authority 审批权限 reaches.
    """
    leave = signed.permit("referrals.decide")
    concluded = referring.Conclusion(**asked.model_dump())
    return shapes.Act(**acting.conclude(served.office, leave, number, concluded))


def _with_reason(act: referring.Act) -> Route:
    def done(
        served: Served, signed: SignedIn, number: Number, asked: Why
    ) -> shapes.Act:
        leave = signed.permit(act.operation)
        told = acting.act_on(served.home, leave, number, act, why=asked.why)
        return shapes.Act(**told)

    return done


for _one in referring.ACTS:
    router.add_api_route(
        f"/{{number}}/{_one.noun}",
        _with_reason(_one),
        methods=["POST"],
        status_code=201,
        name=_one.noun,
        description=_one.says,
    )


def _whole(
    served: Service,
    signed: Session,
    number: int,
    *,
    undecided: XiaoweiError | None = None,
) -> shapes.Decided:
    told = seeing.whole_for(served.home, number, signed)
    why = None if undecided is None else str(undecided)
    return shapes.Decided(**told, undecided=why)
