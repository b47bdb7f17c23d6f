"""The verb `score`: PDs of a table, their intervals and reasons, or a model as text."""

from pathlib import Path
from typing import Annotated, Any

import pandas as pd
import pyarrow as pa
import typer

from xiaowei.desk.home import open_home
from xiaowei.desk.modelling.keeping import model_in_use
from xiaowei.desk.modelling.scoring import Asked, Scored, Scoring, scoring_of
from xiaowei.desk.modelling.scoring import score as score_table
from xiaowei.desk.modelling.streaming import score_file
from xiaowei.errors import InputError
from xiaowei.risk.pmml.writing import pmml_text
from xiaowei.risk.scorecard import Scorecard
from xiaowei.risk.sql import score_sql
from xiaowei.risk.why.told import Reason, Told
from xiaowei.surfaces.output import show_rows
from xiaowei.surfaces.terminal import (
    ERR,
    OUT,
    JsonFlag,
    ModelArgument,
    bar,
    say_json,
)


def add_verbs(app: typer.Typer) -> None:
    """Add the verb of this file to a command line."""
    app.command()(score)


def score(
    context: typer.Context,
    model: ModelArgument,
    table: Annotated[
        Path | None,
        typer.Argument(exists=True, dir_okay=False, help="CSV or Parquet."),
    ] = None,
    out: Annotated[
        Path | None,
        typer.Option(
            help="CSV or Parquet to be written, chunk by chunk, so that memory does "
            "not grow with rows; it stands when it is whole. Else the screen."
        ),
    ] = None,
    keep: Annotated[
        list[str] | None,
        typer.Option(
            help="Column of the table to stand beside; may be repeated. With --out, "
            "one of CSV that is no trait is carried as text, as it is written."
        ),
    ] = None,
    parts: Annotated[
        bool, typer.Option("--parts", help="With the part of each trait.")
    ] = False,
    reasons: Annotated[
        int, typer.Option(min=0, help="With so many adverse families of reasons.")
    ] = 0,
    against: Annotated[
        Path | None,
        typer.Option(
            exists=True,
            dir_okay=False,
            help="Firms that reasons compare with, such as the approved.",
        ),
    ] = None,
    families: Annotated[
        Path | None,
        typer.Option(help="YAML: the bank's own families of reasons."),
    ] = None,
    level: Annotated[
        float | None,
        typer.Option(help="With low and high of the PD at this level, such as 0.9."),
    ] = None,
    refer: Annotated[
        float | None,
        typer.Option(help="Say good, bad or refer: error 0.05, 0.1 or 0.2 of each."),
    ] = None,
    sql: Annotated[
        bool, typer.Option("--sql", help="Print the card as a SELECT instead.")
    ] = False,
    pmml: Annotated[
        bool, typer.Option("--pmml", help="Print the model as PMML 4.4 instead.")
    ] = False,
    json: JsonFlag = False,
) -> None:
    """Score a table by a model on record, or print the model as SQL or PMML."""
    with open_home(context.obj) as home:
        if sql or pmml:
            card, learnt = model_in_use(home, model)
            # To the letter: a tab or ':car:' may stand in a category.
            typer.echo(_sql(card, learnt) if sql else pmml_text(learnt).rstrip())
            return
        if table is None:
            raise typer.BadParameter("give the table to be scored, --sql or --pmml")
        beside = Asked(
            keep=keep or (),
            parts=parts,
            reasons=reasons > 0,
            reference=against,
            families=families,
            level=level,
            refer=refer,
        )
        if out is not None:
            scoring = scoring_of(home, model, beside=beside)
        else:
            scored = score_table(home, model, table, beside=beside)
    if out is not None:
        _streamed(scoring, table, out, most=reasons)
    else:
        _shown(scored, most=reasons, json=json)


class NoSqlError(InputError):
    """A model of this kind has no SQL."""

    def __init__(self, name: str, kind: str) -> None:
        """Name it."""
        super().__init__(
            f"model '{name}' is a {kind}, which has no SQL",
            expected="a scorecard",
            remedy="Score its table with 'xiaowei score', or train a scorecard",
        )


def _sql(card: dict[str, Any], model: object) -> str:
    if not isinstance(model, Scorecard):
        raise NoSqlError(card["name"], card["kind"])
    return score_sql(model, table="firms")


def _streamed(scoring: Scoring, table: Path, out: Path, *, most: int) -> None:
    with bar() as shown:
        task = shown.add_task(table.name, total=None)

        def tell(done: int, rows: int | None) -> None:
            said = f"{table.name}: {done:,} rows"
            shown.update(task, completed=done, total=rows, description=said)

        rows = score_file(
            scoring, table, out, said=lambda one: _columns(one, most), progress=tell
        )
    ERR.print(f"{rows} rows scored: {out}", highlight=False, markup=False)


def _shown(scored: Scored, *, most: int, json: bool) -> None:
    rows = _rows(scored)
    if json:
        say_json(_with_reasons(rows, scored.told, most=most))
        return
    if scored.told is not None:
        rows = rows.join(_flat(scored.told, most=most))
    show_rows(rows.to_dict("records"), console=OUT, json=False)


def _columns(scored: Scored, most: int) -> pa.Table:
    """Return what is said of rows as columns whose kinds hang on no row."""
    table = pa.Table.from_pandas(_rows(scored), preserve_index=False)
    if scored.told is not None:
        for name, said in _flat(scored.told, most=most).items():
            # Where no row of some has a reason, it is text all the same.
            table = table.append_column(str(name), pa.array(said, pa.string()))
    return table.replace_schema_metadata()


def _rows(scored: Scored) -> pd.DataFrame:
    rows = scored.kept.assign(pd=scored.pds)
    if scored.bounds is not None:
        rows = rows.assign(pd_low=scored.bounds.low, pd_high=scored.bounds.high)
    if scored.calls is not None:
        rows = rows.assign(told=scored.calls)
    if scored.scores is not None:
        rows = rows.assign(score=scored.scores)
    if scored.parts is not None:
        rows = rows.join(scored.parts.add_prefix("part_"))
    if scored.told is not None:
        told = scored.told
        rows = rows.assign(log_odds=told.parts.log_odds, withheld=told.withheld)
    return rows


def _with_reasons(
    rows: pd.DataFrame, told: Told | None, *, most: int
) -> list[dict[str, Any]]:
    """Return rows, each with a list of its reasons where they are told."""
    found: list[dict[str, Any]] = rows.to_dict("records")
    if told is not None:
        for place, row in enumerate(found):
            row["baseline"] = told.parts.baseline
            row["reasons"] = [_plain(one) for one in told.adverse(place, most=most)]
    return found


def _plain(reason: Reason) -> dict[str, Any]:
    return {
        "family": reason.family.key,
        "zh": reason.family.title.zh,
        "en": reason.family.title.en,
        "log_odds": reason.log_odds,
        "traits": list(reason.traits),
    }


def _flat(told: Told, *, most: int) -> pd.DataFrame:
    """Return a column per reason, the most adverse first; null where there is none."""
    titles = [f"{one.title.zh} {one.title.en}" for one in told.families]
    columns: dict[str, list[str | None]] = {}
    for at, places in enumerate(told.ranked(most).T, start=1):
        columns[f"reason_{at}"] = [
            f"{titles[family]} {told.added[firm, family]:+.2f}" if family >= 0 else None
            for firm, family in enumerate(places)
        ]
    return pd.DataFrame(columns)
