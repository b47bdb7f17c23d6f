"""Records as one SQLite file, from either database and into either.

What is copied is the record itself: the journal, its documents, and what is kept beside
them. Read models are not: they are built anew from the journal.
"""

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import sqlalchemy as sa

from xiaowei.errors import ConflictError
from xiaowei.records.access.secrets import TRIES
from xiaowei.records.jobs.job import JOBS
from xiaowei.records.journal import Journal
from xiaowei.records.keys import KEYS
from xiaowei.records.schema import FOLLOWED, META
from xiaowei.records.store import Store, url_of
from xiaowei.records.upgrade import upgrade
from xiaowei.records.webhooks.secrets import SECRETS

_CHUNK: Final = 500
_BESIDE: Final = (JOBS, KEYS, TRIES, SECRETS)
"""Tables of other files of the record: named here, they are known to `META`."""


class NotEmptyError(ConflictError):
    """Records would be restored over others."""

    def __init__(self, where: str) -> None:
        """Name them."""
        super().__init__(
            f"there are records in {where} already",
            expected="an empty database, or a file that is not there",
            remedy="Give another --home, or a new database",
        )


def copy_records(store: Store, file: Path) -> tuple[int, str]:
    """Copy records, as they are at one moment, into a new SQLite file.

    Whoever writes meanwhile waits for nobody: what they add is not in the copy.

    Args:
        store: the records.
        file: that is made.

    Returns:
        number and hash of the last entry copied.

    Raises:
        NotEmptyError: the file is there.
    """
    if file.exists():
        raise NotEmptyError(str(file))
    made = Store(url_of(file))
    try:
        upgrade(made)
        with store.snapshot() as source, made.writing() as target:
            _copy(source, target)
        return Journal(made).head()
    finally:
        made.close()


def load_records(file: Path, store: Store) -> tuple[int, str]:
    """Load a copy of records into an empty database, whole or not at all.

    Args:
        file: as `copy_records` made it, by this version or an earlier one.
        store: where to; its tables are made.

    Returns:
        number and hash of the last entry.

    Raises:
        NotEmptyError: there are records.
        NewerRecordsError: a later version made the copy.
    """
    upgrade(store)
    if Journal(store).head()[0]:
        raise NotEmptyError(store.where)
    with tempfile.TemporaryDirectory() as scratch:
        # A copy of an earlier version is brought to today's; the backup stays as it is.
        mine = shutil.copy(file, Path(scratch) / file.name)
        source = Store(url_of(Path(mine)))
        try:
            upgrade(source)
            with source.snapshot() as old, store.writing() as target:
                _copy(old, target)
        finally:
            source.close()
    return Journal(store).head()


def _copy(source: sa.Connection, target: sa.Connection) -> None:
    for table in META.sorted_tables:
        if table is FOLLOWED:
            continue
        for rows in _chunks(source, table):
            target.execute(table.insert(), rows)


def _chunks(source: sa.Connection, table: sa.Table) -> Iterator[list[dict[str, Any]]]:
    found = source.execute(
        table.select(), execution_options={"stream_results": True, "yield_per": _CHUNK}
    )
    for rows in found.mappings().partitions():
        yield [dict(row) for row in rows]
