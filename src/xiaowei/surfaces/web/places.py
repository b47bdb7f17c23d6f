"""Which pages somebody may open, so that nobody is led where he is turned away."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from xiaowei.desk.access.signing import Session
from xiaowei.surfaces.report.pages import BOOK


@dataclass(frozen=True, slots=True)
class Place:
    """One page of the navigation.

    Args:
        path: its address.
        name: `nav_NAME` is its text in the catalogue.
    """

    path: str
    name: str


CUSTOMERS: Final = Place("/customers", "customers")
APPLICANTS: Final = Place("/customers", "applicants")
"""The same page of whoever sees more than his own customers."""
REFERRALS: Final = Place("/referrals", "referrals")
JOBS: Final = Place("/jobs", "jobs")
WEBHOOKS: Final = Place("/webhooks", "webhooks")
RULES: Final = Place("/rules", "rules")
ACCOUNTS: Final = Place("/accounts", "accounts")
ACCESS: Final = Place("/access", "access")
_WORK: Final = (
    (CUSTOMERS, ("enterprises.read", "applications.read")),
    (REFERRALS, ("applications.read", "decisions.read", "referrals.claim")),
    (JOBS, ("jobs.read",)),
    (RULES, ("rules.read",)),
    (WEBHOOKS, ("webhooks.read",)),
    (ACCOUNTS, ("users.read",)),
    (ACCESS, ("access.review",)),
)
"""Pages of work, each with the operations that it asks leave for."""
_OWN: Final = ["own", "own"]


def places(session: Session) -> list[Place]:
    """Return the pages that somebody may open, those of work first.

    Args:
        session: whose; the book opens to those who see the whole bank.
    """
    work = [
        APPLICANTS if one == CUSTOMERS and _reaches(session, shows) != _OWN else one
        for one, shows in _WORK
        if None not in _reaches(session, shows)
    ]
    book = [
        Place(one.path, one.name)
        for one in BOOK
        if set(_reaches(session, one.shows)) == {"all"}
    ]
    return [*work, *book]


def start(session: Session) -> Place | None:
    """Return where somebody begins who does not see the whole bank; null for nowhere.

    Who takes applications begins with his customers, who concludes them with what
    waits for him, and who does neither with the accounts or else the jobs.
    """
    open_ = places(session)
    takes = _reaches(session, ["applications.submit"]) != [None]
    own = (CUSTOMERS, REFERRALS) if takes else (REFERRALS, CUSTOMERS)
    first = (*own, ACCOUNTS, JOBS)
    return next(
        (one for wanted in first for one in open_ if one.path == wanted.path), None
    )


def place_of(session: Session, path: str) -> Place | None:
    """Return the page of an address, if somebody may open it; else null."""
    return next((one for one in places(session) if one.path == path), None)


def _reaches(session: Session, operations: Sequence[str]) -> list[str | None]:
    may = session.permissions
    return [may.reach(session.actor, one) for one in operations]
