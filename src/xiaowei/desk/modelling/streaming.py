"""A table of any length scored chunk by chunk: memory grows with traits, not rows."""

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from xiaowei.desk.modelling.chunks import chunks
from xiaowei.desk.modelling.scoring import Scored, Scoring
from xiaowei.desk.modelling.tables import TableError
from xiaowei.desk.modelling.writing import written_whole

Said = Callable[[Scored], pa.Table]
"""How what is said of rows is laid out in columns; the same columns for all rows."""
Progress = Callable[[int, int | None], None]
"""Is told how many rows are done, of how many where that is known."""


def score_file(
    scoring: Scoring,
    path: Path,
    out: Path,
    *,
    said: Said,
    progress: Progress,
) -> int:
    """Score a table into another one, which stands when all rows are scored.

    Args:
        scoring: the model and what is to be said; see `scoring_of`.
        path: CSV or Parquet that holds the traits and the columns kept. Columns kept of
            CSV that are no traits are carried as text, as they are written.
        out: CSV or Parquet, by its suffix. What stood there before goes when it is
            whole.
        said: lays out what is said of some rows.
        progress: is told after each chunk.

    Returns:
        How many rows.

    Raises:
        TableError: a column is not there, changes its kind, or is kept and said; the
            table holds no rows; `out` cannot be written.
        LevelError: the level of the intervals is none.
    """
    rows = _rows(path)
    told = _told(scoring, path, said)
    first = next(told, None)
    if first is None:
        raise TableError(
            path.name,
            "it holds no rows",
            expected="a row per firm",
            remedy="Give a table with rows",
        )
    with written_whole(out, first.schema) as writer:
        writer.write_table(first)
        done = int(first.num_rows)
        progress(done, rows)
        for table in told:
            writer.write_table(table)
            done += table.num_rows
            progress(done, rows)
    return done


def _told(scoring: Scoring, path: Path, said: Said) -> Iterator[pa.Table]:
    names, keep = scoring.model.names, list(dict.fromkeys(scoring.beside.keep))
    aside = set(keep) - set(names)
    wanted = list(dict.fromkeys([*names, *keep]))
    texts = scoring.texts | aside
    for chunk in chunks(path, wanted, texts=texts, numbers=set(names) - texts):
        told = said(scoring.scored(chunk.select(names)))
        _apart(keep, told.column_names, path)
        kept = {name: chunk.column(name) for name in keep}
        yield pa.table(kept | dict(zip(told.column_names, told.columns, strict=True)))


def _apart(keep: Sequence[str], said: Sequence[str], path: Path) -> None:
    both = [name for name in keep if name in said]
    if both:
        raise TableError(
            path.name,
            f"column {both[0]!r} is kept and said",
            expected="names of columns kept other than " + ", ".join(said),
            remedy="Rename the column",
        )


def _rows(path: Path) -> int | None:
    """Return how many rows there are; null of CSV, which is not counted first."""
    if path.suffix.lower() != ".parquet":
        return None
    try:
        return int(pq.read_metadata(path).num_rows)
    except (OSError, pa.ArrowException):
        return None  # What is wrong with it is said by who reads it.
