"""Several cursors on one engine that work at once, the same plans at hand to each."""

from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from queue import SimpleQueue
from typing import Final, TypeAlias, TypeVar

import duckdb

HANDS: Final = 2

Hand: TypeAlias = duckdb.DuckDBPyConnection
Job = TypeVar("Job")
Result = TypeVar("Result")


class Hands:
    """Runs jobs side by side; none waits for another.

    An engine that may use one thread lends each cursor the thread that calls it.
    """

    def __init__(self, connection: Hand) -> None:
        """Take an engine whose tables are all there.

        A table or a view that is made later, in whichever cursor, would have every plan
        made anew each time it is run.
        """
        self._cursors = [connection.cursor() for _ in range(HANDS)]
        self._free: SimpleQueue[Hand] = SimpleQueue()
        for cursor in self._cursors:
            self._free.put(cursor)
        self._pool = ThreadPoolExecutor(HANDS)

    def prepare(self, name: str, sql: str) -> None:
        """Have every hand keep a plan under a name."""
        for cursor in self._cursors:
            cursor.execute(f"PREPARE {name} AS {sql}")

    def run(
        self,
        work: Callable[[Hand, Job], Result],
        of: Iterable[Job],
    ) -> list[Result]:
        """Return what each job came to, in their order.

        Args:
            work: does a job with a hand that is free.
            of: the jobs; no two may write to one table.
        """

        def by_whoever_is_free(job: Job) -> Result:
            cursor = self._free.get()
            try:
                return work(cursor, job)
            finally:
                self._free.put(cursor)

        return list(self._pool.map(by_whoever_is_free, of))

    def close(self) -> None:
        """Let all hands go, once what they do is done."""
        self._pool.shutdown()
        for cursor in self._cursors:
            cursor.close()
