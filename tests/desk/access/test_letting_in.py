"""The first administrator comes in by a token that is good once; others by theirs."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from tests.desk.access.conftest import (
    HERE,
    OTHER,
    PASSWORD,
    START,
    Enter,
    later,
)

from xiaowei.desk.access.house import House
from xiaowei.desk.access.letting_in import (
    AccountExistsError,
    AlreadySetUpError,
    DeadTokenError,
    Newcomer,
    activate,
    begin_set_up,
    change_password,
    first_administrator,
    has_administrator,
)
from xiaowei.desk.access.passwords import WeakPasswordError
from xiaowei.desk.access.signing import WrongPasswordError, sign_in
from xiaowei.desk.access.staff import add_user, renew_token
from xiaowei.errors import XiaoweiError
from xiaowei.policy.access.permissions import Permit
from xiaowei.records.journal import canonical

FIRST = Newcomer(login="boss", name="陈明", person="E0")
SECOND = Newcomer(login="thief", name="X", person="E9")
LI = Newcomer(login="li.na", name="李娜", person="E1", branch="B1", region="R1")


class TestSetUp:
    def test_lets_in_one_administrator_and_no_second(self, house: House) -> None:
        assert not has_administrator(house)
        token = begin_set_up(house, at=START)
        first_administrator(house, token, FIRST, PASSWORD, at=START)
        assert has_administrator(house)
        with pytest.raises(AlreadySetUpError):
            first_administrator(house, token, SECOND, OTHER, at=START)
        with pytest.raises(AlreadySetUpError):
            begin_set_up(house, at=START)
        assert sign_in(house, "boss", PASSWORD, at=START, address=HERE)

    def test_of_two_at_once_lets_in_one(self, house: House) -> None:
        token = begin_set_up(house, at=START)

        def come(number: int) -> str:
            newcomer = Newcomer(login=f"first{number}", name="x", person=f"E{number}")
            try:
                first_administrator(house, token, newcomer, PASSWORD, at=START)
            except XiaoweiError as error:
                return type(error).__name__
            return "in"

        with ThreadPoolExecutor(4) as pool:
            told = sorted(pool.map(come, range(4)))
        assert told == [*(["AlreadySetUpError"] * 3), "in"]

    def test_needs_the_last_token_in_time(self, house: House) -> None:
        earlier = begin_set_up(house, at=START)
        token = begin_set_up(house, at=START)
        for stated, at in (
            (earlier, START),
            ("", START),
            ("x" * 43, START),
            (token, later(hours=24)),
        ):
            with pytest.raises(DeadTokenError):
                first_administrator(house, stated, FIRST, PASSWORD, at=at)
        assert not has_administrator(house)
        first_administrator(house, token, FIRST, PASSWORD, at=later(hours=23))

    def test_goes_on_after_a_password_that_will_not_do(self, house: House) -> None:
        token = begin_set_up(house, at=START)
        with pytest.raises(WeakPasswordError):
            first_administrator(house, token, FIRST, "admin", at=START)
        first_administrator(house, token, FIRST, PASSWORD, at=START)

    def test_leaves_no_token_on_record(self, house: House) -> None:
        token = begin_set_up(house, at=START)
        whole = canonical([entry.body for entry in house.journal.entries()])
        assert token not in whole
        if house.journal.store.kind == "sqlite":
            file = Path(house.journal.store.where.removeprefix("sqlite:///"))
            assert token.encode() not in file.read_bytes()


class TestActivation:
    def test_is_by_the_person_and_once(self, boss: House, leave: Permit) -> None:
        token = add_user(boss, leave, LI, at=START)
        with pytest.raises(WrongPasswordError):
            sign_in(boss, "li.na", PASSWORD, at=START, address=HERE)
        with pytest.raises(WeakPasswordError):
            activate(boss, token, "li.na li.na li.na", at=START)
        assert activate(boss, token, PASSWORD, at=START) == "li.na"
        with pytest.raises(DeadTokenError):
            activate(boss, token, OTHER, at=START)
        assert sign_in(boss, "li.na", PASSWORD, at=START, address=HERE)
        (entry,) = [
            e
            for e in boss.journal.entries("password_set")
            if e.body["login"] == "li.na"
        ]
        assert entry.body["by"]["person"] == "E1"
        assert entry.body["how"] == "token"

    def test_is_not_by_the_token_of_the_set_up(self, house: House) -> None:
        token = begin_set_up(house, at=START)
        with pytest.raises(DeadTokenError):
            activate(house, token, PASSWORD, at=START)

    def test_runs_out(self, boss: House, leave: Permit) -> None:
        token = add_user(boss, leave, LI, at=START)
        with pytest.raises(DeadTokenError):
            activate(boss, token, PASSWORD, at=later(hours=24))

    def test_anew_drops_password_and_sessions(
        self, boss: House, leave: Permit, enter: Enter
    ) -> None:
        first = add_user(boss, leave, LI, at=START)
        second = renew_token(boss, leave, "li.na", at=START)
        with pytest.raises(DeadTokenError):
            activate(boss, first, PASSWORD, at=START)
        activate(boss, second, PASSWORD, at=START)
        assert enter("li.na").actor.person == "E1"
        third = renew_token(boss, leave, "li.na", at=START)
        with pytest.raises(WrongPasswordError):
            enter("li.na")
        activate(boss, third, OTHER, at=START)
        assert enter("li.na", password=OTHER).actor.person == "E1"

    def test_gives_no_name_twice(self, boss: House, leave: Permit) -> None:
        add_user(boss, leave, LI, at=START)
        with pytest.raises(AccountExistsError):
            add_user(boss, leave, LI, at=START)


class TestChange:
    def test_asks_for_the_old_password(self, boss: House) -> None:
        with pytest.raises(WrongPasswordError):
            change_password(boss, "boss", OTHER, OTHER, at=START, address=HERE)
        change_password(boss, "boss", PASSWORD, OTHER, at=START, address=HERE)
        assert sign_in(boss, "boss", OTHER, at=START, address=HERE)

    def test_takes_no_password_that_holds_the_old_one(self, boss: House) -> None:
        with pytest.raises(WeakPasswordError, match="holds a name"):
            change_password(
                boss, "boss", PASSWORD, PASSWORD + "1", at=START, address=HERE
            )
