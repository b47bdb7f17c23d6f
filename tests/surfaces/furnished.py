"""A home in which a run is on record, and its first administrator."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final, NamedTuple

from tests.desk.portraying.lakes import add
from tests.factories import invoice, owner
from tests.surfaces.conftest import make_document

from xiaowei.decisions.rule_cases import cases_of
from xiaowei.decisions.rules.reading import rule_set_of
from xiaowei.desk import clock
from xiaowei.desk.access.house import House
from xiaowei.desk.access.letting_in import (
    Newcomer,
    begin_set_up,
    first_administrator,
)
from xiaowei.desk.access.signing import session_of, sign_in
from xiaowei.desk.home import Home
from xiaowei.desk.ruling import drafting, testing
from xiaowei.desk.taking import take_folder
from xiaowei.facts.lake import mark_of
from xiaowei.policy.access.actor import Hand
from xiaowei.policy.access.permissions import Permit
from xiaowei.records.journal import canonical, digest_of

PASSWORD: Final = "correct horse battery staple"  # noqa: S105 - a test's
DAY: Final = date(2025, 7, 1)
RUN_DAY: Final = "2025-07-31"
"""Later than the day of business: what is decided rests on no run."""
FAR: Final = "2999-01-01"
"""A first day that never is past."""
_SAID: Final = {"zh": "题", "en": "title"}
RULES: Final[Mapping[str, Any]] = {
    "name": "pilot",
    "version": "1",
    "since": FAR,
    "title": _SAID,
    "purpose": _SAID,
    "default": "refer",
    "set_by": "a test",
    "rules": [
        {
            "code": "small",
            "title": _SAID,
            "when": {
                "trait": "amount",
                "operator": "<=",
                "limit": "500000",
                "unit": "yuan",
            },
            "outcome": "approve",
            "reason": "assessment",
            "source": "a test",
        }
    ],
}
CASE: Final[Mapping[str, Any]] = {
    "name": "at the limit",
    "firm": {"amount": "500000"},
    "outcome": "approve",
    "rule": "small",
}
MODEL: Final = "a-model"
PERSON, PERSON_ID = "张伟", "110101199003071234"
"""The legal representative of every firm, who is shown to nobody in full."""


class Rejected(NamedTuple):
    """A file of which a row is set aside, and what the list of such rows is called."""

    file: str
    text: str
    rejects: str


_ROW: Final = (
    "企业代号,发票号码,开票日期,购方单位代号,金额,税额,价税合计,发票状态\n"
    "E1,77,2025-03-04,B1,much,13.00,113.00,有效发票\n"
)
REJECTED: Final = Rejected(
    "sales_invoices-0.csv",
    _ROW,
    f"sales_invoices-0-{mark_of(digest_of(_ROW), 'sales_invoices')}.errors.csv",
)


def furnish(home: Home, *, firms: int) -> None:
    """Put a run of some firms on record; the lake knows a sale of each, and who it is.

    A model is on record, too, that the run does not hold, and a file came of which a
    row was set aside.
    """
    keep_model(home)
    keep_rejects(home)
    document = make_document(firms=firms)
    for firm in document["firms"]:
        firm["as_of"] = RUN_DAY
    document["as_of"] = RUN_DAY
    body = {"run_id": document["run_id"], "as_of": RUN_DAY}
    home.journal.add("run", body, made_at=clock.now(), document=canonical(document))
    sold = DAY - timedelta(days=40)
    codes = [f"E{n + 1}" for n in range(firms)]
    sales = [invoice(enterprise_id=one, happened_on=sold) for one in codes]
    owners = [
        owner(enterprise_id=one, person_id=PERSON_ID, person=PERSON) for one in codes
    ]
    add(home.lake, {"invoices": sales, "owners": owners})


def keep_model(home: Home) -> None:
    """Put a model on record, as one that was trained is."""
    interval = {"value": 0.8, "low": 0.75, "high": 0.85}
    card = {
        "name": MODEL,
        "kind": "scorecard",
        "trained_by": "赵",
        "data": {"file": "cases.csv", "cases": 400, "bads": 40},
        "split": {"out_of_time": True},
        "verdict": {"auc": interval, "slope": interval},
        "fingerprint": digest_of("{}"),
    }
    home.journal.add("model", card, made_at=clock.now(), document="{}")


def keep_rejects(home: Home) -> None:
    """Take in a file of which nothing is kept but its one row, set aside."""
    with TemporaryDirectory() as place:
        path = Path(place) / REJECTED.file
        path.write_text(REJECTED.text, encoding="utf-8")
        take_folder(path.parent, lake=home.lake, received_on=DAY)


def draft_rules(home: Home, *, name: str, by: Hand) -> int:
    """Put rules on record as a draft whose test cases were run; return its number."""
    found = rule_set_of({**RULES, "name": name})
    number = int(drafting.draft(home, found, by=by)["number"])
    testing.try_draft(home, number, cases_of({"cases": [dict(CASE)]}), by=by)
    return number


def administrator(house: House, *, at: datetime) -> tuple[str, Permit]:
    """Let `boss` in; return the token of the session and leave to change accounts."""
    boss = Newcomer(login="boss", name="陈明", person="E0")
    first_administrator(house, begin_set_up(house, at=at), boss, PASSWORD, at=at)
    token = sign_in(house, "boss", PASSWORD, at=at, address="here")
    return token, session_of(house, token, at=at).permit("users.change")
