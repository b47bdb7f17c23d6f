"""Somebody with leave records, sees and withdraws authorisations in his reach."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from xiaowei.decisions.authorisation import Authorisation, Purpose, left_open
from xiaowei.desk.deciding import authorising, seeing
from xiaowei.desk.deciding.customers import only_for_customers
from xiaowei.desk.home import Home
from xiaowei.policy.access.permissions import Permit


@dataclass(frozen=True, slots=True, kw_only=True)
class Signed:
    """What an enterprise signed, as whoever records it states it.

    Args:
        enterprise_id: which.
        families: the families of sources that may be looked at.
        purpose: for what.
        until_on: the last day it holds.
        evidence: SHA-256 of the signed paper, in hexadecimal.
    """

    enterprise_id: str
    families: tuple[str, ...]
    purpose: Purpose
    until_on: date
    evidence: str


def record_paper(
    home: Home, leave: Permit, signed: Signed, *, on: date, key: str | None = None
) -> Authorisation:
    """Put an authorisation on record, and return it with its number.

    Args:
        home: the workspace.
        leave: of whoever records it, for `consents.record`.
        signed: what was signed.
        on: the day of business, from which it holds.
        key: the same each time that it is sent; each account's own.

    Raises:
        AuthorisationError: it cannot be taken as it is.
        AnothersCustomerError: others look after the enterprise.
        KeyUsedError: the key came before with something else.
    """
    who = leave.actor
    return authorising.authorise(
        home,
        Authorisation(
            enterprise_id=signed.enterprise_id,
            families=signed.families,
            purpose=signed.purpose,
            from_on=on,
            until_on=signed.until_on,
            evidence=signed.evidence,
            by=who.person,
        ),
        key=None if key is None else f"{who.login}:{key}",
        check=only_for_customers(signed.enterprise_id, leave),
    )


def papers_of(home: Home, leave: Permit, enterprise_id: str) -> list[Authorisation]:
    """Return the authorisations of an enterprise that somebody sees, the first first.

    Whoever took one sees it before the enterprise ever applied.

    Args:
        home: the workspace.
        leave: of whoever looks, for `consents.read`.
        enterprise_id: whose.
    """
    held = authorising.authorisations_of(home, enterprise_id)
    if seeing.in_reach(home, enterprise_id, leave):
        return held
    return [one for one in held if _took(leave, one)]


def paper(home: Home, leave: Permit, number: int) -> Authorisation:
    """Return an authorisation that somebody took, or whose enterprise he reaches.

    Raises:
        UnknownAuthorisationError: there is none of that number, or none in reach.
    """
    held = authorising.authorisation(home, number)
    if _took(leave, held) or seeing.in_reach(home, held.enterprise_id, leave):
        return held
    raise authorising.UnknownAuthorisationError(number)


def would_touch(home: Home, leave: Permit, number: int, *, on: date) -> dict[str, Any]:
    """Return what a withdrawal would touch, as `authorising.touched` does.

    Of other managers' applications nothing is told, not even the number.

    Args:
        home: the workspace.
        leave: of whoever would withdraw it, for `consents.withdraw`.
        number: of the authorisation.
        on: the day of business.

    Returns:
        also `left_open`: its families that another live authorisation of the same
        purpose opens all the same.

    Raises:
        UnknownAuthorisationError: there is none of that number, or none in reach.
    """
    mine = paper(home, leave, number)
    held = authorising.authorisations_of(home, mine.enterprise_id)
    told = authorising.touched(home, number, seen=leave)
    return told | {"left_open": list(left_open(held, mine, on=on))}


def withdraw_paper(
    home: Home, leave: Permit, number: int, *, why: str, on: date
) -> dict[str, Any]:
    """Withdraw an authorisation, and return what that touches.

    Of other managers' applications nothing is told.

    Args:
        home: the workspace.
        leave: of whoever took the withdrawal, for `consents.withdraw`.
        number: of the authorisation.
        why: what the enterprise said.
        on: the day of business, from which its sources are silent.

    Raises:
        UnknownAuthorisationError: there is none of that number, or none in reach.
        WithdrawnError: it was withdrawn before.
        NobodyError: no reason is stated.
    """
    paper(home, leave, number)
    by = leave.actor.person
    return authorising.withdraw(home, number, why=why, by=by, on=on, seen=leave)


def _took(leave: Permit, held: Authorisation) -> bool:
    return held.by in leave.actor.hand.persons
