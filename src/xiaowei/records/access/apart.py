"""Four eyes in the database: the second layer behind `second_person`."""

import sqlalchemy as sa


def two_persons(maker: str = "maker", checker: str = "checker") -> sa.CheckConstraint:
    """Return a constraint by which a table refuses one person in both columns.

    Both columns hold employee numbers as `person_of` writes them, never accounts. While
    nobody has checked, `checker` is null.

    Args:
        maker: the column of who made it.
        checker: the column of who approved it.
    """
    return sa.CheckConstraint(
        sa.column(maker) != sa.column(checker), name=f"{maker}_is_never_{checker}"
    )
