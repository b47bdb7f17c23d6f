"""Verbs about the whole book: `allocate`."""

from pathlib import Path
from typing import Annotated, Any, Final

import pyarrow as pa
import pyarrow.csv as pc
import pyarrow.parquet as pq
import typer

from xiaowei.desk.home import open_home
from xiaowei.desk.portfolio.allocating import allocate_file, allocate_run, lines_of
from xiaowei.desk.portfolio.recording import (
    allocation_named,
    allocations_on_record,
    kept,
)
from xiaowei.money import yuan_text
from xiaowei.surfaces.output import UnwritableError, json_text, print_table, write_json
from xiaowei.surfaces.terminal import ERR, OUT, JsonFlag, say, say_json

_SHOWN: Final = 20


def add_verbs(app: typer.Typer) -> None:
    """Add the verbs of this file to a command line."""
    app.command()(allocate)
    app.command()(allocations)


def allocate(
    context: typer.Context,
    limits: Annotated[
        Path, typer.Option(exists=True, dir_okay=False, help="YAML of limits.")
    ],
    candidates: Annotated[
        Path | None,
        typer.Argument(
            exists=True,
            dir_okay=False,
            help="CSV, XLSX or Parquet of candidates; else the firms of the last run.",
        ),
    ] = None,
    out: Annotated[
        Path | None,
        typer.Option(help="The loans, to be written: .csv, .parquet or .json."),
    ] = None,
    costs: Annotated[
        bool,
        typer.Option("--costs", help="Also what each limit costs: solves again."),
    ] = False,
    by: Annotated[
        str | None, typer.Option(help="Who asks; kept with the allocation.")
    ] = None,
    json: JsonFlag = False,
) -> None:
    """Choose which firm gets which option so that the whole book is worth most.

    Candidates: one row per firm and option; amounts in fen per lot. Due are
    enterprise_id, offered_fen, paid_fen (earned in the year if repaid), lost_fen (lost
    if it defaults), pd, least_lots, most_lots. There may be option, drawn_fen,
    capital_fen, pd_high, width (of the PD's logit), pd_a, pd_b (PDs of either half of
    the cases, for the optimiser's curse), industry, park, group (- for none), tier,
    product, newcomer. An empty label is unknown, and limited as such.

    Limits: under `limits`, per code a title {zh, en}; counts: offered, drawn, capital,
    expected_loss or firms; each: DIMENSION or of: {DIMENSION: [labels]} or neither;
    and most, least (yuan or firms), most_share, least_share (of the book), all in
    quotes. Under `robust` the rule: expected, upper (with quantile, width) or cvar
    (with level, weight, common, width, scenarios, seed).
    """
    with open_home(context.obj) as home:
        if candidates:
            done = allocate_file(candidates, limits, costs=costs, tell=_tell)
        else:
            done = allocate_run(home, limits, costs=costs, tell=_tell)
        told = kept(home, done, by=by)
    if out:
        _write(pa.table(lines_of(done)), told, out)
    if json:
        # 100,000 loans indented are no use to anyone's eyes: rich is left out.
        typer.echo(json_text(told))
        return
    _print(told, out=out)


def allocations(
    context: typer.Context,
    allocation_id: Annotated[
        str | None, typer.Argument(help="One to be shown whole; else all are listed.")
    ] = None,
    json: JsonFlag = False,
) -> None:
    """List the allocations on record, or show one with its limits and who asked."""
    with open_home(context.obj) as home:
        if allocation_id is not None:
            told = allocation_named(home, allocation_id)
            if json:
                typer.echo(json_text(told))
                return
            say(f"{told['made_at']}  {told['asked_by'] or '?'}  {told['asked_of']}")
            say(told["asked_for"].rstrip())
            _print(told, out=None)
            return
        listed = allocations_on_record(home)
    if json:
        say_json({"allocations": listed})
        return
    rows = [
        {
            "allocation 分配": one["allocation_id"],
            "made at 时间": one["made_at"],
            "asked by 申请人": one["asked_by"] or "?",
            "candidates 候选": one["asked_of"],
            "firms 户数": f"{one['firms']:,}",
            "offered 授信": yuan_text(one["offered_fen"]),
            "profit 期望利润": yuan_text(one["expected_profit_fen"]),
        }
        for one in listed
    ]
    if rows:
        print_table(rows, console=OUT, columns=list(rows[0]))
    else:
        say("no allocation on record 无分配记录")


