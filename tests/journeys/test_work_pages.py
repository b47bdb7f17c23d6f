"""On the pages a manager is let in, does his work, and an officer concludes it."""

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Final

import pytest
from playwright.sync_api import Browser, Page, expect
from tests.journeys.staff import PASSWORD, let_in, safest, serving
from tests.surfaces.browser.test_axe import violations

pytestmark = pytest.mark.browser

STAFF: Final = {
    "li.na": ("E1", "B1", "relationship_manager"),
    "wang": ("E3", "B1", "credit_officer"),
    "audit": ("E5", "", "auditor"),
    "he.mei": ("E6", "B1", "relationship_manager", "credit_officer"),
}
WHY: Final = "实地核查通过"
WIDTHS: Final = (390, 1366)
Enter = Callable[..., Page]


@pytest.fixture(scope="module")
def home(judged: Path) -> Path:
    """Let staff into a home that judged a county."""
    home = judged / "home"
    let_in(home, STAFF)
    return home


@pytest.fixture(scope="module")
def url(home: Path) -> Iterator[str]:
    with serving(home) as url:
        yield url


@pytest.fixture(scope="module")
def firms(home: Path) -> list[str]:
    """Return firms, the safest first: a person is to look at them."""
    return safest(home, count=5)


@pytest.fixture
def faults() -> list[str]:
    """Return what pages did that they should not have done."""
    return []


@pytest.fixture
def enter(browser: Browser, url: str, faults: list[str]) -> Iterator[Enter]:
    """Return what signs somebody in, in a browser of his own."""
    opened = []

    def call(login: str, *, scripts: bool = True) -> Page:
        context = browser.new_context(
            viewport={"width": 1366, "height": 768}, java_script_enabled=scripts
        )
        # The pages ask nobody else for anything.
        context.route(
            "**/*",
            lambda route: (
                route.continue_()
                if route.request.url.startswith(f"{url}/")
                else faults.append(route.request.url)
            ),
        )
        opened.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: faults.append(str(error)))
        page.goto(url)
        page.get_by_label("账户").fill(login)
        page.get_by_label("密码").fill(PASSWORD)
        page.get_by_role("button", name="登录").click()
        return page

    yield call
    for context in opened:
        context.close()


def sound(page: Page) -> None:
    """Expect that everybody can read a page, on a phone too, in both languages."""
    address = page.url
    for lang in ("zh", "en"):
        mark = "&" if "?" in address else "?"
        page.goto(f"{address}{mark}lang={lang}")
        assert violations(page) == [], page.url
        for width in WIDTHS:
            page.set_viewport_size({"width": width, "height": 844})
            wide = page.evaluate("document.documentElement.scrollWidth")
            assert wide == width, (page.url, wide)
            other = "en" if lang == "zh" else "zh"
            assert page.locator(f'span[lang="{other}"]:visible').count() == 0
    page.goto(address)


def apply(page: Page, firm: str, amount: str = "200,000") -> str:
    """Apply by the form, as whoever is signed in; return the application's address."""
    page.get_by_role("link", name="我的客户").or_(
        page.get_by_role("link", name="申请企业")
    ).first.click()
    page.get_by_role("link", name="申请贷款").click()
    page.get_by_label("企业编号").fill(firm)
    page.get_by_label("申请金额（元）").fill(amount)
    page.get_by_role("button", name="提交申请").click()
    expect(page.get_by_role("status")).to_contain_text("申请已登记")
    return page.url.partition("?")[0]


