"""What was approved since the last run, which knows nothing of it yet."""

from collections.abc import Collection, Mapping
from datetime import date
from typing import Any, Final

import sqlalchemy as sa

from xiaowei.errors import ConflictError
from xiaowei.money import Fen, yuan_text
from xiaowei.records.applications import APPLICATIONS, CONCLUSIONS, DECISIONS

_MOST_AT_ONCE: Final = 500


class AboveGroupCapError(ConflictError):
    """An approval would put a group, or a circle of guarantees, above its cap."""

    def __init__(self, amount_fen: Fen, *, held_fen: Fen, cap_fen: Fen) -> None:
        """Name what is owed, what would be added, and the cap."""
        left = max(cap_fen - held_fen, 0)
        super().__init__(
            f"{yuan_text(amount_fen)} would put the group above its cap of"
            f" {yuan_text(cap_fen)}, of which {yuan_text(held_fen)} is taken"
            " 超出集团及担保圈授信上限",
            expected=f"no more than the {yuan_text(left)} that are left",
            remedy="Approve less or decline; the cap is 'cap_group_yuan' of the policy",
        )
        self.figures = {"left": yuan_text(left), "cap": yuan_text(cap_fen)}


def check_group(
    connection: sa.Connection,
    group: Mapping[str, Any] | None,
    *,
    amount_fen: Fen,
    cap_fen: Fen,
) -> None:
    """Refuse an approval that would put a group above its cap.

    Args:
        connection: of the records, that writes: two who approve at once would both
            count the same.
        group: as the decision has it; null of one older than that, which is not
            checked. Nor is one of whom it is unknown what they owe: that is what a
            person was asked to find out.
        amount_fen: to be approved.
        cap_fen: of the group.

    Raises:
        AboveGroupCapError: it would.
    """
    if group is None or group["owed_fen"] is None:
        return
    since = date.fromisoformat(group["since"])
    approved = approved_since(connection, group["firms"], since=since)
    held = group["owed_fen"] + sum(approved.values())
    if held + amount_fen > cap_fen:
        raise AboveGroupCapError(amount_fen, held_fen=held, cap_fen=cap_fen)


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
