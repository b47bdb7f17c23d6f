"""Referrals are claimed, sent back, and concluded by a second person."""

from typing import Any, Final

import sqlalchemy as sa

from xiaowei.decisions.rules.grammar import Outcome
from xiaowei.desk import clock
from xiaowei.desk.deciding.applying import row_of
from xiaowei.desk.deciding.deciding import DecidedError, due_at
from xiaowei.desk.home import Home
from xiaowei.errors import ConflictError, InputError
from xiaowei.money import Fen, yuan_text
from xiaowei.records.applications import AGAIN, CLAIM, CONCLUSION, RETURN

_WAITS: Final = {
    CLAIM: ("referred",),
    RETURN: ("claimed",),
    AGAIN: ("returned",),
    CONCLUSION: ("claimed",),
}
_SHORTEST: Final = 2


class SamePersonError(ConflictError):
    """Who took an application would conclude it."""

    def __init__(self, number: int, who: str) -> None:
        """Name both."""
        super().__init__(
            f"'{who}' took application {number} and cannot conclude it",
            expected="a second person: maker is never checker",
            remedy="Let another credit officer claim it",
        )


class NotYoursError(ConflictError):
    """A referral is in another's hands."""

    def __init__(self, number: int, by: str | None) -> None:
        """Name who has it."""
        super().__init__(
            f"application {number} is claimed by '{by}'",
            expected="whoever claimed it",
            remedy="Let them conclude it or send it back",
        )


class WhyError(InputError):
    """A person's act states no reason."""

    def __init__(self) -> None:
        """Ask for one."""
        super().__init__(
            "no reason is stated",
            expected=f"a reason of {_SHORTEST} characters or more",
            remedy="State it with --why",
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


def claim(home: Home, number: int, *, by: str) -> dict[str, Any]:
    """Take a referral into one's hands, so that nobody else works on it.

    Raises:
        UnknownApplicationError: there is none of that number.
        DecidedError: it is not referred, or another was faster.
        SamePersonError: the one who took the application claims it.
    """
    with home.journal.store.writing() as connection:
        row = _waiting(connection, number, CLAIM)
        if by == row.manager:
            raise SamePersonError(number, by)
        return _add(home, connection, CLAIM, {"application": number, "by": by})


def send_back(home: Home, number: int, *, by: str, why: str) -> dict[str, Any]:
    """Send a referral back to whoever took the application, for papers or answers.

    Raises:
        UnknownApplicationError: there is none of that number.
        DecidedError: it is not claimed.
        NotYoursError: another has claimed it.
        WhyError: no reason is stated.
    """
    _check_why(why)
    with home.journal.store.writing() as connection:
        row = _waiting(connection, number, RETURN)
        if row.claimed_by != by:
            raise NotYoursError(number, row.claimed_by)
        body = {"application": number, "by": by, "why": why}
        return _add(home, connection, RETURN, body)


def resubmit(home: Home, number: int, *, by: str, why: str) -> dict[str, Any]:
    """Hand a referral in again, with what was asked for; its clock begins anew.

    Raises:
        UnknownApplicationError: there is none of that number.
        DecidedError: it was not sent back.
        WhyError: it is not said what is new.
    """
    _check_why(why)
    made_at = clock.now()
    due = due_at(home, made_at, on=clock.today())
    with home.journal.store.writing() as connection:
        _waiting(connection, number, AGAIN)
        body = {"application": number, "by": by, "why": why, "due_at": due}
        return _add(home, connection, AGAIN, body, made_at=made_at)


def conclude(
    home: Home,
    number: int,
    *,
    outcome: Outcome,
    by: str,
    why: str,
    amount_fen: Fen | None = None,
) -> dict[str, Any]:
    """Conclude a referral: the second person approves or declines.

    Args:
        home: the workspace.
        number: of the application.
        outcome: `approve` or `decline`.
        by: who concludes; never who took the application.
        why: the reason, as it will stand on record.
        amount_fen: how much is approved; null for what was asked.

    Raises:
        UnknownApplicationError: there is none of that number.
        DecidedError: it is not claimed.
        NotYoursError: another has claimed it.
        SamePersonError: who took it concludes it.
        TooMuchError: more than was asked for is approved.
        WhyError: no reason is stated.
    """
    _check_why(why)
    with home.journal.store.writing() as connection:
        row = _waiting(connection, number, CONCLUSION)
        if row.claimed_by != by:
            raise NotYoursError(number, row.claimed_by)
        if by == row.manager:
            raise SamePersonError(number, by)
        asked = row.amount_fen if amount_fen is None else amount_fen
        limit = asked if outcome == "approve" else None
        if limit is not None and not 0 < limit <= row.amount_fen:
            raise TooMuchError(limit, row.amount_fen)
        body = {
            "application": number,
            "decision": row.decision,
            "outcome": outcome,
            "limit_fen": limit,
            "maker": row.manager,
            "by": by,
            "why": why,
        }
        return _add(home, connection, CONCLUSION, body)


def _waiting(connection: sa.Connection, number: int, act: str) -> "sa.Row[Any]":
    row = row_of(connection, number)
    if row.state not in _WAITS[act]:
        raise DecidedError(number, row.state, _WAITS[act])
    return row


def _check_why(why: str) -> None:
    if len(why.strip()) < _SHORTEST:
        raise WhyError


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
