"""Applications, from the first word to a second person's conclusion."""

from collections.abc import Callable
from typing import Annotated, Any, TypeAlias

from fastapi import APIRouter, Header, Path, Query

from xiaowei.decisions.application import Application
from xiaowei.decisions.letter import letter_of
from xiaowei.desk.access.signing import Session
from xiaowei.desk.deciding import applying, deciding, referring, seeing
from xiaowei.desk.deciding.authority import authority
from xiaowei.desk.deciding.evidence import Gatherer
from xiaowei.desk.home import Home
from xiaowei.errors import XiaoweiError
from xiaowei.policy.access.actor import Hand
from xiaowei.surfaces.api import shapes
from xiaowei.surfaces.api.paging import Cursor, Limit, cursor_of, number_in
from xiaowei.surfaces.api.served import PATIENCE, Served, Service, SignedIn

router = APIRouter(prefix="/applications", tags=["applications 申请"])
Route: TypeAlias = Callable[..., shapes.Act]
Number = Annotated[shapes.Number, Path(description="Of the application.")]
Key = Annotated[
    str | None,
    Header(
        alias="Idempotency-Key",
        min_length=1,
        max_length=100,
        pattern=r"^[\x21-\x7e]+$",
        description="The same each time that one application is sent; kept 30 days.",
    ),
]


@router.post("", status_code=201)
def apply(
    served: Served, signed: SignedIn, asked: shapes.Apply, key: Key = None
) -> shapes.Decided:
    """Take an application, and decide it at once as far as policy allows."""
    permit = signed.permit("applications.submit")
    who, day = permit.actor, served.day()
    seeing.check_customer(served.home, asked.enterprise_id, permit)
    application = Application(
        enterprise_id=asked.enterprise_id,
        amount_fen=asked.amount_fen,
        months=asked.months,
        purpose=asked.purpose,
        applied_on=day,
        manager=who.person,
        branch=who.branch,
        region=who.region,
        product=asked.product,
    )
    own_key = None if key is None else f"{who.login}:{key}"
    if asked.hold:
        number = applying.apply(served.home, application, by=who.hand, key=own_key)
        return _whole(served, signed, number)
    # Somebody to decide is found first: what is busy takes nothing that it cannot do.
    with served.deciders.one(patience=PATIENCE) as decider:
        gathers = decider.gatherer(day)
        number = applying.apply(served.home, application, by=who.hand, key=own_key)
        undecided = _decided(decider.home, gathers, number, by=who.hand)
    return _whole(served, signed, number, undecided=undecided)


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
    shown = [shapes.Application(**one) for one in found[:limit]]
    more = cursor_of(str(shown[-1].number)) if len(found) > limit else None
    return shapes.Page(items=shown, next=more)


@router.get("/{number}")
def application(served: Served, signed: SignedIn, number: Number) -> shapes.Decided:
    """Return an application with its decision and conclusion."""
    seeing.application(served.home, number, signed.permit("applications.read"))
    return _whole(served, signed, number)


@router.post("/{number}/decision", status_code=201)
def decide(served: Served, signed: SignedIn, number: Number) -> shapes.Decided:
    """Decide an application that was held, or could not be decided yet."""
    hand = _reached(served, signed, "applications.submit", number)
    with served.deciders.one(patience=PATIENCE) as decider:
        gathers = decider.gatherer(served.day())
        deciding.decide_application(decider.home, number, gatherer=gathers, by=hand)
    return _whole(served, signed, number)


@router.post("/{number}/claim", status_code=201)
def claim(served: Served, signed: SignedIn, number: Number) -> shapes.Act:
    """Take a referral into one's hands."""
    return _act(
        served,
        signed,
        "referrals.claim",
        number,
        lambda by: referring.claim(served.home, number, by=by),
    )


@router.get("/{number}/letter")
def letter(served: Served, signed: SignedIn, number: Number) -> list[shapes.Text]:
    """Return what the customer is told, a paragraph each, in both languages."""
    permit = signed.permit("decisions.read")
    told = letter_of(seeing.application_whole(served.home, number, permit))
    return [shapes.Text(zh=one.zh, en=one.en) for one in told]


@router.post("/{number}/conclusion", status_code=201)
def conclude(
    served: Served, signed: SignedIn, number: Number, asked: shapes.Conclude
) -> shapes.Act:
    """Conclude a referral that one claimed; who took it never does.

    No more is approved than one's authority 审批权限 reaches.
    """
    reach = signed.permit("referrals.decide").reach
    return _act(
        served,
        signed,
        "referrals.decide",
        number,
        lambda by: referring.conclude(
            served.home,
            number,
            referring.Conclusion(
                outcome=asked.outcome, why=asked.why, amount_fen=asked.amount_fen
            ),
            by=by,
            most_fen=authority(served.home, reach, on=served.day()),
        ),
    )


def _with_reason(act: referring.Act) -> Route:
    def done(
        served: Served, signed: SignedIn, number: Number, asked: shapes.Why
    ) -> shapes.Act:
        return _act(
            served,
            signed,
            act.operation,
            number,
            lambda by: act.does(served.home, number, by=by, why=asked.why),
        )

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


def _decided(home: Home, gathers: Gatherer, number: int, *, by: Hand) -> str | None:
    """Decide what still waits; sent again it was decided before, or is just being.

    Returns:
        why it could not be decided: it is taken all the same, and waits.
    """
    if seeing.application(home, number)["state"] not in deciding.DECIDABLE:
        return None
    try:
        deciding.decide_application(home, number, gatherer=gathers, by=by)
    except deciding.DecidedError:
        return None
    except XiaoweiError as error:
        return str(error)
    return None


def _whole(
    served: Service, signed: Session, number: int, *, undecided: str | None = None
) -> shapes.Decided:
    told = seeing.application_whole(served.home, number)
    if signed.permissions.reach(signed.actor, "decisions.read") is None:
        told.pop("decided", None)
    return shapes.Decided(**told, undecided=undecided)


def _reached(served: Service, signed: Session, operation: str, number: int) -> Hand:
    """Return whose hand acts, having checked that its permit reaches the row."""
    permit = signed.permit(operation)
    seeing.application(served.home, number, permit)
    return permit.actor.hand


def _act(
    served: Service,
    signed: Session,
    operation: str,
    number: int,
    act: Callable[[Hand], dict[str, Any]],
) -> shapes.Act:
    return shapes.Act(**act(_reached(served, signed, operation, number)))
