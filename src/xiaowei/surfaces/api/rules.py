"""Rules: drafted, proven, tested, published by a second person, compared, tried."""

from datetime import date
from typing import Annotated, Any, Final

from fastapi import APIRouter, Header, Path, Query

from xiaowei.decisions.rule_cases import Tried, cases_of
from xiaowei.decisions.rules.grammar import RuleSet
from xiaowei.decisions.rules.reading import rule_set_of
from xiaowei.desk.checking import Check
from xiaowei.desk.home import Home
from xiaowei.desk.jobs import asking
from xiaowei.desk.ruling import drafting, publishing, rolling_back, testing, versions
from xiaowei.desk.ruling.proving import proof_of, proof_plain
from xiaowei.desk.ruling.telling import (
    changes_told,
    version_teller,
    version_told,
    versions_told,
)
from xiaowei.policy.access.permissions import whole_bank
from xiaowei.surfaces.api import rule_shapes, shapes
from xiaowei.surfaces.api.etags import Match, unchanged
from xiaowei.surfaces.api.paging import Cursor, Limit, last_of, next_of, number_in
from xiaowei.surfaces.api.served import Served, Service, SignedIn
from xiaowei.surfaces.inputs import Key, Why

router = APIRouter(prefix="/rules", tags=["rules 规则"])
_READ, _DRAFT, _PUBLISH = "rules.read", "rules.draft", "rules.publish"
_FIRST: Final = date(2000, 1, 1)
_SET: Final = "set"
Number = Annotated[
    rule_shapes.Number, Path(description="Of the version; 0 for the rules shipped.")
]
On = Annotated[
    date | None, Query(ge=_FIRST, description="Which one decides then; else today.")
]
Against = Annotated[
    rule_shapes.Number | None,
    Query(description="The older version; else the one in force."),
]
Sent = Annotated[
    Key | None,
    Header(
        alias="Idempotency-Key",
        description="The same each time that one draft is sent; kept 30 days.",
    ),
]


@router.get("")
def listed(
    served: Served,
    signed: SignedIn,
    on: On = None,
    limit: Limit = 50,
    cursor: Cursor = "",
) -> shapes.Page[rule_shapes.ListedVersion]:
    """List versions of rules, those shipped first, and say which one decides."""
    signed.permit(_READ)
    told = versions_told(served.home, on=on or served.day())
    # Number 0 is a version, too: what comes after it is not the first page.
    after = number_in(cursor) if last_of(cursor) else -1
    found = [one for one in told["versions"] if one["number"] > after]
    return shapes.Page(
        items=[
            rule_shapes.ListedVersion(**one, in_force=one["number"] == told["in_force"])
            for one in found[:limit]
        ],
        next=next_of(found, limit, lambda one: one["number"]),
    )


@router.get("/{number}")
def version(served: Served, signed: SignedIn, number: Number) -> rule_shapes.Rules:
    """Return a version with its rules, as data and as they say themselves."""
    signed.permit(_READ)
    return rule_shapes.Rules(**version_told(served.home, number))


@router.get("/{number}/proof")
def proof(served: Served, signed: SignedIn, number: Number) -> rule_shapes.Proof:
    """Return what is proven of a version by the numbers of its first day."""
    signed.permit(_READ)
    return _proof(served.home, versions.rules_of(served.home, number))


@router.get("/{number}/changes")
def changes(
    served: Served, signed: SignedIn, number: Number, against: Against = None
) -> rule_shapes.Changes:
    """Say what is other in a version than in an older one, rule by rule."""
    signed.permit(_READ)
    if against is None:
        against = versions.in_force(served.home, on=served.day())
    return rule_shapes.Changes(**changes_told(served.home, against, number))


@router.get("/{number}/tests")
def cases(served: Served, signed: SignedIn, number: Number) -> rule_shapes.Outcomes:
    """Return the test cases last run on a version, and what comes of each."""
    signed.permit(_READ)
    return _outcomes(number, testing.tried_again(served.home, number))


@router.post("/proof")
def prove(
    served: Served, signed: SignedIn, asked: rule_shapes.Proven
) -> rule_shapes.Proof:
    """Prove rules that are not drafted yet; nothing is put on record."""
    signed.permit(_DRAFT)
    return _proof(served.home, _read(served.home, asked.set))


