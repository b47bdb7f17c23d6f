"""Signing in and out, and what one session may do."""

import ipaddress
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Protocol

import sqlalchemy as sa

from xiaowei.desk.access.house import House
from xiaowei.desk.access.passwords import Passwords
from xiaowei.errors import ConflictError
from xiaowei.policy.access.actor import Actor, NoLoginError, login_of
from xiaowei.policy.access.permissions import Permissions, Permit
from xiaowei.records.access import sessions, tries
from xiaowei.records.access.secrets import PASSWORDS
from xiaowei.records.access.sessions import Kept
from xiaowei.records.access.users import SIGNED_IN, NoAccountError, actor
from xiaowei.records.moments import seconds

PROVED: Final = "password_proved"
SIGNED_OUT: Final = "signed_out"
LOCKED: Final = "sign_in_locked"
"""Kinds of the journal's entries."""
TOKEN_BYTES: Final = 32
"""256 bits."""
_TOUCHED_EVERY: Final = 60
"""Seconds; a request within them writes nothing."""
_LONGEST_ADDRESS: Final = 64
_NET: Final = 64
"""Of IPv6 one household has so many bits to itself; it counts as one address."""


class WrongPasswordError(ConflictError):
    """Account and password do not belong together; which is wrong is not said."""

    status = 401

    def __init__(self) -> None:
        """Say it."""
        super().__init__(
            "account or password is wrong 账户或密码错误",
            expected="an open account and its password",
            remedy="Try again; after several wrong ones there is a wait",
        )


class TooManyTriesError(ConflictError):
    """There were too many wrong passwords."""

    status = 429

    def __init__(self, wait: int) -> None:
        """Say how long to wait, in seconds."""
        super().__init__(
            f"there were too many wrong passwords; the next may be tried in {wait} s "
            f"请于{wait}秒后重试",
            expected="a pause",
            remedy="Wait, or ask an administrator for a new token",
        )
        self.wait = wait
        self.figures = {"seconds": str(wait)}


class NotSignedInError(ConflictError):
    """There is no such session, or it has ended."""

    status = 401

    def __init__(self) -> None:
        """Say it."""
        super().__init__(
            "nobody is signed in 未登录或会话已过期",
            expected="a session that goes on",
            remedy="Sign in",
        )


class StaleError(ConflictError):
    """What was asked for needs a password given within minutes."""

    status = 403

    def __init__(self, operation: str, minutes: int) -> None:
        """Name the operation."""
        super().__init__(
            f"'{operation}' asks for the password again 请再次输入密码",
            expected=f"a password given within {minutes} minutes",
            remedy="Give the password and try again",
        )


@dataclass(frozen=True, slots=True)
class Session:
    """Somebody who is signed in.

    Args:
        actor: who, with the roles of this moment.
        permissions: the bank's.
        fresh: whether the password was given within minutes.
        fresh_minutes: within how many.
    """

    actor: Actor
    permissions: Permissions
    fresh: bool
    fresh_minutes: int

    def permit(self, operation: str) -> Permit:
        """Return leave for an operation.

        Raises:
            NoOperationError: there is none of that name.
            NotAllowedError: none of the actor's roles may do it.
            StaleError: it asks for the password again.
        """
        leave = self.permissions.permit(self.actor, operation)
        if self.permissions.operation(operation).fresh and not self.fresh:
            raise StaleError(operation, self.fresh_minutes)
        return leave

    def may(self, operation: str, *, everywhere: bool = False) -> bool:
        """Tell whether somebody may do something, whenever his password was given.

        Args:
            operation: what.
            everywhere: whether it has to be for the whole bank.
        """
        reach = self.permissions.reach(self.actor, operation)
        return reach == "all" if everywhere else reach is not None


class Vouching(Protocol):
    """What lets somebody in: a password given here, or another's word."""

    @property
    def login(self) -> str:
        """Name the account."""

    @property
    def shown(self) -> Mapping[str, str]:
        """Return what goes on record beside who signed in."""

    def fresh_at(self, moment: int) -> int:
        """Return when its owner last proved who he is, in seconds since 1970."""

    def check(self, connection: sa.Connection) -> None:
        """Refuse what no longer holds, in the transaction that lets in."""


