"""Verbs about records: `records verify|anchor|rebuild|backup|check|restore`."""

from pathlib import Path
from typing import Annotated, Any

import typer

from xiaowei.desk import safekeeping
from xiaowei.desk.home import open_home
from xiaowei.surfaces.terminal import JsonFlag, say, say_json

PlaceArgument = Annotated[Path, typer.Argument(help="The backup's folder.")]


def add_verbs(app: typer.Typer) -> None:
    """Add the verbs of this file to a command line."""
    records = typer.Typer(
        help="The journal and its safekeeping 记录与备份.", no_args_is_help=True
    )
    for verb in (verify, anchor, rebuild, backup, check, restore):
        records.command()(verb)
    app.add_typer(records, name="records")


def verify(
    context: typer.Context,
    anchors: Annotated[
        Path | None,
        typer.Option(exists=True, dir_okay=False, help="As 'records anchor' wrote."),
    ] = None,
    json: JsonFlag = False,
) -> None:
    """Check that the journal, its documents and what was anchored are whole."""
    with open_home(context.obj) as home:
        told = safekeeping.verify(home, anchors=anchors)
    if json:
        say_json(told)
        return
    say(f"{told['entries']} entries in {told['where']}, schema {told['schema']}: whole")
    if told["anchors"] is None:
        say("  no anchors were given: a cut of the end would not show 未核对锚点")
    else:
        say(f"  {told['anchors']} anchors stand 锚点一致")


def anchor(
    context: typer.Context,
    file: Annotated[
        Path, typer.Argument(help="Outside the database, best on another machine.")
    ],
    json: JsonFlag = False,
) -> None:
    """Write what stands at the journal's end to a file outside, once a day."""
    with open_home(context.obj) as home:
        told = safekeeping.anchored(home, file)
    if json:
        say_json(told)
        return
    say(f"entry {told['seq']} anchored 已锚定: {told['hash']}")


def rebuild(context: typer.Context, json: JsonFlag = False) -> None:
    """Drop the read models and build them from the journal."""
    with open_home(context.obj) as home:
        told = safekeeping.rebuild(home)
    if json:
        say_json(told)
        return
    for name, entries in told.items():
        say(f"{name}: {entries} entries")


def backup(
    context: typer.Context, place: PlaceArgument, json: JsonFlag = False
) -> None:
    """Copy records, lake and policy into a new folder; work may go on."""
    with open_home(context.obj) as home:
        told = safekeeping.back_up(home, place)
    _print(told, json=json)


def check(place: PlaceArgument, json: JsonFlag = False) -> None:
    """Check that a backup is what was backed up."""
    _print(safekeeping.check_backup(place), json=json)


def restore(
    context: typer.Context, place: PlaceArgument, json: JsonFlag = False
) -> None:
    """Make the home of --home from a backup, and verify it."""
    told = safekeeping.restore(place, context.obj)
    with open_home(context.obj) as home:
        safekeeping.verify(home)
    _print(told, json=json)


def _print(told: dict[str, Any], *, json: bool) -> None:
    if json:
        say_json(told)
        return
    say(
        f"{told['entries']} entries, {len(told['files'])} files, "
        f"made at {told['made_at']}: whole 完整"
    )
