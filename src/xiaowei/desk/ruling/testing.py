"""Test cases are run on a draft, and put on record with what came of them."""

import json
from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa

from xiaowei.decisions.rule_cases import Case, Tried, cases_of, try_cases
from xiaowei.decisions.rules.grammar import RuleSet
from xiaowei.decisions.rules.settled import settle
from xiaowei.desk import clock
from xiaowei.desk.checking import Check
from xiaowei.desk.home import Home
from xiaowei.desk.ruling.drafting import check_draft
from xiaowei.desk.ruling.versions import rules_of, version
from xiaowei.policy.access.actor import Hand
from xiaowei.records.journal import canonical
from xiaowei.records.rule_sets import TESTED


def tried_on(home: Home, rules: RuleSet, cases: Sequence[Case]) -> tuple[Tried, ...]:
    """Return what comes of cases by rules, with the numbers of their first day."""
    return try_cases(settle(rules, book=home.book, on=rules.since), cases)


def try_draft(
    home: Home,
    number: int,
    cases: Sequence[Case],
    *,
    by: Hand,
    check: Check | None = None,
) -> tuple[Tried, ...]:
    """Run cases on a draft, and put cases and results on record.

    They stand for all that were run on it before, and are run again when it is
    published.

    Args:
        home: the workspace.
        number: of the draft.
        cases: any number.
        by: who runs them.
        check: see `drafting.withdraw`.

    Raises:
        UnknownRulesError: there is none of that number.
        NotDraftError: it is no draft.
    """
    tried = tried_on(home, rules_of(home, number), cases)
    with home.journal.store.writing() as connection:
        if check is not None:
            check(connection)
        check_draft(connection, number)
        body = {
            "rules": number,
            "run": len(tried),
            "failed": [one.case.name for one in tried if not one.passed],
            "by": by.as_plain(),
        }
        home.journal.append(
            connection,
            TESTED,
            body,
            made_at=clock.now(),
            document=canonical({"cases": [one.as_plain() for one in cases]}),
        )
    return tried


def tried_again(home: Home, number: int) -> tuple[Tried, ...]:
    """Return what comes of the cases that were last run on a version; none where none.

    Args:
        home: the workspace.
        number: of any version.

    Raises:
        UnknownRulesError: there is none of that number.
    """
    digest = version(home, number).get("cases")
    if digest is None:
        return ()
    return tried_on(home, rules_of(home, number), cases_kept(home, digest))


def cases_kept(home: Home, digest: str) -> tuple[Case, ...]:
    """Return test cases on record by the digest of their document."""
    with home.journal.store.reading() as connection:
        return cases_kept_by(home, connection, digest)


def cases_kept_by(
    home: Home, connection: sa.Connection, digest: str
) -> tuple[Case, ...]:
    """Return what `cases_kept` does, by a connection that is open."""
    kept: Any = json.loads(home.journal.document_by(connection, digest))
    return cases_of(kept)
