"""The review says who can see and do what, as it stands on a day."""

from contextlib import suppress
from dataclasses import replace
from datetime import date, timedelta

import pytest
from tests.desk.access.conftest import START, Enter, Staff

from xiaowei.desk.access.delegating import delegate
from xiaowei.desk.access.house import House
from xiaowei.desk.access.letting_in import Newcomer
from xiaowei.desk.access.review import (
    account_at,
    accounts_at,
    matrix,
    review,
    review_one,
)
from xiaowei.desk.access.signing import TooManyTriesError, WrongPasswordError
from xiaowei.desk.access.staff import add_user, disable_user
from xiaowei.policy.access.permissions import Permit
from xiaowei.records.access.users import NoAccountError

DAY = date(2025, 7, 1)


class TestReview:
    def test_says_who_may_do_what_and_how_far(
        self, boss: House, staff: Staff, enter: Enter
    ) -> None:
        staff("li.na", "E1", "relationship_manager")
        staff("wang", "E2", "credit_officer", reach="region")
        enter("li.na")
        told = review(boss, on=DAY)
        one = review_one(boss, "li.na", on=DAY)
        assert one in told["accounts"]
        assert one["may"]["applications.submit"] == "own"
        assert "referrals.decide" not in one["may"]
        assert one["last_in"] == "2025-07-01T08:00:00+00:00"
        assert told["operations"]["referrals.decide"] == [
            {"login": "wang", "reach": "region"}
        ]
        assert told["operations"]["users.change"] == [{"login": "boss", "reach": "all"}]
        with pytest.raises(NoAccountError):
            review_one(boss, "nobody", on=DAY)

    def test_notes_what_to_look_at_twice(
        self, boss: House, staff: Staff, leave: Permit, enter: Enter
    ) -> None:
        staff("li.na", "E1", "credit_officer")
        staff("li.two", "E1", "relationship_manager")
        staff("idle", "E3", "risk_modeller")
        enter("idle")
        add_user(boss, leave, Newcomer(login="new", name="x", person="E4"), at=START)
        stricter = replace(
            boss,
            permissions=replace(
                boss.permissions,
                apart=frozenset(
                    {frozenset({"credit_officer", "relationship_manager"})}
                ),
            ),
        )
        told = review(stricter, on=DAY + timedelta(days=91))
        codes = {
            one["login"]: {note["code"] for note in one["notes"]}
            for one in told["accounts"]
        }
        assert codes == {
            "boss": {"dormant"},
            "idle": {"dormant"},
            "li.na": {"second_account", "clash", "never_signed_in"},
            "li.two": {"second_account", "clash", "never_signed_in"},
            "new": {"no_role", "not_activated"},
        }

    def test_counts_nothing_for_a_closed_account_and_shows_delegations(
        self, boss: House, staff: Staff, leave: Permit, enter: Enter
    ) -> None:
        staff("li.na", "E1", "relationship_manager")
        staff("wang", "E2", "relationship_manager")
        mine = enter("li.na").permit("delegations.give")
        until = DAY + timedelta(days=3)
        delegate(boss, mine, "wang", from_on=DAY, until_on=until, at=START)
        assert review_one(boss, "wang", on=DAY)["acts_for"] == ["E1"]
        assert [one["taker"] for one in review(boss, on=DAY)["delegations"]] == ["E2"]
        assert review(boss, on=until)["delegations"] == []
        disable_user(boss, leave, "wang", why="left", at=START)
        closed = review_one(boss, "wang", on=DAY)
        assert (closed["may"], closed["acts_for"], closed["notes"]) == ({}, [], [])
        assert closed["disabled_at"]


class TestAccounts:
    def test_say_how_each_stands_at_a_moment(
        self, boss: House, staff: Staff, leave: Permit, enter: Enter
    ) -> None:
        for login, person in (("li.na", "E1"), ("wang", "E2"), ("gone", "E3")):
            staff(login, person, "relationship_manager")
        add_user(boss, leave, Newcomer(login="new", name="x", person="E4"), at=START)
        disable_user(boss, leave, "gone", why="left", at=START)
        for _ in range(20):
            with suppress(WrongPasswordError, TooManyTriesError):
                enter("wang", password="wrong")  # noqa: S106
        states = {one["login"]: one["state"] for one in accounts_at(boss, at=START)}
        assert states == {
            "boss": "open", "li.na": "open", "wang": "locked", "gone": "closed",
            "new": "no_password",
        }  # fmt: skip
        waits = account_at(boss, "wang", at=START)["waits"]
        assert waits > 0
        later = account_at(boss, "wang", at=START + timedelta(seconds=waits))
        assert (later["state"], later["waits"]) == ("open", 0)
        with pytest.raises(NoAccountError):
            account_at(boss, "nobody", at=START)


class TestMatrix:
    def test_has_a_row_for_each_operation(self, boss: House) -> None:
        rows = matrix(boss.permissions)
        assert len(rows) == len(boss.permissions.operations)
        (row,) = [one for one in rows if one["operation"] == "referrals.decide"]
        assert row["credit_officer"] == "branch"
        assert row["relationship_manager"] is None
        assert row["checked"]