def _write(table: pa.Table, told: dict[str, Any], path: Path) -> None:
    suffix = path.suffix.lower()
    try:
        if suffix == ".json":
            write_json(told, path=path)
        elif suffix == ".parquet":
            pq.write_table(table, path)
        else:
            pc.write_csv(table, path)
    except OSError as error:
        raise UnwritableError(path, error.strerror or str(error)) from error


def _print(told: dict[str, Any], *, out: Path | None) -> None:
    given, book = told["candidates"], told["book"]
    say(
        f"{given['rows']:,} rows, {given['used']:,} used, of {given['firms']:,} firms; "
        f"{len(given['rejects']):,} set aside"
    )
    for one in given["rejects"][:_SHOWN]:
        say(f"  line {one['line']}: {one['reason']}")
    if len(given["rejects"]) > _SHOWN:
        say("  … all of them with --json")
    if given["unused_columns"]:
        say(f"  columns not used: {', '.join(given['unused_columns'])}")
    by = told["chosen_by"]["text"]
    say(f"{by['zh']}  {by['en']}")
    say(
        f"  {book['firms']:,} firms 户, offered 授信 {yuan_text(book['offered_fen'])}, "
        f"drawn 用信 {yuan_text(book['drawn_fen'])}, capital 资本 "
        f"{yuan_text(book['capital_fen'])}, expected profit 期望利润 "
        f"{yuan_text(book['expected_profit_fen'])}"
    )
    say(f"  {book['text']['zh']}\n  {book['text']['en']}")
    if book["tail"]:
        say(
            f"  over fresh scenarios 新抽情景: mean 均值 "
            f"{yuan_text(book['tail']['mean_fen'])}, CVaR "
            f"{yuan_text(book['tail']['cvar_fen'])}, worst 最差 "
            f"{yuan_text(book['tail']['worst_fen'])}"
        )
    _print_limits(told)
    for line in told["empty"]:
        say(f"  {line['zh']}\n  {line['en']}")
    if told["curse"]:
        say(f"{told['curse']['text']['zh']}\n{told['curse']['text']['en']}")
    say(f"on record as 存档: {told['allocation_id']}")
    if out:
        say(f"loans 贷款: {out}")


def _print_limits(told: dict[str, Any]) -> None:
    tight = sorted(told["limits"], key=lambda one: (-one["price"], one["limit"]))
    rows = [
        {
            "limit 限额": one["title"]["zh"] + " " + one["title"]["en"],
            "of 对象": one["label"],
            "counts 口径": one["counts"],
            "reached 已用": _amount(one["reached"], one["counts"]),
            "bound 限度": one["side"]
            + " "
            + _amount(int(one["allowed"]), one["counts"]),
            "price 影子价格": f"{one['price']:.6f}",
        }
        for one in tight
        if one["label"] is None or one["price"]
    ]
    if rows:
        print_table(rows, console=OUT, columns=list(rows[0]))
    slack = len(told["limits"]) - len(rows)
    if slack:
        say(f"and {slack} labels with room left 其余 {slack} 项未用满; all: --json")
    for code, cost in told["costs"].items():
        say(f"limit {code} costs in all 合计成本: {yuan_text(cost)}")


def _amount(value: int, counts: str) -> str:
    return f"{value:,}" if counts == "firms" else yuan_text(value)


def _tell(stage: str) -> None:
    ERR.print(f"… {stage}", highlight=False, markup=False)
