"""Where the records are kept: a SQLite file, or a PostgreSQL database."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

import sqlalchemy as sa

from xiaowei.errors import ConflictError, InputError

_LOCK: Final = 0x7869616F
"""Of PostgreSQL, so that one transaction writes at a time ("xiao" in ASCII)."""
_PATIENCE_MS: Final = 30_000
_PRAGMAS: Final = {
    "journal_mode": ("WAL", "wal"),
    "synchronous": ("FULL", 2),
    "foreign_keys": ("ON", 1),
    "busy_timeout": (str(_PATIENCE_MS), _PATIENCE_MS),
}


class StoreUrlError(InputError):
    """The records are to be kept where they cannot be."""

    def __init__(self, scheme: str) -> None:
        """Name the kind of database; the rest may hold a password."""
        super().__init__(
            f"records cannot be kept in '{scheme}'",
            expected="a file of SQLite, or postgresql://USER@HOST/DATABASE",
            remedy="Correct XIAOWEI_RECORDS, or leave it away for SQLite in the home",
        )


class StoreUnreachableError(ConflictError):
    """The database of the records does not answer."""

    def __init__(self, where: str, why: str) -> None:
        """Name it without its password, and say why."""
        super().__init__(
            f"the records in {where} cannot be opened: {why}",
            expected="a running database that lets this user in",
            remedy="Start it, or correct XIAOWEI_RECORDS",
        )


class UnsafeStoreError(ConflictError):
    """A SQLite file does not keep what is promised."""

    def __init__(self, pragma: str, found: object) -> None:
        """Name the setting."""
        super().__init__(
            f"SQLite refuses {pragma} = {_PRAGMAS[pragma][0]} and has {found}",
            expected="a file on a local disk, where a write is on the disk once it is "
            "acknowledged",
            remedy="Move the home to a local disk; a network share will not do",
        )


class Store:
    """One database; whoever writes does so alone.

    Args:
        url: of SQLAlchemy: `sqlite:///FILE`, or `postgresql://...`.

    Raises:
        StoreUrlError: it names another kind of database.
        UnsafeStoreError: SQLite cannot keep its promises there.
        StoreUnreachableError: PostgreSQL does not answer.
    """

    def __init__(self, url: str) -> None:
        """Open it; tables are another's to make."""
        stated = sa.make_url(url)
        self.kind = stated.get_backend_name()
        if self.kind == "sqlite":
            self._engine = sa.create_engine(stated, isolation_level="AUTOCOMMIT")
            sa.event.listen(self._engine, "connect", _settings)
        elif self.kind == "postgresql":
            self._engine = sa.create_engine(
                stated.set(drivername="postgresql+psycopg"), pool_pre_ping=True
            )
        else:
            raise StoreUrlError(stated.drivername)
        self.where = stated.render_as_string(hide_password=True)
        try:
            with self._engine.connect():
                pass
        except sa.exc.OperationalError as error:
            raise StoreUnreachableError(self.where, str(error.orig)) from error

    def close(self) -> None:
        """Let go of it."""
        self._engine.dispose()

    @contextmanager
    def writing(self) -> Iterator[sa.Connection]:
        """Open the transaction that writes; others wait until it is done.

        It is whole on the disk when the block ends, or nothing of it is.
        """
        if self.kind == "sqlite":
            with self._engine.connect() as connection:
                # IMMEDIATE: two writers queue up here instead of failing at the commit.
                connection.exec_driver_sql("BEGIN IMMEDIATE")
                try:
                    yield connection
                except BaseException:
                    connection.exec_driver_sql("ROLLBACK")
                    raise
                connection.exec_driver_sql("COMMIT")
            return
        with self._engine.begin() as connection:
            connection.execute(sa.select(sa.func.pg_advisory_xact_lock(_LOCK)))
            yield connection

    @contextmanager
    def reading(self) -> Iterator[sa.Connection]:
        """Open a connection that reads."""
        with self._engine.connect() as connection:
            yield connection

    @contextmanager
    def snapshot(self) -> Iterator[sa.Connection]:
        """Open a connection that sees one moment, however long it reads."""
        with self._engine.connect() as connection:
            if self.kind == "sqlite":
                connection.exec_driver_sql("BEGIN")
                yield connection
                connection.exec_driver_sql("ROLLBACK")
                return
            moment = connection.execution_options(isolation_level="REPEATABLE READ")
            with moment.begin():
                yield moment


def url_of(file: Path) -> str:
    """Return the URL of a SQLite file."""
    return f"sqlite:///{file}"


def _settings(connection: Any, _record: object) -> None:  # noqa: ANN401 - a driver's own
    cursor = connection.cursor()
    # The patience first: setting the others may have to wait for another's write.
    for pragma in sorted(_PRAGMAS, key=lambda name: name != "busy_timeout"):
        asked, meant = _PRAGMAS[pragma]
        cursor.execute(f"PRAGMA {pragma}={asked}")
        found = cursor.execute(f"PRAGMA {pragma}").fetchone()[0]
        if found != meant:
            raise UnsafeStoreError(pragma, found)
    cursor.close()
