"""What a check saw of one enterprise."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Final, Literal, TypeAlias, TypeVar

import ibis
import ibis.expr.types as ir

from xiaowei.portraits.standing import current
from xiaowei.said import Said

Outcome = Literal["agrees", "differs", "silent"]
Severity = Literal["none", "low", "medium", "high"]

T = TypeVar("T")

SEVERITIES: Final[tuple[Severity, ...]] = ("none", "low", "medium", "high")


@dataclass(frozen=True, slots=True)
class Evidence:
    """One fact behind a finding.

    Args:
        file: the file it came from.
        line: where it stands there.
        text: what it states.
    """

    file: str
    line: int
    text: Said


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """What one check saw of one enterprise.

    Args:
        enterprise_id: whom it is about.
        check: which check.
        outcome: whether the sources agree, differ, or are silent (too little data).
        severity: how grave; `none` unless they differ.
        expected: what the check expected, in words, or null where silent.
        observed: what it saw.
        unlikely: how probable a difference this large is by chance, 0..1, or null.
        text: the finding in one line.
        benign: what harmless reason could lie behind a difference.
        evidence: facts it rests on, the largest first, a few at most.
    """

    enterprise_id: str
    check: str
    outcome: Outcome
    text: Said
    severity: Severity = "none"
    expected: Said | None = None
    observed: Said | None = None
    unlikely: float | None = None
    benign: Said | None = None
    evidence: tuple[Evidence, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """What a check is handed.

    Args:
        facts: a family's name to its facts known by the day; a family that is not
            there is silent.
        as_of: the day.
        industries: enterprise to its industry code of GB/T 4754, where known.
        whom: who is asked for; null for everybody. All are compared, and only these
            are put into words.
    """

    facts: Mapping[str, ir.Table]
    as_of: date
    industries: Mapping[str, str]
    whom: frozenset[str] | None = None
    _kept: dict[str, Any] = field(
        default_factory=dict, init=False, repr=False, compare=False
    )

    def asks_for(self, enterprise_id: str) -> bool:
        """Say whether an enterprise is to be put into words."""
        return self.whom is None or enterprise_id in self.whom

    def section_of(self, enterprise_id: str) -> str:
        """Return the section of GB/T 4754 an enterprise is of; empty if not known."""
        return self.industries.get(enterprise_id, "")[:1]

    def current(self, family: str) -> ir.Table:
        """Return a family's facts as last stated."""
        return current(self.facts[family], family=family)

    def once(self, name: str, make: Callable[[], ir.Table]) -> ir.Table:
        """Return a table that several checks need, worked out for the first of them."""
        return self.held(name, lambda: kept(make()))

    def held(self, name: str, make: Callable[[], T]) -> T:
        """Return what several checks need, made for the first of them."""
        if name not in self._kept:
            self._kept[name] = make()
        made: T = self._kept[name]
        return made


def kept(table: ir.Table) -> ir.Table:
    """Return a table worked out now, for it is small and asked for more than once.

    It lies in memory for as long as the engine is connected. Ibis 12.0.0 cannot drop
    what its own `cache` makes: sqlglot 30 writes its DROP without the table's name.
    """
    return ibis.memtable(table.to_pyarrow())


Find: TypeAlias = Callable[[Case], Sequence[Finding]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """One cross-check and its entry in the list of checks.

    Args:
        name: unique.
        title: what it is called.
        meaning: what it compares, and when it calls the sources different.
        needs: the families of facts without which it is silent for everybody.
        find: looks at a case and returns a finding for each enterprise it can say
            something of; for all others it is silent.
    """

    name: str
    title: Said
    meaning: Said
    needs: tuple[str, ...]
    find: Find


def silent(enterprise_id: str, *, check: str, why: Said) -> Finding:
    """Return the finding of a check that has too little to say anything."""
    return Finding(enterprise_id=enterprise_id, check=check, outcome="silent", text=why)
