"""Which run on record counts on a day."""

from datetime import date
from typing import Final

from xiaowei.desk.home import Home
from xiaowei.records.journal import Entry

RUN: Final = "run"
"""Kind of the journal's entries that hold a run."""


def last_run(home: Home, *, until: date) -> Entry | None:
    """Return the run of the last day up to one; null where there is none.

    Of several runs of that day the last one made counts; one made later for an earlier
    day does not take its place.

    Args:
        home: the workspace.
        until: the last day that the run may be of.
    """
    found: tuple[date, Entry] | None = None
    for entry in home.journal.entries(RUN):
        day = date.fromisoformat(entry.body["as_of"])
        if day <= until and (found is None or day >= found[0]):
            found = day, entry
    return None if found is None else found[1]
