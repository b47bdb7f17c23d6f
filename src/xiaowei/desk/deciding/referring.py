"""Referrals are claimed, sent back, and concluded by a second person."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final, Literal

import sqlalchemy as sa

from xiaowei.desk import clock
from xiaowei.desk.deciding.applying import UnknownApplicationError, row_of
from xiaowei.desk.deciding.authority import AboveAuthorityError
from xiaowei.desk.deciding.committed import check_group
from xiaowei.desk.deciding.deciding import DecidedError, due_at
from xiaowei.desk.hands import Operation, check_second, check_why
from xiaowei.desk.home import Home, book_of
from xiaowei.errors import ConflictError, InputError
from xiaowei.money import Fen, yuan_text
from xiaowei.policy.access.actor import Hand, hand_of
from xiaowei.records.applications import (
    AGAIN,
    CLAIM,
    CONCLUSION,
    CONCLUSIONS,
    RELEASE,
    RETURN,
    REVIEW,
)

WAITS: Final = {
    CLAIM: ("referred",),
    RETURN: ("claimed",),
    RELEASE: ("claimed",),
    AGAIN: ("returned",),
    REVIEW: ("declined",),
    CONCLUSION: ("claimed",),
}
"""Kind of act to the states in which it comes next."""


class NotYoursError(ConflictError):
    """A referral is in another's hands."""

    def __init__(self, number: int, by: str | None) -> None:
        """Name who has it."""
        super().__init__(
            f"application {number} is claimed by '{by}'",
            expected="whoever claimed it",
            remedy="Let them conclude it or send it back",
        )


class TooMuchError(InputError):
    """A conclusion lends more than was asked for, or nothing."""

    def __init__(self, amount_fen: Fen, asked_fen: Fen) -> None:
        """Name both amounts."""
        super().__init__(
            f"{yuan_text(amount_fen)} cannot be approved",
            expected=f"more than 0 and no more than the {yuan_text(asked_fen)} asked",
            remedy="Correct the amount",
        )


class ByPersonError(ConflictError):
    """A person has concluded an application already."""

    def __init__(self, number: int) -> None:
        """Name it."""
        super().__init__(
            f"application {number} was concluded by a person",
            expected="one that was declined without a person",
            remedy="Take a new application if there is something new",
        )


def claim(home: Home, number: int, *, by: Hand) -> dict[str, Any]:
    """Take a referral into one's hands, so that nobody else works on it.

    Raises:
        UnknownApplicationError: there is none of that number.
        DecidedError: it is not referred, or another was faster.
        SamePersonError: the one who took the application claims it.
        StrangerError: there are accounts, and who took it has none.
    """
    with home.journal.store.writing() as connection:
        _waiting(connection, number, CLAIM)
        _check_second(home, connection, number, by)
        return _add(home, connection, CLAIM, {"application": number, **_by(by)})


def send_back(home: Home, number: int, *, by: Hand, why: str) -> dict[str, Any]:
    """Send a referral back to whoever took the application, for papers or answers.

    Raises:
        UnknownApplicationError: there is none of that number.
        DecidedError: it is not claimed.
        NotYoursError: another has claimed it.
        NobodyError: no reason is stated.
    """
    return _let_go(home, number, RETURN, by=by, why=why)


def release(home: Home, number: int, *, by: Hand, why: str) -> dict[str, Any]:
    """Let a referral go that one claimed, for another to claim; its clock goes on.

    Raises:
        UnknownApplicationError: there is none of that number.
        DecidedError: it is not claimed.
        NotYoursError: another has claimed it.
        NobodyError: no reason is stated.
    """
    return _let_go(home, number, RELEASE, by=by, why=why)


def resubmit(home: Home, number: int, *, by: Hand, why: str) -> dict[str, Any]:
    """Hand a referral in again, with what was asked for; its clock begins anew.

    Raises:
        UnknownApplicationError: there is none of that number.
        DecidedError: it was not sent back.
        NobodyError: it is not said what is new.
    """
    return _referred(home, number, AGAIN, by=by, why=why)


def ask_review(home: Home, number: int, *, by: Hand, why: str) -> dict[str, Any]:
    """Have a person look at what was declined without one, as its customer asks.

    The right to it is that of art. 24 of the 个人信息保护法; the clock of a referral
    begins.

    Args:
        home: the workspace.
        number: of the application.
        by: who takes the customer's word.
        why: what the customer says.

    Raises:
        UnknownApplicationError: there is none of that number.
        DecidedError: it was not declined.
        ByPersonError: a person declined it.
        NobodyError: it is not said what the customer says.
    """
    return _referred(home, number, REVIEW, by=by, why=why)


@dataclass(frozen=True, slots=True, kw_only=True)
class Act:
    """Something that is done with a referral, and that takes a reason alone.

    Args:
        does: what does it.
        kind: of its entry in the journal.
        operation: that asks for leave.
        verb: at the command line.
        noun: in the path of the service.
        says: what it is, for people.
    """

    does: Callable[..., dict[str, Any]]
    kind: str
    operation: Operation
    verb: str
    noun: str
    says: str


