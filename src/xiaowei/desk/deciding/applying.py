"""Applications are put on record, once however often they are sent."""

from datetime import date
from typing import Any, Final

import sqlalchemy as sa

from xiaowei.decisions.application import Application
from xiaowei.desk import clock
from xiaowei.desk.checking import Check
from xiaowei.desk.home import Home
from xiaowei.errors import NotFoundError
from xiaowei.policy.access.actor import Hand
from xiaowei.records.applications import APPLICATION, APPLICATIONS
from xiaowei.records.keys import once

_FILLED_IN: Final = frozenset({"applied_on", "branch", "region"})


class UnknownApplicationError(NotFoundError):
    """No application of that number is on record."""

    def __init__(self, number: int) -> None:
        """Name it."""
        super().__init__(
            f"no application {number} is on record",
            expected="the number of one that 'xiaowei applications' lists",
            remedy="Check the number",
        )


def apply(
    home: Home,
    application: Application,
    *,
    by: Hand,
    key: str | None = None,
    check: Check | None = None,
) -> int:
    """Put an application on record, and return its number.

    Args:
        home: the workspace.
        application: what is asked for; its manager is the person behind the hand.
        by: whose hand takes it, who will never conclude it.
        key: made by whoever sends it, the same each time that it is sent again: it is
            then taken once, and its number is returned each time. Kept 30 days.
        check: refuses it, in the same transaction; null for nothing to check.

    Raises:
        KeyUsedError: the key came before with another application.
    """
    plain = application.as_plain()
    # What is filled in for whoever sends it may be another when it is sent again.
    asked = {name: one for name, one in plain.items() if name not in _FILLED_IN}
    with home.journal.store.writing() as connection:
        if check is not None:
            check(connection)

        def add() -> int:
            body = {"application": plain, "key": key, "by": by.as_plain()}
            return home.journal.append(
                connection, APPLICATION, body, made_at=clock.now()
            ).seq

        if key is None:
            return add()
        return int(
            once(connection, key, asked, made_at=clock.now(), act=lambda: str(add()))
        )


def row_of(connection: sa.Connection, number: int) -> "sa.Row[Any]":
    """Return an application's row by an open connection.

    Raises:
        UnknownApplicationError: there is none of that number.
    """
    row = connection.execute(
        APPLICATIONS.select().where(APPLICATIONS.c.number == number)
    ).first()
    if row is None:
        raise UnknownApplicationError(number)
    return row


def asked_in(row: "sa.Row[Any]") -> Application:
    """Return what is asked for, from an application's row."""
    return Application(
        enterprise_id=row.enterprise_id,
        amount_fen=row.amount_fen,
        months=row.months,
        purpose=row.purpose,
        applied_on=date.fromisoformat(row.applied_on),
        manager=row.manager,
        branch=row.branch,
        region=row.region,
        product=row.product,
    )
