"""What each kind of job does."""

from collections.abc import Callable, Mapping
from datetime import date
from functools import partial
from typing import Any, Final, TypeAlias

from xiaowei.desk.home import Home
from xiaowei.desk.jobs.uploads import drop_upload, upload_folder
from xiaowei.desk.jobs.working import Doing, Effect, Handler
from xiaowei.desk.line import Order
from xiaowei.desk.ruling import lab
from xiaowei.desk.ruling.looking_back import looked_back
from xiaowei.desk.ruling.versions import rules_of
from xiaowei.desk.running import Publish, keep_run, run_held
from xiaowei.desk.taking import take_folder
from xiaowei.facts.intake import Receipt

Publisher: TypeAlias = Callable[[Home], Publish]
"""Returns what writes a run of a home for people."""
TAKE: Final = "take"
RUN: Final = "run"
BACKTEST: Final = "backtest"


def handlers_of(publisher: Publisher) -> dict[str, Handler]:
    """Return who does each kind of job.

    Args:
        publisher: see `Publisher`.
    """
    return {TAKE: take_upload, RUN: partial(run, publisher), BACKTEST: back_test}


def take_upload(home: Home, asked: Mapping[str, Any], doing: Doing) -> Effect:
    """Take an upload into the lake; begun again it goes on, for a file counts once.

    Args:
        home: the workspace.
        asked: `upload`, and `received_on`, the day taken as known where rows state
            none.
        doing: is told how far the file has come.
    """
    folder = upload_folder(home.root, asked["upload"])
    taken = take_folder(
        folder,
        lake=home.lake,
        received_on=date.fromisoformat(asked["received_on"]),
        progress=lambda one: doing.tell(f"{one.unit} of {one.file}", one.done, one.of),
    )
    return Effect(
        {"files": [_file(one) for one in taken.receipts]},
        after=partial(drop_upload, home.root, asked["upload"]),
    )


def run(
    publisher: Publisher, home: Home, asked: Mapping[str, Any], doing: Doing
) -> Effect:
    """Run the whole line over what is held.

    Args:
        publisher: see `Publisher`.
        home: the workspace.
        asked: `budget_fen`, and `as_of` and `model` or null.
        doing: is told of each stage.
    """
    as_of = asked["as_of"]
    ran = run_held(
        home,
        Order(
            budget_fen=asked["budget_fen"],
            as_of=None if as_of is None else date.fromisoformat(as_of),
            model=asked["model"],
        ),
        progress=doing.tell,
        publish=publisher(home),
    )
    return Effect(
        {"run_id": ran.document["run_id"], "as_of": ran.document["as_of"]},
        record=partial(keep_run, home, ran),
    )


def back_test(home: Home, asked: Mapping[str, Any], doing: Doing) -> Effect:
    """Say what rules would have decided on all decisions on record.

    Whoever may see jobs sees what comes of it: it counts, and names of the decisions
    that come out otherwise the numbers alone, to be opened by leave for decisions.

    Args:
        home: the workspace.
        asked: `rules`, number of the version, and `limits`, those moved.
        doing: is told how many decisions were looked at.
    """
    rules = lab.with_limits(rules_of(home, asked["rules"]), asked["limits"])
    told = looked_back(
        home,
        lab.settled(home, rules),
        tell=lambda done: doing.tell("decisions looked at", done),
    )
    numbers = [one["decision"] for one in told["changed"]]
    return Effect({**told, "changed": numbers})


def _file(receipt: Receipt) -> dict[str, Any]:
    account = receipt.account
    return {
        "file": account.file,
        "source": account.source,
        "rows": account.rows,
        "accepted": account.accepted,
        "quarantined": account.quarantined,
        "duplicates": account.duplicates,
        "added": receipt.added,
        "rejects": receipt.rejects.name if receipt.rejects else None,
    }
