"""An earlier version of rules comes back as a new one."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import Any

from xiaowei.decisions.rules.grammar import RuleSet
from xiaowei.desk import clock
from xiaowei.desk.home import Home
from xiaowei.desk.ruling.drafting import Sent, draft
from xiaowei.desk.ruling.proving import doubts_of, proof_of
from xiaowei.desk.ruling.testing import cases_kept, try_draft
from xiaowei.desk.ruling.versions import next_version, rules_of, version
from xiaowei.errors import ConflictError
from xiaowei.policy.access.actor import Hand


class NeverPublishedError(ConflictError):
    """Rules are to come back that never were in force."""

    def __init__(self, number: int, state: str) -> None:
        """Name their state."""
        super().__init__(
            f"rules {number} are no earlier version to go back to: {state}",
            expected="a version that was published, or 0 for the rules shipped",
            remedy="See them with 'xiaowei rules list'",
        )


def roll_back(
    home: Home,
    number: int,
    *,
    by: Hand,
    since: date | None = None,
    key: str | None = None,
) -> dict[str, Any]:
    """Draft an earlier version again as a new one, with its test cases.

    Like any other draft it is for a second person to publish. Of its faults those are
    accounted for that were when it was drafted first.

    Args:
        home: the workspace.
        number: of a version that was published, or 0 for the rules shipped.
        by: who drafts.
        since: its first day; null for today.
        key: the same each time that it is sent, so that one version comes of it; null
            for none.

    Raises:
        UnknownRulesError: there is none of that number.
        NeverPublishedError: it never was in force.
        FaultyRulesError: numbers of the policy book have moved, and it has faults now
            that it had not.
        BackDatedError: its first day is past.
    """
    found, earlier = version(home, number), rules_of(home, number)
    if found["state"] not in ("published", "shipped"):
        raise NeverPublishedError(number, found["state"])
    again = replace(
        earlier,
        version=next_version(home, earlier.name),
        since=since or clock.today(),
        until=None,
    )
    entry = home.journal.entry(number) if number else None
    made = draft(
        home,
        again,
        by=by,
        accepted=_still(home, again, entry.body["accepted"] if entry else {}),
        copy_of=number,
        sent=None if key is None else Sent(key, _asked(number, since)),
    )
    # Sent again after it broke off here, it goes on.
    lacks = made["state"] == "draft" and not made["cases"]
    if lacks and found.get("cases"):
        try_draft(home, made["number"], cases_kept(home, found["cases"]), by=by)
    return version(home, made["number"]) | {"proof": made["proof"]}


def _asked(number: int, since: date | None) -> dict[str, Any]:
    return {"rollback": number, "since": since.isoformat() if since else None}


def _still(home: Home, rules: RuleSet, accepted: Mapping[str, str]) -> dict[str, str]:
    """Return the reasons of then for doubts that there still are.

    Rules of a day that is past are refused before they are proven: long ago the
    policy's numbers have no value.
    """
    if rules.since < clock.today():
        return {}
    named = {one.name for one in doubts_of(proof_of(home, rules))}
    return {name: why for name, why in accepted.items() if name in named}
