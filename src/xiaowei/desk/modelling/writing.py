"""Tables of any length, written batch by batch; the file stands whole or not at all."""

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final, Protocol

import pyarrow as pa
import pyarrow.csv as pc
import pyarrow.parquet as pq

from xiaowei.desk.modelling.tables import TableError

_QUOTED: Final = pc.WriteOptions(quoting_style="needed")


class TableWriter(Protocol):
    """What takes tables of one schema, one after another."""

    def write_table(self, table: pa.Table) -> None:
        """Add rows."""


@contextmanager
def written_whole(path: Path, schema: pa.Schema) -> Iterator[TableWriter]:
    """Write a table under another name beside its place, then rename it.

    Whoever opens the path sees the old file or the new one, never a part; what is
    broken off leaves nothing.

    Args:
        path: where it is to stand: Parquet by its suffix, else CSV in UTF-8 with a line
            of names, in which a missing value is an empty cell.
        schema: of all rows.

    Raises:
        TableError: the folder is not there or may not be written to.
    """
    try:
        handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    except OSError as error:
        raise TableError(
            path.name,
            f"it cannot be written: {error.strerror}",
            expected="a path in a folder that exists and may be written to",
            remedy="Give another path",
        ) from error
    draft = Path(name)
    try:
        with os.fdopen(handle, "wb") as file:
            with _writer(file, path, schema) as writer:
                yield writer
            file.flush()
            os.fsync(file.fileno())
        draft.chmod(0o644)
        draft.replace(path)
    finally:
        draft.unlink(missing_ok=True)


def _writer(
    file: object, path: Path, schema: pa.Schema
) -> pq.ParquetWriter | pc.CSVWriter:
    if path.suffix.lower() == ".parquet":
        return pq.ParquetWriter(file, schema)
    return pc.CSVWriter(file, schema, write_options=_QUOTED)
