"""Somebody signs in by the bank's provider of identities, in a real browser."""

import html
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest
import yaml
from playwright.sync_api import Browser, Page, expect
from tests.journeys import staff
from tests.journeys.staff import free_port, let_in, serving, wait_for
from typer.testing import CliRunner

from xiaowei.surfaces.cli import app

SECRET = "Zq3-of-service-and-provider"  # noqa: S105 - a test's
THEIRS = "a word of the staff register"
SITE = Path(__file__).with_name("identities.py")


@contextmanager
def vouching(folder: Path, port: int, service: str) -> Iterator[str]:
    words = [sys.executable, str(SITE), str(folder), str(port), SECRET, service]
    with subprocess.Popen(words) as site:  # noqa: S603 - our own command
        try:
            issuer = f"http://127.0.0.1:{port}/o"
            wait_for(f"{issuer}/.well-known/openid-configuration")
            yield issuer
        finally:
            site.terminate()


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Serve a home whose staff the bank's provider vouches for."""
    place = tmp_path_factory.mktemp("sso")
    home, port, theirs = place / "home", free_port(), free_port()
    let_in(home, {"li.na": ("E1", "B1", "relationship_manager")})
    service = f"http://127.0.0.1:{port}"
    stated = {
        "issuer": f"http://127.0.0.1:{theirs}/o",
        "client_id": "xiaowei",
        "client_secret": SECRET,
        "service": service,
        "label": "员工统一登录 Staff sign-on",
    }
    file = home / "oidc.yaml"
    file.touch(mode=0o600)
    file.write_text(yaml.safe_dump(stated, allow_unicode=True), encoding="utf-8")
    (home / "settings.yaml").write_text("oidc: oidc.yaml\n", encoding="utf-8")
    with vouching(place, theirs, service), serving(home, port=port) as url:
        assert url == service
        yield url
    records = CliRunner().invoke(app, ["--home", str(home), "audit"])
    assert records.exit_code == 0, records.output


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    with browser.new_context() as context:
        yield context.new_page()


def goes(page: Page, name: str) -> None:
    """Go to the provider's and give name and password there."""
    page.get_by_role("link", name="员工统一登录").click()
    page.locator("[name=username]").fill(name)
    page.locator("[name=password]").fill(THEIRS)
    page.get_by_role("button", name="enter").click()


def answer_for(name: str, pages: str) -> str:
    """Return the address with which the provider sends somebody back here."""
    with httpx.Client(follow_redirects=False) as client:
        asked = client.get(f"{pages}/sign-in/oidc").headers["Location"]
        form = client.get(asked).headers["Location"]
        there = str(httpx.URL(asked).join(form))
        shown = client.get(there).text
        token = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', shown)
        assert token
        target = re.search(r'name="next" value="([^"]+)"', shown)
        assert target
        given = {
            "csrfmiddlewaretoken": token[1],
            "username": name,
            "password": THEIRS,
            "next": html.unescape(target[1]),
        }
        entered = client.post(there, data=given)
        onward = httpx.URL(asked).join(entered.headers["Location"])
        return client.get(onward).headers["Location"]


@pytest.mark.browser
class TestSingleSignOn:
    def test_lets_somebody_in_and_leads_on(self, page: Page, pages: str) -> None:
        page.goto(f"{pages}/customers?lang=en")
        expect(page).to_have_url(re.compile(r"/sign-in\?next="))
        goes(page, "li.na")
        expect(page).to_have_url(f"{pages}/customers?lang=en")
        expect(page.get_by_text("li.na").first).to_be_visible()
        kept = {one["name"]: one for one in page.context.cookies(pages)}
        assert kept["xiaowei"]["sameSite"] == "Strict"
        assert kept["xiaowei"]["httpOnly"]
        assert "xiaowei-errand" not in kept

    def test_lets_nobody_in_whom_nobody_let_in_here(
        self, page: Page, pages: str
    ) -> None:
        page.goto(f"{pages}/sign-in")
        goes(page, "mallory")
        expect(page.get_by_role("alert")).to_contain_text("没有可用的账户")
        page.goto(f"{pages}/customers")
        expect(page).to_have_url(re.compile("/sign-in"))

    def test_takes_no_answer_that_another_fetched(self, page: Page, pages: str) -> None:
        fetched = answer_for("mallory", pages)
        assert fetched.startswith(f"{pages}/sign-in/oidc/back?code=")
        page.goto(f"{pages}/sign-in/oidc/back")
        for _ in range(2):
            page.goto(fetched)
            expect(page.get_by_role("alert")).to_contain_text("登录未完成")
            # Not even while its own errand is under way.
            page.goto(f"{pages}/sign-in/oidc")
        assert "xiaowei" not in {one["name"] for one in page.context.cookies(pages)}

    def test_says_so_where_the_provider_refuses(self, page: Page, pages: str) -> None:
        page.goto(f"{pages}/sign-in/oidc/back?error=access_denied&state=x")
        expect(page.get_by_role("alert")).to_contain_text("登录未完成")

    def test_leaves_the_password_as_a_way(self, page: Page, pages: str) -> None:
        page.goto(f"{pages}/sign-in")
        page.locator("[name=login]").fill("li.na")
        page.locator("[name=password]").fill(staff.PASSWORD)
        page.get_by_role("button").first.click()
        expect(page.get_by_text("li.na").first).to_be_visible()

    def test_goes_by_the_name_that_the_provider_knows(self, pages: str) -> None:
        other = pages.replace("127.0.0.1", "localhost")
        answer = httpx.get(f"{other}/sign-in/oidc?next=/customers")
        there = f"{pages}/sign-in/oidc?next=/customers"
        assert (answer.status_code, answer.headers["Location"]) == (303, there)
        led = httpx.get(there.replace("/customers", "//evil.example"))
        assert "evil" not in led.headers["Set-Cookie"]
