"""Who acts for whom while somebody is away 委托代办."""

from datetime import date, datetime
from typing import Final

from xiaowei.desk.access.house import House
from xiaowei.errors import InputError
from xiaowei.policy.access.permissions import Permit
from xiaowei.records.access import users
from xiaowei.records.access.users import account

DELEGATE: Final = "delegations.give"
_LONGEST_DAYS: Final = 93
"""A delegation is for an absence, not for good."""


class DelegationError(InputError):
    """A delegation cannot be given as it was asked for."""

    def __init__(self, why: str) -> None:
        """Say why."""
        super().__init__(
            f"the delegation cannot be given: {why}",
            expected=f"another person with an account, and 1 to {_LONGEST_DAYS} days",
            remedy="Correct it; nothing was put on record",
        )


def delegate(
    house: House,
    leave: Permit,
    taker: str,
    *,
    from_on: date,
    until_on: date,
    at: datetime,
) -> int:
    """Let another person act for oneself, and return the delegation's number.

    The other sees one's own customers beside his own. What one made he may not approve,
    nor the other way round. It does not pass on: who acts for him acts not for oneself.

    Args:
        house: what access is decided from.
        leave: for `delegations.give`.
        taker: the other's account.
        from_on: first day.
        until_on: first day on which it holds no more.
        at: the moment.

    Raises:
        NoAccountError: there is no such account.
        DelegationError: it is for oneself, or for no or too many days.
    """
    by = house.holder(leave, DELEGATE)
    with house.journal.store.writing() as connection:
        other = account(connection, taker)
        if other.person == by.person:
            raise DelegationError("it would be for the same employee")
        if not 0 < (until_on - from_on).days <= _LONGEST_DAYS:
            raise DelegationError(f"from {from_on} until {until_on}")
        entry = house.record(
            connection,
            users.DELEGATED,
            at,
            giver=by.person,
            taker=other.person,
            from_on=from_on.isoformat(),
            until_on=until_on.isoformat(),
            by=by.hand.as_plain(),
        )
    return entry.seq


def end_delegation(house: House, leave: Permit, number: int, *, at: datetime) -> None:
    """End a delegation of one's own before its day.

    Raises:
        DelegationError: one has given none of that number.
    """
    by = house.holder(leave, DELEGATE)
    with house.journal.store.writing() as connection:
        given = {
            row.number
            for row in users.delegations(connection)
            if row.giver == by.person
        }
        if number not in given:
            raise DelegationError(f"you have given none of number {number}")
        hand = by.hand.as_plain()
        house.record(connection, users.ENDED, at, delegation=number, by=hand)
