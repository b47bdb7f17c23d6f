"""Who stands behind an enterprise is masked; a value in full has name and reason."""

from collections.abc import Iterator
from typing import Any, Final

import httpx
import pytest
import sqlalchemy as sa
from tests.surfaces.bank import ACCOUNTS, Account, Bank, served
from tests.surfaces.furnished import DAY, PERSON, PERSON_ID
from tests.surfaces.routes import PATH

from xiaowei.records.access.reads import READ
from xiaowei.records.access.secrets import SESSIONS

CLERK: Final = next(
    one for one in ACCOUNTS if (one.role, one.reach) == ("relationship_manager", "own")
)
MASK: Final = "110***********1234"
MOST: Final = 30
"""Values that one person may see within an hour, by the policy that is shipped."""


@pytest.fixture(scope="module")
def bank(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bank]:
    root = tmp_path_factory.mktemp("people") / "home"
    with served(f"sqlite:///{root}.sqlite", root) as bank:
        # To whom an enterprise belongs is told by its applications.
        bank.row(CLERK.mine, "received")
        yield bank


def ask(bank: Bank, account: Account = CLERK, **changed: Any) -> httpx.Response:  # noqa: ANN401
    path = f"{PATH}/enterprises/{account.mine.firm}/people/unmasked"
    body = {
        "on": DAY.isoformat(),
        "field": "id_number",
        "number": 1,
        "seen": MASK,
        "why": "贷前核实法定代表人身份",
    } | changed
    return bank.ask("POST", path, bank.tokens[account.login], json=body)


def reads(bank: Bank) -> list[dict[str, Any]]:
    return [one.body for one in bank.home.journal.entries(READ)]


class TestPeople:
    def test_are_listed_masked_and_on_record(self, bank: Bank) -> None:
        path = f"{PATH}/enterprises/{CLERK.mine.firm}/people"
        told = bank.ask("GET", path, bank.tokens[CLERK.login])
        assert told.json() == {
            "enterprise_id": CLERK.mine.firm,
            "on": DAY.isoformat(),
            "phone": None,
            "persons": [
                {
                    "number": 1,
                    "name": "张*",
                    "id_number": MASK,
                    "posts": [
                        {
                            "role": "legal_person",
                            "share": None,
                            "since": "2015-01-01",
                            "until": None,
                        }
                    ],
                }
            ],
        }
        assert reads(bank)[-1]["operation"] == "people.read"


class TestUnmasked:
    def test_is_one_value_for_a_reason_on_record(self, bank: Bank) -> None:
        bank.freshen()
        told = ask(bank)
        assert (told.status_code, told.json()) == (200, {"value": PERSON_ID})
        assert told.headers["cache-control"] == "no-store"
        last = reads(bank)[-1]
        assert (last["operation"], last["about"], last["why"]) == (
            "pii.unmask",
            CLERK.mine.firm,
            "贷前核实法定代表人身份",
        )
        assert last["by"]["login"] == CLERK.login
        assert last["what"] == f"id_number of {MASK} as of {DAY}"

    @pytest.mark.parametrize(
        ("changed", "status"),
        [
            ({"why": "x"}, 422),
            ({"why": "贷前核实\x00"}, 422),
            ({"seen": "110***********9999"}, 409),
            ({"number": 7}, 404),
            ({"field": "phone", "number": None, "seen": "138****5678"}, 404),
            ({"field": "salary"}, 422),
        ],
    )
    def test_is_nothing_without_a_reason_or_of_another(
        self, bank: Bank, changed: dict[str, Any], status: int
    ) -> None:
        bank.freshen()
        before = len(reads(bank))
        told = ask(bank, **changed)
        assert told.status_code == status, told.text
        assert PERSON_ID not in told.text
        assert len(reads(bank)) == before

    def test_asks_for_the_password_again(self, bank: Bank) -> None:
        with bank.home.journal.store.writing() as connection:
            connection.execute(sa.update(SESSIONS).values(fresh_at=0))
        told = ask(bank)
        assert told.status_code == 403
        assert PERSON_ID not in told.text
        bank.freshen()
        assert ask(bank).status_code == 200

    def test_is_not_for_whoever_may_not_or_looks_after_others(self, bank: Bank) -> None:
        bank.freshen()
        for one in ACCOUNTS:
            path = f"{PATH}/enterprises/{CLERK.mine.firm}/people/unmasked"
            body = {"on": DAY.isoformat(), "field": "name", "number": 1}
            body |= {"seen": MASK, "why": "贷前核实身份"}
            told = bank.ask("POST", path, bank.tokens[one.login], json=body)
            if told.is_success:
                assert one.sees("pii.unmask")
                assert one.mine == CLERK.mine or one.reach != "own"
            else:
                assert PERSON not in told.text
                assert told.status_code == (404 if one.sees("pii.unmask") else 403)

    def test_ends_where_one_person_has_seen_as_much_as_work_asks_for(
        self, bank: Bank
    ) -> None:
        account = next(
            one
            for one in ACCOUNTS
            if (one.role, one.reach) == ("credit_officer", "all")
        )
        bank.freshen()
        seen = [ask(bank, account).status_code for _ in range(MOST + 2)]
        assert 200 in seen
        assert seen[-2:] == [429, 429]
        assert seen.count(200) <= MOST


class TestNothing:
    def test_of_a_person_is_said_anywhere_else(self, bank: Bank) -> None:
        """The journal, files of the home and answers hold masks alone."""
        kept = "\n".join(str(one.body) for one in bank.home.journal.entries())
        for path in ("", "/portrait", "/findings", "/assessment", "/people"):
            whole = f"{PATH}/enterprises/{CLERK.mine.firm}{path}"
            kept += bank.ask("GET", whole, bank.tokens[CLERK.login]).text
        assert "张*" in kept
        assert PERSON_ID not in kept
        assert PERSON not in kept
