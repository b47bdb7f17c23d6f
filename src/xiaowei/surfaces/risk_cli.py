"""Verbs about models of risk: `train` and `validate`."""

from datetime import datetime
from pathlib import Path
from typing import Annotated, Any, Final

import typer

from xiaowei.desk.home import open_home
from xiaowei.desk.modelling.fairly import FairnessAsked
from xiaowei.desk.modelling.keeping import stood_for, with_number
from xiaowei.desk.modelling.keeping import validate as judge_model
from xiaowei.desk.modelling.lesson import Lesson, ModelKind, statements_of
from xiaowei.desk.modelling.tables import Roles
from xiaowei.desk.modelling.training import train as learn_model
from xiaowei.risk.fairness import LEAST
from xiaowei.surfaces.report.model_report import write_model_report
from xiaowei.surfaces.terminal import (
    ERR,
    JsonFlag,
    ModelArgument,
    say,
    say_json,
    spread,
)

_TOLD: Final = (
    ("auc", "AUC"),
    ("ks", "KS"),
    ("brier", "Brier"),
    ("ece", "ECE 校准误差"),
    ("intercept", "intercept 校准截距"),
    ("slope", "slope 校准斜率"),
)

_APART: Final = 2.0
"""From so many standard deviations on experts and data are called far apart."""

_WRONG: Final = (
    ("good_told_bad", "good told bad 好户判坏"),
    ("bad_told_good", "bad told good 坏户判好"),
)

TableArgument = Annotated[
    Path, typer.Argument(exists=True, dir_okay=False, help="CSV (UTF-8) or Parquet.")
]
OutcomeOption = Annotated[
    str,
    typer.Option(
        help="Column: who defaulted; with --model hazard the day, empty where none."
    ),
]
BadOption = Annotated[
    str | None, typer.Option(help="Its value for a default; else 1, yes or 是.")
]
SegmentOption = Annotated[
    str | None, typer.Option(help="Column by which the verdict is told apart.")
]
ReportOption = Annotated[
    Path | None, typer.Option(help="Also write a report: a name in .html or .xlsx.")
]


def add_verbs(app: typer.Typer) -> None:
    """Add the verbs of this file to a command line."""
    for verb in (train, validate):
        app.command()(verb)


def train(
    context: typer.Context,
    table: TableArgument,
    outcome: OutcomeOption,
    name: Annotated[str, typer.Option(help="What the model will be called.")],
    model: Annotated[
        ModelKind | None, typer.Option(help="Which; else a scorecard.")
    ] = None,
    bad: BadOption = None,
    decided_on: Annotated[
        str | None, typer.Option(help="Column: day of the decision.")
    ] = None,
    group: Annotated[
        str | None, typer.Option(help="Column: enterprise or owner.")
    ] = None,
    segment: SegmentOption = None,
    without: Annotated[
        list[str] | None, typer.Option(help="Column that stays out; may be repeated.")
    ] = None,
    judged_from: Annotated[
        datetime | None,
        typer.Option(formats=["%Y-%m-%d"], help="First day judged; else last quarter."),
    ] = None,
    window: Annotated[
        int, typer.Option(min=0, help="Months that a default counts; 0 if final.")
    ] = 0,
    as_of: Annotated[
        datetime | None,
        typer.Option(formats=["%Y-%m-%d"], help="Today for the cases; else all final."),
    ] = None,
    seed: Annotated[int, typer.Option(help="Of what is left to chance.")] = 0,
    intervals: Annotated[
        int,
        typer.Option(
            min=0,
            help="Learn anew from so many draws, for intervals of PDs; 50 will do.",
        ),
    ] = 0,
    priors: Annotated[
        Path | None,
        typer.Option(help="YAML: what experts hold, for --model experts."),
    ] = None,
    by: Annotated[
        str | None, typer.Option(help="Who trains; who validates must be another.")
    ] = None,
    report: ReportOption = None,
    json: JsonFlag = False,
) -> None:
    """Learn a model of default, judge it on later cases, put it on record."""
    if intervals == 1:
        raise typer.BadParameter("--intervals needs 2 draws or more, or 0 for none")
    lesson = Lesson(
        name=name,
        kind=_kind(model, priors),
        roles=Roles(
            outcome=outcome,
            bad=bad,
            decided_on=decided_on,
            group=group,
            segment=segment,
            without=tuple(without or ()),
        ),
        judged_from=judged_from.date() if judged_from else None,
        window_months=window,
        as_of=as_of.date() if as_of else None,
        seed=seed,
        intervals=intervals,
        priors=statements_of(priors) if priors else (),
        by=by,
    )
    ERR.print(
        "… looking for leaks, learning, judging 查泄漏、训练、检验", highlight=False
    )
    with open_home(context.obj) as home:
        trained = learn_model(home, table, lesson)
        card = stood_for(home, with_number(trained.entry))
    if report:
        write_model_report(card, path=report)
    if json:
        say_json(card)
        return
    _print_card(card)


