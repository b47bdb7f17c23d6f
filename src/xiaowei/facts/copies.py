"""A file's good rows and the facts held in; which rows are copies, which correct, out.

A row is a copy where an earlier row of its file, or a fact already held from its
source, states the same. It is stated again where one is about the same and is no copy:
then one of the two corrects the other. Most rows are neither, so the few that share
with another what they are about are set apart first, and the rest is passed over.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import ibis
import ibis.expr.types as ir
import pyarrow.parquet as pq

from xiaowei.facts.columns import Mapped
from xiaowei.facts.lake import Lake
from xiaowei.facts.sources import Source

_ROWS: Final = "rows_about_the_same"
_HELD: Final = "held_about_the_same"
_COPIES: Final = "copied_rows"
_AGAIN: Final = "rows_stated_again"


@dataclass(frozen=True, slots=True)
class Sameness:
    """In which columns rows are alike.

    Args:
        whole: those in which a row must equal another to be its copy.
        about: those that say what a row is about; empty where it stands for itself.
    """

    whole: tuple[str, ...]
    about: tuple[str, ...]

    @property
    def near(self) -> tuple[str, ...]:
        """Those in which both copies and corrections equal what they copy or correct.

        Of what the rows are about, only what the file states: a copy need not state
        what it leaves out.
        """
        stated = tuple(name for name in self.about if name in self.whole)
        return stated or self.whole

    @property
    def columns(self) -> tuple[str, ...]:
        """All of them."""
        return tuple(dict.fromkeys((*self.whole, *self.about)))


@dataclass(frozen=True, slots=True)
class Workshop:
    """Where tables are worked out: an engine and a folder for what memory cannot hold.

    Args:
        lake: whose facts and engine are used.
        scratch: an existing folder.
    """

    lake: Lake
    scratch: Path

    def kept(self, table: ir.Table, name: str) -> ir.Table:
        """Return a table once worked out, kept in a file so that memory stays small."""
        into = self._place(name)
        self.lake.engine.to_parquet(table, into, compression="lz4")
        return self.lake.engine.read_parquet(into, table_name=name)

    def kept_some(self, table: ir.Table, name: str) -> ir.Table | None:
        """Return the same, or None where it has no row."""
        kept = self.kept(table, name)
        return kept if pq.read_metadata(self._place(name)).num_rows else None

    def _place(self, name: str) -> Path:
        return self.scratch / f"{name}.parquet"


def sameness_of(source: Source, mapped: Mapped) -> Sameness:
    """Return in which columns the rows of a file are alike.

    Args:
        source: what the file states.
        mapped: which of the source's columns it has.
    """
    stated = [*mapped.stated, *source.fixed]
    plain = [name for name in stated if name != "known_on"]
    whole = [*plain, "known_on"] if source.register else plain
    about = [source.key, *source.about, *source.fixed] if source.about else []
    return Sameness(tuple(whole), tuple(dict.fromkeys(about)))


def told_apart(
    judged: ir.Table, *, source: Source, same: Sameness, shop: Workshop
) -> ir.Table:
    """Return all rows of a file, each with what it copies and whether it is again.

    Args:
        judged: Shape: one row per row of the file; its columns, `line` and `faults`.
        source: what they state.
        same: in which columns they are alike.
        shop: where it is worked out.

    Returns:
        the same rows; `same_as` names the row it copies, as 'line N' or 'FILE line N',
        else null; `again` is true where it is a new fact about something that a fact
        held, or another new row before it, is about.
    """
    good = judged.filter(judged.faults == 0).select("line", *same.columns)
    rows = shop.kept_some(_crowded(good, same.near), _ROWS)
    held = _held_near(good, source=source, same=same, shop=shop)
    copies = _copies(good, rows, held, same=same, shop=shop)
    again = _again(good, (rows, held), copies, same=same, shop=shop)
    told = _with(judged, copies, same_as=ibis.null("string"))
    return _with(told, again, again=ibis.literal(value=False))


def _with(told: ir.Table, marks: ir.Table | None, **absent: ir.Value) -> ir.Table:
    """Return rows with the mark that some lines have, the rest with that for none."""
    if marks is None:
        return told.mutate(**absent)
    ((name, none),) = absent.items()
    joined = told.left_join(marks, "line").drop("line_right")
    return joined.mutate(**{name: joined[name].fill_null(none)})


def _crowded(good: ir.Table, near: Sequence[str]) -> ir.Table:
    """Return the rows that share with another of the file what they are about."""
    counted = good.group_by(near).aggregate(count=good.line.count())
    crowds = counted.filter(counted["count"] > 1).drop("count")
    return _like(good, crowds, near)


def _held_near(
    good: ir.Table, *, source: Source, same: Sameness, shop: Workshop
) -> ir.Table | None:
    """Return the facts held that are about what a row of the file is about."""
    if not shop.lake.holds(source.family):
        return None
    held = shop.lake.facts(source.family)
    for name in (source.key, "happened_on"):
        if name in same.near:
            # Parts are sorted by whose facts they hold: most need not be read.
            held = held.filter(_between(held[name], good[name]))
    placed = held.file + " line " + held.line.cast("string")
    named = held.select(*same.columns, same_as=placed)
    return shop.kept_some(_like(named, good, same.near), _HELD)


def _between(theirs: ir.Value, ours: ir.Value) -> ir.BooleanValue:
    ends = ours.as_table().aggregate(first=ours.min(), last=ours.max())
    first, last = (column[0].as_py() for column in ends.to_pyarrow())
    if first is None:
        return ibis.literal(value=False)
    return theirs.between(first, last)


def _copies(
    good: ir.Table,
    rows: ir.Table | None,
    held: ir.Table | None,
    *,
    same: Sameness,
    shop: Workshop,
) -> ir.Table | None:
    """Return the lines that are copies, and of what; None where none is."""
    found = []
    if rows is not None:
        first = rows.group_by(same.whole).aggregate(first=rows.line.min())
        pairs = _paired(rows, first, same.whole)
        later = pairs.filter(pairs.line > pairs.first)
        told = "line " + later.first.cast("string")
        found.append(later.select("line", same_as=told))
    if held is not None:
        named = held.group_by(same.whole).aggregate(same_as=held.same_as.min())
        found.append(_paired(good, named, same.whole).select("line", "same_as"))
    copies = _all_of(found)
    if copies is None:
        return None
    each = copies.group_by("line").aggregate(same_as=copies.same_as.min())
    return shop.kept_some(each, _COPIES)


def _again(
    good: ir.Table,
    near: tuple[ir.Table | None, ir.Table | None],
    copies: ir.Table | None,
    *,
    same: Sameness,
    shop: Workshop,
) -> ir.Table | None:
    """Return the lines of new facts about what another is about; None where none is."""
    if not same.about:
        return None
    rows, held = near
    found = []
    if rows is not None:
        fresh = rows if copies is None else rows.anti_join(copies, "line")
        first = fresh.group_by(same.about).aggregate(first=fresh.line.min())
        pairs = _paired(fresh, first, same.about)
        found.append(pairs.filter(pairs.line > pairs.first).select("line"))
    if held is not None:
        fresh = good if copies is None else good.anti_join(copies, "line")
        found.append(_like(fresh, held, same.about).select("line"))
    lines = _all_of(found)
    if lines is None:
        return None
    marked = lines.distinct().mutate(again=ibis.literal(value=True))
    return shop.kept_some(marked, _AGAIN)


def _all_of(tables: Sequence[ir.Table]) -> ir.Table | None:
    return ibis.union(*tables) if tables else None


def _paired(rows: ir.Table, others: ir.Table, names: Iterable[str]) -> ir.Table:
    theirs, keys = _keys(rows, others, names)
    return rows.inner_join(theirs, keys)


def _like(rows: ir.Table, others: ir.Table, names: Iterable[str]) -> ir.Table:
    """Return the rows that equal one of the others in some columns, null for null."""
    theirs, keys = _keys(rows, others.select(*names), names)
    return rows.semi_join(theirs, keys)


def _keys(
    rows: ir.Table, others: ir.Table, names: Iterable[str]
) -> tuple[ir.Table, list[ir.BooleanValue]]:
    theirs = others.rename({f"their_{name}": name for name in names})
    keys = [rows[name].identical_to(theirs[f"their_{name}"]) for name in names]
    return theirs, keys
