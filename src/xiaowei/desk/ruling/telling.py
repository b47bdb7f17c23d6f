"""Versions of rules as plain values, the same for every face."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import Any, TypeAlias

import sqlalchemy as sa

from xiaowei.decisions.rules.difference import Change, changes
from xiaowei.decisions.rules.grammar import RuleSet
from xiaowei.decisions.rules.plain import as_plain, digest
from xiaowei.decisions.rules.saying import rule_said
from xiaowei.desk.checking import ChangedMeanwhileError, Check
from xiaowei.desk.home import Home
from xiaowei.desk.ruling import lab, versions

Teller: TypeAlias = Callable[[sa.Connection], dict[str, Any]]
"""Tells a version as it stands, by a connection that is open."""


def versions_told(home: Home, *, on: date) -> dict[str, Any]:
    """Return every version with its state, those shipped first.

    Args:
        home: the workspace.
        on: the day of which `in_force` names the version that decides.
    """
    rows = [versions.version(home, versions.SHIPPED), *versions.versions(home)]
    return {
        "on": on.isoformat(),
        "in_force": versions.in_force(home, on=on),
        "versions": rows,
    }


def version_told(home: Home, number: int) -> dict[str, Any]:
    """Return one version whole: its row, its rules as data, and each as it says itself.

    Args:
        home: the workspace.
        number: of the version; 0 for the rules that are shipped.

    Returns:
        the row, with `set` as `as_plain` has it and `said`, a rule's code to its
        sentence in both languages.

    Raises:
        UnknownRulesError: there is none of that number.
    """
    tell = version_teller(home, number)
    with home.journal.store.reading() as connection:
        return tell(connection)


def version_teller(home: Home, number: int) -> Teller:
    """Return what tells a version, as `version_told` does, by an open connection.

    What it states is read here, for that never changes; its row is read then.

    Raises:
        UnknownRulesError: there is none of that number.
    """
    found = versions.rules_of(home, number)
    names = lab.names_of(home, found)
    said = {one.code: rule_said(one, names=names) for one in found.rules}
    told = {code: {"zh": one.zh, "en": one.en} for code, one in said.items()}
    states = {"set": as_plain(found), "said": told}
    return lambda connection: {
        **versions.version_by(home, connection, number),
        **states,
    }


def mark_of(told: Mapping[str, Any]) -> str:
    """Return the mark of a version as somebody read it; see `as_read`.

    Args:
        told: by `version_told`.
    """
    return digest(told)


def as_read(home: Home, number: int, *, mark: str, beside: int | None = None) -> Check:
    """Return what refuses to act on a version that is not as somebody read it.

    Args:
        home: the workspace.
        number: of the version.
        mark: `mark_of` what he read.
        beside: the version that he saw it compared with, which is refused likewise if
            it does not decide any more on the first day of the other; null for none.

    Raises:
        UnknownRulesError: there is none of that number.
    """
    tell = version_teller(home, number)
    since = versions.rules_of(home, number).since

    def check(connection: sa.Connection, /) -> None:
        stands = beside is None or beside == versions.in_force_by(connection, on=since)
        if not stands or digest(tell(connection)) != mark:
            raise ChangedMeanwhileError

    return check


def changes_told(home: Home, before: int, after: int) -> dict[str, Any]:
    """Return what is other in one version than in another, rule by rule.

    Raises:
        UnknownRulesError: there is none of one number.
    """
    found = versions.changes_between(home, before, after)
    return {"before": before, "after": after, "changes": _changes(found)}


def changes_drafted(home: Home, before: int, rules: RuleSet) -> list[dict[str, Any]]:
    """Return what is other in rules that are not on record than in a version.

    Raises:
        UnknownRulesError: there is none of that number.
    """
    return _changes(changes(versions.rules_of(home, before), rules))


def accepted_of(home: Home, number: int) -> dict[str, str]:
    """Return why faults of a version may stand: the name of each to its reason.

    Args:
        home: the workspace.
        number: of a version; the rules that are shipped have no reasons on record.
    """
    entry = home.journal.entry(number) if number else None
    return {} if entry is None else dict(entry.body["accepted"])


def _changes(found: Sequence[Change]) -> list[dict[str, Any]]:
    return [
        {"kind": one.kind, "code": one.code, "zh": one.text.zh, "en": one.text.en}
        for one in found
    ]
