"""From the queue to a conclusion: who sees what, who may do what, what is refused."""

import re

import pytest
from tests.surfaces.work.conftest import Bank, Filed

from xiaowei.desk.deciding import seeing
from xiaowei.surfaces.report.texts import catalogue

WHY = "实地核查通过"


def plain(page: str) -> str:
    """Return what a page says, in Chinese."""
    english = re.sub(r'<span lang="en">[^<]*</span>', "", page)
    return re.sub(r"\s+", " ", re.sub(r"<[^>]*>", "", english))


def acts(page: str) -> set[str]:
    """Return the acts that a page has forms for."""
    return set(re.findall(r'name="act" value="(\w+)"', page))


class Case:
    """One application, as its page has it for somebody."""

    def __init__(self, bank: Bank, number: int) -> None:
        """Take its number."""
        self.bank, self.path = bank, f"/applications/{number}"
        self.number = number

    def page(self, login: str, **params: str) -> str:
        answer = self.bank.get(login, self.path, **params)
        assert answer.status_code == 200, answer.text
        return answer.text

    def does(self, login: str, act: str, **fields: str) -> str:
        """Do something that is taken, and return the page that it leads to."""
        answer = self.bank.post(login, self.path, act=act, **fields)
        assert answer.status_code == 303, plain(answer.text)
        return self.bank.get(login, answer.headers["Location"]).text

    def refused(self, login: str, act: str, **fields: str) -> tuple[int, str]:
        """Do something that is refused, and return what is said; nothing was done."""
        before = seeing.application(self.bank.home, self.number)
        answer = self.bank.post(login, self.path, act=act, **fields)
        assert seeing.application(self.bank.home, self.number) == before
        return answer.status_code, plain(answer.text)

    @property
    def state(self) -> str:
        return str(seeing.application(self.bank.home, self.number)["state"])


@pytest.fixture
def case(bank: Bank, filed: Filed) -> Case:
    """Return an application that was referred."""
    made = Case(bank, filed())
    assert made.state == "referred"
    return made


class TestQueue:
    def test_shows_why_how_much_and_how_long(self, bank: Bank, case: Case) -> None:
        page = bank.get("wang", "/referrals").text

        assert f'href="/applications/{case.number}"' in page
        for said in ("转人工", "20.00", "剩 2 天", "已受理 0 分钟", "受理人 P1"):
            assert said in plain(page), said

    def test_leads_to_a_conclusion_in_three_clicks(
        self, bank: Bank, case: Case
    ) -> None:
        page = bank.get("wang", "/referrals").text
        row = page[page.index(f'action="/applications/{case.number}"') :]
        assert 'name="act" value="claim"' in row[:200]

        claimed = case.does("wang", "claim")
        assert "conclusion" in acts(claimed)
        done = case.does("wang", "conclusion", outcome="approve", why=WHY)

        assert "审批结论已登记" in done
        assert case.state == "approved"
        # The maker sees what came of it, and the letter to the customer.
        seen = plain(case.page("li.na"))
        assert "批准 20.00 万元" in seen
        assert WHY in seen
        assert "人工审批通过：200,000.00 元" in seen

    def test_holds_what_is_in_reach_alone(self, bank: Bank, case: Case) -> None:
        for login, sees in (("wang", True), ("he.mei", True), ("sun", False)):
            page = bank.get(login, "/referrals").text
            assert (f'/applications/{case.number}"' in page) is sees, login
        for login in ("li.na", "audit", "boss"):
            answer = bank.get(login, "/referrals")
            assert answer.status_code == 403
            assert "您的角色无权办理此事" in answer.text

    def test_keeps_filter_and_search_in_its_address(
        self, bank: Bank, case: Case
    ) -> None:
        path = f'href="/applications/{case.number}"'
        case.does("wang", "claim")
        firm = seeing.application(bank.home, case.number)["enterprise_id"]
        for params, sees in (
            ({"hands": "mine"}, True),
            ({"hands": "free"}, False),
            ({"q": firm}, True),
            ({"q": str(case.number)}, True),
            ({"q": "火星"}, False),
        ):
            page = bank.get("wang", "/referrals", **params).text
            assert (path in page) is sees, params
        assert f'value="{firm}"' in bank.get("wang", "/referrals", q=firm).text
        assert path not in bank.get("qian", "/referrals", hands="mine").text
        assert path in bank.get("qian", "/referrals", hands="others").text

    @pytest.mark.parametrize("params", [{"hands": "x"}, {"page": "0"}, {"page": "x"}])
    def test_says_which_filters_there_are_not(
        self, bank: Bank, params: dict[str, str]
    ) -> None:
        answer = bank.get("wang", "/referrals", **params)
        assert answer.status_code == 422
        assert "没有这样的筛选条件或页码" in answer.text

    def test_says_when_nothing_waits(self, bank: Bank) -> None:
        assert "没有等待审批的申请" in bank.get("sun", "/referrals").text


class TestFourEyes:
    def test_are_said_to_the_maker_and_kept(self, bank: Bank, filed: Filed) -> None:
        mine = Case(bank, filed("he.mei"))
        page = mine.page("he.mei")

        assert "claim" not in acts(page)
        assert "受理与审批须为两人" in page
        assert "two persons are due" in page
        assert "您受理的，须由他人审批" in bank.get("he.mei", "/referrals").text
        status, said = mine.refused("he.mei", "claim")
        assert (status, "受理与审批须为两人" in said) == (409, True)
        status, said = mine.refused("he.mei", "conclusion", outcome="approve", why=WHY)
        assert status == 409
        mine.does("wang", "claim")
        status, said = mine.refused("he.mei", "conclusion", outcome="approve", why=WHY)
        assert (status, "已由他人认领" in said) == (409, True)


