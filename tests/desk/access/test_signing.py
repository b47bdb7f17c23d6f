"""Who signs in, how long he stays in, and how guessing is slowed down."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest
import sqlalchemy as sa
from tests.desk.access.conftest import (
    HERE,
    OTHER,
    PASSWORD,
    START,
    Enter,
    Staff,
    later,
    numbered,
)

from xiaowei.desk.access.house import House
from xiaowei.desk.access.letting_in import change_password
from xiaowei.desk.access.signing import (
    LOCKED,
    NotSignedInError,
    StaleError,
    TooManyTriesError,
    WrongPasswordError,
    let_in,
    prove,
    proven,
    session_of,
    sign_in,
    sign_out,
)
from xiaowei.desk.access.staff import disable_user, take_role
from xiaowei.policy.access.permissions import NotAllowedError, Permit
from xiaowei.records.access.secrets import PASSWORDS, SESSIONS, TRIES
from xiaowei.records.journal import canonical


def wrong(house: House, times: int, *, login: str = "boss", **by: float) -> None:
    for _ in range(times):
        with pytest.raises(WrongPasswordError):
            sign_in(house, login, "no " + PASSWORD, at=later(**by), address=HERE)


def stored(house: House, column: sa.Column[str]) -> list[str]:
    with house.journal.store.reading() as connection:
        return list(connection.execute(sa.select(column)).scalars())


class TestSession:
    @pytest.mark.usefixtures("boss")
    def test_is_of_whoever_gave_the_password(self, enter: Enter) -> None:
        session = enter("boss")
        assert (session.actor.login, session.actor.person) == ("boss", "E0")
        assert session.actor.roles == {"administrator": "all"}
        assert enter(" BOSS ").actor == session.actor

    def test_is_kept_by_hashes_alone(self, boss: House) -> None:
        token = sign_in(boss, "boss", PASSWORD, at=START, address=HERE)
        assert len(token) >= 43
        assert token not in stored(boss, SESSIONS.c.digest)
        (kept,) = stored(boss, PASSWORDS.c.hash)
        assert kept.startswith("$argon2id$v=19$m=1024,t=1,p=1$")
        whole = canonical([entry.body for entry in boss.journal.entries()])
        for secret in (token, PASSWORD, kept, *stored(boss, SESSIONS.c.digest)):
            assert secret not in whole

    def test_ends_by_itself(self, boss: House) -> None:
        token = sign_in(boss, "boss", PASSWORD, at=START, address=HERE)
        session_of(boss, token, at=later(minutes=29))
        session_of(boss, token, at=later(minutes=58))
        with pytest.raises(NotSignedInError):
            session_of(boss, token, at=later(minutes=88))
        assert stored(boss, SESSIONS.c.digest) == []

    def test_ends_after_twelve_hours_however_busy(self, boss: House) -> None:
        token = sign_in(boss, "boss", PASSWORD, at=START, address=HERE)
        for minute in range(20, 720, 20):
            session_of(boss, token, at=later(minutes=minute))
        session_of(boss, token, at=later(minutes=719))
        with pytest.raises(NotSignedInError):
            session_of(boss, token, at=later(minutes=720))

    def test_is_another_at_each_sign_in(self, boss: House) -> None:
        first = sign_in(boss, "boss", PASSWORD, at=START, address=HERE)
        second = sign_in(boss, "boss", PASSWORD, at=START, address=HERE, old=first)
        assert first != second
        assert session_of(boss, second, at=START).actor.login == "boss"
        with pytest.raises(NotSignedInError):
            session_of(boss, first, at=START)

    @pytest.mark.parametrize("token", ["", "x", "' OR 1=1 --", "A" * 10_000])
    def test_is_none_for_what_is_no_token(self, boss: House, token: str) -> None:
        sign_in(boss, "boss", PASSWORD, at=START, address=HERE)
        with pytest.raises(NotSignedInError):
            session_of(boss, token, at=START)

    def test_ends_with_signing_out(self, boss: House) -> None:
        token = sign_in(boss, "boss", PASSWORD, at=START, address=HERE)
        sign_out(boss, token, at=START)
        sign_out(boss, token, at=START)
        with pytest.raises(NotSignedInError):
            session_of(boss, token, at=START)
        assert [e.body for e in boss.journal.entries("signed_out")] == [
            {"login": "boss"}
        ]

    def test_ends_with_the_password(self, boss: House, staff: Staff) -> None:
        staff("li.na", "E1", "credit_officer")
        tokens = [
            sign_in(boss, "li.na", PASSWORD, at=START, address=HERE) for _ in range(3)
        ]
        change_password(boss, "li.na", PASSWORD, OTHER, at=START, address=HERE)
        for token in tokens:
            with pytest.raises(NotSignedInError):
                session_of(boss, token, at=START)
        with pytest.raises(WrongPasswordError):
            sign_in(boss, "li.na", PASSWORD, at=START, address=HERE)
        assert sign_in(boss, "li.na", OTHER, at=START, address=HERE)

    def test_ends_with_the_account(
        self, boss: House, staff: Staff, leave: Permit
    ) -> None:
        staff("li.na", "E1", "credit_officer")
        token = sign_in(boss, "li.na", PASSWORD, at=START, address=HERE)
        disable_user(boss, leave, "li.na", why="left the bank", at=START)
        with pytest.raises(NotSignedInError):
            session_of(boss, token, at=START)
        with pytest.raises(WrongPasswordError):
            sign_in(boss, "li.na", PASSWORD, at=START, address=HERE)

    def test_begins_for_no_password_that_was_changed_meanwhile(
        self, boss: House, staff: Staff, leave: Permit
    ) -> None:
        for login, person in (("li.na", "E1"), ("wang", "E2")):
            staff(login, person)
        first = proven(boss, "li.na", PASSWORD, at=START, address=HERE)
        second = proven(boss, "wang", PASSWORD, at=START, address=HERE)
        change_password(boss, "li.na", PASSWORD, OTHER, at=START, address=HERE)
        disable_user(boss, leave, "wang", why="left", at=START)
        for proof in (first, second):
            with pytest.raises(WrongPasswordError):
                let_in(boss, proof, at=START, address=HERE)
        assert stored(boss, SESSIONS.c.login) == ["boss"]

    def test_has_the_roles_of_this_moment(
        self, boss: House, staff: Staff, leave: Permit
    ) -> None:
        staff("li.na", "E1", "credit_officer")
        token = sign_in(boss, "li.na", PASSWORD, at=START, address=HERE)
        assert session_of(boss, token, at=START).permit("referrals.claim")
        take_role(boss, leave, "li.na", "credit_officer", at=START)
        with pytest.raises(NotAllowedError):
            session_of(boss, token, at=START).permit("referrals.claim")


class TestFreshness:
    def test_is_due_for_export_and_unmasking(self, boss: House, staff: Staff) -> None:
        staff("li.na", "E1", "credit_officer")
        token = sign_in(boss, "li.na", PASSWORD, at=START, address=HERE)
        for operation in ("exports.make", "pii.unmask"):
            assert session_of(boss, token, at=later(minutes=4)).permit(operation)
            stale = session_of(boss, token, at=later(minutes=5))
            assert stale.permit("decisions.read")
            with pytest.raises(StaleError, match=operation):
                stale.permit(operation)
        renewed = prove(boss, token, PASSWORD, at=later(minutes=6), address=HERE)
        fresh = session_of(boss, renewed, at=later(minutes=10))
        assert fresh.permit("exports.make").reach == "branch"
        with pytest.raises(NotSignedInError):
            session_of(boss, token, at=later(minutes=6))

    def test_prolongs_no_session(self, boss: House) -> None:
        token = sign_in(boss, "boss", PASSWORD, at=START, address=HERE)
        for minute in range(20, 720, 20):
            token = prove(boss, token, PASSWORD, at=later(minutes=minute), address=HERE)
        with pytest.raises(NotSignedInError):
            session_of(boss, token, at=later(minutes=720))

    def test_is_not_had_for_a_wrong_password(self, boss: House) -> None:
        token = sign_in(boss, "boss", PASSWORD, at=START, address=HERE)
        with pytest.raises(WrongPasswordError):
            prove(boss, token, OTHER, at=later(minutes=6), address=HERE)
        with pytest.raises(StaleError):
            session_of(boss, token, at=later(minutes=6)).permit("users.change")


class TestTries:
    def test_wait_longer_each_time(self, boss: House) -> None:
        at = 0
        wrong(boss, 5)
        for due in (30, 60, 120, 240, 480, 960, 1920, 3600, 3600):
            with pytest.raises(TooManyTriesError) as refused:
                sign_in(boss, "boss", PASSWORD, at=later(seconds=at), address="b")
            assert refused.value.wait == due
            at += due
            wrong(boss, 1, seconds=at)

    def test_that_are_right_let_in_after_the_wait_and_are_forgiven(
        self, boss: House
    ) -> None:
        wrong(boss, 5)
        with pytest.raises(TooManyTriesError):
            sign_in(boss, "boss", PASSWORD, at=later(seconds=29), address=HERE)
        assert sign_in(boss, "boss", PASSWORD, at=later(seconds=30), address=HERE)
        wrong(boss, 4, seconds=31)
        assert sign_in(boss, "boss", PASSWORD, at=later(seconds=32), address=HERE)

    def test_of_strangers_wait_alike(self, boss: House) -> None:
        wrong(boss, 5, login="nobody")
        with pytest.raises(TooManyTriesError) as refused:
            sign_in(boss, "nobody", "x", at=START, address=HERE)
        assert refused.value.wait == 30

    def test_of_one_address_count_over_all_accounts(
        self, boss: House, staff: Staff
    ) -> None:
        staff("li.na", "E1", "credit_officer")
        for number in range(20):
            wrong(boss, 1, login=f"guess{number}")
            if number < 19:
                # One account of one's own buys no further guesses at others.
                assert sign_in(boss, "li.na", PASSWORD, at=START, address=HERE)
        with pytest.raises(TooManyTriesError):
            sign_in(boss, "li.na", PASSWORD, at=START, address=HERE)
        assert sign_in(boss, "li.na", PASSWORD, at=START, address="192.0.2.8")

    def test_of_a_branch_behind_one_address_are_forgotten_with_the_minutes(
        self, boss: House
    ) -> None:
        # Two hours of a slip every two minutes, and somebody right in between.
        for number in range(60):
            wrong(boss, 1, login=f"slip{number}", minutes=2 * number)
            right = later(minutes=2 * number, seconds=10)
            assert sign_in(boss, "boss", PASSWORD, at=right, address=HERE)
        for number in range(19):
            wrong(boss, 1, login=f"guess{number}", hours=2)
        with pytest.raises((TooManyTriesError, WrongPasswordError)):
            sign_in(boss, "guess", "x", at=later(hours=2), address=HERE)
        with pytest.raises(TooManyTriesError):
            sign_in(boss, "boss", PASSWORD, at=later(hours=2), address=HERE)

    def test_at_once_are_held_to_the_same_number(self, boss: House) -> None:
        def guess(number: int) -> str:
            try:
                sign_in(boss, "boss", f"guess {number}", at=START, address=HERE)
            except (WrongPasswordError, TooManyTriesError) as error:
                return type(error).__name__
            return "in"

        with ThreadPoolExecutor(8) as pool:
            told = list(pool.map(guess, range(40)))
        assert told.count("WrongPasswordError") == 5
        assert told.count("TooManyTriesError") == 35

    def test_are_kept_in_a_table_that_is_bounded(self, boss: House) -> None:
        few = replace(boss, book=numbered(boss.book, lockout_most_strangers="20"))
        with pytest.raises(WrongPasswordError):
            sign_in(few, "boss", "wrong", at=START, address="first")
        for number in range(30):
            with pytest.raises(WrongPasswordError):
                sign_in(
                    few,
                    f"guess{number}",
                    "x",
                    at=later(seconds=number),
                    address=f"a{number}",
                )
        kinds = stored(few, TRIES.c.kind)
        assert kinds.count("account") == 1
        assert len(kinds) == 21

    def test_are_forgotten_after_a_day(self, boss: House) -> None:
        wrong(boss, 4)
        wrong(boss, 4, hours=25)
        assert sign_in(boss, "boss", PASSWORD, at=later(hours=25), address=HERE)

    def test_that_lock_an_account_are_on_record(self, boss: House) -> None:
        wrong(boss, 5)
        wrong(boss, 1, seconds=30)
        wrong(boss, 5, login="nobody", seconds=30)
        told = [entry.body for entry in boss.journal.entries(LOCKED)]
        assert told == [
            {"login": "boss", "seconds": 30},
            {"login": "boss", "seconds": 60},
        ]


class TestHashes:
    def test_are_made_anew_when_the_parameters_change(self, boss: House) -> None:
        (before,) = stored(boss, PASSWORDS.c.hash)
        harder = replace(
            boss, book=numbered(boss.book, argon2_memory_kib="20480", argon2_passes="3")
        )
        assert sign_in(boss, "boss", PASSWORD, at=START, address=HERE)
        assert stored(boss, PASSWORDS.c.hash) == [before]
        with pytest.raises(WrongPasswordError):
            sign_in(harder, "boss", "wrong", at=START, address=HERE)
        assert stored(boss, PASSWORDS.c.hash) == [before]
        assert sign_in(harder, "boss", PASSWORD, at=START, address=HERE)
        (after,) = stored(boss, PASSWORDS.c.hash)
        assert after.startswith("$argon2id$v=19$m=20480,t=3,p=1$")
        assert sign_in(harder, "boss", PASSWORD, at=START, address=HERE)
