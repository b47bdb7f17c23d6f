"""Accounts and access on the pages: who is let in, changed, and seen to."""

import re
from dataclasses import dataclass
from itertools import count

import pytest
from tests.surfaces.furnished import PASSWORD
from tests.surfaces.work.conftest import Bank
from tests.surfaces.work.test_filing import described
from tests.surfaces.work.test_referrals import plain

from xiaowei.desk import clock
from xiaowei.desk.access.house import house_of
from xiaowei.desk.access.review import account_at
from xiaowei.desk.access.signing import WrongPasswordError, sign_in
from xiaowei.records.access.secrets import SESSIONS
from xiaowei.records.access.users import NoAccountError
from xiaowei.surfaces.web.staff import letting_in

ADD = "/add-account"
OTHER = "four words about nothing else"
WHY = "离职"
_LOGINS = count(1)


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who was let in by the page."""

    bank: Bank
    login: str
    token: str

    @property
    def path(self) -> str:
        return f"/accounts/{self.login}"

    def told(self) -> dict[str, object]:
        house = house_of(self.bank.home)
        return account_at(house, self.login, at=clock.moment())

    def does(self, act: str, **fields: str) -> str:
        """Do something that is taken, and return the page that it leads to."""
        answer = self.bank.post("boss", self.path, act=act, **fields)
        if answer.status_code == 200:
            return answer.text
        assert answer.status_code == 303, plain(answer.text)
        return self.bank.get("boss", answer.headers["Location"]).text

    def refused(self, act: str, login: str = "boss", **fields: str) -> tuple[int, str]:
        before = self.told()
        answer = self.bank.post(login, self.path, act=act, **fields)
        assert self.told() == before
        return answer.status_code, answer.text


def fields(login: str, **stated: str) -> dict[str, str]:
    return {
        "login": login, "person": login.replace(".", "").upper(), "name": "赵敏",
        "branch": "B1", "region": "", "role": "relationship_manager", "reach": "",
        **stated,
    }  # fmt: skip


def token_in(page: str) -> str:
    found = re.search(r'<code class="id" id="token">([\w-]{40,})</code>', page)
    assert found, plain(page)
    return found[1]


def activated(bank: Bank, token: str, password: str = PASSWORD) -> int:
    sent = {"token": token, "new": password, "again": password}
    return bank.post("", "/activate", **sent).status_code


def signs_in(bank: Bank, login: str, password: str = PASSWORD) -> str:
    house = house_of(bank.home)
    return sign_in(house, login, password, at=clock.moment(), address="here")


def grow_stale(bank: Bank, login: str = "boss") -> None:
    """Let somebody's password have been given long ago."""
    mine = SESSIONS.c.login == login
    with bank.home.journal.store.writing() as connection:
        connection.execute(SESSIONS.update().where(mine).values(fresh_at=0))


@pytest.fixture(autouse=True)
def at_work(bank: Bank) -> None:
    """Let the administrator have given his password just now."""
    bank.tokens["boss"] = signs_in(bank, "boss")


@pytest.fixture
def person(bank: Bank) -> Person:
    login = f"zhao.{next(_LOGINS)}"
    answer = bank.post("boss", ADD, **fields(login))
    assert answer.status_code == 200, plain(answer.text)
    return Person(bank, login, token_in(answer.text))


