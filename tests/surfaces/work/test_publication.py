"""A draft is published on its page: looked over first, by a second person."""

from datetime import timedelta

import pytest
from tests.surfaces.furnished import FAR
from tests.surfaces.work.conftest import Bank
from tests.surfaces.work.test_ruling import (
    CASES,
    WHY,
    drafted,
    field,
    led_to,
    run_on,
    said,
)

from xiaowei.desk import clock
from xiaowei.desk.ruling import versions


@pytest.fixture
def draft(bank: Bank) -> int:
    """Return a draft whose test cases pass."""
    number = drafted(bank)
    run_on(bank, number)
    return number


def seen(bank: Bank, number: int, *, by: str = "gao") -> dict[str, str]:
    """Return the fields of the form, as whoever looks it over sends them."""
    page = bank.get(by, f"/rules/{number}/publication")
    return {
        "act": "publish",
        "why": WHY,
        **{name: field(page, name) for name in ("mark", "beside")},
    }


class TestPublication:
    def test_shows_first_what_is_published(self, bank: Bank, draft: int) -> None:
        page = said(bank.get("gao", f"/rules/{draft}/publication"))
        parts = (
            f"首日 {FAR}",
            f"对比 {FAR} 现行的版本： 规则 0",
            "2. 证明",
            "个问题全部证毕",
            "at the limit 符合",
            "此版本尚未回测",
            f"以上内容自 {FAR} 起生效",
        )
        at = [page.index(one) for one in parts]
        assert at == sorted(at)

    def test_is_by_a_second_person(self, bank: Bank, draft: int) -> None:
        own = bank.get("xu", f"/rules/{draft}/publication")
        assert "起草与发布须为两人" in said(own)
        assert 'value="publish"' not in own.text
        before = bank.rows()
        # Nor by a form that was made elsewhere.
        sent = seen(bank, draft)
        told = bank.post("xu", f"/rules/{draft}/publication", **sent)
        assert told.status_code == 409
        assert "起草与发布须为两人" in said(told)
        assert bank.rows() == before

        led_to(bank.post("gao", f"/rules/{draft}/publication", **sent))
        row = versions.version(bank.home, draft)
        assert (row["state"], row["published_by"]) == ("published", "P21")
        page = said(bank.get("audit", f"/rules/{draft}"))
        assert WHY in page
        assert "2025-07-01 由此版本决定： 规则 0" in page
        again = bank.post("gao", f"/rules/{draft}/publication", **sent)
        assert again.status_code in {409, 412}

    def test_takes_a_reason(self, bank: Bank, draft: int) -> None:
        sent = {**seen(bank, draft), "why": " "}
        told = bank.post("gao", f"/rules/{draft}/publication", **sent)
        assert told.status_code == 422
        assert 'id="why-publish-fault"' in told.text

    def test_takes_test_cases_that_pass(self, bank: Bank) -> None:
        number = drafted(bank)
        page = said(bank.get("gao", f"/rules/{number}/publication"))
        assert "此草案没有测试案例" in page
        run_on(bank, number, CASES.replace("approve", "decline"))
        page = said(bank.get("gao", f"/rules/{number}/publication"))
        assert "有 1 个测试案例的结果与应有结果不符" in page

    def test_is_of_what_was_looked_at(self, bank: Bank, draft: int) -> None:
        sent = seen(bank, draft)
        run_on(bank, draft, CASES.replace("at the limit", "another"))
        told = bank.post("gao", f"/rules/{draft}/publication", **sent)
        assert told.status_code == 412
        assert "内容或现行版本已变" in said(told)
        assert versions.version(bank.home, draft)["state"] == "draft"

    def test_is_beside_what_it_was_compared_with(self, bank: Bank, draft: int) -> None:
        sent = seen(bank, draft)
        other = drafted(bank, since=clock.today().isoformat())
        run_on(bank, other)
        led_to(bank.post("gao", f"/rules/{other}/publication", **seen(bank, other)))
        told = bank.post("gao", f"/rules/{draft}/publication", **sent)
        assert told.status_code == 412
        fresh = seen(bank, draft)
        assert fresh["beside"] == str(other)
        led_to(bank.post("gao", f"/rules/{draft}/publication", **fresh))

    def test_decides_from_its_first_day_on(self, bank: Bank) -> None:
        today = clock.today()
        number = drafted(bank, since=today.isoformat())
        run_on(bank, number)
        led_to(bank.post("gao", f"/rules/{number}/publication", **seen(bank, number)))
        assert versions.in_force(bank.home, on=today) == number
        assert versions.in_force(bank.home, on=today - timedelta(days=1)) != number
