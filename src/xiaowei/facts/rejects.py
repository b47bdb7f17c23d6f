"""Rows that were not accepted, listed for a clerk to mend and to hand in again."""

import csv
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

import ibis
import ibis.expr.types as ir

from xiaowei.facts.read import Stated
from xiaowei.facts.reasons import in_one_cell
from xiaowei.said import Said

EXTRA: Final = ("line", "outcome", "原因")
"""What a list of rejects has beside the columns of the file it came from."""

_BATCH_ROWS: Final = 16_384
_LONGEST_CELL: Final = 2**31 - 1
_FORMULA_STARTS: Final = ("=", "+", "-", "@", "\t", "\r", "'")
_MARKED: Final = r"^'[=+\-@\t\r']"


@dataclass(frozen=True, slots=True)
class Reject:
    """A row that was not accepted.

    Args:
        line: of its file.
        outcome: `quarantined` or `duplicate`.
        reason: why, for people.
    """

    line: int
    outcome: str
    reason: str


def harmless(cell: object) -> object:
    """Return a cell that no spreadsheet takes for a formula.

    Numbers are left as they are; what begins like a formula gets an apostrophe.

    >>> harmless("=1+1"), harmless("-22.54"), harmless(-5), harmless(None)
    ("'=1+1", '-22.54', -5, '')
    """
    if isinstance(cell, str) and cell.startswith(_FORMULA_STARTS):
        return cell if _is_number(cell) else f"'{cell}"
    return "" if cell is None else cell


def write_rejects(
    rows: ir.Table,
    *,
    heads: Sequence[str],
    reason: Callable[[int, Mapping[str, object]], str],
    path: Path,
) -> None:
    """Write rows as they were stated, each with its line, outcome and reason.

    Args:
        rows: Shape: one row per row not accepted; `line`, `c0`.. and `fault` as stated,
            `faults` and, for a duplicate, `same_as`.
        heads: the file's headings in order.
        reason: a row's faults and the row to what is said against it.
        path: where the list goes; CSV in UTF-8 with BOM, which Excel opens rightly.
    """
    cells = [f"c{place}" for place in range(len(heads))]
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file)
        writer.writerow([*heads, *EXTRA])
        for batch in rows.to_pyarrow_batches(chunk_size=_BATCH_ROWS):
            for row in batch.to_pylist():
                if row["faults"]:
                    told = ("quarantined", reason(row["faults"], row))
                else:
                    told = ("duplicate", _copy_of(row["same_as"]))
                stated = [harmless(row[cell]) for cell in cells]
                writer.writerow([*stated, row["line"], *told])


def rejects_in(path: Path) -> Iterator[Reject]:
    """Return the rows that a list of rejects tells of, in order of their lines.

    Args:
        path: of a list that `write_rejects` wrote.
    """
    # A cell may be as long as a file states it; what is read here was written here.
    csv.field_size_limit(_LONGEST_CELL)
    with path.open(encoding="utf-8-sig", newline="") as file:
        reader = csv.reader(file)
        next(reader, None)
        for row in reader:
            line, outcome, reason = row[-len(EXTRA) :]
            yield Reject(int(line), outcome, reason)


def without_extra(stated: Stated) -> Stated:
    """Return what a mended list of rejects states; any other file as it is.

    The columns that were added to the list are left out, and apostrophes that made its
    cells harmless are taken away.
    """
    if stated.heads[-len(EXTRA) :] != EXTRA:
        return stated
    kept = [f"c{place}" for place in range(len(stated.heads) - len(EXTRA))]
    cells = {name: _unmarked(stated.rows[name]) for name in kept}
    rows = stated.rows.select("line", "fault", **cells)
    return replace(stated, heads=stated.heads[: -len(EXTRA)], rows=rows)


def _copy_of(held: str) -> str:
    """Say of which row, named 'FILE line N' or 'line N', a row is a copy."""
    file, _, line = held.rpartition("line ")
    told = Said(f"与{file.strip()}第{line}行相同", f"same as {held}")
    return in_one_cell([told])


def _unmarked(cell: ir.Value) -> ir.Value:
    if not cell.type().is_string():
        return cell
    return ibis.ifelse(cell.re_search(_MARKED), cell.substr(1), cell)


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True
