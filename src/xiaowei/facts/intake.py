"""One file in; its facts in the lake, its bad rows in a list, every row counted.

A row is a duplicate where an earlier row of its file, or a fact already held from its
source, states the same. `known_on` is not part of what an invoice, a tax filing or a
meter reading states: a copy that became known later says nothing new, and the fact that
came first stands with the day on which it was known. Whatever else differs, such as a
state now void, makes the row a correction: a later fact beside the earlier one. For
registers `known_on` does count, see `Source.register`.
"""

import hashlib
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path
from typing import Final

import ibis
import ibis.expr.types as ir

from xiaowei.facts.columns import Mapped, map_columns
from xiaowei.facts.judge import Judged, judge, mark_codes
from xiaowei.facts.lake import FileAccount, Lake, mark_of, schema_of
from xiaowei.facts.read import Stated, UnreadableFileError, read
from xiaowei.facts.rejects import without_extra, write_rejects
from xiaowei.facts.sources import Source
from xiaowei.facts.workbook import OpenWorkbook, open_workbook

_JUDGED: Final = "judged_rows"
_COPIES: Final = "copied_rows"


@dataclass(frozen=True, slots=True)
class Delivery:
    """One file handed in.

    Args:
        path: where it is.
        source: what it states.
        received_on: the day taken as known where the rows state none.
        counted: rules of a reader to count: a note's name to one of the source's
            columns and the pattern that its text as stated must match.
    """

    path: Path
    source: Source
    received_on: date
    counted: dict[str, tuple[str, str]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Receipt:
    """What handing in a file came to.

    Args:
        account: what became of its rows when it first came.
        added: facts that this delivery added; 0 for a file already held.
        rejects: the list of its rows that were not accepted, if there are any.
    """

    account: FileAccount
    added: int
    rejects: Path | None


def take_in(
    delivery: Delivery, *, lake: Lake, open_sheet: OpenWorkbook = open_workbook
) -> Receipt:
    """Take a file into the lake; a file already held adds nothing.

    Args:
        delivery: the file and what it states.
        lake: where its facts go.
        open_sheet: how to open a workbook.

    Raises:
        MissingColumnError, DoubleColumnError, UnreadableFileError, EncodingError,
        EndlessLineError, EmptyFileError, NoWorkbookError, WorkbookTooLargeError: the
            file as a whole cannot be used; nothing of it is kept.
        BusyLakeError: somebody else is adding a file.
    """
    digest = _digest(delivery.path)
    mark = mark_of(digest, delivery.source.name)
    with lake.adding(mark) as scratch:
        for held in lake.accounts():
            if (held.digest, held.source) == (digest, delivery.source.name):
                return Receipt(held, 0, lake.rejects_of(held))
        account = _added(
            delivery, lake=lake, scratch=scratch, open_sheet=open_sheet, digest=digest
        )
        lake.list_file(account)
    return Receipt(account, account.accepted, lake.rejects_of(account))


def _added(
    delivery: Delivery,
    *,
    lake: Lake,
    scratch: Path,
    open_sheet: OpenWorkbook,
    digest: str,
) -> FileAccount:
    """Write a file's facts and its list of rejects without listing it yet."""
    source = delivery.source
    stated = without_extra(
        read(delivery.path, engine=lake.engine, scratch=scratch, open_sheet=open_sheet)
    )
    mapped = map_columns(stated.heads, source=source, file=delivery.path.name)
    judged = judge(
        stated, source=source, mapped=mapped, received_on=delivery.received_on
    )
    rows = _kept(judged.rows, lake=lake, into=scratch / f"{_JUDGED}.parquet")
    judged = mark_codes(replace(judged, rows=rows))
    same = _same(source, mapped)
    told = _told(judged.rows, source=source, same=same, lake=lake, scratch=scratch)
    account = replace(
        _counted(told, delivery=delivery, digest=digest),
        unused=mapped.unused,
        notes=_notes(stated, mapped, delivery),
    )
    rejects = lake.rejects_of(account)
    if rejects is not None:
        _list_rejects(told, stated, judged=judged, into=rejects)
    facts = told.filter(_is_fresh(told)).mutate(file=ibis.literal(account.file))
    parts = lake.put(
        facts.select(*schema_of(source.family)),
        family=source.family,
        mark=mark_of(digest, source.name),
    )
    return replace(account, parts=parts)


def _same(source: Source, mapped: Mapped) -> list[str]:
    """Return the columns in which a row must equal another to be its copy."""
    stated = [*mapped.stated, *source.fixed]
    plain = [name for name in stated if name != "known_on"]
    return [*plain, "known_on"] if source.register else plain


def _told(
    judged: ir.Table, *, source: Source, same: list[str], lake: Lake, scratch: Path
) -> ir.Table:
    """Return all rows, each with what it is a copy of, if it is one."""
    good = judged.filter(judged.faults == 0)
    copies = _copies_inside(good, same=same)
    if any(account.source == source.name for account in lake.accounts()):
        held = _near(lake.facts(source.family), good)
        copies = copies.union(_copies_of_held(good, held, same=same))
    copies = copies.group_by("line").aggregate(same_as=lambda rows: rows.same_as.min())
    copies = _kept(copies, lake=lake, into=scratch / f"{_COPIES}.parquet")
    return judged.left_join(copies, "line").drop("line_right")


def _is_fresh(told: ir.Table) -> ir.BooleanValue:
    return (told.faults == 0) & told.same_as.isnull()


def _kept(table: ir.Table, *, lake: Lake, into: Path) -> ir.Table:
    """Return a table once worked out, kept in a file so that memory stays small."""
    lake.engine.to_parquet(table, into, compression="lz4")
    return lake.engine.read_parquet(into, table_name=into.stem)


def _copies_inside(good: ir.Table, *, same: list[str]) -> ir.Table:
    """Return the rows that repeat an earlier row of the file, and which."""
    keyed = good.select("line", *same)
    twins = keyed.group_by(same).aggregate(
        first=keyed.line.min(), count=keyed.line.count()
    )
    twins = twins.filter(twins["count"] > 1).drop("count")
    pairs = _paired(keyed, twins, same=same).filter(lambda rows: rows.line > rows.first)
    return pairs.select("line", same_as="line " + pairs.first.cast("string"))


def _near(held: ir.Table, good: ir.Table) -> ir.Table:
    """Return the facts of the days that a file is about."""
    days = good.aggregate(since=good.happened_on.min(), until=good.happened_on.max())
    since, until = (column[0].as_py() for column in days.to_pyarrow())
    return held.filter(held.happened_on.between(since, until))


def _copies_of_held(good: ir.Table, held: ir.Table, *, same: list[str]) -> ir.Table:
    """Return the rows that repeat a fact already held, and which."""
    named = held.select(*same, same_as=held.file + " line " + held.line.cast("string"))
    return _paired(good.select("line", *same), named, same=same).select(
        "line", "same_as"
    )


def _paired(rows: ir.Table, others: ir.Table, *, same: list[str]) -> ir.Table:
    theirs = others.rename({f"their_{name}": name for name in same})
    keys = [rows[name].identical_to(theirs[f"their_{name}"]) for name in same]
    return rows.inner_join(theirs, keys)


def _counted(told: ir.Table, *, delivery: Delivery, digest: str) -> FileAccount:
    source = delivery.source
    fresh = _is_fresh(told)
    sums = {
        "rows": told.count(),
        "accepted": fresh.sum(),
        "quarantined": (told.faults > 0).sum(),
    }
    if source.amount is not None:
        # As decimal: a column of the largest amounts outgrows 64 bits.
        wide = told[source.amount].cast("decimal(38, 0)")
        sums["amount"] = wide.sum(where=fresh)
    found = told.aggregate(**sums).to_pyarrow()
    counts = {name: int(found[name][0].as_py() or 0) for name in sums}
    return FileAccount(
        file=delivery.path.name,
        source=source.name,
        digest=digest,
        rows=counts["rows"],
        accepted=counts["accepted"],
        quarantined=counts["quarantined"],
        duplicates=counts["rows"] - counts["accepted"] - counts["quarantined"],
        accepted_amount_fen=counts.get("amount"),
        unused=(),
        notes={},
        parts=(),
    )


def _notes(stated: Stated, mapped: Mapped, delivery: Delivery) -> dict[str, int]:
    sums = {
        note: stated.rows[mapped.stated[name]].cast("string").re_search(pattern).sum()
        for note, (name, pattern) in delivery.counted.items()
        if name in mapped.stated
    }
    if not sums:
        return {}
    found = stated.rows.aggregate(**sums).to_pyarrow()
    return {note: found[note][0].as_py() or 0 for note in sums}


def _list_rejects(
    told: ir.Table, stated: Stated, *, judged: Judged, into: Path
) -> None:
    rejected = told.filter(~_is_fresh(told)).select("line", "faults", "same_as")
    # As text: a damaged file may state years that no calendar here can hold.
    texts = {
        name: stated.rows[name].cast("string")
        for name, kind in stated.rows.schema().items()
        if kind.is_temporal()
    }
    cells = stated.rows.mutate(**texts) if texts else stated.rows
    rows = rejected.join(cells, "line").order_by("line")
    write_rejects(rows, heads=stated.heads, reason=judged.reason, path=into)


def _digest(path: Path) -> str:
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise UnreadableFileError(path.name) from error
