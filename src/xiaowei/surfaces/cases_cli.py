"""Verbs about cases whose outcome is known: `panel`, `frontier`."""

from datetime import datetime
from pathlib import Path
from typing import Annotated, Any

import typer

from xiaowei.desk import clock
from xiaowei.desk.home import open_home
from xiaowei.desk.modelling.frontiers import Question, frontiers
from xiaowei.desk.modelling.panels import days_between, write_panel
from xiaowei.desk.modelling.tables import Roles
from xiaowei.surfaces.output import print_table
from xiaowei.surfaces.terminal import ERR, OUT, JsonFlag, say, say_json, spread


def add_verbs(app: typer.Typer) -> None:
    """Add the verbs of this file to a command line."""
    for verb in (panel, frontier):
        app.command()(verb)


def panel(
    context: typer.Context,
    file: Annotated[Path, typer.Argument(help="Parquet to be written.")],
    first: Annotated[
        datetime, typer.Option("--from", formats=["%Y-%m-%d"], help="First day.")
    ],
    last: Annotated[
        datetime, typer.Option("--until", formats=["%Y-%m-%d"], help="Last day.")
    ],
    every: Annotated[int, typer.Option(min=1, help="Months from one to the next.")] = 3,
    window: Annotated[
        int, typer.Option(min=1, help="Months in which a default counts.")
    ] = 12,
    as_of: Annotated[
        datetime | None,
        typer.Option(formats=["%Y-%m-%d"], help="Outcomes known by it; else today."),
    ] = None,
    json: JsonFlag = False,
) -> None:
    """Write portraits at month ends with what became of each firm, to learn from."""
    today = as_of.date() if as_of else clock.today()
    days = days_between(first.date(), last.date(), months=every)
    with open_home(context.obj) as home:
        made = write_panel(
            home,
            file,
            days=days,
            today=today,
            window_months=window,
            told=lambda done, of: ERR.print(
                f"… {done} of {of} days 画像日", highlight=False
            ),
        )
    told = {
        "file": str(made.path),
        "days": [day.isoformat() for day in made.days],
        "cases": made.cases,
        "bads": made.bads,
        "unknown": made.unknown,
        "gone": made.gone,
    }
    if json:
        say_json(told)
        return
    say(
        f"{made.cases} cases on {len(days)} days 案例: {made.bads} defaulted 违约, "
        f"{made.unknown} not known 未知, {made.gone} left out as defaulted before 剔除"
    )
    say(
        f"xiaowei train {made.path} --outcome defaulted --decided-on as_of "
        f"--group group --without enterprise_id --window {window} "
        f"--as-of {today} --name NAME"
    )


def frontier(
    context: typer.Context,
    table: Annotated[
        Path, typer.Argument(exists=True, dir_okay=False, help="CSV or Parquet.")
    ],
    outcome: Annotated[str, typer.Option(help="Column: who defaulted.")],
    old: Annotated[
        str, typer.Option(help="Column of risk, -COLUMN of a score, or a model.")
    ],
    new: Annotated[str, typer.Option(help="Likewise, what it is compared with.")],
    approved: Annotated[float, typer.Option(help="Share that the old approves.")] = 0.5,
    bad: Annotated[
        str | None, typer.Option(help="Outcome's value for a default.")
    ] = None,
    group: Annotated[
        str | None, typer.Option(help="Column: enterprise or owner.")
    ] = None,
    seed: Annotated[int, typer.Option(help="Of the bootstrap.")] = 0,
    json: JsonFlag = False,
) -> None:
    """Say how many more a policy approves than another at the same bad rate."""
    question = Question(
        old=old,
        new=new,
        roles=Roles(outcome=outcome, bad=bad, group=group),
        approved=approved,
        seed=seed,
    )
    with open_home(context.obj) as home:
        told = frontiers(home, table, question).as_plain()
    if json:
        say_json(told)
        return
    _print(told)


def _print(told: dict[str, Any]) -> None:
    say(
        f"{told['applicants']} applicants 申请户, {told['bads']} defaulted 违约, "
        f"{told['unknown']} not known 未知"
    )
    for name in told["learnt"]:
        say(f"  {name}: learnt from this file, which flatters it 由本文件训练")
    for name, count in told["unscored"].items():
        if count:
            say(f"  {name}: {count} without a risk, approved last 无评分者排末位")
    say(
        f"{told['old']} approves {told['approved']:.1%} at a bad rate of "
        f"{_percent(told['bad_rate'])} 原策略通过率与坏账率"
    )
    say(
        f"{told['new']} approves {spread(told['gain'], '+.1%')} more at the same bad "
        f"rate 同坏账率多通过"
    )
    say(
        f"  at the same share its bad rate is {_percent(told['bad_rate_at_equal'])} "
        f"同通过率坏账率"
    )
    names = {
        "both": "both approve 均通过",
        "out": "swapped out 换出",
        "into": "swapped in 换入",
        "neither": "neither 均拒绝",
    }
    for key, label in names.items():
        part = told["swap"][key]
        rate = part["bad_rate"]
        shown = "–" if rate is None else _percent(rate)
        say(f"  {label}: {part['applicants']:.0f}, bad rate 坏账率 {shown}")
    rows = [
        {
            "approved 通过率": f"{one['approved']:.0%}",
            f"{told['old']} 坏账率": _percent(one["old"]),
            f"{told['new']} 坏账率": _percent(one["new"]),
        }
        for one in told["points"]
    ]
    print_table(rows, console=OUT, columns=list(rows[0]))


def _percent(one: dict[str, float]) -> str:
    return spread(one, ".1%")