@dataclass(frozen=True, slots=True)
class Proof:
    """An account whose password was given.

    Args:
        login: the account.
        hash: of its password, as it is kept now.
    """

    login: str
    hash: str

    @property
    def shown(self) -> Mapping[str, str]:
        """Return nothing: a password is what is meant where nothing is said."""
        return {}

    def fresh_at(self, moment: int) -> int:
        """Return the moment, at which the password was given."""
        return moment

    def check(self, connection: sa.Connection) -> None:
        """Refuse where the password was changed, or the account closed, meanwhile.

        Raises:
            WrongPasswordError: it was.
        """
        asked = sa.select(PASSWORDS.c.hash).where(PASSWORDS.c.login == self.login)
        if connection.execute(asked).scalar() != self.hash:
            raise WrongPasswordError


def sign_in(
    house: House,
    login: str,
    password: str,
    *,
    at: datetime,
    address: str,
    old: str = "",
) -> str:
    """Let somebody in, and return the token of a new session.

    Args:
        house: what access is decided from.
        login: the account, as typed.
        password: as typed.
        at: the moment.
        address: from where, e.g. of the network.
        old: a token that came along; its session ends, whoever it was.

    Raises:
        WrongPasswordError: account and password do not belong together.
        TooManyTriesError: of this account or this address.
    """
    proof = proven(house, login, password, at=at, address=address)
    return let_in(house, proof, at=at, address=address, old=old)


def let_in(
    house: House, proof: Vouching, *, at: datetime, address: str, old: str = ""
) -> str:
    """Begin a session for whoever proved to be somebody, and return its token.

    Args:
        house: what access is decided from.
        proof: of `proven`, or another's word.
        at: the moment.
        address: from where.
        old: a token that came along; its session ends.

    Raises:
        ConflictError: it no longer holds, as the proof's `check` says.
    """
    token = secrets.token_urlsafe(TOKEN_BYTES)
    with house.journal.store.writing() as connection:
        proof.check(connection)
        who = actor(connection, proof.login, on=at.date())
        if old:
            sessions.end(connection, old)
        moment = seconds(at)
        ends = moment + house.seconds_of("session_longest_minutes", on=at.date())
        kept = Kept(proof.login, moment, moment, ends, proof.fresh_at(moment))
        sessions.begin(connection, token, kept)
        told = {"address": place_of(address), **proof.shown}
        house.record(connection, SIGNED_IN, at, by=who.hand.as_plain(), **told)
    return token


def session_of(house: House, token: str, *, at: datetime) -> Session:
    """Return who is signed in by a token.

    Args:
        house: what access is decided from.
        token: as it came with the request.
        at: the moment.

    Raises:
        NotSignedInError: there is no such session, or it has ended, or its account is
            closed.
    """
    moment = seconds(at)
    idle = house.seconds_of("session_idle_minutes", on=at.date())
    with house.journal.store.reading() as connection:
        kept = sessions.find(connection, token)
        if kept is None:
            raise NotSignedInError
        try:
            who = actor(connection, kept.login, on=at.date())
        except NoAccountError as error:
            raise NotSignedInError from error
    if not kept.live(moment, idle=idle):
        with house.journal.store.writing() as connection:
            sessions.end(connection, token)
        raise NotSignedInError
    if moment - kept.seen_at >= _TOUCHED_EVERY:
        with house.journal.store.writing() as connection:
            sessions.touch(connection, token, moment)
    minutes = house.count("session_fresh_minutes", on=at.date())
    fresh = moment - kept.fresh_at < house.seconds_of(
        "session_fresh_minutes", on=at.date()
    )
    return Session(who, house.permissions, fresh, minutes)