def validate(
    context: typer.Context,
    model: ModelArgument,
    table: TableArgument,
    outcome: OutcomeOption,
    by: Annotated[str, typer.Option(help="Who validates.")],
    bad: BadOption = None,
    segment: SegmentOption = None,
    fair: Annotated[
        list[str] | None,
        typer.Option(help="Column whose groups are compared; may be repeated."),
    ] = None,
    cut_off: Annotated[
        float | None,
        typer.Option(help="PD up to which a firm is approved; needed with --fair."),
    ] = None,
    regime: Annotated[
        str | None,
        typer.Option(
            help="Column: how the economy stood, such as economy_index_now; "
            "calibration is told for each."
        ),
    ] = None,
    least: Annotated[
        int, typer.Option(min=1, help="Groups of fewer firms are not judged.")
    ] = LEAST,
    report: ReportOption = None,
    json: JsonFlag = False,
) -> None:
    """Judge a model on record on other cases, and put the verdict on record."""
    roles = Roles(outcome=outcome, bad=bad, segment=segment, regime=regime)
    with open_home(context.obj) as home:
        told = judge_model(
            home, model, table, roles=roles, by=by, fair=_fair(fair, cut_off, least)
        )
    if report:
        write_model_report(told, path=report)
    if json:
        say_json(told)
        return
    _print_verdict(told["verdict"])
    _print_committee(told)
    _print_regimes(told.get("regimes"))
    for one in told.get("fairness", ()):
        _print_fairness(one)


def _kind(model: ModelKind | None, priors: Path | None) -> ModelKind:
    if priors is None and model == "experts":
        raise typer.BadParameter("--model experts needs --priors, a file of YAML")
    if priors is not None and model not in {None, "experts"}:
        raise typer.BadParameter(f"a {model} takes no --priors; use --model experts")
    return "experts" if priors else model or "scorecard"


def _fair(
    columns: list[str] | None, cut_off: float | None, least: int
) -> FairnessAsked | None:
    if not columns:
        return None
    if cut_off is None:
        raise typer.BadParameter(
            "give --cut-off, the PD up to which firms are approved"
        )
    return FairnessAsked(columns=columns, cut_off=cut_off, least=least)


def _print_card(card: dict[str, Any]) -> None:
    split, data = card["split"], card["data"]
    say(f"{card['name']} ({card['kind']}) {card['fingerprint'][:12]}")
    when = (
        f"out of time, judged from {split['judged_from']} on 跨期"
        if split["out_of_time"]
        else "NOT out of time: no day is stated 非跨期"
    )
    say(
        f"  {data['cases']} cases, {data['bads']} defaults; learnt from "
        f"{split['learnt_from']}, judged {split['judged']}, "
        f"not ripe {split['unripe']}, shared {split['shared']}; {when}"
    )
    for leak in card["refused"]:
        word = "refused 剔除" if leak["severity"] == "leak" else "look at 存疑"
        say(f"  {word} {leak['column']}: {leak['zh']} {leak['en']}")
    for caution in card["cautions"]:
        say(f"  caution 注意: {caution['zh']}。{caution['en']}")
    _print_small(card["small"])
    _print_verdict(card["verdict"])
    _print_committee(card)
    firm = card.get("firmness")
    if firm:
        say(
            f"  reasons 理由稳定性: tau {spread(firm['tau'])} over {firm['draws']} "
            f"models learnt anew, {firm['families']} families"
        )


