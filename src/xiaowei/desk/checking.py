"""What looks, in the transaction that would put something on record, whether it may."""

from typing import Protocol

import sqlalchemy as sa

from xiaowei.errors import ConflictError


class Check(Protocol):
    """Refuses what may not be put on record, in the transaction that would put it."""

    def __call__(self, connection: sa.Connection, /) -> None:
        """Look at what stands, while nobody else writes."""


class ChangedMeanwhileError(ConflictError):
    """What somebody would change is no longer as he read it."""

    status = 412

    def __init__(self) -> None:
        """Say it."""
        super().__init__(
            "it is no longer as you read it; nothing was put on record 内容已变更",
            expected="the ETag of it as it stands now, in If-Match",
            remedy="Read it again, see what changed, and send it with the new ETag",
        )