class TestAdding:
    def test_shows_a_token_once_that_sets_a_password(
        self, bank: Bank, person: Person
    ) -> None:
        assert person.told()["roles"] == {"relationship_manager": "own"}
        for path in ("/accounts", person.path, "/access"):
            assert person.token not in bank.get("boss", path).text
        assert "未设密码" in plain(bank.get("boss", person.path).text)

        assert activated(bank, person.token) == 303
        bank.tokens[person.login] = signs_in(bank, person.login)
        assert bank.get(person.login, "/customers").status_code == 200
        assert activated(bank, person.token) == 401

    def test_says_that_a_role_was_refused_and_keeps_the_token(self, bank: Bank) -> None:
        login = f"zhao.{next(_LOGINS)}"
        page = bank.post("boss", ADD, **fields(login, reach="all")).text
        assert "最远只能授予：本机构" in plain(page)
        assert activated(bank, token_in(page)) == 303
        assert Person(bank, login, "").told()["roles"] == {}

    @pytest.mark.parametrize(
        ("name", "stated", "said"),
        [
            ("login", "", "请填写账户名"),
            ("person", "", "请填写工号"),
            ("name", "", "请填写姓名"),
            ("branch", "B" * 101, "最多 100 个字符"),
            ("role", "king", "请从列表中选择"),
            ("reach", "moon", "请从列表中选择"),
        ],
    )
    def test_says_beside_the_field_what_it_takes(
        self, bank: Bank, name: str, stated: str, said: str
    ) -> None:
        before = bank.rows()
        answer = bank.post("boss", ADD, **fields("zhao.bad") | {name: stated})
        assert answer.status_code == 422
        assert said in described(answer.text, name)
        assert bank.rows() == before

    def test_says_what_is_wrong_with_a_name(self, bank: Bank) -> None:
        for stated, said in (
            ({"login": "9"}, "账户名不合格式"),
            ({"person": "张"}, "工号不合格式"),
            ({"login": "li.na"}, "已有（或曾有）同名账户"),
        ):
            answer = bank.post("boss", ADD, **fields("zhao.bad") | stated)
            assert answer.status_code in {409, 422}
            assert said in answer.text
            assert 'value="赵敏"' in answer.text

    @pytest.mark.parametrize("role", ["", "it_operator"])
    def test_is_of_another_than_oneself(self, bank: Bank, role: str) -> None:
        grow_stale(bank)
        before, own = bank.rows(), fields("boss.two", person="e0", role=role)
        answer = bank.post("boss", ADD, **own, password=PASSWORD)
        assert answer.status_code == 403
        assert "工号 E0 是您本人" in answer.text
        assert 'value="boss.two"' in answer.text
        # The password was taken, so that is on record; the account is not.
        assert bank.rows() == before + 1
        assert bank.get("boss", "/accounts/boss.two").status_code == 303
        bank.tokens["boss"] = answer.cookies["xiaowei"]
        assert bank.get("boss", "/accounts/boss.two").status_code == 404

    def test_writes_nothing_that_it_could_not_answer(self, bank: Bank) -> None:
        grow_stale(bank)
        before, sent = bank.rows(), fields("zhao.fr") | {"password": PASSWORD}
        for path in (ADD, "/accounts/li.na", "/apply", "/webhooks", "/people/E1"):
            answer = bank.ask("POST", "boss", f"{path}?lang=fr", data=sent)
            assert answer.status_code == 422, path
            assert "xiaowei" not in answer.cookies
        assert bank.rows() == before
        assert bank.get("boss", ADD).status_code == 200


