"""Who acts: an account with leave to, or a name where nobody has an account yet."""

import unicodedata
from typing import Final, Literal, TypeAlias

import sqlalchemy as sa

from xiaowei.desk import clock
from xiaowei.desk.access.house import house_of
from xiaowei.desk.home import Home
from xiaowei.errors import ConflictError, InputError
from xiaowei.policy.access.actor import Actor, Hand, Reach, login_of
from xiaowei.policy.access.four_eyes import second_person
from xiaowei.records.access.users import accounts, actor

Operation: TypeAlias = Literal[
    "applications.submit",
    "consents.record",
    "consents.withdraw",
    "jobs.steer",
    "referrals.claim",
    "referrals.decide",
    "referrals.return",
    "rules.draft",
    "rules.publish",
    "runs.start",
    "uploads.add",
]
_LONGEST: Final = 100
_SHORTEST: Final = 2


class NobodyError(InputError):
    """It is not said who acts, or why."""

    def __init__(self, what: str) -> None:
        """Name what is missing."""
        super().__init__(
            f"no {what} is stated",
            expected=f"a {what}, as it will stand on record",
            remedy=f"State the {what}",
        )


def hand_for(home: Home, by: str, *, operation: Operation) -> Hand:
    """Return whose hand acts; see `reach_for`."""
    return actor_for(home, by, operation=operation).hand


def actor_for(home: Home, by: str, *, operation: Operation) -> Actor:
    """Return who acts, with branch and region; see `reach_for`."""
    return _leave(home, by, operation)[0]


def reach_for(
    home: Home, by: str, *, operation: Operation
) -> tuple[Hand, Reach | None]:
    """Return whose hand acts, and how far; null while nobody has an account.

    As soon as anybody has an account, only accounts act, each by its roles. Before
    that a name stands for a person, however its letters are written.

    Args:
        home: the workspace.
        by: login of an account, or a name.
        operation: what is to be done.

    Raises:
        NobodyError: nobody is named.
        NoAccountError: there are accounts, and none of that name that is open.
        NotAllowedError: none of the account's roles may do it.
    """
    who, reach = _leave(home, by, operation)
    return who.hand, reach


def _leave(home: Home, by: str, operation: Operation) -> tuple[Actor, Reach | None]:
    with home.journal.store.reading() as connection:
        if accounts(connection):
            who = actor(connection, login_of(by), on=clock.today())
            permit = house_of(home).permissions.permit(who, operation)
            return permit.actor, permit.reach
    name = " ".join(unicodedata.normalize("NFKC", by).split())[:_LONGEST]
    if not name:
        raise NobodyError("person")
    return Actor(login=name, person=name.upper()), None


class StrangerError(ConflictError):
    """Whoever made something has no account, so that nobody can tell two apart."""

    def __init__(self, what: str, maker: str) -> None:
        """Name what was made, and the name that it was made under."""
        super().__init__(
            f"{what} is by '{maker}', who is no employee with an account",
            expected="a maker with an account, now that there are accounts",
            remedy="Have it made again by an account",
        )


def check_second(
    connection: sa.Connection, maker: Hand, checker: Hand, *, what: str
) -> None:
    """Refuse a checker who is, or may be, the maker.

    Args:
        connection: any of the store's.
        maker: whose hand made it.
        checker: whose hand would approve it.
        what: that was made, for people.

    Raises:
        SamePersonError: they are not two persons.
        StrangerError: there are accounts and the maker has none: a name may be anybody.
    """
    second_person(maker, checker)
    employees = {one.person for one in accounts(connection)}
    if employees and maker.person not in employees:
        raise StrangerError(what, maker.login)


def check_why(why: str) -> None:
    """Refuse an act without a reason.

    Raises:
        NobodyError: none is stated.
    """
    if len(why.strip()) < _SHORTEST:
        raise NobodyError("reason")
