"""Verbs about decisions: from the application to its replay."""

import hashlib
from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path
from typing import Annotated, Any, Final, Literal

import typer

from xiaowei.decisions.application import Application
from xiaowei.decisions.authorisation import Authorisation
from xiaowei.decisions.authorisation import Purpose as ReadFor
from xiaowei.decisions.letter import letter_of
from xiaowei.desk import clock
from xiaowei.desk.deciding import (
    applying,
    authorising,
    deciding,
    referring,
    replaying,
    seeing,
)
from xiaowei.desk.deciding.authority import authority
from xiaowei.desk.deciding.evidence import gatherer
from xiaowei.desk.hands import actor_for, hand_for, reach_for
from xiaowei.desk.home import open_home
from xiaowei.desk.offering import budget_of
from xiaowei.money import yuan_text
from xiaowei.policy.products.product import Purpose
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

NumberArgument = Annotated[int, typer.Argument(help="Number of the application.")]
_OUTCOMES: Final = {"approve": "通过", "refer": "转人工", "decline": "拒绝"}
_TOLD: Final = 20
_SHOWN: Final = ("number", "enterprise_id", "state", "amount_fen", "manager", "due_at")


def add_verbs(app: typer.Typer) -> None:
    """Add the verbs of this file to a command line."""
    for verb in (authorise, withdraw, apply, decide, applications, letter, replay):
        app.command()(verb)
    referrals = typer.Typer(help="Referrals: from the claim to the conclusion.")
    referrals.command()(claim)
    for act in referring.ACTS:
        referrals.command(name=act.verb, help=act.says)(_with_reason(act))
    referrals.command()(conclude)
    app.add_typer(referrals, name="referral")


def authorise(
    context: typer.Context,
    enterprise_id: Annotated[str, typer.Argument(help="Whose authorisation.")],
    paper: Annotated[
        Path,
        typer.Option(exists=True, dir_okay=False, help="The signed paper, as a file."),
    ],
    until: Annotated[
        datetime, typer.Option(formats=["%Y-%m-%d"], help="Last day it holds.")
    ],
    family: Annotated[
        list[str], typer.Option(help="Sources that may be looked at; repeat it.")
    ],
    by: ByOption,
    purpose: Annotated[ReadFor, typer.Option(help="For what.")] = "approval",
    on: OnOption = None,
    json: JsonFlag = False,
) -> None:
    """Put an enterprise's authorisation on record; its sources may be looked at."""
    with open_home(context.obj) as home:
        authorisation = Authorisation(
            enterprise_id=enterprise_id,
            families=tuple(family),
            purpose=purpose,
            from_on=_day(on),
            until_on=until.date(),
            evidence=hashlib.sha256(paper.read_bytes()).hexdigest(),
            by=hand_for(home, by, operation="consents.record").person,
        )
        taken = authorising.authorise(home, authorisation)
    if json:
        say_json({"number": taken.number, **taken.as_plain()})
        return
    say(f"authorisation {taken.number} 授权书: {taken.from_on} – {taken.until_on}")


def withdraw(
    context: typer.Context,
    number: Annotated[int, typer.Argument(help="Number of the authorisation.")],
    why: WhyOption,
    by: ByOption,
    on: OnOption = None,
    json: JsonFlag = False,
) -> None:
    """Withdraw an authorisation, and say what that touches."""
    with open_home(context.obj) as home:
        person = hand_for(home, by, operation="consents.withdraw").person
        told = authorising.withdraw(home, number, why=why, by=person, on=_day(on))
    if json:
        say_json(told)
        return
    say(f"authorisation {number} withdrawn 已撤回, silent 不再可查: ")
    say(f"  {', '.join(told['families'])}")
    say(f"  open applications 在途申请: {told['applications'] or '–'}")
    say(f"  decisions about it 已有决策: {told['decisions'] or '–'}")


