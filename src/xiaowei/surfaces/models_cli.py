"""The verbs of `models`: those on record, their signatures, and the keys of these."""

from pathlib import Path
from typing import Annotated, Any, Final

import typer

from xiaowei.desk.home import open_home
from xiaowei.desk.modelling.keeping import (
    card_shown,
    model_on_record,
    models_on_record,
    stood_for,
)
from xiaowei.desk.modelling.keys import (
    distrust,
    make_key,
    trust,
    trusted_keys,
)
from xiaowei.desk.modelling.signing import sign
from xiaowei.surfaces.output import show_rows
from xiaowei.surfaces.terminal import (
    OUT,
    JsonFlag,
    ModelArgument,
    say,
    say_json,
    spread,
)

_STATES: Final = {
    "good": "good 有效",
    "not_trusted": "key not trusted 密钥未受信",
    "broken": "BROKEN 已失效",
}

ByOption = Annotated[str, typer.Option(help="The person, by name.")]
models = typer.Typer(help="Models on record, their signatures and keys.")


def add_verbs(app: typer.Typer) -> None:
    """Add the verbs of this file to a command line."""
    app.add_typer(models, name="models")


@models.callback(invoke_without_command=True)
def listed(context: typer.Context, json: JsonFlag = False) -> None:
    """List the models on record."""
    if context.invoked_subcommand:
        return
    with open_home(context.obj) as home:
        cards = models_on_record(home)
    if json:
        say_json(cards)
        return
    show_rows(list(map(_row, cards)), console=OUT, json=False)
    if not cards:
        say("no model on record 尚无模型")


@models.command("show")
def show_model(
    context: typer.Context, model: ModelArgument, json: JsonFlag = False
) -> None:
    """Show who trained, validated and signed a model."""
    with open_home(context.obj) as home:
        card = card_shown(home, model)
    if json:
        say_json(card)
        return
    say(f"{card['name']} ({card['kind']}) {card['fingerprint']}")
    if card["altered"]:
        say("  text ALTERED since it was put on record 模型文本已被改动")
    say(f"  trained by 训练人: {card.get('trained_by') or 'not said 未载'}")
    for one in card["validations"]:
        say(
            f"  validated by 验证人: {one['by']}, {one['made_at']}, on {one['file']}, "
            f"AUC {spread(one['auc'])}"
        )
    for one in card["signatures"]:
        _print_signature(one)


@models.command("sign")
def sign_model(
    context: typer.Context,
    model: ModelArgument,
    key: Annotated[
        Path, typer.Option(exists=True, dir_okay=False, help="Your private key.")
    ],
    by: ByOption,
    json: JsonFlag = False,
) -> None:
    """Sign a model: its text and its card as they stand on record."""
    with open_home(context.obj) as home:
        card, _ = model_on_record(home, model)
        sign(home, card, key, by=by)
        card = stood_for(home, card)
    if json:
        say_json(card)
        return
    _print_signature(card["signatures"][-1])


@models.command("key")
def make(
    context: typer.Context,
    file: Annotated[Path, typer.Argument(help="Where the private half is written.")],
    json: JsonFlag = False,
) -> None:
    """Make a key: the private half for you alone, the public one beside it."""
    del context  # A key is no part of a home until it is trusted there.
    name, beside = make_key(file)
    if json:
        say_json({"key": name, "private": str(file), "public": str(beside)})
        return
    say(f"key 密钥 {name}")
    say(f"  private 私钥: {file}  public 公钥: {beside}")


@models.command("trust")
def trust_key(
    context: typer.Context,
    file: Annotated[
        Path, typer.Argument(exists=True, dir_okay=False, help="A public key.")
    ],
    by: ByOption,
) -> None:
    """Trust signatures of a key, as that of one person."""
    with open_home(context.obj) as home:
        one = trust(home, file, by=by)
    say(f"trusted 已受信: {one.by} {one.key}")


@models.command("distrust")
def distrust_key(
    context: typer.Context,
    key: Annotated[str, typer.Argument(help="First characters of its fingerprint.")],
) -> None:
    """Trust a key no more, also for what it has signed."""
    with open_home(context.obj) as home:
        one = distrust(home, key)
    say(f"no longer trusted 不再受信: {one.by} {one.key}")


@models.command("keys")
def list_keys(context: typer.Context, json: JsonFlag = False) -> None:
    """List the keys that are trusted."""
    with open_home(context.obj) as home:
        rows = [
            {"key": one.key, "by": one.by, "since": one.since}
            for one in trusted_keys(home).values()
        ]
    if json:
        say_json(rows)
        return
    show_rows(rows, console=OUT, json=False)
    if not rows:
        say("no key is trusted 尚无受信密钥")


def _row(card: dict[str, Any]) -> dict[str, Any]:
    states = [one["state"] for one in card["signatures"]]
    return {
        "entry": card["entry"],
        "name": card["name"],
        "kind": card["kind"],
        "fingerprint": card["fingerprint"][:12],
        "out of time": "yes" if card["split"]["out_of_time"] else "no",
        "AUC": spread(card["verdict"]["auc"]),
        "slope": spread(card["verdict"]["slope"]),
        "signed": "BROKEN" if "broken" in states else states.count("good"),
        "validated": len({one["by"] for one in card["validations"]}),
    }


def _print_signature(one: dict[str, Any]) -> None:
    say(
        f"  signed by 签名人: {one['by']}, {one['made_at']}, key {one['key'][:12]}: "
        f"{_STATES[one['state']]}"
    )
