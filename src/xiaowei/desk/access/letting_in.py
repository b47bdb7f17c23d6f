"""Single-use tokens: the one of the set-up, and one for each account to be activated.

An administrator never knows the password of another: whoever holds the token sets it.
"""

import secrets
from dataclasses import dataclass
from datetime import datetime
from typing import Final

import sqlalchemy as sa

from xiaowei.desk.access.house import House
from xiaowei.desk.access.passwords import Passwords
from xiaowei.desk.access.signing import TOKEN_BYTES, proven
from xiaowei.errors import ConflictError
from xiaowei.policy.access.actor import Hand, login_of, person_of
from xiaowei.records.access import sessions, tries, users
from xiaowei.records.access.secrets import PASSWORDS, TOKENS
from xiaowei.records.access.users import account, accounts, actor
from xiaowei.records.moments import seconds

SET_UP: Final = "set_up_begun"
"""Kind of the journal's entry for a set-up token that was made."""
_SET_UP: Final = ""
"""Whose token it is: no account's."""
_ADMINISTRATOR: Final = "administrator"


class AlreadySetUpError(ConflictError):
    """There is an administrator: the set-up is over for good."""

    def __init__(self) -> None:
        """Say who lets people in now."""
        super().__init__(
            "there is an administrator already",
            expected="a home without one",
            remedy="Ask an administrator to add users",
        )


