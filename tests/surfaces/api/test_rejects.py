"""Rows set aside are told to whoever sees the whole bank, or handed the file in."""

import csv
import io
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import httpx
import pytest
from tests.desk.jobs.invoices import invoices
from tests.surfaces.bank import ACCOUNTS, Account, Bank, served
from tests.surfaces.furnished import REJECTED
from tests.surfaces.routes import PATH

from xiaowei.desk.jobs.handlers import TAKE, take_upload
from xiaowei.desk.jobs.working import Worker

OWN: Final = [one for one in ACCOUNTS if one.role == "relationship_manager"]
CLERK: Final = next(one for one in OWN if one.reach == "own")
WHOLE: Final = next(
    one for one in ACCOUNTS if (one.role, one.reach) == ("risk_modeller", "all")
)
LESS: Final = next(
    one for one in ACCOUNTS if (one.role, one.reach) == ("risk_modeller", "own")
)
BAD: Final = b"E1,9001,2025-03-04,B1,=1+1,13.00,113.00,\xe6\x9c\x89\xe6\x95\x88\n"


@pytest.fixture(scope="module")
def bank(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bank]:
    root = tmp_path_factory.mktemp("rejects") / "home"
    with served(f"sqlite:///{root}.sqlite", root) as bank:
        yield bank


@pytest.fixture(scope="module")
def mine(bank: Bank) -> str:
    """The list of a file that the clerk handed in, with two bad rows."""
    content = invoices(7) + BAD + BAD
    token = bank.tokens[CLERK.login]
    path = f"{PATH}/uploads/sales_invoices-7.csv"
    assert bank.ask("PUT", path, token, content=content).status_code == 202
    done = Worker(bank.home, {TAKE: take_upload}).turn()
    assert done is not None
    assert done.answer is not None
    name: str = done.answer["files"][0]["rejects"]
    return name


def get(
    bank: Bank, account: Account, path: str = "", **params: object
) -> httpx.Response:
    path = f"{PATH}/rejects{path}"
    return bank.ask("GET", path, bank.tokens[account.login], params=params)


def lists(bank: Bank, account: Account) -> list[str]:
    return [one["rejects_file"] for one in get(bank, account).json()["items"]]


class TestLists:
    def test_are_all_for_whoever_sees_the_whole_bank(
        self, bank: Bank, mine: str
    ) -> None:
        assert lists(bank, WHOLE) == [REJECTED.rejects, mine]
        assert lists(bank, LESS) == []

    def test_are_his_own_for_whoever_handed_them_in(
        self, bank: Bank, mine: str
    ) -> None:
        assert lists(bank, CLERK) == [mine]
        assert [lists(bank, one) for one in OWN if one != CLERK] == [[]]
        (told,) = get(bank, CLERK).json()["items"]
        counted = [told[name] for name in ("rows", "accepted", "quarantined")]
        assert counted == [22, 20, 2]

    def test_come_page_by_page(self, bank: Bank, mine: str) -> None:
        first = get(bank, WHOLE, limit=1).json()
        then = get(bank, WHOLE, limit=1, cursor=first["next"]).json()
        assert [one["rejects_file"] for one in then["items"]] == [mine]
        assert then["next"] is None


class TestRows:
    def test_say_line_and_reason(self, bank: Bank, mine: str) -> None:
        first = get(bank, CLERK, f"/{mine}", limit=1).json()
        (row,) = first["items"]
        assert (row["line"], row["outcome"]) == (22, "quarantined")
        assert "金额" in row["reason"]
        then = get(bank, CLERK, f"/{mine}", limit=1, cursor=first["next"]).json()
        assert [one["line"] for one in then["items"]] == [23]
        assert then["next"] is None

    def test_of_another_are_not_there(self, bank: Bank, mine: str) -> None:
        assert get(bank, LESS, f"/{mine}").status_code == 404
        assert get(bank, CLERK, f"/{REJECTED.rejects}").status_code == 404
        for name in ("manifest.json", "..%2Fmanifest.json", "%2e%2e", "x" * 300):
            assert get(bank, WHOLE, f"/{name}").status_code == 404


class TestFile:
    def test_is_what_a_clerk_mends(self, bank: Bank, mine: str) -> None:
        bank.freshen()
        before = bank.stands()
        told = get(bank, WHOLE, f"/{mine}/file")
        assert told.status_code == 200
        assert told.headers["Content-Type"].startswith("text/csv")
        assert "attachment" in told.headers["Content-Disposition"]
        rows = list(csv.DictReader(io.StringIO(told.content.decode("utf-8-sig"))))
        assert [one["line"] for one in rows] == ["22", "23"]
        assert {one["金额"] for one in rows} == {"'=1+1"}
        held = Path(bank.home.lake.rejects / mine).read_bytes()
        assert told.content == held
        # Who took it away is on record.
        entry = bank.home.journal.newest("read")
        assert bank.stands() != before
        assert (entry.body["operation"], entry.body["about"]) == ("exports.make", mine)
