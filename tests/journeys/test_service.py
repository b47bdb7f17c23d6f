"""A program applies for a firm over HTTP; people see their own and conclude it."""

import base64
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest
from playwright.sync_api import Browser, expect
from tests.journeys.staff import (
    ANEW,
    BODIES,
    DAY,
    PASSWORD,
    STAFF,
    WHY,
    As,
    let_in,
    posted,
    safest,
    serving,
)


@pytest.fixture(scope="module")
def home(judged: Path) -> Path:
    """Let staff into a home that judged a county."""
    home = judged / "home"
    let_in(home, STAFF)
    return home


@pytest.fixture(scope="module")
def url(home: Path) -> Iterator[str]:
    """Serve it, as a bank does: a process of its own."""
    with serving(home) as pages:
        yield f"{pages}/api/v1"


@pytest.fixture(scope="module")
def as_(url: str) -> Iterator[As]:
    """Return what signs somebody in, once."""
    clients: dict[str, httpx.Client] = {}

    def call(login: str) -> httpx.Client:
        if login not in clients:
            asked = {"login": login, "password": PASSWORD}
            began = httpx.post(f"{url}/session", json=asked, timeout=60)
            assert began.status_code == 201, began.text
            clients[login] = httpx.Client(
                base_url=url,
                headers={"Authorization": f"Bearer {began.json()['token']}"},
                timeout=120,
                limits=ANEW,
            )
        return clients[login]

    yield call
    for one in clients.values():
        one.close()


@pytest.fixture(scope="module")
def firms(home: Path) -> list[str]:
    return safest(home, count=7)


@pytest.fixture(scope="module")
def referred(as_: As, firms: list[str]) -> dict[str, Any]:
    """The application of a safe firm, which a person is to look at."""
    told: dict[str, Any] = posted(
        as_("li.na"),
        "/applications",
        enterprise_id=firms[0],
        amount_fen=20_000_000,
    )
    assert told["state"] == "referred"
    return told


class TestSession:
    def test_says_who_one_is(self, as_: As) -> None:
        told = as_("li.na").get("/session").json()
        assert (told["person"], told["roles"]) == (
            "E1",
            {"relationship_manager": "own"},
        )
        assert "applications.submit" in told["may"]
        assert "referrals.decide" not in told["may"]

    def test_is_asked_for_by_all_but_health(self, url: str) -> None:
        described = httpx.get(f"{url}/openapi.json").json()
        asked = 0
        for path, operations in described["paths"].items():
            for act in operations:
                if (path, act) in {("/health", "get"), ("/session", "post")}:
                    continue
                filled = path.replace("{number}", "1").replace("{enterprise_id}", "E1")
                sent = (
                    BODIES.get(path.rsplit("/", 1)[-1], {}) if act == "post" else None
                )
                told = httpx.request(act, f"{url}{filled}", json=sent)
                assert told.status_code == 401, (act, path, told.text)
                assert told.headers["Content-Type"] == "application/problem+json"
                asked += 1
        assert asked >= 20

    def test_ends(self, url: str) -> None:
        asked = {"login": "audit", "password": PASSWORD}
        token = httpx.post(f"{url}/session", json=asked).json()["token"]
        with httpx.Client(headers={"Authorization": f"Bearer {token}"}) as client:
            assert client.delete(f"{url}/session").status_code == 204
            assert client.get(f"{url}/session").status_code == 401


