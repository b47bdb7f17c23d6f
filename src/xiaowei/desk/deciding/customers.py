"""Who may act for an enterprise: whoever looks after it, or anybody for a new one."""

from functools import partial

import sqlalchemy as sa

from xiaowei.desk.checking import Check
from xiaowei.errors import ConflictError
from xiaowei.policy.access.permissions import Permit
from xiaowei.records.access.scope import scoped
from xiaowei.records.applications import APPLICATIONS, AUTHORISATIONS


class AnothersCustomerError(ConflictError):
    """Somebody would act for an enterprise that others look after."""

    status = 403

    def __init__(self, enterprise_id: str) -> None:
        """Name the enterprise, and nobody who looks after it."""
        super().__init__(
            f"'{enterprise_id}' is another manager's customer 他人客户",
            expected="one of your customers, or one that nobody looks after",
            remedy="Have its manager act, or delegate to you",
        )


def only_for_customers(enterprise_id: str, permit: Permit) -> Check:
    """Return what refuses to act for an enterprise that others look after.

    Else an application, or an authorisation, would open to whoever files it what it
    keeps from him. It looks within the transaction that files: of two who file for a
    new customer at once one is refused, and whoever sends his own again is not.

    Args:
        enterprise_id: for which somebody would act.
        permit: of whoever would.
    """
    return partial(_check, enterprise_id=enterprise_id, permit=permit)


def _check(connection: sa.Connection, *, enterprise_id: str, permit: Permit) -> None:
    if permit.reach == "all":
        return
    applied = (
        sa.select(APPLICATIONS.c.number)
        .where(APPLICATIONS.c.enterprise_id == enterprise_id)
        .limit(1)
    )
    if connection.execute(scoped(applied, permit, rows=APPLICATIONS)).first():
        return
    signed = (
        sa.select(AUTHORISATIONS.c.number)
        .where(AUTHORISATIONS.c.enterprise_id == enterprise_id)
        .where(AUTHORISATIONS.c.taken_by.not_in(sorted(permit.actor.hand.persons)))
        .limit(1)
    )
    if connection.execute(applied).first() or connection.execute(signed).first():
        raise AnothersCustomerError(enterprise_id)