def apply(
    context: typer.Context,
    enterprise_id: Annotated[str, typer.Argument(help="Who applies.")],
    amount: Annotated[str, typer.Option(help="Yuan asked for.")],
    manager: Annotated[str, typer.Option(help="Who takes the application.")],
    months: Annotated[int, typer.Option(help="Term.")] = 12,
    purpose: Annotated[Purpose, typer.Option(help="For what.")] = "new_loan",
    product: Annotated[
        str | None, typer.Option(help="Code of a product; else what suits best.")
    ] = None,
    branch: Annotated[str, typer.Option(help="Branch.")] = "",
    region: Annotated[str, typer.Option(help="Region of the branch.")] = "",
    key: Annotated[
        str | None, typer.Option(help="Sent again with the same key it counts once.")
    ] = None,
    on: OnOption = None,
    hold: Annotated[
        bool, typer.Option("--hold", help="Do not decide it at once.")
    ] = False,
    json: JsonFlag = False,
) -> None:
    """Take an application, and decide it at once as far as policy allows."""
    with open_home(context.obj) as home:
        who = actor_for(home, manager, operation="applications.submit")
        application = Application(
            enterprise_id=enterprise_id,
            amount_fen=budget_of(amount),
            months=months,
            purpose=purpose,
            applied_on=_day(on),
            manager=who.person,
            branch=who.branch or branch,
            region=who.region or region,
            product=product,
        )
        number = applying.apply(home, application, by=who.hand, key=key)
        if not hold:
            state = seeing.application(home, number)["state"]
            if state in deciding.DECIDABLE:
                with gatherer(home, day=application.applied_on) as open_one:
                    deciding.decide_application(
                        home, number, gatherer=open_one, by=who.hand
                    )
        told = seeing.application_whole(home, number)
    _show(told, json=json)


def decide(
    context: typer.Context,
    number: NumberArgument,
    on: OnOption = None,
    json: JsonFlag = False,
) -> None:
    """Decide an application that was taken with --hold."""
    with open_home(context.obj) as home:
        with gatherer(home, day=_day(on)) as open_one:
            deciding.decide_application(home, number, gatherer=open_one)
        told = seeing.application_whole(home, number)
    _show(told, json=json)


def applications(
    context: typer.Context,
    number: Annotated[
        int | None, typer.Argument(help="One of them, whole; else all.")
    ] = None,
    state: Annotated[
        str | None, typer.Option(help="Only those in it, such as referred.")
    ] = None,
    after: Annotated[int, typer.Option(help="Those of a higher number.")] = 0,
    most: Annotated[int, typer.Option(min=1, max=1000, help="So many.")] = 100,
    trace: Annotated[
        bool, typer.Option("--trace", help="Of one: every rule and what it met.")
    ] = False,
    json: JsonFlag = False,
) -> None:
    """List applications with their state, or show one with its decision."""
    with open_home(context.obj) as home:
        if number is not None:
            _show(seeing.application_whole(home, number), json=json, trace=trace)
            return
        rows = seeing.applications(home, state=state, after=after, most=most)
    if not json:
        rows = [{name: row[name] for name in _SHOWN} for row in rows]
    show_rows(rows, console=OUT, json=json)


def letter(
    context: typer.Context, number: NumberArgument, json: JsonFlag = False
) -> None:
    """Say what the customer is told of an application, in both languages."""
    with open_home(context.obj) as home:
        told = letter_of(seeing.application_whole(home, number))
    if json:
        say_json([{"zh": one.zh, "en": one.en} for one in told])
        return
    for language in ([one.zh for one in told], [one.en for one in told]):
        say("\n".join(language) + "\n")


def replay(
    context: typer.Context,
    number: Annotated[int, typer.Argument(help="Number of the decision.")],
    from_facts: Annotated[
        bool, typer.Option("--from-facts", help="Gather the evidence anew.")
    ] = False,
    with_corrections: Annotated[
        bool,
        typer.Option(
            "--with-corrections", help="And count what has become known since."
        ),
    ] = False,
    json: JsonFlag = False,
) -> None:
    """Make a decision again, and say whether it comes out the same to the byte."""
    how: Literal["snapshot", "facts", "corrections"] = "snapshot"
    if from_facts:
        how = "facts"
    if with_corrections:
        how = "corrections"
    with open_home(context.obj) as home:
        told = replaying.replay(home, number, how=how).as_plain()
    if json:
        say_json(told)
    else:
        _print_replay(told)
    if not told["same"] and how != "corrections":
        raise typer.Exit(6)


