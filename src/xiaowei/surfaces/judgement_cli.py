"""Verbs about judgement of the facts: `verify`."""

from datetime import datetime
from typing import Annotated, Any, Final

import typer

from xiaowei.desk.document.deceit import deceit
from xiaowei.desk.document.findings import finding_of
from xiaowei.desk.home import open_home
from xiaowei.desk.verifying import Verified, verify_home
from xiaowei.money import wan_text
from xiaowei.said import percent
from xiaowei.surfaces.output import json_text, show_rows
from xiaowei.surfaces.terminal import ERR, OUT, JsonFlag, say

_CERTAIN: Final = 0.999


def add_verbs(app: typer.Typer) -> None:
    """Add the verbs of this file to a command line."""
    app.command()(verify)


def verify(
    context: typer.Context,
    enterprises: Annotated[
        list[str] | None, typer.Argument(help="Whose; else all, the likeliest first.")
    ] = None,
    as_of: Annotated[
        datetime | None,
        typer.Option(formats=["%Y-%m-%d"], help="The day; else the last one known of."),
    ] = None,
    limit: Annotated[int, typer.Option(min=1, help="How many to list.")] = 20,
    json: JsonFlag = False,
) -> None:
    """Cross-check the sources: who deceives how likely, why, and what to ask for."""
    ERR.print("… cross-checking sources 交叉核验", highlight=False)
    with open_home(context.obj) as home:
        verified = verify_home(
            home, as_of=as_of.date() if as_of else None, whom=enterprises or ()
        )
    firms = sorted(
        verified.suspicions.values(),
        key=lambda one: (-one.probability, one.enterprise_id),
    )
    chosen = [one.enterprise_id for one in firms][: None if enterprises else limit]
    told = [_firm(verified, firm) for firm in chosen]
    if json:
        OUT.print_json(
            json_text({"as_of": verified.as_of.isoformat(), "enterprises": told})
        )
    elif enterprises:
        for one in told:
            _print(one)
    else:
        show_rows([_line(one) for one in told], console=OUT, json=False)


def _firm(verified: Verified, firm: str) -> dict[str, Any]:
    findings = [one for one in verified.findings if one.enterprise_id == firm]
    return {
        "enterprise_id": firm,
        "deceit": deceit(verified, firm),
        "findings": [finding_of(one) for one in findings],
    }


def _line(one: dict[str, Any]) -> dict[str, Any]:
    told = one["deceit"]
    differs = [row for row in one["findings"] if row["outcome"] == "differs"]
    return {
        "enterprise_id": one["enterprise_id"],
        "deceit": _sure(told["probability"]),
        "between": f"{percent(told['low'])} – {percent(told['high'])}",
        "differs": len(differs),
        "first_reason": told["reasons"][0]["en"] if told["reasons"] else None,
    }


def _print(one: dict[str, Any]) -> None:
    told = one["deceit"]
    say(
        f"{one['enterprise_id']} deceives with a probability of "
        f"{_sure(told['probability'])} ({percent(told['low'])} to "
        f"{percent(told['high'])})"
    )
    for reason in told["reasons"]:
        say(f"  {reason['zh']}\n  {reason['en']}")
    revenue = told["revenue"]
    if revenue:
        say(
            f"true revenue of 12 months: {wan_text(revenue['likely_fen'])}万 yuan, "
            f"{wan_text(revenue['low_fen'])}万 to {wan_text(revenue['high_fen'])}万; "
            f"invoiced {wan_text(revenue['stated_fen'])}万; "
            f"{revenue['witnesses']} other sources witness it"
        )
    for row in one["findings"]:
        if row["outcome"] == "differs":
            say(f"{row['severity']}: {row['check']}: {row['text']['en']}")
            for fact in row["evidence"]:
                say(f"    {fact['file']} line {fact['line']}: {fact['text']['en']}")
    for paper in told["papers"]:
        say(
            f"ask for: {paper['text']['en']} (may change the probability by "
            f"{percent(paper['settles'])})"
        )


def _sure(probability: float) -> str:
    """Return a probability in words that claim no certainty."""
    return f"> {percent(_CERTAIN)}" if probability > _CERTAIN else percent(probability)