class TestWork:
    def test_goes_from_a_customer_to_a_conclusion(
        self, enter: Enter, url: str, firms: list[str], faults: list[str]
    ) -> None:
        manager = enter("li.na")
        expect(manager).to_have_url(f"{url}/customers")
        expect(manager.locator(".empty")).to_contain_text("还没有企业提出过申请")
        sound(manager)
        case = apply(manager, firms[0])
        expect(manager.locator(".case").first).to_have_text(
            "待人工审批", use_inner_text=True
        )
        sound(manager)

        officer = enter("wang")
        expect(officer).to_have_url(f"{url}/referrals")
        sound(officer)
        # One: claimed in the queue. Two: chosen. Three: concluded.
        officer.get_by_role("button", name="认领").first.click()
        expect(officer).to_have_url(f"{case}?did=claim")
        sound(officer)
        officer.get_by_role("radio", name="批准").check()
        officer.get_by_label("审批意见").fill(WHY)
        officer.get_by_role("button", name="提交结论").click()
        expect(officer.get_by_role("status")).to_contain_text("审批结论已登记")

        manager.goto(f"{url}/customers")
        expect(manager.locator("tbody .case")).to_have_text(
            "已通过", use_inner_text=True
        )
        manager.get_by_role("link", name="申请", exact=False).last.click()
        expect(manager.locator("blockquote")).to_have_text(WHY)
        manager.locator("summary", has_text="给客户的告知书").click()
        expect(manager.locator(".letter")).to_contain_text(
            "人工审批通过：200,000.00 元"
        )
        assert faults == []

    def test_is_not_concluded_by_whoever_took_it(
        self, enter: Enter, url: str, firms: list[str]
    ) -> None:
        maker = enter("he.mei")
        case = apply(maker, firms[1])
        expect(maker.locator("#act")).to_contain_text("受理与审批须为两人")
        expect(maker.get_by_role("button", name="认领")).to_have_count(0)
        sound(maker)
        # Nor by a form that was open, or made, elsewhere.
        maker.goto(f"{url}/referrals")
        own = maker.locator("tr", has=maker.locator(f'a[href="{case[len(url) :]}"]'))
        expect(own).to_contain_text("须由他人审批")
        told = maker.request.post(case, form={"act": "claim"})
        assert told.status == 409
        assert "受理与审批须为两人" in told.text()

    def test_says_beside_each_field_what_it_takes(
        self, enter: Enter, firms: list[str]
    ) -> None:
        manager = enter("li.na")
        manager.get_by_role("link", name="申请贷款").click()
        sound(manager)
        manager.get_by_label("企业编号").fill(firms[2])
        manager.get_by_label("申请金额（元）").fill("20万")
        manager.get_by_role("button", name="提交申请").click()
        amount = manager.get_by_label("申请金额（元）")
        expect(amount).to_have_value("20万")
        expect(amount).to_have_accessible_description(re.compile("大于 0、不超过"))
        assert violations(manager) == []

    def test_shows_who_stands_behind_a_firm_for_a_reason(
        self, enter: Enter, url: str, firms: list[str], faults: list[str]
    ) -> None:
        officer = enter("wang")
        officer.goto(f"{url}/firms/{firms[0]}")
        officer.get_by_role("link", name="关联人员").click()
        expect(officer.locator("tbody")).to_contain_text("法定代表人")
        sound(officer)
        # Everything is masked: no name and no number is there in full.
        hidden = officer.locator("tbody tr").first.inner_text()
        assert hidden.count("*") > 3
        officer.get_by_label("查看哪一项").select_option(index=1)
        officer.get_by_label("理由").fill("贷前核实法定代表人")
        officer.get_by_role("button", name="查看明文").click()
        expect(officer.get_by_role("status")).to_contain_text("已留存在案")
        assert "*" not in officer.locator("[role=status] strong").inner_text()
        assert violations(officer) == []
        assert faults == []

    def test_goes_by_the_keyboard_alone_and_without_scripts(
        self, enter: Enter, url: str, firms: list[str]
    ) -> None:
        manager = enter("li.na", scripts=False)
        manager.goto(f"{url}/apply?enterprise={firms[3]}")
        manager.get_by_label("申请金额（元）").focus()
        manager.keyboard.type("150000")
        manager.keyboard.press("Enter")
        expect(manager.get_by_role("status")).to_contain_text("申请已登记")


