"""Verbs about rules: from the draft to what it would have done, and back again."""

from datetime import datetime
from pathlib import Path
from typing import Annotated, Any, Final

import typer

from xiaowei.decisions.lab.effects import Effects
from xiaowei.decisions.rule_cases import read_cases
from xiaowei.decisions.rules.grammar import RuleSet
from xiaowei.decisions.rules.proof import Proof
from xiaowei.decisions.rules.reading import read_rules
from xiaowei.desk import clock
from xiaowei.desk.hands import hand_for
from xiaowei.desk.home import Home, open_home
from xiaowei.desk.ruling import (
    drafting,
    lab,
    looking_back,
    publishing,
    rolling_back,
    testing,
    versions,
)
from xiaowei.desk.ruling.proving import proof_of, proof_plain
from xiaowei.desk.ruling.telling import changes_told, version_told, versions_told
from xiaowei.surfaces.output import show_rows
from xiaowei.surfaces.terminal import (
    OUT,
    ByOption,
    JsonFlag,
    OnOption,
    WhyOption,
    say,
    say_json,
)

_FINDINGS: Final = 6
_SHOWN: Final = (
    "number", "name", "version", "state", "since", "until", "drafted_by",
    "published_by", "cases_run", "cases_failed",
)  # fmt: skip

FileArgument = Annotated[Path, typer.Argument(exists=True, dir_okay=False)]
NumberArgument = Annotated[int, typer.Argument(help="Of the version; 0: as shipped.")]
LimitOption = Annotated[
    list[str] | None,
    typer.Option("--limit", help="Try RULE.TRAIT=VALUE; repeat it."),
]

rules = typer.Typer(
    help="Rules: draft, test, publish, compare 规则.", no_args_is_help=True
)


def add_verbs(app: typer.Typer) -> None:
    """Add the verbs of this file to a command line."""
    app.add_typer(rules, name="rules")


@rules.command("list")
def list_(context: typer.Context, on: OnOption = None, json: JsonFlag = False) -> None:
    """List versions on record, and say which one decides on a day."""
    day = on.date() if on else clock.today()
    with open_home(context.obj) as home:
        told = versions_told(home, on=day)
    if json:
        say_json(told)
        return
    shown = [{name: row.get(name) for name in _SHOWN} for row in told["versions"]]
    show_rows(shown, console=OUT, json=False)
    say(f"in force on {day} 当日生效: {told['in_force']}")


@rules.command()
def show(
    context: typer.Context,
    number: Annotated[
        int | None, typer.Argument(help="Of the version; else the one in force.")
    ] = None,
    on: OnOption = None,
    json: JsonFlag = False,
) -> None:
    """Show a version, each rule as it says itself."""
    with open_home(context.obj) as home:
        asked = _number(home, number, on)
        told, found = version_told(home, asked), versions.rules_of(home, asked)
    if json:
        say_json(told)
        return
    _head(told, found)
    for one in found.rules:
        said = told["said"][one.code]
        say(f"  {one.code}: {one.title.zh} {one.title.en}")
        say(f"    {said['zh']}\n    {said['en']}")


@rules.command()
def prove(
    context: typer.Context,
    file: Annotated[
        Path | None, typer.Argument(exists=True, dir_okay=False, help="A draft.")
    ] = None,
    number: Annotated[
        int | None, typer.Option(help="A version on record; else the one in force.")
    ] = None,
    json: JsonFlag = False,
) -> None:
    """Prove rules free of gaps and contradictions; exit code 6 where they are not."""
    with open_home(context.obj) as home:
        found = _rules(home, file, number)
        proof = proof_of(home, found)
    if json:
        say_json({"name": found.name, "version": found.version, **proof_plain(proof)})
    else:
        _print_proof(proof)
    if not proof.sound:
        raise typer.Exit(_FINDINGS)


@rules.command()
def draft(
    context: typer.Context,
    file: FileArgument,
    by: ByOption,
    accept: Annotated[
        list[str] | None,
        typer.Option(help="NAME=REASON: why a fault of that name may stand."),
    ] = None,
    json: JsonFlag = False,
) -> None:
    """Put rules of a YAML file on record as a draft, proven."""
    reasons = dict(_pair(one) for one in accept or ())
    with open_home(context.obj) as home:
        found = _rules(home, file, None)
        hand = hand_for(home, by, operation="rules.draft")
        made = drafting.draft(home, found, by=hand, accepted=reasons)
    _say_made(made, json=json)


@rules.command("test")
def try_cases(
    context: typer.Context,
    number: NumberArgument,
    file: FileArgument,
    by: ByOption,
    json: JsonFlag = False,
) -> None:
    """Run test cases on a draft; exit code 6 where any comes out otherwise."""
    cases = read_cases(_text(file), file=file.name)
    with open_home(context.obj) as home:
        hand = hand_for(home, by, operation="rules.draft")
        tried = testing.try_draft(home, number, cases, by=hand)
    failed = [one for one in tried if not one.passed]
    if json:
        cases_ = [one.as_plain() for one in tried]
        say_json({"rules": number, "failed": len(failed), "cases": cases_})
    else:
        for one in failed:
            say(f"  {one.text.zh}\n  {one.text.en}")
        say(f"{len(tried) - len(failed)} of {len(tried)} cases as due 测试通过")
    if failed:
        raise typer.Exit(_FINDINGS)


