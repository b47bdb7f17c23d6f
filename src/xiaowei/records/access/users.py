"""Accounts, their roles and delegations, as the journal says."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

import sqlalchemy as sa

from xiaowei.errors import NotFoundError
from xiaowei.policy.access.actor import Actor, Reach, RoleName
from xiaowei.records.journal import Entry
from xiaowei.records.views import View

ADDED: Final = "user_added"
CHANGED: Final = "user_changed"
GIVEN: Final = "role_given"
TAKEN: Final = "role_taken"
DISABLED: Final = "user_disabled"
ENABLED: Final = "user_enabled"
PASSWORD: Final = "password_set"  # noqa: S105 - the kind of an entry
SIGNED_IN: Final = "signed_in"
DELEGATED: Final = "delegation_given"
ENDED: Final = "delegation_ended"
"""Kinds of the journal's entries."""

_META: Final = sa.MetaData()
ACCOUNTS: Final = sa.Table(
    "accounts",
    _META,
    sa.Column("login", sa.Text, primary_key=True),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("person", sa.Text, nullable=False, index=True),
    sa.Column("branch", sa.Text, nullable=False),
    sa.Column("region", sa.Text, nullable=False),
    sa.Column("added_at", sa.Text, nullable=False),
    sa.Column("password_at", sa.Text),
    sa.Column("disabled_at", sa.Text),
    sa.Column("last_in", sa.Text),
)
ROLES: Final = sa.Table(
    "account_roles",
    _META,
    sa.Column("login", sa.Text, primary_key=True),
    sa.Column("role", sa.Text, primary_key=True),
    sa.Column("reach", sa.Text, nullable=False),
)
DELEGATIONS: Final = sa.Table(
    "delegations",
    _META,
    sa.Column("number", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("giver", sa.Text, nullable=False),
    sa.Column("taker", sa.Text, nullable=False, index=True),
    sa.Column("from_on", sa.Text, nullable=False),
    sa.Column("until_on", sa.Text, nullable=False),
    sa.CheckConstraint("giver <> taker", name="nobody_stands_in_for_himself"),
)
"""Giver and taker are employee numbers; `until_on` is no longer part of it."""


@dataclass(frozen=True, slots=True)
class Account:
    """One account.

    Args:
        login: its name.
        name: of the person.
        person: the employee number.
        branch: 机构, empty for none.
        region: of the branch, empty for none.
        roles: what was given, and how far each reaches.
        password_at: when its password was set, ISO 8601 in UTC; null before.
        disabled_at: when it was closed; null while it is open.
        last_in: when somebody last signed in by it; null for never.
    """

    login: str
    name: str
    person: str
    branch: str
    region: str
    roles: dict[RoleName, Reach]
    password_at: str | None
    disabled_at: str | None
    last_in: str | None


class NoAccountError(NotFoundError):
    """There is no account of that name."""

    def __init__(self, login: str) -> None:
        """Name it."""
        super().__init__(
            f"there is no account '{login[:40]}'",
            expected="one that 'xiaowei users list' names",
            remedy="Correct the name, or add it with 'xiaowei users add'",
        )


def accounts(connection: sa.Connection) -> list[Account]:
    """Return all accounts, by name."""
    given: dict[str, dict[RoleName, Reach]] = {}
    for row in connection.execute(ROLES.select().order_by(ROLES.c.role)):
        given.setdefault(row.login, {})[row.role] = row.reach
    rows = connection.execute(ACCOUNTS.select().order_by(ACCOUNTS.c.login))
    return [_account(row, given.get(row.login, {})) for row in rows]


def account(connection: sa.Connection, login: str) -> Account:
    """Return one account.

    Raises:
        NoAccountError: there is none of that name.
    """
    row = connection.execute(ACCOUNTS.select().where(ACCOUNTS.c.login == login)).first()
    if row is None:
        raise NoAccountError(login)
    given = connection.execute(ROLES.select().where(ROLES.c.login == login))
    return _account(row, {one.role: one.reach for one in given})


def accounts_of(connection: sa.Connection, person: str) -> list[Account]:
    """Return all accounts of one employee, closed ones too."""
    return [one for one in accounts(connection) if one.person == person]


def actor(connection: sa.Connection, login: str, *, on: date) -> Actor:
    """Return who stands behind an account, with what it has today.

    Args:
        connection: any of the store's.
        login: the account.
        on: the day, for delegations.

    Raises:
        NoAccountError: there is none of that name, or it is closed.
    """
    found = account(connection, login)
    if found.disabled_at is not None:
        raise NoAccountError(login)
    day = on.isoformat()
    givers = connection.execute(
        sa.select(DELEGATIONS.c.giver)
        .where(DELEGATIONS.c.taker == found.person)
        .where(DELEGATIONS.c.from_on <= day, day < DELEGATIONS.c.until_on)
    ).scalars()
    return Actor(
        login=found.login,
        person=found.person,
        branch=found.branch,
        region=found.region,
        roles=found.roles,
        acts_for=frozenset(givers),
    )


def delegations(connection: sa.Connection) -> Sequence[sa.Row[Any]]:
    """Return all delegations that were not ended early, the first one first."""
    return connection.execute(DELEGATIONS.select().order_by(DELEGATIONS.c.number)).all()


def _account(row: sa.Row[Any], given: dict[RoleName, Reach]) -> Account:
    return Account(
        login=row.login,
        name=row.name,
        person=row.person,
        branch=row.branch,
        region=row.region,
        roles=given,
        password_at=row.password_at,
        disabled_at=row.disabled_at,
        last_in=row.last_in,
    )


def _added(connection: sa.Connection, entry: Entry) -> None:
    names = ("login", "name", "person", "branch", "region")
    values = {name: entry.body[name] for name in names}
    connection.execute(ACCOUNTS.insert().values(added_at=entry.made_at, **values))


def _changed(connection: sa.Connection, entry: Entry) -> None:
    names = ("name", "branch", "region")
    _set(connection, entry, **{name: entry.body[name] for name in names})


def _password(connection: sa.Connection, entry: Entry) -> None:
    _set(connection, entry, password_at=entry.made_at)


def _signed_in(connection: sa.Connection, entry: Entry) -> None:
    mine = ACCOUNTS.c.login == entry.body["by"]["login"]
    connection.execute(ACCOUNTS.update().where(mine).values(last_in=entry.made_at))


def _disabled(connection: sa.Connection, entry: Entry) -> None:
    _set(connection, entry, disabled_at=entry.made_at)


def _enabled(connection: sa.Connection, entry: Entry) -> None:
    _set(connection, entry, disabled_at=None)


def _given(connection: sa.Connection, entry: Entry) -> None:
    _taken(connection, entry)
    names = ("login", "role", "reach")
    connection.execute(
        ROLES.insert().values(**{name: entry.body[name] for name in names})
    )


def _taken(connection: sa.Connection, entry: Entry) -> None:
    connection.execute(
        ROLES.delete().where(
            ROLES.c.login == entry.body["login"], ROLES.c.role == entry.body["role"]
        )
    )


def _delegated(connection: sa.Connection, entry: Entry) -> None:
    names = ("giver", "taker", "from_on", "until_on")
    connection.execute(
        DELEGATIONS.insert().values(
            number=entry.seq, **{name: entry.body[name] for name in names}
        )
    )


def _ended(connection: sa.Connection, entry: Entry) -> None:
    mine = DELEGATIONS.c.number == entry.body["delegation"]
    connection.execute(DELEGATIONS.delete().where(mine))


def _set(connection: sa.Connection, entry: Entry, **values: str | None) -> None:
    mine = ACCOUNTS.c.login == entry.body["login"]
    connection.execute(ACCOUNTS.update().where(mine).values(**values))


VIEW: Final = View(
    "users",
    1,
    _META,
    {
        ADDED: _added,
        CHANGED: _changed,
        GIVEN: _given,
        TAKEN: _taken,
        DISABLED: _disabled,
        ENABLED: _enabled,
        PASSWORD: _password,
        SIGNED_IN: _signed_in,
        DELEGATED: _delegated,
        ENDED: _ended,
    },
)
