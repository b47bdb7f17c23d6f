"""One run from files to a document on record."""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from xiaowei.desk import clock
from xiaowei.desk.document.whole import document_of, timing_of
from xiaowei.desk.home import Home
from xiaowei.desk.line import Order, run_line
from xiaowei.desk.offering import check_budget
from xiaowei.desk.stopwatch import Progress, Stopwatch
from xiaowei.desk.taking import Taken, public_deliveries, take_all, take_folder
from xiaowei.facts.public import cumcm2020c
from xiaowei.records.journal import canonical

Publish = Callable[[dict[str, Any]], None]
"""Writes a run for people."""


@dataclass(frozen=True, slots=True)
class Ran:
    """What came of a run.

    Args:
        document: as plain values.
        text: the same, as it is kept.
    """

    document: dict[str, Any]
    text: str


def run_folders(
    home: Home,
    folders: Sequence[Path],
    order: Order,
    *,
    received_on: date | None = None,
    progress: Progress,
    publish: Publish,
) -> dict[str, Any]:
    """Take all files of folders, run the whole line, and keep the result.

    Args:
        home: the workspace.
        folders: where the files lie.
        order: what is asked for.
        received_on: the day taken as known where rows state none; null for today.
        progress: is told the name of each stage as it begins.
        publish: writes the run for people; where it fails, no run is on record.

    Returns:
        the run as one document.

    Raises:
        XiaoweiError: as the stages raise; nothing half-done is kept.
    """
    watch = Stopwatch(progress)
    day = received_on or clock.today()
    check_budget(home.book, day=order.as_of or day, budget_fen=order.budget_fen)
    with watch.stage("facts"):
        taken = [take_folder(f, lake=home.lake, received_on=day) for f in folders]
    return _finished(home, order, taken=_together(taken), watch=watch, publish=publish)


def run_cumcm2020c(
    home: Home, folder: Path, order: Order, *, progress: Progress, publish: Publish
) -> dict[str, Any]:
    """Run the whole line on the public set CUMCM 2020-C.

    Args:
        home: the workspace.
        folder: where the set lies.
        order: what is asked for; the day and the churn table are those of the set
            where it states none.
        progress: is told the name of each stage as it begins.
        publish: writes the run for people; where it fails, no run is on record.
    """
    watch = Stopwatch(progress)
    day = order.as_of or cumcm2020c.LAST_DAY
    check_budget(home.book, day=day, budget_fen=order.budget_fen)
    with watch.stage("facts"):
        taken = take_all(public_deliveries(folder), lake=home.lake)
    stated = Order(
        budget_fen=order.budget_fen,
        as_of=day,
        meaning=order.meaning,
        churn=order.churn or cumcm2020c.churn_points(folder),
        model=order.model,
    )
    return _finished(home, stated, taken=taken, watch=watch, publish=publish)


def latest_run(home: Home) -> dict[str, Any]:
    """Return the document of the last run.

    Raises:
        NoRunError: nothing has been run in this home.
    """
    _, text = home.journal.latest("run")
    document: dict[str, Any] = json.loads(text)
    return document


class LatestRun:
    """The document of a home's last run, read anew only when there is a newer one."""

    def __init__(self, home: Home) -> None:
        """Take the home; nothing is read yet."""
        self._home = home
        self._held: tuple[int, dict[str, Any]] | None = None

    def __call__(self) -> dict[str, Any]:
        """Return the document of the last run.

        Raises:
            NoRunError: nothing has been run in this home.
        """
        newest = self._home.journal.newest("run").seq
        if self._held is None or self._held[0] != newest:
            self._held = (newest, latest_run(self._home))
        return self._held[1]


def run_held(home: Home, order: Order, *, progress: Progress, publish: Publish) -> Ran:
    """Run the whole line over what is held; `keep_run` puts it on record.

    Args:
        home: the workspace.
        order: what is asked for.
        progress: is told the name of each stage as it begins.
        publish: writes the run for people.
    """
    check_budget(
        home.book, day=order.as_of or clock.today(), budget_fen=order.budget_fen
    )
    nothing = Taken((), ())
    return _ran(home, order, taken=nothing, watch=Stopwatch(progress), publish=publish)


def keep_run(home: Home, ran: Ran, connection: sa.Connection) -> None:
    """Put a run on record.

    Args:
        home: the workspace.
        ran: what came of it.
        connection: of `Store.writing`.
    """
    home.journal.append(
        connection,
        "run",
        {"run_id": ran.document["run_id"], "as_of": ran.document["as_of"]},
        made_at=clock.now(),
        document=ran.text,
    )


def _ran(
    home: Home, order: Order, *, taken: Taken, watch: Stopwatch, publish: Publish
) -> Ran:
    line = run_line(home, order, watch=watch)
    with watch.stage("document"):
        text = canonical(document_of(line, order=order, taken=taken))
        document: dict[str, Any] = json.loads(text)
    with watch.stage("report"):
        # Whoever writes a page may change what he is given.
        publish(json.loads(text))
    return Ran(document, text)


def _finished(
    home: Home, order: Order, *, taken: Taken, watch: Stopwatch, publish: Publish
) -> dict[str, Any]:
    ran = _ran(home, order, taken=taken, watch=watch, publish=publish)
    with home.journal.store.writing() as connection:
        keep_run(home, ran, connection)
    return {**ran.document, "timing": timing_of(watch.stages)}


def _together(taken: Sequence[Taken]) -> Taken:
    return Taken(
        tuple(receipt for one in taken for receipt in one.receipts),
        tuple(lost for one in taken for lost in one.unusable),
    )
