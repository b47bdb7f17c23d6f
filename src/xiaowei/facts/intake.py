"""One file in; its facts in the lake, its bad rows in a list, every row counted."""

import csv
import hashlib
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path
from typing import Final

import ibis
import ibis.expr.types as ir

from xiaowei.facts.judge import Mapped, judge, map_columns
from xiaowei.facts.lake import FileAccount, Lake, schema_of
from xiaowei.facts.read import Stated, read
from xiaowei.facts.sources import Source
from xiaowei.facts.workbook import OpenWorkbook, open_workbook

_FORMULA_STARTS: Final = ("=", "+", "-", "@", "\t", "\r")
_DIGEST_BYTES: Final = 1 << 20
_JUDGED: Final = "judged_rows"
_RANKED: Final = "ranked_rows"


@dataclass(frozen=True, slots=True)
class Delivery:
    """One file handed in.

    Args:
        path: where it is.
        source: what it states.
        received_on: the day taken as known where the rows state none.
        counted: rules of a reader to count: a note's name to a stated column and the
            pattern its text must match.
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
    """

    account: FileAccount
    added: int


def take_in(
    delivery: Delivery, *, lake: Lake, open_sheet: OpenWorkbook = open_workbook
) -> Receipt:
    """Take a file into the lake; a file already held adds nothing.

    Args:
        delivery: the file and what it states.
        lake: where its facts go.
        open_sheet: how to open a workbook.

    Raises:
        MissingColumnError, UnreadableFileError, EncodingError, EmptyFileError,
        NoWorkbookError: the file as a whole cannot be used; nothing of it is kept.
    """
    digest = _digest(delivery.path)
    for held in lake.accounts():
        if (held.digest, held.source) == (digest, delivery.source.name):
            return Receipt(held, 0)
    lake.sweep()
    stated = read(
        delivery.path, engine=lake.engine, scratch=lake.scratch, open_sheet=open_sheet
    )
    mapped = map_columns(
        stated.heads, source=delivery.source, file=delivery.path.name
    )
    try:
        ranked = _ranked(stated, delivery=delivery, mapped=mapped, lake=lake)
        account = _settle(
            ranked, stated, delivery=delivery, lake=lake, digest=digest
        )
    finally:
        for name in {_JUDGED, _RANKED} & set(lake.engine.list_tables()):
            lake.engine.drop_table(name)
    account = replace(account, unused=mapped.unused)
    lake.list_file(account)
    lake.sweep()
    return Receipt(account, account.accepted)


def _ranked(
    stated: Stated, *, delivery: Delivery, mapped: Mapped, lake: Lake
) -> ir.Table:
    """Judge each row and say of which earlier row it is a copy."""
    source = delivery.source
    judged = judge(
        stated, source=source, mapped=mapped, received_on=delivery.received_on
    ).mutate(file=ibis.literal(delivery.path.name))
    judged = lake.engine.create_table(_JUDGED, judged, temp=True)
    same = [*mapped.stated, *source.fixed]
    window = ibis.window(group_by=[*same, judged.fault.isnull()], order_by="line")
    copies = judged.mutate(first=judged.line.min().over(window))
    held = lake.facts(source.family)
    if any(account.source == source.name for account in lake.accounts()):
        copies = _mark_held(copies, held=held, same=same)
    else:
        copies = copies.mutate(held_as=ibis.null("string"))
    return lake.engine.create_table(_RANKED, copies, temp=True)


def _mark_held(rows: ir.Table, *, held: ir.Table, same: list[str]) -> ir.Table:
    days = rows.aggregate(since=rows.happened_on.min(), until=rows.happened_on.max())
    near = held.cross_join(days).filter(
        lambda t: t.happened_on.between(t.since, t.until)
    )
    known = (
        near.mutate(held_as=near.file + " line " + near.line.cast("string"))
        .group_by([near[name].name(f"held_{name}") for name in same])
        .aggregate(held_as=lambda t: t.held_as.min())
    )
    keys = [rows[name].identical_to(known[f"held_{name}"]) for name in same]
    return rows.left_join(known, keys).drop(*[f"held_{name}" for name in same])


def _settle(
    ranked: ir.Table, stated: Stated, *, delivery: Delivery, lake: Lake, digest: str
) -> FileAccount:
    source = delivery.source
    good = ranked.fault.isnull()
    fresh = good & (ranked.first == ranked.line) & ranked.held_as.isnull()
    amount = ranked[source.amount] if source.amount else ibis.null("int64")
    totals = ranked.aggregate(
        rows=ranked.count(),
        accepted=fresh.sum(),
        quarantined=(~good).sum(),
        amount=amount.sum(where=fresh),
    ).to_pyarrow()
    counts = {name: totals[name][0].as_py() or 0 for name in totals.column_names}
    _write_rejects(
        ranked.filter(~fresh), stated, path=lake.rejects / f"{digest[:16]}.csv"
    )
    parts = lake.put(
        ranked.filter(fresh).select(*schema_of(source.family)),
        family=source.family,
        digest=hashlib.sha256(f"{digest}{source.name}".encode()).hexdigest(),
    )
    return FileAccount(
        file=delivery.path.name,
        source=source.name,
        digest=digest,
        rows=counts["rows"],
        accepted=counts["accepted"],
        quarantined=counts["quarantined"],
        duplicates=counts["rows"] - counts["accepted"] - counts["quarantined"],
        accepted_amount_fen=counts["amount"] if source.amount else None,
        unused=(),
        notes=_notes(stated, delivery),
        parts=parts,
    )


def _notes(stated: Stated, delivery: Delivery) -> dict[str, int]:
    if not delivery.counted:
        return {}
    texts = {
        note: stated.rows[f"c{stated.heads.index(head)}"].cast("string")
        for note, (head, _) in delivery.counted.items()
    }
    sums = {
        note: text.re_search(delivery.counted[note][1]).sum()
        for note, text in texts.items()
    }
    found = stated.rows.aggregate(**sums).to_pyarrow()
    return {note: found[note][0].as_py() or 0 for note in sums}


def _write_rejects(rows: ir.Table, stated: Stated, *, path: Path) -> None:
    """List every row not accepted: line, outcome, reason, then the row as it stood."""
    why = ibis.cases(
        (rows.fault.notnull(), rows.fault),
        (rows.held_as.notnull(), "same as " + rows.held_as),
        else_="same as line " + rows.first.cast("string"),
    )
    outcome = ibis.ifelse(rows.fault.notnull(), "quarantined", "duplicate")
    reasons = rows.select("line", outcome=outcome, reason=why)
    listed = reasons.join(stated.rows.drop("fault"), "line").order_by("line")
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["line", "outcome", "原因", *stated.heads])
        for batch in listed.to_pyarrow_batches():
            for row in zip(*(column.to_pylist() for column in batch), strict=True):
                writer.writerow([harmless(cell) for cell in row])


def harmless(cell: object) -> object:
    """Return a cell that no spreadsheet takes for a formula.

    >>> harmless("=1+1"), harmless(-5), harmless(None)
    ("'=1+1", -5, '')
    """
    if isinstance(cell, str) and cell.startswith(_FORMULA_STARTS):
        return f"'{cell}"
    return "" if cell is None else cell


def _digest(path: Path) -> str:
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while block := file.read(_DIGEST_BYTES):
            digest.update(block)
    return digest.hexdigest()

