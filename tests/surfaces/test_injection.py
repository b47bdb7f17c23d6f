"""No text that is SQL is ever run: not by the service, and not by pages."""

import re
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import cycle
from pathlib import Path
from typing import Any, Final

import pytest
import sqlalchemy as sa
from tests.records.conftest import postgres, url_for
from tests.surfaces.bank import ACCOUNTS, OTHERS, Account, Bank, Owner, served
from tests.surfaces.furnished import MODEL, REJECTED
from tests.surfaces.routes import PATH, ROUTES, Route
from tests.surfaces.test_page_matrix import PAGES, path_of

__all__ = ["postgres"]

SURFACES: Final = Path(__file__).parents[2] / "src" / "xiaowei" / "surfaces"
APART, NAMES_APART = 5, 3
"""Per commit a place of the service is sent every so many of the payloads, and a page
every so many of the names, its neighbour the next ones; at night all."""
SLEEP, PATIENCE = 120, 60
"""Seconds that a payload sleeps for, and that an answer may take on a busy machine."""
PAYLOADS: Final = (
    "' OR '1'='1",
    "' OR 1=1 --",
    '" OR ""="',
    "') OR ('1'='1",
    "' OR ''=''#",
    "/**/OR/**/1=1",
    "1 OR 1=1",
    "1) OR (1=1",
    "\\' OR 1=1 --",
    "＇ OR 1=1 --",
    "%27%20OR%201=1--",
    "E'\\x27' OR 1=1",
    "%' OR '%'='",
    "%",
    "' UNION SELECT NULL --",
    "' UNION SELECT digest, text FROM documents --",
    "' UNION ALL SELECT login, hash, set_at FROM passwords --",
    "' UNION ALL SELECT * FROM applications --",
    "'; DROP TABLE applications; --",
    "'; DELETE FROM journal; --",
    "'; UPDATE applications SET manager = 'P0'; --",
    "'; ALTER TABLE journal DISABLE TRIGGER ALL; --",
    "'; SELECT set_config('xiaowei.reach', 'all', false); --",
    "'; RESET ROLE; --",
    f"'; SELECT pg_sleep({SLEEP}); --",
    f"' || pg_sleep({SLEEP}) || '",
    f"1; SELECT pg_sleep({SLEEP})",
    f"(SELECT 1 FROM pg_sleep({SLEEP}))",  # noqa: S608 - it is to be one
    f"$$; SELECT pg_sleep({SLEEP}); $$",
    "' AND 1 = (SELECT count(*) FROM generate_series(1, 1000000000)) --",
    "' AND randomblob(1000000000) > '",
    "'; ATTACH DATABASE ':memory:' AS other; --",
    "'; COPY journal TO PROGRAM 'true'; --",
    "number; DROP TABLE applications",
    "number DESC, (CASE WHEN 1=1 THEN number ELSE 0 END)",
    "1' ORDER BY 99 --",
    "\x00' OR 1=1 --",
)
ORDERS: Final = ("orderBy", "order_by", "sort", "sortOrder", "filter", "fields")
"""Parameters by which others were broken into; here they mean nothing."""
CLERK: Final = next(one for one in ACCOUNTS if one.role == "relationship_manager")
BOSS: Final = next(one for one in ACCOUNTS if one.role == "administrator")
OFFICERS: Final = [one for one in ACCOUNTS if one.role == "credit_officer"]
STRANGE: Final = re.compile(r'"(manager|by|maker)": ?"C\d"')
"""Whose rows are out of reach of whoever asks, where he sees his own alone."""


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def bank(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Bank]:
    root = tmp_path_factory.mktemp("injected") / "home"
    with url_for(request, root.parent) as url, served(url, root) as bank:
        for one in (CLERK.mine, *OTHERS.values()):
            bank.row(one, "referred")
            bank.paper(one)
        yield bank


@dataclass(frozen=True, slots=True)
class Place:
    """One parameter of a route: where it stands, and its name."""

    label: str
    where: str
    name: str


def places(bank: Bank) -> list[Place]:
    """Return every parameter that the service describes, and every field of a body."""
    told = bank.ask("GET", f"{PATH}/openapi.json").json()
    found = []
    for path, acts in told["paths"].items():
        for act, described in acts.items():
            label = f"{act.upper()} {path}"
            parameters = described.get("parameters", ())
            found += [Place(label, one["in"], one["name"]) for one in parameters]
            body = described.get("requestBody", {}).get("content", {})
            for shape in body.values():
                fields = _fields(shape["schema"], told["components"]["schemas"])
                found += [Place(label, "body", name) for name in fields]
            if ROUTES[label].about == "lists":
                found += [Place(label, "query", name) for name in ORDERS]
    return found


def _fields(schema: Mapping[str, Any], known: Mapping[str, Any]) -> list[str]:
    named = str(schema.get("$ref", "")).rsplit("/", 1)[-1]
    # A file has no fields.
    return list(known[named]["properties"] if named else schema.get("properties", ()))


def who_asks(route: Route) -> tuple[Account, Owner]:
    """Return who may, seeing as little as may be, and whose customer it is about."""
    if route.second and route.about == "application":
        branch = next(one for one in OFFICERS if one.reach == "branch")
        return branch, OTHERS["colleague"]
    able = (CLERK, *OFFICERS, *ACCOUNTS)
    account = next(
        one for one in able if not route.operation or one.sees(route.operation)
    )
    return account, account.mine


