"""Verbs about receivers of events: `webhooks add|list|pause|resume|remove|rotate|..`.

A change asks for the password of an administrator; a secret goes to standard output,
once, and to nothing else.
"""

from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any, Final

import typer

from xiaowei.desk.access.house import house_of
from xiaowei.desk.home import Home, open_home
from xiaowei.desk.webhooks import administering
from xiaowei.policy.access.permissions import Permit
from xiaowei.surfaces.proving import leave_of
from xiaowei.surfaces.terminal import ERR, JsonFlag, say, say_json

_MOST: Final = 1_000
Number = Annotated[int, typer.Argument(help="Of the receiver.")]
By = Annotated[str, typer.Option("--as", help="The administrator who does it.")]


def add_verbs(app: typer.Typer) -> None:
    """Add the verbs of this file to a command line."""
    webhooks = typer.Typer(
        help="Receivers that are told of events 回调通知.", no_args_is_help=True
    )
    for name, verb in (
        ("add", add),
        ("list", listed),
        ("pause", pause),
        ("resume", resume),
        ("remove", remove),
        ("rotate", rotate),
        ("deliveries", deliveries),
        ("resend", resend),
    ):
        webhooks.command(name)(verb)
    app.add_typer(webhooks, name="webhooks")


def add(
    context: typer.Context,
    url: Annotated[str, typer.Argument(help="https, on port 443 or 8443.")],
    by: By,
    event: Annotated[
        list[str] | None,
        typer.Option(help="Of what; repeat it. Else of all that there are today."),
    ] = None,
    json: JsonFlag = False,
) -> None:
    """Register a receiver; its secret is printed this once."""
    events = event or list(administering.NAMES)
    made = _changed(
        context.obj,
        by,
        lambda home, leave: administering.register(home, leave, url, events),
    )
    _say_issued(made, json=json)


def listed(context: typer.Context, json: JsonFlag = False) -> None:
    """List receivers, the first one first; no secret is shown."""
    with open_home(context.obj) as home:
        rows = [administering.plain(one) for one in administering.receivers(home)]
    if json:
        say_json(rows)
        return
    for row in rows:
        _say(row)


def pause(
    context: typer.Context, number: Number, by: By, json: JsonFlag = False
) -> None:
    """Tell a receiver nothing for now; what it asked for waits."""
    _turned(context.obj, administering.pause, number, by=by, json=json)


def resume(
    context: typer.Context, number: Number, by: By, json: JsonFlag = False
) -> None:
    """Tell a receiver again, and first of all what waited."""
    _turned(context.obj, administering.resume, number, by=by, json=json)


def remove(
    context: typer.Context, number: Number, by: By, json: JsonFlag = False
) -> None:
    """Tell a receiver nothing any more; what waited for it is dropped."""
    _turned(context.obj, administering.remove, number, by=by, json=json)


def rotate(
    context: typer.Context,
    number: Number,
    by: By,
    overlap: Annotated[
        int, typer.Option("--overlap", help="Hours for which the old secret signs too.")
    ] = administering.OVERLAP_HOURS,
    json: JsonFlag = False,
) -> None:
    """Give a receiver a new secret, which is printed this once."""
    made = _changed(
        context.obj,
        by,
        lambda home, leave: administering.rotate(
            home, leave, number, overlap_hours=overlap
        ),
    )
    _say_issued(made, json=json)


def deliveries(
    context: typer.Context,
    number: Number,
    state: Annotated[
        administering.DeliveryState | None, typer.Option(help="Those that stand there.")
    ] = None,
    most: Annotated[int, typer.Option(min=1, max=_MOST, help="So many.")] = 50,
    json: JsonFlag = False,
) -> None:
    """List what a receiver was told or is to be, the newest first."""
    with open_home(context.obj) as home:
        found = administering.deliveries(home, number, state=state, most=most)
    rows = [administering.plain(one) for one in found]
    if json:
        say_json(rows)
        return
    for row in rows:
        why = f": {row['reason']}" if row["reason"] else ""
        tries = f", {row['tries']} tries" if row["tries"] != 1 else ""
        say(f"{row['entry']} {row['event']} {row['state']}{tries}{why}")


def resend(
    context: typer.Context,
    number: Number,
    by: By,
    entry: Annotated[
        int | None, typer.Option(help="That is told of; else all that are dead.")
    ] = None,
    json: JsonFlag = False,
) -> None:
    """Send again what is dead, or one that a receiver asks for once more."""
    count = _changed(
        context.obj,
        by,
        lambda home, leave: administering.resend(home, leave, number, entry),
    )
    if json:
        say_json({"resent": count})
    else:
        say(f"{count} to be sent again 重新发送")


def _turned(
    root: Path,
    turn: Callable[[Home, Permit, int], administering.Receiver],
    number: int,
    *,
    by: str,
    json: bool,
) -> None:
    one = _changed(root, by, lambda home, leave: turn(home, leave, number))
    row = administering.plain(one)
    if json:
        say_json(row)
    else:
        _say(row)


def _changed(root: Path, by: str, act: Callable[[Home, Permit], Any]) -> Any:  # noqa: ANN401
    with open_home(root) as home:
        leave = leave_of(house_of(home), by, administering.CHANGE)
        return act(home, leave)


def _say_issued(made: administering.Issued, *, json: bool) -> None:
    row = administering.plain(made.receiver)
    if json:
        say_json({**row, "secret": made.secret})
        return
    _say(row)
    ERR.print("its secret, shown this once; keep it where it is checked 密钥仅显示一次")
    say(made.secret)


def _say(row: dict[str, Any]) -> None:
    events = ", ".join(row["events"])
    say(f"{row['number']} {row['url']} {row['state']}: {events}, by {row['by']}")
