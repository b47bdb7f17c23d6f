"""What a program is told is what the command line says: one desk, two faces."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import httpx
import pytest
from tests.journeys.staff import ANEW, PASSWORD, given, let_in, serving
from typer.testing import CliRunner

from xiaowei.desk.home import open_home
from xiaowei.records.access.reads import READ
from xiaowei.surfaces.cli import app

STAFF: Final = {
    "audit": ("E5", "", "auditor"),
    "deng": ("E6", "", "policy_manager"),
    "guo": ("E7", "", "policy_manager"),
}


@pytest.fixture(scope="module")
def home(judged: Path) -> Path:
    """Let staff into a home that judged a county."""
    let_in(judged / "home", STAFF)
    return judged / "home"


@pytest.fixture(scope="module")
def url(home: Path) -> Iterator[str]:
    with serving(home) as pages:
        yield f"{pages}/api/v1"


@pytest.fixture(scope="module")
def audit(url: str) -> Iterator[httpx.Client]:
    with signed_in(url, "audit") as client:
        yield client


def signed_in(url: str, login: str) -> httpx.Client:
    asked = {"login": login, "password": PASSWORD}
    token = httpx.post(f"{url}/session", json=asked, timeout=60).json()["token"]
    headers = {"Authorization": f"Bearer {token}"}
    return httpx.Client(base_url=url, headers=headers, timeout=120, limits=ANEW)


def said(home: Path, *words: str) -> Any:  # noqa: ANN401 - any JSON
    return json.loads(given(home, *words, "--json"))


def told(client: httpx.Client, path: str, **params: Any) -> Any:  # noqa: ANN401
    answer = client.get(path, params=params)
    assert answer.status_code == 200, answer.text
    return answer.json()


class TestAssessment:
    def test_is_that_of_the_command_line(self, home: Path, audit: httpx.Client) -> None:
        firms = said(home, "firms")[:5]
        for firm in firms:
            one = said(home, "show", firm["enterprise_id"])
            found = told(audit, f"/enterprises/{firm['enterprise_id']}/assessment")
            beside = {"run_id", "model"}
            assert {name: one[name] for name in found if name not in beside} == {
                name: found[name] for name in found if name not in beside
            }
            assert (
                one["base_points"]
                + sum(reason["points"] for reason in found["reasons"])
                == (found["score"])
            )
            assert found["model"] is None


class TestOffers:
    def test_are_those_of_the_command_line(
        self, home: Path, audit: httpx.Client
    ) -> None:
        firms = said(home, "firms")
        lent = [one["enterprise_id"] for one in firms if one["limit_fen"]][:2]
        none = [one["enterprise_id"] for one in firms if not one["limit_fen"]][:2]
        assert (len(lent), len(none)) == (2, 2)
        for firm in (*lent, *none):
            assert told(audit, f"/enterprises/{firm}/offers") == said(
                home, "offer", firm
            )

    def test_follow_what_is_asked_for(self, home: Path, audit: httpx.Client) -> None:
        firms = said(home, "firms")
        firm = next(one["enterprise_id"] for one in firms if one["limit_fen"])
        path = f"/enterprises/{firm}/offers"
        usual = told(audit, path)["proposal"]
        assert usual is not None
        half, code = usual["amount_fen"] // 2, usual["product"]
        found = audit.get(path, params={"amount_fen": half, "product": code})
        words = ("offer", firm, "--amount", str(half / 100), "--product", code)
        line = CliRunner().invoke(app, ["--home", str(home), *words, "--json"])
        assert (found.status_code == 200) is (line.exit_code == 0)
        if line.exit_code == 0:
            assert found.json() == json.loads(line.stdout)
            assert found.json()["proposal"]["amount_fen"] == half
        assert audit.get(path, params={"product": "none"}).status_code == 404
        assert audit.get(path, params={"amount_fen": 0}).status_code == 422
        late = audit.get(path, params={"drawn_on": "9000-01-01"})
        assert late.status_code == 422
        assert late.json()["type"] == "urn:xiaowei:problem:late-drawdown"

    def test_that_are_looked_at_are_on_record(
        self, home: Path, audit: httpx.Client
    ) -> None:
        firm = said(home, "firms")[0]["enterprise_id"]
        for what in ("assessment", "offers"):
            told(audit, f"/enterprises/{firm}/{what}")
        with open_home(home) as opened:
            reads = [one.body for one in opened.journal.entries(READ)][-2:]
        assert {one["about"] for one in reads} == {firm}
        assert [one["operation"] for one in reads] == [
            "assessments.read", "offers.read",
        ]  # fmt: skip


class TestModels:
    def test_are_those_of_the_command_line(
        self, home: Path, audit: httpx.Client
    ) -> None:
        assert told(audit, "/models")["items"] == []
        assert said(home, "models") == []


class TestRules:
    def test_go_from_draft_to_decision_by_two_persons(
        self, home: Path, url: str, audit: httpx.Client
    ) -> None:
        shipped = told(audit, "/rules/0")
        line = said(home, "rules", "show", "0")
        assert {name: shipped[name] for name in line} == line
        firm, due = {"amount": "100000"}, {"outcome": "decline", "rule": "no_consent"}
        case = {"name": "nothing known", "firm": firm, **due}
        why = {"why": "信贷委员会纪要 7"}
        with signed_in(url, "deng") as deng, signed_in(url, "guo") as guo:
            since = {"since": "2999-01-01"}
            made = deng.post("/rules/0/rollback", json=since).json()
            path = f"/rules/{made['number']}"
            tried = deng.post(f"{path}/tests", json={"cases": [case]})
            assert (tried.status_code, tried.json()["failed"]) == (201, 0)
            read = {"If-Match": guo.get(path).headers["ETag"]}
            assert deng.post(f"{path}/publication", json=why).status_code == 409
            done = guo.post(f"{path}/publication", json=why, headers=read)
            assert done.status_code == 201
        row = said(home, "rules", "show", str(made["number"]))
        found = told(audit, path)
        assert {name: found[name] for name in row if name in found} == {
            name: row[name] for name in row if name in found
        }
        assert (row["drafted_by"], row["published_by"]) == ("E6", "E7")
        assert told(audit, f"{path}/changes", against=0) == said(
            home, "rules", "diff", "0", str(made["number"])
        )
