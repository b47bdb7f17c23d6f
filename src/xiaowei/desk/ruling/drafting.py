"""Rules as a bank writes them in; a draft on record, with what is proven of it, out."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

import sqlalchemy as sa

from xiaowei.decisions.rules.grammar import RuleSet
from xiaowei.decisions.rules.plain import as_plain, fingerprint
from xiaowei.desk import clock
from xiaowei.desk.checking import Check
from xiaowei.desk.hands import check_why
from xiaowei.desk.home import Home
from xiaowei.desk.ruling.proving import (
    check_doubts,
    doubts_of,
    proof_of,
    proof_plain,
)
from xiaowei.desk.ruling.versions import next_version_by, row_of, rules_of, version
from xiaowei.errors import ConflictError
from xiaowei.policy.access.actor import Hand
from xiaowei.records.journal import canonical
from xiaowei.records.keys import answered, once
from xiaowei.records.rule_sets import DRAFTED, WITHDRAWN


class VersionTakenError(ConflictError):
    """A version is on record already, or a later one is."""

    def __init__(self, rules: RuleSet, least: int) -> None:
        """Name it, and which would do."""
        super().__init__(
            f"rules '{rules.name}' version {rules.version} cannot be drafted: "
            "a version on record is never edited",
            expected=f"version {least} or higher",
            remedy=f"Give them version {least}",
        )
        self.figures = {"version": str(rules.version), "least": str(least)}


class BackDatedError(ConflictError):
    """Rules would hold on days that are past."""

    def __init__(self, rules: RuleSet, today: date) -> None:
        """Name both days."""
        super().__init__(
            f"rules '{rules.name}' version {rules.version} would hold since "
            f"{rules.since}, and today is {today}",
            expected="a first day that is not past",
            remedy="Draft them again as a new version with a later 'since'",
        )
        self.figures = {"since": rules.since.isoformat(), "today": today.isoformat()}


class NotDraftError(ConflictError):
    """A version is no draft any more."""

    def __init__(self, number: int, state: str) -> None:
        """Name its state."""
        super().__init__(
            f"rules {number} are {state}",
            expected="a draft; what is published or withdrawn stays as it is",
            remedy="Draft a new version",
        )


@dataclass(frozen=True, slots=True)
class Sent:
    """What was sent under a key, so that it counts once.

    Args:
        key: the same each time that it is sent.
        asked: what was sent, as plain values.
    """

    key: str
    asked: Mapping[str, Any]


def draft(
    home: Home,
    rules: RuleSet,
    *,
    by: Hand,
    accepted: Mapping[str, str] | None = None,
    copy_of: int | None = None,
    sent: Sent | None = None,
) -> dict[str, Any]:
    """Put rules on record as a draft, whole, with what is proven of them.

    Args:
        home: the workspace.
        rules: of a version that is not on record.
        by: who drafts.
        accepted: name of a doubt to the reason why it may stand; see `Doubt`.
        copy_of: number of the version that they are drawn from again.
        sent: under which key; null for none. Sent again, the version that it made is
            returned as it stands by then.

    Raises:
        KeyUsedError: the key came before with something else.
        RuleSetError: they name a number that is not there; every fault is named.
        FaultyRulesError: they have faults without a reason.
        NoDoubtError: a reason is stated for nothing.
        VersionTakenError: their version or a later one is on record.
        BackDatedError: their first day is past.
    """
    number = None if sent is None else _before(home, sent)
    if number is not None:
        proof = proof_of(home, rules_of(home, number))
        return version(home, number) | {"proof": proof_plain(proof)}
    reasons = dict(accepted or {})
    for why in reasons.values():
        check_why(why)
    check_first_day(rules)
    proof = proof_of(home, rules)
    doubts = doubts_of(proof)
    check_doubts(rules, doubts, reasons)
    body = {
        "copy_of": copy_of,
        "accepted": reasons,
        "doubts": [[one.kind, one.name] for one in doubts],
        "by": by.as_plain(),
    }
    with home.journal.store.writing() as connection:

        def put() -> str:
            return str(_put(home, connection, rules, body))

        if sent is None:
            number = int(put())
        else:
            at = clock.now()
            number = int(once(connection, sent.key, sent.asked, made_at=at, act=put))
    return version(home, number) | {"proof": proof_plain(proof)}


def _before(home: Home, sent: Sent) -> int | None:
    """Return the number of what was sent before under the same key, if it was."""
    with home.journal.store.reading() as connection:
        held = answered(connection, sent.key, sent.asked)
    return None if held is None else int(held)


def _put(
    home: Home, connection: sa.Connection, rules: RuleSet, body: Mapping[str, Any]
) -> int:
    """Put a draft on record, and return its number.

    Raises:
        VersionTakenError: its version or a later one is on record.
    """
    least = next_version_by(home, connection, rules.name)
    if rules.version < least:
        raise VersionTakenError(rules, least)
    plain = as_plain(rules)
    told = {
        "name": rules.name,
        "version": rules.version,
        "since": plain["since"],
        "until": plain.get("until"),
        "fingerprint": fingerprint(rules),
    }
    entry = home.journal.append(
        connection,
        DRAFTED,
        {**told, **body},
        made_at=clock.now(),
        document=canonical(plain),
    )
    return entry.seq


def withdraw(
    home: Home, number: int, *, by: Hand, why: str, check: Check | None = None
) -> dict[str, Any]:
    """Withdraw a draft: it is never published.

    Args:
        home: the workspace.
        number: of the draft.
        by: who withdraws it.
        why: the reason, as it will stand on record.
        check: refuses, within the transaction, what may not be; null for nothing.

    Raises:
        UnknownRulesError: there is none of that number.
        NotDraftError: it is published, or was withdrawn before.
        NobodyError: no reason is stated.
    """
    check_why(why)
    with home.journal.store.writing() as connection:
        if check is not None:
            check(connection)
        check_draft(connection, number)
        body = {"rules": number, "by": by.as_plain(), "why": why}
        home.journal.append(connection, WITHDRAWN, body, made_at=clock.now())
    return version(home, number)


def check_draft(connection: sa.Connection, number: int) -> "sa.Row[Any]":
    """Return the row of a draft by an open connection.

    Raises:
        UnknownRulesError: there is none of that number.
        NotDraftError: it is no draft.
    """
    row = row_of(connection, number)
    if row.state != "draft":
        raise NotDraftError(number, row.state)
    return row


def check_first_day(rules: RuleSet) -> None:
    """Refuse rules that would hold on days that are past.

    Raises:
        BackDatedError: their first day is past.
    """
    today = clock.today()
    if rules.since < today:
        raise BackDatedError(rules, today)