def claim(
    context: typer.Context, number: NumberArgument, by: ByOption, json: JsonFlag = False
) -> None:
    """Take a referral into your hands."""
    with open_home(context.obj) as home:
        hand = hand_for(home, by, operation="referrals.claim")
        _say_act(referring.claim(home, number, by=hand), json=json)


def _with_reason(act: referring.Act) -> Callable[..., None]:
    def done(
        context: typer.Context,
        number: NumberArgument,
        by: ByOption,
        why: WhyOption,
        json: JsonFlag = False,
    ) -> None:
        with open_home(context.obj) as home:
            hand = hand_for(home, by, operation=act.operation)
            _say_act(act.does(home, number, by=hand, why=why), json=json)

    return done


def conclude(
    context: typer.Context,
    number: NumberArgument,
    outcome: Annotated[Literal["approve", "decline"], typer.Argument(help="Which.")],
    by: ByOption,
    why: WhyOption,
    amount: Annotated[
        str | None, typer.Option(help="Yuan approved; else all that was asked.")
    ] = None,
    json: JsonFlag = False,
) -> None:
    """Conclude a referral that you claimed; who took it never does."""
    with open_home(context.obj) as home:
        hand, reach = reach_for(home, by, operation="referrals.decide")
        told = referring.conclude(
            home,
            number,
            referring.Conclusion(
                outcome=outcome,
                why=why,
                amount_fen=None if amount is None else budget_of(amount),
            ),
            by=hand,
            most_fen=authority(home, reach, on=clock.today()),
        )
    _say_act(told, json=json)


def _day(on: datetime | None) -> date:
    return on.date() if on else clock.today()


def _show(told: dict[str, Any], *, json: bool, trace: bool = False) -> None:
    if json:
        say_json(told)
        return
    say(
        f"application {told['number']} 申请: {told['enterprise_id']}, "
        f"{yuan_text(told['amount_fen'])}, {told['months']} months 月: {told['state']}"
    )
    decided = told.get("decided")
    if decided is None:
        return
    zh = _OUTCOMES[decided["outcome"]]
    say(f"decision {decided['number']} 决策: {decided['outcome']} {zh}")
    for line in decided["lines"] if trace else decided["lines"][:1]:
        say(f"  {line['zh']}\n  {line['en']}")
    for guard in decided["guards"]:
        say(f"  ! {guard['text']['zh']}  {guard['text']['en']}")
    loan = decided["loan"]
    if loan:
        rate, yuan = float(loan["rate"]), yuan_text(loan["amount_fen"])
        say(f"  {loan['product']}: {yuan}, {rate:.2%}, {loan['months']} months 月")
    for one in decided["conditions"]:
        say(f"  + {one['zh']}  {one['en']}")
    if told["conclusion"]:
        by = told["conclusion"]
        say(f"concluded 审批: {by['outcome']} by {by['checker']}: {by['why']}")


def _print_replay(told: dict[str, Any]) -> None:
    word = "the same to the byte 逐字节一致" if told["same"] else "NOT the same 不一致"
    say(f"decision {told['decision']} from {told['how']}: {word}")
    say(f"  outcome 结果: {told['outcome']} → {told['outcome_again']}")
    for one in told["differences"][:_TOLD]:
        say(f"  {one['path']}: {one['then']} → {one['now']}")
    left = told["differences_in_all"] - _TOLD
    if left > 0:
        say(f"  and {left} more: see --json")


def _say_act(told: dict[str, Any], *, json: bool) -> None:
    if json:
        say_json(told)
        return
    say(f"{told['act']}: application {told['application']} by {told['by']}")