class TestApplications:
    def test_are_decided_at_once_with_the_reason(
        self, referred: dict[str, Any]
    ) -> None:
        assert referred["manager"] == "E1"
        assert referred["branch"] == "B1"
        assert referred["applied_on"] == DAY
        assert referred["decided"]["outcome"] == "refer"
        assert referred["decided"]["lines"][0]["zh"].startswith("转人工")

    def test_count_once_under_one_key(self, as_: As, firms: list[str]) -> None:
        body = {
            "enterprise_id": firms[1],
            "amount_fen": 10_000_000,
            "hold": True,
        }

        def send(login: str) -> int:
            header = {"Idempotency-Key": "one"}
            told = as_(login).post("/applications", json=body, headers=header)
            assert told.status_code == 201, told.text
            number: int = told.json()["number"]
            return number

        as_("li.na")
        with ThreadPoolExecutor(8) as pool:
            sent = set(pool.map(send, ["li.na"] * 16))
        assert len(sent) == 1
        # Another's key is another key, and not a way to another's application.
        theirs = as_("zhou").post(
            "/applications",
            json={**body, "enterprise_id": firms[5]},
            headers={"Idempotency-Key": "one"},
        )
        assert theirs.status_code == 201
        assert theirs.json()["number"] not in sent
        other = {**body, "amount_fen": 1}
        told = as_("li.na").post(
            "/applications", json=other, headers={"Idempotency-Key": "one"}
        )
        assert told.status_code == 422
        assert told.json()["type"] == "urn:xiaowei:problem:key-used"

    def test_are_seen_by_those_in_reach_alone(
        self, as_: As, referred: dict[str, Any]
    ) -> None:
        path, firm = f"/applications/{referred['number']}", referred["enterprise_id"]
        decision = f"/decisions/{referred['decision']}"
        portrait = f"/enterprises/{firm}/portrait"
        for login, status in (
            ("li.na", 200), ("wang", 200), ("audit", 200), ("zhou", 404), ("sun", 404),
        ):  # fmt: skip
            for each in (path, decision, f"/enterprises/{firm}", portrait):
                assert as_(login).get(each).status_code == status, (login, each)
            listed = as_(login).get("/applications?limit=200").json()["items"]
            seen = referred["number"] in {one["number"] for one in listed}
            assert seen is (status == 200)
        assert as_("boss").get(path).status_code == 403

    def test_do_not_open_what_another_looks_after(
        self, as_: As, referred: dict[str, Any]
    ) -> None:
        firm = referred["enterprise_id"]
        body = {"enterprise_id": firm, "amount_fen": 1, "hold": True}
        told = as_("zhou").post("/applications", json=body)
        assert told.status_code == 403
        assert told.json()["type"] == "urn:xiaowei:problem:anothers-customer"
        paper = {
            "enterprise_id": firm, "families": ["invoices"],
            "until_on": "2026-06-30", "evidence": "0" * 64,
        }  # fmt: skip
        assert as_("zhou").post("/authorisations", json=paper).status_code == 403
        assert as_("zhou").get(f"/enterprises/{firm}").status_code == 404

    def test_sent_again_while_being_decided_are_one(
        self, as_: As, firms: list[str]
    ) -> None:
        body = {"enterprise_id": firms[6], "amount_fen": 10_000_000}
        client = as_("li.na")

        def send(_: int) -> tuple[int, int | None]:
            header = {"Idempotency-Key": "again"}
            told = client.post("/applications", json=body, headers=header)
            return told.status_code, told.json().get("number")

        with ThreadPoolExecutor(2) as pool:
            sent = list(pool.map(send, range(2)))
        assert {status for status, _ in sent} == {201}
        assert len({number for _, number in sent}) == 1

    def test_too_large_are_not_read(self, url: str) -> None:
        told = httpx.post(f"{url}/applications", content=b"x" * 2**20)
        assert told.status_code == 413

    def test_come_in_pages(self, as_: As) -> None:
        first = as_("audit").get("/applications?limit=1").json()
        then = as_("audit").get(f"/applications?limit=1&cursor={first['next']}").json()
        assert first["items"][0]["number"] < then["items"][0]["number"]
        huge = base64.urlsafe_b64encode(b"1:" + b"9" * 60).decode().rstrip("=")
        for cursor in ("!", huge):
            told = as_("audit").get(f"/applications?cursor={cursor}")
            assert told.status_code == 422

    def test_name_every_fault(self, as_: As) -> None:
        told = as_("li.na").post(
            "/applications", json={"enterprise_id": "", "amount_fen": 1.5, "more": 1}
        )
        assert told.status_code == 422
        assert {one["where"] for one in told.json()["faults"]} == {
            "body.enterprise_id", "body.amount_fen", "body.more",
        }  # fmt: skip

    def test_of_whom_nothing_is_known_wait(self, as_: As) -> None:
        told = posted(
            as_("li.na"), "/applications", enterprise_id="NOBODY", amount_fen=100
        )
        assert told["state"] == "received"
        assert "nothing is known of 'NOBODY'" in told["undecided"]
        again = as_("li.na").post(f"/applications/{told['number']}/decision")
        assert again.status_code == 404


class TestReferral:
    def test_is_concluded_by_a_second_person_in_reach(
        self, as_: As, referred: dict[str, Any]
    ) -> None:
        path = f"/applications/{referred['number']}"
        why = WHY
        assert as_("li.na").post(f"{path}/claim").status_code == 403
        assert as_("sun").post(f"{path}/claim").status_code == 404
        assert as_("wang").post(f"{path}/claim").status_code == 201
        assert as_("wang").post(f"{path}/claim").status_code == 409
        assert as_("wang").post(f"{path}/return", json=why).status_code == 201
        assert as_("zhou").post(f"{path}/resubmission", json=why).status_code == 404
        assert as_("li.na").post(f"{path}/resubmission", json=why).status_code == 201
        assert as_("wang").post(f"{path}/claim").status_code == 201
        body = {**why, "outcome": "approve", "amount_fen": 15_000_000}
        assert as_("wang").post(f"{path}/release", json=why).status_code == 201
        assert as_("wang").post(f"{path}/conclusion", json=body).status_code == 409
        assert as_("wang").post(f"{path}/claim").status_code == 201
        told = as_("wang").post(f"{path}/conclusion", json=body)
        assert told.status_code == 201, told.text
        letter = as_("li.na").get(f"{path}/letter").json()
        assert "人工审批通过：150,000.00 元" in letter[1]["zh"]
        assert as_("zhou").get(f"{path}/letter").status_code == 404

        seen = as_("li.na").get(path).json()
        assert seen["state"] == "approved"
        assert seen["conclusion"]["limit_fen"] == 15_000_000
        assert (seen["conclusion"]["maker"], seen["conclusion"]["checker"]) == (
            "E1", "E3",
        )  # fmt: skip


