"""An application on record is decided, with all that it takes to decide it again."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Final

from xiaowei.decisions.decision import Decision, decide
from xiaowei.decisions.rules.settled import Settled, settle
from xiaowei.decisions.snapshot import snapshot_of
from xiaowei.desk import clock
from xiaowei.desk.deciding.applying import asked_in, row_of
from xiaowei.desk.deciding.committed import approved_since
from xiaowei.desk.deciding.evidence import Gathered, Gatherer
from xiaowei.desk.home import Home
from xiaowei.desk.ruling.versions import rules_in_force
from xiaowei.errors import ConflictError
from xiaowei.policy.access.actor import Hand
from xiaowei.records.applications import DECISION
from xiaowei.records.journal import Entry, canonical

DECIDABLE: Final = ("received",)
_TRIES: Final = 5


class DecidedError(ConflictError):
    """An application is not waiting for a decision."""

    def __init__(self, number: int, state: str, waits: Sequence[str]) -> None:
        """Name it and its state."""
        super().__init__(
            f"application {number} is '{state}'",
            expected="one that is " + " or ".join(f"'{one}'" for one in waits),
            remedy="See it with 'xiaowei applications'",
        )


class CrowdedError(ConflictError):
    """Others of a group were approved something each time that one was decided."""

    status = 503

    def __init__(self, number: int) -> None:
        """Name it."""
        super().__init__(
            f"application {number} could not be decided: its group was approved "
            "something else meanwhile, again and again",
            expected="fewer applications of one group at once",
            remedy="Decide it again; it is on record and waits",
        )


def decide_application(
    home: Home, number: int, *, gatherer: Gatherer, by: Hand | None = None
) -> dict[str, Any]:
    """Decide an application, and put the decision on record with its snapshot.

    What is known is gathered first, while others may write; the decision is added only
    if the application still waits for one.

    Args:
        home: the workspace.
        number: of the application.
        gatherer: of the day it is decided on.
        by: who had it decided; null where nobody is known.

    Returns:
        the decision as plain values: `number`, `application`, `outcome` and so on.

    Raises:
        UnknownApplicationError: there is none of that number.
        DecidedError: it was decided before.
        UnknownEnterpriseError: nothing is known of the enterprise by the day.
        CrowdedError: others of its group were approved something at each try.
    """
    with home.journal.store.reading() as connection:
        row = row_of(connection, number)
    _check_waits(number, row.state)
    rules = settle(
        rules_in_force(home, on=gatherer.day), book=home.book, on=gatherer.day
    )
    for _ in range(_TRIES):
        gathered = gatherer.gather(asked_in(row))
        made = _Made(gathered, rules, decide(gathered.evidence, rules), by)
        entry = _recorded(home, number, made)
        if entry is not None:
            return {
                "number": entry.seq,
                "application": number,
                "enterprise_id": row.enterprise_id,
                "decided_on": gatherer.day.isoformat(),
                "made_at": entry.made_at,
                "document": entry.body["document"],
                **made.decision.as_plain(),
            }
    raise CrowdedError(number)


@dataclass(frozen=True, slots=True)
class _Made:
    """A decision with all that stands behind it."""

    gathered: Gathered
    rules: Settled
    decision: Decision
    by: Hand | None


def _recorded(home: Home, number: int, made: _Made) -> Entry | None:
    """Put a decision on record, unless its group was approved something meanwhile.

    Returns:
        the entry; null where what was counted is no longer what stands: two who decide
        at once for one group would both lend what only one of them may.
    """
    gathered, rules, decision = made.gathered, made.rules, made.decision
    asked, day = gathered.evidence.application, gathered.evidence.day
    snapshot = snapshot_of(
        gathered.evidence, rules, decision, book=home.book, made_by=gathered.made_by
    )
    made_at = clock.now()
    with home.journal.store.writing() as connection:
        _check_waits(number, row_of(connection, number).state)
        if decision.outcome == "approve":
            stands = approved_since(connection, gathered.group, since=gathered.since)
            if stands != gathered.committed:
                return None
        return home.journal.append(
            connection,
            DECISION,
            {
                "application": number,
                "enterprise_id": asked.enterprise_id,
                "outcome": decision.outcome,
                "decided_on": day.isoformat(),
                "rules": rules.fingerprint,
                "due_at": _due(home, decision, made_at, on=day),
                "by": None if made.by is None else made.by.as_plain(),
                "group": gathered.group_plain,
                **_lent(decision),
            },
            made_at=made_at,
            document=canonical(snapshot),
        )


def _check_waits(number: int, state: str) -> None:
    if state not in DECIDABLE:
        raise DecidedError(number, state, DECIDABLE)


def _lent(decision: Decision) -> dict[str, Any]:
    loan = decision.loan
    if loan is None:
        return {"limit_fen": None, "rate": None, "months": None}
    return {"limit_fen": loan.amount_fen, "rate": loan.rate, "months": loan.months}


def _due(home: Home, decision: Decision, made_at: str, *, on: date) -> str | None:
    """Return until when a referral is to be concluded; null of other outcomes."""
    if decision.outcome != "refer":
        return None
    return due_at(home, made_at, on=on)


def due_at(home: Home, made_at: str, *, on: date) -> str:
    """Return until when a referral made at a moment is to be concluded."""
    days = int(home.book.number("referral_days", on=on))
    due = datetime.fromisoformat(made_at) + timedelta(days=days)
    return due.isoformat(timespec="seconds")
