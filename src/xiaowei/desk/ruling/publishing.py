"""A draft is published by a second person, and decides from its first day on."""

from collections.abc import Sequence
from typing import Any, Final

import sqlalchemy as sa

from xiaowei.decisions.rules.grammar import RuleSet
from xiaowei.desk import clock
from xiaowei.desk.checking import Check
from xiaowei.desk.hands import check_second, check_why
from xiaowei.desk.home import Home
from xiaowei.desk.ruling.drafting import (
    NotDraftError,
    check_draft,
    check_first_day,
)
from xiaowei.desk.ruling.testing import cases_kept_by, tried_on
from xiaowei.desk.ruling.versions import rules_of, version
from xiaowei.errors import ConflictError, XiaoweiError
from xiaowei.policy.access.actor import Hand, hand_of
from xiaowei.records.rule_sets import PUBLISHED

_SHOWN: Final = 5


class FailingCasesError(ConflictError):
    """Test cases of a draft do not come out as they are due."""

    def __init__(self, number: int, failed: Sequence[str]) -> None:
        """Name them."""
        more = f" and {len(failed) - _SHOWN} more" if len(failed) > _SHOWN else ""
        super().__init__(
            f"rules {number} fail {len(failed)} of their test cases: "
            + "; ".join(failed[:_SHOWN])
            + more,
            expected="every case to come out as it is due",
            remedy="Mend the rules as a new version, or the cases, and test again",
        )
        self.figures = {"n": str(len(failed))}


class UntestedError(ConflictError):
    """A draft was never tested."""

    def __init__(self, number: int) -> None:
        """Name it."""
        super().__init__(
            f"rules {number} have no test cases on record",
            expected="cases that were run on this draft",
            remedy="Run some with 'xiaowei rules test'",
        )


def publish(
    home: Home, number: int, *, by: Hand, why: str, check: Check | None = None
) -> dict[str, Any]:
    """Publish a draft: it decides from its first day on.

    Its test cases are run once more. A draft of a version that was in force before
    needs none of its own.

    Args:
        home: the workspace.
        number: of the draft.
        by: who publishes; never who drafted.
        why: the reason, as it will stand on record.
        check: see `drafting.withdraw`.

    Raises:
        UnknownRulesError: there is none of that number.
        NotDraftError: it is published, or withdrawn.
        SamePersonError: who drafted publishes.
        StrangerError: there are accounts, and who drafted has none.
        BackDatedError: its first day has passed.
        UntestedError: it has no test cases.
        FailingCasesError: some of them fail.
        NobodyError: no reason is stated.
    """
    check_why(why)
    # What a version states never changes: it is read before anybody has to wait.
    rules = rules_of(home, number)
    with home.journal.store.writing() as connection:
        if check is not None:
            check(connection)
        _check_publishable(home, connection, number, rules, by)
        body = {"rules": number, "by": by.as_plain(), "why": why}
        home.journal.append(connection, PUBLISHED, body, made_at=clock.now())
    return version(home, number)


def barred(home: Home, number: int, *, by: Hand) -> XiaoweiError | None:
    """Return why somebody may not publish a version as it stands; null where he may.

    Args:
        home: the workspace.
        number: of any version.
        by: whose hand would publish it.

    Raises:
        UnknownRulesError: there is none of that number.
    """
    rules, state = rules_of(home, number), version(home, number)["state"]
    if state != "draft":
        return NotDraftError(number, state)
    try:
        with home.journal.store.reading() as connection:
            _check_publishable(home, connection, number, rules, by)
    except XiaoweiError as error:
        return error
    return None


def _check_publishable(
    home: Home, connection: sa.Connection, number: int, rules: RuleSet, by: Hand
) -> None:
    row = check_draft(connection, number)
    entry = home.journal.entry_by(connection, number)
    if entry is None:  # pragma: no cover - a draft is an entry
        raise UntestedError(number)
    maker = hand_of(entry.body["by"])
    check_second(connection, maker, by, what=f"the draft of rules {number}")
    check_first_day(rules)
    _check_cases(home, connection, row, rules)


def _check_cases(
    home: Home, connection: sa.Connection, row: "sa.Row[Any]", rules: RuleSet
) -> None:
    if row.cases is None:
        if row.copy_of is not None:
            return
        raise UntestedError(row.number)
    tried = tried_on(home, rules, cases_kept_by(home, connection, row.cases))
    failed = [one.text.en for one in tried if not one.passed]
    if failed:
        raise FailingCasesError(row.number, failed)
