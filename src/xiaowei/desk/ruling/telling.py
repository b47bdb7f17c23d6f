"""Versions of rules as plain values, the same for every face."""

from datetime import date
from typing import Any

from xiaowei.decisions.rules.plain import as_plain
from xiaowei.decisions.rules.saying import rule_said
from xiaowei.desk.home import Home
from xiaowei.desk.ruling import lab, versions


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
    row, found = versions.version(home, number), versions.rules_of(home, number)
    names = lab.names_of(home, found)
    said = {one.code: rule_said(one, names=names) for one in found.rules}
    told = {code: {"zh": one.zh, "en": one.en} for code, one in said.items()}
    return {**row, "set": as_plain(found), "said": told}


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
