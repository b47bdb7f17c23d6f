"""Which rows a permit opens: one query builder, and PostgreSQL's own fence behind it.

A table whose rows belong to somebody has the columns `manager` (the employee number of
the relationship manager), `branch` and `region`. `scoped` asks for a read model's rows
as far as a permit reaches, as the service does for each request; the verbs of the
command line, whose user may read the home's files anyway, do not. On PostgreSQL a
fenced table shows nothing to a reader but what the permit of the transaction reaches,
should a query have forgotten to ask. SQLite has no such fence: there the query builder
stands alone.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final, TypeVar

import sqlalchemy as sa

from xiaowei.errors import ConflictError
from xiaowei.policy.access.permissions import Permit
from xiaowei.records.journal import canonical
from xiaowei.records.store import Store

READER: Final = "xiaowei_reader"
OWNED: Final = ("manager", "branch", "region")
_S = TypeVar("_S", bound=sa.Select[*tuple[Any, ...]])
_POLICY: Final = """
CREATE POLICY reach ON {table} FOR SELECT USING (
  CASE current_setting('xiaowei.reach', true)
    WHEN 'all' THEN true
    WHEN 'region' THEN region = nullif(current_setting('xiaowei.region', true), '')
    WHEN 'branch' THEN branch = nullif(current_setting('xiaowei.branch', true), '')
    WHEN 'own' THEN
      nullif(current_setting('xiaowei.persons', true), '')::jsonb ? manager
    ELSE false
  END)
"""
"""Nothing set, nothing seen; an empty setting is none, as `''` is what PostgreSQL
leaves of one that held for an earlier transaction."""


class UnfencedError(ConflictError):
    """PostgreSQL would show every row: its fence does not hold for owners."""

    def __init__(self, user: str) -> None:
        """Name the user."""
        super().__init__(
            f"row-level security does not hold for the database user '{user}'",
            expected=f"a user that may take on the role '{READER}', which it holds for",
            remedy=f"CREATE ROLE {READER} NOLOGIN; GRANT {READER} TO {user}",
        )


class UnownedError(TypeError):
    """A table has no columns that say whose its rows are."""

    def __init__(self, table: str) -> None:
        """Name the table."""
        super().__init__(f"'{table}' lacks one of {', '.join(OWNED)}")


def scoped(asked: _S, permit: Permit, *, rows: sa.FromClause) -> _S:
    """Return a query for those rows alone that a permit reaches.

    Args:
        asked: the query.
        permit: of `Permissions.permit`, for what is being done.
        rows: the table of the query that has `manager`, `branch` and `region`.

    Raises:
        UnownedError: it has not.
    """
    if not set(OWNED) <= set(rows.c.keys()):
        raise UnownedError(str(rows.description))
    return asked.where(_reached(permit, rows))


def _reached(permit: Permit, rows: sa.FromClause) -> sa.ColumnElement[bool]:
    who = permit.actor
    if permit.reach == "all":
        return sa.true()
    if permit.reach == "region":
        return rows.c.region == who.region if who.region else sa.false()
    if permit.reach == "branch":
        return rows.c.branch == who.branch if who.branch else sa.false()
    return rows.c.manager.in_(sorted(who.hand.persons))


def fence(table: sa.Table) -> sa.Table:
    """Return a table that PostgreSQL fences whenever it is made; SQLite cannot.

    Args:
        table: of a read model, with `manager`, `branch` and `region`.

    Raises:
        UnownedError: it has not.
    """
    if not set(OWNED) <= set(table.c.keys()):
        raise UnownedError(table.name)
    _on_making(
        table,
        f"ALTER TABLE {table.name} ENABLE ROW LEVEL SECURITY",
        _POLICY.format(table=table.name),
    )
    _grant(table, table)
    return table


def fence_behind(table: sa.Table, column: str, owner: sa.Table) -> sa.Table:
    """Return a table whose rows are shown with the row of another one, or not at all.

    Args:
        table: of the same read model, e.g. decisions.
        column: names the other row, e.g. the application decided on.
        owner: a fenced table, whose primary key it is.
    """
    (key,) = owner.primary_key.columns
    shown = f"SELECT FROM {owner.name} WHERE {owner.name}.{key.name} = "
    _on_making(
        table.metadata,
        f"ALTER TABLE {table.name} ENABLE ROW LEVEL SECURITY",
        f"CREATE POLICY reach ON {table.name} FOR SELECT USING "
        f"(EXISTS ({shown}{table.name}.{column}))",
    )
    _grant(table.metadata, table)
    return table


def _grant(made: sa.Table | sa.MetaData, table: sa.Table) -> None:
    _on_making(
        made,
        f"DO $$ BEGIN IF EXISTS (SELECT FROM pg_roles WHERE rolname = '{READER}') "
        f"THEN GRANT SELECT ON {table.name} TO {READER}; END IF; END $$",
    )


@contextmanager
def reading_as(store: Store, permit: Permit) -> Iterator[sa.Connection]:
    """Open a transaction that reads, in which PostgreSQL keeps to a permit's reach.

    What it sets holds for the one transaction (`SET LOCAL`), so that a connection from
    the pool knows nothing of whoever had it before.

    Args:
        store: the records.
        permit: what is asked for.

    Raises:
        UnfencedError: the database's user cannot take on the role that is fenced.
    """
    with store.reading() as connection:
        if store.kind == "postgresql":
            _enter(connection, permit)
        yield connection


def _enter(connection: sa.Connection, permit: Permit) -> None:
    try:
        connection.exec_driver_sql(f"SET LOCAL ROLE {READER}")
    except sa.exc.DBAPIError as error:
        user = connection.engine.url.username or ""
        raise UnfencedError(user) from error
    who = permit.actor
    settings = {
        "reach": permit.reach,
        "region": who.region,
        "branch": who.branch,
        "persons": canonical(sorted(who.hand.persons)),
    }
    connection.execute(
        sa.select(
            *(
                sa.func.set_config(f"xiaowei.{name}", value, sa.true())
                for name, value in settings.items()
            )
        )
    )


def _on_making(made: sa.Table | sa.MetaData, *statements: str) -> None:
    for statement in statements:
        ddl = sa.DDL(statement)  # type: ignore[no-untyped-call] # SQLAlchemy's own lack
        sa.event.listen(made, "after_create", ddl.execute_if(dialect="postgresql"))
