"""Who acts: an account, the person behind it, and what it was given."""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final, Literal, TypeAlias

from xiaowei.errors import InputError
from xiaowei.said import Said

RoleName: TypeAlias = Literal[
    "relationship_manager",
    "credit_officer",
    "risk_modeller",
    "post_loan_officer",
    "policy_manager",
    "auditor",
    "administrator",
    "it_operator",
]
ROLES: Final[tuple[RoleName, ...]] = (
    "relationship_manager",
    "credit_officer",
    "risk_modeller",
    "post_loan_officer",
    "policy_manager",
    "auditor",
    "administrator",
    "it_operator",
)
Reach: TypeAlias = Literal["own", "branch", "region", "all"]
REACHES: Final[Mapping[Reach, Said]] = {
    "own": Said("本人客户", "own customers"),
    "branch": Said("本机构", "the branch"),
    "region": Said("本区域", "the region"),
    "all": Said("全行", "the whole bank"),
}
"""How far rows are seen, the nearest first."""
_PERSON: Final = re.compile(r"[0-9A-Z][0-9A-Z._-]{0,31}", re.ASCII)
_LOGIN: Final = re.compile(r"[a-z][a-z0-9._-]{1,31}", re.ASCII)


class NoEmployeeError(InputError):
    """A text is no employee number."""

    def __init__(self, stated: str) -> None:
        """Name it."""
        super().__init__(
            f"'{stated[:40]}' is no employee number",
            expected="1 to 32 letters, digits, dots or dashes, as the bank's staff "
            "register has them",
            remedy="Give the number of the staff register: two accounts of one "
            "employee are one person",
        )


class NoLoginError(InputError):
    """A text is no name of an account."""

    def __init__(self, stated: str) -> None:
        """Name it."""
        super().__init__(
            f"'{stated[:40]}' is no name of an account",
            expected="a letter and 1 to 31 more letters, digits, dots or dashes, in "
            "lower case, e.g. zhang.wei",
            remedy="Choose another name",
        )


@dataclass(frozen=True, slots=True)
class Hand:
    """Whose hand did something, as it is kept beside what was done.

    Args:
        login: the account.
        person: the employee number behind it.
        acts_for: employee numbers for whom this person could act at that moment.
    """

    login: str
    person: str
    acts_for: frozenset[str] = frozenset()

    @property
    def persons(self) -> frozenset[str]:
        """All persons whose hand it may have been."""
        return self.acts_for | {self.person}

    def as_plain(self) -> dict[str, Any]:
        """Return it as plain values."""
        return {
            "login": self.login,
            "person": self.person,
            "acts_for": sorted(self.acts_for),
        }


@dataclass(frozen=True, slots=True)
class Actor:
    """A person at work.

    Args:
        login: the account.
        person: the employee number behind it; `manager` of the person's own rows.
        branch: 机构, empty for none.
        region: of the branch, empty for none.
        roles: what was given, and how far each reaches.
        acts_for: employee numbers for whom this person may act today.
    """

    login: str
    person: str
    branch: str = ""
    region: str = ""
    roles: Mapping[RoleName, Reach] = field(default_factory=dict)
    acts_for: frozenset[str] = frozenset()

    @property
    def hand(self) -> Hand:
        """What is kept of it beside an act."""
        return Hand(self.login, self.person, self.acts_for)


SYSTEM: Final = Actor("(system)", "(system)")
"""Stands where xiaowei acts by itself; no account and no employee can be called so."""


def hand_of(plain: Mapping[str, Any]) -> Hand:
    """Return a hand from plain values, as `Hand.as_plain` has them."""
    return Hand(plain["login"], plain["person"], frozenset(plain["acts_for"]))


def person_of(stated: str) -> str:
    """Return an employee number in the one form in which numbers are compared.

    Args:
        stated: as typed, full width and small letters allowed.

    Raises:
        NoEmployeeError: it is none.

    >>> person_of(" ｅ0012 ")
    'E0012'
    """
    person = unicodedata.normalize("NFKC", stated).strip().upper()
    if not _PERSON.fullmatch(person):
        raise NoEmployeeError(stated)
    return person


def login_of(stated: str) -> str:
    """Return the name of an account in the one form in which names are compared.

    Raises:
        NoLoginError: it is none.

    >>> login_of("Zhang.Wei")
    'zhang.wei'
    """
    login = unicodedata.normalize("NFKC", stated).strip().lower()
    if not _LOGIN.fullmatch(login):
        raise NoLoginError(stated)
    return login
