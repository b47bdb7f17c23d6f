"""Rules as a bank writes them in; a draft on record, with what is proven of it, out."""

from collections.abc import Mapping
from datetime import date
from typing import Any

import sqlalchemy as sa

from xiaowei.decisions.rules.grammar import RuleSet
from xiaowei.decisions.rules.plain import as_plain, fingerprint
from xiaowei.desk import clock
from xiaowei.desk.hands import check_why
from xiaowei.desk.home import Home
from xiaowei.desk.ruling.proving import (
    check_doubts,
    doubts_of,
    proof_of,
    proof_plain,
)
from xiaowei.desk.ruling.versions import next_version_by, row_of, version
from xiaowei.errors import ConflictError
from xiaowei.policy.access.actor import Hand
from xiaowei.records.journal import canonical
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


class NotDraftError(ConflictError):
    """A version is no draft any more."""

    def __init__(self, number: int, state: str) -> None:
        """Name its state."""
        super().__init__(
            f"rules {number} are {state}",
            expected="a draft; what is published or withdrawn stays as it is",
            remedy="Draft a new version",
        )


def draft(
    home: Home,
    rules: RuleSet,
    *,
    by: Hand,
    accepted: Mapping[str, str] | None = None,
    copy_of: int | None = None,
) -> dict[str, Any]:
    """Put rules on record as a draft, whole, with what is proven of them.

    Args:
        home: the workspace.
        rules: of a version that is not on record.
        by: who drafts.
        accepted: name of a doubt to the reason why it may stand; see `Doubt`.
        copy_of: number of the version that they are drawn from again.

    Raises:
        RuleSetError: they name a number that is not there; every fault is named.
        FaultyRulesError: they have faults without a reason.
        NoDoubtError: a reason is stated for nothing.
        VersionTakenError: their version or a later one is on record.
        BackDatedError: their first day is past.
    """
    reasons = dict(accepted or {})
    for why in reasons.values():
        check_why(why)
    check_first_day(rules)
    proof = proof_of(home, rules)
    doubts = doubts_of(proof)
    check_doubts(rules, doubts, reasons)
    with home.journal.store.writing() as connection:
        least = next_version_by(home, connection, rules.name)
        if rules.version < least:
            raise VersionTakenError(rules, least)
        plain = as_plain(rules)
        entry = home.journal.append(
            connection,
            DRAFTED,
            {
                "name": rules.name,
                "version": rules.version,
                "since": plain["since"],
                "until": plain.get("until"),
                "fingerprint": fingerprint(rules),
                "copy_of": copy_of,
                "accepted": reasons,
                "doubts": [[one.kind, one.name] for one in doubts],
                "by": by.as_plain(),
            },
            made_at=clock.now(),
            document=canonical(plain),
        )
    return version(home, entry.seq) | {"proof": proof_plain(proof)}


def withdraw(home: Home, number: int, *, by: Hand, why: str) -> dict[str, Any]:
    """Withdraw a draft: it is never published.

    Raises:
        UnknownRulesError: there is none of that number.
        NotDraftError: it is published, or was withdrawn before.
        NobodyError: no reason is stated.
    """
    check_why(why)
    with home.journal.store.writing() as connection:
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
