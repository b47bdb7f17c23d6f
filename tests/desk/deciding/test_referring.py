"""A referral is in one pair of hands, and never in those that took it."""

from concurrent.futures import ThreadPoolExecutor, wait
from typing import Literal

import pytest
import sqlalchemy as sa
from tests.desk.deciding.conftest import DAY, ZHANG, Refer

from xiaowei.desk.deciding import referring, seeing
from xiaowei.desk.deciding.authority import AboveAuthorityError, authority
from xiaowei.desk.deciding.deciding import DecidedError
from xiaowei.desk.hands import NobodyError, StrangerError, hand_for
from xiaowei.desk.home import Home
from xiaowei.errors import ConflictError
from xiaowei.policy.access.actor import Hand, Reach
from xiaowei.policy.access.four_eyes import SamePersonError
from xiaowei.policy.access.permissions import NotAllowedError
from xiaowei.records.access import users
from xiaowei.records.applications import CONCLUSION, DECISION

AT = "2025-07-01T08:00:00+00:00"
LI, WANG = Hand("李四", "李四"), Hand("王五", "王五")
WHY = "流水与合同已核实"
CLERKS = 8
OUTCOMES: tuple[Literal["decline"], Literal["approve"]] = ("decline", "approve")


def conclude(  # noqa: PLR0913 - the parts of a conclusion
    home: Home,
    number: int,
    outcome: Literal["approve", "decline"],
    *,
    by: Hand,
    why: str = WHY,
    amount_fen: int | None = None,
    most_fen: int | None = None,
) -> None:
    found = referring.Conclusion(outcome=outcome, why=why, amount_fen=amount_fen)
    referring.conclude(home, number, found, by=by, most_fen=most_fen)


def decline(home: Home, number: int) -> None:
    """Put on record that an application was declined without a person."""
    body = {
        "application": number, "enterprise_id": "E1", "outcome": "decline",
        "limit_fen": None, "rate": None, "months": None, "rules": "none",
        "decided_on": DAY.isoformat(), "due_at": None,
    }  # fmt: skip
    home.journal.add(DECISION, body, made_at=AT, document="{}")


