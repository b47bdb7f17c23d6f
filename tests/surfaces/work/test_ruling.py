"""Rules on pages: versions, drafts, and acts on a draft."""

import html
import re
from typing import Any

import httpx
import pytest
import yaml
from tests.surfaces.furnished import CASE, FAR, RULES
from tests.surfaces.work.conftest import Bank, form, number_in

from xiaowei.desk import clock
from xiaowei.desk.jobs import asking
from xiaowei.desk.jobs.handlers import handlers_of
from xiaowei.desk.jobs.working import Worker
from xiaowei.desk.ruling import versions

WHY = "信贷委员会纪要 7"
CASES = yaml.safe_dump({"cases": [dict(CASE)]})
NEVER = {
    **RULES["rules"][0],
    "code": "never",
    "when": {
        "all": [
            {"trait": "amount", "operator": "<", "limit": "1", "unit": "yuan"},
            {"trait": "amount", "operator": ">", "limit": "2", "unit": "yuan"},
        ]
    },
}


def said(page: httpx.Response) -> str:
    """Return what a page says, in Chinese, each part apart."""
    chinese = re.sub(r'<span lang="en">[^<]*</span>', "", page.text)
    return " ".join(html.unescape(re.sub(r"<[^>]*>", " ", chinese)).split())


def written(bank: Bank, **stated: Any) -> str:  # noqa: ANN401 - any plain value
    """Return rules of a name that nobody has used, as somebody writes them."""
    named = {**RULES, "name": f"r{bank.rows()}", **stated}
    return yaml.safe_dump(named, allow_unicode=True, sort_keys=False)


def drafted(bank: Bank, *, by: str = "xu", **stated: Any) -> int:  # noqa: ANN401
    """Draft rules by the form; return their number."""
    answer = bank.post(by, "/rules/draft", act="draft", set=written(bank, **stated))
    return led_to(answer)


def led_to(answer: httpx.Response) -> int:
    assert answer.status_code == 303, said(answer)
    found = re.match(r"/rules/(\d+)\?did=", answer.headers["Location"])
    assert found, answer.headers["Location"]
    return int(found[1])


def mark(bank: Bank, number: int, *, by: str = "xu") -> str:
    """Return the mark of a version as its page has it."""
    return field(bank.get(by, f"/rules/{number}"), "mark")


def field(page: httpx.Response, name: str) -> str:
    found = re.search(rf'name="{name}" value="([^"]*)"', page.text)
    assert found, said(page)
    return found[1]


def typed(page: httpx.Response, name: str = "set") -> str:
    """Return what a page holds in a field of many lines."""
    found = re.search(
        rf'<textarea[^>]* name="{name}"[^>]*>\n?(.*?)</textarea>', page.text, re.DOTALL
    )
    assert found
    return html.unescape(found[1])


def run_on(bank: Bank, number: int, cases: str = CASES) -> httpx.Response:
    seen = mark(bank, number)
    return bank.post("xu", f"/rules/{number}", act="test", cases=cases, mark=seen)


