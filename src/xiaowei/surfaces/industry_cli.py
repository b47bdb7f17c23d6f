"""Verbs about trades and experts: coefficients, opinions, and who weighs what."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any

import typer

from xiaowei.desk import clock
from xiaowei.desk.document.experts import experts_of, judgement_of
from xiaowei.desk.document.opinions import opinions_of
from xiaowei.desk.hearing import heard_in
from xiaowei.desk.home import open_home
from xiaowei.desk.judging import judge as put_judgement
from xiaowei.desk.opining import opine as put_on_record
from xiaowei.desk.opining import subject_of
from xiaowei.desk.running import latest_run
from xiaowei.errors import NotFoundError
from xiaowei.industry.classification import MARKET, upwards
from xiaowei.industry.opinions import Kind, Opinion
from xiaowei.industry.weighings import Judgement, JudgementError, read_comparisons
from xiaowei.surfaces.terminal import JsonFlag, say, say_json

KindOption = Annotated[
    Kind | None,
    typer.Option(help="Trade or enterprise, where ABOUT may be both."),
]
DayOption = Annotated[
    datetime | None, typer.Option(formats=["%Y-%m-%d"], help="The day; else today.")
]


def add_verbs(app: typer.Typer) -> None:
    """Add the verbs of this file to a command line."""
    for verb in (industry, opine, opinions, weigh, experts):
        app.command()(verb)


def industry(
    context: typer.Context,
    code: Annotated[
        str | None, typer.Argument(help="Of GB/T 4754, such as C13 or H621; else all.")
    ] = None,
    json: JsonFlag = False,
) -> None:
    """List the coefficients of trades of the last run, each with its credibility Z."""
    with open_home(context.obj) as home:
        table = latest_run(home)["industries"]
    rows = table["rows"] if code is None else [finest(table["rows"], code)]
    if json:
        say_json({**table, "rows": rows})
        return
    say(
        f"valid from {table['valid_from']}, expires on {table['expires_on']}, "
        f"version {table['version'][:12]}"
    )
    for row in rows:
        say(f"{row['code'] or '*':5}{row['text']['zh']}")
        say(f"     {row['text']['en']}")


def finest(rows: Iterable[Mapping[str, Any]], code: str) -> Mapping[str, Any]:
    """Return the coefficient that stands for a trade: of the finest code it lies in.

    Args:
        rows: of the last run.
        code: of GB/T 4754, with or without its letter.

    Raises:
        NoTradeError: there is none, not even of its section.
    """
    by_code = {row["code"]: row for row in rows}
    for above in upwards(code):
        if above != MARKET and above in by_code:
            return by_code[above]
    raise NoTradeError(code)


def opine(
    context: typer.Context,
    about: Annotated[
        str, typer.Argument(help="A code of GB/T 4754, or an enterprise_id.")
    ],
    expert: Annotated[str, typer.Option(help="Who says it.")],
    shift: Annotated[
        float, typer.Option(help="Added to the log-odds; above 0 is riskier.")
    ],
    confidence: Annotated[float, typer.Option(help="How sure, 0..1.")],
    because: Annotated[str, typer.Option(help="Why.")],
    day: DayOption = None,
    saw_model: Annotated[
        bool, typer.Option("--saw-model", help="The expert knew what the model said.")
    ] = False,
    kind: KindOption = None,
) -> None:
    """Put an expert's opinion on a trade or an enterprise on record."""
    with open_home(context.obj) as home:
        which, subject = subject_of(home, about, kind=kind)
        opinion = Opinion(
            expert=_one_line(expert),
            day=day.date() if day else clock.today(),
            kind=which,
            about=subject,
            shift=shift,
            confidence=confidence,
            reasoning=_one_line(because),
            saw_model=saw_model,
        )
        recorded, new = put_on_record(home, opinion)
    known = "on record as" if new else "was on record already as"
    say(f"opinion on {subject} ({which}) {known} entry {recorded.seq}")
    say(f"  {recorded.opinion.text.zh}\n  {recorded.opinion.text.en}")


def opinions(
    context: typer.Context,
    about: Annotated[
        str | None, typer.Argument(help="A code or an enterprise_id; else all.")
    ] = None,
    as_of: DayOption = None,
    kind: KindOption = None,
    json: JsonFlag = False,
) -> None:
    """List opinions on record, and what those that stand on a day come to."""
    with open_home(context.obj) as home:
        asked = subject_of(home, about, kind=kind) if about else None
        heard = heard_in(home, on=as_of.date() if as_of else clock.today())
    subjects = [
        one
        for one in opinions_of(heard)
        if asked in {None, (one["kind"], one["about"])}
    ]
    if json:
        told = {"as_of": heard.on.isoformat(), "subjects": subjects}
        say_json(told)
        return
    for one in subjects:
        _print(one)
    if not subjects:
        say(f"no opinion on record by {heard.on} 尚无专家意见")


def weigh(
    context: typer.Context,
    file: Annotated[
        Path,
        typer.Argument(
            exists=True,
            dir_okay=False,
            help="YAML: best, worst, best_over and over_worst, the last two with a "
            "whole number 1 to 9 for each expert.",
        ),
    ],
    judge: Annotated[str, typer.Option(help="Who compares the experts.")],
    day: DayOption = None,
    json: JsonFlag = False,
) -> None:
    """Weigh experts by the best-worst method, and put it on record."""
    with open_home(context.obj) as home:
        judgement = Judgement(
            judge=_one_line(judge),
            day=day.date() if day else clock.today(),
            comparisons=read_comparisons(_utf8(file)),
        )
        put_judgement(home, judgement)
    told = judgement_of(judgement)
    if json:
        say_json(told)
        return
    say(f"on record 已记录\n  {told['text']['zh']}\n  {told['text']['en']}")


def experts(
    context: typer.Context, as_of: DayOption = None, json: JsonFlag = False
) -> None:
    """List experts, what each weighs on a day, and why."""
    with open_home(context.obj) as home:
        heard = heard_in(home, on=as_of.date() if as_of else clock.today())
    told = {"as_of": heard.on.isoformat(), **experts_of(heard)}
    if json:
        say_json(told)
        return
    for one in (*told["experts"], *told["judgements"]):
        say(f"{one['text']['zh']}\n  {one['text']['en']}")
    if not told["experts"]:
        say(f"no expert on record by {heard.on} 尚无专家")


class NoTradeError(NotFoundError):
    """The last run has no coefficient of such a trade."""

    def __init__(self, code: str) -> None:
        """Name it."""
        super().__init__(
            f"the last run has no coefficient of trade '{code}'",
            expected="a section, division or group that a firm of the run is of",
            remedy="List them with 'xiaowei industry'",
        )


def _print(one: dict[str, Any]) -> None:
    pooled = one["pooled"]
    text = pooled["text"] if pooled else {"zh": "无有效意见", "en": "none stands"}
    say(f"{one['about']} ({one['kind']})\n  {text['zh']}\n  {text['en']}")
    for opinion in one["opinions"]:
        weight = opinion["weight"]
        told = "no longer" if weight is None else f"{weight:.2f}"
        say(f"    weight {told}  {opinion['text']['zh']}")
        say(f"{'':{len(told) + 13}}{opinion['text']['en']}")


def _utf8(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise JudgementError([f"'{file.name}' cannot be read: {error}"]) from error


def _one_line(text: str) -> str:
    return " ".join(text.split())