class TestDecisions:
    def test_are_made_again_to_the_byte(
        self, as_: As, referred: dict[str, Any]
    ) -> None:
        path = f"/decisions/{referred['decision']}/replay"
        for how in ("snapshot", "facts"):
            told = as_("audit").post(path, json={"how": how})
            assert told.status_code == 200, told.text
            assert told.json()["same"], told.json()["differences"]
        assert as_("li.na").post(path, json={}).status_code == 403


class TestAuthorisations:
    def test_withdrawn_silence_their_sources(self, as_: As, firms: list[str]) -> None:
        firm = firms[2]
        applied = posted(
            as_("li.na"), "/applications", enterprise_id=firm, amount_fen=10_000_000
        )
        before = as_("li.na").get(f"/enterprises/{firm}/portrait").json()
        assert before["traits"]["sales_12m"] is not None
        paper = {
            "enterprise_id": firm, "families": ["invoices"],
            "until_on": "2026-06-30", "evidence": "0" * 64,
        }  # fmt: skip
        key = {"Idempotency-Key": "paper"}
        given_, again = (
            as_("li.na").post("/authorisations", json=paper, headers=key)
            for _ in range(2)
        )
        assert given_.status_code == 201, given_.text
        # One that was taken twice would go on to hold once one is withdrawn.
        assert (again.status_code, again.content) == (201, given_.content)
        number = given_.json()["number"]
        withdrawal = f"/authorisations/{number}/withdrawal"
        why = {"why": "客户撤回"}
        assert as_("zhou").post(withdrawal, json=why).status_code == 404
        told = as_("li.na").post(withdrawal, json=why)
        assert told.status_code == 201, told.text
        assert applied["decision"] in told.json()["decisions"]

        # Nor is it a way round to ask as of a day when it still held.
        for day in ("", "?on=2025-06-15"):
            path = f"/enterprises/{firm}/portrait{day}"
            after = as_("li.na").get(path).json()
            assert after["traits"]["sales_12m"] is None
            assert "sales_12m" in after["silenced"]
        held = as_("li.na").get(f"/enterprises/{firm}/authorisations").json()
        assert [one["withdrawn_on"] for one in held] == [DAY]


class TestPages:
    def test_let_in_whoever_signs_in(
        self, url: str, browser: Browser, referred: dict[str, Any]
    ) -> None:
        pages, firm = url.removesuffix("/api/v1"), referred["enterprise_id"]
        page = browser.new_page()

        def enter(login: str, password: str = PASSWORD) -> None:
            page.get_by_label("账户").fill(login)
            page.get_by_label("密码").fill(password)
            page.get_by_role("button", name="登录").click()

        page.goto(f"{pages}/firms?tier=steady")
        assert urlsplit(page.url).path == "/sign-in"
        enter("audit", "no password of theirs")
        expect(page.get_by_role("alert")).to_contain_text("账户或密码错误")
        enter("audit")
        expect(page).to_have_url(f"{pages}/firms?tier=steady")
        page.get_by_role("button", name="退出").click()
        assert urlsplit(page.url).path == "/sign-in"

        enter("li.na")
        # The book shows every customer, and a manager begins with his own.
        expect(page).to_have_url(f"{pages}/customers")
        page.goto(f"{pages}/firms")
        expect(page.locator("main")).to_contain_text("您只能查看自己的客户")
        page.goto(f"{pages}/firms/{firm}")
        expect(page.get_by_role("heading", level=1)).to_be_visible()
        expect(page.locator("main")).to_contain_text(firm)
        page.get_by_role("button", name="退出").click()
        enter("zhou")
        page.goto(f"{pages}/firms/{firm}")
        expect(page.get_by_role("heading", level=1)).to_contain_text("没有这户企业")
        page.close()

    def test_take_no_form_of_another_site(self, url: str) -> None:
        pages = url.removesuffix("/api/v1")
        form = {"login": "audit", "password": PASSWORD, "next": "//evil.example/"}
        for headers in (
            {"Sec-Fetch-Site": "cross-site"}, {"Origin": "https://evil.example"},
        ):  # fmt: skip
            for path in ("/sign-in", "/sign-out"):
                told = httpx.post(f"{pages}{path}", data=form, headers=headers)
                assert told.status_code == 403, (path, headers)
        told = httpx.post(f"{pages}/sign-in", data=form)
        assert (told.status_code, told.headers["Location"]) == (303, "/")
        cookie = told.headers["Set-Cookie"].lower()
        assert "httponly" in cookie
        assert "samesite=strict" in cookie
        many = httpx.post(f"{pages}/sign-in", content=b"login=" + b"x" * 2**20)
        assert many.status_code == 401

    def test_say_that_they_answer(self, url: str) -> None:
        assert httpx.get(url.removesuffix("/api/v1") + "/health").json()["run"]
