"""The server's pages: what they answer, and what they refuse."""

import asyncio
import html
import re
from collections.abc import Callable
from typing import Any

import httpx
import pytest
from fastapi import FastAPI

from xiaowei.errors import NotFoundError
from xiaowei.surfaces.report.pages import BOOK
from xiaowei.surfaces.web.app import create_app

PATHS = [page.path for page in BOOK]


class Client:
    """Asks an application in this process.

    Starlette's own test client warns that it wants another httpx.
    """

    def __init__(self, app: FastAPI) -> None:
        """Take the application to ask."""
        self._transport = httpx.ASGITransport(app, raise_app_exceptions=False)

    def ask(self, method: str, path: str, **params: str) -> httpx.Response:
        return asyncio.run(self._ask(method, path, params))

    def get(self, path: str, **params: str) -> httpx.Response:
        return self.ask("GET", path, **params)

    async def _ask(
        self, method: str, path: str, params: dict[str, str]
    ) -> httpx.Response:
        address = "http://127.0.0.1"
        async with httpx.AsyncClient(
            transport=self._transport, base_url=address
        ) as client:
            return await client.request(method, path, params=params or None)


@pytest.fixture(scope="module")
def client(make: Callable[..., dict[str, Any]]) -> Client:
    run = make(firms=120)
    return Client(create_app(lambda: run))


@pytest.fixture
def waiting() -> Client:
    def load() -> dict[str, Any]:
        raise NotFoundError("no run", expected="one", remedy="Run")

    return Client(create_app(load))


def ids(page: str) -> list[str]:
    return re.findall(r'href="/firms/(E\d+)', page)


class TestPages:
    @pytest.mark.parametrize("lang", ["zh", "en"])
    @pytest.mark.parametrize("path", [*PATHS, "/firms/E1", "/firms/E12"])
    def test_answer_in_both_languages(
        self, client: Client, path: str, lang: str
    ) -> None:
        answer = client.get(path, lang=lang)

        assert answer.status_code == 200
        assert f'<html lang="{"zh-CN" if lang == "zh" else "en"}"' in answer.text
        assert answer.text.count("<h1") == 1
        assert "None" not in re.sub(r"<[^>]*>", "", answer.text)

    @pytest.mark.parametrize("path", [*PATHS, "/firms/E1", "/nowhere", "/static/x"])
    def test_forbid_inline_scripts_and_foreign_hosts(
        self, client: Client, path: str
    ) -> None:
        headers = client.get(path).headers

        policy = headers["content-security-policy"]
        assert "default-src 'self'" in policy
        assert "unsafe" not in policy
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["x-frame-options"] == "DENY"
        assert headers["referrer-policy"] == "no-referrer"

    @pytest.mark.parametrize("path", [*PATHS, "/firms/E1"])
    def test_hold_no_inline_script_style_or_handler(
        self, client: Client, path: str
    ) -> None:
        page = client.get(path).text

        for tag in re.findall(r"<script[^>]*>", page):
            assert "src=" in tag or 'type="application/json"' in tag
        assert "<style" not in page
        assert not re.search(r"<[^>]+\s(style|on\w+)=", page)

    @pytest.mark.parametrize("path", [*PATHS, "/firms/E1"])
    def test_ask_no_other_host(self, client: Client, path: str) -> None:
        page = client.get(path).text

        for address in re.findall(r'(?:src|href|action)="([^"]*)"', page):
            assert address.startswith(("/", "#")), address
            assert not address.startswith("//"), address

    def test_keep_the_language_in_every_link(self, client: Client) -> None:
        page = client.get("/firms", lang="en").text

        for address in re.findall(r'<a [^>]*href="(/[^"]*)"', page):
            assert "lang=" in html.unescape(address), address

    def test_escape_hostile_names(self, client: Client) -> None:
        for path in ("/", "/firms", "/firms/E1", "/firms/E3", "/findings"):
            page = client.get(path).text
            assert "<script>alert" not in page
            assert "<img" not in page

    def test_are_kept_by_no_cache(self, client: Client) -> None:
        assert client.get("/firms").headers["cache-control"] == "no-store"

    def test_answer_head_and_refuse_writes(self, client: Client) -> None:
        assert client.ask("HEAD", "/firms").status_code == 200
        assert client.ask("POST", "/firms").status_code == 405

    def test_serve_what_they_link(self, client: Client) -> None:
        page = client.get("/").text

        for address in re.findall(r'(?:src|href)="(/static/[^"]+)"', page):
            assert client.get(address).status_code == 200, address

    def test_show_a_new_run_as_soon_as_it_is_there(
        self, make: Callable[..., dict[str, Any]]
    ) -> None:
        runs = [make(), {**make(), "run_id": "f00dfeed0000"}]
        client = Client(create_app(lambda: runs.pop(0)))

        assert "a1b2c3d4e5f6" in client.get("/").text
        assert "f00dfeed0000" in client.get("/").text

    def test_say_that_nothing_was_validated(
        self, make: Callable[..., dict[str, Any]]
    ) -> None:
        run = make(validated=False)
        client = Client(create_app(lambda: run))

        assert "没有验证" in client.get("/validation").text


