"""One file in; its facts in the lake, its bad rows in a list, every row counted.

A row is a duplicate where it says nothing new. `known_on` is not part of what an
invoice, a tax filing or a meter reading states: a copy that became known later says
nothing new, and the fact that came first stands with the day on which it was known. So
a row is a duplicate where an earlier row of its file, or a fact already held from its
source, states the same; but where it says itself when it became known, only where the
same was stated last by then, for things change back. Whatever else differs, such as a
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
from xiaowei.facts.copies import Workshop, sameness_of, told_apart
from xiaowei.facts.judge import Judged, judge, mark_codes
from xiaowei.facts.lake import FileAccount, Lake, mark_of, schema_of
from xiaowei.facts.progress import Progress, Tell, silent
from xiaowei.facts.read import Stated, read
from xiaowei.facts.rejects import without_extra, write_rejects
from xiaowei.facts.sources import Source
from xiaowei.facts.staging import Stage, UnreadableFileError, stage
from xiaowei.facts.yuan import in_yuan

_JUDGED: Final = "judged_rows"


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
    delivery: Delivery, *, lake: Lake, staged: Stage = stage, tell: Tell = silent
) -> Receipt:
    """Take a file into the lake; a file already held adds nothing.

    Args:
        delivery: the file and what it states.
        lake: where its facts go.
        staged: how to put the file into one plain form.
        tell: is told how far the file has come.

    Raises:
        MissingColumnError, DoubleColumnError, UnreadableFileError, EncodingError,
        EndlessLineError, EmptyFileError, NoWorkbookError, WorkbookTooLargeError,
        ParquetTooLargeError: the file as a whole cannot be used; nothing of it is
            kept.
        BusyLakeError: somebody else is adding a file.
    """
    digest = _digest(delivery.path)
    mark = mark_of(digest, delivery.source.name)
    with lake.adding(mark) as scratch:
        for held in lake.accounts():
            if (held.digest, held.source) == (digest, delivery.source.name):
                return _receipt(held, 0, delivery, lake=lake, tell=tell)
        stated = without_extra(
            read(
                delivery.path,
                engine=lake.engine,
                scratch=scratch,
                staged=staged,
                tell=tell,
            )
        )
        account = _added(stated, delivery, Workshop(lake, scratch), digest=digest)
        lake.list_file(account)
    return _receipt(account, account.accepted, delivery, lake=lake, tell=tell)


def _receipt(
    account: FileAccount, added: int, delivery: Delivery, *, lake: Lake, tell: Tell
) -> Receipt:
    tell(Progress(delivery.path.name, account.rows, account.rows, "rows"))
    return Receipt(account, added, lake.rejects_of(account))


def _added(
    stated: Stated, delivery: Delivery, shop: Workshop, *, digest: str
) -> FileAccount:
    """Write a file's facts and its list of rejects without listing it yet."""
    source, lake = delivery.source, shop.lake
    mapped = map_columns(stated.heads, source=source, file=delivery.path.name)
    judged = judge(
        in_yuan(stated, mapped.units),
        source=source,
        mapped=mapped,
        received_on=delivery.received_on,
    )
    judged = mark_codes(replace(judged, rows=shop.kept(judged.rows, _JUDGED)))
    told = told_apart(
        judged.rows,
        source=source,
        same=sameness_of(source, mapped),
        received_on=delivery.received_on,
        shop=shop,
    )
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
        mark=account.mark,
    )
    return replace(account, parts=parts)


def _is_fresh(told: ir.Table) -> ir.BooleanValue:
    return (told.faults == 0) & told.same_as.isnull()


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
