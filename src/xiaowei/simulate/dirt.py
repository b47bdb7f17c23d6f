"""Rows as real files have them: dates that never were, words for numbers, copies."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final, Literal

import numpy as np

from xiaowei.facts.sources import ELECTRICITY, PURCHASES, SALES, TAX_FILINGS, Source
from xiaowei.simulate.sheets import Row, Sheet, cells_of, line_of

Outcome = Literal["quarantined", "duplicate", "accepted"]


@dataclass(frozen=True, slots=True)
class Dirt:
    """One dirty row.

    Args:
        file: where it stands.
        line: at which line, the heading being line 1.
        kind: what is wrong with it.
        outcome: what a reader should make of it.
    """

    file: str
    line: int
    kind: str
    outcome: Outcome


@dataclass(frozen=True, slots=True)
class _Slip:
    """How a good row becomes a dirty one beside it, or in its place.

    Args:
        kind: what is wrong then.
        source: in whose files.
        count: how many.
        outcome: what a reader should make of it.
        soil: makes the dirty row.
        in_place: whether it takes the good row's place.
    """

    kind: str
    source: Source
    count: int
    outcome: Outcome
    soil: Callable[[Row], Row]
    in_place: bool = False


def _at(place: int, cell: str) -> Callable[[Row], Row]:
    return lambda row: (*row[:place], cell, *row[place + 1 :])


def _wrong_check_digit(row: Row) -> Row:
    code = str(row[0])
    return (code[:-1] + ("1" if code[-1] == "0" else "0"), *row[1:])


def _spaced(row: Row) -> Row:
    return (f" {row[0]} ", row[1], f"{row[2]} ", *row[3:])


_SLIPS: Final = (
    _Slip("impossible_date", SALES, 3, "quarantined", _at(2, "2019-02-30")),
    _Slip("wrong_check_digit", SALES, 2, "quarantined", _wrong_check_digit),
    _Slip("duplicate_row", SALES, 4, "duplicate", lambda row: row),
    _Slip("stray_spaces", SALES, 6, "accepted", _spaced, in_place=True),
    _Slip("words_in_amount", PURCHASES, 2, "quarantined", _at(4, "1,234.5万")),
    _Slip("sum_disagrees", PURCHASES, 2, "quarantined", _at(6, "0.01")),
    _Slip("stray_spaces", PURCHASES, 4, "accepted", _spaced, in_place=True),
    _Slip("duplicate_row", TAX_FILINGS, 1, "duplicate", lambda row: row),
    _Slip("no_number", ELECTRICITY, 3, "quarantined", _at(3, "—")),
)

_FIRST_LINE: Final = 2
COUNT: Final = sum(slip.count for slip in _SLIPS)
"""How many dirty rows a county's files hold."""


def soil(sheets: Sequence[Sheet], *, rng: np.random.Generator) -> list[Dirt]:
    """Put dirty rows into the sheets and say where they stand.

    Rows to be set aside are added beside a good one, so nothing true is lost.

    Args:
        sheets: the files of all sources; their rows are changed.
        rng: where chance comes from.

    Returns:
        The dirty rows, file by file in order of lines.
    """
    marked: dict[int, dict[int, _Slip]] = {id(sheet): {} for sheet in sheets}
    for slip in _SLIPS:
        files = [sheet for sheet in sheets if sheet.file.startswith(slip.source.zh)]
        for _ in range(slip.count if files else 0):
            sheet = files[rng.integers(len(files))]
            place = _clean_place(sheet, marked[id(sheet)], rng=rng)
            marked[id(sheet)][place] = slip
    return [
        Dirt(sheet.file, line, slip.kind, slip.outcome)
        for sheet in sheets
        for line, slip in _soiled(sheet, marked[id(sheet)])
    ]


def _soiled(sheet: Sheet, marked: dict[int, _Slip]) -> list[tuple[int, _Slip]]:
    """Put a sheet's dirty rows in; say at which line each stands."""
    found = []
    added = 0
    for place in sorted(marked):
        slip = marked[place]
        at = place + added
        dirty = line_of(slip.soil(cells_of(sheet.lines[at])))
        if slip.in_place:
            sheet.lines[at] = dirty
        else:
            sheet.lines.insert(at + 1, dirty)
            added += 1
            at += 1
        found.append((at + _FIRST_LINE, slip))
    return found


def _clean_place(
    sheet: Sheet, marked: dict[int, _Slip], *, rng: np.random.Generator
) -> int:
    while True:
        place = int(rng.integers(len(sheet.lines)))
        if place not in marked:
            return place
