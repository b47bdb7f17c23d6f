"""Applications in reach as people list them: what waits, and the last of each firm."""

from typing import Any, Final

import sqlalchemy as sa

from xiaowei.desk.home import Home
from xiaowei.policy.access.permissions import Permit
from xiaowei.records.access.scope import reading_as, scoped
from xiaowei.records.applications import APPLICATIONS

WAITING: Final = ("referred", "claimed")
"""States of a referral that waits for a person's conclusion."""


def waiting(home: Home, permit: Permit) -> list[dict[str, Any]]:
    """Return the referrals that wait for a person, the most pressing first.

    Args:
        home: the workspace.
        permit: only those that it reaches.

    Returns:
        each with `own`: whether the person of the permit took it, or one for whom he
        acts, so that another is to conclude it.
    """
    rows = APPLICATIONS.c
    asked = (
        APPLICATIONS.select()
        .where(rows.state.in_(WAITING))
        .order_by(rows.due_at, rows.number)
    )
    persons = permit.actor.hand.persons
    return [
        {**row, "own": row["manager"] in persons} for row in _read(home, permit, asked)
    ]


def last_of_each(home: Home, permit: Permit) -> list[dict[str, Any]]:
    """Return the last application of each enterprise, the last changed first.

    Args:
        home: the workspace.
        permit: only those that it reaches.
    """
    rows = APPLICATIONS.c
    last = scoped(
        sa.select(sa.func.max(rows.number)).group_by(rows.enterprise_id),
        permit,
        rows=APPLICATIONS,
    )
    asked = (
        APPLICATIONS.select()
        .where(rows.number.in_(last))
        .order_by(rows.changed_at.desc(), rows.number.desc())
    )
    return _read(home, permit, asked)


def of_firm(
    home: Home, permit: Permit, enterprise_id: str, *, most: int = 20
) -> list[dict[str, Any]]:
    """Return the applications of one enterprise, the last one first.

    Args:
        home: the workspace.
        permit: only those that it reaches.
        enterprise_id: whose.
        most: so many.
    """
    rows = APPLICATIONS.c
    asked = (
        APPLICATIONS.select()
        .where(rows.enterprise_id == enterprise_id)
        .order_by(rows.number.desc())
        .limit(most)
    )
    return _read(home, permit, asked)


def _read(home: Home, permit: Permit, asked: "sa.Select[Any]") -> list[dict[str, Any]]:
    with reading_as(home.journal.store, permit) as connection:
        mine = scoped(asked, permit, rows=APPLICATIONS)
        return [dict(row) for row in connection.execute(mine).mappings()]
