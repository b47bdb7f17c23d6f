"""A bank lets its staff in by the command line; secrets are never arguments."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from tests.journeys.conftest import Xiaowei
from typer.testing import CliRunner

from xiaowei.errors import XiaoweiError
from xiaowei.surfaces.cli import app

PASSWORD = "correct horse battery staple"  # noqa: S105 - a test's
OTHER = "four words about nothing else"


@dataclass(frozen=True, slots=True)
class Answer:
    """What a command answers."""

    returncode: int
    stdout: str
    stderr: str


def given(home: Path, *words: str, typed: str = "") -> Answer:
    """Give a command within this process, which saves five seconds each time."""
    answer = CliRunner().invoke(app, ["--home", str(home), *words], input=typed)
    if isinstance(answer.exception, XiaoweiError):
        error = answer.exception
        return Answer(error.exit_code, answer.stdout, f"error {error}")
    return Answer(answer.exit_code, answer.stdout, answer.stderr)


def done(home: Path, *words: str, typed: str = "") -> str:
    told = given(home, *words, typed=typed)
    assert told.returncode == 0, told.stderr
    return told.stdout.strip()


def told(home: Path, *words: str) -> Any:  # noqa: ANN401 - plain values
    return json.loads(done(home, *words, "--json"))


def person(name: str, employee: str) -> list[str]:
    """Return the words with which a person of branch B1 is stated."""
    words = {"name": name, "employee": employee, "branch": "B1", "region": "R1"}
    return [f"--{key}={value}" for key, value in words.items()]


def added(home: Path, login: str, *words: str, role: str) -> str:
    """Add a user and return the token."""
    asked = ("users", "add", login, *words, "--role", role, "--as", "boss")
    return done(home, *asked, typed=PASSWORD + "\n")


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Set a home up: an administrator, a manager with a password, an officer."""
    home = tmp_path_factory.mktemp("access") / "home"
    token = done(home, "users", "setup")
    words = person("陈明", "E0")
    done(home, "users", "first", "boss", *words, typed=f"{token}\n{PASSWORD}\n")
    token = added(home, "li.na", *person("李娜", "E1"), role="relationship_manager")
    words = ["users", "password", "li.na", "--token"]
    done(home, *words, typed=f"{token}\n{PASSWORD}\n")
    added(home, "wang", *person("王芳", "E2"), role="credit_officer:region")
    return home


class TestAccess:
    def test_is_reviewed(self, home: Path) -> None:
        review = told(home, "access", "review")
        assert review["operations"]["applications.submit"] == [
            {"login": "li.na", "reach": "own"}
        ]
        assert review["operations"]["referrals.decide"] == [
            {"login": "wang", "reach": "region"}
        ]
        plain = done(home, "access", "review")
        assert "applications.submit: 本人客户 own" in plain
        assert "! 未设密码 has set no password" in plain

    def test_lists_users_and_roles(self, home: Path) -> None:
        users = {one["login"]: one for one in told(home, "users", "list")}
        assert set(users) == {"boss", "li.na", "wang"}
        assert users["wang"]["roles"] == {"credit_officer": "region"}
        assert "李娜" in done(home, "users", "list")
        assert done(home, "users", "roles", "wang") == "credit_officer: 本区域 region"
        rows = {one["operation"]: one for one in told(home, "access", "matrix")}
        assert rows["users.change"]["administrator"] == "all"

    def test_is_set_up_once(self, home: Path) -> None:
        again = given(home, "users", "setup")
        assert again.returncode == 4
        assert "an administrator already" in again.stderr

    def test_changes_by_an_administrators_password_alone(self, home: Path) -> None:
        words = ("users", "roles", "wang", "--give", "post_loan_officer")
        for by, typed, code in (
            ("boss", "wrong password here", 4),
            ("li.na", PASSWORD, 4),
            ("nobody", PASSWORD, 4),
        ):
            refused = given(home, *words, "--as", by, typed=typed + "\n")
            assert refused.returncode == code
            assert "error" in refused.stderr
        own = ("users", "roles", "boss", "--give", "it_operator", "--as", "boss")
        assert "the same" in given(home, *own, typed=PASSWORD + "\n").stderr
        assert given(home, *words).returncode == 2
        bad = ("users", "roles", "wang", "--give", "boss:all", "--as", "boss")
        assert given(home, *bad).returncode == 5

    def test_ends_with_the_account(self, home: Path) -> None:
        token = added(home, "zhao", *person("赵", "E5"), role="it_operator")
        words = ["users", "disable", "zhao", "--because", "left", "--as", "boss"]
        done(home, *words, typed=PASSWORD + "\n")
        words = ["users", "password", "zhao", "--token"]
        dead = given(home, *words, typed=f"{token}\n{OTHER}\n")
        assert dead.returncode == 4
        assert "does not hold" in dead.stderr
        renewed = done(home, "users", "renew", "zhao", "--as", "boss", typed=PASSWORD)
        done(home, *words, typed=f"{renewed}\n{OTHER}\n")
        weak = given(home, "users", "password", "zhao", typed=f"{OTHER}\n12345678\n")
        assert weak.returncode == 5

    def test_leaves_a_journal_that_is_whole_and_holds_no_secret(
        self, home: Path
    ) -> None:
        assert "each follows from the one before" in done(home, "audit")
        kept = b"".join(file.read_bytes() for file in home.glob("records.sqlite*"))
        assert b"user_added" in kept
        assert PASSWORD.encode() not in kept
        assert OTHER.encode() not in kept


class TestProduction:
    def test_serves_nobody_before_it_is_safe(
        self, tmp_path: Path, xiaowei: Xiaowei
    ) -> None:
        home = tmp_path / "home"
        home.mkdir()
        (home / "settings.yaml").write_text("production: true\n", encoding="utf-8")
        refused = xiaowei(home, "serve", "--port", "1")
        assert refused.returncode == 4
        assert "no administrator" in refused.stderr
        assert "no keyring" in refused.stderr

    def test_has_a_keyring_that_only_its_owner_reads(self, tmp_path: Path) -> None:
        file = tmp_path / "keys.yaml"
        done(tmp_path / "home", "access", "keyring", str(file), "--key", "2025-07")
        assert file.stat().st_mode & 0o777 == 0o600
        again = given(
            tmp_path / "home", "access", "keyring", str(file), "--key", "2025-08"
        )
        assert again.returncode == 5
        assert "2025-07" in file.read_text(encoding="utf-8")
