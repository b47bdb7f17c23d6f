"""One enterprise's facts out of a lake of any size, in thousandths of a second."""

from bisect import bisect_left
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from xiaowei.facts.parts import arrow_of, bucket_of

_KEY: Final = "enterprise_id"


@dataclass(frozen=True, slots=True)
class _Part:
    """A part that is open, and the last enterprise of each of its groups of rows."""

    file: pq.ParquetFile
    firsts: tuple[str, ...]
    lasts: tuple[str, ...]

    def rows_of(self, enterprise_id: str) -> pa.Table | None:
        groups = []
        for place in range(bisect_left(self.lasts, enterprise_id), len(self.lasts)):
            if self.firsts[place] > enterprise_id:
                break
            groups.append(place)
        if not groups:
            return None
        rows = self.file.read_row_groups(groups, use_threads=False)
        return rows.filter(pc.equal(rows[_KEY], enterprise_id))


class Lookup:
    """Finds single enterprises in the parts of a lake, which are sorted by enterprise.

    What says where an enterprise stands in a part is read once and kept; the parts
    never change. A lake that gets new parts needs a new lookup.
    """

    def __init__(self, parts: Iterable[Path], *, family: str) -> None:
        """Take the parts of a family, of any buckets; none is opened yet."""
        self._schema = arrow_of(family)
        # Texts are read as numbers of words, most of which need never be written out.
        self._texts = [f.name for f in self._schema if pa.types.is_string(f.type)]
        self._paths: dict[str, list[Path]] = {}
        for path in parts:
            self._paths.setdefault(path.parent.name, []).append(path)
        self._open: dict[Path, _Part] = {}

    def rows(self, enterprise_id: str) -> pa.Table:
        """Return the facts of one enterprise, of any day.

        Returns:
            Shape: one row per fact, columns of the family; no row where none is held.
        """
        name = f"bucket={bucket_of(enterprise_id):02d}"
        found = [
            rows
            for path in self._paths.get(name, [])
            if (rows := self._part(path).rows_of(enterprise_id)) is not None
        ]
        if not found:
            return self._schema.empty_table()
        names = self._schema.names
        return pa.concat_tables(
            [rows.select(names).cast(self._schema) for rows in found]
        )

    def _part(self, path: Path) -> _Part:
        if path not in self._open:
            self._open[path] = _opened(path, texts=self._texts)
        return self._open[path]


def _opened(path: Path, *, texts: list[str]) -> _Part:
    file = pq.ParquetFile(path, read_dictionary=texts)
    known = file.metadata
    (place,) = [n for n, name in enumerate(known.schema.names) if name == _KEY]
    spans = [
        known.row_group(n).column(place).statistics for n in range(known.num_row_groups)
    ]
    return _Part(
        file, tuple(span.min for span in spans), tuple(span.max for span in spans)
    )
