"""What all verbs share: where they speak, how, and words they are asked with."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from typing import Annotated, Any, Final

import typer
from rich.console import Console
from rich.progress import BarColumn, TaskProgressColumn, TextColumn, TimeElapsedColumn
from rich.progress import Progress as Bar

from xiaowei.surfaces.output import json_text

OUT: Final = Console()
"""Data."""
ERR: Final = Console(stderr=True)
"""Messages and progress."""

JsonFlag = Annotated[bool, typer.Option("--json", help="JSON on standard output.")]
ModelArgument = Annotated[
    str, typer.Argument(help="Name of a model on record, or its fingerprint.")
]

OnOption = Annotated[
    datetime | None, typer.Option(formats=["%Y-%m-%d"], help="The day; else today.")
]
ByOption = Annotated[str, typer.Option(help="Who does it: a login, or a name.")]
WhyOption = Annotated[str, typer.Option(help="The reason, as it will stand on record.")]


def say(line: str) -> None:
    """Write a line for people: no markup, emoji codes, colours or breaks put into it.

    Tabs become blanks; what programs read, such as SQL, is written by `typer.echo`.
    """
    OUT.print(line, soft_wrap=True, highlight=False, markup=False, emoji=False)


def say_account(account: Mapping[str, Any]) -> None:
    """Write what became of the rows of a file."""
    say(
        f"  {account['file']} ({account['source']}): {account['rows']:,} rows = "
        f"{account['accepted']:,} accepted + {account['quarantined']:,} set aside "
        f"+ {account['duplicates']:,} duplicates"
    )


def say_json(value: Any) -> None:  # noqa: ANN401 - any plain value
    """Write a value as JSON."""
    OUT.print_json(json_text(value))


def spread(one: Mapping[str, float], form: str = ".3f") -> str:
    """Return a value with its interval.

    Args:
        one: `value`, `low` and `high`.
        form: how each is written.

    >>> spread({"value": 0.8, "low": 0.75, "high": 0.85}, "+.0%")
    '+80% [+75%, +85%]'
    """
    value, low, high = (format(one[key], form) for key in ("value", "low", "high"))
    return f"{value} [{low}, {high}]"


@contextmanager
def bar() -> Iterator[Bar]:
    """Show on stderr how far long work has come; nothing where nobody looks."""
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        TaskProgressColumn(),
        TimeElapsedColumn(),
    )
    with Bar(*columns, console=ERR, disable=not ERR.is_terminal) as shown:
        yield shown