def sent(bank: Bank, place: Place, payload: str) -> dict[str, Any]:
    """Return a request that is right but for one parameter."""
    route = ROUTES[place.label]
    account, whose = who_asks(route)
    number = 1
    # What is written must be one that could be.
    if place.where == "body" and route.about == "application":
        number = bank.row(whose, route.state, holder=account.mine.hand)
    if route.about == "webhook" and place.where != "path":
        number = bank.webhook(route.state)
    if place.where == "body" and route.about == "rules":
        number = bank.rules(OTHERS["colleague"], route.state)
    filled: dict[str, Any] = {"number": number, "enterprise_id": whose.firm}
    filled |= {"name": "sales_invoices-1.csv", "model": MODEL}
    filled["rejects"] = REJECTED.rejects
    body = route.sent(whose)
    more: dict[str, Any] = {}
    if place.where == "path":
        filled[place.name] = payload.replace("%", "%25").replace("#", "%23")
    elif place.where == "body":
        body = {**(body or {}), place.name: payload}
    elif place.where == "header":
        more["headers"] = {place.name: payload.encode()}
    else:
        more["params"] = {place.name: payload}
    path = PATH + place.label.partition(" ")[2].format(**filled)
    token = bank.tokens[account.login] if route.session else ""
    return {"path": path.replace("\x00", "%00"), "token": token, "json": body, **more}


def standing(bank: Bank) -> tuple[list[str], list[Any]]:
    """Return the tables there are, and whose the applications are."""
    with bank.home.journal.store.reading() as connection:
        tables = sorted(sa.inspect(connection).get_table_names())
    return tables, [(one["number"], one["manager"]) for one in bank.rows()]


@pytest.mark.parametrize("apart", [APART, pytest.param(1, marks=pytest.mark.nightly)])
class TestService:
    def test_runs_nothing_that_is_sent(self, bank: Bank, apart: int) -> None:
        found = places(bank)
        assert len({one.label for one in found}) > 20
        owns = {one["number"] for one in bank.rows() if one["manager"] == "P0"}
        failed = []
        for number, place in enumerate(found):
            method, route = place.label.partition(" ")[0], ROUTES[place.label]
            if route.about == "nothing" and route.session and not route.operation:
                # A proof and the end of a session end it.
                continue
            if route.operation and bank.fresh_due(route.operation):
                bank.freshen()
            for payload in PAYLOADS[number % apart :: apart]:
                begun = time.perf_counter()
                answer = bank.ask(method, **sent(bank, place, payload))
                lasted = time.perf_counter() - begun
                strange = not route.second and STRANGE.search(answer.text)
                if answer.status_code >= 500 or lasted > PATIENCE or strange:
                    failed.append((place, payload, answer.status_code, lasted))
                if place.label == "GET /applications" and answer.is_success:
                    shown = {one["number"] for one in answer.json()["items"]}
                    assert shown <= owns, (place, payload)
                if place.label == "GET /enterprises" and answer.is_success:
                    firms = {one["enterprise_id"] for one in answer.json()["items"]}
                    assert firms <= {CLERK.firm}, (place, payload)
            owns = {one["number"] for one in bank.rows() if one["manager"] == "P0"}
        assert failed == []


class TestText:
    def test_is_kept_as_the_text_that_it_is(self, bank: Bank) -> None:
        account, before = CLERK, standing(bank)
        for payload in PAYLOADS:
            if "\x00" in payload:
                continue
            number = bank.row(account.mine, "declined")
            path = f"{PATH}/applications/{number}/review"
            told = bank.ask(
                "POST", path, bank.tokens[account.login], json={"why": payload}
            )
            due = 201 if len(payload) > 1 else 422
            assert told.status_code == due, (payload, told.text)
            entry = bank.home.journal.newest("review_asked")
            assert due == 422 or entry.body["why"] == payload
        tables, rows = standing(bank)
        assert (tables, rows[: len(before[1])]) == before
        assert bank.home.journal.verify() > 100


def names() -> list[str]:
    """Return what pages look for in addresses and forms, as their source says."""
    sources = [*SURFACES.joinpath("web").rglob("*.py"), SURFACES / "report/listing.py"]
    texts = [one.read_text(encoding="utf-8") for one in sources]
    patterns = (
        r"(?:params|sent|told)\.get\(\s*\"(\w+)\"",
        r"asked\(request\.query_params, \"(\w+)\"",
    )
    return sorted(
        {n for text in texts for one in patterns for n in re.findall(one, text)}
    )


@pytest.mark.parametrize(
    "apart", [NAMES_APART, pytest.param(1, marks=pytest.mark.nightly)]
)
class TestPages:
    def test_run_nothing_that_is_sent(self, bank: Bank, apart: int) -> None:
        looked_for = names()
        assert {"sort", "q", "state", "hands", "why", "enterprise_id"} <= set(
            looked_for
        )
        before, payloads = standing(bank), cycle(PAYLOADS)
        whole = next(one for one in OFFICERS if one.reach == "all")
        for place, (label, page) in enumerate(PAGES.items()):
            method, _, path = label.partition(" ")
            account = whole if page.about == "book" else CLERK
            if any(one.startswith(("users.", "access.")) for one in page.shows):
                account = BOSS
                bank.freshen()
            path = path_of(path, number=before[1][0][0], enterprise_id=CLERK.firm)
            token = "" if page.open else bank.tokens[account.login]
            cookie = {"Cookie": f"xiaowei={token}"}
            for name in looked_for[place % apart :: apart]:
                stated = {name: next(payloads)}
                more: dict[str, Any] = {"data": stated}
                if page.form is None:
                    more = {"params": stated}
                begun = time.perf_counter()
                answer = bank.ask(method, path, headers=cookie, **more)
                assert answer.status_code < 500, (label, stated)
                assert time.perf_counter() - begun < PATIENCE, (label, stated)
        assert standing(bank) == before
