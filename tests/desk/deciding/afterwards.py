"""What stands on record after a kill, held against what somebody was told.

It reads the tables by itself and reckons the chain and the states by itself; only the
read models are also built anew by the product, and compared.
"""

import hashlib
import json
from collections import defaultdict
from contextlib import closing, suppress
from typing import Any, Final

import sqlalchemy as sa
from tests.desk.deciding.course import HELD, Job, Told

from xiaowei.desk.home import VIEWS
from xiaowei.records.store import Store

Row = dict[str, Any]
STATES: Final = {
    "application": "received",
    "referral_claimed": "claimed",
    "referral_returned": "returned",
    "referral_released": "referred",
    "review_asked": "referred",
    "referral_resubmitted": "referred",
}
OUTCOMES: Final = {"approve": "approved", "refer": "referred", "decline": "declined"}
ENDS: Final = {"approved", "declined"}


class _UndoneError(Exception):
    """Takes back what was only looked at."""


class Stored:
    """All that is on record."""

    def __init__(self, url: str) -> None:
        """Read it, and build the read models anew beside it."""
        with (
            closing(Store(url)) as store,
            suppress(_UndoneError),
            store.writing() as connection,
        ):
            self.entries = _rows(connection, "journal", "seq")
            self.documents = {
                one["digest"]: one["text"]
                for one in _rows(connection, "documents", "digest")
            }
            self.keys = _rows(connection, "idempotency_keys", "key")
            self.stand = _models(connection)
            for view in VIEWS:
                view.rebuild(connection)
            self.anew = _models(connection)
            raise _UndoneError
        for one in self.entries:
            one["body"] = json.loads(one["body"])

    def of_job(self, number: int) -> list[Row]:
        """Return the entries of one customer, in order."""
        key = Job(number).key
        first = [one["seq"] for one in self.entries if one["body"].get("key") == key]
        about = {
            one["seq"]
            for one in self.entries
            if _about(one) in first and one["kind"] != "application"
        }
        return [one for one in self.entries if one["seq"] in {*first, *about}]


def check(url: str, told: Told, *, jobs: int, ended: bool = False) -> int:
    """Hold what is on record against what somebody was told; return its entries.

    Args:
        url: of the records.
        told: by customer.
        jobs: how many customers there are.
        ended: whether all that was in flight is to have ended.
    """
    stored = Stored(url)
    _follows(stored)
    assert stored.stand == stored.anew, "read models are not what the journal says"
    states = {one["number"]: one["state"] for one in stored.stand["applications"]}
    counted = 0
    for number in range(jobs):
        entries = stored.of_job(number)
        counted += len(entries)
        _of_one(Job(number), entries, told.get(number, []), ended=ended)
        if entries and entries[0]["kind"] == "application":
            assert states[entries[0]["seq"]] == _state(entries)
            assert not ended or states[entries[0]["seq"]] in ENDS
    # Nothing is there that nobody sent.
    assert counted == len(stored.entries)
    _keys(stored)
    return counted


def _of_one(job: Job, entries: list[Row], told: list[str], *, ended: bool) -> None:
    """Nothing of one customer is lost, done twice, or out of turn."""
    kinds = tuple(one["kind"] for one in entries)
    assert kinds == job.course[: len(kinds)], (job, kinds)
    assert len(told) <= len(kinds), (job, told, kinds)
    # One act at most was in flight.
    assert len(kinds) <= len(told) + 1, (job, told, kinds)
    for answer, entry in zip(told, entries, strict=False):
        assert answer in {str(entry["seq"]), HELD, "done"}, (job, answer, entry)
    assert not ended or kinds == job.course
    for kind in ("decision", "referral_concluded"):
        assert kinds.count(kind) <= 1


def _follows(stored: Stored) -> None:
    before = "0" * 64
    for count, one in enumerate(stored.entries, start=1):
        said = [count, one["made_at"], one["kind"], one["body"], before]
        assert (one["seq"], one["before"]) == (count, before)
        assert one["hash"] == _digest(_plain(said)), f"entry {count} does not follow"
        before = one["hash"]
        held = one["body"].get("document")
        assert held is None or _digest(stored.documents[held]) == held


def _keys(stored: Stored) -> None:
    """A key is there if its effect is, and says what became of it."""
    effects = {
        one["body"]["key"]: str(one["seq"])
        for one in stored.entries
        if one["body"].get("key")
    }
    assert {one["key"]: one["answer"] for one in stored.keys} == effects


def _state(entries: list[Row]) -> str:
    last = entries[-1]
    return STATES.get(last["kind"]) or OUTCOMES[last["body"]["outcome"]]


def _about(entry: Row) -> int | None:
    found = entry["body"].get("application", entry["body"].get("authorisation"))
    return found if isinstance(found, int) else None


def _rows(connection: sa.Connection, table: str, order: str) -> list[Row]:
    asked = sa.text(f"SELECT * FROM {table} ORDER BY {order}")  # noqa: S608 - ours
    return [dict(row) for row in connection.execute(asked).mappings()]


def _models(connection: sa.Connection) -> dict[str, list[Row]]:
    found: dict[str, list[Row]] = defaultdict(list)
    for view in VIEWS:
        for table in view.tables.sorted_tables:
            rows = connection.execute(table.select()).mappings()
            found[table.name] = sorted((dict(row) for row in rows), key=repr)
    found["followed"] = _rows(connection, "followed", "view")
    return dict(found)


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def _plain(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
