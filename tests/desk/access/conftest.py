"""A house on each database, with an administrator and a few of the staff."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Final

import pytest
from tests.records.conftest import postgres, url

from xiaowei.desk.access.house import House
from xiaowei.desk.access.letting_in import (
    Newcomer,
    activate,
    begin_set_up,
    first_administrator,
)
from xiaowei.desk.access.signing import Session, session_of, sign_in
from xiaowei.desk.access.staff import add_user, give_role
from xiaowei.policy.access.actor import Reach, RoleName
from xiaowei.policy.access.permissions import Permit
from xiaowei.policy.access.reading import load_permissions
from xiaowei.policy.book import Book, load_book
from xiaowei.records.access import reads, users
from xiaowei.records.opening import open_journal

__all__ = ["postgres", "url"]

START: Final = datetime(2025, 7, 1, 8, tzinfo=UTC)
PASSWORD: Final = "correct horse battery staple"  # noqa: S105 - a test's
OTHER: Final = "four words about nothing else"
HERE: Final = "192.0.2.7"

Staff = Callable[..., str]
Enter = Callable[..., Session]


def later(**by: float) -> datetime:
    """Return a moment so long after the start."""
    return START + timedelta(**by)


def numbered(book: Book, **numbers: str) -> Book:
    """Return a book in which some numbers are others."""
    first = date(2016, 1, 1)
    moved = {
        name: replace(book.entry(name), values=((first, Decimal(value)),))
        for name, value in numbers.items()
    }
    return Book({**book.entries, **moved})


@pytest.fixture
def house(url: str) -> Iterator[House]:
    """Return an empty house on each database."""
    with open_journal(url, views=[users.VIEW, reads.VIEW]) as journal:
        # What the policy asks of Argon2 would cost these tests a minute.
        book = numbered(load_book(), argon2_memory_kib="1024", argon2_passes="1")
        yield House(journal, book, load_permissions())


@pytest.fixture
def boss(house: House) -> House:
    """Return a house with the administrator `boss`."""
    token = begin_set_up(house, at=START)
    first = Newcomer(login="boss", name="陈明", person="E0")
    first_administrator(house, token, first, PASSWORD, at=START)
    return house


@pytest.fixture
def enter(house: House) -> Enter:
    """Return what signs an account in and returns its session."""

    def call(login: str, *, at: datetime = START, password: str = PASSWORD) -> Session:
        token = sign_in(house, login, password, at=at, address=HERE)
        return session_of(house, token, at=at)

    return call


@pytest.fixture
def leave(boss: House, enter: Enter) -> Permit:
    """Return the administrator's leave to change users."""
    assert boss
    return enter("boss").permit("users.change")


@pytest.fixture
def staff(boss: House, leave: Permit) -> Staff:
    """Return what adds an account with roles and a password."""

    def call(
        login: str,
        person: str,
        *roles: RoleName,
        branch: str = "B1",
        reach: Reach | None = None,
    ) -> str:
        newcomer = Newcomer(
            login=login, name="李娜", person=person, branch=branch, region="R1"
        )
        token = add_user(boss, leave, newcomer, at=START)
        for role in roles:
            give_role(boss, leave, login, role, reach=reach, at=START)
        return activate(boss, token, PASSWORD, at=START)

    return call
