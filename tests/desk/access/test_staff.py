"""An administrator changes what others may do, and never what he himself may."""

from datetime import date

import pytest
from tests.desk.access.conftest import START, Enter, Staff

from xiaowei.desk.access.delegating import DelegationError, delegate, end_delegation
from xiaowei.desk.access.house import House
from xiaowei.desk.access.letting_in import Newcomer, has_administrator
from xiaowei.desk.access.staff import (
    AnotherPersonError,
    LastAdministratorError,
    OwnAccountError,
    OwnNewcomerError,
    RoleError,
    StaysClosedError,
    add_user,
    change_user,
    disable_user,
    give_role,
    renew_token,
    take_role,
)
from xiaowei.policy.access.actor import Reach, RoleName
from xiaowei.policy.access.four_eyes import SamePersonError, second_person
from xiaowei.policy.access.permissions import NotAllowedError, Permit
from xiaowei.records.access import users
from xiaowei.records.access.users import NoAccountError, account, accounts, actor
from xiaowei.records.opening import open_journal

DAY = date(2025, 7, 1)


class TestUsers:
    def test_come_out_of_the_journal_the_same(
        self, boss: House, staff: Staff, leave: Permit, url: str
    ) -> None:
        staff("li.na", "E1", "relationship_manager")
        staff("wang", "E2", "credit_officer", reach="region")
        take_role(boss, leave, "wang", "credit_officer", at=START)
        disable_user(boss, leave, "wang", why="moved", at=START)
        moved = Newcomer(login="li.na", name="李娜", person="E1", branch="B2")
        change_user(boss, leave, moved, at=START)
        with boss.journal.store.reading() as connection:
            before = accounts(connection)
        with boss.journal.store.writing() as connection:
            users.VIEW.rebuild(connection)
        with open_journal(url, views=[users.VIEW]) as journal:
            with journal.store.reading() as connection:
                assert accounts(connection) == before
            assert journal.verify() > 0
        assert [(one.login, one.branch) for one in before] == [
            ("boss", ""),
            ("li.na", "B2"),
            ("wang", "B1"),
        ]
        assert before[1].roles == {"relationship_manager": "own"}
        assert before[2].roles == {}
        assert before[2].disabled_at

    def test_are_changed_with_leave_for_it_alone(
        self, boss: House, staff: Staff, enter: Enter
    ) -> None:
        staff("li.na", "E1", "relationship_manager")
        other = enter("li.na").permit("applications.submit")
        newcomer = Newcomer(login="evil", name="x", person="E9")
        with pytest.raises(NotAllowedError):
            add_user(boss, other, newcomer, at=START)
        with pytest.raises(NotAllowedError):
            give_role(boss, other, "boss", "auditor", reach=None, at=START)

    def test_never_go_over_to_another_employee(
        self, boss: House, staff: Staff, leave: Permit
    ) -> None:
        staff("li.na", "E1")
        stated = Newcomer(login="li.na", name="李娜", person="E2")
        with pytest.raises(AnotherPersonError):
            change_user(boss, leave, stated, at=START)

    def test_of_ones_own_are_another_administrators(
        self, boss: House, staff: Staff, enter: Enter, leave: Permit
    ) -> None:
        staff("second", "E5", "administrator", branch="")
        theirs = enter("second").permit("users.change")
        again = Newcomer(login="boss2", name="陈明", person="e0")
        with pytest.raises(OwnNewcomerError) as refused:
            add_user(boss, leave, again, at=START)
        assert refused.value.figures == {"person": "E0"}
        add_user(boss, theirs, again, at=START)
        for login in ("boss", "boss2"):
            with pytest.raises(OwnAccountError):
                give_role(boss, leave, login, "it_operator", reach=None, at=START)
            with pytest.raises(OwnAccountError):
                disable_user(boss, leave, login, why="x", at=START)
            with pytest.raises(OwnAccountError):
                renew_token(boss, leave, login, at=START)
        with pytest.raises(NoAccountError):
            disable_user(boss, leave, "nobody", why="x", at=START)

    def test_keep_one_administrator(
        self, boss: House, staff: Staff, enter: Enter, leave: Permit
    ) -> None:
        staff("second", "E5", "administrator", branch="")
        theirs = enter("second").permit("users.change")
        disable_user(boss, theirs, "boss", why="left", at=START)
        with pytest.raises(LastAdministratorError):
            # Leave that was given before: its holder is gone, and so is the account.
            disable_user(boss, leave, "second", why="x", at=START)
        with pytest.raises(LastAdministratorError):
            take_role(boss, leave, "second", "administrator", at=START)
        assert has_administrator(boss)