@router.post("", status_code=201)
def draft(
    served: Served, signed: SignedIn, asked: rule_shapes.Draft, key: Sent = None
) -> rule_shapes.Drafted:
    """Put rules on record as a draft, proven; every fault of them is named."""
    hand = signed.permit(_DRAFT).actor.hand
    sent = drafting.Sent(f"{hand.login}:{key}", asked.model_dump()) if key else None
    made = drafting.draft(
        served.home,
        _read(served.home, asked.set),
        by=hand,
        accepted=asked.accepted,
        sent=sent,
    )
    return rule_shapes.Drafted(**made)


@router.post("/{number}/tests", status_code=201)
def run_cases(
    served: Served,
    signed: SignedIn,
    number: Number,
    asked: rule_shapes.Tests,
    match: Match = None,
) -> rule_shapes.Outcomes:
    """Run test cases on a draft; they stand for all that were run on it before."""
    hand = signed.permit(_DRAFT).actor.hand
    tried = testing.try_draft(
        served.home,
        number,
        cases_of(asked.model_dump()),
        by=hand,
        check=_as_read(served, number, match),
    )
    return _outcomes(number, tried)


@router.post("/{number}/publication", status_code=201)
def publish(
    served: Served, signed: SignedIn, number: Number, asked: Why, match: Match = None
) -> rule_shapes.Version:
    """Publish a draft; whoever drafted it never does."""
    hand = signed.permit(_PUBLISH).actor.hand
    check = _as_read(served, number, match)
    made = publishing.publish(served.home, number, by=hand, why=asked.why, check=check)
    return rule_shapes.Version(**made)


@router.post("/{number}/withdrawal", status_code=201)
def withdraw(
    served: Served, signed: SignedIn, number: Number, asked: Why, match: Match = None
) -> rule_shapes.Version:
    """Withdraw a draft: it is never published."""
    hand = signed.permit(_DRAFT).actor.hand
    check = _as_read(served, number, match)
    made = drafting.withdraw(served.home, number, by=hand, why=asked.why, check=check)
    return rule_shapes.Version(**made)


@router.post("/{number}/rollback", status_code=201)
def roll_back(
    served: Served,
    signed: SignedIn,
    number: Number,
    asked: rule_shapes.Rollback,
    key: Sent = None,
) -> rule_shapes.Drafted:
    """Draft an earlier version again as a new one, for a second person to publish."""
    hand = signed.permit(_DRAFT).actor.hand
    made = rolling_back.roll_back(
        served.home,
        number,
        by=hand,
        since=asked.since,
        key=f"{hand.login}:{key}" if key else None,
    )
    return rule_shapes.Drafted(**made)


@router.post("/{number}/backtest", status_code=202)
def back_test(
    served: Served,
    signed: SignedIn,
    number: Number,
    asked: rule_shapes.BackTest,
    key: Sent = None,
) -> shapes.Job:
    """Ask what a version, or a limit moved, would have decided on all decisions."""
    login = whole_bank(signed.permit("lab.run")).actor.login
    job = asking.ask_to_back_test(
        served.home,
        number,
        limits=asked.limits,
        by=login,
        key=f"{login}:{key}" if key else None,
    )
    return shapes.Job.model_validate(asking.plain(job))


def _as_read(served: Service, number: int, match: str | None) -> Check | None:
    """Return what refuses to act on a version that is not as it was read."""
    if match is None:
        return None
    tell = version_teller(served.home, number)
    return unchanged(match, lambda connection: rule_shapes.Rules(**tell(connection)))


def _read(home: Home, plain: dict[str, Any]) -> RuleSet:
    return rule_set_of(plain, file=_SET, book=home.book)


def _proof(home: Home, rules: RuleSet) -> rule_shapes.Proof:
    return rule_shapes.Proof(**proof_plain(proof_of(home, rules)))


def _outcomes(number: int, tried: tuple[Tried, ...]) -> rule_shapes.Outcomes:
    return rule_shapes.Outcomes(
        rules=number,
        failed=sum(1 for one in tried if not one.passed),
        cases=[
            rule_shapes.Tested(**one.as_plain(), firm=one.case.as_plain()["firm"])
            for one in tried
        ],
    )