class TestConclude:
    def test_is_by_whoever_claimed_and_not_by_the_maker(
        self, home: Home, refer: Refer
    ) -> None:
        number = refer()
        with pytest.raises(SamePersonError):
            referring.claim(home, number, by=ZHANG)
        referring.claim(home, number, by=LI)
        with pytest.raises(referring.NotYoursError):
            conclude(home, number, "approve", by=Hand("王五", "王五"), why=WHY)
        conclude(home, number, "approve", by=LI, why=WHY)

        told = seeing.application(home, number)
        assert (told["state"], told["conclusion"]["limit_fen"]) == (
            "approved",
            20_000_000,
        )
        with pytest.raises(DecidedError, match="'approved'"):
            conclude(home, number, "decline", by=LI, why=WHY)

    def test_refuses_another_account_or_delegate_of_the_maker(
        self, home: Home, refer: Refer
    ) -> None:
        number = refer(Hand("zhang.one", "E1"))
        for hand in (
            Hand("zhang.two", "E1"),
            Hand("li", "E2", frozenset({"E1"})),
        ):
            with pytest.raises(SamePersonError):
                referring.claim(home, number, by=hand)

    def test_lends_no_more_than_asked_and_not_without_a_reason(
        self, home: Home, refer: Refer
    ) -> None:
        number = refer()
        referring.claim(home, number, by=LI)
        for amount in (0, 20_000_001):
            with pytest.raises(referring.TooMuchError):
                conclude(home, number, "approve", by=LI, why=WHY, amount_fen=amount)
        with pytest.raises(NobodyError):
            conclude(home, number, "approve", by=LI, why=" ")

    def test_lends_no_more_than_ones_authority(self, home: Home, refer: Refer) -> None:
        reaches: tuple[Reach, ...] = ("own", "branch", "region", "all")
        mosts = [authority(home, one, on=DAY) for one in reaches]
        assert mosts == [0, 100_000_000, 300_000_000, 1_000_000_000]
        assert authority(home, None, on=DAY) is None

        number = refer()
        referring.claim(home, number, by=LI)
        with pytest.raises(AboveAuthorityError, match=r"200,000\.00 of application"):
            conclude(home, number, "approve", by=LI, most_fen=19_999_999)
        with pytest.raises(referring.NotYoursError):
            referring.release(home, number, by=WANG, why=WHY)
        referring.release(home, number, by=LI, why="超出权限")
        told = seeing.application(home, number)
        assert (told["state"], told["claimed_by"]) == ("referred", None)
        referring.claim(home, number, by=WANG)
        conclude(home, number, "approve", by=WANG, most_fen=20_000_000)
        assert seeing.application(home, number)["state"] == "approved"

    def test_comes_after_a_machines_decline_where_the_customer_asks(
        self, home: Home, refer: Refer
    ) -> None:
        number = refer()
        with pytest.raises(DecidedError, match="'referred'"):
            referring.ask_review(home, number, by=ZHANG, why="客户要求复核")
        decline(home, number)
        with pytest.raises(NobodyError):
            referring.ask_review(home, number, by=ZHANG, why=" ")
        referring.ask_review(home, number, by=ZHANG, why="客户要求复核")
        told = seeing.application(home, number)
        assert told["state"] == "referred"
        assert told["due_at"] > told["received_at"]

        referring.claim(home, number, by=LI)
        conclude(home, number, "decline", by=LI)
        # A person has looked at it now.
        with pytest.raises(referring.ByPersonError):
            referring.ask_review(home, number, by=ZHANG, why="再次要求")

    def test_by_a_person_just_now_is_not_looked_at_again(
        self, home: Home, refer: Refer
    ) -> None:
        number = refer()
        referring.claim(home, number, by=LI)
        concluded = {
            "application": number, "decision": number + 1, "outcome": "decline",
            "limit_fen": None, "maker": ZHANG.person, "by": LI.person, "why": WHY,
        }  # fmt: skip
        with ThreadPoolExecutor(1) as pool:
            with home.journal.store.writing() as connection:
                asked = pool.submit(
                    referring.ask_review, home, number, by=ZHANG, why="客户要求复核"
                )
                # Long enough for whoever asks to see the application as it was.
                assert wait([asked], timeout=0.5).not_done
                home.journal.append(connection, CONCLUSION, concluded, made_at=AT)
            with pytest.raises(referring.ByPersonError):
                asked.result()
        assert seeing.application(home, number)["state"] == "declined"

    def test_of_many_at_once_is_one(self, home: Home, refer: Refer) -> None:
        number = refer()

        def claim(clerk: int) -> bool:
            try:
                referring.claim(home, number, by=Hand(f"c{clerk}", f"C{clerk}"))
            except ConflictError:
                return False
            return True

        with ThreadPoolExecutor(CLERKS) as pool:
            assert sum(pool.map(claim, range(CLERKS))) == 1
        holder = seeing.application(home, number)["claimed_by"]
        by = Hand(holder.lower(), holder)

        def end(clerk: int) -> bool:
            try:
                conclude(home, number, OUTCOMES[clerk % 2], by=by, why=WHY)
            except ConflictError:
                return False
            return True

        with ThreadPoolExecutor(CLERKS) as pool:
            assert sum(pool.map(end, range(CLERKS))) == 1
        assert len(list(home.journal.entries(CONCLUSION))) == 1

    def test_is_refused_by_the_tables_where_code_would_not(
        self, home: Home, refer: Refer
    ) -> None:
        number = refer()
        forged = {
            "application": number, "decision": 1, "outcome": "approve",
            "limit_fen": 1, "maker": "张三", "by": "张三", "why": "x",
        }  # fmt: skip
        before = home.journal.head()
        with pytest.raises(sa.exc.IntegrityError, match="maker_is_never_checker"):
            home.journal.add(CONCLUSION, forged, made_at=AT)
        assert home.journal.head() == before


class TestHands:
    def test_are_names_until_anybody_has_an_account(self, home: Home) -> None:
        one = hand_for(home, " wang  li ", operation="referrals.claim")
        assert one.person == hand_for(home, "Wang Li", operation="rules.draft").person

    def test_are_accounts_with_leave_from_then_on(
        self, home: Home, refer: Refer
    ) -> None:
        stated = {"name": "x", "branch": "B1", "region": "R1"}
        for login, person, role in (
            ("li", "E2", "credit_officer"),
            ("wang", "E3", "relationship_manager"),
        ):
            body = {"login": login, "person": person, **stated}
            home.journal.add(users.ADDED, body, made_at=AT)
            given = {"login": login, "role": role, "reach": "branch"}
            home.journal.add(users.GIVEN, given, made_at=AT)
        assert hand_for(home, "li", operation="referrals.claim").person == "E2"
        with pytest.raises(NotAllowedError):
            hand_for(home, "wang", operation="referrals.claim")
        with pytest.raises(users.NoAccountError):
            hand_for(home, "zhao", operation="referrals.claim")
        maker = hand_for(home, "wang", operation="applications.submit")
        number = refer(maker)
        referring.claim(
            home, number, by=hand_for(home, "li", operation="referrals.claim")
        )


class TestStrangers:
    def test_that_took_an_application_by_name_keep_it_from_being_claimed(
        self, home: Home, refer: Refer
    ) -> None:
        number = refer()
        stated = {"name": "x", "branch": "B1", "region": "R1"}
        body = {"login": "zhang", "person": "E1", **stated}
        home.journal.add(users.ADDED, body, made_at=AT)

        with pytest.raises(StrangerError, match="'张三'"):
            referring.claim(home, number, by=Hand("zhang", "E1"))