class TestRoles:
    @pytest.mark.parametrize(
        ("role", "reach", "why"),
        [
            ("relationship_manager", "all", "further than 'branch'"),
            ("credit_officer", "region", "no region"),
            ("credit_officer", "branch", "no branch"),
            ("auditor", "all", "together with 'policy_manager'"),
            ("administrator", "all", "together with 'policy_manager'"),
        ],
    )
    def test_are_given_only_where_they_go(
        self, boss: House, leave: Permit, role: RoleName, reach: Reach, why: str
    ) -> None:
        add_user(boss, leave, Newcomer(login="li", name="x", person="E1"), at=START)
        give_role(boss, leave, "li", "policy_manager", reach=None, at=START)
        with pytest.raises(RoleError, match=why) as refused:
            give_role(boss, leave, "li", role, reach=reach, at=START)
        assert refused.value.figures["role"] == boss.permissions.roles[role].said

    def test_stay_apart_over_all_accounts_of_one_employee(
        self, boss: House, staff: Staff, leave: Permit
    ) -> None:
        staff("li.na", "E1", "credit_officer")
        add_user(
            boss, leave, Newcomer(login="li.two", name="x", person=" e1"), at=START
        )
        with pytest.raises(RoleError, match="credit_officer"):
            give_role(boss, leave, "li.two", "auditor", reach=None, at=START)
        disable_user(boss, leave, "li.na", why="changes to audit", at=START)
        give_role(boss, leave, "li.two", "auditor", reach=None, at=START)
        with pytest.raises(StaysClosedError, match="stays closed") as refused:
            renew_token(boss, leave, "li.na", at=START)
        named = boss.permissions.roles
        assert refused.value.figures == {
            "role": named["auditor"].said,
            "other": named["credit_officer"].said,
        }

    def test_are_widened_by_giving_them_again(
        self, boss: House, staff: Staff, leave: Permit
    ) -> None:
        staff("li.na", "E1", "credit_officer")
        give_role(boss, leave, "li.na", "credit_officer", reach="region", at=START)
        with boss.journal.store.reading() as connection:
            assert account(connection, "li.na").roles == {"credit_officer": "region"}


class TestDelegation:
    def test_lets_another_act_for_the_days_of_it(
        self, boss: House, staff: Staff, enter: Enter
    ) -> None:
        staff("li.na", "E1", "relationship_manager")
        staff("wang", "E2", "credit_officer")
        mine = enter("li.na").permit("delegations.give")
        number = delegate(
            boss,
            mine,
            "wang",
            from_on=date(2025, 7, 2),
            until_on=date(2025, 7, 5),
            at=START,
        )
        with boss.journal.store.reading() as connection:
            made = actor(connection, "li.na", on=DAY)
            days = [
                actor(connection, "wang", on=date(2025, 7, day)).acts_for
                for day in range(1, 7)
            ]
            away = actor(connection, "wang", on=date(2025, 7, 3))
            before = actor(connection, "wang", on=DAY)
        acts = frozenset({"E1"})
        assert days == [set(), acts, acts, acts, set(), set()]
        second_person(made, before)
        with pytest.raises(SamePersonError):
            second_person(made, away)
        theirs = enter("wang").permit("delegations.give")
        with pytest.raises(DelegationError, match="given none"):
            end_delegation(boss, theirs, number, at=START)
        end_delegation(boss, mine, number, at=START)
        with boss.journal.store.reading() as connection:
            assert not actor(connection, "wang", on=date(2025, 7, 3)).acts_for

    def test_is_to_another_and_for_an_absence(
        self, boss: House, staff: Staff, enter: Enter
    ) -> None:
        staff("li.na", "E1", "relationship_manager")
        staff("li.two", "E1")
        staff("wang", "E2")
        mine = enter("li.na").permit("delegations.give")
        for taker, until, why in (
            ("li.two", date(2025, 7, 2), "same employee"),
            ("wang", DAY, "until 2025-07-01"),
            ("wang", date(2026, 7, 1), "until 2026-07-01"),
        ):
            with pytest.raises(DelegationError, match=why):
                delegate(boss, mine, taker, from_on=DAY, until_on=until, at=START)
