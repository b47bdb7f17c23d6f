"""The command line: `xiaowei --home HOME run|demo|serve|take|portray|firms|show..`."""

import gc
import sys
from datetime import date, datetime
from pathlib import Path
from typing import Annotated, Any, Final, Literal

import typer
from rich.markup import escape

from xiaowei.desk.demo import make_demo
from xiaowei.desk.home import Home, open_home
from xiaowei.desk.line import Order
from xiaowei.desk.offering import budget_of
from xiaowei.desk.running import latest_run, run_cumcm2020c, run_folders
from xiaowei.desk.taking import named_set
from xiaowei.errors import NotFoundError, XiaoweiError
from xiaowei.money import wan_text
from xiaowei.said import percent
from xiaowei.surfaces import (
    access_cli,
    allocation_cli,
    cases_cli,
    cycle_cli,
    decisions_cli,
    facts_cli,
    industry_cli,
    jobs_cli,
    judgement_cli,
    models_cli,
    monitor_cli,
    products_cli,
    records_cli,
    rejects_cli,
    risk_cli,
    rules_cli,
    scoring_cli,
    serve_cli,
    webhooks_cli,
)
from xiaowei.surfaces.output import show_rows, write_json
from xiaowei.surfaces.report.publishing import publisher
from xiaowei.surfaces.terminal import ERR, OUT, JsonFlag, say, say_account, say_json

_INTERRUPTED: Final = 130
_COLLECTED_EVERY: Final = (50_000, 20, 50)
"""Objects made between two looks for dead ones, and looks between two wider ones.

A plan is a few hundred thousand small objects of which none is dead before it is made:
with Python's own 700 a quarter of the time of making it went into looking.
"""
_LISTED: Final = (
    "enterprise_id", "name", "pd", "score", "rating", "tier", "limit_fen", "rate",
)  # fmt: skip
_STAGES: Final = {
    "simulate": "simulating the county 模拟县域",
    "facts": "reading files 读取文件",
    "development": "gathering the development sample 建模样本",
    "portraits": "drawing portraits 画像",
    "verification": "cross-checking sources 交叉核验",
    "industry": "looking at trades 行业",
    "risk": "learning PD and grades 风险模型",
    "validation": "validating out of fold 交叉验证",
    "offers": "making offers 授信方案",
    "document": "putting it together 汇总",
    "report": "writing the report 出报告",
}

app = typer.Typer(
    help="小微: find, understand, price and lend to small and micro enterprises.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
)
facts_cli.add_verbs(app)
access_cli.add_verbs(app)
industry_cli.add_verbs(app)
judgement_cli.add_verbs(app)
cases_cli.add_verbs(app)
risk_cli.add_verbs(app)
models_cli.add_verbs(app)
scoring_cli.add_verbs(app)
monitor_cli.add_verbs(app)
rejects_cli.add_verbs(app)
cycle_cli.add_verbs(app)
products_cli.add_verbs(app)
records_cli.add_verbs(app)
decisions_cli.add_verbs(app)
serve_cli.add_verbs(app)
jobs_cli.add_verbs(app)
webhooks_cli.add_verbs(app)
rules_cli.add_verbs(app)
allocation_cli.add_verbs(app)

HomeOption = Annotated[
    Path, typer.Option("--home", help="The workspace: lake, records, reports.")
]
BudgetOption = Annotated[str, typer.Option("--budget", help="Yuan that may be lent.")]


@app.callback()
def _open(context: typer.Context, home: HomeOption = Path("xiaowei-home")) -> None:
    context.obj = home


@app.command()
def run(
    context: typer.Context,
    folders: Annotated[
        list[Path] | None, typer.Argument(help="Folders with files of the sources.")
    ] = None,
    public: Annotated[
        str | None, typer.Option(help="A public set: cumcm2020c=FOLDER.")
    ] = None,
    budget: BudgetOption = "100000000",
    as_of: Annotated[
        datetime | None,
        typer.Option(formats=["%Y-%m-%d"], help="The day; else the last."),
    ] = None,
    received_on: Annotated[
        datetime | None,
        typer.Option(
            formats=["%Y-%m-%d"], help="When files without a day became known."
        ),
    ] = None,
    budget_counts: Annotated[
        Literal["offered", "drawn"], typer.Option(help="What the budget counts.")
    ] = "offered",
    model: Annotated[
        str | None,
        typer.Option(help="A model on record whose PD counts; else the run's card."),
    ] = None,
    json: Annotated[
        Path | None, typer.Option(help="Also write the run to this file.")
    ] = None,
) -> None:
    """Take files, run the whole line, write the report."""
    if bool(folders) == bool(public):
        raise typer.BadParameter("give either folders or --public NAME=FOLDER")
    order = Order(
        budget_fen=budget_of(budget),
        as_of=_day(as_of),
        meaning=budget_counts,
        model=model,
    )
    with open_home(context.obj) as home:
        if public:
            _, folder = named_set(public)
            document = run_cumcm2020c(
                home, folder, order, progress=_tell, publish=publisher(home)
            )
        else:
            document = run_folders(
                home,
                folders or [],
                order,
                received_on=_day(received_on),
                progress=_tell,
                publish=publisher(home),
            )
        _finish(home, document, json=json)