ACTS: Final = (
    Act(
        does=release,
        kind=RELEASE,
        operation="referrals.claim",
        verb="release",
        noun="release",
        says="Let a referral go that one claimed, for another to claim.",
    ),
    Act(
        does=send_back,
        kind=RETURN,
        operation="referrals.return",
        verb="return",
        noun="return",
        says="Send a referral back to whoever took the application.",
    ),
    Act(
        does=resubmit,
        kind=AGAIN,
        operation="applications.submit",
        verb="resubmit",
        noun="resubmission",
        says="Hand in again what was sent back.",
    ),
    Act(
        does=ask_review,
        kind=REVIEW,
        operation="applications.submit",
        verb="review",
        noun="review",
        says="Have a person look at what was declined without one, as its customer "
        "asks.",
    ),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Conclusion:
    """What a second person concludes.

    Args:
        outcome: `approve` or `decline`.
        why: the reason, as it will stand on record.
        amount_fen: how much is approved; null for what was asked.
    """

    outcome: Literal["approve", "decline"]
    why: str
    amount_fen: Fen | None = None


def conclude(
    home: Home,
    number: int,
    conclusion: Conclusion,
    *,
    by: Hand,
    most_fen: Fen | None = None,
) -> dict[str, Any]:
    """Conclude a referral: the second person approves or declines.

    Args:
        home: the workspace.
        number: of the application.
        conclusion: what they conclude.
        by: who concludes; never who took the application.
        most_fen: how much they may approve alone, see `authority`; null for no limit.

    Raises:
        UnknownApplicationError: there is none of that number.
        DecidedError: it is not claimed.
        NotYoursError: another has claimed it.
        SamePersonError: who took it concludes it.
        StrangerError: there are accounts, and who took it has none.
        TooMuchError: more than was asked for is approved.
        AboveAuthorityError: more than they may is approved.
        AboveGroupCapError: it would put the group above its cap.
        NobodyError: no reason is stated.
    """
    check_why(conclusion.why)
    with home.journal.store.writing() as connection:
        row = _waiting(connection, number, CONCLUSION)
        _check_holds(row, by)
        _check_second(home, connection, number, by)
        stated = conclusion.amount_fen
        asked = row.amount_fen if stated is None else stated
        limit = asked if conclusion.outcome == "approve" else None
        if limit is not None and not 0 < limit <= row.amount_fen:
            raise TooMuchError(limit, row.amount_fen)
        if limit is not None and most_fen is not None and limit > most_fen:
            raise AboveAuthorityError(number, limit, most_fen)
        if limit is not None:
            _check_group(home, connection, row.decision, limit)
        body = {
            "application": number,
            "decision": row.decision,
            "outcome": conclusion.outcome,
            "limit_fen": limit,
            "maker": row.manager,
            "why": conclusion.why,
            "authority_fen": most_fen,
            **_by(by),
        }
        return _add(home, connection, CONCLUSION, body)


def bar(home: Home, number: int, *, by: Hand) -> ConflictError | None:
    """Return why somebody can never claim or conclude a referral; null if he can.

    Args:
        home: the workspace.
        number: of the application.
        by: who would.

    Returns:
        that he took it, or that nobody can tell whether he did.
    """
    with home.journal.store.reading() as connection:
        try:
            _check_second(home, connection, number, by)
        except ConflictError as error:
            return error
    return None


def _let_go(home: Home, number: int, act: str, *, by: Hand, why: str) -> dict[str, Any]:
    check_why(why)
    with home.journal.store.writing() as connection:
        row = _waiting(connection, number, act)
        _check_holds(row, by)
        body = {"application": number, "why": why, **_by(by)}
        return _add(home, connection, act, body)


def _referred(
    home: Home, number: int, act: str, *, by: Hand, why: str
) -> dict[str, Any]:
    check_why(why)
    made_at = clock.now()
    due = due_at(home, made_at, on=clock.today())
    with home.journal.store.writing() as connection:
        if act == REVIEW:
            _check_no_person(connection, number)
        _waiting(connection, number, act)
        body = {"application": number, "why": why, "due_at": due, **_by(by)}
        return _add(home, connection, act, body, made_at=made_at)


def _waiting(connection: sa.Connection, number: int, act: str) -> "sa.Row[Any]":
    row = row_of(connection, number)
    if row.state not in WAITS[act]:
        raise DecidedError(number, row.state, WAITS[act])
    return row


def _check_no_person(connection: sa.Connection, number: int) -> None:
    asked = sa.select(CONCLUSIONS.c.number).where(CONCLUSIONS.c.application == number)
    if connection.execute(asked).first():
        raise ByPersonError(number)


def _maker(home: Home, connection: sa.Connection, number: int) -> Hand:
    """Return whose hand put an application on record."""
    entry = home.journal.entry_by(connection, number)
    if entry is None:  # pragma: no cover - an application is an entry
        raise UnknownApplicationError(number)
    return hand_of(entry.body["by"])


def _check_second(home: Home, connection: sa.Connection, number: int, by: Hand) -> None:
    what = f"application {number}"
    check_second(connection, _maker(home, connection, number), by, what=what)


def _check_group(
    home: Home, connection: sa.Connection, decision: int, limit_fen: Fen
) -> None:
    entry = home.journal.entry_by(connection, decision)
    # Read anew, as an authority is: a cap may be cut while a service runs.
    cap = book_of(home.root).fen("cap_group_yuan", on=clock.today())
    group = None if entry is None else entry.body.get("group")
    check_group(connection, group, amount_fen=limit_fen, cap_fen=cap)


def _check_holds(row: "sa.Row[Any]", by: Hand) -> None:
    if row.claimed_by != by.person:
        raise NotYoursError(row.number, row.claimed_by)


def _by(by: Hand) -> dict[str, Any]:
    return {"by": by.person, "hand": by.as_plain()}


def _add(
    home: Home,
    connection: sa.Connection,
    kind: str,
    body: dict[str, Any],
    *,
    made_at: str | None = None,
) -> dict[str, Any]:
    made = made_at or clock.now()
    entry = home.journal.append(connection, kind, body, made_at=made)
    return {"entry": entry.seq, "act": kind, "made_at": made, **body}
