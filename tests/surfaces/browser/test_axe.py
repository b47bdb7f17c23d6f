"""Pages that everybody can read, as far as axe-core can tell."""

from pathlib import Path
from typing import Final

import pytest
from playwright.sync_api import Page

pytestmark = pytest.mark.browser

# axe-core 4.14.1, MPL-2.0, as published; it is used by this test and not shipped.
AXE: Final = Path(__file__).parents[1] / "axe.min.js"
RULES: Final = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
PATHS: Final = (
    "/",
    "/firms",
    "/firms/E1",
    "/firms/E12",
    "/validation",
    "/offers",
    "/findings",
    "/facts",
    "/traits",
    "/nowhere",
)


def violations(page: Page) -> list[str]:
    """Return what axe finds grave, as rule, gravity and place."""
    page.locator("h1:visible").wait_for()
    page.evaluate(AXE.read_text(encoding="utf-8"))
    found = page.evaluate(
        "rules => axe.run(document, {runOnly: rules}).then(all => all.violations)",
        RULES,
    )
    return [
        f"{one['id']} ({one['impact']}): {one['nodes'][0]['html'][:160]}"
        for one in found
        if one["impact"] in {"serious", "critical"}
    ]


class TestAxe:
    def test_finds_nothing_grave_on_any_page(self, page: Page, server: str) -> None:
        found = {}
        for path in PATHS:
            page.goto(f"{server}{path}")
            found[path] = violations(page)

        assert found == {path: [] for path in PATHS}

    @pytest.mark.parametrize("path", ["/", "/firms/E1"])
    def test_finds_nothing_grave_in_english_in_the_dark(
        self, page: Page, server: str, path: str
    ) -> None:
        page.emulate_media(color_scheme="dark")
        page.goto(f"{server}{path}?lang=en")

        assert violations(page) == []

    @pytest.mark.parametrize("path", ["/", "/firms/E1"])
    def test_finds_nothing_grave_in_the_file(
        self, page: Page, report: str, path: str
    ) -> None:
        page.goto(f"{report}#{path}")

        assert violations(page) == []
