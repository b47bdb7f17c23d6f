"""Verbs about long work: `work`, and `jobs list|show|send|run|cancel|resume`."""

import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any, Final

import typer

from xiaowei.desk import clock
from xiaowei.desk.hands import hand_for
from xiaowei.desk.home import open_home
from xiaowei.desk.jobs import asking
from xiaowei.desk.jobs.beside import stop_with_parent
from xiaowei.desk.jobs.handlers import handlers_of
from xiaowei.desk.jobs.uploads import keep_upload
from xiaowei.desk.jobs.working import Worker
from xiaowei.desk.offering import budget_of
from xiaowei.desk.webhooks.sending import Sender, senders_beside
from xiaowei.surfaces.report.publishing import publisher
from xiaowei.surfaces.terminal import (
    ERR,
    ByOption,
    JsonFlag,
    OnOption,
    say,
    say_account,
    say_json,
)

_CHUNK: Final = 1 << 20
_MOST: Final = 1_000
Number = Annotated[int, typer.Argument(help="Of the job.")]


def add_verbs(app: typer.Typer) -> None:
    """Add the verbs of this file to a command line."""
    app.command()(work)
    jobs = typer.Typer(help="Long work, done beside 任务.", no_args_is_help=True)
    for name, verb in (
        ("list", listed),
        ("show", show),
        ("send", send),
        ("run", run),
        ("cancel", cancel),
        ("resume", resume),
    ):
        jobs.command(name)(verb)
    app.add_typer(jobs, name="jobs")


def work(
    context: typer.Context,
    once: Annotated[
        bool, typer.Option("--once", help="Do what is due now, and end.")
    ] = False,
    beside: Annotated[
        int, typer.Option(hidden=True, help="Process with which it ends.")
    ] = 0,
) -> None:
    """Do the jobs that are asked for, and tell webhooks; any number may work."""
    with open_home(context.obj) as home:
        worker = Worker(home, handlers_of(publisher))
        if beside:
            stop_with_parent(worker, beside)
        with _stopped_by_signals(worker):
            if not once:
                if not beside:
                    ERR.print("working 执行任务 (Ctrl-C stops)")
                with senders_beside(home):
                    worker.work()
                return
            while (job := worker.turn()) is not None:
                _say(asking.plain(job))
            sender = Sender(home)
            while (told := sender.turn()) is not None:
                say(f"{told.event} of entry {told.entry} to webhook {told.receiver}")


def listed(
    context: typer.Context,
    state: Annotated[
        asking.JobState | None, typer.Option(help="Those that stand there.")
    ] = None,
    most: Annotated[int, typer.Option(min=1, max=_MOST, help="So many.")] = 50,
    json: JsonFlag = False,
) -> None:
    """List jobs, the newest first."""
    with open_home(context.obj) as home:
        rows = [asking.plain(one) for one in asking.jobs(home, state=state, most=most)]
    if json:
        say_json(rows)
        return
    for row in rows:
        _say(row)


def show(context: typer.Context, number: Number, json: JsonFlag = False) -> None:
    """Show a job: how far it is, or what came of it."""
    with open_home(context.obj) as home:
        row = asking.plain(asking.job(home, number))
    if json:
        say_json(row)
        return
    _say(row)
    answer = dict(row["answer"] or {})
    for account in answer.pop("files", ()):
        say_account(account)
        if account["rejects"]:
            say(f"    reasons: {home.lake.rejects / account['rejects']}")
    for name, value in answer.items():
        say(f"  {name}: {value}")


def send(
    context: typer.Context,
    file: Annotated[Path, typer.Argument(exists=True, dir_okay=False)],
    by: ByOption,
    received_on: OnOption = None,
    json: JsonFlag = False,
) -> None:
    """Hand in a file of a source; a worker takes it in."""
    with open_home(context.obj) as home:
        hand = hand_for(home, by, operation="uploads.add")
        upload = keep_upload(home.root, file.name, _chunks(file))
        day = received_on.date() if received_on else clock.today()
        job = asking.ask_to_take(home, upload, received_on=day, by=hand.login)
    _told(asking.plain(job), json=json)


def run(
    context: typer.Context,
    by: ByOption,
    budget: Annotated[
        str, typer.Option("--budget", help="Yuan that may be lent.")
    ] = "100000000",
    as_of: Annotated[
        datetime | None,
        typer.Option(formats=["%Y-%m-%d"], help="The day; else the last."),
    ] = None,
    model: Annotated[
        str | None, typer.Option(help="A model on record whose PD counts.")
    ] = None,
    json: JsonFlag = False,
) -> None:
    """Ask for a run of the whole line over what is held; a worker makes it."""
    with open_home(context.obj) as home:
        hand = hand_for(home, by, operation="runs.start")
        job = asking.ask_to_run(
            home,
            budget_fen=budget_of(budget),
            as_of=as_of.date() if as_of else None,
            model=model,
            by=hand.login,
        )
    _told(asking.plain(job), json=json)


def cancel(
    context: typer.Context, number: Number, by: ByOption, json: JsonFlag = False
) -> None:
    """Cancel a job: at once if it waits, else when its worker hears of it."""
    _steered(context.obj, asking.cancel, number, by=by, json=json)


def resume(
    context: typer.Context, number: Number, by: ByOption, json: JsonFlag = False
) -> None:
    """Let a job that is dead or cancelled be tried anew."""
    _steered(context.obj, asking.resume, number, by=by, json=json)


def _steered(
    root: Path, steer: Callable[..., asking.Job], number: int, *, by: str, json: bool
) -> None:
    with open_home(root) as home:
        hand = hand_for(home, by, operation="jobs.steer")
        job = steer(home, number, by=hand.login)
    _told(asking.plain(job), json=json)


@contextmanager
def _stopped_by_signals(worker: Worker) -> Iterator[None]:
    """Have a worker leave what it does when asked to end, and end at once if again."""

    def stop(which: int, _: object) -> None:
        signal.signal(which, signal.SIG_DFL)
        worker.stop()

    before = {
        which: signal.signal(which, stop) for which in (signal.SIGINT, signal.SIGTERM)
    }
    try:
        yield
    finally:
        for which, handler in before.items():
            signal.signal(which, handler)


def _chunks(file: Path) -> Iterator[bytes]:
    with file.open("rb") as opened:
        while chunk := opened.read(_CHUNK):
            yield chunk


def _told(row: dict[str, Any], *, json: bool) -> None:
    if json:
        say_json(row)
    else:
        _say(row)


def _say(row: dict[str, Any]) -> None:
    far = f" {row['done']:,}/{row['whole']:,}" if row["whole"] else ""
    step = f", {row['step']}{far}" if row["step"] and row["state"] == "running" else ""
    why = f": {row['reason']}" if row["reason"] else ""
    say(f"{row['number']} {row['kind']} {row['state']}{step}, by {row['by']}{why}")
