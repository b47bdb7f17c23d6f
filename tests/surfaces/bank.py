"""A served bank: an account for each role and reach, and rows of every owner."""

import asyncio
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path
from typing import Any, Final

import httpx
import sqlalchemy as sa
from fastapi import FastAPI
from tests.surfaces.furnished import (
    DAY,
    PASSWORD,
    administrator,
    draft_rules,
    furnish,
)

from xiaowei.decisions.application import Application
from xiaowei.decisions.authorisation import Authorisation
from xiaowei.desk import clock
from xiaowei.desk.access.house import House, house_of
from xiaowei.desk.access.letting_in import (
    Newcomer,
    activate,
)
from xiaowei.desk.access.signing import session_of, sign_in
from xiaowei.desk.access.staff import add_user, give_role
from xiaowei.desk.deciding import applying, authorising
from xiaowei.desk.deciding.deciders import Deciders
from xiaowei.desk.deciding.deciding import decide_application
from xiaowei.desk.home import Home, open_home
from xiaowei.desk.jobs import asking
from xiaowei.desk.ruling import publishing
from xiaowei.desk.webhooks import administering
from xiaowei.policy.access.actor import REACHES, ROLES, Hand, Reach, RoleName
from xiaowei.policy.access.permissions import Permissions, Permit, within
from xiaowei.policy.access.reading import load_permissions
from xiaowei.records.access.secrets import SESSIONS
from xiaowei.records.applications import CLAIM, DECISION, RETURN
from xiaowei.records.moments import seconds
from xiaowei.surfaces.serving import app_of

PERMISSIONS: Final = load_permissions()
WHY: Final = "实地核查通过"


@dataclass(frozen=True, slots=True)
class Owner:
    """Whose a row is."""

    firm: str
    login: str
    person: str
    branch: str
    region: str

    @property
    def hand(self) -> Hand:
        """Whose hand took it."""
        return Hand(self.login, self.person)


OTHERS: Final[Mapping[str, Owner]] = {
    "colleague": Owner("E1", "he.li", "C1", "B1", "R1"),
    "other branch": Owner("E2", "he.yu", "C2", "B2", "R1"),
    "other region": Owner("E3", "he.an", "C3", "B3", "R2"),
    "nobody": Owner("E4", "he.mu", "C4", "", ""),
}
NEVER: Final = "never applied"
_NEVER: Final = Owner("E5", "", "", "", "")
OWNERS: Final = ("own", *OTHERS)
SHOWN: Final[Mapping[Reach, frozenset[str]]] = {
    "own": frozenset({"own"}),
    "branch": frozenset({"own", "colleague"}),
    "region": frozenset({"own", "colleague", "other branch"}),
    "all": frozenset({*OWNERS, NEVER}),
}


@dataclass(frozen=True, slots=True)
class Account:
    """Somebody who signs in; without a role he may do nothing."""

    login: str
    person: str
    firm: str
    role: RoleName | None = None
    reach: Reach | None = None

    @property
    def mine(self) -> Owner:
        """Whose his own rows are."""
        return Owner(self.firm, self.login, self.person, "B1", "R1")

    def owner(self, name: str) -> Owner:
        """Return whose rows are called so, seen from here."""
        if name == NEVER:
            return _NEVER
        return self.mine if name == "own" else OTHERS[name]

    def sees(self, operation: str) -> Reach | None:
        """Tell how far he sees in an operation, as policy says; null for not at all."""
        if self.role not in PERMISSIONS.operations[operation].roles:
            return None
        return self.reach


def accounts(permissions: Permissions = PERMISSIONS) -> tuple[Account, ...]:
    """Return one for each role and each reach that it may be given, and one of none."""
    given: list[tuple[RoleName | None, Reach | None]] = [
        (role, reach)
        for role in ROLES
        for reach in REACHES
        if within(reach, permissions.roles[role].most)
    ]
    return tuple(
        Account(f"p{at}.li", f"P{at}", f"E{6 + at}", role, reach)
        for at, (role, reach) in enumerate([*given, (None, None)])
    )


ACCOUNTS: Final = accounts()


