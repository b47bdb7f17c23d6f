"""The staff of a bank, what programs send, and how they wait."""

import hashlib
import json
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

import httpx
import pytest
from typer.testing import CliRunner

from xiaowei.surfaces.cli import app

DAY: Final = "2025-07-01"
PASSWORD: Final = "correct horse battery staple"  # noqa: S105 - a test's
STAFF: Final = {
    "li.na": ("E1", "B1", "relationship_manager"),
    "zhou": ("E2", "B2", "relationship_manager"),
    "wang": ("E3", "B1", "credit_officer"),
    "sun": ("E4", "B2", "credit_officer"),
    "audit": ("E5", "", "auditor"),
}
LENT_FEN: Final = 20_000_000
"""What is applied for."""
WHY: Final = {"why": "实地核查通过"}
BODIES: Final[dict[str, dict[str, Any]]] = {
    "proof": {"password": "x"},
    "applications": {"enterprise_id": "E1", "amount_fen": 1},
    "authorisations": {
        "enterprise_id": "E1", "families": ["invoices"],
        "until_on": "2026-06-30", "evidence": "0" * 64,
    },
    "conclusion": {**WHY, "outcome": "approve"},
    "rules": {"set": {}},
    "tests": {"cases": []},
    **dict.fromkeys(
        ("release", "return", "resubmission", "review", "withdrawal", "publication"),
        WHY,
    ),
}  # fmt: skip
"""What each route takes, by the last word of its path."""
As = Callable[[str], httpx.Client]


def given(home: Path, *words: str, typed: str = "") -> str:
    done = CliRunner().invoke(app, ["--home", str(home), *words], input=typed)
    assert done.exit_code == 0, done.output
    return done.stdout.strip()


def safest(home: Path, *, count: int) -> list[str]:
    """Return safe firms that a person is to look at, and may lend to.

    The run offers them nothing, and their groups have room.
    """
    listed = json.loads(given(home, "firms", "--json"))
    found: list[str] = []
    for one in sorted(listed, key=lambda one: float(one["pd"])):
        name = one["enterprise_id"]
        caps = json.loads(given(home, "show", name, "--json"))["caps"]
        left = [cap["amount_fen"] or 0 for cap in caps if cap["cap"] == "group"]
        if not one["limit_fen"] and min(left, default=0) >= LENT_FEN:
            found.append(name)
        if len(found) == count:
            return found
    pytest.fail(f"fewer than {count} firms may be lent to")


def let_in(home: Path, staff: Mapping[str, tuple[str, ...]]) -> None:
    """Let an administrator in, and staff.

    Args:
        home: where.
        staff: login to employee number, branch and roles.
    """
    token = given(home, "users", "setup")
    words = ("--name", "陈明", "--employee", "E0")
    given(home, "users", "first", "boss", *words, typed=f"{token}\n{PASSWORD}\n")
    for login, (employee, branch, *roles) in staff.items():
        held = [word for role in roles for word in ("--role", role)]
        token = given(
            home, "users", "add", login, "--name", login, "--employee", employee,
            "--branch", branch, *held, "--as", "boss", typed=PASSWORD + "\n",
        )  # fmt: skip
        words = ("users", "password", login, "--token")
        given(home, *words, typed=f"{token}\n{PASSWORD}\n")


def free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


@contextmanager
def serving(home: Path, *, port: int = 0, day: str = DAY) -> Iterator[str]:
    """Serve a home, as a bank does: a process of its own; give its address."""
    port = port or free_port()
    words = ["serve", "--port", str(port), "--business-day", day]
    command = [sys.executable, "-m", "xiaowei", "--home", str(home), *words]
    with subprocess.Popen(command) as server:  # noqa: S603 - our own command
        url = f"http://127.0.0.1:{port}"
        try:
            wait_for(f"{url}/api/v1/health")
            yield url
        finally:
            server.send_signal(signal.SIGINT)
            assert server.wait(timeout=60) == 0


def wait_for(url: str) -> None:
    for _ in range(1_800):
        try:
            if httpx.get(url).is_success:
                return
        except httpx.TransportError:
            time.sleep(0.1)
    pytest.fail(f"{url} does not answer")


ANEW: Final = httpx.Limits(max_keepalive_connections=0)
"""A connection for each request: the service closes one that is silent for five
seconds, and a request that comes just then is lost."""


def signed_in(pages: str, login: str) -> httpx.Client:
    """Return a client of the service in somebody's session."""
    asked = {"login": login, "password": PASSWORD}
    began = httpx.post(f"{pages}/api/v1/session", json=asked, timeout=60)
    assert began.status_code == 201, began.text
    return httpx.Client(
        base_url=f"{pages}/api/v1",
        headers={"Authorization": f"Bearer {began.json()['token']}"},
        timeout=120,
        limits=ANEW,
    )


def posted(client: httpx.Client, path: str, **body: Any) -> Any:  # noqa: ANN401
    """Send until somebody is free to decide, as a program would, with one key."""
    key = hashlib.sha256(f"{path}{body}".encode()).hexdigest()[:40]
    for _ in range(60):
        answer = client.post(path, json=body, headers={"Idempotency-Key": key})
        if answer.status_code != 503:
            assert answer.is_success, answer.text
            return answer.json()
        time.sleep(float(answer.headers["Retry-After"]))
    pytest.fail("nobody was ever free")
