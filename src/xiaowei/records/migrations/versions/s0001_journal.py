"""The journal and its documents, and a database that refuses to change them.

Homes made before steps were counted have both tables: they are left as they are.
"""

import sqlalchemy as sa
from alembic import op

from xiaowei.records.schema import guards

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Make what is not there."""
    there = set(sa.inspect(op.get_bind()).get_table_names())
    if "journal" not in there:
        op.create_table(
            "journal",
            sa.Column("seq", sa.BigInteger, primary_key=True, autoincrement=False),
            sa.Column("made_at", sa.Text, nullable=False),
            sa.Column("kind", sa.Text, nullable=False),
            sa.Column("body", sa.Text, nullable=False),
            sa.Column("before", sa.Text, nullable=False),
            sa.Column("hash", sa.Text, nullable=False, unique=True),
        )
    if "documents" not in there:
        op.create_table(
            "documents",
            sa.Column("digest", sa.Text, primary_key=True),
            sa.Column("text", sa.Text, nullable=False),
        )
    for guard in guards(op.get_bind().dialect.name):
        op.execute(guard)


def downgrade() -> None:
    """Forget that steps were counted; the record itself is never dropped."""
