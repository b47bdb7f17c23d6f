"""Verbs about products: `offer`."""

from datetime import datetime
from typing import Annotated, Any, Final

import typer

from xiaowei.desk.bearing.agreements import Wish
from xiaowei.desk.counsel.plain import counsel_of
from xiaowei.desk.counsel.products import counsel
from xiaowei.desk.home import open_home
from xiaowei.desk.offering import budget_of
from xiaowei.money import yuan_text
from xiaowei.policy.products.product import Kind
from xiaowei.said import percent
from xiaowei.surfaces.output import print_table
from xiaowei.surfaces.terminal import OUT, JsonFlag, say, say_json

_MARKS: Final = {"met": "+", "not_met": "-", "unknown": "?"}


def add_verbs(app: typer.Typer) -> None:
    """Add the verbs of this file to a command line."""
    app.command()(offer)


def offer(
    context: typer.Context,
    enterprise_id: Annotated[str, typer.Argument(help="An enterprise of the run.")],
    product: Annotated[
        str | None, typer.Option(help="Code of a product; else what suits best.")
    ] = None,
    amount: Annotated[
        str | None, typer.Option(help="Yuan asked for; else what may be lent.")
    ] = None,
    months: Annotated[int | None, typer.Option(min=1, help="Term.")] = None,
    repaid_by: Annotated[Kind | None, typer.Option(help="Kind of schedule.")] = None,
    drawn_on: Annotated[
        datetime | None,
        typer.Option(formats=["%Y-%m-%d"], help="Paid out; else the day of the run."),
    ] = None,
    json: JsonFlag = False,
) -> None:
    """Say which products an enterprise may have, why, and what it would repay when."""
    wish = Wish(
        product=product,
        amount_fen=budget_of(amount) if amount else None,
        months=months,
        kind=repaid_by,
        drawn_on=drawn_on.date() if drawn_on else None,
    )
    with open_home(context.obj) as home:
        told = counsel_of(counsel(home, enterprise_id, wish=wish))
    if json:
        say_json(told)
        return
    _print(told)


def _print(told: dict[str, Any]) -> None:
    for one in told["products"]:
        _print_product(one)
    if told["near_misses"]:
        say("nearly 差一点:")
    for miss in told["near_misses"]:
        for line in miss["lines"]:
            say(f"  {line['zh']}  {line['en']}")
    _print_strategy(told["strategy"])
    _print_limit(told["limit"])
    loan = told["proposal"]
    if loan is None:
        say("no loan proposed 无可用方案")
        if told["unpaid"]:
            why = told["unpaid"]["why"]
            say(f"  {why['zh']}\n  {why['en']}")
        return
    _print_loan(loan)


def _print_loan(loan: dict[str, Any]) -> None:
    say(f"{loan['title']['zh']} {loan['title']['en']}: {yuan_text(loan['amount_fen'])}")
    say(f"  {percent(loan['rate'])}: {loan['text']['zh']}\n  {loan['text']['en']}")
    why = loan["price"]["why"]
    for line in (*([why] if why else []), *loan["price"]["lines"]):
        say(f"    {line['zh']}  {line['en']}")
    if loan["repaid_so"]:
        say(f"  {loan['repaid_so']['zh']}\n  {loan['repaid_so']['en']}")
    _print_cash(loan)
    say(f"  {loan['release']['zh']}\n  {loan['release']['en']}")
    for line in loan["next_stage"]:
        say(f"    {line['zh']}  {line['en']}")
    for paper in loan["papers"]:
        say(f"  paper 材料: {paper['zh']}  {paper['en']}")
    rows = [
        {"due on 到期": one["due_on"]}
        | {
            label: yuan_text(one[key])
            for label, key in (
                ("principal 本金", "principal_fen"),
                ("interest 利息", "interest_fen"),
                ("left 余额", "outstanding_fen"),
            )
        }
        for one in loan["schedule"]
    ]
    print_table(rows, console=OUT, columns=list(rows[0]))


def _print_cash(loan: dict[str, Any]) -> None:
    chance = loan["shortfall"]
    if chance is None:
        return
    say(
        f"  现金缺口概率 chance of a shortfall: {percent(chance['chance'])}"
        f" [{percent(chance['low'])}, {percent(chance['high'])}]"
    )
    rows = [
        {"month 月份": one["month"]}
        | {
            name.upper(): yuan_text(one[f"{name}_fen"])
            for name in ("p10", "p50", "p90")
        }
        for one in loan["cash"]
    ]
    print_table(rows, console=OUT, columns=["month 月份", "P10", "P50", "P90"])


def _print_strategy(strategy: dict[str, Any]) -> None:
    for line in strategy["lines"]:
        say(f"{line['zh']}\n  {line['en']}")


def _print_limit(limit: dict[str, Any]) -> None:
    say(f"{limit['text']['zh']}\n{limit['text']['en']}")
    for cap in limit["caps"]:
        amount = yuan_text(cap["amount_fen"]) if cap["known"] else "?"
        title = f"{cap['title']['zh']} {cap['title']['en']}"
        say(f"  {title}: {amount}")
        say(f"    {cap['text']['zh']}\n    {cap['text']['en']}")


def _print_product(one: dict[str, Any]) -> None:
    say(f"{one['text']['zh']}  {one['text']['en']}")
    for line in one["conditions"]:
        if line["state"] != "met":
            indent = "  " * (line["depth"] + 1)
            say(f"{indent}{_MARKS[line['state']]} {line['text']['zh']}")
            say(f"{indent}  {line['text']['en']}")