@dataclass(frozen=True, slots=True)
class Bank:
    """One bank that is served."""

    home: Home
    app: FastAPI
    tokens: dict[str, str]
    decided: dict[str, Any] = field(default_factory=dict)

    def ask(
        self,
        method: str,
        path: str,
        token: str = "",
        **more: Any,  # noqa: ANN401
    ) -> httpx.Response:
        """Ask the service, as a program does."""
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        headers |= more.pop("headers", {})
        return asyncio.run(self._ask(method, path, headers=headers, **more))

    async def _ask(self, method: str, path: str, **more: Any) -> httpx.Response:  # noqa: ANN401
        transport = httpx.ASGITransport(self.app, raise_app_exceptions=False)
        async with httpx.AsyncClient(
            transport=transport, base_url="http://testserver"
        ) as client:
            return await client.request(method, path, **more)

    def row(self, owner: Owner, state: str, *, holder: Hand | None = None) -> int:
        """Put an application of somebody on record in a state; return its number."""
        journal, at = self.home.journal, clock.now()
        number = applying.apply(self.home, _wish(owner), by=owner.hand)
        if state == "received":
            return number
        outcome = "decline" if state == "declined" else "refer"
        about = {"application": number, "enterprise_id": owner.firm}
        body = {**self.decided["body"], **about, "outcome": outcome}
        journal.add(DECISION, body, made_at=at, document=self.decided["document"])
        if state in {"claimed", "returned"}:
            by = (holder or Hand("x", "X")).person
            journal.add(CLAIM, {"application": number, "by": by}, made_at=at)
        if state == "returned":
            journal.add(RETURN, {"application": number, "by": "X"}, made_at=at)
        return number

    def paper(self, owner: Owner) -> int:
        """Put an authorisation on record that somebody took; return its number."""
        signed = Authorisation(
            enterprise_id=owner.firm,
            families=("invoices",),
            purpose="approval",
            from_on=DAY,
            until_on=DAY + timedelta(days=99),
            evidence="0" * 64,
            by=owner.person,
        )
        return authorising.authorise(self.home, signed).number

    def job(self, state: str) -> int:
        """Put a job on record, and cancel it where it is to be; return its number."""
        made = asking.ask_to_run(
            self.home, budget_fen=100, as_of=None, model=None, by="x"
        )
        if state == "cancelled":
            asking.cancel(self.home, made.number, by="x")
        return made.number

    def webhook(self, state: str) -> int:
        """Put a receiver on record, alone, and pause it where it is to be."""
        leave = self.leave("webhooks.change")
        for one in administering.receivers(self.home):
            administering.remove(self.home, leave, one.number)
        made = administering.register(
            self.home, leave, "https://hooks.example/one", ["decision.made"]
        )
        if state == "paused":
            administering.pause(self.home, leave, made.receiver.number)
        return made.receiver.number

    def leave(self, operation: str) -> Permit:
        """Return leave of some account whose role may do something."""
        able = next(one for one in ACCOUNTS if one.sees(operation))
        self.freshen()
        house = house_of(self.home)
        token = self.tokens[able.login]
        return session_of(house, token, at=clock.moment()).permit(operation)

    def fresh_due(self, operation: str) -> bool:
        """Test whether an operation asks for a password given within minutes."""
        return PERMISSIONS.operations[operation].fresh

    def freshen(self) -> None:
        """Let every session be one whose password was just given."""
        at = seconds(clock.moment())
        with self.home.journal.store.writing() as connection:
            connection.execute(SESSIONS.update().values(fresh_at=at))

    def rules(self, owner: Owner, state: str) -> int:
        """Put rules on record that somebody drafted; return their number."""
        name = f"r{self.stands()[0]}"
        number = draft_rules(self.home, name=name, by=owner.hand)
        if state == "published":
            second = OTHERS["colleague" if owner != OTHERS["colleague"] else "nobody"]
            publishing.publish(self.home, number, by=second.hand, why=WHY)
        return number

    def rows(self) -> list[dict[str, Any]]:
        """Read all applications from their table."""
        asked = sa.text("SELECT * FROM applications ORDER BY number")
        with self.home.journal.store.reading() as connection:
            return [dict(row) for row in connection.execute(asked).mappings()]

    def papers(self) -> list[dict[str, Any]]:
        """Read all authorisations from their table."""
        asked = sa.text("SELECT * FROM authorisations ORDER BY number")
        with self.home.journal.store.reading() as connection:
            return [dict(row) for row in connection.execute(asked).mappings()]

    def stands(self) -> tuple[int, str]:
        """Return what stands at the end of the journal."""
        return self.home.journal.head()


@contextmanager
def served(url: str, root: Path) -> Iterator[Bank]:
    """Serve a bank in this process, with all its staff signed in."""
    root.mkdir()
    (root / "settings.yaml").write_text(f"records: '{url}'\n", encoding="utf-8")
    with open_home(root) as home, closing(Deciders(root)) as deciders:
        firms = 6 + len(ACCOUNTS)
        furnish(home, firms=firms)
        house = house_of(home)
        tokens = _let_in(house)
        app = app_of(home, deciders=deciders, day=lambda: DAY, names=["testserver"])
        bank = Bank(home, app, tokens)
        with deciders.one(patience=1) as one:
            number = applying.apply(home, _wish(OTHERS["colleague"]), by=Hand("x", "X"))
            decide_application(one.home, number, gatherer=one.gatherer(DAY))
        entry = home.journal.newest(DECISION)
        bank.decided["body"] = entry.body
        bank.decided["document"] = home.journal.document(entry.body["document"])
        yield bank


def _let_in(house: House) -> dict[str, str]:
    at = clock.moment()
    _, leave = administrator(house, at=at)
    for one in OTHERS.values():
        _added(house, leave, one)
    for account in ACCOUNTS:
        token = _added(house, leave, account.mine)
        if account.role is not None:
            give_role(
                house, leave, account.login, account.role, reach=account.reach, at=at
            )
        activate(house, token, PASSWORD, at=at)
    return {
        one.login: sign_in(house, one.login, PASSWORD, at=at, address="here")
        for one in ACCOUNTS
    }


def _added(house: House, leave: Permit, one: Owner) -> str:
    staff = Newcomer(login=one.login, name="李娜", person=one.person)
    staff = replace(staff, branch=one.branch, region=one.region)
    return add_user(house, leave, staff, at=clock.moment())


def _wish(owner: Owner) -> Application:
    return Application(
        enterprise_id=owner.firm,
        amount_fen=10_000_000,
        months=12,
        purpose="new_loan",
        applied_on=DAY,
        manager=owner.person,
        branch=owner.branch,
        region=owner.region,
    )
