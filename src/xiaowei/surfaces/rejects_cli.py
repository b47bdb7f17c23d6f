"""The verb `rejects`: what holds of all applicants, not of the accepted alone."""

from pathlib import Path
from typing import Annotated, Any, Final

import typer

from xiaowei.desk.home import open_home
from xiaowei.desk.modelling.rejected import all_applicants
from xiaowei.surfaces.terminal import JsonFlag, ModelArgument, say, say_json, spread

_TOLD: Final = (("bad_rate", "bad rate 违约率"), ("auc", "AUC 区分度"))


def add_verbs(app: typer.Typer) -> None:
    """Add the verb of this file to a command line."""
    app.command()(rejects)


def rejects(
    context: typer.Context,
    model: ModelArgument,
    table: Annotated[
        Path,
        typer.Argument(
            exists=True, dir_okay=False, help="All applicants: CSV (UTF-8) or Parquet."
        ),
    ],
    outcome: Annotated[
        str, typer.Option(help="Column: who defaulted; empty where nobody knows.")
    ],
    cut_off: Annotated[
        float, typer.Option(help="PD up to which all would be approved.")
    ],
    chance: Annotated[
        str | None,
        typer.Option(help="Column: the chance each had of being accepted, 0..1."),
    ] = None,
    bad: Annotated[
        str | None, typer.Option(help="Its value for a default; else 1, yes or 是.")
    ] = None,
    json: JsonFlag = False,
) -> None:
    """Bound and estimate what holds of all applicants, the declined among them."""
    with open_home(context.obj) as home:
        told = all_applicants(
            home, model, table, cut_off=cut_off, outcome=(outcome, bad), chance=chance
        )
    if json:
        say_json(told)
        return
    say(
        f"{told['model']['name']}: {told['applicants']['rows']} applicants, "
        f"{told['approval']:.3f} with a PD up to {told['cut_off']:g}"
    )
    for key, label in _TOLD:
        _print(label, told[key])


def _print(label: str, one: dict[str, Any]) -> None:
    say(
        f"  {label}: within 必在 [{one['low']:.3f}, {one['high']:.3f}]; "
        f"{one['without_outcome']:.3f} without an outcome 无结果"
    )
    if one["accepted_only"] is not None:
        say(f"    of the accepted alone 仅获批者: {one['accepted_only']:.3f}")
    if one["doubly_robust"] is None:
        say("    chances not known, or 0 for some: no estimate 无法估计")
        return
    for key, name in (("weighted", "weighted 加权"), ("doubly_robust", "双重稳健 DR")):
        say(f"    {name}: {spread(one[key])}")
    say(f"    worth 有效样本 {one['effective']:.0f} firms")
