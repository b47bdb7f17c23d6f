"""Every page, role, reach and owner: what is shown and done follows from policy alone.

A page that is not in `PAGES` fails: whoever adds one states here what it needs.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any, Final, Literal

import pytest
import yaml
from tests.surfaces.bank import (
    ACCOUNTS,
    NEVER,
    OTHERS,
    OWNERS,
    SHOWN,
    WHY,
    Account,
    Bank,
    served,
)
from tests.surfaces.furnished import CASE, FAR, PASSWORD
from tests.surfaces.routes import labels

from xiaowei.desk.ruling.telling import mark_of, version_told
from xiaowei.desk.ruling.versions import in_force
from xiaowei.policy.access.actor import Reach
from xiaowei.surfaces.report.pages import BOOK, FIRM_SHOWS

WAITING: Final = {"referred", "claimed"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """One page, or one act by a form of it.

    Args:
        shows: operations that it asks leave for.
        about: what of customers: the whole `book`, a list of those in reach, one of
            them, one to act for, or an authorisation of one.
        form: what is sent; null for a page that is opened.
        state: of the application that is acted on.
        second: whether whoever took it is refused.
        number: in its address, where it is not that of an application.
        answer: its status where all is in order.
        open: whether a stranger may open it.
    """

    shows: tuple[str, ...] = ()
    about: Literal[
        "nothing", "book", "list", "firm", "application", "customer", "paper"
    ] = "nothing"
    form: Mapping[str, str] | None = None
    state: str = "referred"
    second: bool = False
    number: int = 1
    answer: int = 200
    open: bool = False


def act(operation: str, state: str, *, second: bool = False, **form: str) -> Page:
    return Page(
        shows=("applications.read", operation),
        about="application",
        form={"why": WHY, **form},
        state=state,
        second=second,
        answer=303,
    )


CUSTOMERS: Final = ("enterprises.read", "applications.read")
REFERRALS: Final = ("applications.read", "decisions.read", "referrals.claim")
PAPER: Final = {
    "family-invoices": "yes", "purpose": "approval", "until_on": "2026-06-30",
    "evidence": "0" * 64,
}  # fmt: skip
WISH: Final = {"amount": "1,000", "months": "12", "purpose": "new_loan"}
PAGES: Final[Mapping[str, Page]] = {
    "GET /health": Page(open=True),
    "GET /sign-in": Page(open=True),
    "POST /sign-in": Page(
        open=True, form={"login": "", "password": PASSWORD}, answer=303
    ),
    **{f"GET {one.path}": Page(shows=one.shows, about="book") for one in BOOK},
    "GET /firms/{enterprise_id:path}": Page(shows=FIRM_SHOWS, about="firm"),
    "GET /customers": Page(shows=CUSTOMERS, about="list"),
    "GET /referrals": Page(shows=REFERRALS, about="list"),
    "GET /jobs": Page(shows=("jobs.read",)),
    "POST /jobs/{number}": Page(
        shows=("jobs.steer",), form={"act": "none"}, answer=422
    ),
    # Number 0 are the rules shipped, which nobody publishes.
    "GET /rules": Page(shows=("rules.read",)),
    "GET /rules/draft": Page(shows=("rules.draft",)),
    "POST /rules/draft": Page(
        shows=("rules.draft",), form={"act": "draft"}, answer=422
    ),
    "GET /rules/{number}": Page(shows=("rules.read",), number=0),
    "POST /rules/{number}": Page(
        shows=("rules.read",), number=0, form={"act": "none"}, answer=422
    ),
    "GET /rules/{number}/publication": Page(shows=("rules.publish",), number=0),
    "POST /rules/{number}/publication": Page(
        shows=("rules.publish",), number=0, form={"why": WHY, "beside": "0"}, answer=412
    ),
    # Nobody is registered as number 1, which is told to those who may look.
    "GET /webhooks": Page(shows=("webhooks.read",)),
    "POST /webhooks": Page(shows=("webhooks.change",), form={}, answer=422),
    "GET /webhooks/{number}": Page(shows=("webhooks.read",), answer=404),
    "POST /webhooks/{number}": Page(
        shows=("webhooks.read",), form={"act": "none"}, answer=404
    ),
    "GET /apply": Page(shows=("applications.submit",)),
    "POST /apply": Page(
        shows=("applications.submit",), about="customer", form=WISH, answer=303
    ),
    "GET /applications/{number}": Page(
        shows=("applications.read",), about="application"
    ),
    "POST /applications/{number}": Page(
        shows=("applications.read",),
        about="application",
        form={"act": "none"},
        answer=422,
    ),
    "GET /authorisations": Page(shows=("consents.read",)),
    "POST /authorisations": Page(
        shows=("consents.record",), about="customer", form=PAPER, answer=303
    ),
    "GET /authorisations/{number}/withdrawal": Page(
        shows=("consents.withdraw",), about="paper"
    ),
    "POST /authorisations/{number}/withdrawal": Page(
        shows=("consents.withdraw",), about="paper", form={"why": WHY}, answer=303
    ),
    "GET /people/{enterprise_id:path}": Page(shows=("people.read",), about="firm"),
    "POST /people/{enterprise_id:path}": Page(
        shows=("people.read",),
        about="firm",
        form={"which": "salary:1", "why": WHY},
        answer=422,
    ),
    "GET /accounts": Page(shows=("users.read",)),
    "GET /accounts/{login}": Page(shows=("users.read",)),
    "POST /accounts/{login}": Page(
        shows=("users.change",), form={"act": "none"}, answer=422
    ),
    "GET /add-account": Page(shows=("users.change",)),
    "POST /add-account": Page(shows=("users.change",), form={}, answer=422),
    "GET /access": Page(shows=("access.review",)),
    "GET /activate": Page(open=True),
    "POST /activate": Page(open=True, form={}, answer=422),
    "GET /password": Page(),
    "POST /password": Page(form={}, answer=422),
    "POST /sign-out": Page(open=True, form={}, answer=303),
}
ACTS: Final[Mapping[str, Page]] = {
    "decision": act("applications.submit", "received"),
    "review": act("applications.submit", "declined"),
    "resubmission": act("applications.submit", "returned"),
    "claim": act("referrals.claim", "referred", second=True),
    "release": act("referrals.claim", "claimed"),
    "return": act("referrals.return", "claimed"),
    "conclusion": act("referrals.decide", "claimed", second=True, outcome="decline"),
}
"""What a form of an application does, by its field `act`."""
RULE_ACTS: Final = {
    "test": "rules.draft",
    "withdraw": "rules.draft",
    "roll_back": "rules.draft",
    "back_test": "lab.run",
}
"""What a form of a version of rules does, and the operation that it asks leave for."""


@pytest.fixture(scope="module")
def bank(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bank]:
    root = tmp_path_factory.mktemp("pages") / "home"
    with served(f"sqlite:///{root / 'records.sqlite'}", root) as bank:
        for one in (*(account.mine for account in ACCOUNTS), *OTHERS.values()):
            bank.row(one, "referred")
        yield bank


def reaches(page: Page, account: Account) -> set[Reach | None]:
    return {account.sees(operation) for operation in page.shows}


def begins(account: Account) -> bool:
    """Tell whether somebody who does not see the whole bank has a page of his own."""
    return any(
        None not in {account.sees(one) for one in shows}
        for shows in (CUSTOMERS, REFERRALS, ("jobs.read",))
    )


def expected(label: str, page: Page, account: Account, owner: str) -> int:
    """Return the status that is due, by the policy of access alone."""
    may = reaches(page, account)
    sees = account.sees(page.shows[0]) if page.shows else None
    if page.about == "application" and sees and owner not in SHOWN[sees]:
        # Whoever does not see the page is not told what he may not do on it.
        return 404
    if label == "GET /" and may != {"all"} and begins(account):
        return 303
    if None in may or (page.about == "book" and may != {"all"}):
        return 403
    hidden = any(one is not None and owner not in SHOWN[one] for one in may)
    if hidden and page.about == "customer":
        return page.answer if owner == NEVER else 403
    if hidden and page.about in {"firm", "application", "paper"}:
        return 404
    return 409 if page.second and owner == "own" else page.answer


def path_of(path: str, **filled: object) -> str:
    """Return an address of a page; where it is of an account, of a colleague's."""
    login = OTHERS["colleague"].login
    return path.replace(":path", "").format(login=login, **filled)


