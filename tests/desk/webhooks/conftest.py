"""A home on each database, an administrator's leave, and receivers that are real."""

from pathlib import Path

import pytest
from tests.desk.deciding.conftest import home, postgres, refer, url
from tests.desk.webhooks.receiving import PORTS, Authority

from xiaowei.desk.home import Home
from xiaowei.policy.access.actor import Actor
from xiaowei.policy.access.permissions import Permit

__all__ = ["home", "postgres", "refer", "url"]


@pytest.fixture(scope="session")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    """Return an authority of certificates that only these tests know."""
    return Authority(tmp_path_factory.mktemp("authority"))


@pytest.fixture
def leave() -> Permit:
    """Return an administrator's leave to change webhooks."""
    boss = Actor(login="boss", person="E0", roles={"administrator": "all"})
    return Permit(boss, "webhooks.change", "all")


@pytest.fixture
def opened(home: Home, authority: Authority) -> Home:
    """Return a home that may tell this machine, over TLS and without, on any port."""
    open_to_here(home.root, authority)
    return home


def open_to_here(root: Path, authority: Authority, *, http: bool = True) -> None:
    """Open this machine to the webhooks of a home, as whoever runs it would."""
    ports = list(PORTS)
    with (root / "settings.yaml").open("a", encoding="utf-8") as file:
        file.write(
            f"webhooks:\n  ca: '{authority.file}'\n  networks:\n"
            f"  - {{network: 127.0.0.0/8, http: {str(http).lower()}, ports: {ports}}}\n"
            f"  - {{network: '::1/128', http: {str(http).lower()}, ports: {ports}}}\n"
        )
