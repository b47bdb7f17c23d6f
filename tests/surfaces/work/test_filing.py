"""The form to apply: what it takes, what it says of a field, what counts once."""

import re

import pytest
from tests.surfaces.work.conftest import Bank, Filed, form, number_in


def described(page: str, name: str) -> str:
    """Return what is said beside a field."""
    field = re.search(rf'<(?:input|select|textarea)[^>]*name="{name}"[^>]*>', page)
    assert field, name
    assert 'aria-invalid="true"' in field[0], field[0]
    where = re.search(r'aria-describedby="(?:\S+ )?([^" ]+)"', field[0])
    assert where, field[0]
    said = re.search(rf'<p class="fault" id="{where[1]}">(.*?)</p>', page)
    assert said, where[1]
    return said[1]


class TestForm:
    def test_leads_to_the_application_with_its_outcome(self, bank: Bank) -> None:
        firm = bank.firm()
        answer = bank.post("li.na", "/apply", **form(firm))
        page = bank.get("li.na", answer.headers["Location"]).text

        assert "申请已登记" in page
        assert "case-referred" in page
        assert "转人工" in page

    def test_names_the_firm_that_it_was_opened_from(self, bank: Bank) -> None:
        page = bank.get("li.na", "/apply", enterprise="E7").text
        assert re.search(r'name="enterprise_id"[^>]*value="E7"', page)
        # Whom he has not applied for he is not told the name of.
        assert "精密" not in page

    @pytest.mark.parametrize(
        ("name", "stated", "said"),
        [
            ("amount", "", "请填写大于 0"),
            ("amount", "0", "请填写大于 0"),
            ("amount", "-5", "请填写大于 0"),
            ("amount", "two", "请填写大于 0"),
            ("amount", "20万", "请填写大于 0"),
            ("amount", "10000000000.01", "请填写大于 0"),
            ("months", "", "1 至 360"),
            ("months", "0", "1 至 360"),
            ("months", "361", "1 至 360"),
            ("months", "1.5", "1 至 360"),
            ("enterprise_id", "", "请填写企业编号"),
            ("enterprise_id", "E" * 101, "请填写企业编号"),
            ("purpose", "holiday", "请从列表中选择用途"),
            ("product", "P" * 101, "请从列表中选择产品"),
        ],
    )
    def test_says_beside_the_field_what_it_takes(
        self, bank: Bank, name: str, stated: str, said: str
    ) -> None:
        before = bank.rows()
        answer = bank.post("li.na", "/apply", **form("E1", **{name: stated}))

        assert answer.status_code == 422
        assert said in described(answer.text, name)
        assert bank.rows() == before

    def test_keeps_what_was_written_and_its_key(self, bank: Bank) -> None:
        sent = form("E1", amount='"><script>', months="x", key="mine")
        page = bank.post("li.na", "/apply?lang=en", **sent).text

        assert "<script>" not in page
        assert 'value="mine"' in page
        assert 'value="x"' in page
        assert "Write a whole number of months" in page

    def test_bears_another_key_each_time(self, bank: Bank) -> None:
        keys = {
            re.findall(r'name="key" value="(\w+)"', bank.get("li.na", "/apply").text)[0]
            for _ in range(3)
        }
        assert len(keys) == 3

    def test_sent_twice_counts_once(self, bank: Bank) -> None:
        sent = form(bank.firm())
        first = number_in(bank.post("li.na", "/apply", **sent))
        before = bank.rows()

        assert number_in(bank.post("li.na", "/apply", **sent)) == first
        assert bank.rows() == before

    def test_sent_again_with_something_else_says_so(self, bank: Bank) -> None:
        sent = form(bank.firm())
        number_in(bank.post("li.na", "/apply", **sent))
        answer = bank.post("li.na", "/apply", **{**sent, "amount": "1"})

        assert answer.status_code == 422
        assert "这份表单已提交过" in answer.text
        assert f'value="{sent["key"]}"' not in answer.text

    def test_without_a_key_is_not_taken(self, bank: Bank) -> None:
        answer = bank.post("li.na", "/apply", **form("E1", key=""))
        assert answer.status_code == 422
        assert "表单已失效" in answer.text

    def test_says_whose_customer_it_is_not(self, bank: Bank, filed: Filed) -> None:
        filed("zhou")
        answer = bank.post("li.na", "/apply", **form(f"E{bank.used[-1]}"))
        assert answer.status_code == 403
        assert "他人的客户" in answer.text

    def test_of_whom_nothing_is_known_waits_and_says_why(self, bank: Bank) -> None:
        answer = bank.post("li.na", "/apply", **form("NOBODY"))
        page = bank.get("li.na", answer.headers["Location"]).text
        number = number_in(answer)

        assert "一无所知" in page
        assert "立即决策" in page
        again = bank.post("li.na", f"/applications/{number}", act="decision")
        assert again.status_code == 404
        assert "一无所知" in again.text

    def test_holds_what_is_not_to_be_decided_yet(self, bank: Bank) -> None:
        sent = form(bank.firm(), hold="yes")
        number = number_in(bank.post("li.na", "/apply", **sent))
        path = f"/applications/{number}"
        assert "尚未决策" in bank.get("li.na", path).text

        assert bank.post("li.na", path, act="decision").status_code == 303
        assert "case-referred" in bank.get("li.na", path).text
        assert bank.post("li.na", path, act="decision").status_code == 409

    def test_is_for_those_who_submit_alone(self, bank: Bank) -> None:
        for login in ("wang", "audit", "boss"):
            assert bank.get(login, "/apply").status_code == 403
            assert bank.post(login, "/apply", **form("E1")).status_code == 403
        assert bank.get("", "/apply").headers["Location"] == "/sign-in?next=/apply"

    def test_of_another_site_or_too_large_is_not_read(self, bank: Bank) -> None:
        before = bank.rows()
        for headers, status in (
            ({"Sec-Fetch-Site": "cross-site"}, 403),
            ({"Origin": "https://evil.example"}, 403),
            ({"Sec-Fetch-Site": "same-origin", "Origin": "null"}, 422),
        ):
            told = bank.ask("POST", "li.na", "/apply", data={}, headers=headers)
            assert told.status_code == status, headers
        theirs = {"Sec-Fetch-Site": "same-site"}
        claim = {"act": "claim"}
        told = bank.ask("POST", "wang", "/applications/1", data=claim, headers=theirs)
        assert told.status_code == 403
        assert "来自其他网站" in told.text
        large = bank.post("li.na", "/apply", **form("E1", product="x" * 40_000))
        assert large.status_code == 413
        assert "表单内容过多" in large.text
        assert bank.rows() == before
