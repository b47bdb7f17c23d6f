"""Customers in reach, where somebody begins, and what every page of work keeps to."""

import html
import re
from collections.abc import Iterator
from contextlib import closing
from datetime import date
from pathlib import Path

import pytest
from tests.surfaces.work.conftest import Bank, Filed, form, number_in

from xiaowei.desk.deciding.committed import AboveGroupCapError
from xiaowei.desk.deciding.deciders import Deciders
from xiaowei.desk.home import open_home
from xiaowei.errors import XiaoweiError
from xiaowei.surfaces.report.texts import catalogue
from xiaowei.surfaces.serving import app_of
from xiaowei.surfaces.web.refusals import refusal_of


def kinds(of: type[XiaoweiError] = XiaoweiError) -> Iterator[str]:
    """Return what every kind of failure is known by."""
    for one in of.__subclasses__():
        yield one.__new__(one).kind
        yield from kinds(one)


class TestStart:
    def test_is_where_ones_work_is(self, bank: Bank) -> None:
        for login, path in (
            ("li.na", "/customers"),
            ("he.mei", "/customers"),
            ("wang", "/referrals"),
            ("it", "/jobs"),
            ("boss", "/accounts"),
        ):
            answer = bank.get(login, "/", lang="en")
            assert answer.status_code == 303
            assert answer.headers["Location"] == f"{path}?lang=en"
        assert bank.get("audit", "/").status_code == 200

    def test_leads_nowhere_that_one_is_turned_away(self, bank: Bank) -> None:
        for login in ("li.na", "wang", "he.mei", "audit", "boss"):
            page = bank.get(login, "/nowhere").text
            bar = page[page.index("<nav") : page.index("</nav>")]
            for path in re.findall(r'href="([^"]+)"', bar):
                assert bank.get(login, path).status_code in {200, 303}, (login, path)

    def test_of_the_book_is_said_to_be_shut(self, bank: Bank) -> None:
        answer = bank.get("li.na", "/firms")
        assert answer.status_code == 403
        assert "从上方导航打开您的客户" in answer.text


