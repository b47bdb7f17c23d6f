"""What was approved since the last run, which knows nothing of it yet."""

from collections.abc import Collection, Mapping
from datetime import date
from typing import Final

import sqlalchemy as sa

from xiaowei.money import Fen
from xiaowei.records.applications import APPLICATIONS, CONCLUSIONS, DECISIONS

_MOST_AT_ONCE: Final = 500


def approved_since(
    connection: sa.Connection,
    enterprises: Collection[str],
    *,
    since: date,
    before: int | None = None,
) -> Mapping[str, Fen]:
    """Return how much was approved for each enterprise from a day on.

    Args:
        connection: of the records.
        enterprises: for which.
        since: first day, that of the run: what was lent by then is among its facts.
        before: only what stands before this number in the journal; null for all.

    Returns:
        enterprise to fen; those for whom nothing was are not there.
    """
    number = sa.func.coalesce(CONCLUSIONS.c.number, DECISIONS.c.number)
    amount = sa.func.coalesce(CONCLUSIONS.c.limit_fen, DECISIONS.c.limit_fen)
    approved = sa.func.coalesce(CONCLUSIONS.c.made_at, DECISIONS.c.decided_on)
    asked = (
        sa.select(APPLICATIONS.c.enterprise_id, sa.func.sum(amount))
        .join(DECISIONS, DECISIONS.c.number == APPLICATIONS.c.decision)
        .outerjoin(CONCLUSIONS, CONCLUSIONS.c.application == APPLICATIONS.c.number)
        .where(APPLICATIONS.c.state == "approved")
        # A referral may be older than the run, and its conclusion younger.
        .where(approved >= since.isoformat())
        .group_by(APPLICATIONS.c.enterprise_id)
    )
    if before is not None:
        asked = asked.where(number < before)
    names, found = sorted(enterprises), dict[str, Fen]()
    for first in range(0, len(names), _MOST_AT_ONCE):
        some = names[first : first + _MOST_AT_ONCE]
        mine = asked.where(APPLICATIONS.c.enterprise_id.in_(some))
        found |= {name: int(fen) for name, fen in connection.execute(mine)}
    return found
