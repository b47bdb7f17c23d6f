"""Engines that read a lake: how much they may hold, and where the rest goes."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import ibis

_KEPT_PLANS: Final = (
    "SET disabled_optimizers = 'statistics_propagation,compressed_materialization'"
)
"""A plan that outlives the rows it was made over must not lean on what they were."""
_ALONE: Final = {
    "autoinstall_known_extensions": False,
    "autoload_known_extensions": False,
    "allow_community_extensions": False,
    "python_enable_replacements": False,
}
"""An engine fetches no code, and knows no variable of ours by its name."""
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
    *,
    threads: int,
    memory: str,
    spill: Path,
    within: Iterable[Path] | None = None,
    kept_plans: bool = False,
    **settings: bool,
) -> Iterator[ibis.BaseBackend]:
    """Open an engine in memory, whose settings nothing changes from then on.

    No text of a user is ever run; should one be, it finds neither other files nor the
    network. The engine draws no bars of its own: they would stand amid what a verb
    writes to standard output.

    Args:
        threads: how many it may use.
        memory: how much it may hold, as DuckDB has it.
        spill: a folder of its own for what does not fit, see `desk.spilling`.
        within: the folders whose files it may read and write, beside `spill`; null for
            any, as an intake reads files from wherever they lie.
        kept_plans: whether plans are made once and run over rows to come.
        settings: further ones of DuckDB.
    """
    opened = ibis.duckdb.connect(
        threads=threads,
        memory_limit=memory,
        temp_directory=str(spill),
        **_ALONE,
        **settings,
    )
    opened.raw_sql("SET enable_progress_bar = false")
    if kept_plans:
        opened.raw_sql(_KEPT_PLANS)
    if within is not None:
        folders = ", ".join(_quoted(one) for one in (*within, spill))
        opened.raw_sql(f"SET allowed_directories = [{folders}]")
        opened.raw_sql("SET enable_external_access = false")
    opened.raw_sql("SET lock_configuration = true")
    try:
        yield opened
    finally:
        opened.disconnect()


def _quoted(path: Path) -> str:
    name = str(path).replace("'", "''")
    return f"'{name}'"
