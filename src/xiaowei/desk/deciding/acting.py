"""What somebody with leave does with a referral, and which acts are open to him."""

from dataclasses import dataclass
from typing import Any, Final

from xiaowei.desk.access.signing import Session
from xiaowei.desk.deciding import deciding, referring, seeing
from xiaowei.desk.deciding.applying import UnknownApplicationError
from xiaowei.desk.deciding.authority import authority
from xiaowei.desk.deciding.filing import Office
from xiaowei.desk.hands import Operation
from xiaowei.desk.home import Home
from xiaowei.errors import ConflictError
from xiaowei.money import Fen
from xiaowei.policy.access.permissions import Permit
from xiaowei.records import applications

CLAIM: Final = "claim"
CONCLUSION: Final = "conclusion"
DECISION: Final = "decision"
"""Acts beside those of `referring.ACTS`, as the service's paths name them."""
OPERATIONS: Final[dict[str, Operation]] = {
    DECISION: "applications.submit",
    CLAIM: "referrals.claim",
    CONCLUSION: "referrals.decide",
    **{one.noun: one.operation for one in referring.ACTS},
}
"""Every act and what it asks leave for."""
_KINDS: Final = {
    CLAIM: applications.CLAIM,
    CONCLUSION: applications.CONCLUSION,
    **{one.noun: one.kind for one in referring.ACTS},
}


def claim(home: Home, leave: Permit, number: int) -> dict[str, Any]:
    """Take a referral in reach into one's hands; see `referring.claim`."""
    return referring.claim(home, number, by=seeing.hand_on(home, number, leave))


def conclude(
    office: Office, leave: Permit, number: int, conclusion: referring.Conclusion
) -> dict[str, Any]:
    """Conclude a referral in reach, within one's authority; see `referring.conclude`.

    Args:
        office: where.
        leave: to decide referrals, whose reach says how much may be approved.
        number: of the application.
        conclusion: what is concluded.
    """
    return referring.conclude(
        office.home,
        number,
        conclusion,
        by=seeing.hand_on(office.home, number, leave),
        most_fen=authority(office.home, leave.reach, on=office.day()),
    )


def act_on(
    home: Home, leave: Permit, number: int, act: referring.Act, *, why: str
) -> dict[str, Any]:
    """Do with a referral in reach what takes a reason alone; see `referring.ACTS`."""
    by = seeing.hand_on(home, number, leave)
    return act.does(home, number, by=by, why=why)


@dataclass(frozen=True, slots=True)
class Open:
    """What somebody may do about an application as it stands.

    Args:
        acts: of `OPERATIONS`.
        barred: why he may not conclude it though his role may: he took it; else null.
        most_fen: how much he may approve; null for no limit, or where he may not.
    """

    acts: frozenset[str]
    barred: ConflictError | None
    most_fen: Fen | None


def open_to(office: Office, told: dict[str, Any], session: Session) -> Open:
    """Return what somebody may do about an application as it stands.

    The acts themselves check all of it again.

    Args:
        office: where.
        told: the application, as `seeing.application` has it.
        session: whose.
    """
    number, hand = told["number"], session.actor.hand
    acts, barred, most = set[str](), None, None
    for act, operation in OPERATIONS.items():
        reach = session.permissions.reach(session.actor, operation)
        if reach is None or not _stands(act, told, session):
            continue
        leave = Permit(session.actor, operation, reach)
        if not _reached(office.home, number, leave):
            continue
        if act in {CLAIM, CONCLUSION}:
            barred = referring.bar(office.home, number, by=hand)
        if barred is None:
            acts.add(act)
        if act == CONCLUSION:
            most = authority(office.home, reach, on=office.day())
    return Open(frozenset(acts), barred, most)


def _stands(act: str, told: dict[str, Any], session: Session) -> bool:
    """Tell whether an act comes next, as the application stands."""
    state, person = told["state"], session.actor.person
    if act == DECISION:
        return state in deciding.DECIDABLE
    kind = _KINDS[act]
    if state not in referring.WAITS[kind]:
        return False
    if kind == applications.REVIEW:
        return told["conclusion"] is None
    return bool(state != "claimed" or told["claimed_by"] == person)


def _reached(home: Home, number: int, leave: Permit) -> bool:
    try:
        seeing.application(home, number, leave)
    except UnknownApplicationError:
        return False
    return True