@pytest.fixture(scope="module")
def token(browser: Browser, url: str) -> str:
    """Let a manager in by the page, by the keyboard and without scripts."""
    context = browser.new_context(java_script_enabled=False)
    boss = context.new_page()
    boss.goto(url)
    boss.get_by_label("账户").fill("boss")
    boss.get_by_label("密码").fill(PASSWORD)
    boss.keyboard.press("Enter")
    expect(boss).to_have_url(f"{url}/accounts")
    boss.get_by_role("link", name="新增用户").press("Enter")
    boss.get_by_label("账户名").focus()
    for typed in ("zhao.min", "E9", "赵敏", "B1"):
        boss.keyboard.type(typed)
        boss.keyboard.press("Tab")
    boss.get_by_label("角色").select_option("relationship_manager")
    boss.get_by_role("button", name="新增用户").press("Enter")
    token = boss.locator("#token").inner_text()
    assert token not in boss.url
    context.close()
    return token


@pytest.fixture(scope="module")
def hired(browser: Browser, url: str, token: str) -> str:
    """Return the account, once its owner has set a password."""
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(url)
    page.get_by_role("link", name="持有令牌").click()
    page.get_by_label("令牌").fill(token)
    for one in page.locator('input[type="password"]').all():
        one.fill(PASSWORD)
    page.get_by_role("button", name="设置密码").click()
    expect(page.get_by_role("status")).to_contain_text("密码已设置")
    context.close()
    return "zhao.min"


class TestLettingIn:
    def test_goes_from_the_signed_paper_to_its_withdrawal(
        self, enter: Enter, hired: str, firms: list[str], tmp_path: Path
    ) -> None:
        manager = enter(hired)
        manager.get_by_role("link", name="授权").click()
        sound(manager)
        manager.get_by_label("企业编号").fill(firms[4])
        manager.get_by_role("button", name="查看授权").click()
        expect(manager.locator(".empty")).to_contain_text("没有您可查看的授权")
        manager.get_by_label("授权书涵盖以下全部来源").check()
        manager.get_by_label("最后有效日").fill("2026-06-30")
        paper = tmp_path / "授权书.pdf"
        paper.write_bytes(b"%PDF signed")
        manager.get_by_label("签署的授权书").set_input_files(paper)
        manager.get_by_role("button", name="登记授权").click()
        expect(manager.get_by_role("status")).to_contain_text("授权已登记")
        sound(manager)

        manager.get_by_role("link", name="申请贷款").click()
        manager.get_by_label("申请金额（元）").fill("200,000")
        manager.get_by_role("button", name="提交申请").click()
        expect(manager.get_by_role("status")).to_contain_text("申请已登记")
        case = manager.url.partition("?")[0]

        manager.get_by_role("link", name="我的客户").first.click()
        manager.locator("tbody").get_by_role("link", name="授权").click()
        manager.get_by_role("link", name="撤回").click()
        sound(manager)
        touched = manager.get_by_role("link", name="申请", exact=False)
        expect(touched.first).to_have_attribute("href", re.compile(case[-10:]))
        manager.get_by_label("企业的说明").fill("企业来函撤回授权")
        manager.get_by_role("button", name="确认撤回").click()
        expect(manager.get_by_role("status")).to_contain_text("授权已撤回")
        expect(manager.locator(".paper").first).to_have_class(re.compile("withdrawn"))

    def test_is_seen_by_the_auditor(
        self, enter: Enter, url: str, hired: str, faults: list[str]
    ) -> None:
        auditor = enter("audit")
        auditor.get_by_role("link", name="权限审阅").click()
        sound(auditor)
        auditor.get_by_label("谁可以").select_option("consents.record")
        auditor.get_by_role("button", name="筛选").click()
        rows = auditor.locator("table.access tbody tr")
        expect(rows.filter(has_text=hired)).to_contain_text("本人客户")
        expect(rows.filter(has_text="wang")).to_have_count(0)
        rows.get_by_role("link", name=hired).click()
        expect(auditor).to_have_url(f"{url}/accounts/{hired}")
        sound(auditor)
        expect(auditor.locator("main form")).to_have_count(0)
        assert faults == []

    def test_is_sound_for_whoever_lets_in(self, enter: Enter, url: str) -> None:
        boss = enter("boss")
        for path in ("/accounts", "/accounts/li.na", "/add-account", "/password"):
            boss.goto(f"{url}{path}")
            sound(boss)
