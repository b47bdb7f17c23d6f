"""Read models follow the journal, and entries are found by their kind."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Add the index and what tells how far each read model has come."""
    op.create_index("journal_kind", "journal", ["kind", "seq"])
    op.create_table(
        "followed",
        sa.Column("view", sa.Text, primary_key=True),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("seq", sa.BigInteger, nullable=False),
    )


def downgrade() -> None:
    """Take them away; read models are built anew when they are asked for again."""
    op.drop_table("followed")
    op.drop_index("journal_kind", "journal")