class TestVersions:
    def test_are_listed_with_the_one_that_decides(self, bank: Bank) -> None:
        number = drafted(bank)
        page = said(bank.get("wang", "/rules"))

        assert "2025-07-01 由此版本决定： 规则 0 ( 随系统提供" in page
        assert f"测试案例 r{number - 1} 1 规则 {number} 草案" in page
        assert f"{FAR} 起草 P20" in page

    def test_are_read_by_whoever_may_who_changes_nothing(self, bank: Bank) -> None:
        number = drafted(bank)
        for login in ("wang", "li.na", "audit"):
            page = bank.get(login, f"/rules/{number}")
            assert page.status_code == 200
            forms = re.findall(
                r'<form[^>]*method="post"[^>]*action="([^"]*)"', page.text
            )
            assert forms == ["/sign-out"], login
        before = bank.rows()
        for act in ("test", "withdraw", "roll_back", "back_test"):
            told = bank.post("wang", f"/rules/{number}", act=act, why=WHY, cases=CASES)
            assert told.status_code == 403, act
        for path in ("/rules/draft", f"/rules/{number}/publication"):
            assert bank.get("wang", path).status_code == 403
            assert bank.post("wang", path, why=WHY).status_code == 403
        assert bank.rows() == before
        assert bank.get("it", "/rules").status_code == 403

    def test_say_each_rule_in_both_languages(self, bank: Bank) -> None:
        zh = said(bank.get("wang", "/rules/0"))
        en = bank.get("wang", "/rules/0", lang="en").text

        assert "若违约概率不低于政策数“风险警示型的违约概率起点”，则拒绝" in zh
        assert "if probability of default is at least policy number" in en
        assert "个问题全部证毕，未见缺陷" in zh
        assert "questions are settled and no fault is found" in en

    def test_are_compared_with_any_other(self, bank: Bank) -> None:
        first = drafted(bank)
        limit = {**RULES["rules"][0]["when"], "limit": "400000"}
        second = drafted(bank, rules=[{**RULES["rules"][0], "when": limit}])

        page = bank.get("wang", f"/rules/{second}", against=str(first))
        moved = "small：限值由“申请金额不超过50 万元”改为“申请金额不超过40 万元”"
        assert moved in said(page)
        assert f'<option value="{first}" selected>' in page.text
        # Else with the version that decides.
        page = bank.get("wang", f"/rules/{second}")
        assert '<option value="0" selected>' in page.text

    def test_that_are_not_there_are_named(self, bank: Bank) -> None:
        for path in ("/rules/999999", "/rules/0?against=999999", "/rules/0?job=999999"):
            assert bank.get("xu", path).status_code == 404, path
        for path in ("/rules/0?against=x", "/rules/0?job=-1", "/rules/draft?copy=²"):
            assert bank.get("xu", path).status_code == 422, path
        assert "没有这个编号的规则版本" in bank.get("xu", "/rules/999999").text


class TestDrafting:
    def test_begins_with_the_version_that_decides(self, bank: Bank) -> None:
        begun = yaml.safe_load(typed(bank.get("xu", "/rules/draft")))
        shipped = versions.rules_of(bank.home, 0)

        assert begun["name"] == shipped.name
        assert begun["version"] == "2"
        assert begun["since"] > clock.today()
        assert len(begun["rules"]) == len(shipped.rules)

    def test_begins_with_any_version_that_is_named(self, bank: Bank) -> None:
        number = drafted(bank)
        begun = yaml.safe_load(typed(bank.get("xu", "/rules/draft", copy=str(number))))
        assert begun["version"] == "2"
        assert begun["rules"] == RULES["rules"]

    def test_proves_and_puts_nothing_on_record(self, bank: Bank) -> None:
        before = bank.rows()
        text = written(bank, rules=[NEVER, RULES["rules"][0]])
        page = bank.post("xu", "/rules/draft", act="prove", set=text)

        assert page.status_code == 200
        told = said(page)
        for one in (
            "尚未登记任何内容",
            "缺陷 1 处",
            "规则 never 的条件不可能成立",
            "另有",
            "对比版本 规则 0",
        ):
            assert one in told, one
        assert 'name="accept.never"' in page.text
        assert typed(page) == text
        assert bank.rows() == before

    @pytest.mark.parametrize(
        ("stated", "named"),
        [
            ("name: [\nversion: '1'\n", "line 3"),
            ("", "a mapping is due"),
            ("- 1", "a mapping is due"),
            ("name: a\nname: b\n", "'name' stands twice"),
        ],
    )
    def test_names_the_line_at_fault_and_keeps_what_was_typed(
        self, bank: Bank, stated: str, named: str
    ) -> None:
        before = bank.rows()
        for act in ("prove", "draft"):
            page = bank.post("xu", "/rules/draft", act=act, set=stated)
            assert page.status_code == 422
            assert named in html.unescape(page.text)
            assert typed(page) == stated
        assert bank.rows() == before

    def test_names_each_rule_at_fault(self, bank: Bank) -> None:
        wrong = {**RULES["rules"][0], "outcome": "aprove", "reason": "moon"}
        text = written(bank, rules=[wrong]).replace("\n", "\r\n")
        page = bank.post("xu", "/rules/draft", act="draft", set=text)

        told = html.unescape(page.text)
        assert page.status_code == 422
        assert "rule 1 'small'.outcome: one of approve, refer, decline is due" in told
        assert "rule 1 'small'.reason: 'moon' is no family of reasons" in told
        assert typed(page) == text.replace("\r\n", "\n")

    def test_asks_why_a_fault_may_stand(self, bank: Bank) -> None:
        before = bank.rows()
        text = written(bank, rules=[NEVER, RULES["rules"][0]])
        sent = {"act": "draft", "set": text}
        page = bank.post("xu", "/rules/draft", **sent)
        assert page.status_code == 422
        assert "规则 never 的条件不可能成立" in said(page)
        short = bank.post("xu", "/rules/draft", **sent, **{"accept.never": "x"})
        assert short.status_code == 422
        assert 'aria-describedby="accept.never-fault"' in short.text
        spare = {"accept.never": WHY, "accept.small": "其他理由"}
        page = bank.post("xu", "/rules/draft", **sent, **spare)
        assert page.status_code == 422
        assert "有理由没有对应的缺陷" in said(page)
        assert 'value="其他理由"' in page.text
        assert bank.rows() == before

        number = led_to(
            bank.post("xu", "/rules/draft", **sent, **{"accept.never": WHY})
        )
        told = said(bank.get("audit", f"/rules/{number}"))
        assert f"缺陷保留的理由 never {WHY}" in told

    def test_takes_as_much_as_programs_may_send(self, bank: Bank) -> None:
        long = written(bank) + "# " + "微" * 22_000
        page = bank.post("xu", "/rules/draft", act="draft", set=long)
        assert page.status_code == 413
        assert "超过 65,536 字节" in said(page)
        assert typed(page) == long
        assert bank.post("xu", "/rules/draft", set="微" * 99_999).status_code == 413

    def test_says_which_version_would_do(self, bank: Bank) -> None:
        text = written(bank)
        led_to(bank.post("xu", "/rules/draft", act="draft", set=text))
        again = bank.post("gao", "/rules/draft", act="draft", set=text)
        assert again.status_code == 409
        assert "请将版本号改为 2" in said(again)
        past = written(bank, since="2020-01-01")
        told = bank.post("gao", "/rules/draft", act="draft", set=past)
        assert told.status_code == 409
        assert "首日 2020-01-01 已过" in said(told)

    def test_counts_once_under_its_key(self, bank: Bank) -> None:
        sent = {"act": "draft", "set": written(bank)}
        sent["key"] = field(bank.get("xu", "/rules/draft"), "key")
        first, again = (led_to(bank.post("xu", "/rules/draft", **sent)) for _ in "ab")
        assert first == again
        other = bank.post("xu", "/rules/draft", **{**sent, "set": written(bank)})
        assert other.status_code == 422
        assert field(other, "key") != sent["key"]

    def test_refuses_an_act_that_there_is_not(self, bank: Bank) -> None:
        number, before = drafted(bank), bank.rows()
        for path in ("/rules/draft", f"/rules/{number}"):
            told = bank.post("xu", path, act="burn", set="x")
            assert told.status_code == 422
            assert "没有这项操作" in told.text
        assert bank.rows() == before