@rules.command()
def backtest(
    context: typer.Context,
    number: Annotated[
        int | None, typer.Argument(help="The version tried; else that in force.")
    ] = None,
    table: Annotated[
        Path | None,
        typer.Option(
            exists=True, dir_okay=False, help="Past applications, CSV or Parquet."
        ),
    ] = None,
    limit: LimitOption = None,
    against: Annotated[
        int | None, typer.Option(help="The older version; else that in force.")
    ] = None,
    bad: Annotated[str | None, typer.Option(help="Column of outcomes.")] = None,
    amount: Annotated[str | None, typer.Option(help="Column of amounts, fen.")] = None,
    rate: Annotated[str | None, typer.Option(help="Column of yearly margins.")] = None,
    lgd: Annotated[str | None, typer.Option(help="Column of losses, 0..1.")] = None,
    group: Annotated[
        list[str] | None, typer.Option(help="Column to tell firms apart by; repeat it.")
    ] = None,
    json: JsonFlag = False,
) -> None:
    """Say what a version, or a limit moved, would have decided on the past."""
    asked = lab.Asked(bad, amount, rate, lgd, tuple(group or ()))
    with open_home(context.obj) as home:
        newer = versions.rules_of(home, _number(home, number, None))
        newer = lab.with_limits(newer, limit or ())
        if table is None:
            told = looking_back.looked_back(home, lab.settled(home, newer))
            _say_back(told, json=json)
            return
        older = versions.rules_of(home, _number(home, against, None))
        found = lab.tried(home, (older, newer), table, asked=asked)
    _say_effects(found, json=json)


@rules.command()
def publish(
    context: typer.Context,
    number: NumberArgument,
    by: ByOption,
    why: WhyOption,
    json: JsonFlag = False,
) -> None:
    """Publish a draft; whoever drafted it never does."""
    with open_home(context.obj) as home:
        hand = hand_for(home, by, operation="rules.publish")
        _say_made(publishing.publish(home, number, by=hand, why=why), json=json)


@rules.command()
def withdraw(
    context: typer.Context,
    number: NumberArgument,
    by: ByOption,
    why: WhyOption,
    json: JsonFlag = False,
) -> None:
    """Withdraw a draft: it is never published."""
    with open_home(context.obj) as home:
        hand = hand_for(home, by, operation="rules.draft")
        _say_made(drafting.withdraw(home, number, by=hand, why=why), json=json)


@rules.command()
def rollback(
    context: typer.Context,
    number: NumberArgument,
    by: ByOption,
    since: OnOption = None,
    json: JsonFlag = False,
) -> None:
    """Draft an earlier version again as a new one, for a second person to publish."""
    day = since.date() if since else None
    with open_home(context.obj) as home:
        hand = hand_for(home, by, operation="rules.draft")
        made = rolling_back.roll_back(home, number, by=hand, since=day)
    _say_made(made, json=json)


@rules.command()
def diff(
    context: typer.Context,
    before: NumberArgument,
    after: Annotated[
        int | None, typer.Argument(help="The newer; else the one in force.")
    ] = None,
    json: JsonFlag = False,
) -> None:
    """Say what is other in one version than in another, rule by rule."""
    with open_home(context.obj) as home:
        told = changes_told(home, before, _number(home, after, None))
    if json:
        say_json(told)
        return
    for one in told["changes"]:
        say(f"{one['zh']}\n{one['en']}")
    say(f"{len(told['changes'])} changes 处变化")


def _number(home: Home, number: int | None, on: datetime | None) -> int:
    if number is not None:
        return number
    return versions.in_force(home, on=on.date() if on else clock.today())


def _rules(home: Home, file: Path | None, number: int | None) -> RuleSet:
    if file is None:
        return versions.rules_of(home, _number(home, number, None))
    return read_rules(_text(file), file=file.name, book=home.book)


def _text(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        raise typer.BadParameter(f"'{file.name}' is not UTF-8") from error


def _pair(stated: str) -> tuple[str, str]:
    name, sign, value = stated.partition("=")
    if not sign or not name.strip():
        raise typer.BadParameter(f"'{stated}' is not NAME=REASON")
    return name.strip(), value.strip()


def _head(row: dict[str, Any], found: RuleSet) -> None:
    days = row["since"] + (f" – {row['until']}" if row["until"] else " –")
    say(f"{row['number']}: {found.name} version 版本 {found.version}, {row['state']}")
    say(f"  {found.title.zh} {found.title.en}; {days}; default: {found.default}")


def _say_made(made: dict[str, Any], *, json: bool) -> None:
    if json:
        say_json(made)
        return
    for one in made.get("proof", {}).get("remarks", ()):
        say(f"  {one['kind']}: {one['zh']}\n  {one['kind']}: {one['en']}")
    say(
        f"rules {made['number']} 规则: {made['name']} version 版本 {made['version']}, "
        f"{made['state']}, since 生效 {made['since']}"
    )


def _print_proof(proof: Proof) -> None:
    for line in proof.lines:
        say(f"{line.zh}\n{line.en}")


def _say_back(told: dict[str, Any], *, json: bool) -> None:
    if json:
        say_json(told)
        return
    overall = told["overall"]
    say(f"decisions on record 已有决策: {overall['decisions']}")
    say(f"  in 换入 {overall['swapped_in']}, out 换出 {overall['swapped_out']}")
    for move, count in overall["moves"].items():
        if count:
            say(f"  {move}: {count}")
    for one in told["changed"]:
        then, now = one["then"], one["now"]
        say(
            f"  decision {one['decision']} ({one['enterprise_id']}): {then['outcome']} "
            f"by {then['rule']} → {now['outcome']} by {now['rule']}"
        )


def _say_effects(found: Effects, *, json: bool) -> None:
    if json:
        say_json(found.as_plain())
        return
    for line in found.lines:
        say(f"{line.zh}\n{line.en}")
    for column, values in found.groups.items():
        for value, one in values.items():
            for said in one.lines:
                say(f"  {column} {value or '–'}: {said.zh}\n    {said.en}")