def prove(
    house: House, token: str, password: str, *, at: datetime, address: str
) -> str:
    """Take the password again, and return the token that replaces the old one.

    Args:
        house: what access is decided from.
        token: of the session.
        password: as typed.
        at: the moment.
        address: from where.

    Raises:
        NotSignedInError: there is no such session, or it has ended.
        WrongPasswordError: it is not the password.
        TooManyTriesError: of this account or this address.
    """
    who = session_of(house, token, at=at).actor
    found = proven(house, who.login, password, at=at, address=address)
    renewed = secrets.token_urlsafe(TOKEN_BYTES)
    moment = seconds(at)
    with house.journal.store.writing() as connection:
        found.check(connection)
        kept = sessions.find(connection, token)
        if kept is None:
            raise NotSignedInError
        sessions.end(connection, token)
        goes_on = Kept(kept.login, kept.begun_at, moment, kept.ends_at, moment)
        sessions.begin(connection, renewed, goes_on)
        house.record(connection, PROVED, at, by=who.hand.as_plain())
    return renewed


def sign_out(house: House, token: str, *, at: datetime) -> None:
    """End a session; one that is not there has ended already."""
    with house.journal.store.writing() as connection:
        kept = sessions.find(connection, token)
        if kept is not None:
            sessions.end(connection, token)
            house.record(connection, SIGNED_OUT, at, login=kept.login)


def proven(
    house: House, login: str, password: str, *, at: datetime, address: str
) -> Proof:
    """Return the account whose password was given.

    The try is counted before the password is looked at, so that many at once are held
    to the same number; and a stranger costs the same time as an account.

    Raises:
        WrongPasswordError: account and password do not belong together.
        TooManyTriesError: of this account or this address.
    """
    passwords = Passwords(house.book, on=at.date())
    name, place = _name(login), place_of(address)
    kept = _counted(house, name, place, at)
    right = passwords.right(kept or passwords.nobody(), password)
    if kept is None or not right:
        _say_if_locked(house, name, at)
        raise WrongPasswordError
    anew = passwords.hash(password) if passwords.stale(kept) else None
    with house.journal.store.writing() as connection:
        tries.forgive(connection, name)
        tries.uncount(connection, place)
        if anew:
            mine = (PASSWORDS.c.login == name) & (PASSWORDS.c.hash == kept)
            connection.execute(PASSWORDS.update().where(mine).values(hash=anew))
    return Proof(name, anew or kept)


def place_of(address: str) -> str:
    """Return what stands for an address when tries are counted.

    >>> place_of("2001:db8:1:2:3::9"), place_of("192.0.2.7"), place_of("terminal")
    ('2001:db8:1:2::/64', '192.0.2.7', 'terminal')
    """
    try:
        known = ipaddress.ip_address(address)
    except ValueError:
        return address[:_LONGEST_ADDRESS]
    if isinstance(known, ipaddress.IPv6Address):
        if known.ipv4_mapped:
            return str(known.ipv4_mapped)
        return str(ipaddress.IPv6Network((known, _NET), strict=False))
    return str(known)


def _counted(house: House, name: str, place: str, at: datetime) -> str | None:
    """Count a try; return the hash of the account, or null of a stranger."""
    moment, day = seconds(at), at.date()
    with house.journal.store.writing() as connection:
        kept = connection.execute(
            sa.select(PASSWORDS.c.hash).where(PASSWORDS.c.login == name)
        ).scalar()
        kind: tries.Kind = "account" if kept else "stranger"
        until = max(
            tries.waits_until(connection, kind, name),
            tries.waits_until(connection, "address", place),
        )
        if until > moment:
            raise TooManyTriesError(until - moment)
        mine, theirs = house.patience(on=day), house.patience(on=day, address=True)
        tries.count(connection, kind, name, at=moment, patience=mine)
        tries.count(connection, "address", place, at=moment, patience=theirs)
    return kept


def _say_if_locked(house: House, name: str, at: datetime) -> None:
    with house.journal.store.reading() as connection:
        until = tries.waits_until(connection, "account", name)
    if until > seconds(at):
        with house.journal.store.writing() as connection:
            wait = until - seconds(at)
            house.record(connection, LOCKED, at, login=name, seconds=wait)


def _name(login: str) -> str:
    try:
        return login_of(login)
    except NoLoginError:
        return login[:_LONGEST_ADDRESS]
