"""A rule is drafted on a page, tried, and published by a second person; it decides."""

import json
import re
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest
from playwright.sync_api import Page, expect
from tests.journeys.staff import given, let_in, serving
from tests.journeys.test_work_pages import WHY, Enter, apply, enter, faults, sound

from xiaowei.desk import clock

__all__ = ["enter", "faults"]
pytestmark = pytest.mark.browser

STAFF: Final = {
    "li.na": ("E1", "B1", "relationship_manager"),
    "wang": ("E3", "B1", "credit_officer"),
    "xu": ("E8", "", "policy_manager"),
    "gao": ("E9", "", "policy_manager"),
}
TITLE: Final = "试点期间暂不受理"
NEW: Final = """rules:
- code: pilot_only
  title: {zh: 试点期间暂不受理, en: none during the pilot}
  when: {trait: amount, operator: "<=", limit: LIMIT, unit: yuan}
  outcome: decline
  reason: assessment
  source: credit committee minute 7
"""
CASES: Final = """cases:
  - name: at the limit
    firm: {amount: "500000"}
    outcome: decline
    rule: pilot_only
"""
MOST_SECONDS: Final = 240


@pytest.fixture(scope="module")
def home(judged: Path) -> Path:
    home = judged / "home"
    let_in(home, STAFF)
    return home


@pytest.fixture(scope="module")
def url(home: Path) -> Iterator[str]:
    # Rules never hold on days that are past, so that the day of business is today.
    with serving(home, day=clock.today().isoformat()) as url:
        yield url


@pytest.fixture(scope="module")
def firm(home: Path) -> str:
    firms = json.loads(given(home, "firms", "--json"))
    return str(firms[0]["enterprise_id"])


def write(page: Page, limit: str) -> None:
    """Put a rule before all others, which holds from today on."""
    area = page.get_by_label("规则（YAML）")
    text = re.sub(r"since: .*", f"since: {clock.today()}", area.input_value(), count=1)
    text = re.sub(r"- code: pilot_only\n(  .*\n)*", "", text)
    area.fill(text.replace("rules:\n", NEW.replace("LIMIT", limit), 1))


def drafted(page: Page, url: str) -> str:
    """Draft a rule by the keyboard alone; return the address of the draft."""
    page.goto(f"{url}/rules")
    page.get_by_role("link", name="起草规则").press("Enter")
    # A fault is named, and what was typed stays.
    write(page, "500000")
    page.get_by_role("button", name="登记草案").press("Enter")
    expect(page.get_by_role("alert")).to_contain_text("rule 1 'pilot_only'")
    expect(page.get_by_label("规则（YAML）")).to_have_value(
        re.compile("limit: 500000,")
    )
    write(page, '"500000"')
    page.get_by_role("button", name="证明").press("Enter")
    expect(page.locator("#proof")).to_contain_text("未见缺陷")
    expect(page.locator("#changes")).to_contain_text("pilot_only")
    page.get_by_role("button", name="登记草案").press("Enter")
    expect(page.get_by_role("status")).to_contain_text("草案已登记")
    return page.url.partition("?")[0]


def run_cases_on(page: Page) -> None:
    """Run a test case on the draft that is open, and back-test it."""
    page.get_by_label("测试案例（YAML）").fill(CASES)
    page.get_by_role("button", name="运行测试案例").press("Enter")
    expect(page.locator("#tests .passed")).to_have_count(1)
    page.get_by_role("button", name="发起回测").press("Enter")
    over = page.locator("#back-test .job-done")
    until = time.monotonic() + MOST_SECONDS
    while True:
        try:
            expect(over).to_have_count(1, timeout=2_000)
        except AssertionError:
            assert time.monotonic() < until, "the back-test is not over"
            page.reload()
        else:
            return


def published(page: Page, url: str) -> None:
    """Look a draft over as a second person, and publish it."""
    page.goto(f"{url}/rules/draft")
    sound(page)
    page.get_by_role("link", name="规则").first.click()
    sound(page)
    page.get_by_role("link", name="核对并发布").click()
    for part, told in (
        ("changes", "pilot_only"),
        ("proof", "未见缺陷"),
        ("tests", "at the limit"),
        ("back-test", "换入"),
        ("act", f"自 {clock.today()} 起生效"),
    ):
        expect(page.locator(f"#{part}")).to_contain_text(told)
    sound(page)
    page.get_by_label("理由").fill(WHY)
    page.get_by_role("button", name="发布").click()
    expect(page.get_by_role("status")).to_contain_text("已发布")
    expect(page.locator(".figures .deciding")).to_contain_text("当前由此决定")
    sound(page)


class TestRules:
    def test_go_from_a_draft_to_what_decides(
        self, enter: Enter, url: str, firm: str, faults: list[str]
    ) -> None:
        manager = enter("li.na")
        # The first decision of a day reads the whole lake.
        manager.set_default_timeout(MOST_SECONDS * 1000)
        before = apply(manager, firm)
        expect(manager.locator("#main")).not_to_contain_text(TITLE)

        drafter = enter("xu")
        draft = drafted(drafter, url)
        run_cases_on(drafter)
        # Whoever drafted it does not publish it.
        drafter.goto(f"{draft}/publication")
        expect(drafter.locator(".caveats")).to_contain_text("起草与发布须为两人")
        expect(drafter.get_by_role("button", name="发布")).to_have_count(0)
        published(enter("gao"), url)

        # It decides from now on; what was decided before stands.
        apply(manager, firm)
        expect(manager.locator("#main")).to_contain_text(TITLE)
        manager.goto(before)
        expect(manager.locator("#main")).not_to_contain_text(TITLE)
        reader = enter("wang")
        reader.goto(draft)
        expect(reader.locator("blockquote")).to_have_text(WHY)
        expect(reader.locator("main form[method=post]")).to_have_count(0)
        assert faults == []
