"""Engines that read a lake: how much they may hold, and where the rest goes."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import ibis

KEPT_PLANS: Final = (
    "SET disabled_optimizers = 'statistics_propagation,compressed_materialization'"
)
"""A plan that outlives the rows it was made over must not lean on what they were."""
_TIDY_EVERY: Final = 20
"""Enterprises; it takes a tenth of a second."""


class Tidying:
    """Has an engine in memory give back what deleted rows still hold.

    Without it a room that is filled for one enterprise after another grows to the
    engine's limit.
    """

    def __init__(self, engine: ibis.BaseBackend) -> None:
        """Take the engine."""
        self._engine = engine
        self._turn = 0

    def turn(self) -> None:
        """Count an enterprise; nothing may be running."""
        self._turn += 1
        if self._turn % _TIDY_EVERY == 0:
            self._engine.raw_sql("CHECKPOINT")


@contextmanager
def engine(
    *, threads: int, memory: str, spill: Path, **settings: bool
) -> Iterator[ibis.BaseBackend]:
    """Open an engine in memory.

    It draws no bars of its own: they would stand amid what a verb writes to standard
    output.

    Args:
        threads: how many it may use.
        memory: how much it may hold, as DuckDB has it.
        spill: a folder of its own for what does not fit, see `desk.spilling`.
        settings: further ones of DuckDB.
    """
    opened = ibis.duckdb.connect(
        threads=threads, memory_limit=memory, temp_directory=str(spill), **settings
    )
    opened.raw_sql("SET enable_progress_bar = false")
    try:
        yield opened
    finally:
        opened.disconnect()
