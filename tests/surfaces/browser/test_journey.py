"""An officer's way from the book to one offer, on the server and in the file."""

from typing import Final

import pytest
from playwright.sync_api import Locator, Page, expect

pytestmark = pytest.mark.browser

FACES: Final = ("server", "report")
PATHS: Final = (
    "/", "/firms", "/firms/E2", "/offers", "/validation", "/findings", "/facts",
    "/traits",
)  # fmt: skip


@pytest.fixture(params=FACES)
def face(request: pytest.FixtureRequest) -> str:
    """Return the address of the server, then of the file."""
    return str(request.getfixturevalue(request.param))


def at(face: str, path: str) -> str:
    """Return the address of a page of either face."""
    return f"{face}#{path}" if face.startswith("file:") else f"{face}{path}"


def heading(page: Page, text: str) -> None:
    """Expect the page's heading, in the language shown."""
    expect(page.locator("h1:visible")).to_have_text(text, use_inner_text=True)


def choice(page: Page, name: str) -> Locator:
    """Return a control of the list that is shown."""
    return page.locator(f"form:visible [name={name}]")


def submit(page: Page) -> None:
    page.locator("form:visible button").click()


def drawn(page: Page, kind: str) -> None:
    """Expect a chart to be drawn once it is scrolled to."""
    plot = page.locator(f'.plot[data-kind="{kind}"]:visible')
    plot.scroll_into_view_if_needed()
    expect(plot.locator("canvas")).to_be_visible()


def points_add_up(page: Page) -> bool:
    """Add the points that the page shows and compare with the score it shows."""
    table = page.locator("table.points")
    parts = [
        int(cell.get_attribute("data-points") or "")
        for cell in table.locator("[data-points]").all()
    ]
    shown = page.locator(".figures:visible dd").nth(3).inner_text()
    assert len(parts) > 1
    return str(sum(parts)) == table.get_attribute("data-score") == shown


class TestJourney:
    def test_from_the_book_to_a_filtered_list(
        self, page: Page, face: str, faults: list[str]
    ) -> None:
        page.goto(face)
        heading(page, "总览")
        drawn(page, "frontier")
        page.locator(".book").get_by_text("企业", exact=True).click()
        heading(page, "企业")
        choice(page, "tier").select_option("steady")
        submit(page)

        expect(page.locator(".rows tbody tr:visible")).to_have_count(20)
        expect(page.locator("[data-total]:visible").first).to_have_text("20")
        assert "tier=steady" in page.url

        page.locator(".rows:visible a[data-sort=pd]").click()
        expect(page.locator("th[aria-sort=descending]:visible")).to_contain_text("违约")
        expect(page.locator(".rows tbody tr:visible")).to_have_count(20)
        assert "sort=-pd" in page.url
        assert faults == []

    def test_from_the_list_to_a_score_and_an_offer(
        self, page: Page, face: str, faults: list[str]
    ) -> None:
        page.goto(at(face, "/firms"))
        choice(page, "q").fill("精密机械")
        submit(page)
        page.get_by_role("link", name="临川精密机械有限公司").click()

        heading(page, "临川精密机械有限公司")
        assert points_add_up(page)
        expect(page.get_by_text("授信方案如何得出")).to_be_visible()
        expect(page.locator("ol.steps li:visible")).to_have_count(3)
        drawn(page, "radar")
        drawn(page, "series")
        page.locator(".finding summary:visible").first.click()
        expect(page.locator(".finding td:visible").first).to_have_text("发票.csv")
        assert faults == []

    def test_in_another_language_that_stays(
        self, page: Page, face: str, faults: list[str]
    ) -> None:
        page.goto(at(face, "/firms/E10"))
        heading(page, "临川精密机械有限公司")
        page.get_by_role("link", name="English").click()

        expect(page.get_by_text("How the offer came about")).to_be_visible()
        expect(page.get_by_text("授信方案如何得出")).to_be_hidden()
        assert "lang=en" in page.url

        page.locator(".book").get_by_text("Validation").click()
        heading(page, "Validation")
        drawn(page, "calibration")
        assert "lang=en" in page.url
        assert faults == []

    def test_past_hostile_names_that_only_stand_there(
        self, page: Page, face: str, faults: list[str]
    ) -> None:
        for path in ("/firms/E3", "/findings", "/firms", "/firms/E1"):
            page.goto("about:blank")
            page.goto(at(face, path))
            expect(page.locator("h1:visible")).to_have_count(1)
        heading(page, "<script>alert(1)</script>")
        assert faults == []


class TestReportFile:
    def test_an_address_opens_the_same_page_again(
        self, page: Page, report: str, faults: list[str]
    ) -> None:
        page.goto(f"{report}#/firms?tier=steady&q=E11&sort=pd&lang=en")
        page.reload()

        expect(choice(page, "tier")).to_have_value("steady")
        expect(page.locator(".rows tbody tr:visible")).to_have_count(1)
        heading(page, "Enterprises")
        assert faults == []

    def test_says_when_it_holds_no_such_firm(self, page: Page, report: str) -> None:
        page.goto(f"{report}#/firms/E999")

        heading(page, "没有这户企业")
        expect(page.get_by_text("E999")).to_be_visible()

    def test_goes_back_as_a_reader_expects(self, page: Page, report: str) -> None:
        page.goto(f"{report}#/firms?tier=risk_warning")
        page.locator(".rows tbody a:visible").first.click()
        expect(page.locator("table.points")).to_be_visible()

        page.go_back()

        expect(choice(page, "tier")).to_have_value("risk_warning")

    def test_draws_the_charts_of_one_firm_after_another(
        self, page: Page, report: str, faults: list[str]
    ) -> None:
        for firm in ("E1", "E2", "E60"):
            page.goto(f"{report}#/firms/{firm}")
            expect(page.locator(".lead .id:visible")).to_have_text(firm)
            drawn(page, "radar")
        assert faults == []


class TestPhone:
    @pytest.mark.parametrize(("lang", "other"), [("zh", "en"), ("en", "zh")])
    def test_shows_one_language_at_a_time_and_no_page_is_too_wide(
        self, page: Page, server: str, lang: str, other: str
    ) -> None:
        page.set_viewport_size({"width": 390, "height": 844})
        for path in PATHS:
            page.goto(f"{server}{path}?lang={lang}")

            assert page.locator(f'span[lang="{lang}"]:visible').count() > 10
            assert page.locator(f'span[lang="{other}"]:visible').count() == 0
            assert page.evaluate("document.documentElement.scrollWidth") == 390


class TestKeyboard:
    def test_reaches_a_firm_without_a_mouse(self, page: Page, server: str) -> None:
        page.goto(f"{server}/firms")
        page.keyboard.press("Tab")
        expect(page.locator(".skip")).to_be_focused()
        page.keyboard.press("Enter")
        for _ in range(30):
            page.keyboard.press("Tab")
            if page.evaluate("!!document.activeElement.closest('tbody')"):
                break
        page.keyboard.press("Enter")

        expect(page.locator("table.points")).to_be_visible()
