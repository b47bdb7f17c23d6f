"""Versions of rules on record: listed, read back, and the one in force on a day."""

import json
from datetime import date
from typing import Any, Final

import sqlalchemy as sa

from xiaowei.decisions.rules.difference import Change, changes
from xiaowei.decisions.rules.grammar import RuleSet
from xiaowei.decisions.rules.plain import fingerprint
from xiaowei.decisions.rules.reading import rule_set_of, shipped_rules
from xiaowei.desk.home import Home
from xiaowei.errors import NotFoundError
from xiaowei.records.rule_sets import RULE_SETS

SHIPPED: Final = 0
"""Stands for the rules that xiaowei ships, which are no entry of a journal."""


class UnknownRulesError(NotFoundError):
    """No version of rules of that number is on record."""

    def __init__(self, number: int) -> None:
        """Name it."""
        super().__init__(
            f"no version of rules of number {number} is on record",
            expected="the number of one that 'xiaowei rules list' shows; 0 for the "
            "rules that are shipped",
            remedy="Check the number",
        )


def versions(home: Home) -> list[dict[str, Any]]:
    """Return every version on record, the first one first."""
    with home.journal.store.reading() as connection:
        return _versions(connection)


def version(home: Home, number: int) -> dict[str, Any]:
    """Return one version as a row.

    Args:
        home: the workspace.
        number: of the version; 0 for the rules that are shipped.

    Raises:
        UnknownRulesError: there is none of that number.
    """
    with home.journal.store.reading() as connection:
        return version_by(home, connection, number)


def version_by(home: Home, connection: sa.Connection, number: int) -> dict[str, Any]:
    """Return what `version` does, by a connection that is open.

    Whoever writes takes no second connection: those who wait for him may hold all.
    """
    if number == SHIPPED:
        rules = shipped_rules(book=home.book)
        return {
            "number": SHIPPED,
            "name": rules.name,
            "version": rules.version,
            "fingerprint": fingerprint(rules),
            "since": rules.since.isoformat(),
            "until": None,
            "state": "shipped",
        }
    return dict(row_of(connection, number)._mapping)


def row_of(connection: sa.Connection, number: int) -> "sa.Row[Any]":
    """Return the row of a version by an open connection.

    Raises:
        UnknownRulesError: there is none of that number.
    """
    row = connection.execute(
        RULE_SETS.select().where(RULE_SETS.c.number == number)
    ).first()
    if row is None:
        raise UnknownRulesError(number)
    return row


def rules_of(home: Home, number: int) -> RuleSet:
    """Return the rules of a version as they were drafted.

    Raises:
        UnknownRulesError: there is none of that number.
    """
    if number == SHIPPED:
        return shipped_rules(book=home.book)
    return _read(home, version(home, number)["document"])


def in_force(home: Home, *, on: date) -> int:
    """Return the number of the version that decides on a day; 0 for those shipped.

    It is the last published of those whose days hold the day.
    """
    with home.journal.store.reading() as connection:
        return in_force_by(connection, on=on)


def in_force_by(connection: sa.Connection, *, on: date) -> int:
    """Return what `in_force` does, by a connection that is open."""
    day = on.isoformat()
    held = (RULE_SETS.c.since <= day) & (
        RULE_SETS.c.until.is_(None) | (RULE_SETS.c.until > day)
    )
    return _last_published(connection, held)


def before(home: Home, number: int, *, on: date) -> int:
    """Return the version that another one is to be compared with.

    Args:
        home: the workspace.
        number: of any version.
        on: the day of which the version that decides comes before one that was never
            published.

    Returns:
        of a version that was published, the one published last before it; 0, the rules
        that are shipped, where none was.

    Raises:
        UnknownRulesError: there is none of that number.
    """
    publication = version(home, number).get("publication")
    if number == SHIPPED:
        return SHIPPED
    if publication is None:
        return in_force(home, on=on)
    with home.journal.store.reading() as connection:
        return _last_published(connection, RULE_SETS.c.publication < publication)


def rules_in_force(home: Home, *, on: date) -> RuleSet:
    """Return the rules that decide on a day; see `in_force`."""
    return rules_of(home, in_force(home, on=on))


def next_version(home: Home, name: str) -> int:
    """Return the version that comes after all of a name, those shipped included."""
    with home.journal.store.reading() as connection:
        return next_version_by(home, connection, name)


def next_version_by(home: Home, connection: sa.Connection, name: str) -> int:
    """Return what `next_version` does, by a connection that is open."""
    held = [one["version"] for one in _versions(connection) if one["name"] == name]
    shipped = shipped_rules(book=home.book)
    if shipped.name == name:
        held.append(shipped.version)
    return max(held, default=0) + 1


def changes_between(home: Home, before: int, after: int) -> tuple[Change, ...]:
    """Return what is other in one version than in another.

    Raises:
        UnknownRulesError: there is none of one number.
    """
    return changes(rules_of(home, before), rules_of(home, after))


def _last_published(connection: sa.Connection, held: "sa.ColumnElement[bool]") -> int:
    asked = (
        sa.select(RULE_SETS.c.number)
        .where(RULE_SETS.c.state == "published", held)
        .order_by(RULE_SETS.c.publication.desc())
        .limit(1)
    )
    found = connection.execute(asked).scalar()
    return SHIPPED if found is None else int(found)


def _versions(connection: sa.Connection) -> list[dict[str, Any]]:
    asked = RULE_SETS.select().order_by(RULE_SETS.c.number)
    return [dict(row) for row in connection.execute(asked).mappings()]


def _read(home: Home, document: str) -> RuleSet:
    return rule_set_of(json.loads(home.journal.document(document)))
