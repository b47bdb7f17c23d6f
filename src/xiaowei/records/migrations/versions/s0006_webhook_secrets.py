"""Secrets of receivers outside; all else of them is read models of the journal."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    """Add the table of secrets."""
    op.create_table(
        "webhook_secrets",
        sa.Column("receiver", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("entry", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("secret", sa.Text, nullable=False),
        sa.Column("ends_at", sa.BigInteger),
    )


def downgrade() -> None:
    """Take it away; every receiver is registered anew then."""
    op.drop_table("webhook_secrets")
