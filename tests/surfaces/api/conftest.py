"""A service of a home with staff, where nothing has been run yet."""

from collections.abc import Iterator
from contextlib import closing
from datetime import date

import pytest
from fastapi import FastAPI
from tests.surfaces.routes import service_of

from xiaowei.desk import clock
from xiaowei.desk.access.house import House, house_of
from xiaowei.desk.access.letting_in import (
    Newcomer,
    activate,
    begin_set_up,
    first_administrator,
)
from xiaowei.desk.access.signing import session_of, sign_in
from xiaowei.desk.access.staff import add_user, give_role
from xiaowei.desk.deciding.deciders import Deciders
from xiaowei.desk.home import open_home
from xiaowei.policy.access.actor import RoleName
from xiaowei.surfaces.serving import app_of

PASSWORD = "correct horse battery staple"  # noqa: S105 - a test's
DAY = date(2025, 7, 1)
Served = tuple[FastAPI, dict[str, str]]
ROLES: tuple[RoleName, ...] = (
    "relationship_manager",
    "credit_officer",
    "risk_modeller",
    "policy_manager",
)


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """Return a service, and the header by which somebody is signed in."""
    root = tmp_path_factory.mktemp("served") / "home"
    with open_home(root) as home, closing(Deciders(root)) as deciders:
        house = house_of(home)
        _let_in(house)
        token = sign_in(house, "li.na", PASSWORD, at=clock.moment(), address="here")
        app = app_of(home, deciders=deciders, day=lambda: DAY, names=["testserver"])
        yield app, {"Authorization": f"Bearer {token}"}


def administrator_of(app: FastAPI) -> dict[str, str]:
    """Return the header by which the administrator is signed in, just now."""
    house = service_of(app).state.service.house
    token = sign_in(house, "boss", PASSWORD, at=clock.moment(), address="here")
    return {"Authorization": f"Bearer {token}"}


def _let_in(house: House) -> None:
    """Let in an administrator, and one who holds every role that the routes ask for."""
    at = clock.moment()
    boss = Newcomer(login="boss", name="陈明", person="E0")
    first_administrator(house, begin_set_up(house, at=at), boss, PASSWORD, at=at)
    token = sign_in(house, "boss", PASSWORD, at=at, address="here")
    leave = session_of(house, token, at=at).permit("users.change")
    staff = Newcomer(login="li.na", name="李娜", person="E1", branch="B1")
    token = add_user(house, leave, staff, at=at)
    for role in ROLES:
        give_role(house, leave, "li.na", role, reach=None, at=at)
    activate(house, token, PASSWORD, at=at)
