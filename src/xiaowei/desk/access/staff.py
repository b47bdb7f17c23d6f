"""Users and their roles: what an administrator changes, never his own."""

from datetime import datetime
from typing import Final

import sqlalchemy as sa

from xiaowei.desk.access.house import House
from xiaowei.desk.access.letting_in import (
    Newcomer,
    add_account,
    administrators,
    forget_secrets,
    token_for,
)
from xiaowei.errors import ConflictError, InputError
from xiaowei.policy.access.actor import REACHES, Actor, Reach, RoleName
from xiaowei.policy.access.permissions import Permissions, Permit, within
from xiaowei.records.access import users
from xiaowei.records.access.users import Account, account, accounts_of
from xiaowei.said import Said

CHANGE: Final = "users.change"
RENEWED: Final = "token_renewed"
"""Kind of the journal's entry for a new token of an account."""


class OwnAccountError(ConflictError):
    """Somebody would change what he himself may do."""

    status = 403

    def __init__(self, who: Actor, login: str) -> None:
        """Name both accounts."""
        super().__init__(
            f"'{who.login}' may not change '{login}', which is an account of the same "
            "employee",
            expected="another administrator",
            remedy="Ask one",
        )


class OwnNewcomerError(OwnAccountError):
    """Somebody would let himself in a second time."""

    def __init__(self, who: Actor, login: str, person: str) -> None:
        """Name both accounts, and the employee number."""
        super().__init__(who, login)
        self.figures = {"person": person}


class LastAdministratorError(ConflictError):
    """Nobody could let people in any more."""

    def __init__(self, login: str) -> None:
        """Name the last one."""
        super().__init__(
            f"'{login}' is the last administrator",
            expected="another administrator with a password, before this one goes",
            remedy="Add one first",
        )


class RoleError(InputError):
    """A role cannot be given to an account as it was asked for."""

    def __init__(self, login: str, role: str, why: str, /, **figures: Said) -> None:
        """Name account and role.

        Args:
            login: the account.
            role: which.
            why: that it cannot.
            figures: what a text in another language needs to say the same.
        """
        super().__init__(
            f"'{login}' cannot be given the role '{role}': {why}",
            expected="a role that goes with the others of the person, as far as it may "
            "reach",
            remedy="'xiaowei access matrix' shows roles and reaches",
        )
        self.figures = figures


class ReachTooFarError(RoleError):
    """A role does not go so far, whoever has it."""


class NothingToSeeError(RoleError):
    """A role reaches branch or region, and the account has none."""


class RolesApartError(RoleError):
    """Nobody holds two roles together, on whatever accounts."""


class StaysClosedError(RolesApartError):
    """A closed account would be opened with roles that nobody holds together."""


class NotHeldError(RoleError):
    """A role would be taken from an account that has not got it."""


class AnotherPersonError(ConflictError):
    """An account would go over to another employee."""

    def __init__(self, login: str) -> None:
        """Name the account."""
        super().__init__(
            f"the account '{login}' cannot go over to another employee",
            expected="the employee number it was added with: what was done by it stays "
            "that person's",
            remedy="Disable it and add another one",
        )


def add_user(house: House, leave: Permit, newcomer: Newcomer, *, at: datetime) -> str:
    """Add an account, and return the token with which its person sets a password.

    Args:
        house: what access is decided from.
        leave: for `users.change`.
        newcomer: whose it is.
        at: the moment.

    Raises:
        AccountExistsError: the name is taken.
        NoEmployeeError: the employee number is none.
        OwnNewcomerError: it is one's own: nobody holds the token of his own account.
    """
    stated = newcomer.as_plain()
    by = house.holder(leave, CHANGE)
    if is_own(by, stated["person"]):
        raise OwnNewcomerError(by, stated["login"], stated["person"])
    with house.journal.store.writing() as connection:
        add_account(connection, house, stated, by=by.hand, at=at)
        return token_for(connection, house, stated["login"], at=at)


def change_user(
    house: House, leave: Permit, newcomer: Newcomer, *, at: datetime
) -> None:
    """Change name, branch and region of an account; the employee behind it stays.

    Raises:
        NoAccountError: there is no such account.
        OwnAccountError: it is one's own: branch and region say what one sees.
        AnotherPersonError: another employee number is stated.
    """
    stated = newcomer.as_plain()
    with house.journal.store.writing() as connection:
        found, by = _other(connection, house, leave, stated["login"])
        if found.person != stated["person"]:
            raise AnotherPersonError(found.login)
        del stated["person"]
        house.record(connection, users.CHANGED, at, **stated, by=by.hand.as_plain())


