"""Every route, role, reach and owner: what is answered follows from policy alone."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any, Final

import pytest
from tests.records.conftest import postgres, url_for
from tests.surfaces.bank import (
    ACCOUNTS,
    NEVER,
    OTHERS,
    OWNERS,
    SHOWN,
    Account,
    Bank,
    Owner,
    served,
)
from tests.surfaces.furnished import MODEL, REJECTED
from tests.surfaces.routes import ROUTES, Route, labels, path_of, service_of

__all__ = ["postgres"]

DESCRIBES: Final = {"GET /openapi.json", "HEAD /openapi.json"}
FIRMS: Final = {f"E{n + 1}" for n in range(6 + len(ACCOUNTS))}
ENDS: Final = ("POST /session/proof", "DELETE /session")
"""What ends a session is asked last."""
FILE: Final = "sales_invoices-1.csv"
FILLED: Final = {
    "number": 1, "enterprise_id": "E1", "name": FILE, "model": MODEL,
    "rejects": REJECTED.rejects,
}  # fmt: skip
TAKEN: Final = (201, 202)


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def bank(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Bank]:
    root = tmp_path_factory.mktemp("bank") / "home"
    with url_for(request, root.parent) as url, served(url, root) as bank:
        yield bank


class Cells:
    """Asks one route for everybody about everybody's rows.

    Rows are shared where nothing may be done to them, and fresh where something is.
    """

    def __init__(self, bank: Bank, label: str) -> None:
        """Take the route."""
        self.bank, self.label, self.route = bank, label, ROUTES[label]
        self._shared: dict[str, int] = {}

    def ask(self, account: Account, owner: str) -> tuple[int, int]:
        """Return the status that is due, and that which is answered."""
        route, bank = self.route, self.bank
        due_, whose = expected(route, account, owner), account.owner(owner)
        if route.about == "customer" and owner == NEVER:
            whose = replace(whose, firm=f"N-{account.person}")
        number = self._number(
            account, whose, fresh=due_ < 400 and route.answer in TAKEN
        )
        told = {**FILLED, "number": number, "enterprise_id": whose.firm}
        path = path_of(self.label, **told)
        sent = route.sent(whose)
        if sent is not None and "login" in sent:
            sent["login"] = account.login
        token = bank.tokens[account.login] if route.session else ""

        if route.operation and bank.fresh_due(route.operation):
            bank.freshen()
        if self.label == "POST /webhooks" and sent is not None:
            sent["url"] += account.login
        before = bank.stands()
        answer = bank.ask(self.label.partition(" ")[0], path, token, json=sent)
        # What is done stands on record, and what is refused leaves no trace of it.
        if answer.status_code >= 400 or answer.status_code in TAKEN:
            refused = answer.status_code >= 400
            assert (bank.stands() == before) is refused, (self.label, account, owner)
        if route.about == "papers" and due_ == 200:
            assert bool(answer.json()) is (owner in in_reach(route, account))
        return due_, answer.status_code

    def _number(self, account: Account, whose: Owner, *, fresh: bool) -> int:
        """Return the number of what the route is about; 0 where it is about none."""
        if self.route.about not in {
            "application", "decision", "job", "paper", "rules", "webhook",
        }:  # fmt: skip
            return 0
        if fresh or whose.person not in self._shared:
            self._shared[whose.person] = self._made(account, whose)
        return self._shared[whose.person]

    def _made(self, account: Account, whose: Owner) -> int:
        if self.route.about == "paper":
            return self.bank.paper(whose)
        if self.route.about == "job":
            return self.bank.job(self.route.state)
        if self.route.about == "webhook":
            return self.bank.webhook(self.route.state)
        if self.route.about == "rules":
            return self.bank.rules(whose, self.route.state)
        number = self.bank.row(whose, self.route.state, holder=account.mine.hand)
        if self.route.about == "decision":
            (row,) = [one for one in self.bank.rows() if one["number"] == number]
            return int(row["decision"])
        return number


def owners_for(route: Route) -> tuple[str, ...]:
    if route.about in {"firm", "customer", "papers"}:
        return (*OWNERS, NEVER)
    if route.about == "rules":
        return ("own", "colleague")
    alone = {"file", "job", "lists", "nothing", "webhook"}
    return ("own",) if route.about in alone else OWNERS


def in_reach(route: Route, account: Account) -> frozenset[str]:
    """Return whose rows are shown, as policy says."""
    reach = account.sees(route.operation)
    return SHOWN[reach] if reach else frozenset()


def expected(route: Route, account: Account, owner: str) -> int:
    """Return the status that is due, by the policy of access alone."""
    if route.operation and account.sees(route.operation) is None:
        return 403
    if route.whole and account.sees(route.operation) != "all":
        return 403
    if route.about == "file" and account.sees(route.operation) != "all":
        return 404
    of_nobody = not route.operation or route.about == "rules"
    if not of_nobody and owner not in in_reach(route, account):
        # A customer whom nobody looks after is anybody's to act for.
        customer = route.answer if owner == NEVER else 403
        return {"papers": 200, "customer": customer}.get(route.about, 404)
    return 409 if route.second and owner == "own" else route.answer


def reached(
    rows: list[dict[str, Any]], account: Account, operation: str
) -> list[dict[str, Any]]:
    """Return the rows within reach, told by their columns alone."""
    reach = account.sees(operation)
    column, mine = {
        "own": ("manager", account.person),
        "branch": ("branch", "B1"),
        "region": ("region", "R1"),
    }.get(str(reach), ("", ""))
    return [row for row in rows if reach == "all" or row[column] == mine]


def pages(bank: Bank, path: str, token: str) -> list[dict[str, Any]]:
    found, cursor = list[dict[str, Any]](), ""
    while True:
        told = bank.ask("GET", path, token, params={"limit": 7, "cursor": cursor})
        assert told.status_code == 200, told.text
        found += told.json()["items"]
        cursor = told.json()["next"]
        if cursor is None:
            return found


class TestRoutes:
    def test_are_all_here_and_described(self, bank: Bank) -> None:
        service = service_of(bank.app)
        described = bank.ask("GET", "/api/v1/openapi.json").json()["paths"]
        stated = {
            f"{act.upper()} {path}" for path, acts in described.items() for act in acts
        }
        assert labels(service) - DESCRIBES == set(ROUTES) == stated

    @pytest.mark.parametrize("token", ["", "x", "0" * 64])
    def test_are_closed_without_a_session(self, bank: Bank, token: str) -> None:
        before = bank.stands()
        for label, route in ROUTES.items():
            if route.session:
                method, path = label.split()[0], path_of(label, **FILLED)
                sent = route.sent(OTHERS["colleague"])
                told = bank.ask(method, path, token, json=sent)
                assert told.status_code == 401, (label, told.text)
        assert bank.stands() == before

    def test_refuse_a_field_too_many(self, bank: Bank) -> None:
        account = next(one for one in ACCOUNTS if one.role == "relationship_manager")
        token, before = bank.tokens[account.login], bank.stands()
        more = ("manager", "by", "state", "role", "roles", "reach", "applied_on")
        for label, route in ROUTES.items():
            sent = route.sent(account.mine)
            if sent is None:
                continue
            for name in more:
                method, path = label.split()[0], path_of(label, **FILLED)
                told = bank.ask(method, path, token, json={**sent, name: "E9"})
                assert told.status_code == 422, (label, name, told.text)
        assert bank.stands() == before


class TestLists:
    @pytest.mark.parametrize("account", ACCOUNTS, ids=lambda one: one.login)
    def test_hold_what_is_in_reach_and_no_more(
        self, bank: Bank, account: Account
    ) -> None:
        for owner in OWNERS:
            bank.row(account.owner(owner), "referred")
        rows, token = bank.rows(), bank.tokens[account.login]
        if account.sees("applications.read"):
            listed = pages(bank, path_of("GET /applications"), token)
            mine = reached(rows, account, "applications.read")
            assert [one["number"] for one in listed] == [one["number"] for one in mine]
        reach = account.sees("enterprises.read")
        if reach:
            firms = pages(bank, path_of("GET /enterprises"), token)
            mine = reached(rows, account, "enterprises.read")
            known = {one["enterprise_id"] for one in mine}
            shown = FIRMS if reach == "all" else known
            assert {one["enterprise_id"] for one in firms} == shown


class TestMatrix:
    @pytest.mark.parametrize("label", [one for one in ROUTES if one not in ENDS])
    def test_is_what_is_answered(self, bank: Bank, label: str) -> None:
        route, cells = ROUTES[label], Cells(bank, label)
        mine = [account.mine for account in ACCOUNTS]
        if route.about in {"firm", "customer", "papers"}:
            # Whose a firm is follows from its applications.
            for one in (*mine, *OTHERS.values()):
                bank.row(one, "received")
        if route.about == "papers":
            # Taken by somebody who asks for none of them.
            for one in (*mine, *OTHERS.values(), ACCOUNTS[0].owner(NEVER)):
                bank.paper(replace(one, person="C9"))
        asked = {
            (account.login, owner): cells.ask(account, owner)
            for account in ACCOUNTS
            for owner in owners_for(route)
        }
        assert {cell: one for cell, one in asked.items() if len({*one}) > 1} == {}

    def test_ends_sessions_of_whoever_has_one(self, bank: Bank) -> None:
        for account in ACCOUNTS:
            proof = ROUTES["POST /session/proof"].sent(account.mine)
            token = bank.tokens.pop(account.login)
            again = bank.ask("POST", path_of("POST /session/proof"), token, json=proof)
            assert again.status_code == 201
            fresh = again.json()["token"]
            bank.tokens[account.login] = fresh
            assert bank.ask("GET", path_of("GET /session"), token).status_code == 401
        for account in ACCOUNTS:
            token = bank.tokens[account.login]
            end = bank.ask("DELETE", path_of("DELETE /session"), token)
            assert end.status_code == 204
            assert bank.ask("GET", path_of("GET /session"), token).status_code == 401