def states(bank: Bank) -> dict[int, tuple[Any, ...]]:
    """Return how every application and every authorisation stands."""
    cases = {one["number"]: (one["state"], one["claimed_by"]) for one in bank.rows()}
    return cases | {one["number"]: (one["withdrawn_on"],) for one in bank.papers()}


@dataclass(slots=True)
class Cells:
    """Asks one page for everybody about everybody's rows."""

    bank: Bank
    label: str
    page: Page
    held: dict[str, int] = field(default_factory=dict)

    def ask(self, account: Account, owner: str) -> tuple[int, int]:
        """Return the status that is due, and that which is answered."""
        due = expected(self.label, self.page, account, owner)
        whose = account.owner(owner)
        if self.page.about == "customer" and owner == NEVER:
            whose = replace(whose, firm=f"N-{account.person}")
        number = self.page.number
        if self.page.about == "application":
            if due < 400 or whose.person not in self.held:
                held = self.bank.row(whose, self.page.state, holder=account.mine.hand)
                self.held[whose.person] = held
            number = self.held[whose.person]
        elif self.page.about == "paper":
            number = self.bank.paper(whose)
        method, _, path = self.label.partition(" ")
        path = path_of(path, number=number, enterprise_id=whose.firm)
        before = states(self.bank)
        if any(map(self.bank.fresh_due, self.page.shows)):
            self.bank.freshen()
        # Who signs in by a page ends the session that he had there.
        token = "" if self.page.open else self.bank.tokens[account.login]
        cookie = {"Cookie": f"xiaowei={token}"}
        form = self._form(account, whose.firm)
        answer = self.bank.ask(method, path, headers=cookie, data=form)
        if answer.status_code >= 400 or form is None:
            assert states(self.bank) == before, (self.label, account, owner)
        else:
            assert self.page.about == "nothing" or states(self.bank) != before
        return due, answer.status_code

    def _form(self, account: Account, firm: str) -> dict[str, str] | None:
        if self.page.form is None:
            return None
        place = self.label.partition("/")[2]
        told = {"enterprise_id": firm, "key": f"{place}-{firm}-{account.login}"}
        login = {"login": account.login} if "login" in self.page.form else {}
        return {**told, **self.page.form, **login}

    def all(self) -> dict[tuple[str, str], tuple[int, int]]:
        """Return every cell in which another status is answered than is due."""
        owners: tuple[str, ...] = ("own",)
        if self.page.about in {"firm", "customer"}:
            owners = (*OWNERS, NEVER)
        elif self.page.about in {"application", "paper"}:
            owners = OWNERS
        asked = {
            (account.login, owner): self.ask(account, owner)
            for account in ACCOUNTS
            for owner in owners
        }
        return {cell: one for cell, one in asked.items() if len({*one}) > 1}


