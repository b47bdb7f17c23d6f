"""Authorisations are put on record, withdrawn, and asked for."""

from dataclasses import replace
from datetime import date
from typing import Any

import sqlalchemy as sa

from xiaowei.decisions.authorisation import Authorisation
from xiaowei.desk import clock
from xiaowei.desk.checking import Check
from xiaowei.desk.hands import check_why
from xiaowei.desk.home import Home
from xiaowei.errors import ConflictError, NotFoundError
from xiaowei.policy.access.permissions import Permit
from xiaowei.records.access.scope import scoped
from xiaowei.records.applications import (
    APPLICATIONS,
    AUTHORISATION,
    AUTHORISATIONS,
    DECISIONS,
    WITHDRAWAL,
)
from xiaowei.records.keys import once

_OPEN = ("received", "referred", "claimed", "returned")


class UnknownAuthorisationError(NotFoundError):
    """No authorisation of that number is on record."""

    def __init__(self, number: int) -> None:
        """Name it."""
        super().__init__(
            f"no authorisation {number} is on record",
            expected="the number of one that 'xiaowei authorisations' lists",
            remedy="Check the number",
        )


class WithdrawnError(ConflictError):
    """An authorisation was withdrawn before."""

    def __init__(self, number: int, day: str) -> None:
        """Name both."""
        super().__init__(
            f"authorisation {number} was withdrawn on {day}",
            expected="one that stands",
            remedy="Nothing is to be done",
        )


def authorise(
    home: Home,
    stated: Authorisation,
    *,
    key: str | None = None,
    check: Check | None = None,
) -> Authorisation:
    """Put an authorisation on record, and return it with its number.

    Args:
        home: the workspace.
        stated: what was signed.
        key: made by whoever sends it, as of `applying.apply`: one that was taken twice
            would go on to hold when one of the two is withdrawn.
        check: as of `applying.apply`.

    Raises:
        KeyUsedError: the key came before with something else.
    """
    plain = stated.as_plain()
    # The first day is filled in for whoever sends it.
    asked = {name: one for name, one in plain.items() if name != "from_on"}
    with home.journal.store.writing() as connection:
        if check is not None:
            check(connection)

        def add() -> str:
            body = {"authorisation": plain, "key": key}
            entry = home.journal.append(
                connection, AUTHORISATION, body, made_at=clock.now()
            )
            return str(entry.seq)

        if key is None:
            return replace(stated, number=int(add()))
        number = int(once(connection, key, asked, made_at=clock.now(), act=add))
    return authorisation(home, number)


def authorisations_of(home: Home, enterprise_id: str) -> list[Authorisation]:
    """Return all authorisations of an enterprise, the first one first."""
    asked = (
        AUTHORISATIONS.select()
        .where(AUTHORISATIONS.c.enterprise_id == enterprise_id)
        .order_by(AUTHORISATIONS.c.number)
    )
    with home.journal.store.reading() as connection:
        return [_authorisation(row) for row in connection.execute(asked)]


def authorisation(home: Home, number: int) -> Authorisation:
    """Return an authorisation on record.

    Raises:
        UnknownAuthorisationError: there is none of that number.
    """
    asked = AUTHORISATIONS.select().where(AUTHORISATIONS.c.number == number)
    with home.journal.store.reading() as connection:
        row = connection.execute(asked).first()
    if row is None:
        raise UnknownAuthorisationError(number)
    return _authorisation(row)


def touched(home: Home, number: int, *, seen: Permit | None = None) -> dict[str, Any]:
    """Return what the withdrawal of an authorisation would touch, and withdraw nothing.

    Args:
        home: the workspace.
        number: of the authorisation.
        seen: as of `withdraw`.

    Returns:
        what `withdraw` returns, without a day.

    Raises:
        UnknownAuthorisationError: there is none of that number.
    """
    with home.journal.store.reading() as connection:
        row = connection.execute(
            AUTHORISATIONS.select().where(AUTHORISATIONS.c.number == number)
        ).first()
        if row is None:
            raise UnknownAuthorisationError(number)
        return _touched(connection, row, seen)


def withdraw(
    home: Home,
    number: int,
    *,
    why: str,
    by: str,
    on: date | None = None,
    seen: Permit | None = None,
) -> dict[str, Any]:
    """Withdraw an authorisation: from that day on its sources are silent.

    Args:
        home: the workspace.
        number: of the authorisation.
        why: what the firm said.
        by: who took the withdrawal.
        on: the day; null for today.
        seen: applications, and decisions about them, that may be told of; null for all.

    Returns:
        what it touches: `applications` of the enterprise that are open, and all
        `decisions` about it; these stand, and are to be watched otherwise.

    Raises:
        UnknownAuthorisationError: there is none of that number.
        WithdrawnError: it was withdrawn before.
        NobodyError: no reason is stated.
    """
    check_why(why)
    day = (on or clock.today()).isoformat()
    with home.journal.store.writing() as connection:
        row = connection.execute(
            AUTHORISATIONS.select().where(AUTHORISATIONS.c.number == number)
        ).first()
        if row is None:
            raise UnknownAuthorisationError(number)
        if row.withdrawn_on is not None:
            raise WithdrawnError(number, row.withdrawn_on)
        home.journal.append(
            connection,
            WITHDRAWAL,
            {"authorisation": number, "on": day, "why": why, "by": by},
            made_at=clock.now(),
        )
        return _touched(connection, row, seen) | {"on": day}


def _touched(
    connection: sa.Connection, row: "sa.Row[Any]", seen: Permit | None
) -> dict[str, Any]:
    opened = (
        sa.select(APPLICATIONS.c.number)
        .where(APPLICATIONS.c.enterprise_id == row.enterprise_id)
        .where(APPLICATIONS.c.state.in_(_OPEN))
        .order_by(APPLICATIONS.c.number)
    )
    decided = (
        sa.select(DECISIONS.c.number)
        .where(DECISIONS.c.enterprise_id == row.enterprise_id)
        .order_by(DECISIONS.c.number)
    )
    if seen is not None:
        opened = scoped(opened, seen, rows=APPLICATIONS)
        about = DECISIONS.c.application == APPLICATIONS.c.number
        decided = scoped(decided.join(APPLICATIONS, about), seen, rows=APPLICATIONS)
    return {
        "authorisation": row.number,
        "enterprise_id": row.enterprise_id,
        "families": row.families.split(),
        "applications": list(connection.execute(opened).scalars()),
        "decisions": list(connection.execute(decided).scalars()),
    }


def _authorisation(row: "sa.Row[Any]") -> Authorisation:
    return Authorisation(
        enterprise_id=row.enterprise_id,
        families=tuple(row.families.split()),
        purpose=row.purpose,
        from_on=date.fromisoformat(row.from_on),
        until_on=date.fromisoformat(row.until_on),
        evidence=row.evidence,
        by=row.taken_by,
        number=row.number,
        withdrawn_on=row.withdrawn_on and date.fromisoformat(row.withdrawn_on),
    )
