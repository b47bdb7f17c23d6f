"""Applications and decisions as they stand on record, as far as somebody may see."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final

import sqlalchemy as sa

from xiaowei.desk.access.signing import Session
from xiaowei.desk.deciding.applying import UnknownApplicationError
from xiaowei.desk.deciding.replaying import UnknownDecisionError, snapshot_on_record
from xiaowei.desk.home import Home
from xiaowei.errors import NotFoundError
from xiaowei.policy.access.actor import Hand
from xiaowei.policy.access.permissions import Permit
from xiaowei.records.access.scope import reading_as, scoped
from xiaowei.records.applications import (
    AGAIN,
    APPLICATIONS,
    CLAIM,
    CONCLUSION,
    CONCLUSIONS,
    DECISIONS,
    RELEASE,
    RETURN,
    REVIEW,
)
from xiaowei.records.journal import entries_of

_ACTS: Final = (CLAIM, RELEASE, RETURN, AGAIN, REVIEW, CONCLUSION)


class UnknownFirmError(NotFoundError):
    """No such enterprise is known, or none that somebody reaches."""

    def __init__(self, enterprise_id: str) -> None:
        """Name it."""
        super().__init__(
            f"no enterprise '{enterprise_id}' is known here",
            expected="one of the last run that is among your customers",
            remedy="Check the code, or take its application first",
        )


def applications(
    home: Home,
    permit: Permit | None = None,
    *,
    state: str | None = None,
    enterprise_id: str | None = None,
    after: int = 0,
    most: int = 100,
) -> list[dict[str, Any]]:
    """Return applications in order of their numbers.

    Args:
        home: the workspace.
        permit: only those that it reaches; null for all.
        state: only those in it; null for all.
        enterprise_id: only of this enterprise; null for all.
        after: those of a higher number.
        most: so many at a time.
    """
    asked = (
        APPLICATIONS.select()
        .where(APPLICATIONS.c.number > after)
        .order_by(APPLICATIONS.c.number)
        .limit(most)
    )
    if state is not None:
        asked = asked.where(APPLICATIONS.c.state == state)
    if enterprise_id is not None:
        asked = asked.where(APPLICATIONS.c.enterprise_id == enterprise_id)
    with _reading(home, permit) as connection:
        return [dict(row) for row in connection.execute(_of(asked, permit)).mappings()]


def application(
    home: Home, number: int, permit: Permit | None = None
) -> dict[str, Any]:
    """Return an application with its state, and who concluded it, if anybody has.

    Args:
        home: the workspace.
        number: of the application.
        permit: which has to reach it; null for any.

    Raises:
        UnknownApplicationError: there is none of that number, or none in reach.
    """
    mine = APPLICATIONS.select().where(APPLICATIONS.c.number == number)
    with _reading(home, permit) as connection:
        row = connection.execute(_of(mine, permit)).first()
        if row is None:
            raise UnknownApplicationError(number)
        concluded = connection.execute(
            CONCLUSIONS.select().where(CONCLUSIONS.c.application == number)
        ).first()
    return dict(row._mapping) | {
        "conclusion": None if concluded is None else dict(concluded._mapping)
    }


def application_whole(
    home: Home, number: int, permit: Permit | None = None
) -> dict[str, Any]:
    """Return an application as `application` does, with what was decided about it."""
    told = application(home, number, permit)
    made = told["decision"]
    if made is not None:
        _, snapshot = snapshot_on_record(home, made)
        told["decided"] = {"number": made, **snapshot["decision"]}
    return told


def whole_for(home: Home, number: int, session: Session) -> dict[str, Any]:
    """Return an application as `application_whole` does, as far as somebody may see.

    Args:
        home: the workspace.
        number: of an application that was found to be in his reach.
        session: whose; what was decided is left out where he sees no decisions.
    """
    told = application_whole(home, number)
    if session.permissions.reach(session.actor, "decisions.read") is None:
        told.pop("decided", None)
    return told


def hand_on(home: Home, number: int, permit: Permit) -> Hand:
    """Return whose hand acts on an application, having checked that it is in reach.

    Raises:
        UnknownApplicationError: there is none of that number, or none in reach.
    """
    application(home, number, permit)
    return permit.actor.hand


def course(home: Home, number: int) -> list[dict[str, Any]]:
    """Return what people did about an application, the first act first.

    Args:
        home: the workspace.
        number: of an application that was found to be in reach.

    Returns:
        `act` as the journal names it, `made_at`, `by` and `why`, null where an act
        takes no reason.
    """
    with home.journal.store.reading() as connection:
        found = [
            one
            for kind in _ACTS
            for one in entries_of(connection, kind, after=number)
            if one.body["application"] == number
        ]
    return [
        {
            "act": one.kind,
            "made_at": one.made_at,
            "by": one.body.get("hand", {}).get("login", one.body["by"]),
            "why": one.body.get("why"),
        }
        for one in sorted(found, key=lambda one: one.seq)
    ]


def decision(home: Home, number: int, permit: Permit) -> dict[str, Any]:
    """Return a decision: what is on record of it, and its snapshot.

    Args:
        home: the workspace.
        number: of the decision.
        permit: which has to reach its application.

    Raises:
        UnknownDecisionError: there is none of that number, or none in reach.
    """
    asked = sa.select(DECISIONS).join(
        APPLICATIONS, DECISIONS.c.application == APPLICATIONS.c.number
    )
    with _reading(home, permit) as connection:
        row = connection.execute(
            _of(asked.where(DECISIONS.c.number == number), permit)
        ).first()
    if row is None:
        raise UnknownDecisionError(number)
    _, snapshot = snapshot_on_record(home, number)
    return dict(row._mapping) | {"snapshot": snapshot}


def in_reach(home: Home, enterprise_id: str, permit: Permit) -> bool:
    """Tell whether an enterprise is among those whose data a permit reaches.

    To whom an enterprise belongs is told by who took its applications; only a sight of
    the whole bank reaches one that never applied.

    Args:
        home: the workspace.
        enterprise_id: which.
        permit: of whoever would see it.
    """
    if permit.reach == "all":
        return True
    return bool(applications(home, permit, enterprise_id=enterprise_id, most=1))


def check_reach(home: Home, enterprise_id: str, permit: Permit) -> None:
    """Refuse whoever does not reach an enterprise, as `in_reach` tells.

    Raises:
        UnknownFirmError: it is out of reach.
    """
    if not in_reach(home, enterprise_id, permit):
        raise UnknownFirmError(enterprise_id)


def enterprises_in_reach(home: Home, permit: Permit) -> frozenset[str] | None:
    """Return the enterprises that `in_reach` tells of; null for every one."""
    if permit.reach == "all":
        return None
    asked = scoped(
        sa.select(APPLICATIONS.c.enterprise_id).distinct(), permit, rows=APPLICATIONS
    )
    with _reading(home, permit) as connection:
        return frozenset(connection.execute(asked).scalars())


def _of(asked: "sa.Select[Any]", permit: Permit | None) -> "sa.Select[Any]":
    return asked if permit is None else scoped(asked, permit, rows=APPLICATIONS)


@contextmanager
def _reading(home: Home, permit: Permit | None) -> Iterator[sa.Connection]:
    store = home.journal.store
    if permit is None:
        with store.reading() as connection:
            yield connection
    else:
        with reading_as(store, permit) as connection:
            yield connection