class TestChanging:
    def test_gives_widens_and_takes_roles(self, person: Person) -> None:
        page = person.does("give", role="relationship_manager", reach="branch")
        assert "角色已授予" in page
        assert person.told()["roles"] == {"relationship_manager": "branch"}
        person.does("give", role="credit_officer")
        person.does("take", role="relationship_manager")
        assert person.told()["roles"] == {"credit_officer": "branch"}

    def test_says_why_a_role_does_not_go(self, person: Person) -> None:
        for role, reach, status, said in (
            ("relationship_manager", "all", 422, "最远只能授予：本机构"),
            ("credit_officer", "region", 422, "范围是本区域，而账户没有登记"),
            ("auditor", "", 422, "不得由同一员工兼任"),
            ("king", "", 422, "请从列表中选择"),
        ):
            told = person.refused("give", role=role, reach=reach)
            assert told[0] == status
            assert said in plain(told[1])
        told = person.refused("take", role="auditor")
        assert "账户没有角色“审计人员”" in plain(told[1])
        assert person.refused("burn")[0] == 422

    def test_changes_what_is_known_of_the_person(self, person: Person) -> None:
        person.does("change", name="赵敏<b>", branch="B9", region="R9")
        told = person.told()
        assert (told["name"], told["branch"], told["region"]) == ("赵敏<b>", "B9", "R9")
        assert told["person"] == person.login.replace(".", "").upper()
        page = person.bank.get("boss", person.path).text
        assert "赵敏&lt;b&gt;" in page
        assert "<b>" not in page

    def test_closes_and_opens_again(self, bank: Bank, person: Person) -> None:
        assert activated(bank, person.token) == 303
        bank.tokens[person.login] = signs_in(bank, person.login)
        assert person.refused("disable", why="")[0] == 422
        assert "已停用" in plain(person.does("disable", why=WHY))
        assert bank.home.journal.newest("user_disabled").body["why"] == WHY
        gone = bank.get(person.login, "/customers")
        assert gone.headers["Location"].startswith("/sign-in")
        with pytest.raises(WrongPasswordError):
            signs_in(bank, person.login)

        token = token_in(person.does("renew"))
        assert activated(bank, token, OTHER) == 303
        assert signs_in(bank, person.login, OTHER)

    def test_says_why_a_closed_one_stays_closed(
        self, bank: Bank, person: Person
    ) -> None:
        assert "已停用" in plain(person.does("disable", why=WHY))
        employee = str(person.told()["person"])
        other = fields(f"{person.login}.b", person=employee, role="auditor")
        assert bank.post("boss", ADD, **other).status_code == 200
        status, page = person.refused("renew")
        assert status == 422
        for said in ("仍为停用", "“审计人员”", "“客户经理”"):
            assert said in plain(page), said
        person.does("take", role="relationship_manager")
        assert token_in(person.does("renew"))

    def test_says_how_long_wrong_passwords_make_one_wait(
        self, bank: Bank, person: Person
    ) -> None:
        assert activated(bank, person.token) == 303
        bank.tokens[person.login] = signs_in(bank, person.login)
        wrong = {"password": "x", "new": OTHER, "again": OTHER}
        for _ in range(9):
            answer = bank.post(person.login, "/password", **wrong)
        assert answer.status_code == 429
        assert re.search(r"请于 [1-9]\d* 秒后重试", answer.text)

    def test_says_who_waits_after_wrong_passwords(
        self, bank: Bank, person: Person
    ) -> None:
        assert activated(bank, person.token) == 303
        for _ in range(9):
            bank.post("", "/sign-in", login=person.login, password="wrong")  # noqa: S106
        assert "密码错误过多" in plain(bank.get("boss", person.path).text)
        listed = bank.get("boss", "/accounts", state="locked").text
        assert person.path in listed
        assert '"/accounts/li.na"' not in listed
        assert activated(bank, token_in(person.does("renew")), OTHER) == 303
        assert person.told()["state"] == "open"

    def test_is_never_of_ones_own_account(self, bank: Bank) -> None:
        page = bank.get("boss", "/accounts/boss").text
        assert "须由另一位管理员修改" in page
        assert 'name="act"' not in page
        own = Person(bank, "boss", "")
        for act in ("give", "disable", "renew", "change"):
            sent = {"role": "it_operator", "why": WHY, "name": "x"}
            status, said = own.refused(act, **sent)
            assert status == 403
            assert "您不能修改" in said

    def test_is_for_administrators_alone(self, bank: Bank, person: Person) -> None:
        assert bank.get("audit", person.path).status_code == 200
        assert 'name="act"' not in bank.get("audit", person.path).text
        for login in ("audit", "li.na", "it"):
            assert person.refused("disable", login=login, why=WHY)[0] == 403
            assert bank.get(login, ADD).status_code == 403
            assert bank.post(login, ADD, **fields("zhao.no")).status_code == 403
        for path in ("/accounts", person.path, "/access"):
            assert bank.get("li.na", path).status_code == 403
        assert bank.get("boss", "/accounts/nobody").status_code == 404
        assert bank.post("boss", "/accounts/nobody", act="renew").status_code == 404

    def test_of_another_site_is_refused(self, bank: Bank, person: Person) -> None:
        theirs = {"Sec-Fetch-Site": "cross-site"}
        for path in (person.path, ADD, "/activate", "/password"):
            told = bank.ask("POST", "boss", path, data={"act": "renew"}, headers=theirs)
            assert told.status_code == 403
            assert "来自其他网站" in told.text


