"""Who can see and do what: the access review 权限审阅."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any, Final, Literal, TypeAlias

import sqlalchemy as sa

from xiaowei.desk.access.house import House
from xiaowei.policy.access.actor import REACHES, ROLES
from xiaowei.policy.access.permissions import Permissions
from xiaowei.records.access import tries, users
from xiaowei.records.access.users import Account, NoAccountError, accounts, actor
from xiaowei.records.moments import seconds
from xiaowei.said import Said

AccountState: TypeAlias = Literal["open", "locked", "no_password", "closed"]
"""How an account stands: `locked` waits after too many wrong passwords."""
_DORMANT_DAYS: Final = 90
_NOTES: Final[Mapping[str, Said]] = {
    "second_account": Said("同一员工的另一账户", "another account of one employee"),
    "dormant": Said(f"超过{_DORMANT_DAYS}天未登录", f"idle for {_DORMANT_DAYS} days"),
    "never_signed_in": Said("从未登录", "never signed in"),
    "no_role": Said("无角色", "has no role"),
    "not_activated": Said("未设密码", "has set no password"),
    "clash": Said("角色互斥", "holds roles that stay apart"),
}


def review(house: House, *, on: date) -> dict[str, Any]:
    """Return who can see and do what on a day, and what to look at twice.

    Args:
        house: what access is decided from.
        on: the day.

    Returns:
        `accounts`, each with its roles, what it may do and how far it sees, for whom it
        acts, when it was last in, and notes; `operations`, each with the accounts that
        may do it; `delegations` that go on or are to come.
    """
    with house.journal.store.reading() as connection:
        held = accounts(connection)
        told = [_account(house, connection, one, held, on) for one in held]
        given = [
            {
                "number": row.number,
                "giver": row.giver,
                "taker": row.taker,
                "from_on": row.from_on,
                "until_on": row.until_on,
            }
            for row in users.delegations(connection)
            if row.until_on > on.isoformat()
        ]
    return {
        "on": on.isoformat(),
        "accounts": told,
        "operations": {
            name: [
                {"login": one["login"], "reach": one["may"][name]}
                for one in told
                if name in one["may"]
            ]
            for name in house.permissions.operations
        },
        "delegations": given,
    }


def review_one(house: House, login: str, *, on: date) -> dict[str, Any]:
    """Return what one account can see and do on a day, as `review` has it.

    Raises:
        NoAccountError: there is none of that name.
    """
    found = [one for one in review(house, on=on)["accounts"] if one["login"] == login]
    if not found:
        raise NoAccountError(login)
    return dict(found[0])


def accounts_at(house: House, *, at: datetime) -> list[dict[str, Any]]:
    """Return every account as `review` has it, and how it stands at a moment.

    Args:
        house: what access is decided from.
        at: the moment.

    Returns:
        each with `state`, of `AccountState`, and `waits`, for how many seconds its
        password may not be tried; 0 for none.
    """
    told = review(house, on=at.date())["accounts"]
    moment = seconds(at)
    with house.journal.store.reading() as connection:
        until = tries.waiting(connection, "account", at=moment)
    return [
        one
        | {
            "waits": max(until.get(one["login"], 0) - moment, 0),
            "state": _state(one, locked=one["login"] in until),
        }
        for one in told
    ]


def account_at(house: House, login: str, *, at: datetime) -> dict[str, Any]:
    """Return one account, as `accounts_at` has it.

    Raises:
        NoAccountError: there is none of that name.
    """
    found = [one for one in accounts_at(house, at=at) if one["login"] == login]
    if not found:
        raise NoAccountError(login)
    return found[0]


def matrix(permissions: Permissions) -> list[dict[str, Any]]:
    """Return what each role may do, one row per operation, and how far it sees.

    Args:
        permissions: the bank's.
    """
    return [
        {
            "operation": name,
            "zh": one.said.zh,
            "en": one.said.en,
            "fresh": one.fresh,
            "checked": one.checked,
            **{
                role: permissions.roles[role].reach if role in one.roles else None
                for role in ROLES
            },
        }
        for name, one in permissions.operations.items()
    ]


def _state(told: Mapping[str, Any], *, locked: bool) -> AccountState:
    if told["disabled_at"]:
        return "closed"
    if locked:
        return "locked"
    lacks = any(note["code"] == "not_activated" for note in told["notes"])
    return "no_password" if lacks else "open"


def _account(
    house: House,
    connection: sa.Connection,
    one: Account,
    held: Sequence[Account],
    on: date,
) -> dict[str, Any]:
    open_now = one.disabled_at is None
    who = actor(connection, one.login, on=on) if open_now else None
    may = {
        name: reach
        for name in house.permissions.operations
        if who and (reach := house.permissions.reach(who, name))
    }
    others = [
        other
        for other in held
        if other.person == one.person and other.disabled_at is None
    ]
    notes = _notes(house.permissions, one, others, on)
    return {
        "login": one.login,
        "name": one.name,
        "person": one.person,
        "branch": one.branch,
        "region": one.region,
        "roles": one.roles,
        "may": may,
        "acts_for": sorted(who.acts_for) if who else [],
        "last_in": one.last_in,
        "disabled_at": one.disabled_at,
        "notes": [
            {"code": note, **_NOTES[note]._asdict()} for note in (notes if who else ())
        ],
    }


def _notes(
    permissions: Permissions,
    one: Account,
    others: Sequence[Account],
    on: date,
) -> Iterable[str]:
    if len(others) > 1:
        yield "second_account"
    if permissions.clashes(role for other in others for role in other.roles):
        # A bank's overlay may keep apart what was given before.
        yield "clash"
    if not one.roles:
        yield "no_role"
    if one.password_at is None:
        yield "not_activated"
    elif one.last_in is None:
        yield "never_signed_in"
    elif (on - date.fromisoformat(one.last_in[:10])).days > _DORMANT_DAYS:
        yield "dormant"


def reach_said(reach: str | None) -> str:
    """Return how far somebody sees, for a table.

    >>> reach_said("own"), reach_said(None)
    ('本人客户 own', '–')
    """
    return next(
        (f"{said.zh} {key}" for key, said in REACHES.items() if key == reach), "–"
    )
