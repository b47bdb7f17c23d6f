"""The verb `monitor`: what has changed for a model on record."""

from datetime import datetime
from pathlib import Path
from typing import Annotated, Any, Final

import typer

from xiaowei.desk.home import open_home
from xiaowei.desk.modelling.monitoring import Ripening
from xiaowei.desk.modelling.monitoring import monitor as watch_model
from xiaowei.desk.modelling.trending import course_of, keep
from xiaowei.surfaces.report.monitor_report import write_monitor_report
from xiaowei.surfaces.terminal import (
    ERR,
    JsonFlag,
    ModelArgument,
    say,
    say_json,
    spread,
)

_SHOWN: Final = 15
_FOLLOWED: Final = (
    ("psi", "PSI of the PD 违约概率稳定性"),
    ("mean_pd", "mean PD 平均违约概率"),
    ("expected_auc", "AUC expected 预估 AUC"),
    ("ratio", "came / expected 实际／预期"),
    ("auc", "AUC"),
    ("moved", "traits moved 漂移指标数"),
)


def add_verbs(app: typer.Typer) -> None:
    """Add the verb of this file to a command line."""
    app.command()(monitor)


def monitor(
    context: typer.Context,
    model: ModelArgument,
    table: Annotated[
        Path,
        typer.Argument(
            exists=True, dir_okay=False, help="Firms seen: CSV (UTF-8) or Parquet."
        ),
    ],
    reference: Annotated[
        Path | None,
        typer.Option(
            exists=True,
            dir_okay=False,
            help="Firms compared with; else those the model was learnt from.",
        ),
    ] = None,
    outcome: Annotated[
        str | None, typer.Option(help="Column: who defaulted, as far as known.")
    ] = None,
    bad: Annotated[
        str | None, typer.Option(help="Its value for a default; else 1, yes or 是.")
    ] = None,
    decided_on: Annotated[
        str | None, typer.Option(help="Column: day of the decision.")
    ] = None,
    window: Annotated[int, typer.Option(min=0, help="Months a default counts.")] = 0,
    as_of: Annotated[
        datetime | None,
        typer.Option(
            formats=["%Y-%m-%d"], help="Cases ripe by this day count; else all stated."
        ),
    ] = None,
    on: Annotated[
        datetime | None,
        typer.Option(
            formats=["%Y-%m-%d"],
            help="Day the firms are of: what is said goes on record for the course.",
        ),
    ] = None,
    report: Annotated[
        Path | None, typer.Option(help="Also write a page: a name in .html.")
    ] = None,
    json: JsonFlag = False,
) -> None:
    """Say which traits and scores have moved, and whether PDs still hold."""
    ripening = Ripening(
        outcome=outcome,
        bad=bad,
        decided_on=decided_on,
        window_months=window,
        as_of=as_of.date() if as_of else None,
    )
    ERR.print("… reading in chunks 分块读取", highlight=False)
    with open_home(context.obj) as home:
        told = watch_model(home, model, table, reference=reference, ripening=ripening)
        if on:
            keep(home, told, seen_on=on.date())
        told["course"] = course_of(home, told)
    if report:
        write_monitor_report(told, path=report)
    if json:
        say_json(told)
        return
    _print(told)


def _print(told: dict[str, Any]) -> None:
    say(
        f"{told['model']['name']}: {told['seen']['firms']} firms of "
        f"{told['seen']['file']} against {told['reference']}"
    )
    mean = told["mean_pd"]
    if mean["now"] is None:
        return
    say(
        f"  PD 违约概率: PSI {spread(told['pd']['psi'])}; mean {mean['then']:.4f} → "
        f"{mean['now']:.4f}"
    )
    if told["expected_auc"] is not None:
        say(f"  AUC expected before outcomes 预估: {told['expected_auc']:.3f}")
    _print_ripe(told["ripe"], told["unripe"])
    _print_course(told["course"])
    for one in told["traits"][:_SHOWN]:
        new = f"; new 新类别 {one['new_share']:.3f}" if one["new"] else ""
        say(
            f"  {_word(one)} {one['name']}: PSI {spread(one['psi'])}; missing 缺失 "
            f"{one['missing_then']:.3f} → {one['missing_now']:.3f}{new}"
        )
    left = len(told["traits"]) - _SHOWN
    if left > 0:
        say(f"  and {left} more: see --json or --report")


def _print_ripe(ripe: dict[str, Any] | None, unripe: int) -> None:
    if ripe is None:
        say("  no outcome is ripe 尚无成熟结果")
        return
    word = "holds 水平相符" if ripe["level_holds"] else "does NOT hold 水平不符"
    say(
        f"  {ripe['firms']} ripe 成熟, {unripe} not; came / expected "
        f"{spread(ripe['ratio'])}: {word}"
    )
    if ripe["auc"]:
        say(f"  AUC {spread(ripe['auc'])}")


def _print_course(course: dict[str, Any]) -> None:
    points = course["points"]
    if not points:
        return
    say(f"  {len(points)} days on record 历次监测, last {points[-1]['seen_on']}")
    for name, label in _FOLLOWED:
        goes = course["trends"][name]["goes"]
        if goes:
            word = "rises 上升" if goes == "up" else "falls 下降"
            say(f"    {label} {word}, p {course['trends'][name]['p_value']:.3f}")


def _word(one: dict[str, Any]) -> str:
    if one["moved"]:
        return "moved 显著漂移"
    return "stirred 轻微变化" if one["stirred"] else "stands 稳定"
