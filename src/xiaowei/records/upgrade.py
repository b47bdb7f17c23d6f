"""A store of any released schema in; one of today's schema out."""

from pathlib import Path
from typing import TYPE_CHECKING, Final

import sqlalchemy as sa

from xiaowei.errors import ConflictError
from xiaowei.records.store import Store

if TYPE_CHECKING:
    from alembic.config import Config

HEAD: Final = "0006"
"""The last step; a test holds it to be the last of the folder."""
_STEPS: Final = Path(__file__).parent / "migrations"
_VERSION: Final = sa.table("alembic_version", sa.column("version_num", sa.Text))


class NewerRecordsError(ConflictError):
    """The records were written by a later version of xiaowei."""

    def __init__(self, found: str) -> None:
        """Name their schema."""
        super().__init__(
            f"the records are of schema {found}, which this version does not know",
            expected=f"schema {HEAD} or an earlier one",
            remedy="Install the version of xiaowei that wrote them, or a later one",
        )


def version_of(store: Store) -> str | None:
    """Return the schema of a store; null where no step was ever counted."""
    with store.reading() as connection:
        if not sa.inspect(connection).has_table(_VERSION.name):
            return None
        found = connection.execute(sa.select(_VERSION.c.version_num)).scalar()
    return None if found is None else str(found)


def upgrade(store: Store, to: str = HEAD) -> bool:
    """Bring a store to a schema; return whether anything was to be done.

    All steps are one transaction: they are taken whole or not at all, and of two who
    begin at once the second finds them taken.

    Args:
        store: the records.
        to: the schema.

    Raises:
        NewerRecordsError: the store is of a schema that is not known here.
    """
    if version_of(store) == to:
        return False
    # Only now: importing it takes longer than opening a home.
    from alembic import command  # noqa: PLC0415
    from alembic.util import CommandError  # noqa: PLC0415

    with store.writing() as connection:
        try:
            command.upgrade(_config(connection), to)
        except CommandError as error:
            raise NewerRecordsError(_found(connection)) from error
    return True


def downgrade(store: Store, to: str) -> None:
    """Take a store back to an earlier schema; the journal stays whole.

    Args:
        store: the records.
        to: the schema, or `base`.
    """
    from alembic import command  # noqa: PLC0415 - as above

    with store.writing() as connection:
        command.downgrade(_config(connection), to)


def _found(connection: sa.Connection) -> str:
    return str(connection.execute(sa.select(_VERSION.c.version_num)).scalar())


def _config(connection: sa.Connection) -> "Config":
    from alembic.config import Config  # noqa: PLC0415 - as above

    config = Config()
    config.set_main_option("script_location", str(_STEPS))
    config.attributes["connection"] = connection
    return config
