"""Four eyes over the real records: accounts, roles, delegations, and the database."""

import shutil
import tempfile
from datetime import date, timedelta
from pathlib import Path
from typing import Final

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    invariant,
    rule,
    run_state_machine_as_test,
)
from tests.desk.access.conftest import START

from xiaowei.desk.access.delegating import DELEGATE, delegate, end_delegation
from xiaowei.desk.access.house import House
from xiaowei.desk.access.staff import CHANGE, RoleError, give_role, take_role
from xiaowei.policy.access.actor import ROLES, Actor, RoleName, hand_of
from xiaowei.policy.access.four_eyes import SamePersonError, second_person
from xiaowei.policy.access.permissions import Permit
from xiaowei.policy.access.reading import load_permissions
from xiaowei.policy.book import load_book
from xiaowei.records.access import users
from xiaowei.records.access.apart import two_persons
from xiaowei.records.access.users import actor
from xiaowei.records.journal import Entry, Journal
from xiaowei.records.opening import open_journal
from xiaowei.records.store import Store, url_of
from xiaowei.records.views import View

DAY: Final = date(2025, 7, 1)
AT: Final = "2025-07-01T08:00:00+00:00"
ACCOUNTS: Final = {
    "a.one": "E1",
    "a.two": "E1",
    "b.one": "E2",
    "c.one": "E3",
    "c.two": "E3",
    "d.one": "E4",
}
LOGINS: Final = st.sampled_from(sorted(ACCOUNTS))
META: Final = sa.MetaData()
APPROVALS: Final = sa.Table(
    "approvals",
    META,
    sa.Column("number", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("maker", sa.Text, nullable=False),
    sa.Column("checker", sa.Text),
    two_persons(),
)


def take_made(connection: sa.Connection, entry: Entry) -> None:
    person = entry.body["by"]["person"]
    connection.execute(APPROVALS.insert().values(number=entry.seq, maker=person))


def take_approved(connection: sa.Connection, entry: Entry) -> None:
    mine = APPROVALS.c.number == entry.body["number"]
    person = entry.body["by"]["person"]
    connection.execute(APPROVALS.update().where(mine).values(checker=person))


VIEW: Final = View("approvals", 1, META, {"made": take_made, "approved": take_approved})
VIEWS: Final = (users.VIEW, VIEW)


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the file of records in which the accounts are."""
    file = tmp_path_factory.mktemp("eyes") / "records.sqlite"
    with open_journal(url_of(file), views=VIEWS) as journal:
        for login, person in ACCOUNTS.items():
            stated = {"login": login, "name": "x", "person": person}
            place = {"branch": "B1", "region": "R1"}
            journal.add(users.ADDED, {**stated, **place}, made_at=AT)
    return file


class Bank(RuleBasedStateMachine):
    """A bank of four employees with six accounts, over records in a file."""

    filled: Path
    made = Bundle("made")
    given = Bundle("given")

    def __init__(self) -> None:
        """Open a copy of the records."""
        super().__init__()
        self.place = tempfile.TemporaryDirectory()
        file = Path(self.place.name) / "records.sqlite"
        shutil.copy(self.filled, file)
        self.store = Store(url_of(file))
        self.journal = Journal(self.store, followers=VIEWS)
        self.house = House(self.journal, BOOK, PERMISSIONS)
        self.boss = Permit(Actor("boss", "E0"), CHANGE, "all")
        self.live: dict[int, tuple[str, str]] = {}
        self.makers: dict[int, frozenset[str]] = {}
        self.allowed: dict[int, tuple[str, frozenset[str]]] = {}

    def teardown(self) -> None:
        """Check the chain, and drop the copy."""
        self.journal.verify()
        self.store.close()
        self.place.cleanup()

    def stands_for(self, login: str) -> frozenset[str]:
        person = ACCOUNTS[login]
        givers = {giver for giver, taker in self.live.values() if taker == person}
        return frozenset({person, *givers})

    @rule(login=LOGINS, role=st.sampled_from(ROLES))
    def swaps_roles(self, login: str, role: RoleName) -> None:
        with self.store.reading() as connection:
            held = actor(connection, login, on=DAY).roles
        for one in held:
            take_role(self.house, self.boss, login, one, at=START)
        try:
            give_role(self.house, self.boss, login, role, reach=None, at=START)
        except RoleError:
            # Another account of the employee holds what stays apart from it.
            return

    @rule(target=given, giver=LOGINS, taker=LOGINS)
    def delegates(self, giver: str, taker: str) -> int:
        if ACCOUNTS[giver] == ACCOUNTS[taker]:
            return 0
        with self.store.reading() as connection:
            leave = Permit(actor(connection, giver, on=DAY), DELEGATE, "own")
        until = DAY + timedelta(days=1)
        number = delegate(
            self.house, leave, taker, from_on=DAY, until_on=until, at=START
        )
        self.live[number] = (ACCOUNTS[giver], ACCOUNTS[taker])
        return number

    @rule(number=given)
    def takes_back(self, number: int) -> None:
        if number in self.live:
            giver = self.live.pop(number)[0]
            login = next(one for one, who in ACCOUNTS.items() if who == giver)
            leave = Permit(Actor(login, giver), DELEGATE, "own")
            end_delegation(self.house, leave, number, at=START)

    @rule(target=made, login=LOGINS)
    def makes(self, login: str) -> int:
        with self.store.writing() as connection:
            by = actor(connection, login, on=DAY).hand.as_plain()
            entry = self.journal.append(connection, "made", {"by": by}, made_at=AT)
        self.makers[entry.seq] = self.stands_for(login)
        return entry.seq

    @rule(number=made, login=LOGINS)
    def approves(self, number: int, login: str) -> None:
        tied = self.makers[number] & self.stands_for(login)
        try:
            self._approve(number, login)
        except SamePersonError:
            assert tied
        else:
            assert not tied
            self.allowed[number] = (ACCOUNTS[login], self.makers[number])

    @rule(number=made, login=LOGINS)
    def approves_past_the_desk(self, number: int, login: str) -> None:
        """Try as code would that forgets to ask: the database asks."""
        if ACCOUNTS[login] != self._maker_of(number):
            return
        body = {"number": number, "by": {"person": ACCOUNTS[login]}}
        with pytest.raises(sa.exc.IntegrityError):
            self.journal.add("approved", body, made_at=AT)

    @invariant()
    def nobody_approved_his_own(self) -> None:
        with self.store.reading() as connection:
            rows = connection.execute(APPROVALS.select()).all()
        for row in rows:
            assert row.maker != row.checker
            if row.checker is not None:
                checker, makers = self.allowed[row.number]
                assert row.checker == checker
                assert row.checker not in makers

    def _approve(self, number: int, login: str) -> None:
        with self.store.writing() as connection:
            entry = self.journal.entry(number)
            assert entry is not None
            checker = actor(connection, login, on=DAY)
            second_person(hand_of(entry.body["by"]), checker)
            body = {"number": number, "by": checker.hand.as_plain()}
            self.journal.append(connection, "approved", body, made_at=AT)

    def _maker_of(self, number: int) -> str | None:
        asked = sa.select(APPROVALS.c.maker).where(APPROVALS.c.number == number)
        with self.store.reading() as connection:
            return connection.execute(asked).scalar()


BOOK: Final = load_book()
PERMISSIONS: Final = load_permissions()


def run(filled: Path, *, examples: int, steps: int) -> None:
    bank = type("Filled", (Bank,), {"filled": filled})
    run_state_machine_as_test(
        bank,
        settings=settings(
            max_examples=examples,
            stateful_step_count=steps,
            deadline=None,
            suppress_health_check=list(HealthCheck),
            print_blob=True,
        ),
    )


class TestBank:
    def test_lets_nobody_approve_his_own(self, filled: Path) -> None:
        run(filled, examples=15, steps=40)

    @pytest.mark.nightly
    def test_lets_nobody_in_ten_thousand_steps(self, filled: Path) -> None:
        run(filled, examples=200, steps=50)
