"""Test cases are run on a draft, and put on record with what came of them."""

import json
from collections.abc import Sequence
from typing import Any

from xiaowei.decisions.rule_cases import Case, Tried, cases_of, try_cases
from xiaowei.decisions.rules.settled import settle
from xiaowei.desk import clock
from xiaowei.desk.home import Home
from xiaowei.desk.ruling.drafting import check_draft
from xiaowei.desk.ruling.versions import rules_of
from xiaowei.policy.access.actor import Hand
from xiaowei.records.journal import canonical
from xiaowei.records.rule_sets import TESTED


def tried_on(home: Home, number: int, cases: Sequence[Case]) -> tuple[Tried, ...]:
    """Return what comes of cases by a version, with the numbers of its first day.

    Raises:
        UnknownRulesError: there is none of that number.
    """
    rules = rules_of(home, number)
    return try_cases(settle(rules, book=home.book, on=rules.since), cases)


def try_draft(
    home: Home, number: int, cases: Sequence[Case], *, by: Hand
) -> tuple[Tried, ...]:
    """Run cases on a draft, and put cases and results on record.

    They stand for all that were run on it before, and are run again when it is
    published.

    Raises:
        UnknownRulesError: there is none of that number.
        NotDraftError: it is no draft.
    """
    tried = tried_on(home, number, cases)
    with home.journal.store.writing() as connection:
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


def cases_kept(home: Home, digest: str) -> tuple[Case, ...]:
    """Return test cases on record by the digest of their document."""
    kept: Any = json.loads(home.journal.document(digest))
    return cases_of(kept)