class TestProof:
    def test_is_asked_for_first(self, bank: Bank, person: Person) -> None:
        grow_stale(bank)
        page = bank.get("boss", person.path).text
        assert re.findall(r'name="act" value="(\w+)"', page) == ["prove"]
        wrong = person.refused("prove", password="wrong")  # noqa: S106
        assert wrong[0] == 401
        assert "密码不对" in wrong[1]
        answer = bank.post("boss", person.path, act="prove", password=PASSWORD)
        assert answer.status_code == 303
        # The session goes on under another token.
        cookie = answer.cookies["xiaowei"]
        assert cookie != bank.tokens["boss"]
        assert bank.get("boss", person.path).status_code == 303
        bank.tokens["boss"] = cookie
        page = bank.get("boss", person.path).text
        assert {"give", "disable"} <= set(re.findall(r'name="act" value="(\w+)"', page))

    def test_comes_with_a_form_that_it_was_due_for(
        self, bank: Bank, person: Person
    ) -> None:
        grow_stale(bank)
        status, page = person.refused("change", name="赵", branch="B7")
        assert status == 403
        assert 'value="B7"' in page
        assert 'id="again-change"' in page
        sent = {"act": "change", "name": "赵", "branch": "B7", "password": PASSWORD}
        assert bank.post("boss", person.path, **sent).status_code == 303
        assert person.told()["branch"] == "B7"

    @pytest.mark.parametrize("failure", [RuntimeError("x"), NoAccountError("x")])
    def test_holds_whatever_comes_of_the_form(
        self,
        bank: Bank,
        person: Person,
        monkeypatch: pytest.MonkeyPatch,
        failure: Exception,
    ) -> None:
        def fails(*_given: object, **_named: object) -> None:
            raise failure

        grow_stale(bank)
        monkeypatch.setattr(letting_in, "go_on", fails)
        sent = {"act": "prove", "password": PASSWORD}
        answer = bank.post("boss", person.path, **sent)
        assert answer.status_code >= 404
        assert answer.headers.get_list("set-cookie")[1:] == []
        bank.tokens["boss"] = answer.cookies["xiaowei"]
        assert bank.get("boss", person.path).status_code == 200

    def test_leads_to_the_provider_where_there_is_one(
        self, bank: Bank, person: Person, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        grow_stale(bank)
        label = property(lambda _gate: "行内统一登录")
        monkeypatch.setattr("xiaowei.surfaces.web.gate.Gate.sso", label)
        for path in (person.path, ADD):
            page = bank.get("boss", path).text
            assert f'href="/sign-in/oidc?next={path}&amp;again"' in page

    def test_keeps_what_was_written_of_a_new_account(self, bank: Bank) -> None:
        grow_stale(bank)
        login = f"zhao.{next(_LOGINS)}"
        page = bank.get("boss", ADD).text
        assert 'name="password"' in page
        answer = bank.post("boss", ADD, **fields(login))
        assert answer.status_code == 403
        assert f'value="{login}"' in answer.text
        answer = bank.post("boss", ADD, **fields(login), password=PASSWORD)
        assert answer.status_code == 200
        assert PASSWORD not in answer.text
        assert token_in(answer.text)


class TestPassword:
    def test_is_set_by_its_owner_who_signs_in_anew(
        self, bank: Bank, person: Person
    ) -> None:
        assert activated(bank, person.token, " with a space before ") == 303
        bank.tokens[person.login] = signs_in(
            bank, person.login, " with a space before "
        )
        sent = {"password": " with a space before ", "new": OTHER, "again": OTHER}
        answer = bank.post(person.login, "/password", **sent)
        assert answer.status_code == 303
        assert "密码已设置" in bank.get("", answer.headers["Location"]).text
        assert bank.get(person.login, "/password").status_code == 303
        assert signs_in(bank, person.login, OTHER)

    def test_says_why_it_was_not_set(self, bank: Bank, person: Person) -> None:
        right = {"token": person.token, "new": PASSWORD, "again": PASSWORD}
        for stated, status, name, said in (
            ({"new": ""}, 422, "new", "请填写密码"),
            ({"again": "x"}, 422, "again", "两次输入的新密码不同"),
            ({"token": ""}, 422, "token", "请填写令牌"),
            ({"token": "x"}, 401, "", "令牌无效"),
            ({"new": "password1234"}, 422, "", "太容易被猜中"),
            ({"new": "short"}, 422, "", "密码少于 12 个字符"),
            ({"new": "x" * 129}, 422, "", "密码超过 128 个字符"),
            ({"new": f"mine is {person.login}!"}, 422, "", "密码含有姓名、账户名"),
        ):
            stated.setdefault("again", stated.get("new") or PASSWORD)
            answer = bank.post("", "/activate", **right | stated)
            assert answer.status_code == status, stated
            assert said in (described(answer.text, name) if name else answer.text)
            assert person.token not in answer.text
            assert PASSWORD not in answer.text
            assert "12 至 128 个字符，不含姓名或账户名" in answer.text
            # A browser would cut a paste without a word.
            assert 'maxlength="128"' not in answer.text
        wrong = {"password": "x", "new": OTHER, "again": OTHER}
        answer = bank.post("wang", "/password", **wrong)
        assert answer.status_code == 401
        assert "密码不对" in answer.text


class TestReview:
    def test_says_who_may_do_what(self, bank: Bank, person: Person) -> None:
        page = plain(bank.get("audit", "/access").text)
        assert re.search(rf"{person.login} 赵敏 · 未设密码", page)
        for said in ("可办", "没有生效或将生效的委托", "各角色可以做什么"):
            assert said in page, said
        asked = bank.get("audit", "/access", operation="users.change").text
        found = set(re.findall(r'<th scope="row"><a href="/accounts/([^"?]+)"', asked))
        assert found == {"boss"}
        assert bank.get("audit", "/access", operation="fly").status_code == 422

    def test_comes_in_pages_and_is_looked_through(
        self, bank: Bank, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        for path, module in (("/access", "review"), ("/accounts", "accounts")):
            name = f"xiaowei.surfaces.web.staff.{module}.PAGE_ROWS"
            monkeypatch.setattr(name, 2)
            first = bank.get("audit", path).text
            assert f'rel="next" href="{path}?page=2"' in first
            one = bank.get("audit", path, q="LI.NA").text
            table = one[one.index("<tbody>") : one.index("</tbody>")]
            assert table.count("<tr>") == 1
            assert "/accounts/li.na" in table
