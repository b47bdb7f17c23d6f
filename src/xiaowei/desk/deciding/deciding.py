"""An application on record is decided, with all that it takes to decide it again."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any, Final

from xiaowei.decisions.decision import Decision, decide
from xiaowei.decisions.rules.settled import settle
from xiaowei.decisions.snapshot import snapshot_of
from xiaowei.desk import clock
from xiaowei.desk.deciding.applying import asked_in, row_of
from xiaowei.desk.deciding.evidence import Gatherer
from xiaowei.desk.home import Home
from xiaowei.desk.ruling.versions import rules_in_force
from xiaowei.errors import ConflictError
from xiaowei.policy.access.actor import Hand
from xiaowei.records.applications import DECISION
from xiaowei.records.journal import canonical

DECIDABLE: Final = ("received",)


class DecidedError(ConflictError):
    """An application is not waiting for a decision."""

    def __init__(self, number: int, state: str, waits: Sequence[str]) -> None:
        """Name it and its state."""
        super().__init__(
            f"application {number} is '{state}'",
            expected="one that is " + " or ".join(f"'{one}'" for one in waits),
            remedy="See it with 'xiaowei applications'",
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
    """
    with home.journal.store.reading() as connection:
        row = row_of(connection, number)
    _check_waits(number, row.state)
    gathered = gatherer.gather(asked_in(row))
    day = gatherer.day
    rules = settle(rules_in_force(home, on=day), book=home.book, on=day)
    decision = decide(gathered.evidence, rules)
    snapshot = snapshot_of(
        gathered.evidence,
        rules,
        decision,
        book=home.book,
        made_by=gathered.made_by,
    )
    made_at = clock.now()
    with home.journal.store.writing() as connection:
        _check_waits(number, row_of(connection, number).state)
        entry = home.journal.append(
            connection,
            DECISION,
            {
                "application": number,
                "enterprise_id": row.enterprise_id,
                "outcome": decision.outcome,
                "decided_on": day.isoformat(),
                "rules": rules.fingerprint,
                "due_at": _due(home, decision, made_at, on=day),
                "by": None if by is None else by.as_plain(),
                **_lent(decision),
            },
            made_at=made_at,
            document=canonical(snapshot),
        )
    return {
        "number": entry.seq,
        "application": number,
        "enterprise_id": row.enterprise_id,
        "decided_on": day.isoformat(),
        "made_at": made_at,
        "document": entry.body["document"],
        **decision.as_plain(),
    }


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
