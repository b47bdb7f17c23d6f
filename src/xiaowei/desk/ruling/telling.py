"""Versions of rules as plain values, the same for every face."""

from collections.abc import Callable
from datetime import date
from typing import Any, TypeAlias

import sqlalchemy as sa

from xiaowei.decisions.rules.plain import as_plain
from xiaowei.decisions.rules.saying import rule_said
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


def changes_told(home: Home, before: int, after: int) -> dict[str, Any]:
    """Return what is other in one version than in another, rule by rule.

    Raises:
        UnknownRulesError: there is none of one number.
    """
    rows = [
        {"kind": one.kind, "code": one.code, "zh": one.text.zh, "en": one.text.en}
        for one in versions.changes_between(home, before, after)
    ]
    return {"before": before, "after": after, "changes": rows}