class TestActs:
    def test_run_cases_and_show_what_came(self, bank: Bank) -> None:
        number = drafted(bank)
        assert led_to(run_on(bank, number)) == number
        page = bank.get("wang", f"/rules/{number}")
        assert "at the limit 符合 amount 500000 通过 small 通过 small" in said(page)
        assert yaml.safe_load(typed(bank.get("xu", f"/rules/{number}"), "cases"))[
            "cases"
        ] == [CASE]

        wrong = CASES.replace("approve", "decline")
        run_on(bank, number, wrong)
        told = said(bank.get("wang", f"/rules/{number}"))
        assert "1 例中 1 例不符" in told

    def test_name_faults_of_cases_and_keep_them(self, bank: Bank) -> None:
        number, before = drafted(bank), bank.rows()
        wrong = CASES.replace("amount", "amnt")
        page = run_on(bank, number, wrong)
        assert page.status_code == 422
        assert "did you mean 'amount'" in html.unescape(page.text)
        assert typed(page, "cases") == wrong
        long = run_on(bank, number, CASES + "# a" * 22_000)
        assert (long.status_code, bank.rows()) == (413, before)
        assert "65,536 字节" in said(long)
        halved = run_on(bank, number, CASES.replace("at the limit", r'"\ud800"'))
        assert halved.status_code == 422
        assert "half of a character" in halved.text
        assert bank.rows() == before

    def test_withdraw_a_draft_with_a_reason(self, bank: Bank) -> None:
        number = drafted(bank)
        sent = {"act": "withdraw", "mark": mark(bank, number)}
        page = bank.post("xu", f"/rules/{number}", **sent)
        assert page.status_code == 422
        assert 'id="why-withdraw-fault"' in page.text
        led_to(bank.post("xu", f"/rules/{number}", **sent, why=WHY))
        page = bank.get("xu", f"/rules/{number}")
        assert "已撤回" in said(page)
        assert 'value="withdraw"' not in page.text
        again = bank.post("xu", f"/rules/{number}", **sent, why=WHY)
        assert again.status_code in {409, 412}

    def test_refuse_what_is_not_as_it_was_looked_at(self, bank: Bank) -> None:
        number = drafted(bank)
        seen = mark(bank, number)
        run_on(bank, number)
        before = bank.rows()
        for act in ("withdraw", "test"):
            sent = {"act": act, "mark": seen, "why": WHY, "cases": CASES}
            page = bank.post("xu", f"/rules/{number}", **sent)
            assert page.status_code == 412, act
            assert "内容或现行版本已变" in said(page)
        assert bank.rows() == before

    def test_go_back_to_a_version(self, bank: Bank) -> None:
        wrong = bank.post("xu", "/rules/0", act="roll_back", since="soon")
        assert wrong.status_code == 422
        assert 'id="since-fault"' in wrong.text
        # On that day numbers of the policy had no value, and nobody was asked for one.
        past = bank.post("xu", "/rules/0", act="roll_back", since="2001-01-01")
        assert past.status_code == 409
        assert "2001-01-01" in said(past)
        keyless = {"act": "roll_back", "since": FAR, "key": ""}
        assert bank.post("xu", "/rules/0", **keyless).status_code == 422
        sent = {"act": "roll_back", "since": FAR, "key": "back"}
        made, again = (led_to(bank.post("xu", "/rules/0", **sent)) for _ in "ab")
        assert made == again
        row = versions.version(bank.home, made)
        assert (row["state"], row["copy_of"], row["since"]) == ("draft", 0, FAR)
        number = drafted(bank)
        never = bank.post("xu", f"/rules/{number}", act="roll_back")
        assert never.status_code == 409
        assert "从未生效" in said(never)