def give_role(
    house: House,
    leave: Permit,
    login: str,
    role: RoleName,
    *,
    reach: Reach | None,
    at: datetime,
) -> None:
    """Give an account a role, or another reach of one that it has.

    Args:
        house: what access is decided from.
        leave: for `users.change`.
        login: the account.
        role: which.
        reach: how far it sees; null for the role's own.
        at: the moment.

    Raises:
        NoAccountError: there is no such account.
        OwnAccountError: it is one's own, or another one of the same employee.
        RoleError: it reaches too far, nowhere, or clashes with another role.
    """
    with house.journal.store.writing() as connection:
        found, by = _other(connection, house, leave, login)
        given = reach or house.permissions.roles[role].reach
        held = [
            one
            for other in accounts_of(connection, found.person)
            if other.disabled_at is None
            for one in other.roles
        ]
        _check_role(house.permissions, found, role, given, held)
        body = {"login": found.login, "role": role, "reach": given}
        house.record(connection, users.GIVEN, at, **body, by=by.hand.as_plain())


def take_role(
    house: House, leave: Permit, login: str, role: RoleName, *, at: datetime
) -> None:
    """Take a role from an account.

    Raises:
        NoAccountError: there is no such account.
        OwnAccountError: it is one's own.
        RoleError: it has no such role.
        LastAdministratorError: nobody could let people in any more.
    """
    with house.journal.store.writing() as connection:
        found, by = _other(connection, house, leave, login)
        if role not in found.roles:
            named = _named(house.permissions, role)
            raise NotHeldError(found.login, role, "it has not got it", role=named)
        if role == "administrator":
            _not_the_last(connection, found)
        body = {"login": found.login, "role": role}
        house.record(connection, users.TAKEN, at, **body, by=by.hand.as_plain())


def disable_user(
    house: House, leave: Permit, login: str, *, why: str, at: datetime
) -> None:
    """Close an account: its sessions end, its password is dropped.

    Raises:
        NoAccountError: there is no such account.
        OwnAccountError: it is one's own.
        LastAdministratorError: nobody could let people in any more.
    """
    with house.journal.store.writing() as connection:
        found, by = _other(connection, house, leave, login)
        _not_the_last(connection, found)
        forget_secrets(connection, found.login)
        body = {"login": found.login, "why": why}
        house.record(connection, users.DISABLED, at, **body, by=by.hand.as_plain())


def renew_token(house: House, leave: Permit, login: str, *, at: datetime) -> str:
    """Return a new token for an account, which is opened where it was closed.

    Its password, its sessions and an earlier token are dropped.

    Raises:
        NoAccountError: there is no such account.
        OwnAccountError: it is one's own.
        LastAdministratorError: nobody could let people in any more.
        StaysClosedError: opened, its person would hold roles that clash.
    """
    with house.journal.store.writing() as connection:
        found, by = _other(connection, house, leave, login)
        _not_the_last(connection, found)
        if found.disabled_at is not None:
            _reopen(connection, house, found, by, at)
        forget_secrets(connection, found.login)
        token = token_for(connection, house, found.login, at=at)
        hand = by.hand.as_plain()
        house.record(connection, RENEWED, at, login=found.login, by=hand)
    return token


def is_own(who: Actor, person: str) -> bool:
    """Tell whether an account is one's own, which another administrator changes.

    Args:
        who: would change it.
        person: the employee number of the account.
    """
    return person in who.hand.persons


def _other(
    connection: sa.Connection, house: House, leave: Permit, login: str
) -> tuple[Account, Actor]:
    by = house.holder(leave, CHANGE)
    found = account(connection, login)
    if is_own(by, found.person):
        raise OwnAccountError(by, found.login)
    return found, by


def _not_the_last(connection: sa.Connection, found: Account) -> None:
    if administrators(connection) == [found.login]:
        raise LastAdministratorError(found.login)


def _reopen(
    connection: sa.Connection, house: House, found: Account, by: Actor, at: datetime
) -> None:
    held = [
        role
        for other in accounts_of(connection, found.person)
        if other.disabled_at is None or other.login == found.login
        for role in other.roles
    ]
    for pair in house.permissions.clashes(held):
        one, other = sorted(pair)
        raise StaysClosedError(
            found.login,
            f"{one} + {other}",
            "they stay apart, and the account stays closed",
            role=_named(house.permissions, one),
            other=_named(house.permissions, other),
        )
    hand = by.hand.as_plain()
    house.record(connection, users.ENABLED, at, login=found.login, by=hand)


def _check_role(
    permissions: Permissions,
    found: Account,
    role: RoleName,
    reach: Reach,
    held: list[RoleName],
) -> None:
    most, named = permissions.roles[role].most, _named(permissions, role)
    if not within(reach, most):
        why = f"'{reach}' ({REACHES[reach].en}) goes further than '{most}'"
        raise ReachTooFarError(found.login, role, why, role=named, most=REACHES[most])
    lacks = {"branch": not found.branch, "region": not found.region}
    if lacks.get(reach):
        why = f"the account has no {reach} to see"
        raise NothingToSeeError(
            found.login, role, why, role=named, reach=REACHES[reach]
        )
    for pair in permissions.clashes([*held, role]):
        if role in pair:
            (other,) = pair - {role}
            raise RolesApartError(
                found.login,
                role,
                f"nobody holds it together with '{other}'",
                role=named,
                other=_named(permissions, other),
            )


def _named(permissions: Permissions, role: RoleName) -> Said:
    return permissions.roles[role].said
