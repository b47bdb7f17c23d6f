"""What looks, in the transaction that would put something on record, whether it may."""

from typing import Protocol

import sqlalchemy as sa


class Check(Protocol):
    """Refuses what may not be put on record, in the transaction that would put it."""

    def __call__(self, connection: sa.Connection, /) -> None:
        """Look at what stands, while nobody else writes."""