class TestFirmList:
    def test_filters_by_tier_and_rating(self, client: Client) -> None:
        page = client.get("/firms", tier="steady", rating="B").text

        assert "显示 <b data-total>10</b> 项，共 120 项" in page
        assert "tier-high_potential" not in page

    def test_finds_a_firm_by_name(self, client: Client) -> None:
        assert set(ids(client.get("/firms?q=精密机械").text)) == {"E10"}

    def test_says_when_nothing_matches(self, client: Client) -> None:
        page = client.get("/firms", q="火星").text

        assert '<p class="empty" data-empty>' in page
        assert 'value="火星"' in page

    def test_sorts_both_ways(self, client: Client) -> None:
        rising = ids(client.get("/firms?sort=pd").text)
        falling = ids(client.get("/firms?sort=-pd&page=3").text)

        assert rising[0] == falling[-1]
        assert 'aria-sort="ascending"' in client.get("/firms?sort=pd").text

    def test_pages_hold_every_firm_once(self, client: Client) -> None:
        pages = [ids(client.get(f"/firms?page={at}").text) for at in (1, 2, 3)]

        assert [len(page) for page in pages] == [50, 50, 20]
        assert len({one for page in pages for one in page}) == 120

    def test_links_to_the_next_page_with_all_filters(self, client: Client) -> None:
        page = client.get("/firms?q=公司&sort=-pd&lang=en").text

        link = re.search(r'rel="next" href="([^"]+)"', page)
        assert link
        address = html.unescape(link[1])
        for part in ("page=2", "q=%E5%85%AC%E5%8F%B8", "sort=-pd", "lang=en"):
            assert part in address

    def test_escapes_what_was_searched(self, client: Client) -> None:
        page = client.get("/firms", q='"><script>alert(3)</script>').text

        assert "<script>alert" not in page


class TestFindingList:
    def test_filters_by_check_and_severity(self, client: Client) -> None:
        page = client.get("/findings?check=round_trips&severity=high").text

        body = page[page.index('data-rows="/findings"') :]
        assert "severity-high" in body
        assert "severity-low" not in body


class TestProblems:
    @pytest.mark.parametrize(
        ("path", "status", "said"),
        [
            ("/firms/E999", 404, "本次运行中没有编号为此的企业"),
            ("/nowhere", 404, "没有这个页面"),
            ("/firms?sort=secret", 422, "sort &#39;secret&#39;"),
            ("/firms?page=x", 422, "page &#39;x&#39;"),
            ("/?lang=fr", 422, "language &#39;fr&#39;"),
        ],
    )
    def test_say_what_was_expected_and_what_to_do(
        self, client: Client, path: str, status: int, said: str
    ) -> None:
        answer = client.get(path)

        assert answer.status_code == status
        assert said in answer.text
        for heading in ("发生了什么", "应当怎样", "怎么办"):
            assert heading in answer.text

    def test_escape_the_address(self, client: Client) -> None:
        for path in ("/firms/<script>alert(1)</script>", "/<script>alert(1)"):
            answer = client.get(path)
            assert answer.status_code == 404
            assert "<script>alert" not in answer.text

    @pytest.mark.parametrize("path", [*PATHS, "/firms/E1"])
    def test_explain_how_to_make_the_first_run(
        self, waiting: Client, path: str
    ) -> None:
        answer = waiting.get(path)

        assert answer.status_code == 404
        assert "<code>xiaowei run</code>" in answer.text

    def test_name_what_a_run_document_lacks(self) -> None:
        answer = Client(create_app(lambda: {"schema": "other"})).get("/")

        assert answer.status_code == 422
        assert "schema is &#39;other&#39;" in answer.text

    def test_hide_the_inside_of_a_failure(self) -> None:
        def load() -> dict[str, Any]:
            raise ValueError("secret path /home/x")

        answer = Client(create_app(load)).get("/")

        assert answer.status_code == 500
        assert "secret" not in answer.text
        assert "default-src" in answer.headers["content-security-policy"]


class TestHealth:
    def test_names_the_run_it_shows(self, client: Client) -> None:
        assert client.get("/health").json() == {"status": "ok", "run": "a1b2c3d4e5f6"}

    def test_is_well_before_the_first_run(self, waiting: Client) -> None:
        assert waiting.get("/health").json() == {"status": "ok", "run": None}
