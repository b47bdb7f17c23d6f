"""The page of who stands behind an enterprise: masked, and in full for a reason."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any, Final

import httpx
import pytest
from tests.surfaces.furnished import DAY, PASSWORD, PERSON, PERSON_ID
from tests.surfaces.work.conftest import Bank, Filed

from xiaowei.desk import clock
from xiaowei.desk.deciding import seeing
from xiaowei.records.access.reads import READ
from xiaowei.records.access.secrets import SESSIONS
from xiaowei.records.moments import seconds

MASK: Final = "110***********1234"
WHY: Final = "贷前核实法定代表人"
OFFICER: Final = "wang"


def given(bank: Bank, *, minutes_ago: int) -> None:
    """Let everybody's password have been given so long ago."""
    at = seconds(clock.moment() - timedelta(minutes=minutes_ago))
    with bank.home.journal.store.writing() as connection:
        connection.execute(SESSIONS.update().values(fresh_at=at))


@pytest.fixture
def firm(bank: Bank, filed: Filed) -> Iterator[str]:
    """A firm that applied; everybody has just given his password."""
    given(bank, minutes_ago=0)
    yield str(seeing.application(bank.home, filed())["enterprise_id"])
    given(bank, minutes_ago=0)


def asked(bank: Bank, firm: str, login: str = OFFICER, **more: str) -> httpx.Response:
    form = {"which": "id_number:1", "seen-id_number:1": MASK, "why": WHY} | more
    return bank.post(login, f"/people/{firm}", **form)


def reads(bank: Bank) -> list[dict[str, Any]]:
    return [one.body for one in bank.home.journal.entries(READ)]


class TestPage:
    def test_masks_whoever_stands_behind_a_firm(self, bank: Bank, firm: str) -> None:
        page = bank.get(OFFICER, f"/people/{firm}")
        assert page.status_code == 200
        assert "张*" in page.text
        assert MASK in page.text
        assert "法定代表人" in page.text
        assert PERSON_ID not in page.text
        assert PERSON not in page.text
        assert reads(bank)[-1]["what"] == f"people behind it on {DAY}, masked"

    def test_is_led_to_from_the_firm(self, bank: Bank, firm: str) -> None:
        assert f'href="/people/{firm}"' in bank.get(OFFICER, f"/firms/{firm}").text

    def test_is_closed_to_whoever_looks_after_others(
        self, bank: Bank, firm: str
    ) -> None:
        page = bank.get("zhou", f"/people/{firm}")
        assert page.status_code == 404
        assert "不在您的数据范围内" in page.text
        assert asked(bank, firm, "zhou").status_code == 404


class TestValue:
    def test_is_shown_once_for_a_reason_on_record(self, bank: Bank, firm: str) -> None:
        page = asked(bank, firm)
        assert page.status_code == 200
        assert page.text.count(PERSON_ID) == 1
        assert page.headers["cache-control"] == "no-store"
        last = reads(bank)[-1]
        assert (last["by"]["login"], last["why"]) == (OFFICER, WHY)
        assert PERSON_ID not in str(reads(bank))
        assert PERSON_ID not in bank.get(OFFICER, f"/people/{firm}").text

    def test_asks_for_a_password_that_comes_with_the_form(
        self, bank: Bank, firm: str
    ) -> None:
        given(bank, minutes_ago=60)
        assert 'name="password"' in bank.get(OFFICER, f"/people/{firm}").text
        for wrong in ({}, {"password": "not this one"}):
            page = asked(bank, firm, **wrong)
            assert page.status_code >= 400
            assert PERSON_ID not in page.text
            # What was written stays, but for the password.
            assert WHY in page.text
            assert "not this one" not in page.text
        page = asked(bank, firm, password=PASSWORD)
        assert page.status_code == 200
        assert PERSON_ID in page.text
        # The session goes on under another token.
        bank.tokens[OFFICER] = page.cookies["xiaowei"]

    @pytest.mark.parametrize(
        ("sent", "status", "told"),
        [
            ({"why": ""}, 422, "请写明理由"),
            ({"why": "是"}, 422, "请写明理由"),
            ({"why": "核实"}, 422, "4 至 500 个字符"),
            ({"which": "salary:1"}, 422, "请选择列表中的一项"),
            ({"which": "name:1"}, 422, "请选择列表中的一项"),
            ({"which": "name:1", "seen-name:1": "张*"}, 409, "名单在您打开之后已变"),
            ({"which": "phone:", "seen-phone:": "138****5678"}, 404, "没有这一项"),
            ({"seen-id_number:1": "110***********9999"}, 409, "名单在您打开之后已变"),
        ],
    )
    def test_is_not_shown_otherwise(
        self, bank: Bank, firm: str, sent: dict[str, str], status: int, told: str
    ) -> None:
        before = [one for one in reads(bank) if one["operation"] == "pii.unmask"]
        page = asked(bank, firm, **sent)
        assert page.status_code == status
        assert told in page.text
        assert PERSON_ID not in page.text
        after = [one for one in reads(bank) if one["operation"] == "pii.unmask"]
        assert after == before
