"""Verbs about facts and portraits: `simulate`, `take`, `portray`, `sources`."""

from datetime import datetime
from pathlib import Path
from typing import Annotated, Any, Final

import typer

from xiaowei.desk import clock
from xiaowei.desk.home import open_home
from xiaowei.desk.portraying.asking import portrait_at_once, renew_portraits
from xiaowei.desk.taking import take_folder
from xiaowei.facts.progress import Progress
from xiaowei.facts.sources import EVERY_SOURCE
from xiaowei.simulate.county import write_county
from xiaowei.surfaces.output import show_rows
from xiaowei.surfaces.terminal import ERR, OUT, JsonFlag, bar

_UNTIL: Final = datetime.fromisoformat("2025-06-30")

DayOption = Annotated[
    datetime | None, typer.Option(formats=["%Y-%m-%d"], help="The day; else today.")
]


def add_verbs(app: typer.Typer) -> None:
    """Add the verbs of this file to a command line."""
    for verb in (simulate, take, portray, sources):
        app.command()(verb)


def simulate(
    folder: Annotated[Path, typer.Argument(help="Where to write; must not exist.")],
    enterprises: Annotated[int, typer.Option(help="How many.")] = 300,
    months: Annotated[int, typer.Option(help="How many months.")] = 36,
    seed: Annotated[int, typer.Option(help="Of all chance.")] = 7,
    until: Annotated[
        datetime, typer.Option(formats=["%Y-%m-%d"], help="The last day.")
    ] = _UNTIL,
    fraud_share: Annotated[float, typer.Option(help="That deceive, 0..1.")] = 0.06,
    processes: Annotated[int, typer.Option(help="Districts at a time.")] = 2,
    json: JsonFlag = False,
) -> None:
    """Simulate a county: what its sources deliver, and apart from it the truth."""
    with bar() as shown:
        task = shown.add_task("simulating 模拟", total=None)
        made = write_county(
            folder,
            seed=seed,
            firms=enterprises,
            months=months,
            until=until.date(),
            fraud_share=fraud_share,
            processes=processes,
            progress=lambda done, of: shown.update(task, completed=done, total=of),
        )
    rows = [{"file": file, "rows": count} for file, count in made.rows.items()]
    show_rows(rows, console=OUT, json=json)
    ERR.print(f"sources {made.sources}; the truth apart {made.truth}")


def take(
    context: typer.Context,
    folders: Annotated[list[Path], typer.Argument(help="Folders with files.")],
    received_on: DayOption = None,
    json: JsonFlag = False,
) -> None:
    """Take files into the lake; go on where an earlier intake was broken off."""
    day = received_on.date() if received_on else clock.today()
    with open_home(context.obj) as home, bar() as shown:
        tasks: dict[str, Any] = {}

        def tell(told: Progress) -> None:
            named = f"{told.file} ({told.unit})"
            if named not in tasks:
                tasks[named] = shown.add_task(named, total=told.of)
            shown.update(tasks[named], completed=told.done)

        taken = [
            take_folder(folder, lake=home.lake, received_on=day, progress=tell)
            for folder in folders
        ]
        rows = [
            {
                "file": receipt.account.file,
                "source": receipt.account.source,
                "rows": receipt.account.rows,
                "accepted": receipt.account.accepted,
                "quarantined": receipt.account.quarantined,
                "duplicates": receipt.account.duplicates,
                "added": receipt.added,
                "rejects": str(receipt.rejects) if receipt.rejects else None,
            }
            for one in taken
            for receipt in one.receipts
        ]
    show_rows(rows, console=OUT, json=json)
    for one in taken:
        for lost in one.unusable:
            ERR.print(f"not read: {lost.reason}", soft_wrap=True, markup=False)


def portray(
    context: typer.Context,
    enterprise_id: Annotated[
        str | None, typer.Argument(help="Whose portrait; all are renewed without.")
    ] = None,
    as_of: DayOption = None,
    json: JsonFlag = False,
) -> None:
    """Show one enterprise's portrait at once, or renew those of all for a day."""
    day = as_of.date() if as_of else None
    with open_home(context.obj) as home:
        if enterprise_id is not None:
            show_rows(
                portrait_at_once(home, enterprise_id, as_of=day),
                console=OUT,
                json=json,
            )
            return
        with bar() as shown:
            task = shown.add_task("portraits 画像", total=None)
            done = renew_portraits(
                home,
                as_of=day,
                progress=lambda n, of: shown.update(task, completed=n, total=of),
            )
    told: dict[str, Any] = {
        "as_of": done.as_of.isoformat(),
        "whole": done.whole,
        "renewed": done.renewed,
    }
    show_rows([told], console=OUT, json=json)


def sources(json: JsonFlag = False) -> None:
    """List the sources there are, what their files are called and state."""
    rows = [
        {
            "source": one.name,
            "zh": one.zh,
            "family": one.family,
            "asks_consent": one.asks_consent,
            "meaning": one.meaning.en,
            "columns": {column.name: column.heads for column in one.columns},
        }
        for one in EVERY_SOURCE
    ]
    show_rows(rows, console=OUT, json=json)
