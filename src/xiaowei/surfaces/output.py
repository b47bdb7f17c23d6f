"""What the command line writes: JSON files whole or not at all, tables, progress."""

import json
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from rich.console import Console
from rich.table import Table

from xiaowei.errors import InputError

_WIDE: Final = 400


class UnwritableError(InputError):
    """A file cannot be written where it was asked for."""

    def __init__(self, path: Path, why: str) -> None:
        """Name the file."""
        super().__init__(
            f"'{path}' cannot be written: {why}",
            expected="a path in a folder that exists and may be written to",
            remedy="Give another path",
        )


def write_json(value: Any, *, path: Path) -> None:  # noqa: ANN401 - any plain value
    """Write a value as JSON; the file is whole or not there.

    Args:
        value: plain values.
        path: where.

    Raises:
        UnwritableError: the folder is not there or may not be written to.
    """
    text = json.dumps(value, ensure_ascii=False, indent=1, sort_keys=True)
    try:
        with tempfile.NamedTemporaryFile(
            "w", encoding="utf-8", dir=path.parent, prefix=".", delete=False
        ) as file:
            file.write(text + "\n")
        Path(file.name).replace(path)
        path.chmod(0o644)
    except OSError as error:
        raise UnwritableError(path, error.strerror or str(error)) from error


def json_text(value: Any) -> str:  # noqa: ANN401 - any plain value
    """Return a value as JSON for standard output."""
    return json.dumps(value, ensure_ascii=False, indent=1, sort_keys=True)


def show_rows(rows: list[dict[str, Any]], *, console: Console, json: bool) -> None:
    """Print rows as JSON, or as a table of what is no list or mapping in them.

    Args:
        rows: what to print; of the first one's columns.
        console: where.
        json: which of the two.
    """
    if json:
        console.print_json(json_text(rows))
    elif rows:
        plain = [key for key, v in rows[0].items() if not isinstance(v, dict | list)]
        print_table(rows, console=console, columns=plain)


def print_table(
    rows: Sequence[Mapping[str, object]], *, console: Console, columns: Sequence[str]
) -> None:
    """Print some columns of rows as a table.

    Args:
        rows: what to print; a missing value is shown as a dash.
        console: where.
        columns: which, in order.
    """
    table = Table(box=None, pad_edge=False)
    for column in columns:
        table.add_column(column, no_wrap=True)
    for row in rows:
        cells = (row.get(column) for column in columns)
        table.add_row(*("–" if cell is None else str(cell) for cell in cells))
    # A pipe has no width: a row stays on one line there, as other tools expect it.
    wide = Console(file=console.file, width=max(console.width, _WIDE))
    (console if console.is_terminal else wide).print(table)