class DeadTokenError(ConflictError):
    """A token was used, replaced, has run out, or never was one."""

    status = 401

    def __init__(self) -> None:
        """Say it; which of them is not said."""
        super().__init__(
            "the token does not hold (any more) 令牌无效或已过期",
            expected="the last token that was made for this, unused, in time",
            remedy="Have a new one made",
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Newcomer:
    """A person who gets an account.

    Args:
        login: its name.
        name: of the person.
        person: the employee number.
        branch: 机构, empty for none.
        region: of the branch, empty for none.
    """

    login: str
    name: str
    person: str
    branch: str = ""
    region: str = ""

    def as_plain(self) -> dict[str, str]:
        """Return it as it is put on record.

        Raises:
            NoLoginError: the name of the account is none.
            NoEmployeeError: the employee number is none.
        """
        return {
            "login": login_of(self.login),
            "name": self.name.strip(),
            "person": person_of(self.person),
            "branch": self.branch.strip(),
            "region": self.region.strip(),
        }


def has_administrator(house: House) -> bool:
    """Test whether somebody can let people in: an open account with a password."""
    with house.journal.store.reading() as connection:
        return bool(administrators(connection))


def anybody(house: House) -> bool:
    """Test whether anybody has an account; before that everybody is let in."""
    with house.journal.store.reading() as connection:
        return bool(accounts(connection))


def administrators(connection: sa.Connection) -> list[str]:
    """Return the open accounts of administrators that have a password."""
    with_password = set(connection.execute(sa.select(PASSWORDS.c.login)).scalars())
    return [
        one.login
        for one in accounts(connection)
        if _ADMINISTRATOR in one.roles
        and one.disabled_at is None
        and one.login in with_password
    ]


def begin_set_up(house: House, *, at: datetime) -> str:
    """Return a token with which the first administrator is made; an earlier one dies.

    Args:
        house: what access is decided from.
        at: the moment.

    Raises:
        AlreadySetUpError: there is an administrator.
    """
    with house.journal.store.writing() as connection:
        if administrators(connection):
            raise AlreadySetUpError
        token = token_for(connection, house, _SET_UP, at=at)
        house.record(connection, SET_UP, at)
    return token


def first_administrator(
    house: House, token: str, newcomer: Newcomer, password: str, *, at: datetime
) -> None:
    """Make the first administrator; the token is dead afterwards, whoever has a copy.

    Args:
        house: what access is decided from.
        token: of `begin_set_up`.
        newcomer: who it is.
        password: as typed.
        at: the moment.

    Raises:
        AlreadySetUpError: there is an administrator.
        DeadTokenError: the token does not hold.
        WeakPasswordError: others could guess the password.
        AccountExistsError: the name is taken.
    """
    stated = newcomer.as_plain()
    passwords = Passwords(house.book, on=at.date())
    passwords.check(password, names=_names(stated))
    hashed = passwords.hash(password)
    hand = Hand(stated["login"], stated["person"])
    reach = house.permissions.roles["administrator"].reach
    with house.journal.store.writing() as connection:
        if administrators(connection):
            raise AlreadySetUpError
        _spend(connection, token, at=at, login=_SET_UP)
        add_account(connection, house, stated, by=hand, at=at)
        house.record(
            connection,
            users.GIVEN,
            at,
            login=stated["login"],
            role=_ADMINISTRATOR,
            reach=reach,
            by=hand.as_plain(),
        )
        _set(connection, house, hand, hashed, at=at, how="set-up")


def activate(house: House, token: str, password: str, *, at: datetime) -> str:
    """Set the password of the account that a token is for, and return its name.

    Args:
        house: what access is decided from.
        token: of `staff.add_user` or `staff.renew_token`.
        password: as typed.
        at: the moment.

    Raises:
        DeadTokenError: the token does not hold.
        WeakPasswordError: others could guess the password; the token lives on.
    """
    passwords = Passwords(house.book, on=at.date())
    digest = sessions.hashed(token)
    with house.journal.store.reading() as connection:
        login = connection.execute(
            sa.select(TOKENS.c.login).where(TOKENS.c.digest == digest)
        ).scalar()
        if not login:
            raise DeadTokenError
        mine = account(connection, login)
    passwords.check(password, names=(mine.login, mine.name, mine.person))
    hashed = passwords.hash(password)
    with house.journal.store.writing() as connection:
        _spend(connection, token, at=at, login=mine.login)
        hand = actor(connection, mine.login, on=at.date()).hand
        _set(connection, house, hand, hashed, at=at, how="token")
    return mine.login


def change_password(
    house: House, login: str, old: str, new: str, *, at: datetime, address: str
) -> None:
    """Set another password for one's own account; all its sessions end.

    Args:
        house: what access is decided from.
        login: the account.
        old: its password.
        new: what it is to be.
        at: the moment.
        address: from where.

    Raises:
        WrongPasswordError: account and password do not belong together.
        TooManyTriesError: of this account or this address.
        WeakPasswordError: others could guess the new one.
    """
    proof = proven(house, login, old, at=at, address=address)
    passwords = Passwords(house.book, on=at.date())
    with house.journal.store.reading() as connection:
        mine = account(connection, proof.login)
    passwords.check(new, names=(mine.login, mine.name, mine.person, old))
    hashed = passwords.hash(new)
    with house.journal.store.writing() as connection:
        proof.check(connection)
        hand = actor(connection, proof.login, on=at.date()).hand
        _set(connection, house, hand, hashed, at=at, how="own")


def token_for(
    connection: sa.Connection, house: House, login: str, *, at: datetime
) -> str:
    """Return a new token for an account, in the transaction that gives it."""
    token = secrets.token_urlsafe(TOKEN_BYTES)
    ends = seconds(at) + house.seconds_of("token_minutes", on=at.date())
    connection.execute(TOKENS.delete().where(TOKENS.c.login == login))
    connection.execute(
        TOKENS.insert().values(login=login, digest=sessions.hashed(token), ends_at=ends)
    )
    return token


def forget_secrets(connection: sa.Connection, login: str) -> None:
    """Drop password, token and sessions of an account."""
    connection.execute(PASSWORDS.delete().where(PASSWORDS.c.login == login))
    connection.execute(TOKENS.delete().where(TOKENS.c.login == login))
    sessions.end_all(connection, login)


def add_account(
    connection: sa.Connection,
    house: House,
    stated: dict[str, str],
    *,
    by: Hand,
    at: datetime,
) -> None:
    """Put a new account on record.

    Raises:
        AccountExistsError: the name is taken, also by a closed one.
    """
    taken = sa.select(users.ACCOUNTS.c.login).where(
        users.ACCOUNTS.c.login == stated["login"]
    )
    if connection.execute(taken).first():
        raise AccountExistsError(stated["login"])
    house.record(connection, users.ADDED, at, **stated, by=by.as_plain())


class AccountExistsError(ConflictError):
    """There is an account of that name."""

    def __init__(self, login: str) -> None:
        """Name it."""
        super().__init__(
            f"there is an account '{login}' already",
            expected="a name that no account has or had",
            remedy="Choose another name; names are never given twice",
        )


def _spend(connection: sa.Connection, token: str, *, at: datetime, login: str) -> None:
    """Use a token up, in the transaction of what it is used for."""
    spent = connection.execute(
        TOKENS.delete().where(
            TOKENS.c.login == login,
            TOKENS.c.digest == sessions.hashed(token),
            TOKENS.c.ends_at > seconds(at),
        )
    )
    if spent.rowcount != 1:
        raise DeadTokenError


def _set(
    connection: sa.Connection,
    house: House,
    hand: Hand,
    hashed: str,
    *,
    at: datetime,
    how: str,
) -> None:
    forget_secrets(connection, hand.login)
    connection.execute(
        PASSWORDS.insert().values(login=hand.login, hash=hashed, set_at=seconds(at))
    )
    tries.forgive(connection, hand.login)
    house.record(
        connection, users.PASSWORD, at, login=hand.login, how=how, by=hand.as_plain()
    )


def _names(stated: dict[str, str]) -> tuple[str, ...]:
    return stated["login"], stated["name"], stated["person"]
