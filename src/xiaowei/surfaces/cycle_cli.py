"""Verbs about the cycle: `cycle`, `tie`, `ahead`."""

from datetime import datetime
from pathlib import Path
from typing import Annotated, Any

import numpy as np
import typer

from xiaowei.desk.home import open_home
from xiaowei.desk.modelling.levels import Asked, cycle_told, tie_model, write_ahead
from xiaowei.desk.modelling.tables import Roles
from xiaowei.surfaces.terminal import JsonFlag, ModelArgument, say, say_json, spread

TableArgument = Annotated[
    Path, typer.Argument(exists=True, dir_okay=False, help="CSV (UTF-8) or Parquet.")
]
AsOfOption = Annotated[
    datetime,
    typer.Option(formats=["%Y-%m-%d"], help="What became known later is left out."),
]
WindowOption = Annotated[
    int, typer.Option(min=3, help="Months of the PDs, a multiple of three.")
]
SeriesOption = Annotated[
    str | None, typer.Option(help="Series that leads the states, such as PMI.")
]


def add_verbs(app: typer.Typer) -> None:
    """Add the verbs of this file to a command line."""
    for verb in (cycle, tie, ahead):
        app.command()(verb)


def cycle(
    context: typer.Context,
    as_of: AsOfOption,
    window: WindowOption = 12,
    series: SeriesOption = None,
    json: JsonFlag = False,
) -> None:
    """Tell from quarters of defaults how bad times were, and may be ahead."""
    asked = Asked(as_of=as_of.date(), window_months=window, series=series)
    with open_home(context.obj) as home:
        told = cycle_told(home, asked)
    if json:
        say_json(told)
        return
    _print_cycle(told)


def tie(
    context: typer.Context,
    model: ModelArgument,
    table: TableArgument,
    outcome: Annotated[str, typer.Option(help="Column: who defaulted.")],
    decided_on: Annotated[str, typer.Option(help="Column: day of the decision.")],
    as_of: AsOfOption,
    bad: Annotated[
        str | None, typer.Option(help="Its value for a default; else 1, yes or 是.")
    ] = None,
    window: WindowOption = 12,
    series: SeriesOption = None,
    json: JsonFlag = False,
) -> None:
    """Set a model's PDs beside the cycle, by cases it had not seen."""
    roles = Roles(outcome=outcome, bad=bad, decided_on=decided_on)
    asked = Asked(as_of=as_of.date(), window_months=window, series=series)
    with open_home(context.obj) as home:
        told = tie_model(home, model, table, roles=roles, asked=asked)
    if json:
        say_json(told)
        return
    _print_cycle(told["cycle"])
    mean = told["mean"]
    say(
        f"{told['name']}: {told['cases']} cases, {told['bads']} defaults, "
        f"{told['left_out']} left out 未成熟; level {told['level']:+.3f}, spread "
        f"{told['spread']:.3f}"
    )
    say(
        f"  mean PD 平均违约概率 {mean['pd']:.4f}; through the cycle 穿越周期 "
        f"{mean['pd_through']:.4f}; ahead 时点 {mean['pd_ahead']:.4f} "
        f"[{mean['pd_ahead_low']:.4f}, {mean['pd_ahead_high']:.4f}]"
    )


def ahead(
    context: typer.Context,
    model: ModelArgument,
    table: TableArgument,
    out: Annotated[Path, typer.Option(help="File written: .parquet or .csv.")],
    level: Annotated[
        float, typer.Option(min=0.01, max=0.99, help="Of the interval.")
    ] = 0.9,
    json: JsonFlag = False,
) -> None:
    """Write PDs through the cycle and of the year ahead, by a model that was tied."""
    with open_home(context.obj) as home:
        rows = write_ahead(home, model, table, out=out, level=level)
    if json:
        say_json({"rows": rows, "out": out.name})
        return
    say(f"{rows} rows written to {out.name} 已写入")


def _print_cycle(told: dict[str, Any]) -> None:
    for period, state in zip(told["periods"], told["states"], strict=True):
        say(
            f"{period['name']}: {period['bads']} of {period['firms']} defaulted 违约 "
            f"({period['bads'] / period['firms']:.2%}), z {spread(state, '+.2f')}"
        )
    low, middle, high = np.quantile(told["nodes"], [0.05, 0.5, 0.95]).tolist()
    say(
        f"  {told['ahead']} quarters ahead 未来: z {middle:+.2f} [{low:+.2f}, "
        f"{high:+.2f}]; rho {told['rho']:.3f}; a quarter through the cycle 穿越周期 "
        f"{spread(told['pd'], '.4f')}"
    )
    if told["tells"]:
        say(
            f"  {told['series']} one standard deviation higher 每升高一个标准差: z "
            f"{spread(told['tells'], '+.2f')}"
        )