class TestPages:
    def test_are_all_here(self, bank: Bank) -> None:
        found = {one for one in labels(bank.app) if not one.startswith("HEAD ")}
        assert found == set(PAGES)

    def test_are_closed_to_strangers(self, bank: Bank) -> None:
        for label, page in PAGES.items():
            if page.open:
                continue
            method, _, path = label.partition(" ")
            path = path_of(path, number=1, enterprise_id="E1")
            answer = bank.ask(method, path, data=page.form)
            assert answer.status_code == 303, label
            assert answer.headers["Location"].startswith("/sign-in?next="), label

    @pytest.mark.parametrize("path", ["/customers", "/referrals"])
    def test_list_what_is_in_reach_and_no_more(self, bank: Bank, path: str) -> None:
        page = PAGES[f"GET {path}"]
        for account in ACCOUNTS:
            if None in reaches(page, account):
                continue
            cookie = {"Cookie": f"xiaowei={bank.tokens[account.login]}"}
            listed = set[int]()
            for at in range(1, 99):
                told = bank.ask("GET", f"{path}?page={at}", headers=cookie)
                found = set(map(int, re.findall(r'"/applications/(\d+)', told.text)))
                if found <= listed:
                    break
                listed |= found
            mine = [one for one in bank.rows() if self._mine(one, account)]
            if path == "/referrals":
                due = {one["number"] for one in mine if one["state"] in WAITING}
            else:
                last = {one["enterprise_id"]: one["number"] for one in mine}
                due = set(last.values())
            assert listed == due, account

    def _mine(self, row: dict[str, Any], account: Account) -> bool:
        column, mine = {
            "own": ("manager", account.person),
            "branch": ("branch", "B1"),
            "region": ("region", "R1"),
            "all": ("state", row["state"]),
        }[str(account.reach)]
        return bool(row[column] == mine)

    def test_list_authorisations_in_reach_and_no_more(self, bank: Bank) -> None:
        page = PAGES["GET /authorisations"]
        # Taken by somebody who asks for none of them.
        papers = {
            owner: bank.paper(replace(whose, person="C9"))
            for owner, whose in {**OTHERS, NEVER: ACCOUNTS[0].owner(NEVER)}.items()
        }
        for account in ACCOUNTS:
            (reach,) = reaches(page, account)
            cookie = {"Cookie": f"xiaowei={bank.tokens[account.login]}"}
            for owner, number in papers.items() if reach else ():
                path = f"/authorisations?enterprise={account.owner(owner).firm}"
                told = bank.ask("GET", path, headers=cookie).text
                shown = f"授权 {number}</span>" in told
                assert shown is (owner in SHOWN[reach or "own"]), (account, owner)

    @pytest.mark.parametrize("label", [one for one in PAGES if "sign-out" not in one])
    def test_answer_as_policy_says(self, bank: Bank, label: str) -> None:
        assert Cells(bank, label, PAGES[label]).all() == {}

    @pytest.mark.parametrize("name", ACTS)
    def test_do_what_policy_says(self, bank: Bank, name: str) -> None:
        page = ACTS[name]
        form = {**(page.form or {}), "act": name}
        label = "POST /applications/{number}"
        assert Cells(bank, label, replace(page, form=form)).all() == {}

    @pytest.mark.parametrize("name", RULE_ACTS)
    def test_do_to_rules_what_policy_says(self, bank: Bank, name: str) -> None:
        state = "published" if name == "roll_back" else "draft"
        cases = yaml.safe_dump({"cases": [dict(CASE)]})
        for account in ACCOUNTS:
            number = bank.rules(OTHERS["colleague"], state)
            mark = mark_of(version_told(bank.home, number))
            form = {"act": name, "why": WHY, "cases": cases, "since": FAR}
            form |= {"mark": mark, "key": f"{name}-{account.login}"}
            cookie = {"Cookie": f"xiaowei={bank.tokens[account.login]}"}
            path, before = f"/rules/{number}", bank.stands()
            told = bank.ask("POST", path, headers=cookie, data=form)
            # A back-test counts the decisions on every customer.
            sees, whole = account.sees(RULE_ACTS[name]), name == "back_test"
            if sees is None or (whole and sees != "all"):
                assert told.status_code == 403, account
                assert bank.stands() == before, account
            else:
                assert told.status_code == 303, (account, told.text)
                assert bank.stands() != before, account

    @pytest.mark.parametrize("name", ["pause", "resume", "rotate", "resend", "remove"])
    def test_do_to_webhooks_what_policy_says(self, bank: Bank, name: str) -> None:
        state = "paused" if name == "resume" else "active"
        for account in ACCOUNTS:
            number = bank.webhook(state)
            form = {"act": name, "hours": "1", "sure": "yes"}
            cookie = {"Cookie": f"xiaowei={bank.tokens[account.login]}"}
            path, before = f"/webhooks/{number}", bank.stands()
            told = bank.ask("POST", path, headers=cookie, data=form)
            if account.sees("webhooks.change"):
                assert told.status_code in {201, 303}, (account, told.text)
            else:
                assert told.status_code == 403, account
                assert bank.stands() == before, account

    def test_publish_rules_of_others_alone(self, bank: Bank) -> None:
        for account in (one for one in ACCOUNTS if one.sees("rules.publish")):
            cookie = {"Cookie": f"xiaowei={bank.tokens[account.login]}"}
            for owner, due in (("own", 409), ("colleague", 303)):
                number = bank.rules(account.owner(owner), "draft")
                path = f"/rules/{number}/publication"
                mark = mark_of(version_told(bank.home, number))
                form = {"why": WHY, "mark": mark}
                told = bank.ask("POST", path, headers=cookie, data=form)
                assert told.status_code == 422, (account, owner, told.text)
                form["beside"] = str(in_force(bank.home, on=date.fromisoformat(FAR)))
                told = bank.ask("POST", path, headers=cookie, data=form)
                assert told.status_code == due, (account, owner, told.text)

    def test_end_the_session_of_whoever_signs_out(self, bank: Bank) -> None:
        for account in ACCOUNTS:
            cookie = {"Cookie": f"xiaowei={bank.tokens[account.login]}"}
            assert bank.ask("POST", "/sign-out", headers=cookie).status_code == 303
            left = bank.ask("GET", "/customers", headers=cookie)
            assert left.headers["Location"].startswith("/sign-in")
