"""A bank at work: staff who are signed in, and firms that the lake speaks of."""

import asyncio
import re
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass, field
from datetime import timedelta
from secrets import token_hex
from typing import Any, Final, TypeAlias

import httpx
import pytest
from fastapi import FastAPI
from tests.surfaces.furnished import DAY, PASSWORD, administrator, furnish

from xiaowei.decisions.authorisation import Authorisation
from xiaowei.desk import clock
from xiaowei.desk.access.house import House, house_of
from xiaowei.desk.access.letting_in import (
    Newcomer,
    activate,
)
from xiaowei.desk.access.signing import sign_in
from xiaowei.desk.access.staff import add_user, give_role
from xiaowei.desk.deciding import authorising
from xiaowei.desk.deciding.deciders import Deciders
from xiaowei.desk.home import Home, open_home
from xiaowei.policy.access.actor import RoleName
from xiaowei.portraits.consent import ASKING
from xiaowei.surfaces.serving import app_of

FIRMS: Final = 60
STAFF: Final[dict[str, tuple[str, str, tuple[RoleName, ...]]]] = {
    "li.na": ("P1", "B1", ("relationship_manager",)),
    "zhou": ("P2", "B2", ("relationship_manager",)),
    "wang": ("P3", "B1", ("credit_officer",)),
    "sun": ("P4", "B2", ("credit_officer",)),
    "qian": ("P6", "B1", ("credit_officer",)),
    "he.mei": ("P7", "B1", ("relationship_manager", "credit_officer")),
    "audit": ("P5", "", ("auditor",)),
    "it": ("P9", "", ("it_operator",)),
    "new": ("P8", "B1", ("relationship_manager",)),
    # Rules are drafted by the one and published by the other.
    "xu": ("P20", "", ("policy_manager",)),
    "gao": ("P21", "", ("policy_manager",)),
}


@dataclass(frozen=True, slots=True)
class Bank:
    """A bank whose pages are asked in this process."""

    home: Home
    app: FastAPI
    tokens: dict[str, str]
    used: list[int] = field(default_factory=list)

    def get(self, login: str, path: str, /, **params: str) -> httpx.Response:
        return self.ask("GET", login, path, params=params or None)

    def post(self, login: str, path: str, /, **fields: str) -> httpx.Response:
        """Send a form, with a key that no form had where the test states none."""
        return self.ask("POST", login, path, data={"key": token_hex(8), **fields})

    def ask(self, method: str, login: str, path: str, **more: Any) -> httpx.Response:  # noqa: ANN401
        return asyncio.run(self._ask(method, login, path, **more))

    async def _ask(
        self,
        method: str,
        login: str,
        path: str,
        **more: Any,  # noqa: ANN401
    ) -> httpx.Response:
        transport = httpx.ASGITransport(self.app, raise_app_exceptions=False)
        cookies = {"xiaowei": self.tokens[login]} if login else None
        async with httpx.AsyncClient(
            transport=transport, base_url="http://127.0.0.1", cookies=cookies
        ) as client:
            return await client.request(method, path, **more)

    def firm(self, login: str = "li.na", *, agreed: bool = True) -> str:
        """Return a firm that nobody looks after yet.

        Args:
            login: who will.
            agreed: whether it agreed that its sources are looked at; else an
                application is declined.
        """
        self.used.append(len(self.used) + 1)
        firm = f"E{self.used[-1]}"
        if agreed:
            signed = Authorisation(
                enterprise_id=firm,
                families=ASKING,
                purpose="approval",
                from_on=DAY,
                until_on=DAY + timedelta(days=99),
                evidence="0" * 64,
                by=STAFF[login][0],
            )
            authorising.authorise(self.home, signed)
        return firm

    def rows(self) -> int:
        """Return where the journal ends: what is refused leaves no trace in it."""
        return self.home.journal.head()[0]


Filed: TypeAlias = Callable[..., int]


def number_in(answer: httpx.Response) -> int:
    """Return the number of the application that an answer leads to."""
    assert answer.status_code == 303, answer.text
    found = re.match(r"/applications/(\d+)\?", answer.headers["Location"])
    assert found, answer.headers["Location"]
    return int(found[1])


def form(firm: str, **stated: str) -> dict[str, str]:
    """Return the fields of the form to apply."""
    return {
        "enterprise_id": firm, "amount": "200,000", "months": "12",
        "purpose": "new_loan", "product": "", "key": f"key-of-{firm}", **stated,
    }  # fmt: skip


@pytest.fixture(scope="module")
def bank(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bank]:
    root = tmp_path_factory.mktemp("work") / "home"
    with open_home(root) as home, closing(Deciders(root)) as deciders:
        furnish(home, firms=FIRMS)
        tokens = _let_in(house_of(home))
        yield Bank(home, app_of(home, deciders=deciders, day=lambda: DAY), tokens)


@pytest.fixture
def filed(bank: Bank) -> Filed:
    """Return what files an application by its form, and returns its number."""

    def call(login: str = "li.na", *, agreed: bool = True, **stated: str) -> int:
        sent = form(bank.firm(login, agreed=agreed), **stated)
        return number_in(bank.post(login, "/apply", **sent))

    return call


def _let_in(house: House) -> dict[str, str]:
    at = clock.moment()
    token, leave = administrator(house, at=at)
    tokens = {"boss": token}
    for login, (person, branch, roles) in STAFF.items():
        staff = Newcomer(login=login, name="李娜", person=person, branch=branch)
        once = add_user(house, leave, staff, at=at)
        for role in roles:
            give_role(house, leave, login, role, reach=None, at=at)
        activate(house, once, PASSWORD, at=at)
        tokens[login] = sign_in(house, login, PASSWORD, at=at, address="here")
    return tokens
