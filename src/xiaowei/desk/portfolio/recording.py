"""Allocations on record: kept whole with who asked and under which limits, reopened."""

import json
from typing import Any, Final

from xiaowei.desk import clock
from xiaowei.desk.home import Home
from xiaowei.desk.portfolio.allocating import Allocated, lines_of
from xiaowei.desk.portfolio.plain import allocation_of
from xiaowei.errors import NotFoundError
from xiaowei.records.journal import Entry, canonical, digest_of

ALLOCATION: Final = "allocation"
"""Kind of the journal's entries that hold an allocation."""

_LONG: Final = 12


class UnknownAllocationError(NotFoundError):
    """No allocation on record has that name."""

    def __init__(self, asked: str, known: list[str]) -> None:
        """Name it and those on record."""
        super().__init__(
            f"no allocation '{asked}' is on record",
            expected="one of " + ", ".join(known) if known else "one to be made first",
            remedy="List them with 'xiaowei allocations'",
        )


def kept(home: Home, allocated: Allocated, *, by: str | None) -> dict[str, Any]:
    """Put an allocation on record and return its document.

    The same allocation asked for again is another entry of the same name.

    Args:
        home: the workspace.
        allocated: what was allocated.
        by: who asked; null where they did not say.

    Returns:
        `allocation_id`, `asked_by`, `asked_of` (the file or run of candidates),
        `asked_for` (the text of the limits), what was allocated, and its `loans`.
    """
    columns = {name: column.tolist() for name, column in lines_of(allocated).items()}
    names = list(columns)
    document = {
        "asked_by": by,
        "asked_of": allocated.source,
        "asked_for": allocated.limits,
        **allocation_of(allocated),
        "loans": [
            dict(zip(names, row, strict=True))
            for row in zip(*columns.values(), strict=True)
        ],
    }
    name = digest_of(canonical(document))[:_LONG]
    document = {"allocation_id": name, **document}
    book = document["book"]
    home.journal.add(
        ALLOCATION,
        {
            "allocation_id": name,
            "asked_by": by,
            "asked_of": allocated.source,
            **{
                key: book[key]
                for key in ("firms", "offered_fen", "expected_profit_fen")
            },
            "proof": book["proof"],
        },
        made_at=clock.now(),
        document=canonical(document),
    )
    return document


def allocations_on_record(home: Home) -> list[dict[str, Any]]:
    """Return all allocations on record without their loans, the first one first.

    Args:
        home: the workspace.
    """
    return [_plain(entry) for entry in home.journal.entries(ALLOCATION)]


def allocation_named(home: Home, name: str) -> dict[str, Any]:
    """Return an allocation on record with all that was asked and given.

    Args:
        home: the workspace.
        name: its `allocation_id`; of several of one name the last.

    Raises:
        UnknownAllocationError: there is none.
    """
    found = None
    known: dict[str, None] = {}
    for entry in home.journal.entries(ALLOCATION):
        known[entry.body["allocation_id"]] = None
        if entry.body["allocation_id"] == name:
            found = entry
    if found is None:
        raise UnknownAllocationError(name, list(known))
    document: dict[str, Any] = json.loads(home.journal.document(found.body["document"]))
    return {**document, "made_at": found.made_at}


def _plain(entry: Entry) -> dict[str, Any]:
    body = {key: value for key, value in entry.body.items() if key != "document"}
    return {"seq": entry.seq, "made_at": entry.made_at, **body}