def _print_small(small: dict[str, Any] | None) -> None:
    if small is None:
        return
    for term in small["terms"]:
        say(
            f"  {term['name']}: {term['weight']:+.3f} "
            f"[{term['low']:+.3f}, {term['high']:+.3f}], p {term['p_value']:.3g}"
        )
    for one in small["experts"]:
        said = " -> ".join(
            f"{word} {spread(one[key], '.2f')}"
            for key, word in (
                ("prior", "experts 专家"),
                ("data", "data 数据"),
                ("posterior", "both 合并"),
            )
        )
        far = "; far apart 相左" if one["apart"] > _APART else ""
        say(
            f"  {one['trait']} {one['from']} -> {one['to']}, odds ratio 优势比: "
            f"{said}{far} ({one['expert']} {one['day']}: {one['reason']})"
        )
    for one in small["left_out"]:
        say(f"  left out 未入模 {one['trait']}: {one['zh']} {one['en']}")


def _print_verdict(verdict: dict[str, Any]) -> None:
    say(
        f"  {verdict['firms']} judged, {verdict['bads']} defaults; mean PD "
        f"{verdict['mean_pd']:.4f}, defaulted {verdict['bad_rate']:.4f}"
    )
    for key, label in _TOLD:
        say(f"  {label}: {spread(verdict[key])}")
    for name, one in verdict["segments"].items():
        say(
            f"    {name}: {one['firms']} judged, AUC {spread(one['auc'])}, "
            f"mean PD {one['mean_pd']:.4f}, defaulted {one['bad_rate']:.4f}"
        )


def _print_regimes(regimes: dict[str, Any] | None) -> None:
    if regimes is None:
        return
    say(f"  by {regimes['column']} 分经济状态")
    for one in regimes["regimes"]:
        judged = "; ".join(
            f"{label} {spread(one[key])}" for key, label in _TOLD[3:] if one[key]
        )
        say(
            f"    {one['name']}: {one['firms']} cases of {one['readings']} readings, "
            f"{one['bads']} defaults; mean PD {one['mean_pd']:.4f}, defaulted "
            f"{one['bad_rate']:.4f}; {judged or 'too few, not judged 过少，不评判'}"
        )


def _print_committee(card: dict[str, Any]) -> None:
    low = [str(one["grade"]) for one in card.get("grades", ()) if one["too_low"]]
    if low:
        say(f"  PD too low in grades 违约概率偏低的级别: {', '.join(low)}")
    for one in card.get("referred") or card.get("referring") or ():
        wrong = [
            f"{word} {spread(one[key])}"
            for key, word in _WRONG
            if one.get(key) is not None
        ]
        say(
            f"  error 允许误判 {one['error']:g}: referred 转人工 {one['referred']:.1%}"
            + "".join(f"; {part}" for part in wrong)
        )


def _print_fairness(one: dict[str, Any]) -> None:
    say(f"  by {one['column']} 公平性, approved up to a PD of {one['cut_off']:g}")
    for group in one["groups"]:
        apart = [gap["measure"] for gap in group["gaps"] if gap["differs"]]
        word = f"differs 有差异: {', '.join(apart)}" if apart else "alike 无显著差异"
        say(
            f"    {group['name']}: {group['firms']} firms, mean PD "
            f"{group['mean_pd']:.4f}, defaulted {spread(group['bad_rate'])}, "
            f"approved {spread(group['approval'])}; "
            + (word if group["judged"] else f"fewer than {one['least']}, not judged")
        )
    last = one["frontier"][-1]
    say(
        f"    equal approval 拉平通过率 costs {spread(last['cost'])} of bad rate at "
        f"{last['approval']:.3f} approved"
    )
