"""Hashes of passwords, sessions and tokens, and wrong tries; the journal has none.

A PostgreSQL also gets the role `xiaowei_reader`, which may read and nothing else, and
to which row-level security applies whoever the server's user is.
"""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"

READER = (
    "CREATE ROLE xiaowei_reader NOLOGIN NOSUPERUSER NOBYPASSRLS",
    "GRANT xiaowei_reader TO CURRENT_USER",
    "EXECUTE format('GRANT USAGE ON SCHEMA %I TO xiaowei_reader', current_schema())",
)
"""Roles are the server's, not the database's: another home may have made it, in this
very moment too. A bank whose user may make none has it made by hand."""


def upgrade() -> None:
    """Add the tables, and the role where there can be one."""
    op.create_table(
        "passwords",
        sa.Column("login", sa.Text, primary_key=True),
        sa.Column("hash", sa.Text, nullable=False),
        sa.Column("set_at", sa.BigInteger, nullable=False),
    )
    op.create_table(
        "sessions",
        sa.Column("digest", sa.Text, primary_key=True),
        sa.Column("login", sa.Text, nullable=False),
        sa.Column("begun_at", sa.BigInteger, nullable=False),
        sa.Column("seen_at", sa.BigInteger, nullable=False),
        sa.Column("ends_at", sa.BigInteger, nullable=False),
        sa.Column("fresh_at", sa.BigInteger, nullable=False),
    )
    op.create_index("ix_sessions_login", "sessions", ["login"])
    op.create_table(
        "tokens",
        sa.Column("login", sa.Text, primary_key=True),
        sa.Column("digest", sa.Text, nullable=False),
        sa.Column("ends_at", sa.BigInteger, nullable=False),
    )
    op.create_table(
        "tries",
        sa.Column("kind", sa.Text, primary_key=True),
        sa.Column("who", sa.Text, primary_key=True),
        sa.Column("count", sa.BigInteger, nullable=False),
        sa.Column("last_at", sa.BigInteger, nullable=False),
        sa.Column("until", sa.BigInteger, nullable=False),
        sa.CheckConstraint(
            "kind IN ('account', 'address', 'stranger')", name="tries_kind"
        ),
    )
    op.create_index("tries_quiet", "tries", ["kind", "last_at"])
    if op.get_bind().dialect.name == "postgresql":
        for step in READER:
            op.execute(
                f"DO $$ BEGIN {step}; EXCEPTION WHEN duplicate_object OR "
                "unique_violation OR undefined_object OR insufficient_privilege "
                "THEN NULL; END $$"
            )


def downgrade() -> None:
    """Take the tables away: everybody is signed out and has to be let in anew."""
    for table in ("tries", "tokens", "sessions", "passwords"):
        op.drop_table(table)
