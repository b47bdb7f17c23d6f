"""A home in which a run is on record, and its first administrator."""

from datetime import date, datetime, timedelta
from typing import Final

from tests.desk.portraying.lakes import add
from tests.factories import invoice
from tests.surfaces.conftest import make_document

from xiaowei.desk import clock
from xiaowei.desk.access.house import House
from xiaowei.desk.access.letting_in import (
    Newcomer,
    begin_set_up,
    first_administrator,
)
from xiaowei.desk.access.signing import session_of, sign_in
from xiaowei.desk.home import Home
from xiaowei.policy.access.permissions import Permit
from xiaowei.records.journal import canonical

PASSWORD: Final = "correct horse battery staple"  # noqa: S105 - a test's
DAY: Final = date(2025, 7, 1)
RUN_DAY: Final = "2025-07-31"
"""Later than the day of business: what is decided rests on no run."""


def furnish(home: Home, *, firms: int) -> None:
    """Put a run of some firms on record, of each of which the lake knows a sale."""
    document = make_document(firms=firms)
    for firm in document["firms"]:
        firm["as_of"] = RUN_DAY
    document["as_of"] = RUN_DAY
    body = {"run_id": document["run_id"], "as_of": RUN_DAY}
    home.journal.add("run", body, made_at=clock.now(), document=canonical(document))
    sold = DAY - timedelta(days=40)
    facts = [invoice(enterprise_id=f"E{n + 1}", happened_on=sold) for n in range(firms)]
    add(home.lake, {"invoices": facts})


def administrator(house: House, *, at: datetime) -> tuple[str, Permit]:
    """Let `boss` in; return the token of the session and leave to change accounts."""
    boss = Newcomer(login="boss", name="陈明", person="E0")
    first_administrator(house, begin_set_up(house, at=at), boss, PASSWORD, at=at)
    token = sign_in(house, "boss", PASSWORD, at=at, address="here")
    return token, session_of(house, token, at=at).permit("users.change")