@app.command()
def demo(
    context: typer.Context,
    folder: Annotated[Path, typer.Argument(help="Where the county is written.")],
    seed: Annotated[int, typer.Option(help="Of the county.")] = 7,
    json: Annotated[
        Path | None, typer.Option(help="Also write the run to this file.")
    ] = None,
) -> None:
    """Simulate a county and run the whole line over it."""
    with open_home(context.obj) as home:
        made = make_demo(
            home, folder, seed=seed, progress=_tell, publish=publisher(home)
        )
        ERR.print(f"county {made.sources} (its truth apart: {made.truth})")
        _finish(home, made.document, json=json)


@app.command()
def firms(
    context: typer.Context,
    tier: Annotated[
        Literal["high_potential", "steady", "risk_warning"] | None,
        typer.Option(help="Only this tier."),
    ] = None,
    json: JsonFlag = False,
) -> None:
    """List the firms of the last run."""
    chosen = [f for f in _latest(context)["firms"] if tier in {None, f["tier"]}]
    if json:
        show_rows(
            [{name: firm[name] for name in _LISTED} for firm in chosen],
            console=OUT,
            json=True,
        )
        return
    rows = [
        {
            **{name: firm[name] for name in _LISTED},
            "pd": percent(firm["pd"]),
            "limit_fen": f"{wan_text(firm['limit_fen'], digits=0)}万",
            "rate": firm["rate"] and percent(firm["rate"]),
        }
        for firm in chosen
    ]
    show_rows(rows, console=OUT, json=False)


@app.command()
def show(
    context: typer.Context,
    enterprise_id: Annotated[str, typer.Argument(help="Whose page.")],
    json: JsonFlag = False,
) -> None:
    """Show one firm of the last run: score, findings, offer."""
    found = [
        f for f in _latest(context)["firms"] if f["enterprise_id"] == enterprise_id
    ]
    if not found:
        raise NoFirmError(enterprise_id)
    if json:
        say_json(found[0])
        return
    _print_firm(found[0])


@app.command()
def traits(context: typer.Context, json: JsonFlag = False) -> None:
    """List the trait dictionary with the share of firms each is missing for."""
    show_rows(_latest(context)["traits"], console=OUT, json=json)


@app.command()
def checks(context: typer.Context, json: JsonFlag = False) -> None:
    """List the cross-checks of the last run and how they came out."""
    show_rows(_latest(context)["checks"], console=OUT, json=json)


@app.command()
def audit(context: typer.Context) -> None:
    """Check that the journal of this home is whole."""
    with open_home(context.obj) as home:
        count = home.journal.verify()
    OUT.print(f"{count} entries, each follows from the one before")


class NoFirmError(NotFoundError):
    """The last run has no such firm."""

    def __init__(self, enterprise_id: str) -> None:
        """Name it."""
        super().__init__(
            f"the last run has no enterprise '{enterprise_id}'",
            expected="an enterprise_id as 'xiaowei firms' lists it",
            remedy="Check the code",
        )


def main() -> None:
    """Run the command line; errors become one line on stderr and an exit code."""
    gc.freeze()
    gc.set_threshold(*_COLLECTED_EVERY)
    try:
        app()
    except XiaoweiError as error:
        ERR.print(f"[red]error[/red] {escape(str(error))}", soft_wrap=True)
        sys.exit(error.exit_code)
    except KeyboardInterrupt:
        ERR.print("stopped; what was finished is kept, nothing half-done is")
        sys.exit(_INTERRUPTED)


def _finish(home: Home, document: dict[str, Any], *, json: Path | None) -> None:
    if json:
        write_json(document, path=json)
    for account in document["facts"]:
        say_account(account)
        if account["unused"]:
            say(f"    columns not used: {', '.join(account['unused'])}")
        if account["quarantined"]:
            say(f"    reasons: {home.lake.rejects / account['rejects']}")
    for lost in document["not_read"]:
        ERR.print(f"  not read: {escape(lost['reason'])}", soft_wrap=True)
    book = document["portfolio"]
    say(
        f"{len(document['firms'])} firms as of {document['as_of']}: "
        f"{book['firms']} offers, {wan_text(book['offered_fen'])}万 yuan offered, "
        f"{wan_text(book['expected_profit_fen'])}万 expected a year"
    )
    say(f"report: {home.report}  {home.workbook}")


def _print_firm(firm: dict[str, Any]) -> None:
    say(f"{firm['enterprise_id']} {firm['name'] or ''} as of {firm['as_of']}")
    say(
        f"PD {percent(firm['pd'])} ({percent(firm['pd_low'])} to "
        f"{percent(firm['pd_high'])}), rating {firm['rating']} "
        f"({'given' if firm['rating_given'] else 'predicted'}), tier {firm['tier']}"
    )
    say(f"score {firm['score']} = {firm['base_points']} base")
    for reason in firm["reasons"]:
        say(f"  {reason['points']:+4d}  {reason['text']['en']}")
    if firm.get("opinion"):
        say(firm["opinion"]["line"]["en"])
    for finding in firm["findings"]:
        if finding["outcome"] == "differs":
            say(f"{finding['severity']}: {finding['text']['en']}")
            for fact in finding["evidence"]:
                say(f"    {fact['file']} line {fact['line']}: {fact['text']['en']}")
    for reason in firm["tier_reasons"]:
        say(reason["en"])
    for step in firm["offer_steps"]:
        say(step["en"])


def _latest(context: typer.Context) -> dict[str, Any]:
    with open_home(context.obj) as home:
        return latest_run(home)


def _day(moment: datetime | None) -> date | None:
    return moment.date() if moment else None


def _tell(stage: str) -> None:
    ERR.print(f"… {_STAGES.get(stage, stage)}", highlight=False)
