"""Lakes that hold facts a test made up, written as an intake would."""

from collections.abc import Iterable, Mapping
from pathlib import Path

import ibis
import pyarrow as pa
from tests.factories import Row, arrow

from xiaowei.facts.lake import Lake
from xiaowei.facts.manifest import FileAccount, mark_of

Told = Mapping[str, Iterable[Row] | pa.Table]


def add(lake: Lake, facts: Told, *, file: str = "a") -> None:
    """Put facts into a lake, each family as one file of its own."""
    for family, rows in facts.items():
        table = rows if isinstance(rows, pa.Table) else arrow(family, rows)
        digest = f"{file}-{family}"
        name = f"{digest}.csv"
        place = table.schema.get_field_index("file")
        named = pa.repeat(pa.scalar(name), table.num_rows)
        table = table.set_column(place, "file", named)
        with lake.adding(mark_of(digest, family)):
            parts = lake.put(
                ibis.memtable(table), family=family, mark=mark_of(digest, family)
            )
            lake.list_file(
                FileAccount(
                    file=name,
                    source=family,
                    digest=digest,
                    rows=table.num_rows,
                    accepted=table.num_rows,
                    quarantined=0,
                    duplicates=0,
                    accepted_amount_fen=None,
                    unused=(),
                    notes={},
                    parts=parts,
                )
            )


def lake_of(facts: Told, folder: Path) -> Lake:
    """Return a new lake that holds facts."""
    lake = Lake(folder / "lake", engine=ibis.duckdb.connect())
    add(lake, facts)
    return lake
