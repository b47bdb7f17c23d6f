"""A CSV, XLSX or Parquet file in; a table of what it states, with lines, out."""

from dataclasses import dataclass
from pathlib import Path
from typing import Final

import ibis
import ibis.expr.types as ir

from xiaowei.facts.progress import Tell, silent
from xiaowei.facts.staging import SUFFIXES, Stage, UnreadableFileError, stage

__all__ = ["SUFFIXES", "Stated", "UnreadableFileError", "read"]

_VIEW: Final = "stated_rows"
_STAGED: Final = "stated.parquet"


@dataclass(frozen=True, slots=True)
class Stated:
    """A file as a table.

    Args:
        heads: its headings in order; column `c0` holds the first, and so on.
        rows: Shape: one row per row of the file; `line` from 1, `c0`.. as stated,
            `fault` why the row as a whole cannot be read, or null.
    """

    heads: tuple[str, ...]
    rows: ir.Table


def read(
    path: Path,
    *,
    engine: ibis.BaseBackend,
    scratch: Path,
    staged: Stage = stage,
    tell: Tell = silent,
) -> Stated:
    """Read a file without judging what it states.

    Args:
        path: the file.
        engine: where the table is opened.
        scratch: an existing folder; what is put there must stay while the table is
            used.
        staged: how to put the file into one plain form.
        tell: is told the bytes read.

    Raises:
        InputError: the file as a whole cannot be read, see `stage`.
    """
    into = scratch / _STAGED
    heads = staged(path, into, tell)
    return Stated(heads, engine.read_parquet(into, table_name=_VIEW))