class TestCustomers:
    def test_are_those_in_reach_with_their_last_application(
        self, bank: Bank, filed: Filed
    ) -> None:
        first = filed("li.na")
        firm = f"E{bank.used[-1]}"
        again = form(firm, key="again", amount="300000")
        last = number_in(bank.post("li.na", "/apply", **again))

        page = bank.get("li.na", "/customers").text
        assert f'href="/firms/{firm}"' in page
        assert f'href="/applications/{last}"' in page
        assert f'href="/applications/{first}"' not in page
        for login, sees in (("wang", True), ("audit", True), ("zhou", False)):
            seen = bank.get(login, "/customers", q=firm).text
            assert (f'href="/applications/{last}"' in seen) is sees, login

    def test_are_found_by_name_code_and_state(self, bank: Bank, filed: Filed) -> None:
        number = filed("li.na", agreed=False)
        firm = f"E{bank.used[-1]}"
        link = f'href="/applications/{number}"'
        for params, sees in (
            ({"q": firm.lower()}, True),
            ({"state": "declined"}, True),
            ({"state": "claimed"}, False),
            ({"q": "火星"}, False),
        ):
            assert (link in bank.get("li.na", "/customers", **params).text) is sees
        assert bank.get("li.na", "/customers", state="x").status_code == 422

    def test_come_in_pages_that_the_address_names(
        self, bank: Bank, filed: Filed, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        filed("zhou")
        filed("zhou")
        monkeypatch.setattr("xiaowei.surfaces.web.work.customers.PAGE_ROWS", 1)
        first = bank.get("zhou", "/customers", q="E", lang="en").text
        link = re.search(r'rel="next" href="([^"]+)"', first)
        assert link
        address = html.unescape(link[1])
        assert address == "/customers?page=2&q=E&lang=en"
        second = bank.get("zhou", address).text
        numbers = [
            set(re.findall(r"/applications/\d+", one)) for one in (first, second)
        ]
        assert numbers[0].isdisjoint(numbers[1])

    def test_say_when_there_is_none_yet(self, bank: Bank) -> None:
        page = bank.get("new", "/customers").text
        assert "还没有企业提出过申请" in page
        assert 'href="/apply"' in page

    def test_have_a_page_with_their_applications(
        self, bank: Bank, filed: Filed
    ) -> None:
        number = filed("li.na")
        firm = f"E{bank.used[-1]}"
        page = bank.get("li.na", f"/firms/{firm}").text

        assert f'href="/applications/{number}"' in page
        assert f'href="/apply?enterprise={firm}"' in page
        assert 'href="/customers"' in page
        assert 'href="/apply' not in bank.get("wang", f"/firms/{firm}").text


class TestEveryPage:
    @pytest.fixture
    def pages(self, bank: Bank, filed: Filed) -> list[tuple[str, str]]:
        number = filed("li.na")
        return [
            ("li.na", "/customers"), ("li.na", "/apply"), ("wang", "/referrals"),
            ("wang", f"/applications/{number}"), ("li.na", f"/firms/E{bank.used[-1]}"),
            ("li.na", "/referrals"), ("li.na", "/applications/1"),
            ("new", "/customers"), ("li.na", "/authorisations"),
            ("li.na", f"/authorisations?enterprise=E{bank.used[-1]}"),
            ("boss", "/accounts"), ("boss", "/accounts/li.na"), ("audit", "/access"),
            ("boss", "/add-account"), ("li.na", "/password"),
        ]  # fmt: skip

    def test_is_in_one_language_safe_and_kept_by_no_cache(
        self, bank: Bank, pages: list[tuple[str, str]]
    ) -> None:
        for login, path in pages:
            for lang in ("zh", "en"):
                answer = bank.get(login, path, lang=lang)
                page = answer.text
                assert f'<html lang="{"zh-CN" if lang == "zh" else "en"}"' in page
                assert page.count("<h1") == 1
                assert "None" not in re.sub(r"<[^>]*>", "", page).replace(
                    "None of your", ""
                )
                assert not re.search(r"<[^>]+\s(style|on\w+)=", page)
                for tag in re.findall(r"<script[^>]*>", page):
                    assert "src=" in tag or 'type="application/json"' in tag
                policy = answer.headers["content-security-policy"]
                assert "form-action 'self'" in policy
                assert answer.headers["cache-control"] == "no-store"
                if lang == "en":
                    for address in re.findall(r'<a [^>]*href="(/[^"]*)"', page):
                        assert "lang=" in html.unescape(address), (path, address)

    def test_asks_strangers_to_sign_in(self, bank: Bank) -> None:
        for path in ("/customers", "/referrals", "/apply", "/applications/1"):
            answer = bank.get("", path)
            assert answer.status_code == 303
            assert answer.headers["Location"] == f"/sign-in?next={path}"

    def test_refuses_a_language_that_is_not_spoken(self, bank: Bank) -> None:
        assert bank.get("li.na", "/customers", lang="fr").status_code == 422

    def test_needs_an_account(self, tmp_path: Path) -> None:
        root = tmp_path / "home"
        with open_home(root) as home, closing(Deciders(root)) as deciders:
            app = app_of(home, deciders=deciders, day=lambda: date(2025, 7, 1))
            answer = Bank(home, app, {}).get("", "/customers")
            assert answer.status_code == 409
            assert "尚无账户" in answer.text


class TestRefusals:
    def test_are_of_kinds_that_there_are(self) -> None:
        said = {
            key.removeprefix("refused_").replace("_", "-")
            for key in catalogue()
            if key.startswith("refused_") and not key.endswith("_remedy")
        }
        assert len(said) > 20
        # Pages of rules and of webhooks have words of their own.
        own = {f"{page}-{one}" for page in ("rules", "webhooks") for one in kinds()}
        assert said - {*kinds(), *own} == set()
        for kind in said:
            assert f"refused_{kind.replace('-', '_')}_remedy" in catalogue()

    def test_say_the_figures_that_a_text_names(self) -> None:
        error = AboveGroupCapError(7, held_fen=90_000_00, cap_fen=100_000_00)
        said = refusal_of(error)

        assert "授信上限 100,000.00 元" in said.what
        assert "最多还可批准 10,000.00 元" in said.remedy
        assert said.expected is None
