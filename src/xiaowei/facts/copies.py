"""A file's good rows and the facts held in; which rows are copies, which correct, out.

A row that does not say when it became known is a copy where an earlier row of its file,
or a fact already held from its source, states the same. A row that does is one only
where it states what was stated last by then about the same thing (`returns`). What is
no copy, and about the same as another, corrects it or is corrected by it. Most rows are
neither, so the few that share with another what they are about are set apart first, and
the rest is passed over.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Final

import ibis
import ibis.expr.types as ir
import pyarrow.parquet as pq

from xiaowei.facts.columns import Mapped
from xiaowei.facts.known import NEVER
from xiaowei.facts.lake import Lake
from xiaowei.facts.returns import stated_last
from xiaowei.facts.sources import Source

_ROWS: Final = "rows_about_the_same"
_HELD: Final = "held_about_the_same"
_PLAIN: Final = "plain_copies"
_LATE: Final = "rows_known_on_receipt"
_COPIES: Final = "copied_rows"
_AGAIN: Final = "rows_stated_again"


@dataclass(frozen=True, slots=True)
class Sameness:
    """In which columns rows are alike.

    Args:
        whole: those in which a row must equal another to be its copy.
        about: those that say what a row is about; empty where it stands for itself.
        side_by_side: as of the source.
        dated: whether the file has a column that says when a row became known.
    """

    whole: tuple[str, ...]
    about: tuple[str, ...]
    side_by_side: bool
    dated: bool

    @property
    def group(self) -> tuple[str, ...]:
        """Those in which rows must be equal that have to do with each other."""
        return self.about or self.whole

    @property
    def columns(self) -> list[str]:
        """All that has to be looked at."""
        return list(dict.fromkeys((*self.whole, *self.about, "known_on")))


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
    return Sameness(
        whole=tuple(whole),
        about=source.subject if source.about else (),
        side_by_side=source.side_by_side,
        dated="known_on" in mapped.stated,
    )


@dataclass(frozen=True, slots=True)
class _Near:
    """The rows of a file that have to do with each other or with facts held.

    Args:
        rows: of the file; `line`, `known_on`, `dated` and the columns looked at.
        held: facts they have to do with; None where there are none.
        same: in which columns they are alike.
        shop: where it is worked out.
    """

    rows: ir.Table
    held: ir.Table | None
    same: Sameness
    shop: Workshop


def told_apart(
    judged: ir.Table,
    *,
    source: Source,
    same: Sameness,
    received_on: date,
    shop: Workshop,
) -> ir.Table:
    """Return all rows of a file, each with what it copies and whether it is again.

    Args:
        judged: Shape: one row per row of the file; its columns, `line`, `dated` and
            `faults`.
        source: what they state.
        same: in which columns they are alike.
        received_on: when a row became known that corrects a fact of an earlier file
            and does not say so itself: the fact stood until somebody said otherwise.
        shop: where it is worked out.

    Returns:
        the same rows; `same_as` names the row it copies, as 'line N' or 'FILE line N',
        else null; `again` is true where it is a new fact about something that a fact
        held, or another new row before it, is about.
    """
    good = judged.filter(judged.faults == 0).select("line", "dated", *same.columns)
    near = _near(good, source=source, same=same, shop=shop)
    if near is None:
        return judged.mutate(same_as=ibis.null("string"), again=NEVER)
    plain = _plain_copies(near)
    late = _late(near, plain, received_on)
    copies = _all_copies(near, plain, late)
    told = _with(judged, copies, same_as=ibis.null("string"))
    told = _with(told, _again(near, copies), again=NEVER)
    told = _with(told, late, since=ibis.null("date"))
    return told.mutate(known_on=ibis.coalesce(told.since, told.known_on)).drop("since")


def _with(told: ir.Table, marks: ir.Table | None, **absent: ir.Value) -> ir.Table:
    """Return rows with the mark that some lines have, the rest with that for none."""
    if marks is None:
        return told.mutate(**absent)
    ((name, none),) = absent.items()
    joined = told.left_join(marks, "line").drop("line_right")
    return joined.mutate(**{name: joined[name].fill_null(none)})


def _near(
    good: ir.Table, *, source: Source, same: Sameness, shop: Workshop
) -> _Near | None:
    held = _held_near(good, source=source, same=same, shop=shop)
    counted = good.group_by(same.group).aggregate(count=good.line.count())
    crowds = counted.filter(counted["count"] > 1).drop("count")
    if held is not None:
        crowds = crowds.union(held.select(*same.group)).distinct()
    rows = shop.kept_some(_like(good, crowds, same.group), _ROWS)
    return None if rows is None else _Near(rows, held, same, shop)


def _held_near(
    good: ir.Table, *, source: Source, same: Sameness, shop: Workshop
) -> ir.Table | None:
    """Return the facts held that are about what a row of the file is about."""
    if not shop.lake.holds(source.family):
        return None
    held = shop.lake.facts(source.family)
    for name in (source.key, "happened_on"):
        if name in same.group:
            # Parts are sorted by whose facts they hold: most need not be read.
            held = held.filter(_between(held[name], good[name]))
    placed = held.file + " line " + held.line.cast("string")
    named = held.select("file", "line", *same.columns, same_as=placed)
    return shop.kept_some(_like(named, good, same.group), _HELD)


def _between(theirs: ir.Value, ours: ir.Value) -> ir.BooleanValue:
    ends = ours.as_table().aggregate(first=ours.min(), last=ours.max())
    first, last = (column[0].as_py() for column in ends.to_pyarrow())
    if first is None:
        return NEVER
    return theirs.between(first, last)


def _plain_copies(near: _Near) -> ir.Table | None:
    """Return the lines that are copies whatever was stated between, and of what.

    Those are rows that do not say when they became known, and rows that were stated,
    as known on the same day, before: a history handed in once more adds nothing.
    """
    rows, same = near.rows, near.same
    whole, exact = same.whole, tuple(dict.fromkeys((*same.whole, "known_on")))
    undated = rows.filter(~rows.dated) if same.about and same.dated else rows
    first = rows.group_by(whole).aggregate(first=rows.line.min())
    pairs = _paired(undated, first, whole)
    later = pairs.filter(pairs.line > pairs.first)
    told = "line " + later.first.cast("string")
    found = [later.select("line", same_as=told)]
    if near.held is not None:
        found.append(_held_alike(undated, near.held, whole))
    if near.held is not None and undated is not rows:
        found.append(_held_alike(rows.filter(rows.dated), near.held, exact))
    copies = ibis.union(*found)
    each = copies.group_by("line").aggregate(same_as=copies.same_as.min())
    return near.shop.kept_some(each, _PLAIN)


def _held_alike(rows: ir.Table, held: ir.Table, names: Sequence[str]) -> ir.Table:
    named = held.group_by(names).aggregate(same_as=held.same_as.min())
    return _paired(rows, named, names).select("line", "same_as")


def _late(near: _Near, plain: ir.Table | None, received_on: date) -> ir.Table | None:
    """Return the lines that correct a fact held and do not say when it was known."""
    if not near.same.about or near.held is None:
        return None
    fresh = _without(near.rows, plain)
    found = _like(fresh.filter(~fresh.dated), near.held, near.same.about)
    told = found.select("line", since=ibis.literal(received_on))
    return near.shop.kept_some(told, _LATE)


def _all_copies(
    near: _Near, plain: ir.Table | None, late: ir.Table | None
) -> ir.Table | None:
    """Return the lines that are copies, and of what; None where none is."""
    same = near.same
    if not (same.about and same.dated):
        return plain
    rows = _with(near.rows, plain, same_as=ibis.null("string"))
    rows = _with(rows, _told_before(near), told_before=NEVER)
    rows = _with(rows, late, since=ibis.null("date"))
    rows = rows.mutate(
        copied=rows.same_as.notnull(),
        known_on=ibis.coalesce(rows.since, rows.known_on),
    )
    groups = rows.filter(rows.dated & ~rows.copied).select(*same.about).distinct()
    last = stated_last(
        _like(rows, groups, same.about),
        None if near.held is None else _like(near.held, groups, same.about),
        about=same.about,
        whole=same.whole,
        side_by_side=same.side_by_side,
    )
    found = last if plain is None else last.union(plain)
    return near.shop.kept_some(found, _COPIES)


def _told_before(near: _Near) -> ir.Table | None:
    """Return the lines that were stated before as known on the same day."""
    if near.held is None:
        return None
    found = _like(near.rows, near.held, (*near.same.whole, "known_on"))
    return found.select("line", told_before=ibis.literal(value=True))


def _again(near: _Near, copies: ir.Table | None) -> ir.Table | None:
    """Return the lines of new facts about what another is about; None where none is."""
    about = near.same.about
    if not about:
        return None
    fresh = _without(near.rows, copies)
    first = fresh.group_by(about).aggregate(first=fresh.line.min())
    pairs = _paired(fresh, first, about)
    lines = pairs.filter(pairs.line > pairs.first).select("line")
    if near.held is not None:
        lines = lines.union(_like(fresh, near.held, about).select("line"))
    marked = lines.distinct().mutate(again=ibis.literal(value=True))
    return near.shop.kept_some(marked, _AGAIN)


def _without(rows: ir.Table, lines: ir.Table | None) -> ir.Table:
    return rows if lines is None else rows.anti_join(lines, "line")


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