class TestBackTest:
    def test_shows_how_far_it_is_and_what_came(self, bank: Bank) -> None:
        for _ in range(3):
            number_in(bank.post("li.na", "/apply", **form(bank.firm())))
        stops = {**RULES["rules"][0], "outcome": "decline"}
        number = drafted(bank, rules=[stops])
        page = bank.get("xu", f"/rules/{number}")
        assert "此版本尚未回测" in said(page)
        sent = {"act": "back_test", "key": field(page, "key")}
        asked, again = (bank.post("xu", f"/rules/{number}", **sent) for _ in "ab")
        assert asked.headers["Location"] == again.headers["Location"]
        job = int(asked.headers["Location"].rpartition("=")[2])
        told = said(bank.get("xu", f"/rules/{number}"))
        assert f"等待 任务 {job} · 提交人 xu" in told

        work_off(bank)
        answer = asking.job(bank.home, job).answer
        assert answer is not None
        overall = answer["overall"]
        assert overall["moves"]["refer>decline"] == 3
        told = said(bank.get("xu", f"/rules/{number}"))
        assert "转人工 拒绝 3" in told
        assert f"换入 {overall['swapped_in']} 当时未通过，现可通过" in told
        share, low, high = (f"{one:.2%}" for one in overall["approved_now"])
        assert f"按此版本通过率 {share} {low}–{high}" in told
        numbers = ", ".join(map(str, answer["changed"]))
        assert numbers in told

    def test_moves_limits(self, bank: Bank) -> None:
        number = drafted(bank)
        limits = "small.amount=400000\r\n\r\n"
        asked = bank.post("xu", f"/rules/{number}", act="back_test", limits=limits)
        page = bank.get("xu", asked.headers["Location"])
        assert "移动的限值 small.amount=400000" in said(page)
        # It is no back-test of the version as it was drafted, nor of another.
        assert "此版本尚未回测" in bank.get("xu", f"/rules/{number}").text
        job = asked.headers["Location"].rpartition("=")[2]
        assert bank.get("xu", "/rules/0", job=job).status_code == 404
        for wrong in ("x", "small.pd=1", "small.amount=much"):
            told = bank.post("xu", f"/rules/{number}", act="back_test", limits=wrong)
            assert told.status_code in {404, 422}, wrong
            assert typed(told, "limits") == wrong


def work_off(bank: Bank) -> None:
    """Do all jobs that wait."""
    worker = Worker(bank.home, handlers_of(lambda _home: lambda _run: None))
    while worker.turn() is not None:
        pass
