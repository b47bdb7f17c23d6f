"""Evidence, rules and decision in; one text from which it is made again out 决策快照.

The text is canonical JSON: made again from what it holds it is the same to the byte.
"""

import json
from collections.abc import Mapping
from dataclasses import asdict
from datetime import date
from decimal import Decimal
from functools import lru_cache
from typing import Any, Final

from xiaowei.decisions.application import application_of
from xiaowei.decisions.authorisation import Permission
from xiaowei.decisions.decision import (
    Decision,
    Evidence,
    Standing,
    decide,
    loan_of,
    loan_plain,
)
from xiaowei.decisions.rules.plain import as_plain, number_text
from xiaowei.decisions.rules.reading import rule_set_of
from xiaowei.decisions.rules.settled import Settled, settle
from xiaowei.errors import ConflictError
from xiaowei.policy.book import Book
from xiaowei.policy.entries import Entry

SCHEMA: Final = 1


class SnapshotError(ConflictError):
    """A snapshot is of a form that this version does not read."""

    def __init__(self, found: object) -> None:
        """Name its form."""
        super().__init__(
            f"the decision snapshot is of schema {found}",
            expected=f"schema {SCHEMA}",
            remedy="Replay it with the version of xiaowei that made it",
        )


def snapshot_of(
    evidence: Evidence,
    rules: Settled,
    decision: Decision,
    *,
    book: Book,
    made_by: Mapping[str, Any],
) -> dict[str, Any]:
    """Return all that a decision rests on, and the decision, as plain values.

    Args:
        evidence: what was known.
        rules: of the day, with their numbers.
        decision: what was decided.
        book: the numbers, of which those that the rules name are kept.
        made_by: which run, model and version of xiaowei stand behind the evidence.
    """
    return {
        "schema": SCHEMA,
        "made_by": dict(made_by),
        "evidence": evidence_plain(evidence),
        "rules": {
            "set": as_plain(rules.rules),
            "numbers": {
                name: _number(book.entry(name), number)
                for name, number in sorted(rules.numbers.items())
            },
        },
        "decision": decision.as_plain(),
    }


def made_again(snapshot: Mapping[str, Any]) -> dict[str, Any]:
    """Return a snapshot with the decision made again from its evidence and rules.

    Args:
        snapshot: as `snapshot_of` made it.

    Raises:
        SnapshotError: it is of another form.
    """
    if snapshot.get("schema") != SCHEMA:
        raise SnapshotError(snapshot.get("schema"))
    evidence = evidence_of(snapshot["evidence"])
    return made_from(evidence, snapshot, made_by=snapshot["made_by"])


def made_from(
    evidence: Evidence, snapshot: Mapping[str, Any], *, made_by: Mapping[str, Any]
) -> dict[str, Any]:
    """Return the snapshot of other evidence under the rules of a snapshot.

    Args:
        evidence: what is to be decided on.
        snapshot: whose rules and numbers count.
        made_by: which run, model and version of xiaowei stand behind the evidence.

    Raises:
        SnapshotError: the snapshot is of another form.
    """
    if snapshot.get("schema") != SCHEMA:
        raise SnapshotError(snapshot.get("schema"))
    rules, book = _kept(json.dumps(snapshot["rules"]), evidence.day)
    decision = decide(evidence, rules)
    return snapshot_of(evidence, rules, decision, book=book, made_by=made_by)


def evidence_plain(evidence: Evidence) -> dict[str, Any]:
    """Return evidence as plain values."""
    stated = evidence.standing
    return {
        "application": evidence.application.as_plain(),
        "day": evidence.day.isoformat(),
        "permissions": [one.as_plain() for one in evidence.permissions],
        "portrait": dict(evidence.portrait),
        "silenced": list(evidence.silenced),
        "held": list(evidence.held),
        "standing": None
        if stated is None
        else asdict(stated) | {"as_of": stated.as_of.isoformat()},
        "loan": None if evidence.loan is None else loan_plain(evidence.loan),
        "longest_days": evidence.longest_days,
        "highest_rise": evidence.highest_rise,
    }


def evidence_of(plain: Mapping[str, Any]) -> Evidence:
    """Return evidence from plain values, as `evidence_plain` has them."""
    stated = plain["standing"]
    return Evidence(
        application=application_of(plain["application"]),
        day=date.fromisoformat(plain["day"]),
        permissions=tuple(
            Permission(one["family"], one["number"], one["why"])
            for one in plain["permissions"]
        ),
        portrait=plain["portrait"],
        silenced=tuple(plain["silenced"]),
        held=tuple(plain["held"]),
        standing=None
        if stated is None
        else Standing(**{**stated, "as_of": date.fromisoformat(stated["as_of"])}),
        loan=None if plain["loan"] is None else loan_of(plain["loan"]),
        longest_days=plain["longest_days"],
        highest_rise=plain["highest_rise"],
    )


@lru_cache(maxsize=8)
def _kept(text: str, on: date) -> tuple[Settled, Book]:
    """Return the rules and numbers that snapshots of one day and policy hold alike."""
    stated = json.loads(text)
    book = _book(stated["numbers"], on=on)
    kept = rule_set_of(stated["set"], file="the snapshot", book=book)
    return settle(kept, book=book, on=on), book


def _number(entry: Entry, value: Decimal) -> dict[str, str]:
    return {
        "value": number_text(value),
        "unit": entry.unit,
        "zh": entry.zh,
        "en": entry.description,
    }


def _book(numbers: Mapping[str, Mapping[str, str]], *, on: date) -> Book:
    """Return a book of the numbers that a snapshot keeps, as they were on its day."""
    return Book(
        {
            name: Entry(
                name=name,
                description=one["en"],
                zh=one["zh"],
                unit=one["unit"],
                values=((on, Decimal(one["value"])),),
                set_by="the snapshot",
                reference={},
            )
            for name, one in numbers.items()
        }
    )