class TestActs:
    def test_stand_open_to_those_who_may(self, case: Case) -> None:
        assert acts(case.page("li.na")) == set()
        assert acts(case.page("audit")) == set()
        assert acts(case.page("wang")) == {"claim"}
        case.does("wang", "claim")
        held = {"conclusion", "return", "release"}
        assert acts(case.page("wang")) == held
        assert acts(case.page("qian")) == set()
        assert "P3 已认领" in plain(case.page("qian"))

    def test_go_back_and_forth_with_their_reasons(self, case: Case) -> None:
        case.does("wang", "claim")
        case.does("wang", "return", why="请补充订单合同")
        assert case.state == "returned"
        assert acts(case.page("wang")) == set()
        page = case.page("li.na")
        assert acts(page) == {"resubmission"}
        assert "请补充订单合同" in page

        case.does("li.na", "resubmission", why="合同已补充")
        case.does("wang", "claim")
        case.does("wang", "release", why="超出权限")
        assert case.state == "referred"
        case.does("qian", "claim")
        case.does("qian", "conclusion", outcome="decline", why="订单不足", amount="x")
        assert case.state == "declined"
        seen = plain(case.page("li.na"))
        order = [
            seen.index(one) for one in ("请补充订单合同", "合同已补充", "超出权限")
        ]
        assert order == sorted(order)
        assert acts(case.page("li.na")) == set()

    def test_ask_for_a_review_of_what_no_person_declined(
        self, bank: Bank, filed: Filed
    ) -> None:
        declined = Case(bank, filed(agreed=False))
        assert declined.state == "declined"
        assert acts(declined.page("li.na")) == {"review"}
        assert acts(declined.page("wang")) == set()

        declined.does("li.na", "review", why="客户要求复核")
        assert "客户要求人工复核" in bank.get("wang", "/referrals").text
        declined.does("wang", "claim")
        declined.does("wang", "conclusion", outcome="decline", why="维持原结论")
        status, said = declined.refused("li.na", "review", why="再次要求")
        assert (status, "已由人工审批" in said) == (409, True)

    def test_keep_what_was_written_where_they_are_refused(self, case: Case) -> None:
        case.does("wang", "claim")
        fields = {
            "act": "conclusion",
            "outcome": "approve",
            "why": "x<b>",
            "amount": "9e9",
        }
        answer = case.bank.post("wang", case.path, **fields)

        assert answer.status_code == 422
        assert 'value="9e9"' in answer.text
        assert "x&lt;b&gt;</textarea>" in answer.text
        assert 'value="approve" required checked' in answer.text
        assert "请填写大于 0" in answer.text

    @pytest.mark.parametrize(
        ("fields", "status", "said"),
        [
            ({"why": WHY}, 422, "请选择批准或拒绝"),
            ({"outcome": "approve", "why": " "}, 422, "请写明理由"),
            ({"outcome": "approve", "why": WHY, "amount": "0"}, 422, "请填写大于 0"),
            (
                {"outcome": "approve", "why": WHY, "amount": "200001"},
                422,
                "超过申请金额",
            ),
        ],
    )
    def test_say_what_a_conclusion_lacks(
        self, case: Case, fields: dict[str, str], status: int, said: str
    ) -> None:
        case.does("wang", "claim")
        told, page = case.refused("wang", "conclusion", **fields)
        assert told == status
        assert said in page

    def test_say_how_far_authority_reaches(self, bank: Bank, filed: Filed) -> None:
        large = Case(bank, filed(amount="1000000.01"))
        large.does("wang", "claim")
        assert "您的审批权限为 100.00 万元" in plain(large.page("wang"))
        status, said = large.refused("wang", "conclusion", outcome="approve", why=WHY)
        assert (status, "超出您的审批权限" in said) == (403, True)
        large.does("wang", "conclusion", outcome="approve", why=WHY, amount="1,000,000")

    def test_come_too_late_where_another_was_faster(self, case: Case) -> None:
        case.does("wang", "claim")
        for login, act in (("qian", "claim"), ("wang", "claim")):
            status, said = case.refused(login, act)
            assert (status, "状态已变" in said) == (409, True)

    def test_of_those_who_may_not_are_refused_in_their_language(
        self, case: Case
    ) -> None:
        answer = case.bank.ask(
            "POST", "li.na", f"{case.path}?lang=en", data={"act": "claim"}
        )
        assert answer.status_code == 403
        assert '<html lang="en"' in answer.text
        assert "None of your roles may do this" in answer.text
        assert case.refused("wang", "sing")[0] == 422

    def test_out_of_reach_are_of_nothing_that_is_there(self, case: Case) -> None:
        for login in ("sun", "zhou"):
            answer = case.bank.get(login, case.path)
            assert answer.status_code == 404
            assert "没有这笔申请" in answer.text
            assert case.refused(login, "claim")[0] == 404
        assert case.bank.get("li.na", "/applications/x").status_code == 404


class TestPage:
    def test_shows_trace_what_is_missing_and_letter(self, case: Case) -> None:
        page = case.page("wang")
        for heading in (
            "decision_why", "what_is_missing", "rule_trace", "letter", "nav_findings",
        ):  # fmt: skip
            assert catalogue()[heading].zh in page, heading
        assert "停业、吊销或注销" in page

    def test_is_put_on_record_as_read(self, case: Case) -> None:
        before = case.bank.rows()
        case.page("audit")
        entry = case.bank.home.journal.entry(before + 1)
        assert entry is not None
        assert entry.body["what"] == f"application {case.number}"
